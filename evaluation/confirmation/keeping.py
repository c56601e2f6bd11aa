"""Takes sheets in from every edge: seals what they say and the signatures first, then decides.

What was acknowledged is on the disk; what was refused is erased again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from evaluation.confirmation import messages as c
from evaluation.confirmation import model
from evaluation.confirmation.documents import Documents
from evaluation.confirmation.ink import png
from evaluation.confirmation.model import Content, Field, Ink, Sheet, check_ink, clean, digest
from evaluation.confirmation.requests import SheetDisputed, SheetSigned, SheetWanted
from evaluation.confirmation.sealed_files import SealedFiles
from evaluation.confirmation.service import ConfirmationService
from evaluation.confirmation.templates import Templates
from hall_server.errors import DomainError, Invalid, NotFound, Unavailable
from hall_server.identity import Actor, keyed_text

if TYPE_CHECKING:
    from hall_queue.room import Room as QueueRoom
    from hall_server.directory.model import Matter
    from hall_server.server import Server

SHEET_PART = "sheet"
SAID_KIND, WHY_KIND = "confirmation said", "confirmation read why"


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """A signature as it is sealed: the strokes as canonical JSON, and the picture made of them."""

    strokes: bytes
    picture: bytes

    @property
    def ink(self) -> Ink:
        """The strokes."""
        return msgspec.json.decode(self.strokes, type=Ink)


class Keeper:
    """What the web side asks for."""

    def __init__(
        self, server: Server, queue: QueueRoom, service: ConfirmationService, files: SealedFiles, documents: Documents
    ) -> None:
        self._server = server
        self._queue = queue
        self._service = service
        self.files = files
        self.documents = documents
        self.templates = Templates(server)
        self._turn = asyncio.Lock()

    # -- the window's side

    async def send(self, window: str, wanted: SheetWanted, *, actor: Actor, command_id: str | None) -> bytes:
        """Put a sheet before the visitor; gives the reply as JSON.

        Raises:
            DomainError: as `ConfirmationService.send`, or something of it cannot be shown.
        """
        self._service.check_staff(actor, window)
        confirmation = self._id_for(wanted, actor, command_id)
        content = await self._content(confirmation, window, wanted, actor)
        shown = model.canonical(content)
        matter = self._matter(wanted)
        command = c.SendSheet(
            window=window,
            confirmation=confirmation,
            ticket=wanted.ticket,
            matter=matter.id if matter else None,
            hash=digest(shown),
            to_see=content.to_see,
            parts=content.parts,
            document=wanted.document,
            replaces=wanted.replaces,
        )
        async with self._turn:
            await self.files.keep(confirmation, SHEET_PART, shown)
            async with self._undone(lambda: self.files.erase(confirmation), unless=lambda: self._known(confirmation)):
                reply = await self._server.execute(command, actor=actor, command_id=command_id)
        await self.templates.keep(command.matter, content)
        return reply

    async def shown(self, confirmation: str) -> bytes:
        """The canonical bytes of a sheet.

        Raises:
            NotFound: ``confirmation.erased``.
        """
        found = await self.files.read(confirmation, SHEET_PART)
        if found is None:
            raise NotFound("confirmation.erased")
        return found

    async def content(self, confirmation: str) -> Content:
        """What a sheet shows.

        Raises:
            NotFound: ``confirmation.erased``.
        """
        return msgspec.json.decode(await self.shown(confirmation), type=Content)

    async def signature(self, confirmation: str, ink: str) -> Signature:
        """The signature under a sheet.

        Raises:
            NotFound: ``confirmation.erased``.
        """
        found = await self.files.read(confirmation, _ink_part(ink))
        if found is None:
            raise NotFound("confirmation.erased")
        return msgspec.msgpack.decode(found, type=Signature)

    async def said(self, sheet: Sheet) -> str:
        """The visitor's words about what is wrong; empty where there are none."""
        return (await self._server.vault.text(SAID_KIND, sheet.said) if sheet.said else None) or ""

    # -- the visitor's side

    async def sign(
        self, window: str, confirmation: str, signed: SheetSigned, *, actor: Actor, command_id: str | None
    ) -> bytes:
        """Take a signature in; gives the reply as JSON.

        Raises:
            DomainError: as `ConfirmationService.confirm`, or it is no signature.
        """
        self._service.check_screen(actor, window)
        sheet = self._service.sheet(window, confirmation)
        ink = Ink(aspect=signed.aspect, strokes=signed.strokes)
        check_ink(ink)
        strokes = msgspec.json.encode(ink)
        mark = digest(strokes)
        command = c.ConfirmSheet(
            window=window,
            confirmation=confirmation,
            hash=signed.hash,
            seen=signed.seen,
            ink=mark,
            language=signed.language,
        )
        if sheet.state.is_open:  # else the decision refuses, or repeats its first reply
            picture = await asyncio.to_thread(png, ink)
            sealed = msgspec.msgpack.encode(Signature(strokes=strokes, picture=picture))
        async with self._turn:
            is_new = sheet.state.is_open
            if is_new:
                await self.files.keep(confirmation, _ink_part(mark), sealed)
            undo = self._undone(
                lambda: self.files.drop(confirmation, _ink_part(mark)),
                unless=lambda: not is_new or sheet.ink == mark,
            )
            async with undo:
                return await self._server.execute(command, actor=actor, command_id=command_id)

    async def dispute(
        self, window: str, confirmation: str, disputed: SheetDisputed, *, actor: Actor, command_id: str | None
    ) -> bytes:
        """Take in what is wrong; gives the reply as JSON.

        Raises:
            DomainError: as `ConfirmationService.dispute`.
        """
        self._service.check_screen(actor, window)
        sheet = self._service.sheet(window, confirmation)
        text = clean(disputed.text, field="text", most=model.SAID_MOST, may_be_empty=True, lines=True)
        said = f"said-{confirmation}" if text else None
        command = c.DisputeSheet(
            window=window, confirmation=confirmation, hash=disputed.hash, wrong=disputed.wrong, said=said
        )
        async with self._turn:
            if said and sheet.state.is_open:
                await self._server.vault.keep_text(SAID_KIND, said, text)
            undo = self._undone(
                lambda: self._server.vault.erase(said or ""), unless=lambda: not said or not sheet.state.is_open
            )
            async with undo:
                return await self._server.execute(command, actor=actor, command_id=command_id)

    # -- keeping

    def new_id(self) -> str:
        """A new id that says its day."""
        return dated(self._server.business_day, self._server.ids.new())

    async def why(self, reason: str) -> str:
        """Put the reason for a look away; gives its id in the vault.

        Raises:
            Invalid: there is none, or it is too long.
        """
        text = clean(reason, field="reason", most=200)
        id_ = f"why-{self._server.ids.new()}"
        await self._server.vault.keep_text(WHY_KIND, id_, text)
        return id_

    async def erase(self, confirmation: str, *, document: str | None, words: Iterable[str | None]) -> None:
        """Forget what a sheet said, who signed it, and what was written about it (``words``: ids in the vault)."""
        for one in filter(None, words):
            await self._server.vault.erase(one)
        if document:
            await self.files.erase(document)
        await self.files.erase(confirmation)

    # -- inside

    def _known(self, confirmation: str) -> bool:
        return self._service.is_known(confirmation)

    def _id_for(self, wanted: SheetWanted, actor: Actor, command_id: str | None) -> str:
        """The same for the same request, which must be the same command when it comes again."""
        if command_id is None:
            return self.new_id()
        body = digest(msgspec.json.encode(wanted))
        made = keyed_text(self._server.keys.lookup, f"confirmation\n{actor}\n{command_id}\n{body}")
        return dated(self._server.business_day, made)

    def _matter(self, wanted: SheetWanted) -> Matter | None:
        """The matter that is meant, one of the ticket's.

        Raises:
            Invalid: ``confirmation.matter_unknown``.
        """
        ticket = self._queue.queue.tickets.get(wanted.ticket)
        if ticket is None:
            return None  # the decision refuses it
        of_visit = {line.matter for line in ticket.matters} | {ticket.matter}
        if wanted.matter is not None and wanted.matter not in of_visit:
            raise Invalid("confirmation.matter_unknown", field="matter")
        return self._server.directory.matters.get(wanted.matter or ticket.matter or "")

    async def _content(self, confirmation: str, window_id: str, wanted: SheetWanted, actor: Actor) -> Content:
        directory = self._server.directory
        window, hall = directory.windows.get(window_id), directory.hall
        if window is None or hall is None:
            raise NotFound("confirmation.window_unknown", window=window_id)
        if not (wanted.fields or wanted.materials or wanted.document):
            raise Invalid("confirmation.nothing_to_show", field="fields")
        ticket, matter = self._queue.queue.tickets.get(wanted.ticket), self._matter(wanted)
        member = directory.staff.get(actor.id)
        return Content(
            confirmation=confirmation,
            hall_name=hall.name,
            hall_name_en=hall.name_en,
            window_number=window.number,
            window_name=window.name,
            window_name_en=window.name_en,
            staff=member.number if member else actor.id,
            number=ticket.number if ticket else "",
            matter_code=matter.code if matter else "",
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            title=clean(wanted.title, field="title", most=model.TITLE_MOST, may_be_empty=True),
            fields=tuple(_cleaned(one, at) for at, one in enumerate(wanted.fields)),
            materials=tuple(
                clean(one, field=f"materials.{at}", most=model.MATERIAL_MOST) for at, one in enumerate(wanted.materials)
            ),
            document=await self._document(window_id, wanted.document),
        )

    async def _document(self, window: str, id_: str | None) -> model.DocumentMark | None:
        if id_ is None:
            return None
        kept = await self.documents.kept(id_)
        if kept.window != window:
            raise NotFound("confirmation.document_unknown", field="document")
        return kept.mark

    @contextlib.asynccontextmanager
    async def _undone(self, undo: Callable[[], Awaitable[None]], *, unless: Callable[[], bool]) -> AsyncIterator[None]:
        """Take back what was kept for a command that is refused."""
        try:
            yield
        except Unavailable:
            raise  # whether it was decided is not known: it stays
        except DomainError:
            if not unless():
                await undo()
            raise


def _cleaned(field: Field, at: int) -> Field:
    return Field(
        label=clean(field.label, field=f"fields.{at}.label", most=model.LABEL_MOST),
        value=clean(field.value, field=f"fields.{at}.value", most=model.VALUE_MOST, may_be_empty=True, lines=True),
    )


def dated(day: date, id_: str) -> str:
    """An id that begins with its day, so that files of one day lie together."""
    return f"{day:%y%m%d}-{id_}"


def _ink_part(mark: str) -> str:
    return f"ink-{mark}"
