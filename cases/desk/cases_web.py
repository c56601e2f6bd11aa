"""Cases at a window over HTTP: the list, a case, its steps, its form to be corrected, and its papers."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from cases import store
from cases.desk.handler import DeskHandler
from cases.desk.messages import Then
from cases.desk.pictures import CaseList, EditionPicture
from cases.desk.pledges import PAPER
from cases.desk.requests import CaseWanted, FormWanted, StepWanted
from cases.desk.settling import check_staff
from cases.forms import Party
from cases.own_words import OwnWords
from hall_server.errors import Invalid, NotFound
from hall_server.identity import Role

LIST_MOST = 200
STEPS = {"check": Then.CHECK, "accept": Then.ACCEPT, "notice": Then.NOTICE, "refuse": Then.REFUSE}


class FormShown(msgspec.Struct, frozen=True, kw_only=True):
    """A form that is to be corrected, with the edition it belongs to."""

    applicant: Party
    agent: Party | None
    fields: dict[str, Any]
    edition: EditionPicture


class CasesHandler(DeskHandler):
    """`GET · POST /api/v1/cases`."""

    async def get(self) -> None:
        """Answer with the cases that are meant, the newest first."""
        window, day = self.words("window"), self.words("day")
        asked = store.CasesAsked(
            window=window or None,
            day=_day(day, self.desk.server.business_day) if day else None,
            number=self.words("q").strip() or None,
            limit=self.number("limit", default=50, least=1, most=LIST_MOST),
            offset=self.number("offset", default=0, most=1_000_000),
        )
        await self.caught_up()
        rows, total = await store.some(self.desk.server.views, asked)
        self.answer(CaseList(items=[self.desk.pictures.line(row) for row in rows], total=total))

    async def post(self) -> None:
        """Take an application in, and decide on it at once."""
        wanted = self.read(CaseWanted)
        self.answer(await self.desk.receive(wanted, actor=self.actor, command_id=self.command_id))


class CaseHandler(DeskHandler):
    """`GET /api/v1/cases/{case}`."""

    async def get(self, case: str) -> None:
        """Answer with a case that is worked on; window staff read why its applicant took it back."""
        known = self.known(case)
        found = self.desk.picture(known, self.actor)
        await self.desk.server.settled()
        words = await OwnWords(self.desk.server).read(known.own_words) if self.actor.may(Role.STAFF) else ""
        self.answer(msgspec.structs.replace(found, own_words=words))


class StepHandler(DeskHandler):
    """`POST /api/v1/cases/{case}/{step}`."""

    async def post(self, case: str, step: str) -> None:
        """Take a step."""
        wanted = self.read(StepWanted)
        then = Then.HAND_OVER if step == "hand-over" else STEPS["check" if step == "materials" else step]
        wanted = msgspec.structs.replace(wanted, then=then)
        self.answer(await self.desk.step(case, wanted, actor=self.actor, command_id=self.command_id))


class FormHandler(DeskHandler):
    """`POST /api/v1/cases/{case}/form`."""

    async def post(self, case: str) -> None:
        """Answer with the form as it was handed in, to be corrected."""
        wanted, found = self.read(FormWanted), self.known(case)
        check_staff(self.actor, wanted.window)
        form = await self.desk.form_to_correct(found, wanted.window, wanted.ticket, self.actor)
        edition = self.desk.pictures.edition(self.desk.edition(found.edition))
        self.answer(FormShown(applicant=form.applicant, agent=form.agent, fields=form.fields, edition=edition))


class PledgeHandler(DeskHandler):
    """`GET /api/v1/cases/{case}/pledge`."""

    async def get(self, case: str) -> None:
        """Send the signed pledge as PDF, to the case's own window."""
        found = self.known(case)
        self.check_window(found)
        if found.pledge in {"", PAPER}:
            raise NotFound("case.paper_unknown", case=case, document="pledge")
        content, _ = await self.desk.scans.read(found.pledge)
        self.set_header("Content-Type", "application/pdf")
        self.set_header("Cache-Control", "private, no-store")
        self.set_header("Content-Disposition", "inline")
        self.finish(content)


class PaperHandler(DeskHandler):
    """`GET /api/v1/cases/{case}/papers/{document}`."""

    async def get(self, case: str, document: str) -> None:
        """Send a document as PDF."""
        found = self.known(case)
        self.check_window(found)
        content = await self.desk.paper(found, document)
        self.set_header("Content-Type", "application/pdf")
        self.set_header("Cache-Control", "private, no-store")
        self.set_header("Content-Disposition", "inline")
        self.finish(content)


class SlipHandler(DeskHandler):
    """`POST /api/v1/cases/{case}/slip`."""

    async def post(self, case: str) -> None:
        """Print number and query code at the case's window."""
        found = self.known(case)
        window = self.check_window(found)
        picture = self.desk.picture(found, self.actor)
        await self.desk.server.settled()
        self.handing.print_slip(window, found, picture.name, picture.query_code, language=self.language)
        self.answer_nothing()


def _day(text: str, today: date) -> date:
    if text == "today":
        return today
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise Invalid("query.invalid", field="day") from exc
