"""Who it is: by a card on the reader beside the machine, or by ID number and a code sent to the phone on record."""

from __future__ import annotations

import math
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import msgspec

from cases.applying.codes import VALID_S, Codes
from cases.applying.messages import How, Identify
from cases.applying.sessions import Machine, Session, Sessions
from cases.neighbours import requests as r
from cases.neighbours.model import Accepted, Kind
from cases.neighbours.port import result_of
from devices.identity import CardRead
from hall_queue.people import PersonGiven, checked
from hall_server.database.vault import Person, masked
from hall_server.errors import Invalid, Refused, TooMany, Unavailable
from hall_server.identity import Actor, keyed_text, visitor

if TYPE_CHECKING:
    from cases.neighbours.room import Room as Neighbours
    from hall_server.server import Server

PHONE_KIND, CARD_KIND = "applicant phone", "applicant phone by card"
WITHIN = timedelta(seconds=VALID_S)
DEMO_MOST = 20


class CodeSent(msgspec.Struct, frozen=True, kw_only=True):
    """Where a code was sent, how long it is good, and when another one may be had, in seconds."""

    phone: str
    valid_s: float
    again_s: float


class DemoMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message of a demonstration hall that has nobody to send it."""

    phone: str
    code: str


class Phones(Protocol):
    """Which phones are known of a person."""

    async def of(self, person: str, *, at_window: bool = False) -> frozenset[str]:
        """Those in the forms of their cases here; ``at_window``: of those that a window took in."""
        ...


class Identifying:
    """Sends codes, checks codes and cards, begins sessions.

    A person's first code binds their phone: later codes go to that phone only, whoever knows the ID number. Where the
    person has cases here, the phone must be one of theirs; what a window has taken in outranks a phone that was bound
    by a code alone, for whoever was first with the number need not be its owner. A card changes it.

    Attributes:
        shown: codes of a demonstration hall without short messages, the newest last; for its simulator.
    """

    def __init__(self, server: Server, neighbours: Neighbours | None, phones: Phones, sessions: Sessions) -> None:
        self._server = server
        self._neighbours = neighbours
        self._phones = phones
        self._sessions = sessions
        self._codes: Codes | None = None
        self.shown: deque[DemoMessage] = deque(maxlen=DEMO_MOST)

    async def send_code(self, id_number: str, phone: str, name: str, *, by_card: str = "") -> CodeSent:
        """Send a code.

        Args:
            by_card: the person whose card lies on the reader now: their phone may be another one from now on.

        Raises:
            Invalid: ``person.id_number``, ``person.phone``, ``applying.name``. Refused: ``applying.phone_other``,
            ``applying.name_other``. TooMany: ``rate.exceeded``. Unavailable: nobody can send it.
        """
        said = _checked(id_number, phone)
        person = await self._server.vault.known(Person(id_number=said.id_number)) or ""
        await self._check_phone(person, said.phone or "", is_sure=bool(by_card) and by_card == person)
        await self._check_name(said.id_number or "", name)
        subject = self._subject(said.id_number or "")
        if (wait := self.codes.wait_s(subject)) > 0:
            raise TooMany("rate.exceeded", retry_s=math.ceil(wait))
        await self._send(subject, said.phone or "")
        return CodeSent(phone=masked(said.phone or ""), valid_s=VALID_S, again_s=self.codes.wait_s(subject))

    async def by_code(
        self, id_number: str, code: str, machine: Machine, device: str, *, by_card: str = ""
    ) -> tuple[Session, str]:
        """Begin a session with a code.

        Args:
            by_card: the person whose card was read for the session before this one: the phone is theirs for sure.

        Raises:
            Invalid: ``person.id_number``. Refused: as `Codes.use`.
        """
        number = self.number(id_number)
        phone = self.codes.use(self._subject(number), code)
        person = await self._server.vault.person(Person(id_number=number, phone=phone))
        await self._server.vault.keep_text(PHONE_KIND, _phone_place(person), phone)
        if by_card == person:
            await self._server.vault.keep_text(CARD_KIND, _card_place(person), phone)
        return await self._begin(person, CardRead(id_number=number), How.CODE, machine, device, phone)

    async def by_card(self, card: str, actor: Actor, command_id: str | None) -> tuple[Session, str]:
        """Begin a session with the card that lies on the reader beside a machine of the hall.

        Raises:
            Refused: ``identity.unknown``, ``identity.used``.
        """
        cards = self._server.rooms.get("identity")
        if cards is None:
            raise Refused("identity.unknown")
        read: CardRead = cards.card(card, actor, command_id)
        cards.use(card, actor)
        person = await self._server.vault.person(Person(id_number=read.id_number))
        return await self._begin(person, read, How.CARD, Machine.TERMINAL, actor.id)

    @staticmethod
    def number(id_number: str) -> str:
        """An ID number as it is kept, however it is written.

        Raises:
            Invalid: ``person.id_number``.
        """
        return _checked(id_number, None).id_number or ""

    async def phone_of(self, person: str) -> str:
        """The phone that is bound to a person; "" where none is."""
        return await self._server.vault.text(PHONE_KIND, _phone_place(person)) or ""

    @property
    def codes(self) -> Codes:
        """The codes of the last minutes."""
        if self._codes is None:
            self._codes = Codes(self._server.clock, self._server.keys.session)
        return self._codes

    async def stands(self, session: Session) -> bool:
        """Whether a session may go on: a code's is over when its phone was outranked by a window's or a card's."""
        if session.how is How.CARD:
            return True
        known = await self._known_phones(session.person)
        return not known or session.phone in known

    async def is_sure(self, session: Session) -> bool:
        """Whether it surely is the person: by card, by a phone that a card or window confirmed, by a checked name."""
        if session.how is How.CARD or session.is_checked:
            return True
        by_card = await self._server.vault.text(CARD_KIND, _card_place(session.person))
        return bool(session.phone) and (
            session.phone == by_card or session.phone in await self._phones.of(session.person, at_window=True)
        )

    async def _begin(
        self, person: str, said: CardRead, how: How, machine: Machine, device: str, phone: str = ""
    ) -> tuple[Session, str]:
        command = Identify(person=person, how=how, machine=device)
        await self._server.execute(command, actor=visitor(f"applicant-{person}"))
        return await self._sessions.begin(
            person=person,
            masked=masked(said.id_number),
            name=said.name,
            address=said.address,
            phone=phone,
            is_checked=how is How.CODE and self._has_platform,
            how=how,
            machine=machine,
            device=device,
        )

    async def _check_phone(self, person: str, phone: str, *, is_sure: bool) -> None:
        if not person or is_sure:
            return
        known = await self._known_phones(person)
        if known and phone not in known:
            raise Refused("applying.phone_other", phone="other")

    async def _known_phones(self, person: str) -> frozenset[str]:
        """The phones that a code may go to; none: to any."""
        bound, seen = await self.phone_of(person), await self._phones.of(person, at_window=True)
        is_by_card = await self._server.vault.text(CARD_KIND, _card_place(person)) == bound
        if bound and (not seen or bound in seen or is_by_card):
            return frozenset({bound})
        return seen or await self._phones.of(person)

    @property
    def _has_platform(self) -> bool:
        return self._neighbours is not None and self._neighbours.named(Kind.IDENTITY) is not None

    async def _check_name(self, number: str, name: str) -> None:
        """With an identity platform, name and number must belong together."""
        room = self._neighbours
        if room is None or not self._has_platform:
            return
        if not name.strip():
            raise Invalid("applying.name", name="missing")
        asked = r.VerifyPerson(name=name.strip(), id_number=number)
        reply = await room.ask(asked, subject=f"applicant:{self._subject(number)}")
        found = result_of(asked, reply.result) if isinstance(reply, Accepted) else None
        if not (isinstance(found, r.PersonVerified) and found.matches):
            raise Refused("applying.name_other", name="other")

    async def _send(self, subject: str, phone: str) -> None:
        room = self._neighbours
        has_messages = room is not None and room.named(Kind.SMS) is not None
        if not has_messages and not self._server.settings.demo:
            raise Unavailable("applying.no_messages")
        code = self.codes.make(subject, phone)
        if not has_messages or room is None:
            self.shown.append(DemoMessage(phone=phone, code=code))
            return
        minutes = int(VALID_S) // 60
        text = self._server.locales.text("applying.code_message", "zh-CN", code=code, minutes=minutes)
        await room.request(r.SendMessage(phone=phone, text=text), subject=f"applicant:{subject}", within=WITHIN)

    def _subject(self, number: str) -> str:
        return keyed_text(self._server.keys.session, f"applicant/{number}")


def _checked(id_number: str, phone: str | None) -> Person:
    """Whoever is meant.

    Raises:
        Invalid: ``person.id_number``, ``person.phone``, with the field.
    """
    if not id_number.strip():
        raise Invalid("person.id_number", id_number="missing")
    if phone is not None and not phone.strip():
        raise Invalid("person.phone", phone="missing")
    try:
        found = checked(PersonGiven(id_number=id_number, phone=phone))
    except Invalid as exc:
        raise Invalid(exc.code, **{name.removeprefix("person."): word for name, word in exc.fields.items()}) from exc
    if found is None:
        raise Invalid("person.id_number", id_number="missing")
    return found


def _phone_place(person: str) -> str:
    return f"applicant-phone-{person}"


def _card_place(person: str) -> str:
    return f"applicant-phone-by-card-{person}"
