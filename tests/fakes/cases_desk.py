"""A demonstration hall with a full matter, a clerk served at w01, pages to scan: for tests of the desk."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from PIL import Image, ImageDraw

from cases.catalogue.model import Edition, Material, Needed, Supply
from cases.desk.room import Desk
from hall_queue import messages as m
from hall_server.server import Server
from hall_server.web.accounts import Account
from tests.fakes.case_place import edition
from tests.fakes.confirming import PASSWORD, Answer, Pads, Who
from tests.fakes.hall import HandClock, manager, running, staff

ROOMS = ("hall_queue", "displays", "evaluation", "cases")
WINDOW = "w01"
NUMBER, OTHER = "11010519491231002X", "440305199003071236"
"""ID numbers with right check digits: the first is the example of GB 11643-1999."""
NAME, PHONE = "张三丰", "13800138000"
SECRETS = (NUMBER, NAME, PHONE, "牌坊路7号")
FORM: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "shop": {
            "type": "string",
            "title": "店名",
            "minLength": 2,
            "maxLength": 60,
            "x-from": ["licence.business-licence.name"],
        },
        "area_m2": {"type": "number", "title": "经营面积（平方米）", "minimum": 1, "maximum": 100000},
        "kind": {"type": "string", "title": "主体业态", "enum": ["餐饮服务", "食品销售", "单位食堂"]},
        "opens": {"type": "string", "format": "date", "title": "开业日期"},
        "online": {"type": "boolean", "title": "网上经营"},
        "address": {"type": "string", "title": "经营场所", "x-from": ["applicant.address", "case.address"]},
        "staff": {
            "type": "array",
            "title": "从业人员",
            "maxItems": 20,
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "title": "姓名", "minLength": 1},
                    "health_card": {"type": "string", "title": "健康证号", "pattern": "^[0-9A-Z]{4,20}$"},
                },
                "required": ["name"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["shop", "kind"],
    "additionalProperties": False,
}


def food(matter: str, **changes: Any) -> Edition:
    """食品经营许可 with a form, as an edition of one of the hall's matters."""
    materials = (
        Material(
            id="form", name="食品经营许可申请书", name_en="Application form", supplies=(Supply.FORM, Supply.PAPER)
        ),
        Material(
            id="id",
            name="申请人身份证明",
            name_en="Proof of identity",
            copies=1,
            supplies=(Supply.PAPER, Supply.SCAN, Supply.LICENCE),
            licence="identity-card",
        ),
        Material(id="plan", name="经营场所设备布局图、操作流程图", name_en="Plan of equipment", needed=Needed.LATER),
        Material(id="proxy", name="授权委托书", name_en="Power of attorney", needed=Needed.SITUATIONAL),
    )
    return edition(
        **{"matter": matter, "form": FORM, "materials": materials, "name_en": "Food business licence", **changes}
    )


def page(text: str = "材料", *, size: tuple[int, int] = (1240, 1754), kind: str = "JPEG") -> bytes:
    """A page as a document camera gives it."""
    picture = Image.new("RGB", size, "#f6f3ea")
    draw = ImageDraw.Draw(picture)
    for row in range(12):
        draw.line((120, 200 + row * 110, size[0] - 120, 200 + row * 110), fill="#555", width=3)
    draw.text((140, 100), text.encode("ascii", "replace").decode(), fill="#111")
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


@dataclass
class DeskHall:
    """A hall that listens; s01 serves at w01, s02 at w02."""

    server: Server
    clock: HandClock
    port: int

    @property
    def desk(self) -> Desk:
        found: Desk = self.server.rooms["cases_desk"]
        return found

    @property
    def matter(self) -> str:
        """A matter that has the full edition."""
        line = self.server.directory.windows[WINDOW].lines[0]
        return next(one.id for one in self.server.directory.matters.values() if one.line == line and one.active)

    async def signed_in(self, name: str = "s01", window: str = WINDOW, *, roles: tuple[str, ...] = ("staff",)) -> Who:
        """Somebody with a session."""
        account = Account(
            id=name, name=name, display_name=name, number=name, password="", roles=roles, windows=(window,)
        )
        await self.server.rooms["web"].accounts.save(account, password=PASSWORD)
        who = Who(self.port)
        answer = await who.ask("POST", "/api/v1/session", {"name": name, "password": PASSWORD})
        assert answer.code == 200, answer.body
        cookies = [one.split(";")[0] for one in answer.headers.get_list("Set-Cookie")]
        who.headers = {"Cookie": "; ".join(cookies), "X-XSRFToken": answer.body["xsrf"]}
        return who

    async def serve(self, window: str = WINDOW, **more: Any) -> str:
        """Begin with a new visitor; gives the ticket's id."""
        clerk = staff(f"s{window[1:]}", window)
        run = self.server.execute
        if self.desk.queue.queue.desk(window).state.value == "closed":
            await run(m.OpenWindow(window=window), actor=clerk)
        if self.desk.queue.queue.desk(window).ticket:
            await run(m.FinishService(window=window), actor=clerk)
        self.clock.forward(seconds=5)
        issued = msgspec.json.decode(await run(m.IssueTicket(matter=self.matter, **more), actor=manager()))
        await run(m.CallTicket(window=window, ticket=issued["id"], reason="test"), actor=manager())
        await run(m.StartService(window=window), actor=clerk)
        return str(self.desk.queue.queue.desk(window).ticket)

    async def scan(self, who: Who, ticket: str, content: bytes | None = None) -> list[dict[str, Any]]:
        """Upload a page."""
        path = f"/api/v1/cases/desk/{WINDOW}/scans?ticket={ticket}"
        answer = await who.ask("POST", path, raw=content if content is not None else page())
        assert answer.code == 201, answer.body
        found: list[dict[str, Any]] = answer.body["pages"]
        return found

    def wanted(self, ticket: str, **more: Any) -> dict[str, Any]:
        """The body of an application in order."""
        given = [
            {"material": "form", "supply": "form"},
            {"material": "id", "supply": "paper"},
            {"material": "plan", "supply": "scan"},
        ]
        return {
            "window": WINDOW,
            "ticket": ticket,
            "edition": f"{self.matter}@1",
            "applicant": {"name": NAME, "id_number": NUMBER, "phone": PHONE, "address": "牌坊路7号"},
            "fields": {"shop": "三丰面馆", "kind": "餐饮服务", "area_m2": 42},
            "answers": {"who": ["self"], "where": ["shop"]},
            "given": given,
            **more,
        }

    async def journal_text(self) -> str:
        """All events as they lie in the journal, and the replies."""
        rows = await self.server.database.fetch("SELECT type, subject, actor, payload FROM journal")
        replies = await self.server.database.fetch("SELECT * FROM replies")
        return str(rows) + str(replies)


@asynccontextmanager
async def desk_hall(data: Path, *, clock: HandClock | None = None, **settings: Any) -> AsyncIterator[DeskHall]:
    """The hall; its first line's first matter has a full edition."""
    clock = clock or HandClock()
    rooms = settings.pop("rooms", ROOMS)
    async with running(data, clock=clock, rooms=rooms, **settings) as (server, port):
        if "devices" not in rooms:
            server.device_gate = Pads()
        hall = DeskHall(server, clock, port)
        department = server.directory.matters[hall.matter].department
        server.rooms["cases"].editions.take(food(hall.matter, department=department))
        yield hall


def case_of(answer: Answer) -> dict[str, Any]:
    """The case of a reply.

    Raises:
        AssertionError: it was refused.
    """
    assert answer.code in {200, 201}, answer.body
    found: dict[str, Any] = answer.body
    return found


def read(raw: bytes) -> Any:
    """JSON."""
    return msgspec.json.decode(raw)
