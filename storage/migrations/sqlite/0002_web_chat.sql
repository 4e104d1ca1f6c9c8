-- The web chat. Run before the code that needs it.

-- Opened a chat and has not said anything yet: of these only so many are kept.
ALTER TABLE contacts ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
CREATE INDEX contacts_silent ON contacts (id) WHERE silent = 1;

-- What a visitor is shown after a reload, and what they missed.
CREATE INDEX outbox_web ON outbox (handle, id) WHERE channel = 'web';

-- Small things that Voxpop keeps for itself, such as the key that it signs with.
CREATE TABLE kept (
  name   TEXT PRIMARY KEY,
  value  TEXT NOT NULL
) STRICT;
