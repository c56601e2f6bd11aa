"""A hall is killed while a rating is on its way: handed in again under its key, it is there once, whatever happened."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from scripts.hall_process import Caller, HallProcess
from tests.fakes.founded_hall import FoundedHall

KILLS = (0.0, 0.004, 0.012, 0.03)
"""Seconds between the tap and the kill: before the decision, about the commit, after the answer."""


def tap(port: int, body: dict[str, Any], key: str) -> int:
    """Hand a rating in, as a phone does; the answer's status, 0 where none came."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        link.request("POST", "/api/v1/ratings", json.dumps(body), headers)
        return link.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        link.close()


def serve(hall: HallProcess) -> str:
    """A visit from the number to its end; the ticket's secret."""
    staff: Caller = hall.caller().sign_in(hall.accounts["manager"])
    line = staff.get("windows/w01")["lines"][0]
    with contextlib.suppress(Exception):
        staff.post("windows/w01/open")
    ticket = staff.post("tickets", {"line": line, "channel": "console"})
    staff.post("windows/w01/call", {"ticket": ticket["id"], "reason": "test"})
    for key in ("start", "finish"):
        staff.post(f"windows/w01/{key}")
    return str(ticket["token"])


@pytest.mark.parametrize("after_s", KILLS)
def test_a_rating_that_a_kill_cut_off_is_there_once(founded_hall: FoundedHall, tmp_path: Path, after_s: float) -> None:
    with HallProcess(founded_hall.copy(tmp_path / "hall")) as hall:
        hall.start()
        body = {"ticket": serve(hall), "level": 4, "channel": "phone", "text": "慢"}
        answers: list[int] = []
        handing = threading.Thread(target=lambda: answers.append(tap(hall.http_port, body, "tap-0001")))
        handing.start()
        time.sleep(after_s)  # the fault itself, not a wait for anything
        hall.kill()
        handing.join()
        hall.start()
        assert tap(hall.http_port, body, "tap-0001") == 201
        assert tap(hall.http_port, body, "tap-0002") == 409
        manager = hall.caller().sign_in(hall.accounts["manager"])
        found = manager.get("ratings")
        assert (found["counts"], [one["text"] for one in found["items"]]) == ([0, 0, 0, 1, 0], ["慢"])
