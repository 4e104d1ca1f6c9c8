-- name: contacts_at
SELECT a.handle, c.id, c.first_name, c.last_name, c.language, c.zone,
       c.attributes, c.stopped, c.doubting, c.idle_told, c.silent, c.merged_into
  FROM json_each(?2) AS asked
 CROSS JOIN addresses AS a
 CROSS JOIN contacts AS c
 WHERE a.channel = ?1
   AND a.handle = asked.value
   AND c.id = a.contact

-- name: contacts
SELECT c.id, c.first_name, c.last_name, c.language, c.zone,
       c.attributes, c.stopped, c.doubting, c.idle_told, c.silent, c.merged_into
  FROM json_each(?) AS asked
 CROSS JOIN contacts AS c
 WHERE c.id = asked.value

-- name: contacts_merged
-- All of the sets whose oldest contacts these are.
SELECT c.id, c.first_name, c.last_name, c.language, c.zone,
       c.attributes, c.stopped, c.doubting, c.idle_told, c.silent, c.merged_into
  FROM json_each(?) AS asked
 CROSS JOIN contacts AS c
 WHERE c.merged_into = asked.value
 ORDER BY c.id

-- name: contacts_merge
UPDATE contacts SET merged_into = ?1 WHERE id = ?2

-- name: contacts_standing
-- Who said stop, or belongs to a set.
SELECT c.id, c.stopped, c.merged_into
  FROM json_each(?) AS asked
 CROSS JOIN contacts AS c
 WHERE c.id = asked.value
   AND (c.stopped OR c.merged_into IS NOT NULL)

-- name: contacts_add
INSERT INTO contacts (id, first_name, last_name, language, zone,
                      attributes, stopped, doubting, idle_told, silent,
                      created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: contacts_change
UPDATE contacts
   SET first_name = ?2, last_name = ?3, language = ?4, zone = ?5,
       attributes = ?6, stopped = ?7, doubting = ?8, idle_told = ?9, silent = ?10
 WHERE id = ?1

-- name: addresses_of
SELECT a.contact, a.channel, a.handle
  FROM json_each(?) AS asked
 CROSS JOIN addresses AS a
 WHERE a.contact = asked.value
 ORDER BY a.place

-- name: addresses_add
INSERT INTO addresses (channel, handle, contact) VALUES (?, ?, ?)

-- name: contacts_silent_beyond
-- All but the newest ?1 of those who opened a chat and never said a word, and where;
-- without those who have a case, a join, a link or another address.
SELECT c.id, a.handle
  FROM (SELECT id FROM contacts WHERE silent = 1 ORDER BY id DESC LIMIT -1 OFFSET ?1) AS c
 CROSS JOIN addresses AS a
 WHERE a.contact = c.id
   AND a.channel = 'web'
   AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.contact = c.id)
   AND NOT EXISTS (SELECT 1 FROM joins WHERE joins.contact = c.id OR joins.other = c.id)
   AND NOT EXISTS (SELECT 1 FROM links WHERE links.contact = c.id)
   AND NOT EXISTS (SELECT 1
                     FROM addresses AS other
                    WHERE other.contact = c.id
                      AND other.place <> a.place)

-- name: addresses_forget
DELETE FROM addresses WHERE contact IN (SELECT value FROM json_each(?))

-- name: contacts_forget
DELETE FROM contacts WHERE id IN (SELECT value FROM json_each(?))

-- name: addresses_lost
SELECT a.contact, a.channel, a.handle
  FROM json_each(?) AS asked
 CROSS JOIN addresses AS a INDEXED BY addresses_lost
 WHERE a.contact = asked.value
   AND a.lost IS NOT NULL

-- name: addresses_reach
UPDATE addresses SET lost = ?3 WHERE channel = ?1 AND handle = ?2
