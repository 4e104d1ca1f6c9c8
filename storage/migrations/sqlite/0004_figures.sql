-- The figures. Run before the code that needs them.

-- Messages of which nobody knows whether they arrived: few, and counted often.
CREATE INDEX outbox_unknown ON outbox (id) WHERE state = 'unknown';
