-- What `voxpop outbox list` looks at. Run before the code that needs it.

-- Messages that went no further, and why: few. One that simply leaves is never in it.
CREATE INDEX outbox_ended ON outbox (state, id, channel)
  WHERE state IN ('failed', 'withheld', 'superseded');
