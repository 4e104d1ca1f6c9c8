-- Who does what only one may do at a time. Run before the code that needs it.
CREATE TABLE leases (
  name    TEXT    PRIMARY KEY,  -- what is to be done, such as sending for one account
  holder  TEXT    NOT NULL,     -- the process that does it
  until   INTEGER NOT NULL      -- another one may take it over from then on
) STRICT;
