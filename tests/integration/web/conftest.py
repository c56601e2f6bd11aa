"""A real server with its web side on a free port, one account per role, a device and a picture to watch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.ioloop import IOLoop

from hall_server.directory import staff_web
from hall_server.directory import web as directory_web
from hall_server.directory.events import DIRECTORY_EVENTS
from hall_server.directory.service import DirectoryFold, DirectoryService
from hall_server.identity import Actor, Role, visitor
from hall_server.messages import Command, Event, Recorded
from hall_server.mqtt.credentials import credential
from hall_server.outcome import Context, Outcome
from hall_server.server import Server
from hall_server.settings import Settings
from hall_server.web.accounts import Account
from hall_server.web.app import Web
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import DEVICE, MANAGER, PUBLIC, STAFF, Access, Limit, Route, Verb, api

PASSWORD = "correct horse battery"


class HandClock:
    """Time that passes when the test says so; the monotonic clock too."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Rang(Event, frozen=True, kw_only=True):
    type = "bell.rang"
    bell: str
    size: int = 0

    @property
    def subject(self) -> str:
        return f"bell:{self.bell}"


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id_number: str


class Ring(Command, frozen=True, kw_only=True):
    bell: str
    size: int = 0
    person: Person | None = None


class Bells:
    """The live state and its picture."""

    types = frozenset({Rang.type})

    def __init__(self, access: Access) -> None:
        self.access = access
        self.rings: dict[str, int] = {}
        self.sizes: dict[str, int] = {}
        self.made = 0

    def apply(self, recorded: Recorded) -> None:
        event = recorded.event
        assert isinstance(event, Rang)
        self.rings[event.bell] = self.rings.get(event.bell, 0) + 1
        self.sizes[event.bell] = event.size

    def handle(self, command: Ring, context: Context) -> Outcome:
        rang = Rang(bell=command.bell, size=command.size)
        return Outcome(events=(rang,), reply=lambda: {"rings": self.rings[command.bell]})

    def key_ok(self, key: str, actor: Actor) -> bool:
        return key.startswith("b")

    def picture(self, key: str) -> object:
        self.made += 1
        return {"rings": self.rings.get(key, 0), "padding": "x" * self.sizes.get(key, 0)}

    def touched(self, recorded: Recorded) -> Iterable[str]:
        if isinstance(recorded.event, Rang):
            yield recorded.event.bell


class RingHandler(ApiHandler):
    async def post(self) -> None:
        await self.run(self.read(Ring))


class BellHandler(ApiHandler):
    async def get(self, bell: str) -> None:
        await self.answer_picture("bell", bell)


class BrokenHandler(ApiHandler):
    async def get(self) -> None:
        raise ZeroDivisionError("secret detail")


class Gate:
    """One device."""

    def generation(self, device_id: str) -> int | None:
        return 2 if device_id == "pad-1" else None

    def generations(self, device_id: str) -> tuple[int, ...]:
        return (2,) if device_id == "pad-1" else ()

    def windows(self, device_id: str) -> frozenset[str]:
        return frozenset()


def bell_routes() -> list[Route]:
    few = Limit("rings", per_s=0.5, burst=3)

    def verb(access: Access, status: int = 200, limit: Limit | None = None) -> Verb:
        return Verb(access=access, summary="Ring", request=Ring, reply=dict[str, int], status=status, limit=limit)

    return [
        api("/api/v1/ring", RingHandler, post=verb(STAFF, 201)),
        api(
            "/api/v1/open-ring",
            RingHandler,
            post=verb(PUBLIC, limit=few),
        ),
        api("/api/v1/device-ring", RingHandler, post=verb(DEVICE)),
        api("/api/v1/manager-ring", RingHandler, post=verb(MANAGER)),
        api("/api/v1/bells/{bell}", BellHandler, get=Verb(access=PUBLIC, summary="A bell", reply=dict[str, Any])),
        api("/api/v1/broken", BrokenHandler, get=Verb(access=PUBLIC, summary="Breaks", reply=dict[str, str])),
    ]


class Hall:
    """The server under test and a browser's eye on it."""

    def __init__(self, data: Path, clock: HandClock) -> None:
        self.clock, self.data = clock, data
        self.make()

    def make(self) -> None:
        """A server that has not begun yet."""
        data, clock = self.data, self.clock
        self.server: Any = Server(Settings(demo=True), data, clock=clock)
        self.server.device_gate = Gate()
        self.web = Web(self.server)
        self.bells, self.desk_bells = Bells(PUBLIC), Bells(STAFF)
        self.server.handle(Ring, self.bells.handle)
        self.server.types.add(Rang)
        self.server.fold(self.bells)
        self._install_directory()
        self.server.view("bell", self.bells)
        self.server.view("deskbell", self.desk_bells)
        self.server.route(*bell_routes(), *directory_web.routes(), *staff_web.routes())
        self.port = 0

    def _install_directory(self) -> None:
        directory = self.server.directory
        if any(command.__name__ == "SaveStaff" for command in self.server._handlers):
            return
        for command, handler in DirectoryService(directory).handlers().items():
            self.server.handle(command, handler)
        self.server.types.add(*DIRECTORY_EVENTS)
        self.server.fold(DirectoryFold(directory))

    async def start(self) -> None:
        await self.server.open()
        await self.web.start()
        self.server.ready = True
        self.port = self.web.listen("127.0.0.1", 0)

    async def stop(self) -> None:
        await self.web.stop()
        await self.server.stop()

    async def restart(self) -> None:
        """End the server and begin another on the same data."""
        await self.stop()
        self.make()
        await self.start()

    async def account(self, id_: str, *roles: Role) -> Account:
        account = Account(id=id_, name=id_, display_name=id_.title(), number=id_, password="", roles=tuple(roles))
        return await self.web.accounts.save(account, password=PASSWORD)

    async def fetch(
        self, method: str, path: str, body: object = None, *, cookie: str = "", raw: bytes | None = None, **headers: str
    ) -> HTTPResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if cookie:
            names["Cookie"] = cookie
        content = raw if raw is not None else msgspec.json.encode(body) if body is not None else None
        if content is None and method in ("POST", "PATCH", "PUT"):
            content = b""
        request = HTTPRequest(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            headers=names,
            body=content,
            follow_redirects=False,
            allow_nonstandard_methods=True,
        )
        return await AsyncHTTPClient(force_instance=True).fetch(request, raise_error=False)

    async def sign_in(self, name: str) -> dict[str, str]:
        """Cookie and token header of a signed-in person, as keyword arguments of `fetch`."""
        response = await self.fetch("POST", "/api/v1/session", {"name": name, "password": PASSWORD})
        assert response.code == 200, response.body
        cookies = [value.split(";")[0] for value in response.headers.get_list("Set-Cookie")]
        return {"cookie": "; ".join(cookies), "X_XSRFToken": msgspec.json.decode(response.body)["xsrf"]}

    def basic(self, device: str, generation: int) -> str:
        import base64

        text = f"{device}:{credential(self.server.keys.device, device, generation)}"
        return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def hall(io_loop: IOLoop, tmp_path: Path, clock: HandClock) -> Iterator[Hall]:
    made: Hall

    async def begin() -> Hall:
        one = Hall(tmp_path, clock)
        await one.start()
        return one

    made = io_loop.run_sync(begin)
    yield made
    io_loop.run_sync(made.stop)


@pytest.fixture
def ring(hall: Hall) -> Any:
    """Ring a bell: one command, one event."""

    async def do(bell: str, size: int = 0) -> None:
        await hall.server.execute(Ring(bell=bell, size=size), actor=visitor())

    return do


def error(response: HTTPResponse) -> dict[str, Any]:
    """The error of an answer."""
    found: dict[str, Any] = msgspec.json.decode(response.body)["error"]
    assert set(found) == {"code", "message", "fields"}
    return found


@pytest.fixture
def until() -> Any:
    """Wait until something holds, by letting the loop run."""

    async def wait(condition: Any) -> None:
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110  # what is waited for has no event
                await asyncio.sleep(0.005)

    return wait
