"""Notices and the emergency over HTTP: everybody reads them, managers make them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from hall_queue.notices import messages as n
from hall_queue.notices.model import DEFAULTS, Emergency, EmergencyKind, Notice, NoticeKind
from hall_queue.notices.state import Notices
from hall_queue.notices.view import KEY, TOPIC, NoticesPicture
from hall_queue.requests import Body
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, PUBLIC, SIGNED_IN, Route, Verb

Typed = Annotated[str, Meta(max_length=10_000)]  # how long it may be is the rules' business, who say so in words


class NoticeWanted(Body, frozen=True, kw_only=True):
    """`POST /api/v1/notices`."""

    zh: Typed = ""
    en: Typed = ""
    zones: tuple[Annotated[str, Meta(max_length=80)], ...] = ()
    kind: NoticeKind = NoticeKind.INFO
    until: datetime
    reason: Typed = ""


class EmergencyWanted(Body, frozen=True, kw_only=True):
    """`POST /api/v1/emergency`; empty texts: the kind's own."""

    kind: EmergencyKind
    zh: Typed = ""
    en: Typed = ""
    do_zh: Typed = ""
    do_en: Typed = ""
    stops_issuing: bool = True
    stops_calling: bool | None = None
    reason: Typed = ""


class Why(Body, frozen=True, kw_only=True):
    """Why something is done."""

    reason: Typed = ""


class UsualWords(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind of emergency says and stops where nobody says otherwise."""

    kind: EmergencyKind
    zh: str
    en: str
    do_zh: str
    do_en: str
    stops_calling: bool


class EmergencyKnown(msgspec.Struct, frozen=True, kw_only=True):
    """The emergency as staff may know it: with who raised it and why; and the words of each kind."""

    emergency: Emergency | None
    by_name: str
    kinds: tuple[UsualWords, ...]


class NoticesHandler(ApiHandler):
    """What the hall has to say."""

    async def get(self) -> None:
        """Answer with the picture that the live feed shows."""
        await self.answer_picture(TOPIC, KEY)

    async def post(self) -> None:
        """Broadcast a notice."""
        wanted = self.read(NoticeWanted)
        await self.run(n.BroadcastNotice(**msgspec.structs.asdict(wanted)))


class WithdrawHandler(ApiHandler):
    """The end of a notice."""

    async def post(self, notice: str) -> None:
        """Withdraw it."""
        await self.run(n.WithdrawNotice(notice=notice, reason=self.read(Why).reason))


class EmergencyHandler(ApiHandler):
    """The emergency stop."""

    notices: Notices
    staff_name: Callable[[str], str]

    async def get(self) -> None:
        """Answer with what staff may know."""
        present = self.notices.emergency
        usual = tuple(UsualWords(kind=kind, **words._asdict()) for kind, words in DEFAULTS.items())
        name = self.staff_name(present.by.partition(":")[2]) if present else ""
        await self.server.settled()
        self.answer(EmergencyKnown(emergency=present, by_name=name, kinds=usual))

    async def post(self) -> None:
        """Raise it."""
        await self.run(n.RaiseEmergency(**msgspec.structs.asdict(self.read(EmergencyWanted))))


class LiftHandler(ApiHandler):
    """The end of an emergency."""

    async def post(self) -> None:
        """Lift it."""
        await self.server.execute(
            n.LiftEmergency(reason=self.read(Why).reason), actor=self.actor, command_id=self.command_id
        )
        self.answer_nothing()


def routes(notices: Notices, staff_name: Callable[[str], str]) -> list[Route]:
    """The addresses."""
    shown = Verb(access=PUBLIC, summary="The emergency and the notices", reply=NoticesPicture)
    broadcast = Verb(access=MANAGER, summary="Broadcast a notice", request=NoticeWanted, reply=Notice, status=201)
    withdraw = Verb(access=MANAGER, summary="Withdraw a notice", request=Why, reply=Notice)
    known = Verb(access=SIGNED_IN, summary="The emergency with who raised it and why", reply=EmergencyKnown)
    raised = Verb(access=MANAGER, summary="Raise an emergency", request=EmergencyWanted, reply=Emergency, status=201)
    lifted = Verb(access=MANAGER, summary="Lift the emergency", request=Why, status=204)
    options = {"notices": notices, "staff_name": staff_name}
    return [
        Route("/api/v1/notices", NoticesHandler, {"GET": shown, "POST": broadcast}),
        Route("/api/v1/notices/{notice}/withdraw", WithdrawHandler, {"POST": withdraw}),
        Route("/api/v1/emergency", EmergencyHandler, {"GET": known, "POST": raised}, options=options),
        Route("/api/v1/emergency/lift", LiftHandler, {"POST": lifted}),
    ]
