-- Limits for what goes out, and addresses where nobody is reached. Run before the code
-- that needs it.

-- What is due at an address first. Replies on the web never wait, and cost nothing here.
CREATE INDEX outbox_waiting ON outbox (handle, channel, id) WHERE state = 'due';

-- Since when nobody is reached at an address: they blocked us, or are gone.
ALTER TABLE addresses ADD COLUMN lost bigint;
CREATE INDEX addresses_lost ON addresses (contact) WHERE lost IS NOT NULL;
