-- name: number!
UPDATE halls SET down_last = down_last + 1 WHERE id = ? AND state <> 'closed'

-- name: numbered
SELECT down_last FROM halls WHERE id = ?

-- name: insert!
INSERT INTO down (hall, seq, kind, payload, at) VALUES (?, ?, ?, ?, ?)

-- name: after
SELECT seq, kind, payload FROM down WHERE hall = ? AND seq > ? ORDER BY seq LIMIT ?

-- name: taken!
UPDATE halls SET down_cursor = ? WHERE id = ? AND down_cursor < ? AND down_last >= ?

-- name: refuse!
UPDATE down SET refused = ? WHERE hall = ? AND seq = ? AND refused IS NULL

-- name: conflicts
SELECT hall, seq, kind, payload, at, refused FROM down
WHERE refused IS NOT NULL AND settled_by IS NULL ORDER BY at, hall, seq LIMIT ?

-- name: settle!
UPDATE down SET settled_by = ? WHERE hall = ? AND seq = ? AND refused IS NOT NULL AND settled_by IS NULL
