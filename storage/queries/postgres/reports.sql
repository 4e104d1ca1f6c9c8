-- name: report_counts
-- $1 and $2 bound the flow, $3 and $4 the day; $5 is how much of the day to
-- group by, $6 to $10 say what else.
SELECT left(day, $5::int), CASE WHEN $6::bigint <> 0 THEN flow ELSE '' END,
       CASE WHEN $7::bigint <> 0 THEN touchpoint ELSE '' END,
       CASE WHEN $8::bigint <> 0 THEN channel ELSE '' END,
       CASE WHEN $9::bigint <> 0 THEN language ELSE '' END,
       CASE WHEN $10::bigint <> 0 THEN campaign ELSE '' END,
       flow, step, measure, kind, value, sum(n)::bigint
  FROM counts
 WHERE flow >= $1::text AND flow <= $2::text AND day >= $3::text AND day < $4::text
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
HAVING sum(n) <> 0

-- name: report_months
-- The same where only whole months are asked for.
SELECT left(month, $5::int), CASE WHEN $6::bigint <> 0 THEN flow ELSE '' END,
       CASE WHEN $7::bigint <> 0 THEN touchpoint ELSE '' END,
       CASE WHEN $8::bigint <> 0 THEN channel ELSE '' END,
       CASE WHEN $9::bigint <> 0 THEN language ELSE '' END,
       CASE WHEN $10::bigint <> 0 THEN campaign ELSE '' END,
       flow, step, measure, kind, value, sum(n)::bigint
  FROM months
 WHERE flow >= $1::text AND flow <= $2::text AND month >= $3::text AND month < $4::text
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
HAVING sum(n) <> 0

-- name: report_people
-- The same, where of each person's answers to a question only the last is counted;
-- contacts that were joined are one person.
SELECT left(day, $5::int), CASE WHEN $6::bigint <> 0 THEN flow ELSE '' END,
       CASE WHEN $7::bigint <> 0 THEN touchpoint ELSE '' END,
       CASE WHEN $8::bigint <> 0 THEN channel ELSE '' END,
       CASE WHEN $9::bigint <> 0 THEN language ELSE '' END,
       CASE WHEN $10::bigint <> 0 THEN campaign ELSE '' END,
       flow, step, measure, kind, value, sum(n)::bigint
  FROM (SELECT day, flow, step, channel, language, touchpoint, campaign,
               measure, kind, value, n
          FROM counts
         WHERE flow >= $1::text AND flow <= $2::text
           AND day >= $3::text AND day < $4::text
           AND measure <> 'answer'
         UNION ALL
        SELECT day, flow, step, channel, language, touchpoint, campaign,
               'answer', kind, value, 1
          FROM (SELECT DISTINCT ON (coalesce(merged.merged_into, contact), flow, step)
                       day, flow, step, channel, language, touchpoint, campaign,
                       kind, value
                  FROM answers
                  LEFT JOIN (SELECT id AS member, merged_into
                               FROM contacts
                              WHERE merged_into IS NOT NULL) AS merged
                    ON merged.member = answers.contact
                 WHERE flow >= $1::text AND flow <= $2::text
                   AND day >= $3::text AND day < $4::text
                   AND standing = 'counted'
                   AND kind IN ('nps', 'csat', 'ces', 'rating')
                   AND value <> 'null'
                 ORDER BY coalesce(merged.merged_into, contact), flow, step, id DESC) AS last) AS cells
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
HAVING sum(n) <> 0

-- name: report_comments
-- Words beside an answer, and answers that are words; the latter take the segment of
-- what the same talk scored last before them, or was corrected to after them.
SELECT a.flow, a.step, a.given_at, a.value,
       coalesce(a.segment,
                (SELECT scored.segment
                   FROM answers AS scored
                  WHERE scored.contact = a.contact
                    AND scored.session = a.session
                    AND scored.segment IS NOT NULL
                    AND scored.standing <> 'corrected'
                    AND scored.id < a.id
                  ORDER BY scored.id DESC
                  LIMIT 1),
                (SELECT scored.segment
                   FROM answers AS scored
                  WHERE scored.contact = a.contact
                    AND scored.session = a.session
                    AND scored.segment IS NOT NULL
                    AND scored.standing <> 'corrected'
                    AND scored.id > a.id
                  ORDER BY scored.id
                  LIMIT 1)),
       coalesce(a.comment, a.text), a.channel, a.language
  FROM answers AS a
 WHERE a.flow >= $1::text AND a.flow <= $2::text
   AND a.day >= $3::text AND a.day < $4::text
   AND a.standing IN ('counted', 'earlier')
   AND (a.comment <> '' OR (a.kind = 'text' AND a.value <> 'null'))
 ORDER BY a.id DESC
