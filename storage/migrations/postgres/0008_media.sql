-- Files that come through services. Run before the code that needs it.
CREATE TABLE media (
  id          BIGINT NOT NULL,
  contact     BIGINT NOT NULL,
  inbound     BIGINT NOT NULL,  -- the message that it came with
  channel     TEXT   NOT NULL,
  kind        TEXT   NOT NULL,  -- photo, voice, file
  reference   TEXT   NOT NULL,  -- what the service calls it
  state       TEXT   NOT NULL,  -- due, kept, refused, failed, forgotten
  name        TEXT,             -- what we keep it under
  media_type  TEXT,
  size        BIGINT,
  reason      TEXT,
  attempts    BIGINT NOT NULL,
  due_at      BIGINT NOT NULL,
  PRIMARY KEY (contact, id)
);
CREATE INDEX media_due ON media (due_at) WHERE state = 'due';
CREATE INDEX media_kept ON media (id) WHERE state = 'kept';
