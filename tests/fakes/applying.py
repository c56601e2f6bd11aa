"""A hall in which people file by themselves: somebody with a phone, somebody at a terminal, a matter for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from cases import messages as m
from cases.applying.room import Applying
from cases.applying.sessions import Machine
from cases.catalogue.model import Channel, Edition, Fee, FeeDue, Law
from cases.model import Outcome
from hall_server.database.vault import Person
from hall_server.identity import Actor, Role
from tests.fakes.cases_desk import NUMBER, DeskHall, desk_hall, food, page
from tests.fakes.confirming import Answer, Who

PHONE = "13800138000"
EVERYWHERE = (Channel.WINDOW, Channel.ONLINE, Channel.TERMINAL, Channel.PHONE)
BASE = "/api/v1/applications"
FEE = Fee(id="card", name="工本费", amount_fen=2_000, basis=Law(name="收费办法"), due=FeeDue.ACCEPTANCE)
FORM: dict[str, Any] = {"shop": "三丰面馆", "kind": "餐饮服务"}
ANSWERS = {"who": ["self"], "where": ["shop"]}
APPLICANT = {"name": "张三丰", "phone": PHONE, "address": "牌坊路7号"}


class ApplyingHall:
    """A desk's hall, and people who come without a clerk."""

    def __init__(self, hall: DeskHall) -> None:
        self.hall = hall
        self.server = hall.server
        self.clock = hall.clock
        self.port = hall.port

    @property
    def applying(self) -> Applying:
        found: Applying = self.server.rooms["applying"]
        return found

    @property
    def matter(self) -> str:
        """May be applied for by oneself."""
        return self.hall.matter

    def edition(self, number: int = 1, **changes: Any) -> Edition:
        """Put an edition of the matter into force."""
        department = self.server.directory.matters[self.matter].department
        made = food(self.matter, **{"department": department, "channels": EVERYWHERE, "number": number, **changes})
        self.server.rooms["cases"].editions.take(made)
        return made

    async def code(self, who: Who, number: str = NUMBER, phone: str = PHONE) -> str:
        """A code that was sent to a phone."""
        answer = await who.ask("POST", "/api/v1/applicant/code", {"id_number": number, "phone": phone})
        assert answer.code == 200, answer.body
        return self.applying.identifying.shown[-1].code

    async def identified(self, number: str = NUMBER, phone: str = PHONE, *, machine: str = "phone") -> Who:
        """Somebody with a session."""
        who = Who(self.port)
        body = {"id_number": number, "code": await self.code(who, number, phone), "machine": machine}
        self.clock.forward(seconds=61)
        return take_session(who, await who.ask("POST", "/api/v1/applicant/session", body))

    async def confirmed(self, number: str = NUMBER, phone: str = PHONE) -> None:
        """Bind a phone to a person whose card was read before."""
        identifying, person = self.applying.identifying, await self.server.vault.person(Person(id_number=number))
        await identifying.send_code(number, phone, "", by_card=person)
        code = identifying.shown[-1].code
        await identifying.by_code(number, code, Machine.TERMINAL, "", by_card=person)
        self.clock.forward(seconds=61)

    async def begun(self, who: Who, **wanted: Any) -> dict[str, Any]:
        """A draft."""
        return body_of(await who.ask("POST", BASE, {"matter": self.matter, **wanted}))

    async def filled(self, who: Who) -> dict[str, Any]:
        """A draft with nothing missing."""
        draft = await self.begun(who, answers=ANSWERS)
        body = {"seen": draft["seen"], "answers": ANSWERS, "applicant": APPLICANT, "form": FORM}
        body_of(await who.ask("PUT", f"{BASE}/{draft['id']}", body))
        return await self.with_page(who, draft["id"], "id")

    async def with_page(self, who: Who, id_: str, material: str) -> dict[str, Any]:
        """The application with a page more."""
        return body_of(await who.ask("POST", f"{BASE}/{id_}/pages?material={material}", raw=page()))

    async def sent(self, who: Who) -> tuple[str, dict[str, Any]]:
        """An application that is a case; its id and what was said."""
        draft = await self.filled(who)
        return draft["id"], body_of(await who.ask("POST", f"{BASE}/{draft['id']}/submit", {}))


def take_session(who: Who, answer: Answer) -> Who:
    """Somebody with the session that was begun."""
    assert answer.code == 200, answer.body
    cookies = [one.split(";")[0] for one in answer.headers.get_list("Set-Cookie")]
    who.headers = {**who.headers, "Cookie": "; ".join(cookies), "X-XSRFToken": answer.body["xsrf"]}
    return who


def body_of(answer: Answer) -> dict[str, Any]:
    """What was answered.

    Raises:
        AssertionError: it was refused.
    """
    assert answer.code == 200, answer.body
    found: dict[str, Any] = answer.body
    return found


def lacking(answer: Answer) -> dict[str, str]:
    """Part → code of what a check names."""
    return {one["part"]: one["code"] for one in body_of(answer)["missing"]}


@asynccontextmanager
async def applying_hall(data: Path, **settings: Any) -> AsyncIterator[ApplyingHall]:
    """The hall."""
    async with desk_hall(data, **settings) as hall:
        found = ApplyingHall(hall)
        found.edition()
        yield found


def read(raw: bytes) -> Any:
    """JSON."""
    return msgspec.json.decode(raw)


async def accepted(hall: ApplyingHall, case_id: str) -> Any:
    """The case, accepted at a window."""
    clerk = await hall.hall.signed_in()
    plan = {"material": "plan", "supply": "paper"}
    body_of(await clerk.ask("POST", f"/api/v1/cases/{case_id}/accept", {"seen": 1, "given": [plan]}))
    return hall.server.rooms["cases"].cases.get(case_id)


async def granted(hall: ApplyingHall, case_id: str, licence: bytes = b"%PDF-1.7 a licence") -> Any:
    """The accepted case granted, and its licence made."""
    cases = hall.server.rooms["cases"].cases
    department = cases.get(case_id).department
    examiner, leader = (
        Actor(kind=Role.STAFF, id=name, roles=frozenset({role}), departments=frozenset({department}))
        for name, role in (("ex", Role.EXAMINER), ("boss", Role.LEADER))
    )
    file = await hall.server.rooms["federation"].keep(licence)
    for actor, command, about in (
        (examiner, m.ExamineCase, {"opinion": "符合", "proposes": Outcome.GRANTED}),
        (leader, m.DecideCase, {"outcome": Outcome.GRANTED}),
        (leader, m.MakeLicence, {"licence": "JY1234", "sha256": file}),
    ):
        wanted = command(case=case_id, seen=cases.get(case_id).step, **about)
        await hall.server.execute(wanted, actor=actor)
    return cases.get(case_id)
