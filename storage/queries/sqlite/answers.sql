-- name: answers_counted
SELECT a.id, a.contact, a.session, a.key, a.flow, a.step, a.kind, a.value, a.segment,
       a.comment, a.text, a.language, a.channel, a.touchpoint, a.campaign, a.revision,
       a.day, a.period_at, a.given_at, a.standing
  FROM json_each(?) AS asked
 CROSS JOIN answers AS a
 WHERE a.id = (SELECT own.id
                 FROM answers AS own
                WHERE own.contact = json_extract(asked.value, '$[0]')
                  AND own.flow = json_extract(asked.value, '$[1]')
                  AND own.step = json_extract(asked.value, '$[2]')
                  AND own.standing = 'counted'
                ORDER BY own.id DESC
                LIMIT 1)

-- name: answers_add
INSERT INTO answers (id, contact, session, key, flow, step, kind, value, segment,
                     comment, text, language, channel, touchpoint, campaign, revision,
                     day, period_at, given_at, standing)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: answers_change
UPDATE answers SET comment = ?, period_at = ?, standing = ? WHERE contact = ? AND id = ?
