-- Which hall may fetch which attachment: it brought it, or an item that went down to it names it.

CREATE TABLE file_rights (
    hall TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (hall, hash)
) WITHOUT ROWID;

-- One row once the rights of what was there before this table are written.
CREATE TABLE file_rights_begun (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL);
