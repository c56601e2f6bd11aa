"""Sends PDF files to the A4 printers beside terminals and follows each to its end; a file lies in memory meanwhile.

The command names a job only. The printer's process takes the job once (``print.fetch``), gets a word for its file, and
fetches it over HTTP: no certificate passes the broker.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from devices.model import DeviceKind
from devices.print_jobs import Job, JobState, PrintJobs
from hall_server.errors import Invalid, NotFound, Refused, TooLarge, Unavailable
from hall_server.identity import Actor
from hall_server.mqtt.commands import End, Ended
from hall_server.mqtt.presence import Presence, Standing

if TYPE_CHECKING:
    from devices.printer_places import PrinterPlaces
    from hall_server.server import Server

log = logging.getLogger(__name__)

DO = "print.document"
WITHIN_S = 120.0
"""Longer than a printer's process may take to fetch and print; afterwards the visitor has gone."""
MOST_BYTES = 32 * 1024 * 1024
MOST_WAITING = 32
"""Files in memory at a time."""
PATH = "/api/v1/print-files/{job}"


class PagesState(StrEnum):
    """How the A4 printer beside a machine is, as far as a visitor is concerned."""

    READY = "ready"
    OUT = "out"  # of paper
    JAM = "jam"
    AWAY = "away"  # switched off, or in other trouble


class FileWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to ``print.fetch``.

    Attributes:
        path: of the file, at the hall's web address. word: what opens it (header ``X-Print-Word``).
        sha256: of the file.
    """

    job: str
    path: str
    word: str
    sha256: str


class _File(msgspec.Struct, kw_only=True):
    content: bytes
    word: str


JobListener = Callable[[Job], None]


class PagePrinting:
    """``server.rooms["page_printing"]``."""

    def __init__(self, server: Server, places: PrinterPlaces) -> None:
        self.jobs = PrintJobs()
        self._server = server
        self._places = places
        self._files: dict[str, _File] = {}
        self._commands: dict[str, str] = {}
        self._listeners: list[JobListener] = []

    def on_end(self, listener: JobListener) -> None:
        """Have a listener told of each job that has ended."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Follow commands; once the way to the devices is there."""
        if self._server.router is not None:
            self._server.router.on_command_end(self._ended)

    # -- what a machine's page asks

    def state(self, machine: str) -> PagesState | None:
        """How the best of the machine's printers is; None: there is none beside it."""
        printers = self._places.printers_of(machine, DeviceKind.PAGE_PRINTER)
        states = [_state(self._trouble(one)) for one in printers]
        return min(states, key=list(PagesState).index, default=None)

    def printer_beside(self, machine: str) -> str | None:
        """The machine's first printer that can print; where none can, the first; None: there is none."""
        printers = self._places.printers_of(machine, DeviceKind.PAGE_PRINTER)
        return next((one for one in printers if not self._trouble(one)), printers[0] if printers else None)

    def print(self, machine: str, pdf: bytes) -> Job:
        """Print a file beside a machine; its end is told to the listeners, also where it fails at once.

        Raises:
            Refused: ``print.no_printer``, ``print.too_many``. TooLarge: ``print.too_large``.
            Invalid: ``print.not_pdf``.
            Unavailable: ``mqtt.no_answer``: the hall has no way to its devices now.
        """
        printer = self.printer_beside(machine)
        if printer is None:
            raise Refused("print.no_printer", kiosk=machine)
        if not pdf.startswith(b"%PDF-"):
            raise Invalid("print.not_pdf")
        if len(pdf) > MOST_BYTES:
            raise TooLarge("print.too_large", most=MOST_BYTES)
        if len(self._files) >= MOST_WAITING:
            raise Refused("print.too_many", most=MOST_WAITING)
        if self._server.router is None:
            raise Unavailable("mqtt.no_answer")
        job = Job(id=self._server.ids.new(), printer=printer, at=self._server.now(), kiosk=machine)
        self.jobs.add(job)
        trouble = self._trouble(printer)
        if trouble:  # it would not print in time, and the visitor shall know at once
            self._over(job, JobState.FAILED, trouble)
            return job
        self._files[job.id] = _File(content=pdf, word=secrets.token_urlsafe(32))
        self._commands[self._server.router.command(printer, DO, {"job": job.id}, ttl_s=WITHIN_S)] = job.id
        return job

    # -- what a printer's process asks

    async def fetch(self, actor: Actor, request_id: str, args: dict[str, Any]) -> FileWanted:
        """``print.fetch`` {job}: give a job to a printer's process, once, with the word for its file.

        Raises:
            Invalid: no job is named. Refused, Forbidden: as `PrintJobs.take`.
        """
        job = args.get("job")
        if not isinstance(job, str) or set(args) != {"job"}:
            raise Invalid("body.invalid", job="expected `str`")
        taken = self.jobs.take(job, device=actor.id, request=request_id)
        file = self._files.get(taken.id)
        if file is None:
            raise Refused("print.over", job=job)
        digest = hashlib.sha256(file.content).hexdigest()
        return FileWanted(job=taken.id, path=PATH.format(job=taken.id), word=file.word, sha256=digest)

    def file(self, job: str, word: str) -> bytes:
        """The file of a job that was taken, for whoever has its word.

        Raises:
            NotFound: ``print.unknown_job``; also for a wrong word.
        """
        file, known = self._files.get(job), self.jobs.of(job)
        if file is None or known is None or known.state is not JobState.TAKEN:
            raise NotFound("print.unknown_job", job=job)
        if not hmac.compare_digest(file.word.encode(), word.encode()):
            raise NotFound("print.unknown_job", job=job)
        return file.content

    # -- inside

    def _ended(self, ended: Ended) -> None:
        job = self.jobs.of(self._commands.pop(ended.id, ""))
        if job is None:
            return
        if ended.end is End.DONE:
            sheets = ended.detail.get("sheets")
            job.sheets = sheets if isinstance(sheets, int) else None
            self._over(job, JobState.PRINTED, "")
            return
        job.is_begun = job.state is JobState.TAKEN and ended.detail.get("begun") is not False
        self._over(job, JobState.FAILED, str(ended.detail.get("reason", ended.end.value))[:40])

    def _over(self, job: Job, state: JobState, reason: str) -> None:
        job.state, job.reason = state, reason
        self._files.pop(job.id, None)
        if state is JobState.FAILED:
            log.warning("%s not printed on %s: %s", job.id, job.printer, reason, extra={"action": "printing.failed"})
        for listener in self._listeners:
            listener(job)

    def _trouble(self, printer: str) -> str:
        """What keeps a printer from printing, as far as it has said; one that was never heard is away."""
        heard = self._heard(printer)
        if heard is None:
            return Standing.OFFLINE.value
        if heard.status is Standing.ONLINE:
            return ""
        return str(heard.detail.get("reason", heard.status.value))[:40]

    def _heard(self, printer: str) -> Presence | None:
        return self._server.router.presence(printer) if self._server.router else None


def _state(trouble: str) -> PagesState:
    return {"": PagesState.READY, "paper_out": PagesState.OUT, "jam": PagesState.JAM}.get(trouble, PagesState.AWAY)
