-- name: lock!
UPDATE journal_head SET id = 1 WHERE id = 1

-- name: head
SELECT seq, at, hash FROM journal_head WHERE id = 1

-- name: move!
UPDATE journal_head SET seq = ?, at = ?, hash = ? WHERE id = 1

-- name: insert!
INSERT INTO journal (seq, at, business_day, type, version, subject, actor, command_id, payload, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: stream
SELECT seq, at, business_day, type, version, subject, actor, command_id, payload, hash FROM journal
WHERE subject = ? ORDER BY seq

-- name: after
SELECT seq, at, business_day, type, version, subject, actor, command_id, payload, hash FROM journal
WHERE seq > ? ORDER BY seq LIMIT ?

-- name: reply
SELECT fingerprint, reply FROM replies WHERE actor = ? AND command_id = ?

-- name: remember!
INSERT INTO replies (actor, command_id, fingerprint, at, reply) VALUES (?, ?, ?, ?, ?)

-- name: forget!
DELETE FROM replies WHERE at < ?
