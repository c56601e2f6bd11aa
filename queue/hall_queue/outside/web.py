"""Numbers from outside over HTTP: whether and when, taking one, saying that one is here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from hall_queue import messages as m
from hall_queue.issuing import Issued
from hall_queue.model import Channel
from hall_queue.outside.here import HereCodes
from hall_queue.outside_times import check, times
from hall_queue.people import PersonGiven
from hall_queue.picture_types import TicketPicture
from hall_queue.requests import Body, Id, Language, TicketWanted
from hall_queue.room import Room
from hall_queue.web import CodeHandler, RoomHandler
from hall_server.errors import DomainError, Forbidden, Refused
from hall_server.identity import Role
from hall_server.web.routes import PUBLIC, Limit, Route, Verb


class OutsideWanted(Body, frozen=True, kw_only=True):
    """`POST /api/v1/outside`: a number for somebody who is on the way; who it is must be said."""

    matter: Id | None = None
    line: Id | None = None
    person: PersonGiven
    language: Language | None = None


class HereWanted(Body, frozen=True, kw_only=True):
    """`POST /api/v1/outside/here`: the ticket's secret, and the code that hangs in the hall."""

    ticket: Annotated[str, Meta(max_length=40)]
    code: Annotated[str, Meta(max_length=40)] = ""


class OutsideShown(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a number may be had from outside.

    Attributes:
        allowed: the hall (or the line) allows it at all. now: it may be taken this moment.
        refusal: the code of what stands against it; "" where nothing does.
        opens, begins, ends: the opening, and from when to when around it.
        come_s: how long one has to come, seconds, counted from the opening where that is still ahead.
    """

    allowed: bool
    now: bool
    refusal: str
    opens: datetime | None
    begins: datetime | None
    ends: datetime | None
    come_s: float


class HereCode(msgspec.Struct, frozen=True, kw_only=True):
    """The code of the moment."""

    code: str


class OutsideHandler(RoomHandler):
    """`/api/v1/outside`."""

    async def get(self) -> None:
        """Whether, and when."""
        hall = self.room.hall
        matter, line = self.words("matter"), self.words("line")
        id_ = hall.matter(matter).line if matter else line or self._first_that_gives()
        rules, now = hall.rulebook.of(id_ or None), hall.now()
        found = times(rules, hall.taking, now)
        refusal = ""
        try:
            check(rules, hall.taking, id_, now)
        except DomainError as exc:
            refusal = exc.code
        self.answer(
            OutsideShown(
                allowed=rules.outside,
                now=not refusal,
                refusal=refusal,
                opens=found.opens if found else None,
                begins=found.begins if found else None,
                ends=found.ends if found else None,
                come_s=rules.outside_come_s,
            )
        )

    def _first_that_gives(self) -> str:
        """Where nobody says for what: a line that gives numbers outside, whatever holds for the others."""
        lines = self.room.hall.directory.lines_in_order()
        return next((one.id for one in lines if self.room.hall.rulebook.of(one.id).outside), "")

    async def post(self) -> None:
        """Take one.

        Raises:
            Refused: as :func:`hall_queue.outside_times.check` and whatever a number is refused for.
        """
        asked = self.read(OutsideWanted)
        wanted = TicketWanted(
            matter=asked.matter,
            line=asked.line,
            channel=Channel.OUTSIDE,
            person=PersonGiven(id_number=asked.person.id_number, phone=asked.person.phone),
            language=asked.language,
        )
        await self.run(await self.room.command_for(wanted, actor=self.actor, command_id=self.command_id))


class HereHandler(RoomHandler):
    """`…/here`."""

    codes: HereCodes

    async def get(self) -> None:
        """The code of the moment, for the hall's own machines.

        Raises:
            Forbidden: as :func:`check_of_the_hall`.
        """
        check_of_the_hall(self)
        self.answer(HereCode(code=self.codes.now()))

    async def post(self) -> None:
        """Say that one is in the hall; kiosks and staff see it and need no code.

        Raises:
            NotFound: no ticket of today has this secret.
            Refused: ``outside.code_wrong``: the code hangs there no more, or never did.
        """
        wanted = self.read(HereWanted)
        if self.actor.kind is Role.VISITOR and not self.codes.is_good(wanted.code):
            raise Refused("outside.code_wrong", field="code")
        await self.run(m.ComeHere(ticket=self.by_token(wanted.ticket).id))


class HereCodeHandler(CodeHandler):
    """`…/here.svg`: for the kiosks of the hall."""

    codes: HereCodes

    async def get(self) -> None:
        """Draw the code of the moment.

        Raises:
            Forbidden: as :func:`check_of_the_hall`.
        """
        check_of_the_hall(self)
        self.set_header("Cache-Control", "no-store")
        self.draw(f"/m/#here={self.codes.now()}")


def check_of_the_hall(asked: RoomHandler) -> None:
    """Refuse the code to whoever may be anywhere.

    Raises:
        Forbidden: ``ticketing.kiosks_only``: it is for the hall's machines and staff, unless anybody may take numbers.
    """
    settings = asked.room.hall.settings
    if asked.actor.kind is Role.VISITOR and not (settings.open_ticketing or settings.demo):
        raise Forbidden("ticketing.kiosks_only")


def routes(room: Room, codes: HereCodes) -> list[Route]:
    """All of them."""
    per_minute = room.hall.settings.tickets_per_minute
    taking = Limit("tickets", per_s=per_minute / 60, burst=per_minute)
    trying = Limit("outside here", per_s=0.2, burst=20)
    query = {"matter": "for this matter", "line": "or for this line"}
    look = Verb(access=PUBLIC, summary="Whether numbers are given outside", reply=OutsideShown, query=query)
    take = Verb(
        access=PUBLIC,
        summary="Take a number from outside",
        request=OutsideWanted,
        reply=Issued,
        status=201,
        limit=taking,
    )
    come = Verb(access=PUBLIC, summary="Be in the hall", request=HereWanted, reply=TicketPicture, limit=trying)
    code = Verb(access=PUBLIC, summary="The code that says one is in the hall", reply=HereCode)
    draw = Verb(access=PUBLIC, summary="QR code that says one is in the hall", media="image/svg+xml")
    return [
        Route("/api/v1/outside", OutsideHandler, {"GET": look, "POST": take}, options={"room": room}),
        Route("/api/v1/outside/here", HereHandler, {"GET": code, "POST": come}, options={"room": room, "codes": codes}),
        Route("/api/v1/outside/here.svg", HereCodeHandler, {"GET": draw}, options={"room": room, "codes": codes}),
    ]
