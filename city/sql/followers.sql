-- name: add!
INSERT INTO followers (name, hall, version, epoch, seq) VALUES (?, ?, ?, 0, 0) ON CONFLICT (name, hall) DO NOTHING

-- name: one
SELECT version, epoch, seq FROM followers WHERE name = ? AND hall = ?

-- name: move!
UPDATE followers SET version = ?, epoch = ?, seq = ? WHERE name = ? AND hall = ?

-- name: park!
INSERT INTO parked (name, hall, epoch, seq, subject, reason) VALUES (?, ?, ?, ?, ?, ?)

-- name: parked
SELECT epoch, seq, subject, reason FROM parked WHERE name = ? AND hall = ? ORDER BY epoch, seq

-- name: parked_events
SELECT e.epoch, e.seq, e.at, e.business_day, e.type, e.version, e.subject, e.actor, e.command_id, e.payload, e.hash
FROM parked p JOIN hall_events e ON e.hall = p.hall AND e.epoch = p.epoch AND e.seq = p.seq
WHERE p.name = ? AND p.hall = ? ORDER BY p.epoch, p.seq

-- name: unpark!
DELETE FROM parked WHERE name = ? AND hall = ? AND epoch = ? AND seq = ?

-- name: unpark_all!
DELETE FROM parked WHERE name = ? AND hall = ?

-- name: parked_counts
SELECT hall, name, count(*), min(reason) FROM parked GROUP BY hall, name ORDER BY hall, name

-- name: lock!
UPDATE followers SET version = version WHERE name = ? AND hall = ?
