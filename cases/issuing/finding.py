"""What lies ready in this hall, and whose it is as far as the hall may know: by ticket, number, QR code or ID card."""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from cases.flow import PaperKind
from cases.forms import Form
from cases.issuing.service import Boxes, is_ready
from cases.model import Case, Delivery, State
from cases.numbers import is_case_number
from hall_queue.people import PersonGiven, checked
from hall_server.database.vault import Person
from hall_server.errors import DomainError, NotFound

if TYPE_CHECKING:
    from cases import Room
    from hall_server.server import Server

LEFT_WORKDAYS = 10
"""Not collected for so many working days: it is listed apart. Source: 行政许可法 44 gives 10 for delivering."""
_NUMBER = re.compile(r"[A-Za-z0-9-]{12,60}")
NAMES_MOST = 2_000


class PaperLine(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a result.

    Attributes:
        kind: ``licence`` or a `PaperKind`. file: what it is asked for by. is_here: it can be printed now.
    """

    kind: str
    number: str
    file: str
    is_here: bool


class ReadyLine(msgspec.Struct, frozen=True, kw_only=True):
    """A result.

    Attributes:
        name: of the applicant, shortened; empty where the form is not in this hall (yet).
        papers: what may be printed: the licence's file, and the decision.
        waits_workdays: since it was made. is_left: so long that somebody should call.
        box: where it lies, else None. label: the courier's, of one on its way.
    """

    id: str
    number: str
    step: int
    matter_name: str
    matter_name_en: str
    outcome: str | None
    licence: str
    papers: tuple[PaperLine, ...]
    name: str
    has_agent: bool
    made_at: datetime | None
    waits_workdays: int
    is_left: bool
    delivery: Delivery
    package: str | None
    box: str | None
    label: str


class TicketShown(msgspec.Struct, frozen=True, kw_only=True):
    """Who is served at the window now, and the results that are theirs."""

    id: str
    number: str
    cases: tuple[str, ...]


class IssuePicture(msgspec.Struct, frozen=True, kw_only=True):
    """What an issuing window sees.

    Attributes:
        ready: longest waiting first. parcels: on their way with a courier.
    """

    window: str
    window_number: int
    now: datetime
    ticket: TicketShown | None
    ready: tuple[ReadyLine, ...]
    parcels: tuple[ReadyLine, ...]
    left_workdays: int
    has_city: bool
    has_pickup: bool


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    marks: frozenset[bytes]


_NOBODY = _Known(name="", marks=frozenset())
LICENCE = "licence"
_DECISIONS = frozenset({PaperKind.GRANTED, PaperKind.DENIED})


class Finder:
    """Makes pictures and finds."""

    def __init__(self, server: Server, room: Room, boxes: Boxes) -> None:
        self._server = server
        self._room = room
        self._boxes = boxes
        self._known: dict[str, _Known] = {}
        self._zone = ZoneInfo(server.settings.timezone)

    def ready(self) -> list[Case]:
        """Results that lie here."""
        hall = self._server.settings.hall
        return [one for one in self._room.cases.by_id.values() if is_ready(one, hall)]

    def box(self, case: str) -> str | None:
        """The box that a result lies in."""
        return self._boxes.of_case.get(case)

    async def picture(self, window: str) -> IssuePicture:
        """What a window sees."""
        now = self._server.now()
        ready = [await self._line(one, now) for one in self.ready()]
        writer = f"hall:{self._server.settings.hall}"
        parcels = [
            await self._line(one, now)
            for one in self._room.cases.by_id.values()
            if one.state is State.DELIVERED and one.writer == writer and one.delivery is Delivery.COURIER
        ]
        ready.sort(key=lambda one: (-one.waits_workdays, one.number))
        return IssuePicture(
            window=window,
            window_number=self._server.directory.windows[window].number,
            now=now.astimezone(self._zone),
            ticket=await self._ticket(window),
            ready=tuple(ready),
            parcels=tuple(parcels),
            left_workdays=LEFT_WORKDAYS,
            has_city=self._server.settings.city_url is not None,
            has_pickup=PICKUP in self._server.directory.matters,
        )

    async def find(self, typed: str) -> tuple[str, ...]:
        """Ids of results by a case number, by what a QR code says, or by the ID number of who comes for them.

        Raises:
            NotFound: ``issuing.nothing_found``.
        """
        said = [one.upper() for one in _NUMBER.findall(typed)]
        numbers = {one for one in said if is_case_number(one)}
        found = [one.id for one in self.ready() if one.number in numbers or _ends(one.number, typed)]
        if not found:  # an ID number may look like a case number by chance
            found = await self._of_number(typed.strip())
        if not found:
            raise NotFound("issuing.nothing_found")
        return tuple(found)

    async def _of_number(self, id_number: str) -> list[str]:
        """Results of whoever has this ID number, as applicant or agent."""
        try:
            given = checked(PersonGiven(id_number=id_number or None))
        except DomainError:
            return []
        if given is None or given.id_number is None:
            return []
        return await self._of_person(await self._server.vault.known(given), self._server.vault.mark(given))

    async def _of_person(self, person: str | None, mark: bytes | None) -> list[str]:
        """Results of somebody, as applicant or agent.

        Args:
            person: their id in this hall's vault, which says nothing in cases of other halls.
            mark: of their ID number, which is compared with that of the form.
        """
        found = []
        for case in self.ready():
            is_own = case.hall == self._server.settings.hall
            is_theirs = is_own and person is not None and person in (case.applicant, case.agent)
            if is_theirs or (mark is not None and mark in (await self._of_form(case)).marks):
                found.append(case.id)
        return found

    async def _ticket(self, window: str) -> TicketShown | None:
        queue = self._server.rooms["hall_queue"].queue
        ticket = queue.tickets.get(queue.desk(window).ticket or "")
        if ticket is None:
            return None
        found = [one.id for one in self.ready() if one.ticket == ticket.id]
        if ticket.person is not None:
            mark = await self._server.vault.mark_of(ticket.person)
            found += await self._of_person(ticket.person, mark)
        return TicketShown(id=ticket.id, number=ticket.number, cases=tuple(dict.fromkeys(found)))

    async def _line(self, case: Case, now: datetime) -> ReadyLine:
        edition = self._room.editions.get(case.edition)
        name = edition.name if edition else case.matter
        waits = self._workdays(case.made_at, now)
        label = next((paper.number for paper in case.papers if paper.kind == "delivery"), "")
        return ReadyLine(
            id=case.id,
            number=case.number,
            step=case.step,
            matter_name=name,
            matter_name_en=(edition.name_en if edition else "") or name,
            outcome=case.outcome,
            licence=case.licence,
            papers=await self._papers(case),
            name=(await self._of_form(case)).name,
            has_agent=case.agent is not None,
            made_at=case.made_at,
            waits_workdays=waits,
            is_left=waits >= LEFT_WORKDAYS,
            delivery=case.delivery,
            package=case.package,
            box=self._boxes.of_case.get(case.id),
            label=self._ordered(case.id) or label,
        )

    async def _papers(self, case: Case) -> tuple[PaperLine, ...]:
        named = _result(case)
        has = self._server.rooms["federation"].attachments.has
        here = await asyncio.to_thread(lambda: [has(file) for *_, file in named])
        return tuple(
            PaperLine(kind=kind, number=number, file=file, is_here=is_here)
            for (kind, number, file), is_here in zip(named, here, strict=True)
        )

    def _ordered(self, case: str) -> str:
        """The label that the courier gave for a result, where one is asked by itself."""
        neighbours = self._server.rooms.get("neighbours")
        return neighbours.steps.labels.get(case, "") if neighbours is not None else ""

    def _workdays(self, since: datetime | None, now: datetime) -> int:
        if since is None:
            return 0
        return self._server.directory.calendar.workdays_between(self._day(since), self._day(now))

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    async def _of_form(self, case: Case) -> _Known:
        """Whose it is, from the form, where that lies in this hall; the name shortened, the number as its mark."""
        if not case.form:
            return _NOBODY
        if case.form not in self._known:
            try:
                content = await asyncio.to_thread(self._server.rooms["federation"].attachments.read, case.form)
            except DomainError:
                return _NOBODY
            form = msgspec.json.decode(content, type=Form)
            parties = [one for one in (form.applicant, form.agent) if one is not None]
            mark = self._server.vault.mark
            marks = frozenset(mark(Person(id_number=one.id_number.upper())) for one in parties if one.id_number)
            if len(self._known) >= NAMES_MOST:
                self._known.clear()
            self._known[case.form] = _Known(name=_short(form.applicant.name), marks=marks)
        return self._known[case.form]


def _result(case: Case) -> list[tuple[str, str, str]]:
    """Kind, number and file of what is handed out."""
    licence = [(LICENCE, case.licence, case.licence_file)] if case.licence_file else []
    return licence + [
        (one.kind, one.number, one.sha256) for one in case.papers if one.kind in _DECISIONS and one.sha256
    ]


def result_files(case: Case) -> frozenset[str]:
    """The files that an issuing window may print, and no other paper of the case."""
    return frozenset(file for *_, file in _result(case))


PICKUP = "pickup"
"""Id of the line and of the matter 出件 that somebody who comes to collect takes a number for."""
SHORT_LEAST = 4


def _short(name: str) -> str:
    return f"{name[:1]}{'*' * max(1, len(name) - 1)}" if name else ""


def _ends(number: str, typed: str) -> bool:
    """Whether what was typed are the last letters of a case number."""
    said = typed.strip().upper()
    return len(said) >= SHORT_LEAST and number.endswith(said)
