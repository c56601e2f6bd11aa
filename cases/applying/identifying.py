"""Who it is: by a card on the reader beside the machine, or by ID number and a code sent to the phone on record."""

from __future__ import annotations

import math
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import msgspec

from cases.applying.codes import VALID_S, Codes
from cases.applying.messages import How, Identify
from cases.applying.owning import Sight
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
    from cases.applying.model import Application
    from cases.neighbours.room import Room as Neighbours
    from hall_server.server import Server

PHONE_KIND, CARD_KIND = "applicant phone", "applicant phone by card"
"""Whoever was first with a number, which nothing proves and nobody writes any more; and what a card has proved."""
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
    """Which phone a person has proved at a window."""

    async def of(self, person: str) -> frozenset[str]:
        """The one in the form of the last case that a window took in from them and accepted; none: empty."""
        ...


class Identifying:
    """Sends codes, checks codes and cards, begins sessions.

    A code says that somebody has a phone and knows an ID number, not that both are one person's. Only a phone that was
    proved belongs to the person: by a code while the card was read, or in a case that a window took in and accepted.
    Then codes go there only. Until then any phone may get one, and sees what was begun with it (`owning`).

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

    async def send_code(
        self, id_number: str, phone: str, name: str, *, by_card: str = "", is_known: bool = False
    ) -> CodeSent:
        """Send a code.

        Args:
            by_card: the person whose card lies on the reader now: their phone may be another one from now on.
            is_known: the number was read from the card: no name has to belong to it.

        Raises:
            Invalid: ``person.id_number``, ``person.phone``, ``applying.name``. Refused: ``applying.phone_other``,
            ``applying.name_other``. TooMany: ``rate.exceeded``. Unavailable: nobody can send it.
        """
        said = _checked(id_number, phone)
        person = await self._server.vault.known(Person(id_number=said.id_number)) or ""
        await self._check_phone(person, said.phone or "", by_card=by_card)
        if not is_known:
            await self._check_name(said.id_number or "", name)
        subject, to = self._subject(said.id_number or ""), said.phone or ""
        if (wait := self.codes.wait_s(subject, to)) > 0:
            raise TooMany("rate.exceeded", retry_s=math.ceil(wait))
        await self._send(subject, to)
        return CodeSent(phone=masked(to), valid_s=VALID_S, again_s=self.codes.wait_s(subject, to))

    async def by_code(
        self, id_number: str, code: str, machine: Machine, device: str, *, to: str = "", by_card: str = ""
    ) -> tuple[Session, str]:
        """Begin a session with a code.

        Args:
            to: the phone it was sent to; "": the last one that was asked for.
            by_card: the person whose card was read for the session before this one: the phone is theirs for sure.

        Raises:
            Invalid: ``person.id_number``. Refused: as `Codes.use`.
        """
        said = _checked(id_number, to or None)
        number = said.id_number or ""
        phone = self.codes.use(self._subject(number), code, said.phone or "")
        person = await self._server.vault.person(Person(id_number=number))
        await self._check_phone(person, phone, by_card=by_card)  # another may have been proved since it was sent
        if by_card == person:
            await self._server.vault.keep_text(CARD_KIND, _card_place(person), phone)
        return await self._begin(person, CardRead(id_number=number), How.CODE, machine, device, phone)

    async def prove(self, session: Session, id_number: str, code: str, phone: str) -> None:
        """Prove the phone of whoever's card began a session with the code that was sent to it.

        Raises:
            Invalid: ``person.phone``. Refused: as `Codes.use`.
        """
        said = _checked(id_number, phone)
        proved = self.codes.use(self._subject(said.id_number or ""), code, said.phone or "")
        await self._server.vault.keep_text(CARD_KIND, _card_place(session.person), proved)

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
    def asked(id_number: str, phone: str) -> tuple[str, str]:
        """ID number and phone as they are kept, however they are written.

        Raises:
            Invalid: ``person.id_number``, ``person.phone``.
        """
        said = _checked(id_number, phone)
        return said.id_number or "", said.phone or ""

    async def phone_of(self, session: Session) -> str:
        """The phone that may stand in a form unasked: the one the code went to, or the one that was proved."""
        return session.phone or next(iter(await self.proved(session.person)), "")

    async def proved(self, person: str) -> frozenset[str]:
        """The phone that is a person's for sure; none: empty. What a card proved outranks what a window wrote down."""
        by_card = await self._server.vault.text(CARD_KIND, _card_place(person))
        return frozenset({by_card}) if by_card else await self._phones.of(person)

    async def sight(self, session: Session) -> Sight:
        """How far a session sees; asked at every request, for a phone is proved or outranked in between."""
        return await self._sight(session.person, session.how, session.phone)

    async def sight_of(self, person: str, application: Application) -> Sight:
        """How far whoever began an application sees now."""
        return await self._sight(person, application.how, application.phone)

    @property
    def codes(self) -> Codes:
        """The codes of the last minutes."""
        if self._codes is None:
            self._codes = Codes(self._server.clock, self._server.keys.session)
        return self._codes

    async def stands(self, session: Session) -> bool:
        """Whether a session may go on: a code's is over once another phone was proved."""
        if session.how is How.CARD:
            return True
        proved = await self.proved(session.person)
        return not proved or session.phone in proved

    async def is_sure(self, session: Session) -> bool:
        """Whether it surely is the person: by card, or by a phone that they have proved.

        A name that an identity platform has checked is not enough: whoever has seen a card knows both.
        """
        return (await self.sight(session)).is_sure

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

    async def _sight(self, person: str, how: How, phone: str) -> Sight:
        proved = await self.proved(person)
        bound = await self._server.vault.text(PHONE_KIND, _phone_place(person)) or ""
        seen = phone or (bound if how is How.CODE else "")
        return Sight(is_sure=how is How.CARD or seen in proved, phone=seen, proved=proved, bound=bound)

    async def _check_phone(self, person: str, phone: str, *, by_card: str) -> None:
        if not person or by_card == person:
            return
        proved = await self.proved(person)
        if proved and phone not in proved:
            raise Refused("applying.phone_other", phone="other")

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
