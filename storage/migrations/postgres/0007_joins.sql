-- One person, several addresses. Run before the code that needs it.

-- The oldest contact of the set that this one belongs to, also of itself; null for
-- whoever stands alone.
ALTER TABLE contacts ADD COLUMN merged_into BIGINT;
CREATE INDEX contacts_merged ON contacts (merged_into) WHERE merged_into IS NOT NULL;

-- That two contacts are one person, and who or what says so; an undone one stays.
CREATE TABLE joins (
  id         BIGINT NOT NULL,
  contact    BIGINT NOT NULL,
  other      BIGINT NOT NULL,
  proof      TEXT   NOT NULL,  -- shared, signed, link, operator
  made_by    TEXT   NOT NULL,
  at         BIGINT NOT NULL,
  undone_at  BIGINT,
  PRIMARY KEY (contact, id)
);
CREATE INDEX joins_by_id ON joins (id);
CREATE INDEX joins_of_other ON joins (other);

-- Links that join a chat to a contact, once; of their codes only the hash is kept.
CREATE TABLE links (
  hash          TEXT   PRIMARY KEY,
  contact       BIGINT NOT NULL,
  flow          TEXT,
  made_at       BIGINT NOT NULL,
  expires_at    BIGINT NOT NULL,
  used_at       BIGINT,
  used_channel  TEXT,
  used_handle   TEXT
);
CREATE INDEX links_of_contact ON links (contact);

-- Starts that wait until their contact can be reached.
CREATE INDEX plans_waiting ON plans (contact) WHERE outcome = 'no address';
CREATE INDEX plans_waiting_of_session ON plans (session) WHERE outcome = 'no address';
