-- The city centre: what its halls have journalled, its own journal, what goes down to the halls.

CREATE TABLE halls (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    token BYTEA,                  -- keyed digest of the hall's token; NULL: by certificate only
    state TEXT NOT NULL,          -- new, linked, offline, quarantined, closed
    since BIGINT NOT NULL,         -- UTC microseconds: in this state
    epoch BIGINT NOT NULL,         -- which life of the hall's journal; a restored copy begins a new one
    cursor BIGINT NOT NULL,        -- the last seq of this epoch that is here
    cursor_hash BYTEA NOT NULL,  -- and its hash
    head BIGINT NOT NULL,          -- the hall's last seq when it was heard of
    heard_at BIGINT,               -- UTC microseconds: last frame
    down_last BIGINT NOT NULL,     -- the last item numbered for it
    down_cursor BIGINT NOT NULL,   -- the last item it has taken
    clock_off_s BIGINT NOT NULL,   -- how far its clock is off, in seconds
    trouble TEXT                  -- JSON of why it is quarantined
);

-- The halls' journals as they were written; (hall, epoch, seq) can be there once only.
CREATE TABLE hall_events (
    hall TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    business_day TEXT NOT NULL,
    type TEXT NOT NULL,
    version BIGINT NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    actor TEXT NOT NULL,
    command_id TEXT,
    payload TEXT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (hall, epoch, seq)
);
-- Cases are read as streams; nothing else is, and an index over all would double the work of taking events in.
CREATE INDEX hall_events_case ON hall_events (subject) WHERE subject >= 'case:' AND subject < 'case;';
CREATE INDEX hall_events_day ON hall_events (hall, business_day) WHERE type = 'day.opened';

-- Each life of a hall's journal begins after a row that it shares with the one before.
CREATE TABLE epochs (
    hall TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    after BIGINT NOT NULL,
    since BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (hall, epoch)
);

-- How far each follower has applied a hall's events.
CREATE TABLE followers (
    name TEXT NOT NULL,
    hall TEXT NOT NULL,
    version BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (name, hall)
);

-- Events that this program cannot read yet; later ones of the same subject wait behind them.
CREATE TABLE parked (
    name TEXT NOT NULL,           -- the follower
    hall TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (name, hall, epoch, seq)
);

CREATE TABLE down (
    hall TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,        -- JSON
    at BIGINT NOT NULL,
    refused TEXT,                 -- JSON of the error where the hall could not take it: a conflict to settle
    settled_by TEXT,
    PRIMARY KEY (hall, seq)
);
CREATE INDEX down_refused ON down (hall, seq) WHERE refused IS NOT NULL AND settled_by IS NULL;

-- The city's own events: the same columns and the same chain as a hall's.
CREATE TABLE journal (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    business_day TEXT NOT NULL,
    type TEXT NOT NULL,
    version BIGINT NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    command_id TEXT,
    payload TEXT NOT NULL,
    hash BYTEA NOT NULL
);
CREATE INDEX journal_subject ON journal (subject, seq);
CREATE TABLE journal_head (id BIGINT PRIMARY KEY CHECK (id = 1), seq BIGINT NOT NULL, at BIGINT NOT NULL, hash BYTEA NOT NULL);
INSERT INTO journal_head VALUES (1, 0, 0, decode(repeat('00', 32), 'hex'));

CREATE TABLE replies (
    actor TEXT NOT NULL,
    command_id TEXT NOT NULL,
    fingerprint BYTEA NOT NULL,
    at BIGINT NOT NULL,
    reply BYTEA NOT NULL,
    PRIMARY KEY (actor, command_id)
);
CREATE INDEX replies_at ON replies (at);

-- A hall's own count of a closed day beside what is here.
CREATE TABLE totals (
    hall TEXT NOT NULL,
    day TEXT NOT NULL,
    at BIGINT NOT NULL,
    theirs TEXT NOT NULL,         -- JSON
    ours TEXT NOT NULL,           -- JSON
    is_equal BIGINT NOT NULL,
    PRIMARY KEY (hall, day)
);

-- Attachments that are wanted of a hall.
CREATE TABLE wanted (
    hash TEXT NOT NULL,
    hall TEXT NOT NULL,
    since BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    state TEXT NOT NULL,          -- wanted, lacking, wrong
    PRIMARY KEY (hash, hall)
);
