"""Tickets over HTTP: requests per second beside an empty Tornado handler and a Flask peer; waits at a steady rate."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bench import demo
from bench.measure import Better, Comparison, Result, by_name, percentile
from bench.peers import flask_tickets
from bench.processes import Failed, free_port, listening, module, running
from hall_server.mqtt.credentials import credential

OURS = "POST /api/v1/tickets, 50 connections, token checked, durable"
EMPTY = "empty Tornado handler, JSON in and out"
FLASK = "Flask + gunicorn + sqlite3 FULL, token checked"
CONNECTIONS = 50
SLICES = 5
SECONDS, SECONDS_QUICK = 5.0, 2.0
STEADY_PER_S, STEADY_S, STEADY_S_QUICK = 5.0, 20.0, 5.0
OF_EMPTY, OF_FLASK, P99_MS = 0.4, 2.0, 50.0
KEY, PEER_DEVICE = bytes(range(32)), "kiosk-1"


def measure(*, runs: int, is_quick: bool) -> Result:
    """Run hall, empty handler and peer one after the other, ``runs`` times."""
    spans_s = (SECONDS_QUICK, STEADY_S_QUICK) if is_quick else (SECONDS, STEADY_S)
    found = [_once(*spans_s) for _ in range(runs)]
    ours = by_name(found, OURS, "1/s")
    empty = by_name(found, EMPTY, "1/s")
    flask = by_name(found, FLASK, "1/s")
    steady = by_name(found, "wait at 5 tickets/s, p99", "ms")
    return Result(
        name="http",
        runs=runs,
        comparisons=[
            Comparison(ours=ours, limit=empty, better=Better.HIGHER, asked=OF_EMPTY),
            Comparison(ours=ours, limit=flask, better=Better.HIGHER, asked=OF_FLASK),
            Comparison(ours=steady, limit=None, better=Better.LOWER, asked=P99_MS),
        ],
        notes=[
            by_name(found, "wait with 50 connections, p50", "ms"),
            by_name(found, "wait with 50 connections, p99", "ms"),
            by_name(found, "wait at 5 tickets/s, p50", "ms"),
        ],
    )


def _once(seconds: float, steady_s: float) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder:
        data = Path(folder)
        with demo.hall(data / "hall") as hall, module("bench.peers.tornado_empty") as bare, _flask(data) as flask_port:
            hall.open_windows()
            matters = [one["id"] for one in hall.get("/api/v1/hall")["frequent"]]
            bodies = [msgspec.json.encode({"matter": one, "channel": "kiosk"}).decode() for one in matters]
            ours = {"authorization": hall.basic("kiosk"), "bodies": bodies}
            empty_port = listening(bare.line("listening"))["http"]
            flask = {**ours, "authorization": demo.basic(PEER_DEVICE, credential(KEY, PEER_DEVICE, 1))}
            steady = _call(hall.http_port, {**ours, "seconds": steady_s, "rate": STEADY_PER_S})
            plans = {OURS: (hall.http_port, ours), EMPTY: (empty_port, ours), FLASK: (flask_port, flask)}
            for port, plan in plans.values():
                _call(port, {**plan, "seconds": 0.5, "rate": None})  # warm up
            found: dict[str, list[dict[str, Any]]] = {name: [] for name in plans}
            for _ in range(SLICES):  # in turn, so that a busy moment of the machine meets all three
                for name, (port, plan) in plans.items():
                    found[name].append(_call(port, {**plan, "seconds": seconds / SLICES, "rate": None}))
    busy = [wait for one in found[OURS] for wait in one["waits"]]
    return {
        **{name: _per_s(slices) for name, slices in found.items()},
        "wait with 50 connections, p50": percentile(busy, 0.5) * 1e3,
        "wait with 50 connections, p99": percentile(busy, 0.99) * 1e3,
        "wait at 5 tickets/s, p50": percentile(steady["waits"], 0.5) * 1e3,
        "wait at 5 tickets/s, p99": percentile(steady["waits"], 0.99) * 1e3,
    }


def _per_s(slices: list[dict[str, Any]]) -> float:
    return sum(len(one["waits"]) for one in slices) / float(sum(one["seconds"] for one in slices))


def _call(port: int, plan: dict[str, Any]) -> dict[str, Any]:
    with module("bench.clients.http_callers", port, CONNECTIONS, msgspec.json.encode(plan).decode()) as callers:
        answer: dict[str, Any] = msgspec.json.decode(callers.line("{"))
    if answer["refused"]:
        raise Failed(f"{answer['refused']} of {len(answer['waits'])} requests were refused")
    return answer


@contextlib.contextmanager
def _flask(data: Path) -> Iterator[int]:
    """The peer behind gunicorn, two workers of 25 threads: the best of what was tried for 50 connections."""
    folder = data / "peer"
    folder.mkdir()
    flask_tickets.prepare(folder, KEY)
    port = free_port()
    os.environ["PEER_FOLDER"] = str(folder)
    options = ("--worker-class", "gthread", "--workers", "2", "--threads", "25", "--keep-alive", "75")
    where = ("--bind", f"127.0.0.1:{port}", "--log-level", "error")
    with running(sys.executable, "-m", "gunicorn", *options, *where, "bench.peers.flask_tickets:app"):
        _wait_for(port)
        yield port


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise Failed("the peer does not listen")
