"""A demonstration hall in which a visitor is served at w01 and shown sheets: for tests of confirmations."""

from __future__ import annotations

import asyncio
import base64
import ctypes
import hashlib
import io
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from evaluation.confirmation.clocks import Clocks
from evaluation.confirmation.keeping import Keeper
from evaluation.confirmation.screens import Screens
from evaluation.confirmation.state import Sheets
from hall_queue import messages as m
from hall_queue.model import Ticket
from hall_server.identity import Actor
from hall_server.messages import Command
from hall_server.mqtt.credentials import credential
from hall_server.server import Server
from hall_server.web.accounts import Account
from tests.fakes.hall import HandClock, manager, running, staff

ROOMS = ("hall_queue", "displays", "evaluation")
PASSWORD = "correct horse battery"
FIELDS = [{"label": "姓名", "value": "张三丰"}, {"label": "证件号码", "value": "11010519491231002X"}]
SECRETS = ("张三丰", "11010519491231002X", "营业执照副本原件")


class Pads:
    """A gate that knows a pad at w01, a pad at w02 and a handset at w01."""

    PLACES = {"pad-w01": ("pad", "w01"), "pad-w02": ("pad", "w02"), "key-w01": ("handset", "w01")}  # noqa: RUF012  # never changed

    def generation(self, device_id: str) -> int | None:
        return 1 if device_id in self.PLACES else None

    def generations(self, device_id: str) -> tuple[int, ...]:
        return (1,) if device_id in self.PLACES else ()

    def kind(self, device_id: str) -> str | None:
        found = self.PLACES.get(device_id)
        return found[0] if found else None

    def windows(self, device_id: str) -> frozenset[str]:
        found = self.PLACES.get(device_id)
        return frozenset({found[1]}) if found else frozenset()

    def at_window(self, kind: str, window: str) -> tuple[str, ...]:
        return tuple(id_ for id_, place in self.PLACES.items() if place == (kind, window))

    def at_zone(self, kind: str, zone: str) -> tuple[str, ...]:
        return ()


@dataclass
class Answer:
    """An HTTP answer; `body` is its JSON where it is JSON."""

    code: int
    body: Any
    headers: Any

    @property
    def error(self) -> str:
        return str(self.body["error"]["code"])


@dataclass
class Who:
    """Somebody who asks over HTTP."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, method: str, path: str, body: object = None, *, raw: bytes | None = None, **headers: str
    ) -> Answer:
        names = {name.replace("_", "-"): value for name, value in {**self.headers, **headers}.items()}
        content = raw if raw is not None else msgspec.json.encode(body) if body is not None else None
        if content is None and method not in {"GET", "DELETE"}:
            content = b""
        url = f"http://127.0.0.1:{self.port}{path}"
        request = HTTPRequest(url, method=method, headers=names, body=content, request_timeout=60)
        answer = await AsyncHTTPClient(force_instance=True, max_buffer_size=2**25).fetch(request, raise_error=False)
        is_json = answer.headers.get("Content-Type", "").startswith("application/json") and answer.body
        return Answer(answer.code, msgspec.json.decode(answer.body) if is_json else answer.body, answer.headers)


@dataclass
class ConfirmHall:
    """A hall that listens; s01 serves at w01 and s02 at w02."""

    server: Server
    clock: HandClock
    port: int

    @property
    def sheets(self) -> Sheets:
        found: Sheets = self.server.rooms["confirmation"]["sheets"]
        return found

    @property
    def screens(self) -> Screens:
        found: Screens = self.server.rooms["confirmation"]["screens"]
        return found

    @property
    def keeper(self) -> Keeper:
        found: Keeper = self.server.rooms["confirmation"]["keeper"]
        return found

    @property
    def clocks(self) -> Clocks:
        found: Clocks = self.server.rooms["confirmation"]["clocks"]
        return found

    async def do(self, command: Command, actor: Actor | None = None, *, id_: str | None = None) -> Any:
        return msgspec.json.decode(await self.server.execute(command, actor=actor or manager(), command_id=id_))

    async def serve(self, window: str = "w01") -> Ticket:
        """Sit down, end who is there, call somebody new and start."""
        clerk = staff(f"s{window[1:]}", window)
        queue = self.server.rooms["hall_queue"].queue
        if queue.desk(window).state == "closed":
            await self.do(m.OpenWindow(window=window), clerk)
        if queue.desk(window).ticket:
            await self.do(m.FinishService(window=window), clerk)
        line = self.server.directory.windows[window].lines[0]
        issued = await self.do(m.IssueTicket(line=line))
        await self.do(m.CallTicket(window=window, ticket=issued["id"], reason="test"), manager())
        await self.do(m.StartService(window=window), clerk)
        found: Ticket = queue.tickets[issued["id"]]
        return found

    async def signed_in(self, name: str, *windows: str, roles: tuple[str, ...] = ("staff",)) -> Who:
        account = Account(id=name, name=name, display_name=name, number=name, password="", roles=roles, windows=windows)
        await self.server.rooms["web"].accounts.save(account, password=PASSWORD)
        who = Who(self.port)
        answer = await who.ask("POST", "/api/v1/session", {"name": name, "password": PASSWORD})
        cookies = [value.split(";")[0] for value in answer.headers.get_list("Set-Cookie")]
        return Who(self.port, {"Cookie": "; ".join(cookies), "X-XSRFToken": answer.body["xsrf"]})

    def device(self, id_: str = "pad-w01") -> Who:
        secret = credential(self.server.keys.device, id_, 1)
        return Who(self.port, {"Authorization": "Basic " + base64.b64encode(f"{id_}:{secret}".encode()).decode()})

    def nobody(self) -> Who:
        return Who(self.port)

    async def journal_text(self) -> str:
        """Every payload of the journal."""
        await self.server.settled()
        rows = await self.server.database.fetch("SELECT payload FROM journal")
        return "\n".join(row[0] if isinstance(row[0], str) else row[0].decode() for row in rows)

    async def settle(self) -> None:
        """Let what was begun by events end."""
        for _ in range(20):
            await asyncio.sleep(0)
        await self.server.settled()
        await self.server.projector.reached(self.server.journal.committed)


def lying(data: Path, pattern: str = "*") -> dict[str, bytes]:
    """The files of a hall, by name."""
    return {path.name: path.read_bytes() for path in data.rglob(pattern) if path.is_file()}


def base(window: str = "w01") -> str:
    """Where a window's sheets are."""
    return f"/api/v1/windows/{window}/confirmations"


def wanted(ticket: Ticket, **more: object) -> dict[str, object]:
    """A sheet with two fields and a material."""
    return {"ticket": ticket.id, "fields": FIELDS, "materials": ["营业执照副本原件"], **more}


def signature(strokes: int = 3) -> dict[str, Any]:
    """A signature as a hand would write it."""
    lines = [
        [
            [round(0.15 + 0.2 * n + 0.004 * i, 4), round(0.5 + 0.3 * math.sin(i / 6), 4), 400 * n + 12 * i, 0.5]
            for i in range(30)
        ]
        for n in range(strokes)
    ]
    return {"aspect": 2.4, "strokes": lines}


def sha(content: bytes | str) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def pdf_file(pages: int = 2) -> bytes:
    """A PDF with words on each page."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for page in range(pages):
        canvas.setFont("Helvetica", 40)
        canvas.drawString(80, 600, f"Page {page + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def text_of(content: bytes) -> str:
    """All words of a PDF."""
    document = pdfium.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def ink_of(content: bytes) -> int:
    """How many black lines with round ends the first page has: a signature's segments."""
    document = pdfium.PdfDocument(content)
    page = document[0]  # its objects live as long as it does
    count = sum(_is_ink(one.raw) for one in page.get_objects([raw.FPDF_PAGEOBJ_PATH]))
    page.close()
    return count


def _is_ink(drawn: Any) -> bool:
    parts = [ctypes.c_uint() for _ in range(4)]
    raw.FPDFPageObj_GetStrokeColor(drawn, *map(ctypes.byref, parts))
    return bool(raw.FPDFPageObj_GetLineCap(drawn) == 1 and [one.value for one in parts[:3]] == [0, 0, 0])


def picture_file(kind: str = "PNG", size: tuple[int, int] = (640, 480), **how: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **how)
    return out.getvalue()


@asynccontextmanager
async def confirming(data: Path, clock: HandClock | None = None, **settings: object) -> AsyncIterator[ConfirmHall]:
    """The hall, until the block ends."""
    clock = clock or HandClock()
    async with running(data, clock=clock, rooms=ROOMS, **settings) as (server, port):
        server.device_gate = Pads()
        yield ConfirmHall(server, clock, port)
