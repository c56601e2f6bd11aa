"""The receipt printer (小票打印机): ESC/POS over TCP, a serial line, a USB device file, or into a file.

Commands: ``print.ticket``, ``print.appointment``, ``print.text`` with ``{job, sheet}``; ``test`` for a test slip.
A job is claimed from the hall before its first byte, so it is printed once at most whoever dies in between.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from devices.gateway.drivers import Surroundings
from devices.gateway.ports import HallSide
from devices.gateway.printing import words
from devices.gateway.printing.escpos_bytes import Charset, CodeWay, PrinterProfile, bytes_of
from devices.gateway.printing.health import Health
from devices.gateway.printing.line_to_printer import BAUD, line_to
from devices.gateway.printing.port import PRINT_S, NotPrinted, PrinterPort
from devices.gateway.printing.slip import AppointmentSlip, Language, Listing, Row, Sheet, Slip, with_base
from devices.model import DeviceKind
from hall_server.mqtt.simulated import NotDone, RequestRefused
from hall_server.mqtt.topics import Status

log = logging.getLogger(__name__)

KIND = DeviceKind.PRINTER
CLAIM_S = 8.0
END_S = 4.0
"""So long an ending program waits for the slip under way."""
SHEETS: dict[str, type[Sheet]] = {
    "print.ticket": Slip,
    "print.appointment": AppointmentSlip,
    "print.text": Listing,
}
TEST_ADDRESS = "https://example.org/printer-test"
TEST = "test"
"""The hall's test button; a test slip twice does no harm, so it is no job."""
JOB_LETTERS = 64
SHORT = 80


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What gateway.toml says of a printer besides its address.

    Attributes:
        paper: its width, mm.
        profile: name in python-escpos' collection.
        qr: who makes the QR codes; auto: as the profile says.
        charset: of the printer's Chinese characters.
        baud: of a serial line.
        poll: seconds between two questions how it is.
        confirm: whether it answers GS r; without it a job counts as printed when it was sent and the printer is well.
        print_seconds: the longest a job may take.
    """

    paper: Annotated[int, Meta(ge=58, le=80)] = 80
    profile: str = "default"
    qr: CodeWay = CodeWay.AUTO
    charset: Charset = Charset.GB18030
    baud: Annotated[int, Meta(ge=1200, le=921600)] = BAUD
    poll: Annotated[float, Meta(ge=0.05, le=4.0)] = 2.0
    confirm: bool = True
    print_seconds: Annotated[float, Meta(ge=1, le=120)] = PRINT_S


def check(address: str, options: Options) -> None:
    """Refuse what can never work.

    Raises:
        ValueError: the address, the paper or the profile.
    """
    line_to(address, baud=options.baud)
    _profile(options)


def made(address: str, options: Options, around: Surroundings) -> PrinterDriver:
    """A driver for the printer at an address."""
    port = PrinterPort(line_to(address, baud=options.baud), confirms=options.confirm, print_s=options.print_seconds)
    return PrinterDriver(port, _profile(options), poll_s=options.poll, around=around)


def _profile(options: Options) -> PrinterProfile:
    return PrinterProfile(options.profile, mm=options.paper, code_way=options.qr, charset=options.charset)


class PrinterDriver:
    """Prints job after job and tells the hall of every change; all that blocks runs in one thread of its own."""

    def __init__(self, port: PrinterPort, profile: PrinterProfile, *, poll_s: float, around: Surroundings) -> None:
        self._port = port
        self._profile = profile
        self._poll_s = poll_s
        self._around = around
        self._hall: HallSide | None = None
        self._told: Health | None = None
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="printer")

    async def run(self, hall: HallSide) -> None:
        """Look after the printer until cancelled."""
        self._hall = hall
        try:
            while True:
                self._tell(hall, await self._blocking(self._port.health))
                await asyncio.sleep(self._poll_s)
        finally:
            with contextlib.suppress(TimeoutError):  # a slip under way may come out, and be reported
                await asyncio.wait_for(self._turn.acquire(), END_S)
            self._port.end()
            self._thread.submit(self._port.close)
            self._thread.shutdown(wait=False)

    async def on_command(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        """Print.

        Raises:
            NotDone: ``unknown_command``, ``bad_sheet``, ``already_taken`` (another start of this program had the job
                and may have printed it), ``hall_away``, or what the printer says; ``begun`` in the detail tells
                whether some of it may have come out.
        """
        hall = self._hall
        assert hall is not None  # noqa: S101 - the agent hands commands only to a driver that runs
        data = bytes_of(self._sheet(do, args, hall.device_id), self._profile)
        job = "" if do == TEST else _job(args)
        async with self._turn:
            if job:  # taken only now: a job that waited too long is not given any more
                await _claim(hall, job)
            await self._print(data, job)
        return {"job": job} if job else None

    def wait_closed(self) -> None:
        """Block until the line is closed, after `run` has ended."""
        self._thread.shutdown(wait=True)

    def on_show(self, picture: Any) -> None:
        """A printer shows nothing."""

    # -- inside

    async def _print(self, data: bytes, job: str) -> None:
        try:
            await self._blocking(lambda: self._port.print(data))
        except NotPrinted as exc:
            log.warning("job %s not printed: %s", job, exc.reason, extra={"action": "printer.failed"})
            raise NotDone(str(exc.reason), job=job, begun=exc.is_begun) from exc

    def _sheet(self, do: str, args: dict[str, Any], device: str) -> Sheet:
        if do == TEST:
            return self._test_sheet(str(args.get("name") or device)[:SHORT])
        if do not in SHEETS:
            raise NotDone("unknown_command")
        try:
            sheet: Sheet = msgspec.convert(args.get("sheet"), SHEETS[do])
        except msgspec.ValidationError as exc:
            raise NotDone("bad_sheet", error=str(exc)) from exc
        return with_base(sheet, self._around.web)

    def _test_sheet(self, device: str) -> Listing:
        paper = self._profile.paper
        here = Language.CHINESE
        return Listing(
            title=words.say(here, "test"),
            lines=(
                Row(label=words.say(here, "test_device"), value=device),
                Row(
                    label=words.say(here, "test_paper"),
                    value=words.say(here, "test_width", mm=paper.mm, dots=paper.dots),
                ),
                words.say(here, "test_words"),
                words.say(Language.ENGLISH, "test_words"),
            ),
            address=TEST_ADDRESS,
            printed_at=self._around.clock.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        )

    def _tell(self, hall: HallSide, health: Health) -> None:
        if health == self._told:
            return
        self._told = health
        hall.say_state(Status.FAULT if health.trouble else Status.ONLINE, health.detail)

    async def _blocking(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _job(args: dict[str, Any]) -> str:
    job = args.get("job")
    if not isinstance(job, str) or not 0 < len(job) <= JOB_LETTERS:
        raise NotDone("bad_sheet", field="job")
    return job


async def _claim(hall: HallSide, job: str) -> None:
    """Have the hall give this job to this process; it gives each job once."""
    try:
        await hall.request("print.claim", {"job": job}, timeout_s=CLAIM_S)
    except RequestRefused as exc:
        raise NotDone("already_taken", job=job, code=exc.code) from exc
    except TimeoutError as exc:
        raise NotDone("hall_away", job=job, begun=False) from exc
