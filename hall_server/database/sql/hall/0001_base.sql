-- The truth of a hall: the journal with what belongs to it, the vault, the accounts.

CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,          -- UTC microseconds
    business_day TEXT NOT NULL,   -- the hall's day, which ends when it is closed
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    command_id TEXT,
    payload TEXT NOT NULL,        -- JSON
    hash BLOB NOT NULL            -- SHA-256 over the row before and this one
);

-- Where each business day begins, so that a start reads today and not the years.
CREATE TABLE journal_day (business_day TEXT PRIMARY KEY, first_seq INTEGER NOT NULL) WITHOUT ROWID;

-- Rows that hold beyond their day (master data, devices, appointments); a start reads those whose last day has not passed.
CREATE TABLE journal_lasting (seq INTEGER PRIMARY KEY, last_day TEXT);  -- NULL: for good

-- First replies: the same command id again gets the same answer. Rows are only appended; the unique key behind the rule
-- in memory is a digest of actor and command id, eight bytes: the ids themselves would touch ten times as many pages.
CREATE TABLE replies (
    number INTEGER PRIMARY KEY,
    key INTEGER NOT NULL,
    actor TEXT NOT NULL,
    command_id TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    at INTEGER NOT NULL,
    reply BLOB NOT NULL
);
CREATE UNIQUE INDEX replies_key ON replies (key);

-- Visitors: sealed with AES-GCM, found by keyed HMAC; the journal knows only the id.
CREATE TABLE vault (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    lookup BLOB NOT NULL,
    sealed BLOB NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX vault_lookup ON vault (kind, lookup);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    display_name TEXT NOT NULL,
    number TEXT NOT NULL,
    password TEXT NOT NULL,
    totp TEXT,
    roles TEXT NOT NULL,
    windows TEXT NOT NULL,
    active INTEGER NOT NULL,
    failed INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER,
    changed_at INTEGER NOT NULL
);
CREATE TABLE sessions (
    id BLOB PRIMARY KEY,
    account TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    ended_at INTEGER
) WITHOUT ROWID;
CREATE TABLE setup (id INTEGER PRIMARY KEY CHECK (id = 1), token BLOB NOT NULL, used_at INTEGER);
