-- The city centre: what its halls have journalled, its own journal, what goes down to the halls.

CREATE TABLE halls (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    token BLOB,                  -- keyed digest of the hall's token; NULL: by certificate only
    state TEXT NOT NULL,          -- new, linked, offline, quarantined, closed
    since INTEGER NOT NULL,         -- UTC microseconds: in this state
    epoch INTEGER NOT NULL,         -- which life of the hall's journal; a restored copy begins a new one
    cursor INTEGER NOT NULL,        -- the last seq of this epoch that is here
    cursor_hash BLOB NOT NULL,  -- and its hash
    head INTEGER NOT NULL,          -- the hall's last seq when it was heard of
    heard_at INTEGER,               -- UTC microseconds: last frame
    down_last INTEGER NOT NULL,     -- the last item numbered for it
    down_cursor INTEGER NOT NULL,   -- the last item it has taken
    clock_off_s INTEGER NOT NULL,   -- how far its clock is off, in seconds
    trouble TEXT                  -- JSON of why it is quarantined
);

-- The halls' journals as they were written; (hall, epoch, seq) can be there once only.
CREATE TABLE hall_events (
    hall TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    business_day TEXT NOT NULL,
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    command_id TEXT,
    payload TEXT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (hall, epoch, seq)
) WITHOUT ROWID;
-- Cases are read as streams; nothing else is, and an index over all would double the work of taking events in.
CREATE INDEX hall_events_case ON hall_events (subject) WHERE subject >= 'case:' AND subject < 'case;';
CREATE INDEX hall_events_day ON hall_events (hall, business_day) WHERE type = 'day.opened';

-- Each life of a hall's journal begins after a row that it shares with the one before.
CREATE TABLE epochs (
    hall TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    after INTEGER NOT NULL,
    since INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (hall, epoch)
);

-- How far each follower has applied a hall's events.
CREATE TABLE followers (
    name TEXT NOT NULL,
    hall TEXT NOT NULL,
    version INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (name, hall)
);

-- Events that this program cannot read yet; later ones of the same subject wait behind them.
CREATE TABLE parked (
    name TEXT NOT NULL,           -- the follower
    hall TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (name, hall, epoch, seq)
);

CREATE TABLE down (
    hall TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,        -- JSON
    at INTEGER NOT NULL,
    refused TEXT,                 -- JSON of the error where the hall could not take it: a conflict to settle
    settled_by TEXT,
    PRIMARY KEY (hall, seq)
);
CREATE INDEX down_refused ON down (hall, seq) WHERE refused IS NOT NULL AND settled_by IS NULL;

-- The city's own events: the same columns and the same chain as a hall's.
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    business_day TEXT NOT NULL,
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    command_id TEXT,
    payload TEXT NOT NULL,
    hash BLOB NOT NULL
);
CREATE INDEX journal_subject ON journal (subject, seq);
CREATE TABLE journal_head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, at INTEGER NOT NULL, hash BLOB NOT NULL);
INSERT INTO journal_head VALUES (1, 0, 0, zeroblob(32));

CREATE TABLE replies (
    actor TEXT NOT NULL,
    command_id TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    at INTEGER NOT NULL,
    reply BLOB NOT NULL,
    PRIMARY KEY (actor, command_id)
) WITHOUT ROWID;
CREATE INDEX replies_at ON replies (at);

-- A hall's own count of a closed day beside what is here.
CREATE TABLE totals (
    hall TEXT NOT NULL,
    day TEXT NOT NULL,
    at INTEGER NOT NULL,
    theirs TEXT NOT NULL,         -- JSON
    ours TEXT NOT NULL,           -- JSON
    is_equal INTEGER NOT NULL,
    PRIMARY KEY (hall, day)
);

-- Attachments that are wanted of a hall.
CREATE TABLE wanted (
    hash TEXT NOT NULL,
    hall TEXT NOT NULL,
    since INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    state TEXT NOT NULL,          -- wanted, lacking, wrong
    PRIMARY KEY (hash, hall)
);
