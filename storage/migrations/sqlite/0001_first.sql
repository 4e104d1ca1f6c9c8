-- The first tables. Run before the code that needs them.
--
-- Ids are time-ordered 63-bit integers made by bot.clock, so that tables grow at their
-- end; times are whole microseconds since 1970 in UTC; truths are 0 and 1. An index is
-- here only where a look-up needs it: each one costs every message.

CREATE TABLE contacts (
  id          INTEGER PRIMARY KEY,
  first_name  TEXT,
  last_name   TEXT,
  language    TEXT,
  zone        TEXT,
  attributes  TEXT    NOT NULL,  -- JSON
  stopped     INTEGER NOT NULL,
  doubting    INTEGER NOT NULL,
  idle_told   TEXT,
  created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE addresses (
  place    INTEGER PRIMARY KEY,  -- a contact's addresses in the order they came
  channel  TEXT    NOT NULL,
  handle   TEXT    NOT NULL,
  contact  INTEGER NOT NULL REFERENCES contacts (id),
  UNIQUE (channel, handle)
) STRICT;
CREATE INDEX addresses_of_contact ON addresses (contact);

CREATE TABLE inbound (
  id           INTEGER PRIMARY KEY,
  channel      TEXT    NOT NULL,
  handle       TEXT    NOT NULL,
  key          TEXT    NOT NULL,
  contact      INTEGER NOT NULL,
  received_at  INTEGER NOT NULL,
  raw          TEXT    NOT NULL,
  state        TEXT    NOT NULL,  -- handled, stuck, dropped
  error        TEXT,
  UNIQUE (key, channel)
) STRICT;
CREATE INDEX inbound_stuck ON inbound (id) WHERE state = 'stuck';

CREATE TABLE sessions (
  id        INTEGER PRIMARY KEY,
  contact   INTEGER NOT NULL REFERENCES contacts (id),
  flow      TEXT    NOT NULL,
  status    TEXT    NOT NULL,
  wakes_at  INTEGER,              -- when time itself must wake it
  state     TEXT    NOT NULL      -- JSON: all that resume needs
) STRICT;
CREATE INDEX sessions_of_contact ON sessions (contact);
CREATE INDEX sessions_to_wake ON sessions (wakes_at) WHERE wakes_at IS NOT NULL;

CREATE TABLE answers (
  id          INTEGER PRIMARY KEY,
  contact     INTEGER NOT NULL,
  session     INTEGER NOT NULL,
  key         TEXT    NOT NULL,
  flow        TEXT    NOT NULL,
  step        TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  value       TEXT    NOT NULL,  -- JSON
  segment     TEXT,
  comment     TEXT,
  text        TEXT    NOT NULL,
  language    TEXT    NOT NULL,
  channel     TEXT    NOT NULL,
  touchpoint  TEXT    NOT NULL,
  campaign    TEXT    NOT NULL,
  revision    TEXT    NOT NULL,
  day         TEXT    NOT NULL,  -- the brand's date
  period_at   INTEGER NOT NULL,
  given_at    INTEGER NOT NULL,
  standing    TEXT    NOT NULL   -- counted, earlier, corrected, test
) STRICT;
CREATE INDEX answers_of_contact ON answers (contact);

CREATE TABLE counts (
  day         TEXT    NOT NULL,
  flow        TEXT    NOT NULL,
  step        TEXT    NOT NULL,
  channel     TEXT    NOT NULL,
  language    TEXT    NOT NULL,
  touchpoint  TEXT    NOT NULL,
  campaign    TEXT    NOT NULL,
  measure     TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  value       TEXT    NOT NULL,
  slot        INTEGER NOT NULL,
  n           INTEGER NOT NULL,
  PRIMARY KEY (flow, day, step, channel, language, touchpoint, campaign,
               measure, kind, value, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  id       INTEGER PRIMARY KEY,
  contact  INTEGER NOT NULL,
  session  INTEGER,
  kind     TEXT    NOT NULL,
  data     TEXT    NOT NULL,  -- JSON
  at       INTEGER NOT NULL
) STRICT;

CREATE TABLE outbox (
  id           INTEGER PRIMARY KEY,
  contact      INTEGER NOT NULL,
  channel      TEXT    NOT NULL,
  handle       TEXT    NOT NULL,
  session      INTEGER,
  flow         TEXT    NOT NULL,
  asks         TEXT,
  cause        TEXT,
  content      TEXT    NOT NULL,  -- JSON
  topic        TEXT    NOT NULL,
  prompted     INTEGER NOT NULL,
  role         TEXT    NOT NULL,
  due_at       INTEGER NOT NULL,
  state        TEXT    NOT NULL,
  token        INTEGER NOT NULL,
  attempts     INTEGER NOT NULL,
  reason       TEXT,
  lease_until  INTEGER,           -- while it is not null, later rows of the address wait
  reference    TEXT,              -- what the provider calls the message
  settled_at   INTEGER
) STRICT;
CREATE INDEX outbox_due ON outbox (due_at, id, contact) WHERE state = 'due';
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_caused ON outbox (session, cause)
  WHERE state = 'due' AND cause IS NOT NULL;

CREATE TABLE cases (
  id         INTEGER PRIMARY KEY,
  contact    INTEGER NOT NULL,
  session    INTEGER NOT NULL,
  flow       TEXT    NOT NULL,
  team       TEXT    NOT NULL,
  urgency    TEXT    NOT NULL,
  cause      TEXT,
  opened_at  INTEGER NOT NULL,
  state      TEXT    NOT NULL DEFAULT 'open',
  notes      TEXT    NOT NULL DEFAULT '[]'  -- JSON, a text a note
) STRICT;
CREATE INDEX cases_of_contact ON cases (contact);
CREATE INDEX cases_of_session ON cases (session);

CREATE TABLE tags (
  session  INTEGER NOT NULL,
  cause    TEXT    NOT NULL,  -- empty where no answer put it there
  tag      TEXT    NOT NULL,
  contact  INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (session, cause, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_of_contact ON tags (contact);

CREATE TABLE consents (
  id        INTEGER PRIMARY KEY,
  contact   INTEGER NOT NULL,
  topic     TEXT    NOT NULL,
  given     INTEGER NOT NULL,
  wording   TEXT    NOT NULL,
  language  TEXT    NOT NULL,
  revision  TEXT    NOT NULL,
  session   INTEGER,
  at        INTEGER NOT NULL
) STRICT;
CREATE INDEX consents_of_contact ON consents (contact);

CREATE TABLE plans (
  id       INTEGER PRIMARY KEY,
  contact  INTEGER NOT NULL,
  flow     TEXT    NOT NULL,
  due_at   INTEGER NOT NULL,
  session  INTEGER,
  cause    TEXT,
  outcome  TEXT               -- null while it is to come
) STRICT;
CREATE INDEX plans_due ON plans (due_at) WHERE outcome IS NULL;
CREATE INDEX plans_of_contact ON plans (contact) WHERE outcome IS NULL;
CREATE INDEX plans_of_session ON plans (session) WHERE outcome IS NULL;

CREATE TABLE revisions (
  hash              TEXT    PRIMARY KEY,
  flow              TEXT    NOT NULL,
  source            BLOB    NOT NULL,
  language_version  INTEGER NOT NULL,
  published_at      INTEGER NOT NULL,
  published_by      TEXT    NOT NULL
) STRICT;

CREATE TABLE current_revisions (
  flow  TEXT PRIMARY KEY,
  hash  TEXT NOT NULL REFERENCES revisions (hash)
) STRICT;
