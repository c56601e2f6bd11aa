"""Confirmations over HTTP: the window sends, its screens show and hand in, and nobody else sees anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from evaluation.confirmation import messages as c
from evaluation.confirmation.documents import UPLOAD_MOST
from evaluation.confirmation.keeping import Keeper
from evaluation.confirmation.model import DocumentMark, Field, SheetState, clean
from evaluation.confirmation.requests import ScreenWord, SheetDisputed, SheetSeen, SheetSigned, SheetWanted
from evaluation.confirmation.screens import ScreenOrders, Screens
from evaluation.confirmation.service import ConfirmationService, SheetMoved
from evaluation.confirmation.state import Sheets
from evaluation.confirmation.views import ConfirmationPicture
from hall_server.errors import Forbidden, NotFound
from hall_server.identity import Actor, Role
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import DEVICE, MANAGER, PUBLIC, SIGNED_IN, Access, Route, Verb, api

if TYPE_CHECKING:
    from hall_queue.room import Room as QueueRoom
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"
BASE = "/api/v1/windows/{window}/confirmations"
STAFF_ONLY = SIGNED_IN
SCREEN: Access = DEVICE | SIGNED_IN
SENT_MOST = 256 * 1024
"""Bytes of a body with a sheet: all its fields and materials at their longest, in Chinese."""
SIGNED_MOST = 2 * 1024 * 1024
"""Bytes of a body with strokes: 20,000 points of some 40 letters, with room."""


class MatterOffered(msgspec.Struct, frozen=True, kw_only=True):
    """A matter of the visit, with the materials its guidance names."""

    id: str
    name: str
    name_en: str
    materials: tuple[str, ...]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What the dialog begins with: of the ticket that is served, and of the last sheet of the same matter."""

    ticket: str
    number: str
    matter: str | None
    matters: list[MatterOffered]
    title: str
    fields: list[Field]
    has_template: bool


class SheetText(msgspec.Struct, frozen=True, kw_only=True):
    """What a sheet shows: the canonical JSON as a text, so that whoever reads it can hash the very bytes."""

    id: str
    hash: str
    state: SheetState
    content: str


class SheetSaid(msgspec.Struct, frozen=True, kw_only=True):
    """What the visitor says is wrong."""

    wrong: tuple[str, ...]
    text: str


class ConfirmationHandler(ApiHandler):
    """A handler of this room."""

    hall: Server
    queue: QueueRoom
    keeper: Keeper
    service: ConfirmationService
    sheets: Sheets
    screens: Screens


class WindowHandler(ConfirmationHandler):
    """A window's sheets."""

    async def get(self, window: str) -> None:
        """Answer with where they stand."""
        self.service.check_staff(self.actor, window)
        await self.answer_picture("confirmation", window)

    async def post(self, window: str) -> None:
        """Send one."""
        wanted = self.read(SheetWanted)
        reply = await self.keeper.send(window, wanted, actor=self.actor, command_id=self.command_id)
        self.answer(msgspec.Raw(reply))


class DraftHandler(ConfirmationHandler):
    """What the dialog begins with."""

    async def get(self, window: str) -> None:
        """Answer with it."""
        self.service.check_staff(self.actor, window)
        ticket = self.queue.queue.tickets.get(self.queue.queue.desk(window).ticket or "")
        if ticket is None:
            raise NotFound("confirmation.nobody", window=window)
        directory = self.hall.directory
        ids = dict.fromkeys([ticket.matter, *(one.matter for one in ticket.matters)])
        matters = [found for id_ in ids if id_ and (found := directory.matters.get(id_))]
        asked = self.words("matter") or (ticket.matter or "")
        matter = asked if asked in ids else ticket.matter
        template = await self.keeper.templates.of(matter)
        await self.hall.settled()
        self.answer(
            Draft(
                ticket=ticket.id,
                number=ticket.number,
                matter=matter,
                matters=[
                    MatterOffered(
                        id=one.id,
                        name=one.name,
                        name_en=one.name_en,
                        materials=one.guidance.materials if one.guidance else (),
                    )
                    for one in matters
                ],
                title=template.title if template else "",
                fields=[Field(label=label, value="") for label in (template.labels if template else ())],
                has_template=template is not None,
            )
        )


class UploadHandler(ConfirmationHandler):
    """Documents to be shown."""

    async def check_request(self) -> None:
        """Refuse whoever does not serve at the window before the file has come."""
        await super().check_request()
        self.service.check_staff(self.actor, self.path_kwargs["window"])

    async def post(self, window: str) -> None:
        """Take one in."""
        name = clean(self.words("name"), field="name", most=120, may_be_empty=True)
        mark = await self.keeper.documents.take(self.keeper.new_id(), window, name, self.raw_body)
        self.answer(mark)


class PageHandler(ConfirmationHandler):
    """A page of a document."""

    async def get(self, window: str, document: str, page: str) -> None:
        """Send its picture: to the window's staff, and to its screens while a sheet with it is open."""
        _check_reader(self.service, self.sheets, self.actor, window, document=document)
        kept = await self.keeper.documents.kept(document)
        if kept.window != window or int(page) >= len(kept.pictures):
            raise NotFound("confirmation.document_unknown", field="document")
        picture = kept.pictures[int(page)]
        self.set_header("Content-Type", "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg")
        self.finish(picture)


class SheetHandler(ConfirmationHandler):
    """What a sheet says."""

    async def get(self, window: str, confirmation: str) -> None:
        """Send the bytes that are signed: to screens while it is open, to the window's staff on its day."""
        self.service.check_screen(self.actor, window)
        sheet = self.service.sheet(window, confirmation)
        _check_reader(self.service, self.sheets, self.actor, window, confirmation=confirmation)
        content = await self.keeper.shown(confirmation)
        await self.hall.settled()
        self.answer(SheetText(id=sheet.id, hash=sheet.hash, state=sheet.state, content=content.decode()))


class SaidHandler(ConfirmationHandler):
    """What the visitor says is wrong."""

    async def get(self, window: str, confirmation: str) -> None:
        """Tell the window's staff."""
        self.service.check_staff(self.actor, window)
        sheet = self.service.sheet(window, confirmation)
        await self.hall.settled()
        self.answer(SheetSaid(wrong=sheet.wrong, text=await self.keeper.said(sheet)))


class WithdrawHandler(ConfirmationHandler):
    """The window takes a sheet back."""

    async def post(self, window: str, confirmation: str) -> None:
        """Take it back."""
        await self.run(c.WithdrawSheet(window=window, confirmation=confirmation))


class ShownHandler(ConfirmationHandler):
    """A screen shows a sheet."""

    async def post(self, window: str, confirmation: str) -> None:
        """Note it."""
        await self.run(c.NoteShown(window=window, confirmation=confirmation, hash=self.read(SheetSeen).hash))


class RefuseHandler(ConfirmationHandler):
    """The visitor does not confirm."""

    async def post(self, window: str, confirmation: str) -> None:
        """End it."""
        await self.run(c.RefuseSheet(window=window, confirmation=confirmation, hash=self.read(SheetSeen).hash))


class SignHandler(ConfirmationHandler):
    """The visitor confirms and has signed."""

    async def post(self, window: str, confirmation: str) -> None:
        """Keep the signature, then say so."""
        signed = self.read(SheetSigned)
        reply = await self.keeper.sign(window, confirmation, signed, actor=self.actor, command_id=self.command_id)
        self.answer(msgspec.Raw(reply))


class DisputeHandler(ConfirmationHandler):
    """The visitor says that something is wrong."""

    async def post(self, window: str, confirmation: str) -> None:
        """Give it back to the window."""
        said = self.read(SheetDisputed)
        reply = await self.keeper.dispute(window, confirmation, said, actor=self.actor, command_id=self.command_id)
        self.answer(msgspec.Raw(reply))


class ScreenHandler(ConfirmationHandler):
    """What a screen says and asks; a staff session is not kept alive by it."""

    keeps_session = False
    _word: ScreenWord | None = None
    _has_gone = False

    async def post(self, window: str) -> None:
        """Answer when it should show something else, or after a while."""
        word = self.read(ScreenWord)
        self.service.check_screen(self.actor, window)
        self._word = word
        try:
            await self.screens.talk(window, word, self)
        finally:
            self.screens.left(window, word, self)
        if self._has_gone:
            return
        orders = self.screens.orders(window, word)
        await self.hall.settled()
        if not self._has_gone:
            self.answer(orders)

    def on_connection_close(self) -> None:
        """The page has gone in the middle of its question."""
        super().on_connection_close()
        self._has_gone = True
        if self._word is not None:
            self.screens.left(self.path_kwargs["window"], self._word, self)


def _check_reader(
    service: ConfirmationService,
    sheets: Sheets,
    actor: Actor,
    window: str,
    *,
    confirmation: str | None = None,
    document: str | None = None,
) -> None:
    """Let a pad read of the sheet that is open and of nothing else.

    Raises:
        Forbidden: ``confirmation.not_here``, ``confirmation.over``.
    """
    service.check_screen(actor, window)
    if actor.kind is not Role.DEVICE:
        return
    present = sheets.open(window)
    if (
        present is None
        or (confirmation or present.id) != present.id
        or (document or present.document) != present.document
    ):
        raise Forbidden("confirmation.not_open")


def routes(options: dict[str, Any]) -> list[Route]:
    """The room's addresses; ``options`` are the handlers' attributes."""
    sent = Verb(
        access=STAFF_ONLY, summary="Put a sheet before the visitor", request=SheetWanted, reply=SheetMoved, status=201
    )
    seen = Verb(access=STAFF_ONLY, summary="Where a window's sheets stand", reply=ConfirmationPicture)
    drafted = Verb(
        access=STAFF_ONLY,
        summary="What the next sheet begins with",
        reply=Draft,
        query={"matter": "one of the visit's matters; without it the present one"},
    )
    uploaded = Verb(
        access=STAFF_ONLY,
        summary="A document to be shown: PDF or picture, the body is the file",
        query={"name": "what the file is called"},
        reply=DocumentMark,
        status=201,
    )
    table: list[tuple[str, type[ConfirmationHandler], dict[str, Verb]]] = [
        (f"{BASE}/draft", DraftHandler, {"GET": drafted}),
        (f"{BASE}/screen", ScreenHandler, {"POST": _screen("A screen asks what to show", ScreenWord, ScreenOrders)}),
        (f"{BASE}/{{confirmation}}/sheet", SheetHandler, {"GET": _screen("What a sheet says", None, SheetText)}),
        (
            f"{BASE}/{{confirmation}}/said",
            SaidHandler,
            {"GET": Verb(access=STAFF_ONLY, summary="What the visitor says is wrong", reply=SheetSaid)},
        ),
        (
            f"{BASE}/{{confirmation}}/withdraw",
            WithdrawHandler,
            {"POST": Verb(access=STAFF_ONLY, summary="Take a sheet back", reply=SheetMoved)},
        ),
        (f"{BASE}/{{confirmation}}/shown", ShownHandler, {"POST": _screen("A screen shows it", SheetSeen, SheetMoved)}),
        (f"{BASE}/{{confirmation}}/refuse", RefuseHandler, {"POST": _screen("Not confirmed", SheetSeen, SheetMoved)}),
        (
            f"{BASE}/{{confirmation}}/dispute",
            DisputeHandler,
            {"POST": _screen("Something is wrong", SheetDisputed, SheetMoved)},
        ),
    ]
    made = [Route(path, handler, verbs, options=options) for path, handler, verbs in table]
    window = api(BASE, WindowHandler, get=seen, post=sent, body_limit=SENT_MOST)
    upload = api(f"{BASE}/documents", UploadHandler, post=uploaded, body_limit=UPLOAD_MOST)
    signed = api(
        f"{BASE}/{{confirmation}}/sign",
        SignHandler,
        post=_screen("Confirmed and signed", SheetSigned, SheetMoved),
        body_limit=SIGNED_MOST,
    )
    page = Route(
        f"{BASE}/documents/{{document}}/pages/{{page:[0-9]{{1,2}}}}",
        PageHandler,
        {"GET": Verb(access=SCREEN, summary="A page of a document as a picture", media="image/*")},
    )
    made += [_with(one, options) for one in (window, upload, signed, page)]
    pages = page_routes("confirmation", PAGES, {"/confirm/{window}": "confirm.html"}, access=PUBLIC)
    pages += page_routes("confirmation", PAGES, {"/manager/confirmations": "office.html"}, access=MANAGER)
    return [*made, *pages, file_route("confirmation", PAGES)]


def _screen(summary: str, request: Any, reply: Any) -> Verb:
    return Verb(access=SCREEN, summary=summary, request=request, reply=reply)


def _with(route: Route, options: dict[str, Any]) -> Route:
    return Route(route.path, route.handler, route.verbs, route.kind, route.body_limit, options)
