"""The room of the enquiry table: complaints and their words in the vault, pages of policies, the hotline."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from cases.enquiry import messages as m
from cases.enquiry.model import Channel, Complaint, ComplaintState, Policy, PolicyPage
from cases.enquiry.pictures import (
    CasesSeen,
    ComplaintHeld,
    ComplaintReceipt,
    ComplaintSeen,
    Missing,
    complaint_seen,
)
from cases.enquiry.requests import ComplaintWanted
from cases.enquiry.state import Enquiry
from cases.neighbours import requests as r
from cases.neighbours.model import Kind
from cases.progress.of_person import CASES_MOST, KIND, PersonAsked, PersonTold
from cases.progress.picture import ProgressSeen, progress, received_at
from hall_queue.people import PersonGiven, checked
from hall_server.database.vault import Person, masked
from hall_server.errors import Invalid, NotFound, Refused, TooMany, Unavailable
from hall_server.identity import Actor, keyed_text
from hall_server.outbox.table import State

if TYPE_CHECKING:
    from cases import Room as Cases
    from cases.neighbours.room import Room as Neighbours
    from hall_queue.appointments.pictures import AppointmentPicture
    from hall_queue.appointments.requests import CheckInWanted
    from hall_server.server import Server

WORDS_KIND, PHONE_KIND, ANSWER_KIND = "complaint words", "complaint phone", "complaint answer"
CODE_DIGITS = 6
UPLOADS_MOST = 2_000
_HOTLINE_STATES = {State.ACCEPTED: "given", State.REJECTED: "refused"}


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint that nobody has looked into: an alarm for the manager's page."""

    code: str = "complaint.waiting"
    since: datetime
    fields: dict[str, str]
    href: str = "/manager/enquiry#complaints"
    acknowledged_by: str | None = None


@dataclass(slots=True)
class EnquiryRoom:
    """``server.rooms["enquiry"]``.

    Attributes:
        uploaded: SHA-256 of pages that came as a policy's; no other file of the hall can be put up as one.
    """

    server: Server
    cases: Cases
    enquiry: Enquiry
    uploaded: dict[str, PolicyPage] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day by the hall's clock, also before anything has happened on it."""
        return self.server.now().astimezone(ZoneInfo(self.server.settings.timezone)).date()

    # -- complaints

    def code(self, complaint: str) -> str:
        """The six digits that go with a complaint's number."""
        digest = hmac.digest(self.server.keys.lookup, f"complaint:{complaint}".encode(), hashlib.sha256)
        return f"{int.from_bytes(digest[:8]) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"

    async def complain(self, wanted: ComplaintWanted, actor: Actor, command_id: str | None) -> ComplaintReceipt:
        """Take a complaint in; the words lie in the vault before it is decided.

        Raises:
            Invalid: ``enquiry.words_missing``, ``person.phone`` and others with the ``field``.
        """
        words = wanted.words.strip()
        if not words:
            raise Invalid("enquiry.words_missing", field="words")
        given = checked(PersonGiven(phone=wanted.phone)) if wanted.phone else None
        ids = {kind: self._id(kind, text, actor, command_id) for kind, text in self._texts(words, given)}
        for kind, text in self._texts(words, given):
            await self.server.vault.keep_text(kind, ids[kind], text)
        command = m.MakeComplaint(
            about=wanted.about,
            channel=wanted.channel,
            window=wanted.window,
            department=wanted.department,
            words=ids[WORDS_KIND],
            phone=ids.get(PHONE_KIND, ""),
        )
        try:
            reply = await self.server.execute(command, actor=actor, command_id=command_id)
        except (Invalid, Refused) as exc:
            if exc.code != "command.reused":  # then they are the words of the complaint that it stood for
                for id_ in ids.values():
                    await self.server.vault.erase(id_)
            raise
        made = msgspec.json.decode(reply, type=Complaint)
        if made.channel is Channel.HOTLINE:
            await self._hand_over(made, words, given.phone or "" if given else "")
        return ComplaintReceipt(number=made.number, code=self.code(made.id))

    def alarms(self) -> list[Waiting]:
        """What the manager should look at, the oldest first."""
        known = self.enquiry.complaints.values()
        waiting = sorted((one for one in known if one.state is ComplaintState.MADE), key=lambda one: one.at)
        return [Waiting(since=one.at, fields={"id": one.id, "number": one.number}) for one in waiting]

    def asked_for(self, number: str, code: str) -> Complaint:
        """A complaint by its number and code; an unknown number and a wrong code are the same.

        Raises:
            NotFound: ``enquiry.complaint_unknown``.
        """
        id_ = self.enquiry.by_number.get("".join(number.split()).upper(), "")
        is_right = hmac.compare_digest(self.code(id_), code.strip().encode("ascii", "replace").decode())
        if not id_ or not is_right:
            raise NotFound("enquiry.complaint_unknown", field="code")
        return self.enquiry.complaint(id_)

    async def seen(self, known: Complaint) -> ComplaintSeen:
        """A complaint as its maker sees it."""
        answer = await self.server.vault.text(ANSWER_KIND, known.answer) if known.answer else None
        hotline, order = await self._at_hotline(known)
        return complaint_seen(known, answer or "", hotline, order)

    async def held(self, known: Complaint) -> ComplaintHeld:
        """A complaint as managers see it."""
        directory = self.server.directory
        window, department = directory.windows.get(known.window), directory.departments.get(known.department)
        phone = await self.server.vault.text(PHONE_KIND, known.phone) if known.phone else None
        return ComplaintHeld(
            id=known.id,
            step=known.step,
            window=known.window,
            window_number=window.number if window else None,
            department_name=department.name if department else "",
            words=await self.server.vault.text(WORDS_KIND, known.words) or "",
            phone=phone or "",
            seen=await self.seen(known),
        )

    async def keep_answer(self, text: str, actor: Actor, command_id: str | None) -> str:
        """The vault's id of an answer.

        Raises:
            Invalid: ``enquiry.words_missing``.
        """
        if not text.strip():
            raise Invalid("enquiry.words_missing", field="answer")
        id_ = self._id(ANSWER_KIND, text, actor, command_id)
        await self.server.vault.keep_text(ANSWER_KIND, id_, text.strip())
        return id_

    @staticmethod
    def _texts(words: str, given: Person | None) -> list[tuple[str, str]]:
        return [(WORDS_KIND, words), *([(PHONE_KIND, given.phone)] if given and given.phone else [])]

    def _id(self, kind: str, text: str, actor: Actor, command_id: str | None) -> str:
        """The same for the same command, which must be the same when it comes again."""
        if command_id is None:
            return self.server.ids.new()
        return keyed_text(self.server.keys.lookup, f"{kind}\n{actor}\n{command_id}\n{text}")

    # -- the hotline 12345

    @property
    def _neighbours(self) -> Neighbours | None:
        found = self.server.rooms.get("neighbours")
        return found.room if found is not None and found.room.named(Kind.HOTLINE) is not None else None

    @property
    def has_hotline(self) -> bool:
        """Whether complaints can be handed to 12345 from here."""
        return self._neighbours is not None

    async def _hand_over(self, made: Complaint, words: str, phone: str) -> None:
        neighbours = self._neighbours
        if neighbours is None:
            return
        request = r.HandToHotline(about=f"{made.number} {made.about}", text=words, phone=phone)
        await neighbours.request(request, subject=f"complaint:{made.id}", transaction=_transaction(made))

    async def _at_hotline(self, known: Complaint) -> tuple[str, str]:
        """How far it is at the hotline, and the hotline's number of it."""
        if known.channel is not Channel.HOTLINE or self._neighbours is None:
            return "", ""
        letter = await self._neighbours.outbox.one(_transaction(known))
        if letter is None:
            return "", ""
        order = ""
        if letter.answer:
            order = msgspec.json.decode(self._neighbours.answer(letter), type=r.HotlineOrder).order
        return "answered" if letter.result else _HOTLINE_STATES.get(letter.state, "waiting"), order

    # -- whose card lies on the reader

    def number_on(self, card: str, actor: Actor, command_id: str | None) -> str:
        """The ID number that a machine's word for a card stands for; the word stays good while the card lies there.

        Raises:
            Unavailable: ``enquiry.no_reader``. Refused: ``identity.…``.
        """
        cards = self.server.rooms.get("identity")
        if cards is None:
            raise Unavailable("enquiry.no_reader")
        number: str = cards.number(card, actor, command_id)
        return number

    async def cases_of(self, id_number: str, machine: str) -> CasesSeen:
        """The cases of whoever's card lies on a machine's reader, at all halls of the city as far as it answers now."""
        known = {one.number: one for one in await self._cases_here(id_number)}
        halls: dict[str, str] = {}
        missing = Missing.NOTHING
        behind: tuple[str, ...] = ()
        try:
            told = await self._told_by_city(id_number, machine)
        except TooMany:
            missing = Missing.LATER
        except Unavailable:
            missing = Missing.CITY
        else:
            elsewhere = [one for one in told.cases if one.seen.number not in known]
            known |= {one.seen.number: one.seen for one in elsewhere}
            halls = {one.seen.number: one.hall.name for one in elsewhere}
            behind = tuple(one.name for one in told.behind)
        newest = sorted(known.values(), key=received_at, reverse=True)[:CASES_MOST]
        return CasesSeen(masked=masked(id_number), cases=tuple(newest), halls=halls, missing=missing, behind=behind)

    async def _cases_here(self, id_number: str) -> list[ProgressSeen]:
        """The cases of a person that came in here."""
        person = await self.server.vault.known(Person(id_number=id_number))
        found = self.server.rooms["progress"]
        known = self.cases.cases.of_applicant(person) if person is not None else ()
        casework, now = found.casework, found.now()
        return [
            progress(one, casework.edition(one.edition), casework.terms, now, rate="", writes_here=False, notices=None)
            for one in known
        ]

    async def _told_by_city(self, id_number: str, machine: str) -> PersonTold:
        """What the city says; nothing where the hall belongs to none.

        Raises:
            Unavailable: it cannot be reached now. TooMany: this hall, or this person, has asked too often.
        """
        federation = self.server.rooms["federation"]
        if not federation.has_city:
            return PersonTold(cases=())
        asked = msgspec.json.encode(PersonAsked(id_number=id_number, machine=machine))
        try:
            return msgspec.json.decode(await federation.ask(KIND, asked), type=PersonTold)
        except msgspec.MsgspecError as exc:
            raise Unavailable("federation.unlinked") from exc  # a city of another version

    async def appointment_of(self, wanted: CheckInWanted) -> AppointmentPicture:
        """The appointment that a code, a phone with its six digits or a card stands for; nothing is done with it.

        Raises:
            NotFound: ``appointment.unknown``; Unavailable: ``enquiry.no_appointments``.
        """
        from hall_queue.appointments.identity import whose  # here: a hall without appointments needs none

        room = self.server.rooms.get("appointments")
        if room is None:
            raise Unavailable("enquiry.no_appointments")
        found: AppointmentPicture = room.pictures.appointment(await whose(room.vault(), room.keeping, wanted))
        return found

    # -- policies

    async def take_pages(self, content: bytes) -> tuple[PolicyPage, ...]:
        """Turn an uploaded PDF or picture into pages, in a child process.

        Raises:
            Invalid: ``confirmation.document_…``: what is wrong with the file. Unavailable: it took too long.
        """
        documents = self.server.rooms["confirmation"]["keeper"].documents
        pages = []
        for picture, width, height in await documents.pictures(content):
            sha256 = await self.server.rooms["federation"].keep(picture)
            page = self.uploaded[sha256] = PolicyPage(sha256=sha256, width=width, height=height)
            pages.append(page)
        while len(self.uploaded) > UPLOADS_MOST:
            self.uploaded.pop(next(iter(self.uploaded)))
        return tuple(pages)

    def check_pages(self, pages: tuple[PolicyPage, ...]) -> None:
        """Refuse pages that did not come as a policy's.

        Raises:
            Invalid: ``enquiry.page_unknown``.
        """
        shown = {page.sha256 for one in self.enquiry.policies.values() for page in one.pages}
        for page in pages:
            if page.sha256 not in shown and self.uploaded.get(page.sha256) != page:
                raise Invalid("enquiry.page_unknown", field="file")

    async def page(self, policy: Policy, place: int) -> bytes:
        """The picture of a page.

        Raises:
            NotFound: ``enquiry.page_unknown``.
        """
        if not 0 <= place < len(policy.pages):
            raise NotFound("enquiry.page_unknown")
        attachments = self.server.rooms["federation"].attachments
        content: bytes = await asyncio.to_thread(attachments.read, policy.pages[place].sha256)
        return content


def _transaction(made: Complaint) -> str:
    return f"complaint-{made.id}"
