"""A hall that is killed the moment a bad rating is acknowledged: its work order is there, and every step of it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from scripts.hall_process import Caller, HallProcess, HallRefused

pytestmark = pytest.mark.long

FOLLOWER = """
import sys
sys.path[:0] = [{root!r}, {root!r} + "/queue"]
from evaluation.orders.opening import Opener
import run

Opener.also = lambda self, event, context: ()  # a follower would open it a little later, and is cut off
sys.exit(run.main())
"""
"""The hall with the order in no transaction of the rating's."""


def rate_badly(hall: HallProcess, level: int) -> str:
    """Serve somebody who rates badly; gives the rating that was acknowledged."""
    manager = hall.caller().sign_in(hall.accounts["manager"])
    with contextlib.suppress(HallRefused):  # it is open already
        manager.post("windows/w01/open", {"staff": "s01"})
    matter = hall.caller().get("matters?line=business&limit=5")["matters"][0]
    ticket = hall.caller().post("tickets", {"matter": matter["id"], "channel": "kiosk"})
    for key in ("call", "start", "finish"):
        manager.post(f"windows/w01/{key}")
    given = {"ticket": ticket["token"], "level": level, "channel": "phone", "text": "等了一小时"}
    return str(hall.caller().post("ratings", given)["id"])


def orders(hall: HallProcess) -> dict[str, Any]:
    """The orders by their ratings."""
    return {one["rating"]: one for one in boss(hall).get("reviews")["orders"]}


def boss(hall: HallProcess) -> Caller:
    return hall.caller().sign_in(hall.accounts["manager"])


def test_no_acknowledged_rating_and_no_acknowledged_step_is_lost(tmp_path: Path) -> None:
    with HallProcess(tmp_path / "data") as hall:
        hall.start()
        ratings = []
        for level in (4, 5, 5):
            ratings.append(rate_badly(hall, level))
            hall.kill()
            hall.start()
            assert set(orders(hall)) == set(ratings)
        first = orders(hall)[ratings[0]]
        step = {"seen": first["step"], "how": "looked_into", "is_reached": True, "note": "已核查"}
        boss(hall).post(f"reviews/{first['id']}/contact", step)
        hall.kill()
        hall.start()
        card = boss(hall).get(f"reviews/{first['id']}")
        assert (card["order"]["state"], card["steps"][-1]["note"]) == ("contacted", "已核查")


def test_control_an_order_that_follows_its_rating_is_lost(tmp_path: Path, checkout: Path) -> None:
    program = tmp_path / "follower.py"
    program.write_text(FOLLOWER.format(root=str(checkout)), "utf-8")
    with HallProcess(tmp_path / "data", program=program) as hall:
        hall.start()
        rate_badly(hall, 5)
        hall.kill()
    with HallProcess(tmp_path / "data") as hall:
        hall.start()
        assert orders(hall) == {}
