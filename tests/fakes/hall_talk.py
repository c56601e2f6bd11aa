"""Speaks to a hall in a process of its own as any program may: raw HTTP, raw MQTT, and its books on the disk."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import aiomqtt

from scripts import hall_process

ROOT = Path(__file__).resolve().parents[2]
ANSWERS_WITHIN_S = 90.0
"""Longest wait for an answer. Never a measure."""


def demo_config(folder: Path, **settings: str) -> Path:
    """The demonstration's description with settings of a test (TOML values) over its own."""
    config = ROOT / "config"
    text = (config / "demo_hall.toml").read_text("utf-8")
    for name in ("catalogue", "calendar"):
        text = text.replace(f'{name} = "', f'{name} = "{config}/', 1)
    given = {
        **{"hall": '"demo"', "demo": "true", "open_ticketing": "true", "tickets_per_minute": "100000"},
        **{"voice": "false", "http_host": '"127.0.0.1"', "mqtt_host": '"127.0.0.1"', **settings},
    }
    listed = "".join(f"{name} = {value}\n" for name, value in given.items())
    file = folder / "hall.toml"
    file.write_text(re.sub(r"^\[settings\]\n[^\[]*", f"[settings]\n{listed}\n", text, count=1, flags=re.M), "utf-8")
    return file


def run_verb(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a verb of the command line to its end."""
    command = [sys.executable, "-W", "ignore", str(ROOT / "run.py"), *map(str, arguments)]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        process = hall_process.begin(command, log=log)
        said, _ = process.communicate(timeout=120)
        log.seek(0)
        return subprocess.CompletedProcess(command, process.returncode, said, log.read())


@dataclass(frozen=True)
class Answer:
    """What the hall answered."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def error(self) -> dict[str, Any]:
        """The error, in the one shape that errors have."""
        assert self.headers["Content-Type"].startswith("application/json")
        assert set(self.body) == {"error"}
        found: dict[str, Any] = self.body["error"]
        assert set(found) == {"code", "message", "fields"}
        return found

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code."""
        return self.status, self.error["code"]


@dataclass
class Talker:
    """Somebody with a browser's cookies, or nobody."""

    port: int
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def sign_in(self, account: dict[str, str]) -> Self:
        answer = self.send("POST", "session", {"name": account["name"], "password": account["password"]})
        assert answer.status == 200, answer.raw
        return self

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        key: str | None = None,
        **headers: str,
    ) -> Answer:
        """Send a request to ``/api/v1/{path}``; ``raw`` goes as it stands, ``key`` is the Idempotency-Key."""
        sent = {"Accept-Language": "en", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if key is not None:
            sent["Idempotency-Key"] = key
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())
        if "_xsrf" in self.cookies:
            sent["X-XSRFToken"] = self.cookies["_xsrf"].value
        content = raw if raw is not None or body is None else json.dumps(body).encode()
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWERS_WITHIN_S)) as link:
            link.request(method, "/api/v1/" + quote(path, safe="/?&=%"), content, sent)
            reply = link.getresponse()
            answer = Answer(reply.status, dict(reply.headers.items()), reply.read())
            for value in reply.headers.get_all("Set-Cookie") or []:
                self.cookies.load(value)
        return answer


OF_PEOPLE = "type <> 'device.came'"


@dataclass(frozen=True)
class Books:
    """What the hall has written down: rows of its journal, tickets among them, persons it knows.

    That a device came for the first time is left out: the hall notes it by itself, whenever the device comes.
    """

    rows: int
    tickets: int
    persons: int
    head: str


def books(data: Path) -> Books:
    """Read the hall's books from the disk, beside the server or after it."""
    with closing(sqlite3.connect(f"file:{data / 'hall.db'}?mode=ro", uri=True)) as database:
        database.execute("PRAGMA query_only = ON")
        (rows,) = database.execute(f"SELECT count(*) FROM journal WHERE {OF_PEOPLE}").fetchone()  # noqa: S608 - our own words
        (tickets,) = database.execute("SELECT count(*) FROM journal WHERE type = 'ticket.issued'").fetchone()
        (persons,) = database.execute("SELECT count(*) FROM vault").fetchone()
        newest = f"SELECT hex(hash) FROM journal WHERE {OF_PEOPLE} ORDER BY seq DESC LIMIT 1"  # noqa: S608 - our own words
        last = database.execute(newest).fetchone()
    return Books(rows, tickets, persons, last[0] if last else "")


def events(data: Path, type_: str) -> list[dict[str, Any]]:
    """The payloads of all events of a type, oldest first."""
    with closing(sqlite3.connect(f"file:{data / 'hall.db'}?mode=ro", uri=True)) as database:
        found = database.execute("SELECT payload FROM journal WHERE type = ? ORDER BY seq", (type_,)).fetchall()
    return [json.loads(payload) for (payload,) in found]


class RawDevice:
    """A device that sends whatever bytes it likes, under its own name.

    Attributes:
        heard: every payload that came down to it and was looked at.
    """

    def __init__(self, client: aiomqtt.Client, name: str, hall: str) -> None:
        self.name = name
        self.heard: list[bytes] = []
        self._client = client
        self._root = f"hall/{hall}/dev"

    async def publish(self, payload: bytes, *, channel: str = "up/request", device: str | None = None) -> None:
        """Send bytes; ``device`` is another's name to write under."""
        await self._client.publish(f"{self._root}/{device or self.name}/{channel}", payload, 1)

    async def flood(self, payload: bytes) -> None:
        """Send more than the broker takes, and wait until it cuts the connection."""
        sending = asyncio.create_task(self._client.publish(f"{self._root}/{self.name}/up/request", payload, 0))
        with suppress(aiomqtt.MqttError):
            async for _ in self._client.messages:
                pass
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)

    async def next_reply(self) -> dict[str, Any]:
        """The next reply, whatever it is to."""
        async for message in self._client.messages:
            self.heard.append(bytes(message.payload))
            if str(message.topic).endswith("/down/reply"):
                found: dict[str, Any] = json.loads(self.heard[-1])
                return found
        raise AssertionError("the line was cut")

    async def reply(self, id_: str | None) -> dict[str, Any]:
        """The next reply to a request of this id; None is one whose id could not be read."""
        while True:
            found = await self.next_reply()
            if found["id"] == id_:
                return found

    async def ask(self, id_: str, do: str, **args: object) -> dict[str, Any]:
        """Ask for something and wait for the reply."""
        await self.publish(json.dumps({"id": id_, "do": do, "args": args}).encode())
        return await self.reply(id_)


@asynccontextmanager
async def raw_device(port: int, account: dict[str, str], *, hall: str = "demo") -> AsyncIterator[RawDevice]:
    """A device that is connected and listens to what comes down to it."""
    name = account["id"]
    client = aiomqtt.Client(
        "127.0.0.1", port, username=name, password=account["password"], identifier=name, timeout=ANSWERS_WITHIN_S
    )
    await client.__aenter__()
    try:
        await client.subscribe(f"hall/{hall}/dev/{name}/down/#", 1)
        yield RawDevice(client, name, hall)
    finally:
        with suppress(aiomqtt.MqttError):  # it may have been cut off
            await client.__aexit__(None, None, None)
