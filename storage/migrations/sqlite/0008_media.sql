-- Files that come through services. Run before the code that needs it.
CREATE TABLE media (
  id          INTEGER PRIMARY KEY,
  contact     INTEGER NOT NULL,
  inbound     INTEGER NOT NULL,  -- the message that it came with
  channel     TEXT    NOT NULL,
  kind        TEXT    NOT NULL,  -- photo, voice, file
  reference   TEXT    NOT NULL,  -- what the service calls it
  state       TEXT    NOT NULL,  -- due, kept, refused, failed, forgotten
  name        TEXT,              -- what we keep it under
  media_type  TEXT,
  size        INTEGER,
  reason      TEXT,
  attempts    INTEGER NOT NULL,
  due_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX media_due ON media (due_at) WHERE state = 'due';
CREATE INDEX media_kept ON media (id) WHERE state = 'kept';
CREATE INDEX media_of_contact ON media (contact);
