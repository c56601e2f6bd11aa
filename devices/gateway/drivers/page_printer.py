"""The A4 printer for certificates (文书打印机): PDF by IPP over HTTP, or as it is to port 9100.

Commands: ``print.document`` with ``{job}``; ``test`` for a test page. The file is fetched once the hall has given the
job to this process (``print.fetch``): it is printed once at most whoever dies in between, and is never on a disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import logging
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urljoin, urlsplit

import msgspec
from msgspec import Meta
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from devices.gateway.drivers import Surroundings
from devices.gateway.ports import HallSide
from devices.gateway.printing.health import Health
from devices.gateway.printing.ipp_printer import IppPrinter
from devices.gateway.printing.page_port import PagePrinter
from devices.gateway.printing.pjl_printer import PORT as RAW_PORT
from devices.gateway.printing.pjl_printer import PjlPrinter
from devices.gateway.printing.port import NotPrinted
from devices.gateway.printing.trial_page import trial_page
from devices.model import DeviceKind
from hall_server.mqtt.simulated import NotDone, RequestRefused
from hall_server.mqtt.topics import Status

log = logging.getLogger(__name__)

KIND = DeviceKind.PAGE_PRINTER
PRINT, TEST = "print.document", "test"
CLAIM_S, FETCH_S = 8.0, 15.0
END_S = 4.0
"""So long an ending program waits for the pages under way."""
WORD = "X-Print-Word"
MOST_BYTES = 32 * 1024 * 1024


class Media(StrEnum):
    """The paper in the tray. Source: PWG 5101.1 (media names)."""

    A4 = "iso_a4_210x297mm"
    A5 = "iso_a5_148x210mm"


class Sides(StrEnum):
    """Source: RFC 8011, 5.2.8."""

    ONE = "one-sided"
    TWO = "two-sided-long-edge"


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What gateway.toml says of a page printer besides its address.

    Attributes:
        media, sides: of what IPP prints.
        poll: seconds between two questions how it is.
        print_seconds: the longest a job may take.
        confirm: of port 9100: whether it answers PJL; without it a job counts as printed when it was sent.
        certificate: of ``ipps``: file with the certificate of the printer or of who signed it.
    """

    media: Media = Media.A4
    sides: Sides = Sides.ONE
    poll: Annotated[float, Meta(ge=0.05, le=60)] = 5.0
    print_seconds: Annotated[float, Meta(ge=1, le=90)] = 60.0
    confirm: bool = True
    certificate: str | None = None


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to ``print.fetch``: where the job's file is, the word that opens it, and what it must be."""

    job: str
    path: str
    word: str
    sha256: str


def check(address: str, options: Options) -> None:
    """Refuse what can never work.

    Raises:
        ValueError: the address.
    """
    parts = urlsplit(address)
    is_raw = parts.scheme == "tcp" and not parts.path
    if not parts.hostname or parts.port == 0 or not (is_raw or parts.scheme in {"ipp", "ipps"}):
        raise ValueError("expected ipp://HOST[:631]/PATH, ipps://… or tcp://HOST[:9100]")


def made(address: str, options: Options, around: Surroundings) -> PagePrinterDriver:
    """A driver for the printer at an address."""
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        raw = PjlPrinter(
            str(parts.hostname), parts.port or RAW_PORT, print_s=options.print_seconds, confirms=options.confirm
        )
        return PagePrinterDriver(lambda device: raw, options, around)

    def of(device: str) -> PagePrinter:
        return IppPrinter(
            address,
            clock=around.clock,
            user=f"onedoor-{device}",
            media=options.media,
            sides=options.sides,
            print_s=options.print_seconds,
            ca=Path(options.certificate) if options.certificate else None,
        )

    return PagePrinterDriver(of, options, around)


class PagePrinterDriver:
    """Prints file after file and tells the hall of every change."""

    def __init__(self, printer_of: Callable[[str], PagePrinter], options: Options, around: Surroundings) -> None:
        """Args: makes the printer for a device's id; options; what the agent gives."""
        self._printer_of = printer_of
        self._options = options
        self._around = around
        self._web = around.web
        self._hall: HallSide | None = None
        self._printer: PagePrinter | None = None
        self._told: Health | None = None
        self._turn = asyncio.Lock()

    async def run(self, hall: HallSide) -> None:
        """Look after the printer until cancelled; what an earlier run left in it is called back first."""
        self._hall, self._printer = hall, self._printer_of(hall.device_id)
        greeting = asyncio.create_task(self._greet(hall), name=f"hello of {hall.device_id}")
        has_forgotten = False
        try:
            while True:
                health = await self._printer.health()
                if self._told is not None and self._told.trouble is not None:
                    has_forgotten = False  # it was away, or stopped: something may lie in it
                if not has_forgotten and health.trouble is None and not self._turn.locked():
                    async with self._turn:
                        await self._printer.forget()
                    has_forgotten = True
                self._tell(hall, health)
                await asyncio.sleep(self._options.poll)
        finally:
            greeting.cancel()
            await asyncio.gather(greeting, return_exceptions=True)
            with contextlib.suppress(TimeoutError):  # pages under way may come out, and be reported
                await asyncio.wait_for(self._turn.acquire(), END_S)

    async def on_command(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        """Print.

        Raises:
            NotDone: ``unknown_command``, ``bad_sheet``, ``already_taken``, ``hall_away``, ``no_web``, ``not_fetched``
                or what the printer says; ``begun`` in the detail tells whether some of it may have come out.
        """
        hall, printer = self._hall, self._printer
        assert hall is not None  # noqa: S101 - the agent hands commands only to a driver that runs
        assert printer is not None  # noqa: S101 - as above
        async with self._turn:
            if do == TEST:
                page = trial_page(str(args.get("name") or hall.device_id), now=self._around.clock.now())
                await self._print(printer, page, "test")
                return None
            if do != PRINT:
                raise NotDone("unknown_command")
            job = args.get("job")
            if not isinstance(job, str) or not job.isalnum():
                raise NotDone("bad_sheet", field="job")
            pdf = await self._fetched(hall, job)
            return {"job": job, "sheets": await self._print(printer, pdf, job)}

    def on_show(self, picture: Any) -> None:
        """A printer shows nothing."""

    # -- inside

    async def _print(self, printer: PagePrinter, pdf: bytes, job: str) -> int | None:
        try:
            return await printer.print(pdf, name=job)
        except NotPrinted as exc:
            log.warning("job %s not printed: %s", job, exc.reason, extra={"action": "page_printer.failed"})
            raise NotDone(str(exc.reason), job=job, begun=exc.is_begun) from exc

    def _tell(self, hall: HallSide, health: Health) -> None:
        if health == self._told:
            return
        self._told = health
        hall.say_state(Status.FAULT if health.trouble else Status.ONLINE, health.detail)

    async def _greet(self, hall: HallSide) -> None:
        """Learn where the hall's files are, where gateway.toml does not say it."""
        while self._web is None:
            with contextlib.suppress(TimeoutError, RequestRefused):
                self._web = (await hall.request("hello")).get("web")
            await asyncio.sleep(self._options.poll)

    async def _fetched(self, hall: HallSide, job: str) -> bytes:
        """Have the hall give the job to this process, and fetch its file."""
        if not self._web:
            raise NotDone("no_web", job=job, begun=False)
        try:
            said = await hall.request("print.fetch", {"job": job}, timeout_s=CLAIM_S)
        except RequestRefused as exc:
            raise NotDone("already_taken", job=job, code=exc.code) from exc
        except TimeoutError as exc:
            raise NotDone("hall_away", job=job, begun=False) from exc
        found = msgspec.convert(said, Fetched)
        pdf = await self._file(found)
        if not hmac.compare_digest(hashlib.sha256(pdf).hexdigest(), found.sha256):
            raise NotDone("not_fetched", job=job, begun=False)
        return pdf

    async def _file(self, found: Fetched) -> bytes:
        address = urljoin(f"{self._web}/", found.path)
        if urlsplit(address)[:2] != urlsplit(self._web)[:2]:
            raise NotDone("foreign_web", job=found.job, begun=False)  # the hall sends nobody elsewhere
        request = HTTPRequest(
            address,
            headers={WORD: found.word},
            request_timeout=FETCH_S,
            ca_certs=str(self._around.ca) if self._around.ca else None,
            follow_redirects=False,
        )
        client = AsyncHTTPClient(force_instance=True, max_body_size=MOST_BYTES)
        try:
            return (await client.fetch(request)).body
        except Exception as exc:  # Tornado's HTTPClientError has no narrower root
            raise NotDone("not_fetched", job=found.job, begun=False) from exc
        finally:
            client.close()
