"""A page printer that speaks IPP over HTTP (IPP Everywhere, AirPrint, a queue of CUPS).

A job whose printer stops is cancelled: nobody's certificate comes out in the night, when somebody has put paper in.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from devices.gateway.printing.health import Health, Trouble
from devices.gateway.printing.port import NotPrinted
from devices.gateway.protocols import ipp
from devices.gateway.protocols.errors import BadFrame, NoAnswer
from devices.gateway.protocols.ipp import Answer, Attribute, GroupTag, Operation, Tag
from hall_server.clock import Clock

log = logging.getLogger(__name__)

PORT = 631
CONNECT_S = 3.0
ANSWER_S = 8.0
LOOK_S = 0.5
PDF = "application/pdf"
STOPPED, HELD_UP = 5, 6
"""`printer-state` and `job-state` of a printer that does not go on. Source: RFC 8011, 5.4.11 and 5.3.7."""
COMPLETED = 9
OVER = frozenset({7, 8})
"""Cancelled, aborted."""
_INFORMS = ("-report", "-warning")
_BY_REASON = {
    "media-empty": Trouble.PAPER_OUT,
    "media-needed": Trouble.PAPER_OUT,
    "media-jam": Trouble.JAM,
    "cover-open": Trouble.COVER_OPEN,
    "door-open": Trouble.COVER_OPEN,
    "interlock-open": Trouble.COVER_OPEN,
    "input-tray-missing": Trouble.COVER_OPEN,
    "toner-empty": Trouble.TONER,
    "marker-supply-empty": Trouble.TONER,
    "developer-empty": Trouble.TONER,
    "output-area-full": Trouble.TRAY_FULL,
    "marker-waste-full": Trouble.BROKEN,
    "fuser-over-temp": Trouble.HOT,
    "paused": Trouble.OFFLINE,
    "shutdown": Trouble.OFFLINE,
    "offline": Trouble.OFFLINE,
    "connecting-to-device": Trouble.NO_ANSWER,
    "timed-out": Trouble.NO_ANSWER,
}
"""Source: RFC 8011, 5.4.12, and PWG 5100.9 (MFD alerts)."""
_ASKED = ("printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "document-format-supported")
_OF_JOB = ("job-state", "job-state-reasons", "job-media-sheets-completed", "job-impressions-completed")


class IppPrinter:
    """The printer at one address (the PagePrinter port)."""

    def __init__(
        self,
        address: str,
        *,
        clock: Clock,
        user: str,
        media: str,
        sides: str,
        print_s: float,
        ca: Path | None = None,
        look_s: float = LOOK_S,
    ) -> None:
        """Args: ``ipp://host[:631]/path``; a clock; as whom it prints; paper and sides by their keywords; limits."""
        parts = urlsplit(address)
        scheme = "https" if parts.scheme == "ipps" else "http"
        self._uri = address
        self._http = f"{scheme}://{parts.hostname}:{parts.port or PORT}{parts.path or '/ipp/print'}"
        self._clock = clock
        self._user = user
        self._ticket = (Attribute("media", Tag.KEYWORD, (media,)), Attribute("sides", Tag.KEYWORD, (sides,)))
        self._print_s, self._look_s = print_s, look_s
        self._ca = str(ca) if ca else None
        self._numbers = itertools.count(1)

    async def health(self) -> Health:
        """See `PagePrinter`."""
        try:
            answer = await self._ask(Operation.GET_PRINTER_ATTRIBUTES, _wanted(_ASKED))
        except NoAnswer:
            return Health(paper=None, trouble=Trouble.NO_ANSWER)
        if not answer.is_good:
            return Health(paper=None, trouble=Trouble.ERROR)
        return Health(paper=None, trouble=_trouble(answer))

    async def print(self, pdf: bytes, *, name: str) -> int | None:
        """See `PagePrinter`."""
        trouble = (await self.health()).trouble
        if trouble is not None:
            raise NotPrinted(trouble, is_begun=False)
        more = (Attribute("job-name", Tag.NAME, (name,)), Attribute("document-format", Tag.MIME, (PDF,)))
        try:
            answer = await self._ask(Operation.PRINT_JOB, more, ticket=self._ticket, data=pdf, within_s=self._print_s)
        except NoAnswer as exc:  # it may have it: called back as soon as it answers again
            raise NotPrinted("connection_lost", is_begun=True) from exc
        job = next(iter(answer.values(GroupTag.JOB, "job-id")), None)
        if not answer.is_good or not isinstance(job, int):
            log.warning("job refused with %04x", answer.code, extra={"action": "page_printer.refused"})
            raise NotPrinted("refused", is_begun=False)
        return await self._followed(job)

    async def forget(self) -> None:
        """See `PagePrinter`."""
        mine = (Attribute("my-jobs", Tag.BOOLEAN, (True,)), Attribute("which-jobs", Tag.KEYWORD, ("not-completed",)))
        try:
            answer = await self._ask(Operation.GET_JOBS, (*mine, *_wanted(("job-id",))))
        except NoAnswer:
            return
        for group in answer.groups:
            for job in group.values.get("job-id", ()) if group.tag == GroupTag.JOB else ():
                if isinstance(job, int):
                    await self._cancel(job)

    # -- inside

    async def _followed(self, job: int) -> int | None:
        """Wait until a job is out; one that is not in time, or whose printer stops, is cancelled."""
        deadline = self._clock.monotonic() + self._print_s
        try:
            while True:
                state, sheets, held = await self._job(job)
                if state == COMPLETED:
                    return sheets or None
                if state in OVER:
                    raise NotPrinted("aborted", is_begun=bool(sheets))
                trouble = held or (await self.health()).trouble
                if trouble is not None or self._clock.monotonic() >= deadline:
                    raise await self._given_up(job, trouble or "no_confirmation")
                await asyncio.sleep(self._look_s)
        except NoAnswer as exc:
            raise NotPrinted("connection_lost", is_begun=True) from exc
        except asyncio.CancelledError:  # the program ends: nobody would follow it
            await self._cancel(job)
            raise

    async def _given_up(self, job: int, reason: str) -> NotPrinted:
        """Cancel, and look once more: it may have come out in this moment.

        Raises:
            NoAnswer: the printer is gone.
        """
        await self._cancel(job)
        _, sheets, _ = await self._job(job)
        return NotPrinted(reason, is_begun=bool(sheets))

    async def _job(self, job: int) -> tuple[int, int | None, Trouble | None]:
        """State, sheets that are out (None: not said), and what holds it up."""
        answer = await self._ask(Operation.GET_JOB_ATTRIBUTES, _wanted(_OF_JOB), job=job)
        state = next(iter(answer.values(GroupTag.JOB, "job-state")), None)
        if not answer.is_good or not isinstance(state, int):
            raise NoAnswer
        out = [next(iter(answer.values(GroupTag.JOB, name)), None) for name in _OF_JOB[2:]]
        sheets = next((one for one in out if isinstance(one, int)), None)
        if state != HELD_UP:
            return state, sheets, None
        reasons = answer.values(GroupTag.JOB, "job-state-reasons")
        return state, sheets, _worst(str(one) for one in reasons)

    async def _cancel(self, job: int) -> None:
        try:
            answer = await self._ask(Operation.CANCEL_JOB, (), job=job)
            log.info("job %d cancelled: %04x", job, answer.code, extra={"action": "page_printer.cancelled"})
        except NoAnswer:
            log.warning("job %d could not be cancelled", job, extra={"action": "page_printer.not_cancelled"})

    async def _ask(
        self,
        operation: Operation,
        more: Iterable[Attribute],
        *,
        job: int | None = None,
        ticket: Iterable[Attribute] = (),
        data: bytes = b"",
        within_s: float = ANSWER_S,
    ) -> Answer:
        """One request.

        Raises:
            NoAnswer: no printer answers there, or something that is none.
        """
        number = next(self._numbers)
        head = [
            Attribute("attributes-charset", Tag.CHARSET, ("utf-8",)),
            Attribute("attributes-natural-language", Tag.LANGUAGE, ("en",)),
            Attribute("printer-uri", Tag.URI, (self._uri,)),
            *([Attribute("job-id", Tag.INTEGER, (job,))] if job is not None else []),
            Attribute("requesting-user-name", Tag.NAME, (self._user,)),
            *more,
        ]
        groups = [(GroupTag.OPERATION, head), *([(GroupTag.JOB, ticket)] if ticket else [])]
        body = ipp.written(operation, number, groups, data)
        found = ipp_answer(await self._sent(body, within_s))
        if found.request != number:
            raise NoAnswer
        return found

    async def _sent(self, body: bytes, within_s: float) -> bytes:
        request = HTTPRequest(
            self._http,
            method="POST",
            headers={"Content-Type": ipp.MEDIA},
            body=body,
            connect_timeout=CONNECT_S,
            request_timeout=within_s,
            ca_certs=self._ca,
            follow_redirects=False,
        )
        client = AsyncHTTPClient(force_instance=True, max_body_size=ipp.MOST_BYTES)
        try:
            return (await client.fetch(request)).body
        except (OSError, ValueError) as exc:
            raise NoAnswer from exc
        except Exception as exc:  # Tornado's HTTPClientError has no narrower root
            raise NoAnswer from exc
        finally:
            client.close()


def ipp_answer(raw: bytes) -> Answer:
    """What a printer answered.

    Raises:
        NoAnswer: it is no IPP.
    """
    try:
        return ipp.read(raw)
    except BadFrame as exc:
        raise NoAnswer from exc


def _wanted(names: tuple[str, ...]) -> tuple[Attribute, ...]:
    return (Attribute("requested-attributes", Tag.KEYWORD, names),)


def _trouble(answer: Answer) -> Trouble | None:
    formats = answer.values(GroupTag.PRINTER, "document-format-supported")
    if formats and PDF not in formats:
        return Trouble.NO_PDF
    is_stopped = STOPPED in answer.values(GroupTag.PRINTER, "printer-state")
    reasons = [str(one) for one in answer.values(GroupTag.PRINTER, "printer-state-reasons")]
    found = _worst(one for one in reasons if is_stopped or not one.endswith(_INFORMS))
    if found is not None:
        return found
    takes = answer.values(GroupTag.PRINTER, "printer-is-accepting-jobs")
    return Trouble.OFFLINE if is_stopped or takes == (False,) else None


def _worst(reasons: Iterable[str]) -> Trouble | None:
    """The first known cause, in the order of the table."""
    named = {one.removesuffix("-error").removesuffix("-warning").removesuffix("-report") for one in reasons}
    return next((trouble for reason, trouble in _BY_REASON.items() if reason in named), None)
