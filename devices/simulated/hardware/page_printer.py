"""An A4 printer that speaks IPP and takes PDF on a raw port with PJL; it uses paper up, jams, and keeps every page.

``python -m devices.simulated.hardware.page_printer --ipp 631 --raw 9100 --out DIR`` runs one and writes every page as a
PDF of its own. Lines on its standard input are what people do to it: ``paper 5``, ``jam 1`` (after so many pages),
``clear``, ``cover open``, ``cover shut``, ``hold 1``, ``go``, ``off``, ``on``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import sys
from collections import deque
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path

import msgspec
import pypdfium2  # type: ignore[import-untyped]  # it has no types
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from devices.gateway.protocols import ipp
from devices.gateway.protocols.errors import BadFrame
from devices.gateway.protocols.ipp import Attribute, GroupTag, Operation, Tag
from devices.simulated.hardware.pjl_port import PjlPort

FULL_TRAY = 250
KEPT = 500
GOOD, NOT_FOUND, NOT_POSSIBLE, NO_FORMAT, BAD = 0x0000, 0x0406, 0x0404, 0x040A, 0x0400


class JobState(IntEnum):
    """Source: RFC 8011, 5.3.7."""

    PROCESSING = 5
    STOPPED = 6
    CANCELLED = 7
    ABORTED = 8
    COMPLETED = 9


class PrintedPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page that lies in the tray: of which job, the how manieth, and itself as a PDF."""

    job: str
    number: int
    pdf: bytes


class SimulatedJob(msgspec.Struct, kw_only=True):
    """A job in the printer's memory. ``user``: who sent it; "": it came over the raw port."""

    id: int
    name: str
    user: str
    pages: tuple[bytes, ...]
    state: JobState = JobState.PROCESSING
    done: int = 0


class SimulatedPagePrinter:
    """One printer.

    Attributes:
        pages: what lies in the tray, oldest first. jobs: all it was given, by id.
    """

    def __init__(
        self, *, host: str = "127.0.0.1", reads_pdf: bool = True, on_take: Callable[[str], None] = lambda name: None
    ) -> None:
        """Args: where it listens; whether it reads PDF at all; is told the name of each job it takes."""
        self.pages: deque[PrintedPage] = deque(maxlen=KEPT)
        self.jobs: dict[int, SimulatedJob] = {}
        self.ipp_port = self.raw_port = 0
        self.paper = FULL_TRAY
        self.is_jammed = self.is_cover_open = False
        self.reads_pdf = reads_pdf
        self.is_changed = asyncio.Condition()
        self._jam_after: int | None = None
        self._hold_after: int | None = None
        self._host = host
        self._http: HTTPServer | None = None
        self._on_take = on_take
        self._pjl = PjlPort(self)
        self._feeding: asyncio.Task[None] | None = None

    # -- switching on and off

    async def on(self, ipp_port: int = 0, raw_port: int = 0) -> None:
        """Switch it on; it listens where it did before, if it did."""
        app = Application([(r"/ipp/print", _IppHandler, {"printer": self})], log_function=lambda handler: None)
        sockets = bind_sockets(ipp_port or self.ipp_port, self._host)
        self.ipp_port = int(sockets[0].getsockname()[1])
        self._http = HTTPServer(app, max_buffer_size=64 * 1024 * 1024)
        self._http.add_sockets(sockets)
        self.raw_port = await self._pjl.on(self._host, raw_port or self.raw_port)
        self._feeding = asyncio.create_task(self._feed(), name="simulated page printer")

    async def off(self) -> None:
        """Pull its plug: the lines are dead, what it had in memory is lost, pages stay in the tray."""
        http, self._http = self._http, None
        if http is not None:
            http.stop()
            await http.close_all_connections()
        await self._pjl.off()
        if self._feeding is not None:
            self._feeding.cancel()
            await asyncio.gather(self._feeding, return_exceptions=True)
        for job in self.jobs.values():
            if job.state < JobState.CANCELLED:
                job.state = JobState.ABORTED

    # -- what people do to it

    async def load(self, sheets: int) -> None:
        """Put so much paper in the tray (0: take it out)."""
        self.paper = sheets
        await self.tell()

    async def jam(self, after: int = 0) -> None:
        """Let a sheet jam, now or after so many further pages."""
        self._jam_after = after
        self.is_jammed = after == 0
        await self.tell()

    async def clear(self) -> None:
        """Take the sheet out."""
        self._jam_after, self.is_jammed = None, False
        await self.tell()

    async def cover(self, *, is_open: bool) -> None:
        """Open or shut the cover."""
        self.is_cover_open = is_open
        await self.tell()

    async def hold(self, after: int | None) -> None:
        """Come to a stop after so many further pages, as if one took very long; None: go on."""
        self._hold_after = after
        await self.tell()

    # -- what others want to know

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it does not print, in the words of IPP."""
        found = (
            (self.is_jammed, "media-jam-error"),
            (self.is_cover_open, "cover-open-error"),
            (self.paper <= 0, "media-empty-error"),
        )
        return tuple(word for is_so, word in found if is_so)

    async def printed(self, count: int) -> list[PrintedPage]:
        """Wait until so many pages lie in the tray."""
        async with self.is_changed:
            await self.is_changed.wait_for(lambda: len(self.pages) >= count)
        return list(self.pages)

    async def over(self, job: int) -> JobState:
        """Wait until a job has ended, one way or the other."""
        async with self.is_changed:
            await self.is_changed.wait_for(lambda: job in self.jobs and self.jobs[job].state >= JobState.CANCELLED)
        return self.jobs[job].state

    # -- what it is given

    async def take(self, pdf: bytes, *, name: str, user: str) -> SimulatedJob:
        """Take a job.

        Raises:
            ValueError: it is no PDF that can be read.
        """
        job = SimulatedJob(id=len(self.jobs) + 1, name=name, user=user, pages=_split(pdf))
        self.jobs[job.id] = job
        self._on_take(name)
        await self.tell()
        return job

    async def cancel(self, job: SimulatedJob) -> bool:
        """Forget what of a job is not out yet; whether there was anything to forget."""
        if job.state >= JobState.CANCELLED:
            return False
        job.state = JobState.CANCELLED
        await self.tell()
        return True

    async def tell(self) -> None:
        """Wake whoever waits for a change."""
        async with self.is_changed:
            self.is_changed.notify_all()

    # -- inside

    async def _feed(self) -> None:
        """Print page after page for as long as there is paper and nothing is in the way."""
        while True:
            async with self.is_changed:
                await self.is_changed.wait_for(lambda: self._next() is not None)
            job = self._next()
            if job is None:
                continue
            if self.reasons:
                job.state = JobState.STOPPED
                await self._waited(job, lambda: bool(self.reasons))
                if job.state == JobState.STOPPED:
                    job.state = JobState.PROCESSING
            elif self._hold_after == 0:
                await self._waited(job, lambda: self._hold_after == 0)
            else:
                self._one_page(job)
                await self.tell()
                await asyncio.sleep(0)  # a page takes a while; others may speak to the printer meanwhile

    async def _waited(self, job: SimulatedJob, is_so: Callable[[], bool]) -> None:
        """Do nothing while something is so, or until the job is cancelled."""
        await self.tell()
        async with self.is_changed:
            await self.is_changed.wait_for(lambda: not is_so() or job.state == JobState.CANCELLED)

    def _one_page(self, job: SimulatedJob) -> None:
        if self._jam_after is not None:
            self._jam_after -= 1
            self.is_jammed = self._jam_after < 0
            if self.is_jammed:
                return
        if self._hold_after is not None:
            self._hold_after -= 1
        self.pages.append(PrintedPage(job=job.name, number=job.done + 1, pdf=job.pages[job.done]))
        job.done += 1
        self.paper -= 1
        if job.done == len(job.pages):
            job.state = JobState.COMPLETED

    def _next(self) -> SimulatedJob | None:
        return next((one for one in self.jobs.values() if one.state < JobState.CANCELLED), None)


class _IppHandler(RequestHandler):
    """What the printer answers over HTTP."""

    def initialize(self, printer: SimulatedPagePrinter) -> None:
        """The printer."""
        self._printer = printer

    async def post(self) -> None:
        """One request."""
        try:
            asked = ipp.read(self.request.body)
        except BadFrame:
            self.send_error(400)
            return
        code, groups = await self._done(asked)
        head = (
            Attribute("attributes-charset", Tag.CHARSET, ("utf-8",)),
            Attribute("attributes-natural-language", Tag.LANGUAGE, ("en",)),
        )
        self.set_header("Content-Type", ipp.MEDIA)
        self.finish(ipp.written(code, asked.request, [(GroupTag.OPERATION, head), *groups], version=asked.version))

    async def _done(self, asked: ipp.Answer) -> tuple[int, list[tuple[GroupTag, tuple[Attribute, ...]]]]:
        match asked.code:
            case Operation.GET_PRINTER_ATTRIBUTES:
                return GOOD, [(GroupTag.PRINTER, self._described())]
            case Operation.PRINT_JOB:
                return await self._print(asked)
            case Operation.GET_JOBS:
                user = _first(asked, "requesting-user-name")
                mine = [one for one in self._printer.jobs.values() if one.user == user]
                return GOOD, [(GroupTag.JOB, _told(one)) for one in mine if one.state < JobState.CANCELLED]
        job = self._printer.jobs.get(int(_first(asked, "job-id") or 0))
        if job is None:
            return NOT_FOUND, []
        match asked.code:
            case Operation.GET_JOB_ATTRIBUTES:
                return GOOD, [(GroupTag.JOB, _told(job))]
            case Operation.CANCEL_JOB:
                return (GOOD if await self._printer.cancel(job) else NOT_POSSIBLE), []
        return BAD, []

    async def _print(self, asked: ipp.Answer) -> tuple[int, list[tuple[GroupTag, tuple[Attribute, ...]]]]:
        if _first(asked, "document-format") != "application/pdf" or not self._printer.reads_pdf:
            return NO_FORMAT, []
        name, user = str(_first(asked, "job-name")), str(_first(asked, "requesting-user-name"))
        try:
            job = await self._printer.take(asked.data, name=name, user=user)
        except ValueError:
            return BAD, []
        return GOOD, [(GroupTag.JOB, _told(job))]

    def _described(self) -> tuple[Attribute, ...]:
        reasons = self._printer.reasons
        formats = ("image/pwg-raster", *(("application/pdf",) if self._printer.reads_pdf else ()))
        return (
            Attribute("printer-state", Tag.ENUM, (5 if reasons else 3,)),
            Attribute("printer-state-reasons", Tag.KEYWORD, reasons or ("none",)),
            Attribute("printer-is-accepting-jobs", Tag.BOOLEAN, (True,)),
            Attribute("document-format-supported", Tag.MIME, formats),
        )


def _told(job: SimulatedJob) -> tuple[Attribute, ...]:
    return (
        Attribute("job-id", Tag.INTEGER, (job.id,)),
        Attribute("job-state", Tag.ENUM, (int(job.state),)),
        Attribute("job-state-reasons", Tag.KEYWORD, ("none",)),
        Attribute("job-media-sheets-completed", Tag.INTEGER, (job.done,)),
    )


def _first(asked: ipp.Answer, name: str) -> ipp.Value:
    return next(iter(asked.values(GroupTag.OPERATION, name)), "")


def _split(pdf: bytes) -> tuple[bytes, ...]:
    """Each page as a file of its own.

    Raises:
        ValueError: it cannot be read.
    """
    try:
        whole = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as exc:
        raise ValueError("no PDF") from exc
    return tuple(_page(whole, number) for number in range(len(whole)))


def _page(whole: pypdfium2.PdfDocument, number: int) -> bytes:
    one, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    one.import_pages(whole, [number])
    one.save(out)
    one.close()
    return out.getvalue()


async def run(ipp_port: int, raw_port: int, out: Path) -> None:
    """Print for as long as it is not stopped; every page becomes ``NNNN-JOB-PAGE.pdf``."""
    printer = SimulatedPagePrinter(on_take=lambda name: print(f"took {name}", flush=True))
    await printer.on(ipp_port, raw_port)
    print(f"listening ipp={printer.ipp_port} raw={printer.raw_port}", flush=True)
    await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    hands = asyncio.create_task(_obey(printer), name="hands")
    count = 0
    try:
        while True:
            page = (await printer.printed(count + 1))[count]
            count += 1
            await asyncio.to_thread((out / f"{count:04d}-{page.job}-{page.number}.pdf").write_bytes, page.pdf)
            print(f"page {page.job} {page.number}", flush=True)
    finally:
        hands.cancel()


async def _obey(printer: SimulatedPagePrinter) -> None:
    """Do what the lines on standard input say; each is answered with ``ok``."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        word, _, rest = line.strip().partition(" ")
        number = int(rest) if rest.isdigit() else 0
        match word:
            case "paper":
                await printer.load(number)
            case "jam":
                await printer.jam(number)
            case "clear":
                await printer.clear()
            case "cover":
                await printer.cover(is_open=rest == "open")
            case "hold":
                await printer.hold(number)
            case "go":
                await printer.hold(None)
            case "off":
                await printer.off()
            case "on":
                await printer.on()
        print("ok", flush=True)


def main() -> None:
    """Run one from the command line."""
    whole = argparse.ArgumentParser(description="a simulated A4 printer")
    whole.add_argument("--ipp", type=int, default=631, help="port for IPP over HTTP; 0 takes a free one")
    whole.add_argument("--raw", type=int, default=9100, help="port for PDF as it is; 0 takes a free one")
    whole.add_argument("--out", type=Path, default=Path("pages"), help="folder for the pages")
    options = whole.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(options.ipp, options.raw, options.out))


if __name__ == "__main__":
    main()
