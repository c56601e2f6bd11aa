-- name: allow!
INSERT INTO file_rights (hall, hash) VALUES (?, ?) ON CONFLICT (hall, hash) DO NOTHING

-- name: may
SELECT 1 FROM file_rights WHERE hall = ? AND hash = ?

-- name: begun
SELECT at FROM file_rights_begun WHERE id = 1

-- name: begin!
INSERT INTO file_rights_begun (id, at) VALUES (1, ?) ON CONFLICT (id) DO NOTHING

-- name: went_down
SELECT seq, payload FROM down WHERE hall = ? AND seq > ? ORDER BY seq LIMIT ?

-- name: own
SELECT epoch, seq, payload FROM hall_events
WHERE hall = ? AND (epoch, seq) > (?, ?) AND type LIKE 'case.%' AND type <> 'case.step_taken'
ORDER BY epoch, seq LIMIT ?
