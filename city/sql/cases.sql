-- name: begin!
INSERT INTO case_cursors (place, epoch, seq, relayed) VALUES (?, ?, 0, 0) ON CONFLICT (place) DO NOTHING

-- name: cursor
SELECT epoch, seq, relayed FROM case_cursors WHERE place = ?

-- name: move!
UPDATE case_cursors SET epoch = ?, seq = ?, relayed = ? WHERE place = ? AND epoch = ? AND seq = ?

-- name: anew!
UPDATE case_cursors SET seq = 0, epoch = 0

-- name: of_hall
SELECT seq, type, version, subject, payload FROM hall_events
WHERE hall = ? AND epoch = ? AND seq > ? AND seq <= ? AND subject >= 'case:' AND subject < 'case;' ORDER BY seq LIMIT ?

-- name: of_city
SELECT seq, type, version, subject, payload FROM journal
WHERE seq > ? AND seq <= ? AND subject >= 'case:' AND subject < 'case;' ORDER BY seq LIMIT ?

-- name: put!
INSERT INTO cases (id, number, hall, deliver_at, department, matter, edition, package, state, writer, step, events,
    received_at, received_on, accepted_as_of, decided_at, ended_at, is_over, outcome, light, is_overdue, due,
    due_statute, due_promise, is_provisional, looked_at, owed_until, query_digest, conflicts, body, trouble)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    deliver_at = excluded.deliver_at, state = excluded.state, writer = excluded.writer, step = excluded.step,
    events = excluded.events, accepted_as_of = excluded.accepted_as_of, decided_at = excluded.decided_at,
    ended_at = excluded.ended_at, is_over = excluded.is_over, outcome = excluded.outcome, light = excluded.light,
    is_overdue = excluded.is_overdue, due = excluded.due, due_statute = excluded.due_statute,
    due_promise = excluded.due_promise, is_provisional = excluded.is_provisional, looked_at = excluded.looked_at,
    owed_until = excluded.owed_until, conflicts = excluded.conflicts, body = excluded.body,
    trouble = excluded.trouble
WHERE cases.events <= excluded.events

-- name: lights!
UPDATE cases SET light = ?, is_overdue = ?, due = ?, due_statute = ?, due_promise = ?, is_provisional = ?, looked_at = ?
WHERE id = ? AND events = ?

-- name: stale
SELECT body FROM cases WHERE is_over = 0 AND looked_at < ? ORDER BY looked_at LIMIT ?

-- name: open_bodies
SELECT body FROM cases WHERE is_over = 0 ORDER BY id

-- name: bodies
SELECT body FROM cases WHERE received_on <= ? AND (ended_at IS NULL OR ended_at >= ?) ORDER BY id

-- name: one
SELECT body FROM cases WHERE id = ?

-- name: numbered
SELECT body FROM cases WHERE number = ?

-- name: tray
SELECT body, light, due, due_statute, due_promise, is_provisional, is_overdue, trouble FROM cases
WHERE department = ? AND is_over = ? ORDER BY due, received_at, id LIMIT ? OFFSET ?

-- name: of_package
SELECT body FROM cases WHERE package = ? ORDER BY received_at, id

-- name: counts
SELECT hall, count(*), sum(CASE WHEN is_over = 0 THEN 1 ELSE 0 END),
       sum(CASE WHEN is_over = 0 AND is_overdue = 1 THEN 1 ELSE 0 END),
       sum(CASE WHEN is_over = 0 AND light = 'yellow' THEN 1 ELSE 0 END),
       sum(CASE WHEN conflicts > 0 OR trouble IS NOT NULL THEN 1 ELSE 0 END)
FROM cases GROUP BY hall

-- name: conflicts
SELECT body, trouble FROM cases WHERE conflicts > 0 OR trouble IS NOT NULL ORDER BY received_at, id LIMIT ?

-- name: troubled
SELECT id, trouble FROM cases WHERE trouble IS NOT NULL AND (writer = 'city' OR is_over = 1) ORDER BY id LIMIT ?

-- name: park!
INSERT INTO case_parked (subject, reason, at) VALUES (?, ?, ?) ON CONFLICT (subject) DO NOTHING

-- name: parked
SELECT subject, reason FROM case_parked ORDER BY at

-- name: unpark!
DELETE FROM case_parked WHERE subject = ?
