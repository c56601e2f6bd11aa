-- What the city's board shows: what is known of halls, sums of their days, and the cases as they stand.

CREATE TABLE hall_facts (
    hall TEXT PRIMARY KEY,
    name_en TEXT NOT NULL,
    timezone TEXT NOT NULL,
    goal_min BIGINT NOT NULL,
    latitude DOUBLE PRECISION,
    longitude DOUBLE PRECISION
);

-- A hall's business day as its statistics count it; spans in microseconds.
CREATE TABLE hall_days (
    day TEXT NOT NULL,
    hall TEXT NOT NULL,
    visits BIGINT NOT NULL,
    called BIGINT NOT NULL,
    served BIGINT NOT NULL,
    wait_us BIGINT NOT NULL,
    on_time BIGINT NOT NULL,
    serve_us BIGINT NOT NULL,
    served_stays BIGINT NOT NULL,
    ratings BIGINT NOT NULL,
    good BIGINT NOT NULL,
    PRIMARY KEY (day, hall)
);

CREATE TABLE cases (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    hall TEXT NOT NULL,             -- where it was received; empty: online
    deliver_at TEXT NOT NULL,       -- the hall that hands the result out
    department TEXT NOT NULL,
    matter TEXT NOT NULL,
    edition TEXT NOT NULL,
    package TEXT,
    state TEXT NOT NULL,
    writer TEXT NOT NULL,           -- hall:ID or city
    step BIGINT NOT NULL,
    events BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    received_on TEXT NOT NULL,
    accepted_as_of TEXT,
    decided_at BIGINT,
    ended_at BIGINT,
    is_over BIGINT NOT NULL,
    outcome TEXT,
    light TEXT NOT NULL,            -- green, yellow, red, double_red: as counted at looked_at
    is_overdue BIGINT NOT NULL,
    due TEXT,                       -- the nearest due day of a running clock
    due_statute TEXT,
    due_promise TEXT,
    is_provisional BIGINT NOT NULL,
    looked_at BIGINT NOT NULL,
    owed_until TEXT,
    query_digest TEXT NOT NULL,
    conflicts BIGINT NOT NULL,
    body TEXT NOT NULL,             -- the whole case as JSON; ids and digests, no names
    trouble TEXT                    -- a conflict that the city has found and not yet put on record
);
CREATE INDEX cases_tray ON cases (department, is_over, due);
CREATE INDEX cases_looked ON cases (is_over, looked_at);
CREATE INDEX cases_hall ON cases (hall, is_over);
CREATE INDEX cases_number ON cases (number);
CREATE INDEX cases_package ON cases (package) WHERE package IS NOT NULL;

-- How far the index of cases has come with each hall's journal and with the city's own ("").
CREATE TABLE case_cursors (
    place TEXT PRIMARY KEY,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    relayed BIGINT NOT NULL            -- up to where the other halls of a case were told; not told again when made anew
);

-- Cases with events of a newer program: they are folded again after each start.
CREATE TABLE case_parked (
    subject TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL
);
