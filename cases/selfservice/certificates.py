"""Prints documents of one's own case on the A4 printer beside the terminal; what was printed counts, nothing before."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from cases.issuing.messages import IssueCases, Item
from cases.issuing.ports import Receipt
from cases.model import Case, Delivery, Outcome, State
from cases.selfservice import messages as s
from cases.selfservice.prints import Print, Prints
from devices.page_printing import PagesState
from devices.print_jobs import Job, JobState
from hall_server.errors import DomainError, Refused
from hall_server.identity import SYSTEM, Actor

if TYPE_CHECKING:
    from cases.applying.room import Applying
    from devices.page_printing import PagePrinting
    from hall_server.server import Server

log = logging.getLogger(__name__)

LICENCE = "licence"
REMEMBERED = 500
CUT_OFF = "cut_off"
"""Nobody knows how it ended: the hall went off meanwhile."""


class Certificates:
    """``server.rooms["certificates"]``."""

    def __init__(self, server: Server, prints: Prints) -> None:
        self.prints = prints
        self._server = server
        self._jobs: dict[str, str] = {}  # job of the printer → print
        self._by_print: dict[str, str] = {}
        self._handing: set[str] = set()  # printed, and about to be handed out

    async def start(self) -> None:
        """Hear how jobs end; what was under way when the hall went off is over, and what was printed is handed out."""
        if (pages := self._pages) is not None:
            pages.on_end(self._ended)
        for one in self.prints.all():
            if not one.is_over:
                await self._end(s.EndPrint(print=one.id, is_printed=False, is_begun=True, reason=CUT_OFF))
            elif one.is_printed and one.hands_out:
                await self._hand_out(one)

    def printer(self, machine: str) -> PagesState | None:
        """How the A4 printer beside a terminal is; None: there is none."""
        return self._pages.state(machine) if self._pages is not None and machine else None

    async def content(self, applying: Applying, case: Case, document: str) -> bytes:
        """The PDF of a document of a case.

        Raises:
            NotFound: ``applying.no_licence``, ``case.paper_unknown``. Unavailable: it is not at hand now.
        """
        if document == LICENCE:
            return await applying.afterwards.licence(case)
        return await applying.paper(case, document)

    async def print(
        self, case: Case, document: str, pdf: bytes, *, machine: str, actor: Actor, hands_out: bool
    ) -> Print:
        """Send a document to the printer; the journal knows of it first.

        Args:
            case: whose. document: which. pdf: itself. machine: the terminal. actor: the applicant.
            hands_out: the case waits to be handed out electronically, and is once this is printed.

        Raises:
            Refused: ``print.no_printer``, ``selfservice.prints_many``. DomainError: as `PagePrinting.print`.
        """
        pages = self._pages
        printer = pages.printer_beside(machine) if pages is not None else None
        if pages is None or printer is None:
            raise Refused("print.no_printer", kiosk=machine)
        id_ = self._server.ids.new()
        command = s.BeginPrint(
            print=id_, case=case.id, document=document, machine=machine, printer=printer, hands_out=hands_out
        )
        await self._server.execute(command, actor=actor)
        try:
            job = pages.print(machine, pdf)
        except DomainError as exc:
            await self._end(s.EndPrint(print=id_, is_printed=False, reason=exc.code))
            raise
        self._remember(job, id_)
        if job.state is JobState.FAILED:  # it said so at once, before this print was known to be its
            await self._end(_end_of(id_, job))
        return self.prints.get(id_)

    def is_taken(self, print_: str) -> bool:
        """Whether the printer has it."""
        pages, job = self._pages, self._by_print.get(print_, "")
        found = pages.jobs.of(job) if pages is not None else None
        return found is not None and found.state is JobState.TAKEN

    def is_over(self, found: Print) -> bool:
        """Whether a print is over, with all that follows from it."""
        return found.is_over and found.id not in self._handing

    # -- inside

    @property
    def _pages(self) -> PagePrinting | None:
        found: PagePrinting | None = self._server.rooms.get("page_printing")
        return found

    def _remember(self, job: Job, print_: str) -> None:
        self._jobs[job.id], self._by_print[print_] = print_, job.id
        if len(self._jobs) > REMEMBERED:
            del self._by_print[self._jobs.pop(next(iter(self._jobs)))]

    def _ended(self, job: Job) -> None:
        print_ = self._jobs.get(job.id)
        if print_ is not None:
            self._server.spawn(self._end(_end_of(print_, job)), "the end of a print")

    async def _end(self, command: s.EndPrint) -> None:
        """Put the end on record; a result that was to be handed out with it is handed out."""
        found = self.prints.get(command.print)
        hands_out = found.hands_out and command.is_printed
        if hands_out:
            self._handing.add(found.id)
        try:
            await self._server.execute(command, actor=SYSTEM, command_id=f"print-{found.id}")
            if hands_out:
                await self._hand_out(found)
        finally:
            self._handing.discard(found.id)

    async def _hand_out(self, found: Print) -> None:
        case = self._server.rooms["cases"].cases.get(found.case)
        if not is_to_hand_out(case, Delivery.ELECTRONIC):
            return
        federation = self._server.rooms["federation"]
        receipt = Receipt(cases=(case.id,), collector=f"print {found.id}", by="terminal", at=self._server.now())
        sha256 = await federation.keep(msgspec.json.encode(receipt))
        await federation.bring(sha256)
        item = Item(case=case.id, seen=case.step)
        command = IssueCases(window="", items=(item,), how=Delivery.ELECTRONIC, receipt=sha256)
        try:
            await self._server.execute(command, actor=SYSTEM, command_id=f"printed-{found.id}")
        except DomainError as exc:  # somebody was quicker; the page is printed all the same
            log.warning("%s not handed out: %s", case.id, exc.code, extra={"action": "selfservice.not_handed_out"})


def is_to_hand_out(case: Case, wish: Delivery) -> bool:
    """Whether printing the certificate hands the result out: it was asked for electronically, and waits."""
    return wish is Delivery.ELECTRONIC and case.state is State.MADE and case.outcome is Outcome.GRANTED


def _end_of(print_: str, job: Job) -> s.EndPrint:
    is_printed = job.state is JobState.PRINTED
    return s.EndPrint(print=print_, is_printed=is_printed, is_begun=job.is_begun, reason=job.reason, sheets=job.sheets)
