-- The first tables. Run before the code that needs them.
--
-- Ids are time-ordered 63-bit integers made by bot.clock, never by a sequence; times
-- are whole microseconds since 1970 in UTC; truths are 0 and 1; JSON is kept as text:
-- the same as on SQLite, so that rows can move between the two.
--
-- Unique keys begin with the contact, so that tables could be distributed by it. What
-- is looked up before the contact is known begins with `home`, a number that an
-- address alone decides. Small tables that every machine would keep whole are the
-- exception: counts, months, revisions, current_revisions, kept, leases, migrations.

CREATE FUNCTION home_of(channel text, handle text) RETURNS bigint
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN ('x' || encode(substr(sha256(convert_to(channel || ':' || handle, 'UTF8')), 1, 8),
                        'hex'))::bit(64)::bigint;

CREATE TABLE contacts (
  id          BIGINT   PRIMARY KEY,
  first_name  TEXT,
  last_name   TEXT,
  language    TEXT,
  zone        TEXT,
  attributes  TEXT     NOT NULL,  -- JSON
  stopped     SMALLINT NOT NULL,
  doubting    SMALLINT NOT NULL,
  idle_told   TEXT,
  created_at  BIGINT   NOT NULL,
  silent      SMALLINT NOT NULL DEFAULT 0
);
-- Opened a chat and has not said anything yet: of these only so many are kept.
CREATE INDEX contacts_silent ON contacts (id) WHERE silent = 1;

CREATE TABLE addresses (
  home     BIGINT NOT NULL,
  place    BIGINT NOT NULL,  -- a contact's addresses in the order they came
  channel  TEXT   NOT NULL,
  handle   TEXT   NOT NULL,
  contact  BIGINT NOT NULL,
  PRIMARY KEY (home, channel, handle)
);
CREATE INDEX addresses_of_contact ON addresses (contact);

CREATE TABLE inbound (
  home         BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  channel      TEXT   NOT NULL,
  handle       TEXT   NOT NULL,
  key          TEXT   COLLATE "C" NOT NULL,
  contact      BIGINT NOT NULL,
  received_at  BIGINT NOT NULL,
  raw          TEXT   NOT NULL,
  state        TEXT   NOT NULL,  -- handled, stuck, dropped
  error        TEXT,
  PRIMARY KEY (home, key, channel)
);
CREATE INDEX inbound_id ON inbound (id);
CREATE INDEX inbound_stuck ON inbound (id) WHERE state = 'stuck';

CREATE TABLE sessions (
  id        BIGINT NOT NULL,
  contact   BIGINT NOT NULL,
  flow      TEXT   NOT NULL,
  status    TEXT   NOT NULL,
  wakes_at  BIGINT,              -- when time itself must wake it
  state     TEXT   NOT NULL,     -- JSON: all that resume needs
  PRIMARY KEY (contact, id)
);
CREATE INDEX sessions_to_wake ON sessions (wakes_at) WHERE wakes_at IS NOT NULL;

CREATE TABLE answers (
  id          BIGINT NOT NULL,
  contact     BIGINT NOT NULL,
  session     BIGINT NOT NULL,
  key         TEXT   NOT NULL,
  flow        TEXT   COLLATE "C" NOT NULL,
  step        TEXT   NOT NULL,
  kind        TEXT   NOT NULL,
  value       TEXT   NOT NULL,  -- JSON
  segment     TEXT,
  comment     TEXT,
  text        TEXT   NOT NULL,
  language    TEXT   NOT NULL,
  channel     TEXT   NOT NULL,
  touchpoint  TEXT   NOT NULL,
  campaign    TEXT   NOT NULL,
  revision    TEXT   NOT NULL,
  day         TEXT   COLLATE "C" NOT NULL,  -- the brand's date
  period_at   BIGINT NOT NULL,
  given_at    BIGINT NOT NULL,
  standing    TEXT   NOT NULL,  -- counted, earlier, corrected, test
  PRIMARY KEY (contact, id)
);
CREATE INDEX answers_of_question ON answers (contact, flow, step);

CREATE TABLE counts (
  day         TEXT   COLLATE "C" NOT NULL,
  flow        TEXT   COLLATE "C" NOT NULL,
  step        TEXT   NOT NULL,
  channel     TEXT   NOT NULL,
  language    TEXT   NOT NULL,
  touchpoint  TEXT   NOT NULL,
  campaign    TEXT   NOT NULL,
  measure     TEXT   NOT NULL,
  kind        TEXT   NOT NULL,
  value       TEXT   NOT NULL,
  slot        BIGINT NOT NULL,
  n           BIGINT NOT NULL,
  PRIMARY KEY (flow, day, step, channel, language, touchpoint, campaign,
               measure, kind, value, slot)
);

-- The daily counts, added up by month: most reports read nothing else.
CREATE TABLE months (
  month       TEXT   COLLATE "C" NOT NULL,
  flow        TEXT   COLLATE "C" NOT NULL,
  step        TEXT   NOT NULL,
  channel     TEXT   NOT NULL,
  language    TEXT   NOT NULL,
  touchpoint  TEXT   NOT NULL,
  campaign    TEXT   NOT NULL,
  measure     TEXT   NOT NULL,
  kind        TEXT   NOT NULL,
  value       TEXT   NOT NULL,
  slot        BIGINT NOT NULL,
  n           BIGINT NOT NULL,
  PRIMARY KEY (flow, month, step, channel, language, touchpoint, campaign,
               measure, kind, value, slot)
);

CREATE TABLE events (
  id       BIGINT NOT NULL,
  contact  BIGINT NOT NULL,
  session  BIGINT,
  kind     TEXT   NOT NULL,
  data     TEXT   NOT NULL,  -- JSON
  at       BIGINT NOT NULL,
  PRIMARY KEY (contact, id)
);

CREATE TABLE outbox (
  id           BIGINT   NOT NULL,
  contact      BIGINT   NOT NULL,
  channel      TEXT     NOT NULL,
  handle       TEXT     NOT NULL,
  session      BIGINT,
  flow         TEXT     NOT NULL,
  asks         TEXT,
  cause        TEXT,
  content      TEXT     NOT NULL,  -- JSON
  topic        TEXT     NOT NULL,
  prompted     SMALLINT NOT NULL,
  role         TEXT     NOT NULL,
  due_at       BIGINT   NOT NULL,
  state        TEXT     NOT NULL,
  token        BIGINT   NOT NULL,
  attempts     BIGINT   NOT NULL,
  reason       TEXT,
  lease_until  BIGINT,            -- while it is not null, later rows of the address wait
  reference    TEXT,              -- what the provider calls the message
  settled_at   BIGINT,
  PRIMARY KEY (contact, id)
) WITH (fillfactor = 70);  -- each row is changed a few times soon after it was made
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = 'due';
CREATE INDEX outbox_leased ON outbox (channel, handle, id) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_caused ON outbox (session, cause)
  WHERE state = 'due' AND cause IS NOT NULL;
-- Of these nobody knows whether they arrived: few, and counted often.
CREATE INDEX outbox_unknown ON outbox (id) WHERE state = 'unknown';
-- What a visitor is shown after a reload, and what they missed.
CREATE INDEX outbox_web ON outbox (handle, id) WHERE channel = 'web';

CREATE TABLE cases (
  id         BIGINT NOT NULL,
  contact    BIGINT NOT NULL,
  session    BIGINT NOT NULL,
  flow       TEXT   NOT NULL,
  team       TEXT   NOT NULL,
  urgency    TEXT   NOT NULL,
  cause      TEXT,
  opened_at  BIGINT NOT NULL,
  state      TEXT   NOT NULL DEFAULT 'open',
  notes      TEXT   NOT NULL DEFAULT '[]',  -- JSON, a text a note
  PRIMARY KEY (contact, id)
);
CREATE INDEX cases_of_session ON cases (session);

CREATE TABLE tags (
  session  BIGINT NOT NULL,
  cause    TEXT   NOT NULL,  -- empty where no answer put it there
  tag      TEXT   NOT NULL,
  contact  BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  PRIMARY KEY (contact, session, cause, tag)
);
CREATE INDEX tags_of_session ON tags (session);

CREATE TABLE consents (
  id        BIGINT   NOT NULL,
  contact   BIGINT   NOT NULL,
  topic     TEXT     NOT NULL,
  given     SMALLINT NOT NULL,
  wording   TEXT     NOT NULL,
  language  TEXT     NOT NULL,
  revision  TEXT     NOT NULL,
  session   BIGINT,
  at        BIGINT   NOT NULL,
  PRIMARY KEY (contact, id)
);

CREATE TABLE plans (
  id       BIGINT NOT NULL,
  contact  BIGINT NOT NULL,
  flow     TEXT   NOT NULL,
  due_at   BIGINT NOT NULL,
  session  BIGINT,
  cause    TEXT,
  outcome  TEXT,              -- null while it is to come
  PRIMARY KEY (contact, id)
);
CREATE INDEX plans_due ON plans (due_at) WHERE outcome IS NULL;
CREATE INDEX plans_of_session ON plans (session) WHERE outcome IS NULL;

CREATE TABLE revisions (
  hash              TEXT   PRIMARY KEY,
  flow              TEXT   NOT NULL,
  source            BYTEA  NOT NULL,
  language_version  BIGINT NOT NULL,
  published_at      BIGINT NOT NULL,
  published_by      TEXT   NOT NULL
);

CREATE TABLE current_revisions (
  flow  TEXT PRIMARY KEY,
  hash  TEXT NOT NULL REFERENCES revisions (hash)
);

-- Small things that Voxpop keeps for itself, such as the key that it signs with.
CREATE TABLE kept (
  name   TEXT PRIMARY KEY,
  value  TEXT NOT NULL
);

-- Who does what only one may do at a time.
CREATE TABLE leases (
  name    TEXT   PRIMARY KEY,  -- what is to be done, such as sending for one account
  holder  TEXT   NOT NULL,     -- the process that does it
  until   BIGINT NOT NULL      -- another one may take it over from then on
);
