-- What `voxpop outbox list` looks at. Run before the code that needs it.

-- Messages that went no further, and why: few. One that simply leaves is never in it,
-- and to see so costs it nothing: with IN it would take SQLite as long as all the rest.
CREATE INDEX outbox_ended ON outbox (state, id, channel)
  WHERE state = 'failed' OR state = 'withheld' OR state = 'superseded';
