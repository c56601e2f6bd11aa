"""A manager's hand over HTTP: pin, reassign with a preview, switch lines and windows, the log and the way back."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hall_queue import messages as m
from hall_queue.hand import messages as h
from hall_queue.hand.pictures import HandPictures, LineWaiting, LogPicture, TicketsFound
from hall_queue.hand.preview import Preview, preview
from hall_queue.hand.views import LOG, TOPIC, WAITING
from hall_queue.model import Alone, PauseReason, Then
from hall_queue.notices.web import Typed
from hall_queue.notices.words import reason_of
from hall_queue.picture_types import DeskPicture, LinePicture
from hall_queue.requests import Body, Id
from hall_server.directory.model import Window
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, Route, Verb

LINES_MOST = 200
MATTERS_MOST = 5_000
PREVIEW_BYTES = 512 * 1024


class Pinning(Body, frozen=True, kw_only=True):
    """`POST /api/v1/hand/pin`: put a waiting ticket before all others, or take that back."""

    ticket: Id
    pinned: bool = True
    reason: Typed = ""


class Moving(Body, frozen=True, kw_only=True):
    """`POST /api/v1/hand/move`: let a waiting ticket wait for a line, a matter, a window or a person."""

    ticket: Id
    line: Id | None = None
    matter: Id | None = None
    window: Id | None = None
    staff: Id | None = None
    reason: Typed = ""


class Skilled(Body, frozen=True, kw_only=True):
    """What a window shall serve: lines in order of preference, and which of their matters (none named: all)."""

    lines: Annotated[tuple[Id, ...], Meta(max_length=LINES_MOST)]
    matters: Annotated[tuple[Id, ...], Meta(max_length=MATTERS_MOST)] = ()


class Reassigning(Skilled, frozen=True, kw_only=True):
    """The same, and why."""

    reason: Typed = ""


class LineSwitch(Body, frozen=True, kw_only=True):
    """`POST /api/v1/hand/lines/{line}`."""

    open: bool
    reason: Typed = ""


class WindowSwitch(Body, frozen=True, kw_only=True):
    """`POST /api/v1/hand/windows/{window}`."""

    to: h.WindowDeed
    staff: Id | None = None
    why: PauseReason = PauseReason.BREAK
    alone: Alone | None = None
    reassign_to: Id | None = None
    then: Then | None = None
    anyway: bool = False
    reason: Typed = ""


class HandHandler(ApiHandler):
    """A handler of the hand."""

    pictures: HandPictures


class LogHandler(HandHandler):
    """The log of today."""

    async def get(self) -> None:
        """Answer with the picture that the live feed shows."""
        await self.answer_picture(TOPIC, LOG)


class WaitingHandler(HandHandler):
    """Who waits in a line."""

    async def get(self, line: str) -> None:
        """Answer with the picture that the live feed shows."""
        self.pictures.hall.line(line)
        await self.answer_picture(WAITING, line)


class FindHandler(HandHandler):
    """Tickets by number."""

    async def get(self) -> None:
        """Answer with those that fit."""
        found = self.pictures.found(self.words("q"))
        await self.server.settled()
        self.answer(found)


class PinHandler(HandHandler):
    """The first place."""

    async def post(self) -> None:
        """Give it, or take it back."""
        wanted = self.read(Pinning)
        command = m.PinTicket(ticket=wanted.ticket, pinned=wanted.pinned, reason=reason_of(wanted.reason))
        await self.server.execute(command, actor=self.actor, command_id=self.command_id)
        self.answer_nothing()


class MoveHandler(HandHandler):
    """Where somebody waits."""

    async def post(self) -> None:
        """Let them wait elsewhere."""
        wanted = self.read(Moving)
        command = m.MoveTicket(
            ticket=wanted.ticket,
            line=wanted.line,
            matter=wanted.matter,
            to_window=wanted.window,
            staff=wanted.staff,
            reason=reason_of(wanted.reason),
        )
        await self.server.execute(command, actor=self.actor, command_id=self.command_id)
        self.answer_nothing()


class PreviewHandler(HandHandler):
    """What a reassignment would do."""

    async def post(self, window: str) -> None:
        """Answer with the effect on the waits; nothing changes."""
        wanted = self.read(Skilled)
        found = preview(self.pictures.hall, window, wanted.lines, wanted.matters)
        await self.server.settled()
        self.answer(found)


class ReassignHandler(HandHandler):
    """Skills of a window."""

    async def post(self, window: str) -> None:
        """Change them."""
        wanted = self.read(Reassigning)
        await self.run(
            h.ReassignWindow(window=window, lines=wanted.lines, matters=wanted.matters, reason=wanted.reason)
        )


class LineHandler(HandHandler):
    """Whether a line gives numbers."""

    async def post(self, line: str) -> None:
        """Switch it."""
        wanted = self.read(LineSwitch)
        await self.run(h.SwitchLine(line=line, is_open=wanted.open, reason=wanted.reason))


class WindowHandler(HandHandler):
    """Whether a window serves."""

    async def post(self, window: str) -> None:
        """Switch it."""
        await self.run(h.SwitchWindow(window=window, **msgspec.structs.asdict(self.read(WindowSwitch))))


class UndoHandler(HandHandler):
    """The way back from a deed."""

    async def post(self, deed: str) -> None:
        """Go it."""
        await self.server.execute(h.UndoDeed(deed=deed), actor=self.actor, command_id=self.command_id)
        self.answer_nothing()


def routes(pictures: HandPictures) -> list[Route]:
    """The addresses, all of them for managers."""
    query = {"q": "beginning of the number"}
    line = {
        "GET": _verb("A line in calling order", reply=LineWaiting),
        "POST": _verb("Switch a line", LineSwitch, LinePicture),
    }
    foresee = _verb("What other skills of a window would do to the waits", Skilled, Preview)
    table: dict[str, tuple[type[HandHandler], dict[str, Verb]]] = {
        "": (LogHandler, {"GET": _verb("What managers did today", reply=LogPicture)}),
        "/tickets": (FindHandler, {"GET": _verb("Find tickets by number", reply=TicketsFound, query=query)}),
        "/pin": (PinHandler, {"POST": _verb("Put a ticket first, or back", Pinning, status=204)}),
        "/move": (MoveHandler, {"POST": _verb("Let a ticket wait elsewhere", Moving, status=204)}),
        "/windows/{window}": (WindowHandler, {"POST": _verb("Switch a window", WindowSwitch, DeskPicture)}),
        "/{deed}/undo": (UndoHandler, {"POST": _verb("Take a deed back", status=204)}),
    }
    skills: dict[str, tuple[type[HandHandler], dict[str, Verb]]] = {
        "preview": (PreviewHandler, {"POST": foresee}),
        "reassign": (ReassignHandler, {"POST": _verb("Let a window serve other lines", Reassigning, Window)}),
    }
    options = {"pictures": pictures}
    return [
        *(Route(f"/api/v1/hand{path}", handler, verbs, options=options) for path, (handler, verbs) in table.items()),
        Route("/api/v1/hand/lines/{line}", WaitingHandler, {"GET": line["GET"]}, options=options),
        Route("/api/v1/hand/lines/{line}", LineHandler, {"POST": line["POST"]}, options=options),
        *(
            Route(f"/api/v1/windows/{{window}}/{name}", handler, verbs, body_limit=PREVIEW_BYTES, options=options)
            for name, (handler, verbs) in skills.items()
        ),
    ]


def _verb(summary: str, request: Any = None, reply: Any = None, **more: Any) -> Verb:
    return Verb(access=MANAGER, summary=summary, request=request, reply=reply, **more)
