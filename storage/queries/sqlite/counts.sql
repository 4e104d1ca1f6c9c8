-- name: counts_move
INSERT INTO counts (day, flow, step, channel, language, touchpoint, campaign,
                    measure, kind, value, slot, n)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET n = n + excluded.n

-- name: months_move
INSERT INTO months (month, flow, step, channel, language, touchpoint, campaign,
                    measure, kind, value, slot, n)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET n = n + excluded.n

-- name: months_differing
-- What the histograms of months hold beside what those of days do.
SELECT month, flow, step, channel, language, touchpoint, campaign, measure, kind, value,
       sum(stored), sum(found)
  FROM (SELECT month, flow, step, channel, language, touchpoint, campaign, measure,
               kind, value, n AS stored, 0 AS found
          FROM months
         UNION ALL
        SELECT substr(day, 1, 7), flow, step, channel, language, touchpoint, campaign,
               measure, kind, value, 0, n
          FROM counts)
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
HAVING sum(stored) <> sum(found)
 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10

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
