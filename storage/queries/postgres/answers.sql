-- name: answers_counted
SELECT a.id, a.contact, a.session, a.key, a.flow, a.step, a.kind, a.value, a.segment,
       a.comment, a.text, a.language, a.channel, a.touchpoint, a.campaign, a.revision,
       a.day, a.period_at, a.given_at, a.standing
  FROM unnest($1::bigint[], $2::text[], $3::text[]) AS asked (contact, flow, step)
 CROSS JOIN LATERAL (SELECT *
                       FROM answers AS own
                      WHERE own.contact = asked.contact
                        AND own.flow = asked.flow
                        AND own.step = asked.step
                        AND own.standing = 'counted'
                      ORDER BY own.id DESC
                      LIMIT 1) AS a

-- name: answers_add
INSERT INTO answers (id, contact, session, key, flow, step, kind, value, segment,
                     comment, text, language, channel, touchpoint, campaign, revision,
                     day, period_at, given_at, standing)
SELECT *
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[],
              $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
              $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
              $17::text[], $18::bigint[], $19::bigint[], $20::text[])

-- name: answers_change
UPDATE answers
   SET comment = changed.comment, period_at = changed.period_at,
       standing = changed.standing
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[])
       AS changed (comment, period_at, standing, contact, id)
 WHERE answers.contact = changed.contact
   AND answers.id = changed.id
