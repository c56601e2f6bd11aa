"""A hall that is killed while documents are made: each of an acknowledged case is on record, once, and whole."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cases.documents.signing import verify
from scripts.hall_process import Caller, HallProcess, HallRefused
from tests.fakes.cases_desk import NAME, NUMBER, SECRETS

pytestmark = pytest.mark.long

PROGRAM = """
import sys
sys.path[:0] = [{root!r}, {root!r} + "/queue"]
import os
import run
from cases.documents import making, places
from tests.fakes.cases_desk import food

compose = run.compose

def with_a_matter(*given, **more):
    server = compose(*given, **more)
    if "cases" in server.rooms:
        server.rooms["cases"].editions.take(food("food"))
    return server

run.compose = with_a_matter
{more}
sys.exit(run.main())
"""
DIES_BETWEEN = """
async def note(self, command, command_id):
    os._exit(9)  # the file is kept, nothing says so
places.HallSite.note = note
"""
FORGETS = """
async def missing(self):
    return ()
places.HallSite.missing = missing
"""
"""The start with its look for what is missing off."""


def program(folder: Path, checkout: Path, more: str = "") -> Path:
    path = folder / f"hall{len(more)}.py"
    path.write_text(PROGRAM.format(root=str(checkout), more=more), "utf-8")
    return path


def accept(hall: HallProcess) -> tuple[Caller, dict[str, Any]]:
    """Serve somebody at w01 and accept the application."""
    manager = hall.caller().sign_in(hall.accounts["manager"])
    clerk = hall.caller().sign_in(next(one for one in hall.accounts["staff"] if one["window"] == "w01"))
    for key in ("finish", "open"):
        with contextlib.suppress(HallRefused):  # nobody is served yet; it is open already
            clerk.post(f"windows/w01/{key}")
    matter = hall.caller().get("matters?line=business&limit=5")["matters"][0]
    ticket = hall.caller().post("tickets", {"matter": matter["id"], "channel": "kiosk"})
    manager.post("windows/w01/call", {"ticket": ticket["id"], "reason": "test"})
    clerk.post("windows/w01/start")
    materials = (("form", "form"), ("id", "paper"), ("plan", "scan"))
    wanted = {
        "window": "w01",
        "ticket": ticket["id"],
        "edition": "food@1",
        "applicant": {"name": NAME, "id_number": NUMBER},
        "fields": {"shop": "三丰面馆", "kind": "餐饮服务"},
        "answers": {"who": ["self"], "where": ["shop"]},
        "given": [{"material": material, "supply": supply} for material, supply in materials],
        "then": "accept",
    }
    found: dict[str, Any] = clerk.post("cases", wanted)
    return clerk, found


def events(data: Path, type_: str) -> list[dict[str, Any]]:
    with sqlite3.connect(data / "hall.db") as database:
        rows = database.execute("SELECT payload FROM journal WHERE type = ? ORDER BY seq", (type_,)).fetchall()
    database.close()
    return [json.loads(payload) for (payload,) in rows]


def check_all(hall: HallProcess, clerk: Caller) -> None:
    """Every document can be fetched, checks, and stands in the journal once."""
    wanted = [one for type_ in ("case.received", "case.accepted") for one in events(hall.data, type_)]
    root = (hall.data / "keys" / "documents-authority.pem").read_bytes()
    for one in wanted:
        pdf = clerk.fetch(f"/api/v1/cases/{one['case']}/documents/{one['document']}.pdf")
        assert verify(pdf, [root], now=datetime.now(UTC) + timedelta(minutes=1)).is_sound
    noted = Counter(one["document"] for one in events(hall.data, "case.paper_made"))
    assert noted == Counter(one["document"] for one in wanted)


def test_a_kill_after_the_answer_and_one_between_keeping_and_noting_lose_nothing(
    tmp_path: Path, checkout: Path
) -> None:
    data = tmp_path / "data"
    with HallProcess(data, program=program(tmp_path, checkout)) as hall:
        hall.start()
        accept(hall)
        hall.kill()
    with HallProcess(data, program=program(tmp_path, checkout, DIES_BETWEEN)) as hall:
        hall.start()
        assert hall._process is not None
        hall._process.wait(60)  # it dies by itself in the middle
    assert events(data, "case.paper_made") == []
    assert [path for path in (data / "blobs").rglob("*") if path.is_file() and path.stat().st_size > 20_000]
    with HallProcess(data, program=program(tmp_path, checkout)) as hall:
        hall.start()
        clerk, _ = accept(hall)
        check_all(hall, clerk)
        log = hall.log
    assert not [one for one in SECRETS if one in log]


def test_control_a_start_that_does_not_look_leaves_documents_unmade(tmp_path: Path, checkout: Path) -> None:
    data = tmp_path / "data"
    with HallProcess(data, program=program(tmp_path, checkout, DIES_BETWEEN)) as hall:
        hall.start()
        accept(hall)
        assert hall._process is not None
        hall._process.wait(60)
    with HallProcess(data, program=program(tmp_path, checkout, FORGETS)) as hall:
        hall.start()
        hall.caller().get("windows/w01")
        hall.stop()
    assert events(data, "case.paper_made") == []
