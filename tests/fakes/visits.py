"""A demonstration hall in which visits happen: for tests of what comes after the queue."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from hall_queue import messages as m
from hall_queue.model import Desk, Flag, Ticket
from hall_server.identity import Actor, Role
from hall_server.messages import Command
from hall_server.mqtt.credentials import credential
from hall_server.server import Server
from hall_server.web.accounts import Account
from tests.fakes.hall import HandClock, manager, opened, running, staff

ROOMS = ("hall_queue", "evaluation", "attendance", "dashboards")
PASSWORD = "correct horse battery"


class OnePad:
    """A gate that knows one device, which stands at w01."""

    def generation(self, device_id: str) -> int | None:
        return 1 if device_id == "pad-w01" else None

    def generations(self, device_id: str) -> tuple[int, ...]:
        return (1,) if device_id == "pad-w01" else ()

    def windows(self, device_id: str) -> frozenset[str]:
        return frozenset({"w01"}) if device_id == "pad-w01" else frozenset()

    def kind(self, device_id: str) -> str | None:
        return "pad" if device_id == "pad-w01" else None


@dataclass
class Answer:
    """An HTTP answer with its JSON."""

    code: int
    body: Any

    @property
    def error(self) -> str:
        return str(self.body["error"]["code"])


@dataclass
class Visits:
    """A hall with window w01 of the line "business", where s01 sits."""

    server: Server
    clock: HandClock
    port: int = 0
    session: dict[str, str] = field(default_factory=dict)

    @property
    def room(self) -> Any:
        return self.server.rooms["hall_queue"]

    @property
    def ratings(self) -> Any:
        return self.server.rooms["evaluation"].ratings

    async def do(self, command: Command, actor: Actor | None = None, command_id: str | None = None) -> Any:
        reply = await self.server.execute(command, actor=actor or manager(), command_id=command_id)
        return msgspec.json.decode(reply)

    async def open(self, window: str = "w01", staff_id: str = "s01") -> None:
        await self.do(m.OpenWindow(window=window), actor=staff(staff_id, window))

    async def issue(self, line: str = "business", *, flags: tuple[Flag, ...] = ()) -> Ticket:
        issued = await self.do(m.IssueTicket(line=line, flags=flags))
        return self.ticket(issued["id"])

    async def call(self, line: str = "business", window: str = "w01") -> Ticket:
        ticket = await self.issue(line)
        await self.do(m.CallNext(window=window))
        return ticket

    async def serve(self, line: str = "business", window: str = "w01", *, minutes: float = 5) -> Ticket:
        ticket = await self.call(line, window)
        await self.do(m.StartService(window=window))
        self.clock.forward(minutes=minutes)
        await self.do(m.FinishService(window=window))
        return ticket

    async def passed(self, window: str = "w01") -> Ticket:
        ticket = await self.call(window=window)
        self.clock.forward(seconds=60)
        await self.do(m.RecallTicket(window=window))
        await self.do(m.PassTicket(window=window))
        return ticket

    def ticket(self, id_: str) -> Ticket:
        found: Ticket = self.room.queue.tickets[id_]
        return found

    def desk(self, window: str = "w01") -> Desk:
        found: Desk = self.room.queue.desk(window)
        return found

    # -- over HTTP

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        names = {name.replace("_", "-"): value for name, value in {**self.session, **headers}.items()}
        content = msgspec.json.encode(body) if body is not None else b"" if method in {"POST", "PATCH"} else None
        url = f"http://127.0.0.1:{self.port}{path}"
        request = HTTPRequest(url, method=method, headers=names, body=content, follow_redirects=False)
        answer = await AsyncHTTPClient(force_instance=True).fetch(request, raise_error=False)
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return Answer(answer.code, msgspec.json.decode(answer.body) if is_json else answer.body)

    async def sign_in(self, *roles: Role) -> None:
        name = "-".join(roles)
        account = Account(id=name, name=name, display_name=name, number=name, password="", roles=roles)
        await self.server.rooms["web"].accounts.save(account, password=PASSWORD)
        request = HTTPRequest(
            f"http://127.0.0.1:{self.port}/api/v1/session",
            method="POST",
            body=msgspec.json.encode({"name": name, "password": PASSWORD}),
        )
        answer = await AsyncHTTPClient(force_instance=True).fetch(request)
        cookies = [value.split(";")[0] for value in answer.headers.get_list("Set-Cookie")]
        self.session = {"Cookie": "; ".join(cookies), "X-XSRFToken": msgspec.json.decode(answer.body)["xsrf"]}

    def basic(self, device: str = "pad-w01") -> str:
        secret = credential(self.server.keys.device, device, 1)
        return "Basic " + base64.b64encode(f"{device}:{secret}".encode()).decode()


def pad(*windows: str) -> Actor:
    """A rating pad that stands at these windows."""
    return Actor(kind=Role.DEVICE, id="pad-w01", roles=frozenset({Role.DEVICE}), windows=frozenset(windows))


@asynccontextmanager
async def visits(data: Path, clock: HandClock | None = None) -> AsyncIterator[Visits]:
    """A hall whose rules work and whose edges are closed."""
    clock = clock or HandClock()
    async with opened(data, clock=clock, rooms=ROOMS) as server:
        server.device_gate = OnePad()
        yield Visits(server, clock)


@asynccontextmanager
async def listening(data: Path, clock: HandClock | None = None) -> AsyncIterator[Visits]:
    """The same hall over HTTP; the pad pad-w01 is let in."""
    clock = clock or HandClock()
    async with running(data, clock=clock, rooms=ROOMS) as (server, port):
        server.device_gate = OnePad()
        yield Visits(server, clock, port)
