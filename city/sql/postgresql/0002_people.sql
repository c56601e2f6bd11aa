-- Who signs in at the city, and what identifies applicants there: as in a hall.

CREATE TABLE vault (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    lookup BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    at BIGINT NOT NULL
);
CREATE UNIQUE INDEX vault_lookup ON vault (kind, lookup);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    number TEXT NOT NULL,
    password TEXT NOT NULL,
    totp TEXT,
    roles TEXT NOT NULL,
    windows TEXT NOT NULL,
    active INTEGER NOT NULL,
    failed INTEGER NOT NULL DEFAULT 0,
    locked_until BIGINT,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_name ON accounts (lower(name));
CREATE TABLE sessions (
    id BYTEA PRIMARY KEY,
    account TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE TABLE setup (id INTEGER PRIMARY KEY CHECK (id = 1), token BYTEA NOT NULL, used_at BIGINT);
