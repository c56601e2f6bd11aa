"""A hall with windows that take cases in and hand results out, alone or linked to a city; over HTTP and in place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from cases import messages as m
from cases.catalogue.model import Edition
from cases.model import Case, Given, Outcome
from hall_queue import messages as q
from hall_server.founding import found
from hall_server.identity import Actor, Role
from hall_server.server import Server
from scripts.hall_process import Caller
from tests.fakes.case_place import edition
from tests.fakes.hall import HandClock, composed, demo_hall, manager, staff

CLERK = staff("s01", "w01")
LEADER = Actor(kind=Role.STAFF, id="boss", roles=frozenset({Role.LEADER}), departments=frozenset({"market", "xzspj"}))
ANSWERS = {"who": ("self",), "where": ("shop",)}


class IssuingHall:
    """A hall that runs.

    Attributes:
        server: the hall. port: where it listens. clock: moved by the test.
    """

    def __init__(self, server: Server, port: int, clock: HandClock) -> None:
        self.server = server
        self.port = port
        self.clock = clock
        self._callers: dict[str, Caller] = {}
        self._open: set[str] = set()

    async def caller(self, name: str = "s01") -> Caller:
        """Somebody's session; the same each time."""
        if name not in self._callers:
            known = json.loads((self.server.data / "demo-accounts.json").read_text("utf-8"))
            people = [*known["staff"], known.get("manager"), known.get("admin")]
            account = next(one for one in people if one and one["name"] == name)
            self._callers[name] = await asyncio.to_thread(lambda: Caller(self.port).sign_in(account))
        return self._callers[name]

    async def get(self, path: str, *, by: str = "s01") -> Any:
        """What somebody is answered."""
        caller = await self.caller(by)
        return await asyncio.to_thread(caller.get, path)

    async def post(self, path: str, *, by: str = "s01", **body: Any) -> Any:
        """What somebody is answered who does something."""
        caller = await self.caller(by)
        return await asyncio.to_thread(caller.post, path, body)

    def forward(self, **span: float) -> None:
        """Let time pass; whoever was signed in signs in again."""
        self.clock.forward(**span)
        self._callers.clear()

    async def do(self, command: Any, by: Actor = CLERK) -> Any:
        """Execute a command."""
        return msgspec.json.decode(await self.server.execute(command, actor=by))

    async def accepted(self, key: str = "food@1", **values: Any) -> Case:
        """A case that is accepted at window w01."""
        found = self.server.rooms["cases"].editions.get(key)
        given = tuple(Given(material=one.id, supply="paper") for one in found.materials if one.needed != "situational")
        answers = ANSWERS if found.questions else {}
        wanted = {"edition": key, "answers": answers, "given": given, "window": "w01", **values}
        case = await self.case(m.ReceiveCase(**wanted))
        return await self.case(m.AcceptCase(case=case.id, seen=case.step))

    async def made(self, *, file: str = "", **values: Any) -> Case:
        """A case of this hall alone that is granted and made; ``file``: SHA-256 of its licence."""
        case = await self.accepted(**values)
        for step, more in (
            (m.ExamineCase, {"opinion": "好", "proposes": Outcome.GRANTED}),
            (m.DecideCase, {"outcome": Outcome.GRANTED}),
            (m.MakeLicence, {"licence": f"JY{case.id}", "sha256": file}),
        ):
            case = await self.case(step(case=case.id, seen=case.step, **more), LEADER)
        return case

    async def case(self, command: Any, by: Actor = CLERK) -> Case:
        """Execute a command about a case."""
        return msgspec.json.decode(await self.server.execute(command, actor=by), type=Case)

    async def serve(self, line: str = "business", **person: Any) -> str:
        """A visitor whose number is called at w01; gives the ticket."""
        ticket = await self.do(q.IssueTicket(line=line, **person), manager())
        if "w01" not in self._open:
            await self.do(q.OpenWindow(window="w01"))
            self._open.add("w01")
        await self.do(q.CallNext(window="w01"))
        await self.do(q.StartService(window="w01"))
        return str(ticket["id"])


@asynccontextmanager
async def issuing_hall(
    data: Path, *editions: Edition, name: str = "h1", token: str = "", clock: HandClock | None = None, **settings: Any
) -> AsyncIterator[IssuingHall]:
    """A demonstration hall with these editions (one where none is given); linked where there is a token."""
    if token:
        (data / "keys").mkdir(parents=True, exist_ok=True)
        (data / "keys" / "city.token").write_text(token)
        (data / "keys" / "city.token").chmod(0o600)
    clock = clock or HandClock()
    server = composed(data, clock=clock, hall=name, http_host="127.0.0.1", mqtt_host="127.0.0.1", **settings)

    async def wait(_: float) -> None:
        await asyncio.sleep(0.01)

    server.rooms["federation"].wait = wait
    await server.open()
    try:
        await found(server, demo_hall(), lambda _: ())
        for one in editions or (edition(),):
            server.rooms["cases"].editions.take(one)
        await server.start()
        yield IssuingHall(server, server.rooms["web"].listen("127.0.0.1", 0), clock)
    finally:
        await server.stop()
