-- name: put!
INSERT INTO hall_days (day, hall, visits, called, served, wait_us, on_time, serve_us, served_stays, ratings, good)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (day, hall) DO UPDATE SET visits = excluded.visits, called = excluded.called, served = excluded.served,
    wait_us = excluded.wait_us, on_time = excluded.on_time, serve_us = excluded.serve_us,
    served_stays = excluded.served_stays, ratings = excluded.ratings, good = excluded.good

-- name: between
SELECT hall, count(*), sum(visits), sum(called), sum(served), sum(wait_us), sum(on_time), sum(serve_us),
       sum(served_stays), sum(ratings), sum(good)
FROM hall_days WHERE day >= ? AND day <= ? GROUP BY hall

-- name: of_hall
SELECT day, visits, called, served, wait_us, on_time, serve_us, served_stays, ratings, good
FROM hall_days WHERE hall = ? AND day >= ? AND day <= ? ORDER BY day

-- name: facts
SELECT hall, name_en, timezone, goal_min, latitude, longitude FROM hall_facts

-- name: know!
INSERT INTO hall_facts (hall, name_en, timezone, goal_min) VALUES (?, ?, ?, ?)
ON CONFLICT (hall) DO UPDATE SET name_en = excluded.name_en, timezone = excluded.timezone, goal_min = excluded.goal_min

-- name: place!
INSERT INTO hall_facts (hall, name_en, timezone, goal_min, latitude, longitude) VALUES (?, '', ?, ?, ?, ?)
ON CONFLICT (hall) DO UPDATE SET latitude = excluded.latitude, longitude = excluded.longitude
