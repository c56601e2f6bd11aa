"""What steps of cases ask of neighbours beside payments: licences to the register, shared data, labels of couriers.

Each request has an id that is made of the case, so that it is put once however often the journal is read; names, ID
numbers and addresses are taken from the sealed form when it goes out, and lie nowhere else.
"""

from __future__ import annotations

import asyncio
import logging
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from cases import messages as m
from cases.catalogue.model import Edition, Result, Supply
from cases.forms import Party
from cases.model import Case, Delivery, Given, Outcome, State
from cases.neighbours import requests as r
from cases.neighbours.casework import Casework, form_of
from cases.neighbours.model import Accepted, Kind, Reply
from cases.neighbours.room import Plan
from hall_server.errors import DomainError, NotFound, Unavailable
from hall_server.identity import SYSTEM
from hall_server.messages import Recorded
from hall_server.outbox.http import NoAnswer
from hall_server.outbox.sender import Dropped
from hall_server.outbox.table import State as Sent

if TYPE_CHECKING:
    from cases.neighbours.hearing import Hearing
    from cases.neighbours.room import Room
    from hall_server.outbox.table import Letter

log = logging.getLogger(__name__)

ISSUE, REVOKE, LABEL, ASK = "licence.issue", "licence.revoke", "courier.label", "exchange.ask"
TRACKED_S = 1_800.0
_CASE, _ISSUE_OF = "case:", "licence-"


class CaseSteps:
    """``server.rooms["neighbours"].steps``.

    Attributes:
        labels: case → number of its parcel, as the courier gave it.
    """

    def __init__(self, room: Room, hearing: Hearing, casework: Casework) -> None:
        self._room = room
        self._casework = casework
        self.labels: dict[str, str] = {}
        room.writers |= {ISSUE: self._write_issue, REVOKE: self._write_revoke, LABEL: self._write_label}
        room.writers[ASK] = self._write_ask
        room.after.append(self._answered)
        self._hear_parcel, self._hear_data = room.hearers[r.ParcelMoved], room.hearers[r.DataDelivered]
        room.hearers[r.ParcelMoved] = self._moved
        room.hearers[r.DataDelivered] = self._delivered

    async def start(self) -> None:
        """Know the labels of parcels that are not handed over yet."""
        for case in await self._casework.held() if self._room.named(Kind.COURIER) else ():
            letter = await self._room.outbox.one(label_id(case.id)) if case.delivery is Delivery.COURIER else None
            if letter is not None and letter.state is Sent.ACCEPTED:
                self._label(case.id, letter)

    # -- what is queued

    async def letters(self, batch: list[Recorded]) -> list[Letter]:
        """What events call for (a ``make`` of the follower)."""
        found: list[Letter] = []
        for recorded in batch:
            event = recorded.event
            if isinstance(event, m.CaseEvent) and not isinstance(event, m.Noted):
                found += await self._of(event)
        return found

    async def _of(self, event: m.CaseEvent) -> list[Letter]:
        match event:
            case m.LicenceMade() if event.licence and self._room.named(Kind.LICENCE):
                return await self._issue(event)
            case m.ResultGivenUp() | m.PledgeChecked(is_kept=False) | m.CaseWithdrawn() | m.CaseTerminated():
                return await self.revoked(event.case, event.type)
            case m.CaseHandedOver() if event.writer == self._casework.writer:
                return await self._ready(event.case)
            case m.CityStepTaken(step_type=m.CaseHandedOver.type):
                return await self._ready(event.case)
            case m.CaseReceived() | m.MaterialsChecked() | m.CorrectionSupplied():
                return self._data(event.case, event.given)
            case _:
                return []

    async def _issue(self, event: m.LicenceMade) -> list[Letter]:
        case = await self._casework.case(event.case)
        if case.outcome is not Outcome.GRANTED:
            return []
        return [self._plan(ISSUE, Kind.LICENCE, case.id, issue_id(case.id))]

    async def revoked(self, case: str, reason: str) -> list[Letter]:
        """Take a licence of a case back, where this place put it into the register."""
        if await self._room.outbox.one(issue_id(case)) is None:
            return []
        return [self._plan(REVOKE, Kind.LICENCE, case, f"revoke-{case}", reason=reason)]

    async def given_up(self, cases: list[str]) -> None:
        """Take licences back whose results were given up at a hall (a ``looks`` of what changed at the city)."""
        if self._room.named(Kind.LICENCE) is None:
            return
        marks = ",".join("?" * len(cases))
        sql = f"SELECT id FROM outbox WHERE id IN ({marks})"  # noqa: S608  # marks only
        ids = tuple(issue_id(one) for one in cases)
        for (id_,) in await self._room.centre.database.fetch(sql, ids):
            case = await self._known(str(id_).removeprefix(_ISSUE_OF))
            if case is not None and case.is_given_up:
                await self._room.put(*await self.revoked(case.id, m.ResultGivenUp.type))

    async def _ready(self, case_id: str) -> list[Letter]:
        """A label for what goes by courier, once the result lies in the hall that hands it out."""
        case = await self._known(case_id)
        is_here = case is not None and case.state is State.MADE and case.writer == self._casework.writer
        if case is None or not is_here or case.delivery is not Delivery.COURIER or not self._room.named(Kind.COURIER):
            return []
        return [self._plan(LABEL, Kind.COURIER, case.id, label_id(case.id), awaits=True)]

    def _data(self, case: str, given: Iterable[Given]) -> list[Letter]:
        """Data that the departments have already: nobody brings it (数据共享)."""
        if self._room.named(Kind.EXCHANGE) is None:
            return []
        wanted = [one.material for one in given if one.supply == Supply.SHARED and not one.copies]
        return [
            self._plan(ASK, Kind.EXCHANGE, case, f"data-{case}-{one}"[:80], awaits=True, material=one) for one in wanted
        ]

    def _plan(
        self, name: str, kind: Kind, case: str, transaction: str, *, awaits: bool = False, **about: str
    ) -> Letter:
        to = self._room.named(kind)
        if to is None:
            raise Unavailable("neighbour.none", kind=kind)
        plan = Plan(name=name, about={"case": case, **about})
        return self._room.letter(plan, to=to, kind=name, subject=_CASE + case, transaction=transaction, awaits=awaits)

    # -- what goes out

    async def _write_issue(self, letter: Letter, plan: Plan) -> r.AnyRequest:
        """The licence as the register wants it.

        Raises:
            NoAnswer: the edition is not here (yet). Dropped: the matter gives no licence.
        """
        case, party = await self._party(plan)
        edition = self._casework.edition(case.edition)
        if edition is None:
            raise NoAnswer("edition_missing")
        result = _licence(edition)
        if result is None or case.made_at is None:
            raise Dropped("no_licence")
        made = self._casework.terms.day(case.made_at)
        return r.IssueLicence(
            case_number=case.number,
            licence=result.licence,
            number=case.licence,
            holder_name=party.name,
            holder_id_number=party.id_number,
            valid_from=made,
            valid_until=_months_on(made, result.valid_months) if result.valid_months else None,
            document=case.licence_file,
        )

    async def _write_revoke(self, letter: Letter, plan: Plan) -> r.AnyRequest:
        """Names the licence as the register does.

        Raises:
            NoAnswer: it is still on its way there. Dropped: the register never took it.
        """
        issued = await self._room.outbox.one(issue_id(plan.about["case"]))
        if issued is None or issued.state in {Sent.REJECTED, Sent.DROPPED, Sent.GIVEN_UP}:
            raise Dropped("never_issued")
        if issued.state is Sent.WAITING:
            raise NoAnswer("not_issued_yet")
        id_ = msgspec.json.decode(self._room.answer(issued), type=r.LicenceIssued).id
        return r.RevokeLicence(id=id_, reason=plan.about.get("reason", ""))

    async def _write_label(self, letter: Letter, plan: Plan) -> r.AnyRequest:
        case, party = await self._party(plan)
        if case.state is not State.MADE:
            raise Dropped("handed_out")
        if not party.address or not party.phone:
            raise Dropped("no_address")
        return r.OrderLabel(
            case_number=case.number, to_name=party.name, to_phone=party.phone, to_address=party.address[:200]
        )

    async def _write_ask(self, letter: Letter, plan: Plan) -> r.AnyRequest:
        case, party = await self._party(plan)
        if case.is_over:
            raise Dropped("case_over")
        edition = self._casework.edition(case.edition)
        return r.AskData(
            case_number=case.number,
            dataset=plan.about["material"],
            purpose=(edition.name if edition is not None else case.matter)[:200],
            query={"id_kind": party.id_kind, "id_number": party.id_number},
        )

    async def _party(self, plan: Plan) -> tuple[Case, Party]:
        case = await self._casework.case(plan.about["case"])
        try:
            return case, (await form_of(self._casework, case)).applicant
        except NotFound as exc:
            raise NoAnswer("form_missing") from exc

    # -- what comes back

    async def _answered(self, letter: Letter, request: r.AnyRequest, reply: Reply) -> None:
        if isinstance(request, r.OrderLabel) and isinstance(reply, Accepted):
            number = msgspec.json.decode(reply.result, type=r.LabelMade).number
            self.labels[letter.subject.removeprefix(_CASE)] = number

    def _label(self, case: str, letter: Letter) -> None:
        self.labels[case] = msgspec.json.decode(self._room.answer(letter), type=r.LabelMade).number

    async def _moved(self, name: str, message: r.Told) -> str:
        """A parcel that has reached its applicant closes the case; gives a code, "" where it was taken."""
        assert isinstance(message, r.ParcelMoved)  # noqa: S101  # by the table of hearers
        code = await self._hear_parcel(name, message)
        letter = await self._room.outbox.one(message.transaction)
        if not code and letter is not None and letter.subject.startswith(_CASE) and message.state == "delivered":
            await self._arrived(letter.subject.removeprefix(_CASE))
        return code

    async def _arrived(self, case_id: str) -> None:
        case = await self._known(case_id)
        if case is None or case.state is not State.DELIVERED or case.writer != self._casework.writer:
            return
        try:
            close = m.CloseCase(case=case.id, seen=case.step)
            await self._casework.execute(close, actor=SYSTEM, command_id=f"arrived-{case.id}")
        except DomainError as exc:  # somebody was faster
            log.info("parcel of case %s: %s", case.id, exc.code, extra={"action": "neighbour.parcel"})

    async def track(self) -> int:
        """Ask the courier about each parcel on its way; gives how many have arrived."""
        arrived = 0
        for case in await self._casework.held() if self._room.named(Kind.COURIER) else ():
            if case.state is not State.DELIVERED or case.delivery is not Delivery.COURIER:
                continue
            letter = await self._room.outbox.one(label_id(case.id))
            if letter is None or letter.state is not Sent.ACCEPTED:
                continue
            number = msgspec.json.decode(self._room.answer(letter), type=r.LabelMade).number
            reply = await self._room.ask(r.TrackParcel(number=number), subject=_CASE + case.id, to=letter.neighbour)
            if isinstance(reply, Accepted) and _state(reply) == "delivered":
                await self._room.outbox.result(letter.id, "delivered", at=self._room.centre.now())
                await self._arrived(case.id)
                arrived += 1
        return arrived

    async def run(self) -> None:
        """Track for ever; couriers that tell by themselves are asked in vain."""
        while True:
            try:
                await self.track()
            except DomainError as exc:
                log.info("parcels were not tracked: %s", exc.code, extra={"action": "neighbour.untracked"})
            except Exception:  # the top of a loop: the next round asks again
                log.exception("tracking parcels failed", extra={"action": "neighbour.track_failed"})
            await asyncio.sleep(TRACKED_S)

    async def _delivered(self, name: str, message: r.Told) -> str:
        """Shared data can be read, or will not come: it becomes an event of the case."""
        assert isinstance(message, r.DataDelivered)  # noqa: S101  # by the table of hearers
        code = await self._hear_data(name, message)
        letter = await self._room.outbox.one(message.transaction)
        if code or letter is None or not letter.subject.startswith(_CASE):
            return code
        case = letter.subject.removeprefix(_CASE)
        material = letter.id.removeprefix(f"data-{case}-")
        content = await self._rows(name, message.ticket) if message.is_given else b""
        sha256 = await self._casework.keep(content) if content else ""
        command = m.NoteData(
            case=case, seen=0, material=material, is_given=message.is_given, sha256=sha256, size=len(content)
        )
        await self._casework.execute(command, actor=SYSTEM, command_id=letter.id)
        return ""

    async def _rows(self, name: str, ticket: str) -> bytes:
        """What the exchange delivers.

        Raises:
            Unavailable: it does not answer; it tells again.
        """
        reply = await self._room.ask(r.ReadData(ticket=ticket), subject="exchange", to=name)
        if not isinstance(reply, Accepted):
            raise Unavailable("neighbour.silent", neighbour=name, reason=reply.code)
        read = msgspec.json.decode(reply.result, type=r.DataRead)
        return msgspec.json.encode(read.rows, order="deterministic")

    async def _known(self, case: str) -> Case | None:
        try:
            return await self._casework.case(case)
        except NotFound:
            return None


def issue_id(case: str) -> str:
    """The transaction that puts a case's licence into the register: one a case."""
    return _ISSUE_OF + case


def label_id(case: str) -> str:
    """The transaction that orders a case's label: one a case."""
    return f"label-{case}"


def _licence(edition: Edition) -> Result | None:
    return next((one for one in edition.results if one.licence), None)


def _months_on(day: date, months: int) -> date:
    """The same day some months on; the month's last where it is shorter (民法典 202)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _state(reply: Accepted) -> str:
    return msgspec.json.decode(reply.result, type=r.ParcelTracked).state
