"""Printing over HTTP: a slip once more, how it went, plain text, and where a printer stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from devices.gateway.printing.slip import Language, Lines, Listing, Short
from devices.print_jobs import Job, JobState
from devices.printer_places import PlacePrinter, PrinterPlace
from hall_queue.model import Ticket
from hall_server.errors import Forbidden, NotFound
from hall_server.identity import Role
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import DEVICE, MANAGER, PUBLIC, STAFF, Route, Verb

if TYPE_CHECKING:
    from devices.printing import Printing
    from hall_queue.room import Room as Queue

TOKEN = "{token:[\\w-]{22}}"  # noqa: S105  # the shape of a path


class PrintShown(msgspec.Struct, frozen=True, kw_only=True):
    """How the last slip of a ticket went; ``state`` None: none was sent to a printer of the hall."""

    state: JobState | None
    reason: str = ""
    printer: str | None = None


class AgainWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/tickets/{token}/slip`; ``printer``: for staff, who stand beside none."""

    language: Language = Language.CHINESE
    printer: str | None = None


class TextWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/printers/{device}/text`."""

    title: Short
    lines: Lines = ()
    language: Language = Language.CHINESE


class PlaceWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`PUT /api/v1/printers/{device}/kiosk`; None: it serves all kiosks of its place."""

    kiosk: str | None


class PrintHandler(ApiHandler):
    """What the handlers of this room share."""

    printing: Printing
    queue: Queue

    def by_token(self, token: str) -> Ticket:
        """A ticket by its secret.

        Raises:
            NotFound: no ticket of today has it.
        """
        ticket = self.queue.queue.tickets.get(self.queue.queue.by_token.get(token, ""))
        if ticket is None:
            raise NotFound("ticket.unknown")
        return ticket


class SlipHandler(PrintHandler):
    """The slip of a ticket."""

    async def get(self, token: str) -> None:
        """Answer how its last slip went."""
        ticket = self.by_token(token).id
        await self.server.settled()
        job = self.printing.jobs.of_ticket(ticket)
        is_coming = job is None and self.printing.is_to_make(ticket)
        self.answer(PrintShown(state=JobState.SENT) if is_coming else _shown(job))

    async def post(self, token: str) -> None:
        """Print it once more, marked as a copy."""
        ticket, wanted = self.by_token(token), self.read(AgainWanted)
        is_device = self.actor.kind is Role.DEVICE
        if wanted.printer is not None:
            if is_device:
                raise Forbidden("print.not_yours", printer=wanted.printer)
            self.printing.places.printer(wanted.printer)
        kiosk = self.actor.id if is_device else None
        await self.server.settled()
        job = self.printing.again(ticket, printer=wanted.printer, kiosk=kiosk, language=wanted.language)
        self.answer(_shown(job))


class TextHandler(PrintHandler):
    """Plain text on a printer."""

    async def post(self, device: str) -> None:
        """Print it."""
        wanted = self.read(TextWanted)
        printer = self.printing.places.printer(device)
        hall, now = self.server.directory.hall, self.queue.hall.local_now()
        name = (hall.name if wanted.language is Language.CHINESE else hall.name_en or hall.name) if hall else ""
        sheet = Listing(
            language=wanted.language,
            hall=name[:80],
            title=wanted.title,
            lines=wanted.lines,
            printed_at=now.strftime("%Y-%m-%d %H:%M"),
        )
        self.answer(_shown(self.printing.send(printer.id, "print.text", sheet)))


class PlaceHandler(PrintHandler):
    """Where a printer stands."""

    async def put(self, device: str) -> None:
        """Say which kiosk it stands beside."""
        command = PlacePrinter(printer=device, kiosk=self.read(PlaceWanted).kiosk)
        reply = await self.server.execute(command, actor=self.actor, command_id=self.command_id)
        self.answer(msgspec.json.decode(reply, type=PrinterPlace))


def routes(printing: Printing, queue: Queue) -> list[Route]:
    """All routes of printing."""
    options = {"printing": printing, "queue": queue}
    look = Verb(access=PUBLIC, summary="How the last slip of a ticket went", reply=PrintShown)
    again = Verb(
        access=DEVICE | STAFF,
        summary="Print a slip once more, marked as a copy",
        request=AgainWanted,
        reply=PrintShown,
    )
    text = Verb(access=MANAGER, summary="Print plain text", request=TextWanted, reply=PrintShown)
    place = Verb(
        access=MANAGER, summary="Say beside which kiosk a printer stands", request=PlaceWanted, reply=PrinterPlace
    )
    return [
        Route(f"/api/v1/tickets/{TOKEN}/slip", SlipHandler, {"GET": look, "POST": again}, options=options),
        Route("/api/v1/printers/{device}/text", TextHandler, {"POST": text}, options=options),
        Route("/api/v1/printers/{device}/kiosk", PlaceHandler, {"PUT": place}, options=options),
    ]


def _shown(job: Job | None) -> PrintShown:
    return (
        PrintShown(state=None) if job is None else PrintShown(state=job.state, reason=job.reason, printer=job.printer)
    )
