"""What a gateway hands in for its terminal over MQTT: the same punch once, whoever it is asked by, wrong years kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from devices import messages as d
from devices.model import DeviceKind
from hall_server.errors import Forbidden, Invalid
from hall_server.identity import device_actor
from tests.fakes.attendance_hall import SERIAL, AttendanceHall, attendance_hall

GATEWAY = device_actor("terminal-door", frozenset())


def args(hall: AttendanceHall, **more: Any) -> dict[str, Any]:
    now = hall.clock.now()
    at, received = (now - timedelta(seconds=3)).isoformat(), now.isoformat()
    return {"terminal": SERIAL, "pin": "1001", "at": at, "received_at": received, "status": 0, "verify": 1, **more}


async def punch(hall: AttendanceHall, id_: str, wanted: dict[str, Any], actor: Any = GATEWAY) -> dict[str, int]:
    """What the hall answers a device."""
    answer = await hall.server.requests["punch"](actor, id_, wanted)
    found: dict[str, int] = msgspec.json.decode(msgspec.json.encode(answer))
    return found


async def let_in(hall: AttendanceHall) -> None:
    await hall.do(d.RegisterDevice(kind=DeviceKind.TERMINAL, id="terminal-door", name="网关"))


@pytest.mark.gen_test
async def test_a_punch_is_taken_once_however_it_comes(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await let_in(hall)
        wanted = args(hall)
        assert await punch(hall, "request-1", wanted) == {"taken": 1, "known": 0, "faulty": 0}
        assert await punch(hall, "request-1", wanted) == {"taken": 1, "known": 0, "faulty": 0}  # the first reply again
        assert await punch(hall, "request-2", wanted) == {"taken": 0, "known": 1, "faulty": 0}
        said = datetime.fromisoformat(wanted["at"]) + timedelta(hours=8)
        await hall.push(f"1001\t{said:%Y-%m-%d %H:%M:%S}\t0\t1\n")  # the same terminal, later without its gateway
        assert await hall.rows("pin, staff, source") == [("1001", "s01", "gateway")]


@pytest.mark.gen_test
async def test_the_year_2000_is_kept_and_counts_for_nobody(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await let_in(hall)
        old = datetime(2000, 1, 1, 0, 0, 9, tzinfo=UTC).isoformat()
        assert await punch(hall, "request-1", args(hall, at=old)) == {"taken": 0, "known": 0, "faulty": 1}
        assert await hall.rows("fault, counts_at") == [("punch.time_impossible", None)]


@pytest.mark.gen_test
async def test_what_is_no_punch_or_comes_from_no_terminal_is_refused(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await let_in(hall)
        await hall.do(d.RegisterDevice(kind=DeviceKind.PAD, id="pad-w01", name="评价器", window="w01"))
        with pytest.raises(Forbidden):
            await punch(hall, "request-1", args(hall), device_actor("pad-w01", frozenset({"w01"})))
        for wrong in ({"pin": "王"}, {"at": "2026-11-23 08:00:00"}, {"photo": "…"}, {"terminal": "a b"}):
            with pytest.raises(Invalid):
                await punch(hall, "request-2", args(hall, **wrong))
        assert await hall.rows() == []
