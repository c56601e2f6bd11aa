"""A hall in a process of its own that gets killed, and a crowd that keeps a ledger of what it promised."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import secrets
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scripts import hall_process

ROOT = Path(__file__).resolve().parents[2]
LINES = ("business", "labour", "tax", "medical")
KNOWN_LATELY = 5  # tickets that a restarted hall is asked for over HTTP, besides the look at its journal


class Cut(Exception):
    """The connection ended before the answer did."""


class Http:
    """One kept-alive connection; as plain as a kiosk's."""

    def __init__(self, port: int, user: str = "", password: str = "") -> None:
        self._port = port
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = f"Authorization: Basic {token}\r\n" if user else ""
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def send(self, method: str, path: str, body: object = None, *, key: str = "") -> None:
        """Send a request and do not wait for its answer."""
        if self._writer is None:
            try:
                self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError as exc:
                raise Cut from exc
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{self._headers}"
        head += f"Idempotency-Key: {key}\r\n" if key else ""
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        try:
            self._writer.write(head.encode() + content)
            await self._writer.drain()
        except OSError as exc:
            raise Cut from exc

    async def answer(self) -> tuple[int, Any]:
        """Status and JSON of the answer.

        Raises:
            Cut: it did not come whole.
        """
        assert self._reader is not None
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
            )
            content = await self._reader.readexactly(length)
        except (OSError, EOFError) as exc:
            raise Cut from exc
        return int(head.split(b" ", 2)[1]), json.loads(content) if content else None

    async def first_bytes(self, most: int) -> bytes:
        """The beginning of the answer."""
        assert self._reader is not None
        return await self._reader.read(most)

    async def ask(self, method: str, path: str, body: object = None, *, key: str = "") -> tuple[int, Any]:
        """Send a request and wait for its answer."""
        await self.send(method, path, body, key=key)
        return await self.answer()

    def cut(self) -> None:
        """Break the connection off, whatever is on its way."""
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None


class HallChild:
    """`run.py hall --demo`, or another program that says in its first line where it listens."""

    def __init__(self, data: Path, *program: str) -> None:
        self.data = data
        self.port = 0
        command = ("-W", "ignore", str(ROOT / "run.py"), "hall", "--demo")
        if program:
            command = (str(ROOT / program[0]), *program[1:])
        self._command = [sys.executable, *command, "--data", str(data), "--port", "0", "--mqtt-port", "0"]
        self._process: subprocess.Popen[str] | None = None

    async def start(self) -> None:
        """Start it and wait until it listens."""
        log = self.data.with_name("hall.log")
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as err:
            self._process = hall_process.begin(self._command, log=err)
        assert self._process.stdout is not None
        line = await asyncio.to_thread(self._process.stdout.readline)
        assert line.startswith("listening"), log.read_text()
        self.port = int(line.split()[1].partition("=")[2])

    async def kill(self) -> None:
        """kill -9."""
        process, self._process = self._process, None
        if process is not None and process.stdout is not None:
            process.kill()
            await asyncio.to_thread(process.wait)
            process.stdout.close()

    def devices(self, kind: str) -> list[tuple[str, str]]:
        """Id and password of the demonstration's devices of a kind."""
        found = json.loads((self.data / "demo-accounts.json").read_text())["devices"]
        return [(one["id"], one["password"]) for one in found if one["kind"] == kind]


@dataclass
class Ledger:
    """What the hall acknowledged, and what it was asked and did not answer.

    Attributes:
        tickets: reply by the key under which it was asked for.
        pressed: keys of windows that were acknowledged, and the ticket each told of.
        open: asked and not answered: device, path, body, by key.
    """

    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    pressed: dict[str, tuple[str, str]] = field(default_factory=dict)
    open: dict[str, tuple[str, str, dict[str, Any]]] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)

    def note(self, key: str, path: str, reply: Any) -> None:
        self.open.pop(key, None)
        if path.endswith("/tickets"):
            if key in self.tickets and self.tickets[key] != reply:
                self.contradictions.append(key)
            self.tickets[key] = reply
        elif reply.get("ticket"):
            self.pressed[key] = (path, reply["ticket"]["id"])


class Crowd:
    """Kiosks that take numbers and consoles that call them, as fast as they get answers."""

    def __init__(self, hall: HallChild, ledger: Ledger) -> None:
        self._hall = hall
        self._ledger = ledger
        self._answers = 0
        self._wanted = asyncio.Event()

    async def until(self, answers: int) -> None:
        """Bustle until so many answers came, then kill the hall under it."""
        self._answers = answers
        self._wanted.clear()
        kiosks, pads = self._hall.devices("kiosk"), self._hall.devices("pad")[:2]
        work = [asyncio.create_task(self._kiosk(*kiosk)) for kiosk in kiosks for _ in range(2)]
        work += [asyncio.create_task(self._console(*pad)) for pad in pads]
        waiting = asyncio.create_task(self._wanted.wait())
        await asyncio.wait([waiting, *work], return_when=asyncio.FIRST_COMPLETED)
        assert waiting.done(), [one.exception() for one in work if one.done()]
        await self._hall.kill()
        await asyncio.gather(*work)

    async def press_again(self) -> None:
        """Send everything that was not answered once more, under its first key."""
        passwords = dict(self._hall.devices("kiosk") + self._hall.devices("pad"))
        for key, (device, path, body) in list(self._ledger.open.items()):
            link = Http(self._hall.port, device, passwords[device])
            status, reply = await link.ask("POST", path, body, key=key)
            link.cut()
            if status < 300:
                self._ledger.note(key, path, reply)
            else:
                self._ledger.open.pop(key)

    async def _kiosk(self, id_: str, password: str) -> None:
        link = Http(self._hall.port, id_, password)
        with contextlib.suppress(Cut):
            while True:
                line = secrets.choice(LINES)
                await self._press(link, id_, "/api/v1/tickets", {"line": line, "channel": "kiosk"})
        link.cut()

    async def _console(self, id_: str, password: str) -> None:
        link, window = Http(self._hall.port, id_, password), id_.removeprefix("pad-")
        with contextlib.suppress(Cut):
            while True:
                for act in ("open", "call", "start", "finish"):
                    await self._press(link, id_, f"/api/v1/windows/{window}/{act}", {})
        link.cut()

    async def _press(self, link: Http, id_: str, path: str, body: dict[str, Any]) -> None:
        key = secrets.token_hex(12)
        self._ledger.open[key] = (id_, path, body)
        status, reply = await link.ask("POST", path, body, key=key)
        if status >= 300:
            self._ledger.open.pop(key)
            return
        self._ledger.note(key, path, reply)
        self._answers -= 1
        if self._answers <= 0:
            self._wanted.set()


def journalled(data: Path) -> dict[str, str]:
    """Number by ticket id, as the journal of a hall has them that may be running."""
    return {one["ticket"]: one["number"] for one in _payloads(data, "ticket.issued")}


def called(data: Path) -> set[str]:
    """Ids of tickets that the journal has as called."""
    return {one["ticket"] for one in _payloads(data, "ticket.called")}


def _payloads(data: Path, type_: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(f"file:{data}/hall.db?mode=ro", uri=True)) as connection:
        found = connection.execute("SELECT payload FROM journal WHERE type = ?", (type_,))
        return [json.loads(payload) for (payload,) in found]


def twice(numbers: Iterable[str]) -> list[str]:
    """Numbers that stand there more than once."""
    return [number for number, count in Counter(numbers).items() if count > 1]


def gaps(numbers: Iterable[str]) -> list[str]:
    """Numbers that are missing between the first and the last of their prefix."""
    found = set(numbers)
    highest = Counter[str]()
    for number in found:
        highest[number[0]] = max(highest[number[0]], int(number[1:]))
    return [
        f"{prefix}{n:03d}"
        for prefix, most in highest.items()
        for n in range(1, most + 1)
        if f"{prefix}{n:03d}" not in found
    ]


def lost(ledger: Ledger, data: Path) -> list[str]:
    """What was acknowledged and is not in the journal, or stands there with another number."""
    there, calls = journalled(data), called(data)
    tickets = [reply["number"] for reply in ledger.tickets.values() if there.get(reply["id"]) != reply["number"]]
    return tickets + [
        ticket for path, ticket in ledger.pressed.values() if path.endswith("/call") and ticket not in calls
    ]


async def known_to(hall: HallChild, ledger: Ledger) -> bool:
    """Whether the hall itself answers for some of the tickets acknowledged last; a new day forgets the old ones."""
    link = Http(hall.port)
    _, today = await link.ask("GET", "/api/v1/hall")
    for reply in list(ledger.tickets.values())[-KNOWN_LATELY:]:
        issued = datetime.fromisoformat(reply["issued_at"]).astimezone(ZoneInfo("Asia/Shanghai"))
        if issued.date().isoformat() != today["business_day"]:
            continue
        status, ticket = await link.ask("GET", f"/api/v1/tickets/{reply['token']}")
        if status != 200 or ticket["number"] != reply["number"]:
            return False
    link.cut()
    return True
