"""A hall with an attendance terminal let in, and somebody who has a number on it: for tests of attendance."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from attendance import messages as a
from attendance.records import Rota, Shift
from attendance.terminals import device_id
from devices import messages as d
from devices.model import DeviceKind
from tests.fakes.hall import HandClock, running
from tests.fakes.visits import Visits

SERIAL = "CGXH201360029"
ROOMS = ("hall_queue", "devices", "evaluation", "attendance", "dashboards")
DAY_SHIFT = Shift(id="day", name="白班", name_en="Day", begin="09:00", end="17:00")


class AttendanceHall(Visits):
    """Its staff s01 has number 1001; the terminal SERIAL is let in."""

    @property
    def attendance(self) -> Any:
        return self.server.rooms["attendance"]

    async def let_in(self, serial: str = SERIAL) -> None:
        await self.do(d.RegisterDevice(kind=DeviceKind.TERMINAL, id=device_id(serial), name="门口考勤机"))

    async def works(self, staff: str = "s01", shift: Shift = DAY_SHIFT) -> None:
        """Somebody works a shift Monday to Friday, from the day before."""
        await self.do(a.SaveShift(shift=shift))
        week = ((shift.id,),) * 5 + ((), ())
        first = self.server.business_day.replace(day=1)
        await self.do(a.SetRota(staff=staff, rota=Rota(from_day=first, week=week)))

    async def push(self, body: str | bytes, *, serial: str = SERIAL, table: str = "ATTLOG", stamp: str = "9999") -> Any:
        """What a terminal pushes; gives status and text."""
        raw = body.encode() if isinstance(body, str) else body
        return await self.say("POST", f"/iclock/cdata?SN={serial}&table={table}&Stamp={stamp}", raw)

    async def say(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str]:
        request = HTTPRequest(f"http://127.0.0.1:{self.port}{path}", method=method, body=body, request_timeout=60)
        answer = await AsyncHTTPClient(force_instance=True, max_buffer_size=2**23).fetch(request, raise_error=False)
        return answer.code, answer.body.decode()

    async def projected(self) -> None:
        """Wait until the tables show what was done."""
        await self.server.settled()
        await self.server.projector.reached(self.server.journal.committed)

    async def rows(self, columns: str = "pin, staff, fault") -> list[tuple[Any, ...]]:
        await self.projected()
        return await self.server.views.fetch(f"SELECT {columns} FROM punches ORDER BY terminal, mark")  # noqa: S608

    async def events(self, kind: str) -> list[Any]:
        """The payloads of a type in the journal."""
        await self.server.settled()
        rows = await self.server.database.fetch("SELECT payload FROM journal WHERE type = ? ORDER BY seq", (kind,))
        return [msgspec.json.decode(row[0]) for row in rows]


@asynccontextmanager
async def attendance_hall(data: Path, clock: HandClock | None = None) -> AsyncIterator[AttendanceHall]:
    """Over HTTP; the first time with the terminal let in and s01's number set."""
    clock = clock or HandClock()
    async with running(data, clock=clock, rooms=ROOMS) as (server, port):
        hall = AttendanceHall(server, clock, port)
        if not hall.attendance.roster.pins:
            await hall.let_in()
            await hall.do(a.SetPin(staff="s01", pin="1001"))
        yield hall
