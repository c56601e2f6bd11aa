"""The terminal's driver against a simulated terminal over real HTTP, with the hall away and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from devices.gateway.drivers.terminal import Options, Terminal, check
from devices.gateway.protocols.adms import Punch
from devices.gateway.protocols.punch_buffer import KEPT, PunchBuffer
from devices.simulated.hardware.terminal import SimulatedTerminal
from hall_server.mqtt.simulated import NotDone, RequestRefused
from hall_server.mqtt.topics import Status
from tests.fakes.hall import MORNING, HandClock
from tests.fakes.hall_side import FakeHall, driven

SERIAL = "CN8M204560012"


@asynccontextmanager
async def at_work(folder: Path, hall: FakeHall | None = None, **more: Any) -> AsyncIterator[tuple[Any, Any, FakeHall]]:
    """Gives the terminal, its driver and the hall."""
    options = Options(serial=SERIAL, buffer=str(folder / "punches.db"), **{"retry_s": 0.01, "poll_s": 2, **more})
    driver = Terminal("http://127.0.0.1:0", options, HandClock())
    async with driven(driver, hall or FakeHall()) as said:
        terminal = SimulatedTerminal(f"http://127.0.0.1:{await listening(driver)}", SERIAL)
        try:
            yield terminal, driver, said
        finally:
            terminal.close()


async def listening(driver: Terminal) -> int:
    while not driver.port:  # noqa: ASYNC110 - a driver tells nobody that it listens
        await asyncio.sleep(0.001)
    return driver.port


def punched(hall: FakeHall) -> list[str]:
    return [args["pin"] for do, args in hall.asked if do == "punch"]


@pytest.mark.gen_test
async def test_punches_reach_the_hall_with_both_times(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (terminal, _, hall):
        assert await terminal.start()
        assert (terminal.settings["Realtime"], terminal.settings["TimeZone"]) == ("1", "8")
        assert terminal.server_time
        terminal.punch("1452", MORNING - timedelta(minutes=2), verify=15)
        assert await terminal.upload()
        await hall.until(lambda: len(hall.asked) == 1)
        assert hall.state == (Status.ONLINE, {"serial": SERIAL})
    assert hall.asked == [
        (
            "punch",
            {
                "terminal": SERIAL,
                "pin": "1452",
                "at": "2026-11-23T00:58:00+00:00",
                "received_at": "2026-11-23T01:00:00+00:00",
                "status": 0,
                "verify": 15,
                "workcode": "",
            },
        )
    ]


@pytest.mark.gen_test
async def test_what_a_terminal_sends_again_is_handed_in_once(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (terminal, _, hall):
        for number in range(20):
            terminal.punch(str(number), MORNING)
        for _ in range(3):
            await terminal.start()  # it forgets what it has sent
            assert await terminal.upload()
        terminal.punch("last", MORNING)
        assert await terminal.upload()
        await hall.until(lambda: "last" in punched(hall))
    assert punched(hall) == [*map(str, range(20)), "last"]


@pytest.mark.gen_test
async def test_punches_wait_on_the_disk_while_the_hall_is_away_and_the_agent_is_started_again(tmp_path: Path) -> None:
    async def away(do: str, args: dict[str, Any]) -> None:
        raise TimeoutError

    async with at_work(tmp_path, FakeHall(answer=away)) as (terminal, _, hall):
        for number in range(300):
            terminal.punch(str(number), MORNING + timedelta(seconds=number))
        assert await terminal.upload()
        await hall.until(lambda: len(hall.asked) > 2)
        assert set(punched(hall)) == {"0"}  # those behind it wait with it
    async with at_work(tmp_path) as (_, _, hall):
        await hall.until(lambda: len(hall.asked) == 300)
    assert punched(hall) == [str(number) for number in range(300)]
    async with at_work(tmp_path) as (terminal, _, hall):
        terminal.punch("0", MORNING)  # long handed in
        terminal.punch("new", MORNING)
        assert await terminal.upload()
        await hall.until(lambda: bool(hall.asked))
        assert punched(hall) == ["new"]


@pytest.mark.gen_test
async def test_what_the_hall_refuses_does_not_hold_up_the_others(tmp_path: Path) -> None:
    async def refuse(do: str, args: dict[str, Any]) -> None:
        if args["pin"] == "13":
            raise RequestRefused("punch.nobody", "", {})

    async with at_work(tmp_path, FakeHall(answer=refuse)) as (terminal, _, hall):
        for pin in ("12", "13", "14"):
            terminal.punch(pin, MORNING)
        await terminal.upload()
        await hall.until(lambda: "14" in punched(hall))
        assert hall.reports == [("punch.refused", {"reason": "punch.nobody"})]
    assert punched(hall) == ["12", "13", "14"]


@pytest.mark.gen_test
async def test_a_hall_that_knows_no_punches_yet_gets_them_later(tmp_path: Path) -> None:
    knows = asyncio.Event()

    async def unknown(do: str, args: dict[str, Any]) -> None:
        if not knows.is_set():
            raise RequestRefused("request.unknown", "", {})

    async with at_work(tmp_path, FakeHall(answer=unknown)) as (terminal, driver, hall):
        terminal.punch("1", MORNING)
        await terminal.upload()
        await hall.until(lambda: len(hall.asked) > 2)
        assert await driver._buffer.waiting(SERIAL) == 1
        knows.set()
        seen = len(hall.asked)
        await hall.until(lambda: len(hall.asked) > seen)
        terminal.punch("2", MORNING)
        await terminal.upload()
        await hall.until(lambda: "2" in punched(hall))


@pytest.mark.gen_test
async def test_lines_that_are_none_are_reported_and_the_others_taken(tmp_path: Path) -> None:
    body = b"1\t2026-11-23 09:00:00\t0\t1\nrubbish\n\xe5\xbc\xa0\t2026-11-23 09:00:00\n2\t2026-11-23 09:00:01\t0\t1\n"
    async with at_work(tmp_path) as (terminal, _, hall):
        assert await terminal.push("ATTLOG", body) == "OK: 4"
        await hall.until(lambda: len(hall.asked) == 2)
    assert punched(hall) == ["1", "2"]
    assert [detail for _, detail in hall.reports] == [
        {"line": 2, "reason": "punch.time"},
        {"line": 3, "reason": "punch.pin"},
    ]


@pytest.mark.gen_test
async def test_bytes_that_are_no_text_do_not_come_again_for_ever(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (terminal, _, hall):
        body = b"\xff\xfe\xff\n1\t2026-11-23 09:00:00\t0\t1\n"
        assert await terminal.push("ATTLOG", body) == "OK: 2"
        await hall.until(lambda: len(hall.asked) == 1)
        assert len(hall.reports) == 1


@pytest.mark.gen_test
async def test_punches_that_cannot_be_kept_stay_with_the_terminal(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (terminal, driver, hall):
        await driver._buffer._database.script("BEGIN; ALTER TABLE punches RENAME TO gone; COMMIT;")
        terminal.punch("1", MORNING)
        assert not await terminal.upload()
        await hall.until(lambda: hall.state == (Status.FAULT, {"reason": "buffer", "serial": SERIAL}))
        await driver._buffer._database.script("BEGIN; ALTER TABLE gone RENAME TO punches; COMMIT;")
        assert await terminal.upload()
        await hall.until(lambda: punched(hall) == ["1"])


@pytest.mark.gen_test
async def test_faces_and_fingerprints_are_taken_nowhere(tmp_path: Path) -> None:
    secret = b"FP PIN=1\tFID=0\tSize=9\tValid=1\tTMP=c2VjcmV0\n"
    async with at_work(tmp_path) as (terminal, _, hall):
        for table in ("OPERLOG", "BIODATA", "ATTPHOTO", ""):
            assert await terminal.push(table, secret) == "OK: 1"
        terminal.punch("1", MORNING)
        await terminal.upload()
        await hall.until(lambda: bool(hall.asked))
    assert all(b"c2VjcmV0" not in file.read_bytes() for file in files(tmp_path))


def files(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if file.is_file()]


@pytest.mark.gen_test
async def test_another_terminal_is_turned_away(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (terminal, _, hall):
        terminal.serial = "OTHER1"
        terminal.punch("1", MORNING)
        assert not await terminal.start()
        assert not await terminal.upload()
        assert await terminal.poll() is None
        assert hall.reports[0] == ("terminal.foreign", {"serial": "OTHER1"})
        assert hall.asked == []


@pytest.mark.gen_test
async def test_commands_are_fetched_by_the_terminal_and_answered(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (terminal, driver, _):
        test = asyncio.create_task(driver.on_command("test", {}))
        await asyncio.sleep(0)
        await terminal.poll()
        assert await test == {"code": 0}
        assert terminal.done == ["INFO"]
        assert await terminal.poll() == "OK"
        terminal.refuses = True
        check_ = asyncio.create_task(driver.on_command("check", {}))
        await asyncio.sleep(0)
        await terminal.poll()
        with pytest.raises(NotDone, match="refused"):
            await check_
        with pytest.raises(NotDone, match="unknown_command"):
            await driver.on_command("print", {})


@pytest.mark.gen_test
async def test_a_terminal_that_falls_silent_is_a_fault(tmp_path: Path) -> None:
    async with at_work(tmp_path, silent_s=0.05) as (terminal, _, hall):
        await hall.until(lambda: hall.state == (Status.FAULT, {"reason": "no_answer", "serial": SERIAL}))
        await terminal.poll()
        await hall.until(lambda: (Status.ONLINE, {"serial": SERIAL}) in hall.states)


@pytest.mark.gen_test
async def test_what_was_handed_in_long_ago_is_forgotten_and_what_waits_is_not(tmp_path: Path) -> None:
    async with await PunchBuffer.open(tmp_path / "p.db") as buffer:
        await buffer.put(SERIAL, [Punch(pin="1", at=MORNING), Punch(pin="2", at=MORNING)], MORNING)
        first = await buffer.next(SERIAL)
        assert first is not None
        await buffer.end(first, "handed_in")
        await buffer.forget_old(MORNING + KEPT + timedelta(days=1))
        assert await buffer.waiting(SERIAL) == 1
        await buffer.put(SERIAL, [Punch(pin="1", at=MORNING)], MORNING)
        assert await buffer.waiting(SERIAL) == 2


def test_addresses_are_checked() -> None:
    options = Options(serial=SERIAL, buffer="p.db")
    check("http://0.0.0.0:8081", options)
    for wrong in ("", "0.0.0.0:8081", "https://0.0.0.0:1", "http://somewhere"):
        with pytest.raises(ValueError, match="expected"):
            check(wrong, options)
