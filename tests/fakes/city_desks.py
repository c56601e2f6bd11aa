"""A whole city with its desks on a free port, and cases that halls would have handed over; a clock that tests move."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from cases import messages as m
from cases.catalogue.model import Edition
from cases.forms import Form, Party, new_salt, sealed_bytes
from cases.model import Case, Copy, Given
from city.server import City
from city.settings import CitySettings
from city.web import founding
from city.web.composition import compose
from hall_server.directory.hall_file import load_demo
from hall_server.founding import ACCOUNTS
from hall_server.identity import Actor, Role
from scripts.hall_process import Caller
from tests.fakes.case_place import edition
from tests.fakes.city_databases import address_for
from tests.fakes.hall import ROOT, HandClock

ANSWERS = {"who": ("self",), "where": ("shop",)}
WINDOW = Actor(kind=Role.STAFF, id="window", roles=frozenset({Role.STAFF}))
FORM = {
    "type": "object",
    "properties": {
        "shop": {"type": "string", "title": "店铺名称"},
        "area": {"type": "number", "title": "营业面积（平方米）"},
    },
}


def matter(department: str = "xzspj", **changes: Any) -> Edition:
    """食品经营许可 of a department of the demonstration city."""
    return edition(**{"department": department, "form": FORM, "name_en": "Food operation licence", **changes})


class Desks:
    """A city that runs.

    Attributes:
        city: the server. port: where it listens. clock: moved by the test.
    """

    def __init__(self, city: City, port: int, clock: HandClock, tokens: dict[str, str]) -> None:
        """``tokens``: of the halls h1 and h2."""
        self.city = city
        self.port = port
        self.clock = clock
        self.tokens = tokens
        self._callers: dict[str, Caller] = {}

    async def caller(self, name: str) -> Caller:
        """Somebody's session; the same each time."""
        if name not in self._callers:
            known = json.loads((self.city.data / ACCOUNTS).read_text("utf-8"))
            account = next(one for one in known["staff"] if one["name"] == name)
            self._callers[name] = await asyncio.to_thread(lambda: Caller(self.port).sign_in(account))
        return self._callers[name]

    def forward(self, **span: float) -> None:
        """Let time pass; whoever was signed in signs in again."""
        self.clock.forward(**span)
        self._callers.clear()

    async def get(self, name: str, path: str) -> Any:
        """What somebody is answered."""
        caller = await self.caller(name)
        return await asyncio.to_thread(caller.get, path)

    async def post(self, name: str, path: str, **body: Any) -> Any:
        """What somebody is answered who does something."""
        caller = await self.caller(name)
        return await asyncio.to_thread(caller.post, path, body)

    async def step(self, name: str, case: str, step: str, **body: Any) -> Any:
        """A step of a case, as it is now."""
        seen = (await self.get(name, f"desk/cases/{case}"))["step"]
        return await self.post(name, f"desk/cases/{case}/{step}", **{"seen": seen, **body})

    async def case(self, *, key: str = "food@1", by: Actor = WINDOW, **values: Any) -> str:
        """An accepted case, its form and a scan sealed; gives its id."""
        form = Form(
            salt=new_salt(),
            edition=key,
            applicant=Party(
                name="欧阳晓明", id_number="511602199001011234", phone="13800138000", address="滨河路 8 号"
            ),
            fields={"shop": "一门小馆", "area": 86},
        )
        files = self.city.rooms["federation"].attachments
        sha = await asyncio.to_thread(files.put, sealed_bytes(form))
        scan = await asyncio.to_thread(files.put, b"\x89PNG\r\n\x1a\n" + new_salt().encode())
        given = tuple(
            Given(material=one, supply="scan", copies=(Copy(sha256=scan, size=40, media="image/png"),))
            for one in ("form", "id", "plan")
        )
        wanted = {"edition": key, "answers": ANSWERS, "given": given, "form": sha, "deliver_at": "h1", **values}
        case = await self.do(m.ReceiveCase(**wanted), by)
        case = await self.do(m.AcceptCase(case=case.id, seen=case.step), by)
        await self.caught_up()
        return case.id

    async def do(self, command: Any, by: Actor = WINDOW) -> Case:
        """Execute a command about a case."""
        return msgspec.json.decode(await self.city.execute(command, actor=by), type=Case)

    async def caught_up(self) -> None:
        """Let the index take everything in."""
        await self.city.rooms["case_index"].catch_up()


@asynccontextmanager
async def desks(
    data: Path, *editions: Edition, now: str = "2026-11-23T01:00:00+00:00", database: str = ""
) -> AsyncIterator[Desks]:
    """A demonstration city with these editions (one of 区行政审批局 where none is given) and halls h1 and h2.

    Args:
        database: of PostgreSQL; empty: as `each_database` says, else SQLite in the folder.
    """
    clock = HandClock(datetime.fromisoformat(now))
    start = load_demo(ROOT / "config" / "city.toml")
    settings = CitySettings(demo=True, http_host="127.0.0.1", http_port=0, database=database or address_for(data))
    city = compose(settings, data, clock=clock, grouping=start.grouping)
    await city.open()
    await founding.found(city, start)
    for one in editions or (matter(),):
        city.rooms["catalogue"].take(one)
    await city.start()
    try:
        halls = (("h1", "一门区大厅"), ("h2", "滨河分厅"))
        tokens = {hall: str(await city.store.halls.register(hall, name)) for hall, name in halls}
        yield Desks(city, city.rooms["web"].listen("127.0.0.1", 0), clock, tokens)
    finally:
        await city.stop()
