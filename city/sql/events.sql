-- name: cursor
SELECT epoch, cursor, cursor_hash, state, trouble FROM halls WHERE id = ?

-- name: advance!
UPDATE halls SET cursor = ?, cursor_hash = ?, heard_at = ? WHERE id = ? AND epoch = ? AND cursor = ? AND cursor_hash = ?

-- name: hash_at
SELECT hash FROM hall_events WHERE hall = ? AND epoch = ? AND seq = ?

-- name: epochs
SELECT epoch, after FROM epochs WHERE hall = ? ORDER BY epoch DESC

-- name: days
SELECT business_day, type, count(*), min(seq), max(seq) FROM hall_events
WHERE hall = ? AND epoch = ? AND seq > ? AND seq <= ? AND business_day = ? GROUP BY business_day, type

-- name: after
SELECT seq, at, business_day, type, version, subject, actor, command_id, payload, hash FROM hall_events
WHERE hall = ? AND epoch = ? AND seq > ? ORDER BY seq LIMIT ?

-- name: stream
SELECT seq, at, business_day, type, version, subject, actor, command_id, payload, hash, hall, epoch FROM hall_events
WHERE subject = ? AND subject >= 'case:' AND subject < 'case;' ORDER BY at, hall, epoch, seq

-- name: package_stream
SELECT seq, at, business_day, type, version, subject, actor, command_id, payload, hash, hall, epoch FROM hall_events
WHERE subject = ? AND subject >= 'package:' AND subject < 'package;' ORDER BY at, hall, epoch, seq

-- name: opened_days
SELECT DISTINCT business_day FROM hall_events
WHERE hall = ? AND business_day > ? AND type = 'day.opened' ORDER BY business_day
