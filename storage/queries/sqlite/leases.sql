-- name: lease_take
-- ?1 the name, ?2 the holder, ?3 now, ?4 until when. Gives a row where it is ours now.
INSERT INTO leases (name, holder, until)
VALUES (?1, ?2, ?4)
    ON CONFLICT (name) DO UPDATE
   SET holder = excluded.holder, until = excluded.until
 WHERE leases.holder = excluded.holder
    OR leases.until <= ?3
RETURNING name

-- name: lease_drop
DELETE FROM leases WHERE holder = ?
