-- name: counts_move
INSERT INTO counts (day, flow, step, channel, language, touchpoint, campaign,
                    measure, kind, value, slot, n)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET n = n + excluded.n

-- name: counts_differing
-- What the histograms hold beside what the answers say, where the two are not equal.
SELECT day, flow, step, channel, language, touchpoint, campaign, 'answer', kind, value,
       sum(stored), sum(found)
  FROM (SELECT day, flow, step, channel, language, touchpoint, campaign, kind, value,
               n AS stored, 0 AS found
          FROM counts
         WHERE measure = 'answer'
         UNION ALL
        SELECT day, flow, step, channel, language, touchpoint, campaign, kind, value,
               0, 1
          FROM answers
         WHERE standing = 'counted'
           AND kind IN ('nps', 'csat', 'ces', 'rating')
           AND value <> 'null')
 GROUP BY day, flow, step, channel, language, touchpoint, campaign, kind, value
HAVING sum(stored) <> sum(found)
 ORDER BY day, flow, step, channel, language, touchpoint, campaign, kind, value
