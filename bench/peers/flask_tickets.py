"""The ticket call as it is commonly written: Flask, gunicorn, sqlite3 with FULL, one commit per request.

It writes the rows that the hall writes (event and first reply) and checks the same kind of token; numbers come from one
atomic UPDATE … RETURNING. Environment: ``PEER_FOLDER`` holds ``peer.db`` and ``key``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import sqlite3
import threading
import time
from pathlib import Path

from flask import Flask, Response, abort, jsonify, request

from hall_server.database.connections import MIGRATIONS

app = Flask(__name__)
_own = threading.local()


def connection() -> sqlite3.Connection:
    """This thread's connection."""
    if not hasattr(_own, "connection"):
        _own.connection = sqlite3.connect(Path(os.environ["PEER_FOLDER"]) / "peer.db", timeout=30, isolation_level=None)
        _own.connection.executescript("PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000;")
        _own.key = (Path(os.environ["PEER_FOLDER"]) / "key").read_bytes()
    found: sqlite3.Connection = _own.connection
    return found


def prepare(folder: Path, key: bytes) -> None:
    """Make the database, with the hall's own tables and a counter per line."""
    (folder / "key").write_bytes(key)
    made = sqlite3.connect(folder / "peer.db", isolation_level=None)
    made.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    for step in sorted((MIGRATIONS / "hall").glob("*.sql")):
        made.executescript(step.read_text(encoding="utf-8"))
    made.executescript("CREATE TABLE serials (line TEXT PRIMARY KEY, serial INTEGER NOT NULL) WITHOUT ROWID;")
    made.close()


def check_token() -> str:
    """The device that asks."""
    given = request.authorization
    if given is None or given.username is None:
        abort(401)
    digest = hmac.digest(_own.key, f"{given.username}:1".encode(), hashlib.sha256)
    password = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not hmac.compare_digest(password, given.password or ""):
        abort(401)
    return str(given.username)


@app.post("/api/v1/tickets")
def take() -> tuple[Response, int]:
    """Give a number."""
    database = connection()
    device = check_token()
    matter = request.get_json()["matter"]
    command_id = request.headers["Idempotency-Key"]
    line, id_, at = matter[:4], secrets.token_hex(13), time.time_ns() // 1000
    database.execute("BEGIN IMMEDIATE")
    key = _key(device, command_id)
    known = database.execute("SELECT reply FROM replies WHERE key = ?", (key,))
    if found := known.fetchone():
        database.execute("ROLLBACK")
        return jsonify(json.loads(found[0])), 201
    [(serial,)] = database.execute(
        "INSERT INTO serials VALUES (?, 1) ON CONFLICT DO UPDATE SET serial = serial + 1 RETURNING serial", (line,)
    ).fetchall()
    event = {"ticket": id_, "number": f"{line}{serial:03d}", "serial": serial, "line": line, "matter": matter}
    payload = json.dumps({**event, "channel": "kiosk", "person": None, "priority": None})
    reply = {**event, "ahead": serial, "wait_s": {"p50": 0, "p90": 0}, "zone": "z1", "token": secrets.token_urlsafe(16)}
    database.execute(
        "INSERT INTO journal (at, business_day, type, version, subject, actor, command_id, payload, hash)"
        " VALUES (?,?,?,?,?,?,?,?,?)",
        (at, "2026-11-23", "ticket.issued", 1, f"ticket:{id_}", device, command_id, payload, _hash(payload)),
    )
    print_ = hashlib.blake2b(request.get_data(), digest_size=16).digest()
    kept = (key, device, command_id, print_, at, json.dumps(reply))
    database.execute("INSERT INTO replies (key, actor, command_id, fingerprint, at, reply) VALUES (?,?,?,?,?,?)", kept)
    database.execute("COMMIT")
    return jsonify(reply), 201


def _key(actor: str, command_id: str) -> int:
    digest = hashlib.blake2b(f"{actor}\n{command_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _hash(payload: str) -> bytes:
    return hashlib.sha256(payload.encode()).digest()
