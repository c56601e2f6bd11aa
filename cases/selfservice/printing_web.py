"""Printing documents of one's own case at a terminal, over HTTP."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from cases.applying.sessions import Machine
from cases.applying.web import BASE, WORK, ApplicantHandler
from cases.flow import PaperKind
from cases.model import Case, Delivery, Outcome
from cases.selfservice.certificates import LICENCE, is_to_hand_out
from cases.selfservice.prints import COPIES_MOST, Print
from devices.page_printing import PagesState
from hall_server.errors import Forbidden, NotFound
from hall_server.web.routes import PUBLIC, Limit, Route, Verb

if TYPE_CHECKING:
    from cases.applying.pictures import Pictures
    from cases.applying.room import Applying
    from cases.selfservice.certificates import Certificates

PRINTS = Limit(group="terminal prints", per_s=0.2, burst=20)
ALL_OF_IT = Limit(group="terminal printer", per_s=10, burst=100)


class PrintWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/prints`: ``licence``, or the id of a document of the case."""

    document: str


class PrintState(StrEnum):
    """How far a print is."""

    SENT = "sent"
    PRINTING = "printing"  # the printer has it
    PRINTED = "printed"
    FAILED = "failed"


class PrintSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A print, for whoever stands before the printer.

    Attributes:
        reason: why it failed. is_begun: some of it may have come out.
        left: how often this document may still be printed here.
        is_handed_out: the result counts as handed out now.
    """

    id: str
    state: PrintState
    reason: str
    is_begun: bool
    left: int
    is_handed_out: bool


class Printable(msgspec.Struct, frozen=True, kw_only=True):
    """A document that may be printed. ``hands_out``: printing it hands the result out."""

    document: str
    kind: str
    left: int
    hands_out: bool = False


class PrintsShown(msgspec.Struct, frozen=True, kw_only=True):
    """`GET …/prints`.

    Attributes:
        printer: how the A4 printer beside this machine is; None: there is none.
        documents: what may be printed. most: how often each, in a month.
        needs: ``card``: there is a certificate, and it needs a card or a proved phone.
    """

    printer: PagesState | None
    documents: list[Printable]
    most: int = COPIES_MOST
    needs: str = ""


class PrinterShown(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/selfservice/printer`: None: there is no A4 printer beside this machine."""

    printer: PagesState | None


class CertificateHandler(ApplicantHandler):
    """What the handlers of this file share."""

    certificates: Certificates

    async def is_sure(self) -> bool:
        """Whether whoever asks surely is the person: certificates are printed for nobody else."""
        return await self.applying.identifying.is_sure(self.who)

    async def wish(self, id_: str) -> Delivery:
        """How the applicant wants the result."""
        held = await self.applying.load(self.who.person, id_)
        return held.application.delivery


class PrinterHandler(CertificateHandler):
    """`GET /api/v1/selfservice/printer`."""

    async def get(self) -> None:
        """How the A4 printer beside the machine that asks is."""
        self.answer(PrinterShown(printer=self.certificates.printer(self.device)))


class PrintsHandler(CertificateHandler):
    """`GET · POST /api/v1/applications/{id}/prints`."""

    async def get(self, id: str) -> None:  # noqa: A002  # the path's name
        """What can be printed."""
        case, is_sure = await self.case(id), await self.is_sure()
        shown = self._documents(case, await self.wish(id), is_sure=is_sure)
        needs = "card" if has_licence(case) and not is_sure else ""
        self.answer(PrintsShown(printer=self.certificates.printer(self.device), documents=shown, needs=needs))

    async def post(self, id: str) -> None:  # noqa: A002  # the path's name
        """Print one.

        Raises:
            Forbidden: ``selfservice.not_here``: this is no terminal of the hall. Refused: ``applying.result_card``.
        """
        wanted, case = self.read(PrintWanted), await self.case(id)
        if not self.device or self.who.machine is not Machine.TERMINAL:
            raise Forbidden("selfservice.not_here")
        if wanted.document == LICENCE:
            await self.check_sure()
        wish = await self.wish(id)
        known = {one.document: one for one in self._documents(case, wish, is_sure=True)}
        if wanted.document not in known:
            raise NotFound("case.paper_unknown", case=case.id, document=wanted.document)
        pdf = await self.certificates.content(self.applying, case, wanted.document)
        made = await self.certificates.print(
            case,
            wanted.document,
            pdf,
            machine=self.device,
            actor=self.as_applicant,
            hands_out=known[wanted.document].hands_out,
        )
        self.answer(seen(self.certificates, made, case), status=202)

    def _documents(self, case: Case, wish: Delivery, *, is_sure: bool) -> list[Printable]:
        left = self.certificates.prints.left
        papers = [
            Printable(document=one.document, kind=one.kind, left=left(case.id, one.document))
            for one in case.papers
            if one.kind != PaperKind.TRANSFER
        ]
        if not has_licence(case) or not is_sure:
            return papers
        hands_out = is_to_hand_out(case, wish)
        certificate = Printable(document=LICENCE, kind=LICENCE, left=left(case.id, LICENCE), hands_out=hands_out)
        return [certificate, *papers]


class PrintHandler(CertificateHandler):
    """`GET /api/v1/applications/{id}/prints/{print}`."""

    async def get(self, id: str, print: str) -> None:  # noqa: A002  # the path's names
        """How far a print is."""
        case, found = await self.case(id), self.certificates.prints.get(print)
        if found.case != case.id:
            raise NotFound("selfservice.print_unknown", print=print)
        await self.server.settled()
        self.answer(seen(self.certificates, found, case))


def has_licence(case: Case) -> bool:
    """Whether there is a certificate to print."""
    return bool(case.licence_file) and case.outcome is Outcome.GRANTED


def seen(certificates: Certificates, found: Print, case: Case) -> PrintSeen:
    """A print as it stands."""
    if certificates.is_over(found):
        state = PrintState.PRINTED if found.is_printed else PrintState.FAILED
    else:
        state = PrintState.PRINTING if certificates.is_taken(found.id) else PrintState.SENT
    return PrintSeen(
        id=found.id,
        state=state,
        reason=found.reason,
        is_begun=found.is_over and found.is_begun,
        left=certificates.prints.left(found.case, found.document),
        is_handed_out=case.delivered_at is not None,
    )


def routes(certificates: Certificates, applying: Applying, pictures: Pictures) -> list[Route]:
    """The terminal's addresses for printing."""
    options: dict[str, Any] = {"certificates": certificates, "applying": applying, "pictures": pictures}
    printer = Verb(access=PUBLIC, summary="The A4 printer beside a terminal", reply=PrinterShown, limit=ALL_OF_IT)
    what = Verb(access=PUBLIC, summary="Documents of a case that can be printed", reply=PrintsShown, limit=WORK)
    begin = Verb(
        access=PUBLIC,
        summary="Print a document at the terminal",
        request=PrintWanted,
        reply=PrintSeen,
        status=202,
        limit=PRINTS,
    )
    how = Verb(access=PUBLIC, summary="How far a print is", reply=PrintSeen, limit=WORK)
    prints = f"{BASE}/{{id}}/prints"
    return [
        Route("/api/v1/selfservice/printer", PrinterHandler, {"GET": printer}, options=options),
        Route(prints, PrintsHandler, {"GET": what, "POST": begin}, options=options),
        Route(f"{prints}/{{print:[0-9A-Za-z]{{1,40}}}}", PrintHandler, {"GET": how}, options=options),
    ]
