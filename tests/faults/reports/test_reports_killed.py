"""The server is killed while a report is made: the child ends too, the report was interrupted and is made again."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.hall_process import Caller, HallProcess

pytestmark = pytest.mark.long

WITHIN_S = 60.0


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallProcess]:
    """A demonstration hall in a process of its own."""
    hall = HallProcess(tmp_path / "data")
    hall.start()
    yield hall
    hall.stop()


def served(hall: HallProcess) -> Caller:
    """A manager of a hall with one visit."""
    manager = hall.caller().sign_in(hall.accounts["manager"])
    line = next(one["lines"] for one in manager.get("windows?limit=50")["items"] if one["id"] == "w01")[0]
    matter = hall.caller().get(f"matters?line={line}&limit=1")["matters"][0]["id"]
    manager.post("windows/w01/open", {"staff": "s01"})
    hall.caller().post("tickets", {"matter": matter, "channel": "kiosk"})
    for key in ("call", "start", "finish"):
        manager.post(f"windows/w01/{key}")
    return manager


def children() -> list[int]:
    """The processes that write reports."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if b"dashboards.reports.child" in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def until(holds: Any) -> Any:
    begun = time.monotonic()
    while time.monotonic() - begun < WITHIN_S:
        if found := holds():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come")


def test_a_killed_server_leaves_no_child_and_says_that_the_report_was_interrupted(hall: HallProcess) -> None:
    manager = served(hall)
    before = set(children())
    today = manager.get("reports")["business_day"]
    asked = manager.post("reports", {"kind": "monthly", "first": today, "format": "pdf"})
    child = until(lambda: next(iter(set(children()) - before), None))
    process = os.pidfd_open(child)
    hall.kill()
    ended, _, _ = select.select([process], [], [], WITHIN_S)
    os.close(process)
    assert ended
    hall.start()
    manager = hall.caller().sign_in(hall.accounts["manager"])
    states = {one["id"]: one["state"] for one in manager.get("reports")["reports"]}
    assert states == {asked["id"]: "interrupted"}
    assert list((hall.data / "reports").glob("*/*")) == []
    again = manager.post("reports", {"kind": "monthly", "first": today, "format": "pdf"})
    assert until(lambda: manager.get(f"reports/{again['id']}")["state"] == "done")
