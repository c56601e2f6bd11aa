-- name: want!
INSERT INTO wanted (hash, hall, since, tries, state) VALUES (?, ?, ?, 0, 'wanted') ON CONFLICT (hash, hall) DO NOTHING

-- name: open
SELECT hash FROM wanted WHERE hall = ? AND (state = 'wanted' OR (state = 'lacking' AND tries <= ? AND since + tries * ? <= ?))
ORDER BY since LIMIT ?

-- name: got!
DELETE FROM wanted WHERE hash = ?

-- name: state!
UPDATE wanted SET state = ?, tries = tries + 1 WHERE hash = ? AND hall = ?

-- name: late
SELECT hall, hash, since, tries, state FROM wanted WHERE since < ? OR state <> 'wanted' ORDER BY since LIMIT ?
