-- name: lease_take
-- $1 the name, $2 the holder, $3 now, $4 until when. Gives a row where it is ours now.
INSERT INTO leases AS l (name, holder, until)
VALUES ($1, $2::text, $4::bigint)
    ON CONFLICT (name) DO UPDATE
   SET holder = excluded.holder, until = excluded.until
 WHERE l.holder = excluded.holder
    OR l.until <= $3::bigint
RETURNING l.name

-- name: lease_drop
DELETE FROM leases WHERE holder = $1

-- name: leases
SELECT name, holder, until FROM leases ORDER BY name
