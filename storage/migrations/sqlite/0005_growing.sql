-- What ten million answers need. Run before the code that needs it.

-- Whether a question was answered before is found without reading all that its contact
-- ever answered; this stands in for the index by contact alone, which it begins with.
CREATE INDEX answers_of_question ON answers (contact, flow, step);
DROP INDEX answers_of_contact;

-- The daily counts, added up by month: most reports read nothing else.
CREATE TABLE months (
  month       TEXT    NOT NULL,
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
  PRIMARY KEY (flow, month, step, channel, language, touchpoint, campaign,
               measure, kind, value, slot)
) STRICT, WITHOUT ROWID;

INSERT INTO months (month, flow, step, channel, language, touchpoint, campaign,
                    measure, kind, value, slot, n)
SELECT substr(day, 1, 7), flow, step, channel, language, touchpoint, campaign,
       measure, kind, value, slot, sum(n)
  FROM counts
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;
