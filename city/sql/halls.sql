-- name: add!
INSERT INTO halls (id, name, token, state, since, epoch, cursor, cursor_hash, head, down_last, down_cursor, clock_off_s)
VALUES (?, ?, ?, 'new', ?, 1, 0, ?, 0, 0, 0, 0) ON CONFLICT (id) DO NOTHING

-- name: begin!
INSERT INTO epochs (hall, epoch, after, since, reason) VALUES (?, ?, ?, ?, ?)

-- name: one
SELECT id, name, token, state, since, epoch, cursor, cursor_hash, head, heard_at, down_last, down_cursor, clock_off_s,
       trouble
FROM halls WHERE id = ?

-- name: everyone
SELECT id, name, token, state, since, epoch, cursor, cursor_hash, head, heard_at, down_last, down_cursor, clock_off_s,
       trouble
FROM halls ORDER BY id

-- name: token!
UPDATE halls SET token = ? WHERE id = ?

-- name: heard!
UPDATE halls SET heard_at = ?, head = ?, clock_off_s = ? WHERE id = ?

-- name: state!
UPDATE halls SET state = ?, since = ?, trouble = ? WHERE id = ? AND state <> ? AND state <> 'closed'

-- name: link!
UPDATE halls SET state = ?, since = ? WHERE id = ? AND state IN ('new', 'linked', 'offline')

-- name: restart!
UPDATE halls SET state = 'offline', since = ?, trouble = NULL, epoch = ?, cursor = ?, cursor_hash = ?, down_cursor = ?
WHERE id = ? AND epoch = ?

-- name: close!
UPDATE halls SET state = 'closed', since = ?, token = NULL WHERE id = ?

-- name: resume!
UPDATE halls SET down_cursor = ?, down_last = CASE WHEN down_last < ? THEN ? ELSE down_last END WHERE id = ?
