-- name: report_counts
-- ?1 and ?2 bound the flow, ?3 and ?4 the day; ?5 is how much of the day to
-- group by, ?6 to ?10 say what else.
SELECT substr(day, 1, ?5), iif(?6, flow, ''), iif(?7, touchpoint, ''),
       iif(?8, channel, ''), iif(?9, language, ''), iif(?10, campaign, ''),
       flow, step, measure, kind, value, sum(n)
  FROM counts
 WHERE flow BETWEEN ?1 AND ?2 AND day >= ?3 AND day < ?4
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
HAVING sum(n) <> 0

-- name: report_months
-- The same where only whole months are asked for.
SELECT substr(month, 1, ?5), iif(?6, flow, ''), iif(?7, touchpoint, ''),
       iif(?8, channel, ''), iif(?9, language, ''), iif(?10, campaign, ''),
       flow, step, measure, kind, value, sum(n)
  FROM months
 WHERE flow BETWEEN ?1 AND ?2 AND month >= ?3 AND month < ?4
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
HAVING sum(n) <> 0

-- name: report_people
-- The same, where of each person's answers to a question only the last is counted;
-- contacts that were joined are one person.
WITH merged AS MATERIALIZED
     (SELECT id, merged_into FROM contacts WHERE merged_into IS NOT NULL)
SELECT substr(day, 1, ?5), iif(?6, flow, ''), iif(?7, touchpoint, ''),
       iif(?8, channel, ''), iif(?9, language, ''), iif(?10, campaign, ''),
       flow, step, measure, kind, value, sum(n)
  FROM (SELECT day, flow, step, channel, language, touchpoint, campaign,
               measure, kind, value, n
          FROM counts
         WHERE flow BETWEEN ?1 AND ?2 AND day >= ?3 AND day < ?4
           AND measure <> 'answer'
         UNION ALL
        SELECT day, flow, step, channel, language, touchpoint, campaign,
               'answer', kind, value, 1
          FROM (SELECT day, flow, step, channel, language, touchpoint, campaign,
                       kind, value, max(answers.id)
                  FROM answers
                  LEFT JOIN merged
                    ON merged.id = answers.contact
                 WHERE flow BETWEEN ?1 AND ?2 AND day >= ?3 AND day < ?4
                   AND standing = 'counted'
                   AND kind IN ('nps', 'csat', 'ces', 'rating')
                   AND value <> 'null'
                 GROUP BY coalesce(merged.merged_into, contact), flow, step))
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
 WHERE a.flow BETWEEN ? AND ? AND a.day >= ? AND a.day < ?
   AND a.standing IN ('counted', 'earlier')
   AND (a.comment <> '' OR (a.kind = 'text' AND a.value <> 'null'))
 ORDER BY a.id DESC
