"""Sends slips to the printers beside kiosks, after the commit and off its way, and says when one did not come out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from devices import page_printing_web, printing_web
from devices.gateway.printing.slip import Language, Printed, Slip
from devices.page_printing import PagePrinting
from devices.paper import Paper
from devices.print_jobs import Job, JobState, PrintJobs
from devices.printer_places import PlacePrinter, PrinterPlaced, PrinterPlaces
from devices.registry import DeviceRegistry
from devices.slips import Slips
from hall_queue.messages import TicketIssued
from hall_queue.model import Channel, Ticket
from hall_server.errors import Invalid, Refused, Unavailable
from hall_server.identity import Actor, Role
from hall_server.messages import Recorded
from hall_server.mqtt.commands import End, Ended
from hall_server.mqtt.presence import Presence, Standing

if TYPE_CHECKING:
    from hall_queue.room import Room as Queue
    from hall_server.server import Server

log = logging.getLogger(__name__)

WITHIN_S = 30.0
"""A slip that is not out by then is of no use: the visitor has gone with the number from the screen."""
ALARM_S = 1800.0
MOST_WAITING = 500
AT_KIOSKS = frozenset({Channel.KIOSK, Channel.APPOINTMENT})
_DEVICE = f"{Role.DEVICE}:"


@dataclass(frozen=True, slots=True)
class PrintAlarm:
    """A slip that did not come out; the dashboards show it among their alarms."""

    code: str
    since: datetime
    fields: dict[str, str | int | None]


class Printing:
    """Gives slips to printers and follows them to their end."""

    def __init__(self, server: Server, queue: Queue, registry: DeviceRegistry) -> None:
        self.places = PrinterPlaces(registry)
        self.pages = PagePrinting(server, self.places)
        self.jobs = PrintJobs()
        self._server = server
        self._queue = queue
        self._slips = Slips(queue)
        self._commands: dict[str, str] = {}  # command → job
        self._alarms: dict[str, PrintAlarm] = {}  # by printer: the last one that failed and was not followed by a good
        self._waiting: asyncio.Queue[tuple[str, str, Language]] = asyncio.Queue(MOST_WAITING)
        self._to_make: set[str] = set()  # tickets whose slip is not yet made

    # -- what the hall tells

    def issued(self, recorded: Recorded) -> None:
        """Note a number that was taken at a kiosk with a printer; the slip is made later."""
        event = recorded.event
        if not isinstance(event, TicketIssued) or event.channel not in AT_KIOSKS or event.offline_at is not None:
            return
        kiosk = recorded.actor.removeprefix(_DEVICE) if recorded.actor.startswith(_DEVICE) else ""
        if not self.places.printers_of(kiosk):
            return
        language = Language.ENGLISH if event.language == Language.ENGLISH else Language.CHINESE
        try:
            self._waiting.put_nowait((event.ticket, kiosk, language))
        except asyncio.QueueFull:
            self._alarm(self._printer_for(kiosk), event.number, "too_many")
        else:
            self._to_make.add(event.ticket)

    async def run(self) -> None:
        """Make and send slips for as long as the server runs."""
        while True:
            ticket, kiosk, language = await self._waiting.get()
            try:
                self._print_first(ticket, kiosk, language)
            except Exception:  # the top of a loop: one slip must not stop the others
                log.exception("slip of %s failed", ticket, extra={"action": "printing.failed"})
            finally:
                self._to_make.discard(ticket)

    def start(self) -> None:
        """Follow commands; once the way to the devices is there."""
        if self._server.router is not None:
            self._server.router.on_command_end(self._ended)
        self.pages.start()
        self._server.spawn(self.run(), "slips")

    # -- what people and devices ask

    def has_paper(self, actor: Actor) -> bool:
        """Whether a printer of the kiosk that asks has paper; one without a printer is not doubted."""
        return actor.kind is not Role.DEVICE or self.has_paper_at(actor.id)

    def has_paper_at(self, kiosk: str) -> bool:
        """Whether a printer of a kiosk has paper; a kiosk without a printer is not doubted."""
        printers = self.places.printers_of(kiosk)
        return not printers or any(self._paper(printer) != Paper.OUT for printer in printers)

    def can_print(self, kiosk: str) -> bool:
        """Whether a printer of a kiosk would print now, as far as is known."""
        return any(not self._trouble(printer) for printer in self.places.printers_of(kiosk))

    def is_to_make(self, ticket: str) -> bool:
        """Whether a ticket's first slip will be made in a moment."""
        return ticket in self._to_make

    async def claim(self, actor: Actor, request_id: str, args: dict[str, Any]) -> dict[str, str]:
        """``print.claim`` {job}: a printer's process takes a job, once.

        Raises:
            Invalid: no job is named. Refused, Forbidden: as `PrintJobs.take`.
        """
        job = args.get("job")
        if not isinstance(job, str) or set(args) != {"job"}:
            raise Invalid("body.invalid", job="expected `str`")
        return {"job": self.jobs.take(job, device=actor.id, request=request_id).id}

    def again(self, ticket: Ticket, *, printer: str | None, kiosk: str | None, language: Language) -> Job:
        """Print a ticket's slip once more, marked as a copy; the number stays what it is.

        Raises:
            Refused: ``print.no_printer``.
        """
        chosen = printer or (self._printer_for(kiosk) if kiosk else None)
        if chosen is None:
            raise Refused("print.no_printer", kiosk=kiosk)
        slip = self._slips.of(ticket, base=self._base(), language=language, is_copy=True)
        return self._send_slip(chosen, slip, ticket.id, kiosk)

    def printer_beside(self, machine: str) -> str | None:
        """The printer for what somebody wants on paper at a machine; None: there is none beside it."""
        return self._printer_for(machine)

    def send(self, printer: str, do: str, sheet: Printed) -> Job:
        """Print something that is no ticket: ``print.appointment``, ``print.text``.

        Raises:
            Unavailable: ``mqtt.no_answer``: the hall has no way to its devices now.
        """
        return self._send(do, sheet, Job(id=self._server.ids.new(), printer=printer, at=self._server.now()))

    def alarms(self) -> Iterator[PrintAlarm]:
        """Of each printer the last slip that did not come out, until a later one does or half an hour is over."""
        now = self._server.now()
        for alarm in list(self._alarms.values()):
            if (now - alarm.since).total_seconds() <= ALARM_S:
                yield alarm

    # -- inside

    def _print_first(self, ticket_id: str, kiosk: str, language: Language) -> None:
        ticket = self._queue.queue.tickets.get(ticket_id)
        printer = self._printer_for(kiosk)
        if ticket is None or printer is None:
            return
        slip = self._slips.of(ticket, base=self._base(), language=language)
        self._send_slip(printer, slip, ticket_id, kiosk)

    def _send_slip(self, printer: str, slip: Slip, ticket: str, kiosk: str | None) -> Job:
        job = Job(
            id=self._server.ids.new(),
            printer=printer,
            at=self._server.now(),
            kiosk=kiosk,
            ticket=ticket,
            number=slip.number,
        )
        return self._send("print.ticket", slip, job)

    def _send(self, do: str, sheet: Printed, job: Job) -> Job:
        self.jobs.add(job)
        trouble = self._trouble(job.printer)
        if self._server.router is None:
            raise Unavailable("mqtt.no_answer")
        if trouble:  # it would not print in time, and the visitor shall know at once
            self._failed(job, trouble)
            return job
        args = {"job": job.id, "sheet": msgspec.to_builtins(sheet)}
        command = self._server.router.command(job.printer, do, args, ttl_s=WITHIN_S)
        self._commands[command] = job.id
        return job

    def _ended(self, ended: Ended) -> None:
        job = self.jobs.of(self._commands.pop(ended.id, ""))
        if job is None:
            return
        if ended.end is End.DONE:
            job.state = JobState.PRINTED
            self._alarms.pop(job.printer, None)
        else:
            self._failed(job, str(ended.detail.get("reason", ended.end.value))[:40])

    def _failed(self, job: Job, reason: str) -> None:
        job.state, job.reason = JobState.FAILED, reason
        log.warning("%s not printed on %s: %s", job.id, job.printer, reason, extra={"action": "printing.failed"})
        self._alarm(job.printer, job.number, reason)

    def _alarm(self, printer: str | None, number: str, reason: str) -> None:
        fields: dict[str, str | int | None] = {"id": printer, "number": number or "–", "reason": reason}
        self._alarms[printer or ""] = PrintAlarm("print.failed", self._server.now(), fields)

    def _printer_for(self, kiosk: str) -> str | None:
        """The kiosk's first printer that can print; where none can, the first."""
        printers = self.places.printers_of(kiosk)
        return next((one for one in printers if not self._trouble(one)), printers[0] if printers else None)

    def _trouble(self, printer: str) -> str:
        """What a printer has said that keeps it from printing; empty: nothing is known."""
        heard = self._heard(printer)
        if heard is None or heard.status in (Standing.ONLINE, Standing.UNKNOWN):
            return ""
        return str(heard.detail.get("reason", heard.status.value))[:40]

    def _paper(self, printer: str) -> object:
        heard = self._heard(printer)
        return heard.detail.get("paper") if heard else None

    def _heard(self, printer: str) -> Presence | None:
        return self._server.router.presence(printer) if self._server.router else None

    def _base(self) -> str | None:
        return self._server.settings.public_url


def install(server: Server, registry: DeviceRegistry) -> Printing | None:
    """Install printing; None in a hall that gives no numbers."""
    queue = server.rooms.get("hall_queue")
    if queue is None:
        return None
    printing = Printing(server, queue, registry)
    server.types.add(PrinterPlaced)
    server.fold(printing.places)
    server.handle(PlacePrinter, printing.places.place)
    server.listen("slips", printing.issued, (TicketIssued.type,))
    server.on_request("print.claim", printing.claim)
    server.on_request("print.fetch", printing.pages.fetch)
    server.route(*printing_web.routes(printing, queue), *page_printing_web.routes(printing.pages))
    server.rooms["printing"], server.rooms["page_printing"] = printing, printing.pages
    kiosks_own = queue.hall.ports.has_paper
    queue.hall.ports.has_paper = lambda actor: kiosks_own(actor) and printing.has_paper(actor)
    return printing
