-- name: put!
INSERT INTO totals (hall, day, at, theirs, ours, is_equal) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (hall, day) DO UPDATE SET at = excluded.at, theirs = excluded.theirs, ours = excluded.ours,
    is_equal = excluded.is_equal

-- name: differing
SELECT hall, day, at, theirs, ours FROM totals WHERE is_equal = 0 ORDER BY day DESC, hall LIMIT ?

-- name: of_day
SELECT theirs, ours, is_equal FROM totals WHERE hall = ? AND day = ?
