"""A terminal that pushes over HTTP: bad lines, dead batteries, wrong clocks, whole nights, strangers, pictures."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from attendance import messages as a
from tests.fakes.attendance_hall import SERIAL, AttendanceHall, attendance_hall
from tests.fakes.hall import HandClock


@pytest.mark.gen_test
async def test_a_punch_handed_in_again_is_there_once(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        line = "1001\t2026-11-23 08:58:10\t0\t1\t\t0\t0\n"
        assert await hall.push(line) == (200, "OK: 1")
        assert await hall.push(line + "1001\t2026-11-23 08:59:10\t0\t1\n") == (200, "OK: 2")
        assert await hall.push(line * 3) == (200, "OK: 3")
        assert await hall.rows("pin, staff, status") == [("1001", "s01", 0), ("1001", "s01", 0)]
        assert len(await hall.events("attendance.punches_taken")) == 2


@pytest.mark.gen_test
async def test_a_punch_handed_in_again_weeks_later_is_not_journalled_again(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.push("1001\t2026-11-23 08:58:10\t0\t1\n")
        clock = hall.clock
    clock.forward(days=20)
    async with attendance_hall(tmp_path, clock) as hall:
        await hall.projected()
        assert await hall.push("1001\t2026-11-23 08:58:10\t0\t1\n") == (200, "OK: 1")
        assert len(await hall.events("attendance.punches_taken")) == 1


@pytest.mark.gen_test
async def test_bad_lines_are_kept_with_their_reason_and_hold_nobody_up(tmp_path: Path) -> None:
    body = "\n".join(
        (
            "1001\t2026-11-23 08:58:10\t0\t1\t\t0\t0",
            "1001\t2026-13-45 08:58:10\t0\t1",  # no such day
            "1001\t2000-01-01 00:00:09\t0\t1",  # a dead battery
            "1001\t2026-11-2",  # half a line
            "1001",
            "9\t9\t9\t9\t9\t9\t9",
            "\t2026-11-23 08:58:10\t0\t1",  # nobody
            "1001\t2026-11-23 08:58:12\tIN\t1",  # words for numbers
            "7777\t2026-11-23 08:58:13\t0\t1",  # a number nobody has
            "王小明\t2026-11-23 08:58:14\t0\t1",
            "1001\t2026-11-23 08:58:15\t0\t1",
        )
    )
    async with attendance_hall(tmp_path) as hall:
        assert await hall.push(body) == (200, "OK: 11")
        rows = await hall.rows("raw, fault, counts_at IS NOT NULL AND staff IS NOT NULL")
        found = {raw.replace("\t", " "): (fault, counts) for raw, fault, counts in rows}
        assert found["1001 2026-11-23 08:58:10 0 1  0 0"] == found["1001 2026-11-23 08:58:15 0 1"] == ("", 1)
        assert found["1001 2026-13-45 08:58:10 0 1"] == ("punch.time", 0)
        assert found["1001 2000-01-01 00:00:09 0 1"] == ("punch.time_impossible", 0)
        assert found["1001 2026-11-2"] == found["1001"] == ("punch.short", 0)
        assert found[" 2026-11-23 08:58:10 0 1"] == found["王小明 2026-11-23 08:58:14 0 1"] == ("punch.pin", 0)
        assert found["1001 2026-11-23 08:58:12 IN 1"] == ("punch.field", 0)
        assert found["7777 2026-11-23 08:58:13 0 1"] == ("", 0)
        assert len(found) == 11


@pytest.mark.gen_test
async def test_punches_of_a_number_nobody_had_become_theirs_with_the_number(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.push("7777\t2026-11-23 08:58:13\t0\t1\n")
        await hall.do(a.SetPin(staff="s02", pin="7777"))
        assert await hall.rows("pin, staff") == [("7777", "s02")]
        await hall.do(a.SetPin(staff="s02", pin=None))
        await hall.do(a.SetPin(staff="s03", pin="7777"))
        assert await hall.rows("pin, staff") == [("7777", "s02")]  # what was somebody's stays theirs


@pytest.mark.gen_test
async def test_a_night_of_20000_lines_is_stored_each_once(tmp_path: Path) -> None:
    lines = [
        f"{1000 + n % 500}\t2026-11-22 {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}\t0\t1" for n in range(20_000)
    ]
    async with attendance_hall(tmp_path) as hall:
        assert await hall.push("\n".join(lines)) == (200, "OK: 20000")
        assert await hall.push("\n".join(lines[:5000])) == (200, "OK: 5000")
        await hall.projected()
        assert await hall.server.views.fetch("SELECT count(*) FROM punches") == [(20_000,)]


@pytest.mark.gen_test
async def test_many_terminals_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        serials = [f"T{n:04}" for n in range(30)]
        for serial in serials:
            await hall.let_in(serial)
        body = "".join(f"{1000 + n}\t2026-11-22 18:{n // 60:02}:{n % 60:02}\t1\t1\n" for n in range(60))
        pushes = [hall.push(body, serial=serial) for serial in serials for _ in range(2)]
        assert set(await asyncio.gather(*pushes)) == {(200, "OK: 60")}
        await hall.projected()
        assert await hall.server.views.fetch("SELECT count(*) FROM punches") == [(1800,)]


@pytest.mark.gen_test
async def test_a_terminal_nobody_let_in_is_turned_away_and_shown(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        assert await hall.push("1001\t2026-11-23 08:58:10\t0\t1\n", serial="STRANGER9") == (403, "ERROR")
        assert (await hall.say("GET", "/iclock/cdata?SN=STRANGER9&options=all"))[0] == 403
        assert (await hall.say("GET", "/iclock/getrequest?SN=<script>"))[0] == 403
        assert [(one.serial, one.tries) for one in hall.attendance.terminals.unknown()] == [("STRANGER9", 2)]
        assert await hall.rows() == []
        await hall.let_in("STRANGER9")
        assert (await hall.push("1001\t2026-11-23 08:58:10\t0\t1\n", serial="STRANGER9"))[0] == 200
        assert hall.attendance.terminals.unknown() == []


@pytest.mark.gen_test
async def test_pictures_templates_names_and_passwords_are_kept_nowhere(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        secret = "TMPLATEBYTES"
        picture = b"PIN=20261123085810-1001.jpg\nSN=x\nsize=20\nCMD=uploadphoto\0" + secret.encode()
        assert await hall.push(picture, table="ATTPHOTO") == (200, "OK")
        oper = f"USER PIN=1001\tName={secret}\tPasswd={secret}\nFP PIN=1001\tFID=1\tTMP={secret}\nOPLOG 0\t1001\n"
        assert await hall.push(oper, table="OPERLOG") == (200, "OK: 3")
        assert (await hall.push(f"BIODATA Pin=1001\tTmp={secret}\n", table="BIODATA"))[0] == 200
        await hall.projected()
        assert hall.attendance.terminals.standings()[0].refused == 5
    assert _holding(tmp_path, secret.encode()) == []


def _holding(folder: Path, what: bytes) -> list[str]:
    """The files below a folder that hold some bytes."""
    return [path.name for path in folder.rglob("*") if path.is_file() and what in path.read_bytes()]


async def _each_minutes(hall: AttendanceHall, skew_s: int, times: int) -> None:
    """Somebody punches every two minutes on a terminal whose clock is fast by so much."""
    for n in range(times):
        hall.clock.forward(minutes=2)
        said = datetime.fromtimestamp(hall.clock.now().timestamp() + skew_s + 8 * 3600, UTC)
        await hall.push(f"{2000 + n}\t{said:%Y-%m-%d %H:%M:%S}\t0\t1\n")


@pytest.mark.gen_test
async def test_a_fast_clock_is_noticed_at_once_corrected_and_set(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await _each_minutes(hall, 600, 1)
        [(said, counts, skew)] = await hall.rows("at, counts_at, skew_s")
        assert (said - counts, skew) == (600_000_000, 600.0)
        assert hall.attendance.terminals.standings()[0].skew_s == 600
        code, told = await hall.say("GET", f"/iclock/getrequest?SN={SERIAL}")
        assert (code, told.split("=")[0]) == (200, "C:1:SET OPTIONS DateTime")
        await hall.say("POST", f"/iclock/devicecmd?SN={SERIAL}", b"ID=1&Return=0&CMD=SET OPTIONS")
        assert await hall.say("GET", f"/iclock/getrequest?SN={SERIAL}") == (200, "OK")
        await _each_minutes(hall, 0, 1)
        assert hall.attendance.terminals.standings()[0].skew_s is None


@pytest.mark.gen_test
async def test_a_slow_clock_is_noticed_by_the_third_punch(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await _each_minutes(hall, -900, 3)
        rows = await hall.rows("at, counts_at")
        assert [counts - said for said, counts in rows] == [0, 0, 900_000_000]


@pytest.mark.gen_test
async def test_a_line_that_was_down_is_no_wrong_clock(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock()) as hall:
        hall.clock.forward(hours=8)
        for second in range(5):  # one request each, as some firmware does
            await hall.push(f"100{second}\t2026-11-23 09:00:0{second}\t0\t1\n")
            hall.clock.forward(seconds=1)
        assert hall.attendance.terminals.standings()[0].skew_s is None


@pytest.mark.gen_test
async def test_a_terminal_that_starts_again_goes_on_where_it_was(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.push("1001\t2026-11-23 08:58:10\t0\t1\n", stamp="82983982")
        await hall.projected()
        clock = hall.clock
    async with attendance_hall(tmp_path, clock) as hall:
        _, told = await hall.say("GET", f"/iclock/cdata?SN={SERIAL}&options=all")
        assert "ATTLOGStamp=82983982\n" in told
