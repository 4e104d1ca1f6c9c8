-- One person, several addresses. Run before the code that needs it.

-- The oldest contact of the set that this one belongs to, also of itself; null for
-- whoever stands alone.
ALTER TABLE contacts ADD COLUMN merged_into INTEGER;
CREATE INDEX contacts_merged ON contacts (merged_into) WHERE merged_into IS NOT NULL;

-- That two contacts are one person, and who or what says so; an undone one stays.
CREATE TABLE joins (
  id         INTEGER PRIMARY KEY,
  contact    INTEGER NOT NULL,
  other      INTEGER NOT NULL,
  proof      TEXT    NOT NULL,  -- shared, signed, link, operator
  made_by    TEXT    NOT NULL,
  at         INTEGER NOT NULL,
  undone_at  INTEGER
) STRICT;
CREATE INDEX joins_of_contact ON joins (contact);
CREATE INDEX joins_of_other ON joins (other);

-- Links that join a chat to a contact, once; of their codes only the hash is kept.
CREATE TABLE links (
  hash          TEXT    PRIMARY KEY,
  contact       INTEGER NOT NULL,
  flow          TEXT,
  made_at       INTEGER NOT NULL,
  expires_at    INTEGER NOT NULL,
  used_at       INTEGER,
  used_channel  TEXT,
  used_handle   TEXT
) STRICT;
CREATE INDEX links_of_contact ON links (contact);

-- Starts that wait until their contact can be reached.
CREATE INDEX plans_waiting ON plans (contact) WHERE outcome = 'no address';
CREATE INDEX plans_waiting_of_session ON plans (session) WHERE outcome = 'no address';
