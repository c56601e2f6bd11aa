"""Fault 28: the link is cut while tickets flow and windows call, and the hall is killed; no number twice, none lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from devices.simulated.accounts import Thing
from scripts.hall_process import Caller, HallProcess, HallRefused
from tests.fakes.cut_link import CutLink
from tests.fakes.flowing_kiosks import Flow, HttpFlow, MqttFlow

pytestmark = pytest.mark.long

LINES = ("tax", "business")
WITHIN_S = 60.0
CUTS = 4
EACH = 6
CLOCK = timedelta(seconds=5)  # how far a busy machine may put two readings of one clock apart

PROGRAM = """
import sys
sys.path[:0] = [{checkout!r}, {queue!r}]
from hall_queue.offline import state
state.FIRST, state.APART = 15, 5  # so low that the lines' own counters run into the blocks during the test
{protection}
import run
sys.exit(run.main())
"""
OFF = "state.OfflineNumbers.step_over = lambda self, line, serial: serial"


class Issued:
    """A ticket as the journal has it."""

    def __init__(self, at_us: int, payload: dict[str, Any]) -> None:
        self.number = str(payload["number"])
        self.line = str(payload["line"])
        self.is_offline = payload.get("offline_at") is not None
        given = payload.get("offline_at")
        self.taken = datetime.fromisoformat(given) if given else datetime.fromtimestamp(at_us / 1e6, UTC)


def issued(data: Path) -> list[Issued]:
    with closing(sqlite3.connect(f"file:{data}/hall.db?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT at, payload FROM journal WHERE type = 'ticket.issued' ORDER BY seq")
        return [Issued(at, json.loads(payload)) for at, payload in rows]


async def until(is_so: Callable[[], object], what: str) -> None:
    """Wait for other processes and sockets, which have no event in this one."""
    try:
        async with asyncio.timeout(WITHIN_S):
            while not is_so():  # noqa: ASYNC110  # see above
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"not in time: {what}")


def press(caller: Caller, window: str, key: str, body: dict[str, Any] | None = None) -> Any:
    return caller.post(f"windows/{window}/{key}", body or {})


def serve_next(caller: Caller, window: str) -> dict[str, Any] | None:
    """End whatever visit there is and begin with the next; None where nobody waits."""
    for key in ("open", "start", "finish"):
        try:
            press(caller, window, key)
        except HallRefused as exc:
            if exc.status != 409:
                raise
    try:
        ticket: dict[str, Any] = press(caller, window, "call")["ticket"]
    except HallRefused as exc:
        if exc.code != "queue.empty":
            raise
        return None
    press(caller, window, "start")
    return ticket


class Windows:
    """Staff who call and finish all the time; what breaks off they try again."""

    def __init__(self, hall: HallProcess, windows: list[str]) -> None:
        self._hall = hall
        self._windows = windows
        self.is_open = True
        self.served = 0

    async def work(self) -> None:
        await asyncio.gather(*(self._one(window) for window in self._windows))

    async def _one(self, window: str) -> None:
        account = next(one for one in self._hall.accounts["staff"] if one["window"] == window)
        caller = self._hall.caller()
        while self.is_open:
            try:
                served = await asyncio.to_thread(serve_next, caller, window)
                self.served += served is not None
            except HallRefused as exc:
                if exc.status == 401:
                    caller = self._hall.caller()
                    await asyncio.to_thread(caller.sign_in, account)
            except (OSError, HTTPException):  # the hall was killed in the middle
                pass
            await asyncio.sleep(0.05)


async def story(tmp_path: Path, program: Path) -> tuple[Path, list[Flow]]:
    """Cut, kill and mend while everybody works; gives the data and the kiosks when all is handed in."""
    hall = HallProcess(tmp_path / "data", program=program).start()
    web, broker = await CutLink(hall.http_port).start(), await CutLink(hall.mqtt_port).start()
    things = [Thing(**{k: one.get(k) for k in Thing.__struct_fields__}) for one in hall.accounts["devices"]]
    kiosks = [one for one in things if one.kind == "kiosk"][:4]
    store, dice = tmp_path / "kiosks", random.Random(28)
    flows: list[Flow] = [HttpFlow(one, web.port, store, LINES, seed=n) for n, one in enumerate(kiosks[:2])]
    flows += [MqttFlow(one, broker.port, store, LINES, seed=n) for n, one in enumerate(kiosks[2:], start=2)]
    staffed = [one["window"] for one in hall.accounts["staff"] if one["window"]][:3]
    windows = Windows(hall, staffed)
    working = asyncio.create_task(windows.work(), name="windows")
    try:
        for flow in flows:
            await flow.begin()
        for _ in range(CUTS):
            marks = {flow.name: len(flow.online) for flow in flows}
            await until(lambda marks=marks: all(len(f.online) >= marks[f.name] + EACH for f in flows), "online tickets")
            marks = {flow.name: len(flow.offline) for flow in flows}
            for link in (web, broker):
                link.cut()
            await until(lambda marks=marks: all(len(f.offline) >= marks[f.name] + EACH for f in flows), "offline ones")
            if dice.random() < 0.6:
                ports = hall.http_port, hall.mqtt_port
                hall.kill()
                await asyncio.to_thread(lambda ports=ports: hall.start(http_port=ports[0], mqtt_port=ports[1]))
            for _ in range(dice.randint(0, 3)):  # a loose plug: cut again in the middle of handing in
                for link in (web, broker):
                    link.mend()
                await asyncio.sleep(dice.random() * 0.2)
                for link in (web, broker):
                    link.cut()
            for link in (web, broker):
                link.mend()
        for flow in flows:
            await flow.end()
        await until(lambda: not any(flow.spare.pending for flow in flows), "everything handed in")
    finally:
        windows.is_open = False
        await working
        for flow in flows:
            await flow.close()
        for link in (web, broker):
            await link.stop()
        with contextlib.suppress(Exception):
            hall.stop()
        hall.kill()
    assert windows.served
    return hall.data, flows


def written(tmp_path: Path, checkout: Path, protection: str = "") -> Path:
    program = tmp_path / "program.py"
    text = PROGRAM.format(checkout=str(checkout), queue=str(checkout / "queue"), protection=protection)
    program.write_text(text, "utf-8")
    return program


def doubles(numbers: list[str]) -> list[str]:
    return [number for number, times in Counter(numbers).items() if times > 1]


@pytest.mark.gen_test(timeout=400)
async def test_a_cut_link_and_a_killed_hall_give_no_number_twice_and_lose_none(tmp_path: Path, checkout: Path) -> None:
    data, flows = await story(tmp_path, written(tmp_path, checkout))
    journal = issued(data)
    by_number = {one.number: one for one in journal}
    # no number twice: neither in the journal nor in the hands of visitors
    assert doubles([one.number for one in journal]) == []
    assert doubles([number for flow in flows for number in (*flow.online, *flow.offline)]) == []
    assert [flow.twice for flow in flows] == [[], [], [], []]
    # none lost: every number in somebody's hand stands in the journal, as what it is
    for flow in flows:
        assert len(flow.offline) >= CUTS * EACH
        assert {number for number in flow.offline if not by_number[number].is_offline} == set()
        assert {number for number in flow.online if by_number[number].is_offline} == set()
    # none invented: what was handed in was given
    given = {number for flow in flows for number in flow.offline}
    assert {one.number for one in journal if one.is_offline} == given
    # the time of each is when it was taken, so that the order is
    for flow in flows:
        assert all(abs(by_number[number].taken - at) < CLOCK for number, at in flow.offline.items())
        mine = [by_number[number].taken for number in flow.offline]
        assert mine == sorted(mine)
    assert in_order(data, by_number)


def in_order(data: Path, by_number: dict[str, Issued]) -> bool:
    """Whether those who waited at the end are called by the time they took their numbers, line by line."""
    hall = HallProcess(data).start()
    try:
        account = next(one for one in hall.accounts["staff"] if one["window"])
        caller = hall.caller().sign_in(account)
        window = account["window"]
        called: dict[str, list[datetime]] = {}
        while (ticket := serve_next(caller, window)) is not None:
            found = by_number[ticket["number"]]
            called.setdefault(found.line, []).append(found.taken)
        assert called
        return all(times == sorted(times) for times in called.values())
    finally:
        hall.stop()
        hall.kill()


@pytest.mark.gen_test(timeout=400)
async def test_control_without_stepping_over_blocks_numbers_are_given_twice(tmp_path: Path, checkout: Path) -> None:
    data, _ = await story(tmp_path, written(tmp_path, checkout, OFF))
    assert doubles([one.number for one in issued(data)]) != []
