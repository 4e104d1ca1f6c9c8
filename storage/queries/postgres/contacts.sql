-- name: contacts_at
SELECT a.handle, c.id, c.first_name, c.last_name, c.language, c.zone,
       c.attributes, c.stopped, c.doubting, c.idle_told, c.silent, c.merged_into
  FROM unnest($2::text[]) AS asked (handle)
  JOIN addresses AS a
    ON a.home = home_of($1::text, asked.handle)
   AND a.channel = $1::text
   AND a.handle = asked.handle
  JOIN contacts AS c
    ON c.id = a.contact

-- name: contacts
SELECT id, first_name, last_name, language, zone,
       attributes, stopped, doubting, idle_told, silent, merged_into
  FROM contacts
 WHERE id = ANY ($1::bigint[])

-- name: addresses_at
SELECT a.handle, a.contact, c.merged_into
  FROM unnest($2::text[]) AS asked (handle)
  JOIN addresses AS a
    ON a.home = home_of($1::text, asked.handle)
   AND a.channel = $1::text
   AND a.handle = asked.handle
  JOIN contacts AS c
    ON c.id = a.contact

-- name: contacts_hold
-- Whoever changes a talk holds its contact first; who is held by another is left out.
SELECT id, first_name, last_name, language, zone,
       attributes, stopped, doubting, idle_told, silent, merged_into
  FROM contacts
 WHERE id = ANY ($1::bigint[])
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED

-- name: contacts_await
-- The same, but for those who are held by another it waits, in the order of ids.
SELECT id, first_name, last_name, language, zone,
       attributes, stopped, doubting, idle_told, silent, merged_into
  FROM contacts
 WHERE id = ANY ($1::bigint[])
 ORDER BY id
   FOR NO KEY UPDATE

-- name: contacts_merged
-- All of the sets whose oldest contacts these are.
SELECT id, first_name, last_name, language, zone,
       attributes, stopped, doubting, idle_told, silent, merged_into
  FROM contacts
 WHERE merged_into = ANY ($1::bigint[])
 ORDER BY id

-- name: contacts_merge
UPDATE contacts
   SET merged_into = merged.survivor
  FROM unnest($1::bigint[], $2::bigint[]) AS merged (survivor, id)
 WHERE contacts.id = merged.id

-- name: contacts_standing
-- Who said stop, or belongs to a set.
SELECT id, stopped, merged_into
  FROM contacts
 WHERE id = ANY ($1::bigint[])
   AND (stopped <> 0 OR merged_into IS NOT NULL)

-- name: contacts_add
INSERT INTO contacts (id, first_name, last_name, language, zone,
                      attributes, stopped, doubting, idle_told, silent, created_at)
SELECT *
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
              $7::smallint[], $8::smallint[], $9::text[], $10::smallint[],
              $11::bigint[])

-- name: contacts_change
UPDATE contacts
   SET first_name = changed.first_name, last_name = changed.last_name,
       language = changed.language, zone = changed.zone,
       attributes = changed.attributes, stopped = changed.stopped,
       doubting = changed.doubting, idle_told = changed.idle_told,
       silent = changed.silent
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
              $7::smallint[], $8::smallint[], $9::text[], $10::smallint[])
       AS changed (id, first_name, last_name, language, zone, attributes, stopped,
                   doubting, idle_told, silent)
 WHERE contacts.id = changed.id

-- name: addresses_of
SELECT contact, channel, handle
  FROM addresses
 WHERE contact = ANY ($1::bigint[])
 ORDER BY contact, place

-- name: addresses_add
INSERT INTO addresses (home, place, channel, handle, contact)
SELECT home_of(new.channel, new.handle),
       coalesce((SELECT max(place) FROM addresses WHERE contact = new.contact), 0)
         + row_number() OVER (PARTITION BY new.contact ORDER BY new.number),
       new.channel, new.handle, new.contact
  FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY
       AS new (channel, handle, contact, number)

-- name: contacts_silent_beyond
-- All but the newest $1 of those who opened a chat and never said a word, and where;
-- without those who have a case, a join, a link or another address, or are held by another worker.
SELECT c.id, a.handle
  FROM contacts AS c
  JOIN addresses AS a
    ON a.contact = c.id
 WHERE c.silent = 1
   AND c.id IN (SELECT id FROM contacts WHERE silent = 1 ORDER BY id DESC OFFSET $1::bigint)
   AND a.channel = 'web'
   AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.contact = c.id)
   AND NOT EXISTS (SELECT 1 FROM joins WHERE joins.contact = c.id)
   AND NOT EXISTS (SELECT 1 FROM joins WHERE joins.other = c.id)
   AND NOT EXISTS (SELECT 1 FROM links WHERE links.contact = c.id)
   AND NOT EXISTS (SELECT 1
                     FROM addresses AS other
                    WHERE other.contact = c.id
                      AND other.place <> a.place)
   FOR NO KEY UPDATE OF c SKIP LOCKED

-- name: addresses_forget
DELETE FROM addresses WHERE contact = ANY ($1::bigint[])

-- name: contacts_forget
DELETE FROM contacts WHERE id = ANY ($1::bigint[])

-- name: addresses_lost
SELECT contact, channel, handle
  FROM addresses
 WHERE contact = ANY ($1::bigint[])
   AND lost IS NOT NULL

-- name: addresses_reach
UPDATE addresses
   SET lost = reached.lost
  FROM unnest($1::text[], $2::text[], $3::bigint[]) AS reached (channel, handle, lost)
 WHERE addresses.home = home_of(reached.channel, reached.handle)
   AND addresses.channel = reached.channel
   AND addresses.handle = reached.handle
