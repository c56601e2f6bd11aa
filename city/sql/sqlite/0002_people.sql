-- Who signs in at the city, and what identifies applicants there: as in a hall.

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
