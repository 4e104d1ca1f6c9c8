-- name: lease_take
-- $1 the name, $2 the holder, $3 now, $4 until when. Gives a row where it is ours now.
-- The time is the server's: machines do not agree on theirs. Only how long counts.
INSERT INTO leases AS l (name, holder, until)
SELECT $1::text, $2::text, micros + $4::bigint - $3::bigint
  FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros) AS now
    ON CONFLICT (name) DO UPDATE
   SET holder = excluded.holder, until = excluded.until
 WHERE l.holder = excluded.holder
    OR l.until <= excluded.until - ($4::bigint - $3::bigint)
RETURNING l.name

-- name: lease_drop
DELETE FROM leases WHERE holder = $1
