"""Addresses of the progress page: asking, downloading, taking back, notices on and off; and the cases of a ticket."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from cases.model import Case
from cases.progress.asking import CODE_MOST, NUMBER_MOST, asked_for, plain_number
from cases.progress.picture import FeeSeen, PartSeen, ProgressSeen, progress
from hall_server.errors import NotFound, Refused
from hall_server.identity import visitor
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import PUBLIC, Limit, Route, Verb

if TYPE_CHECKING:
    from cases.neighbours.casework import Casework, PartCase
    from cases.neighbours.payments import PaymentShown
    from cases.progress import Progress

PAGES = Path(__file__).parent / "pages"
ROOM = "cases_progress"
PER_ADDRESS = Limit(group="progress", per_s=0.5, burst=30)
PER_NUMBER = Limit(group="progress number", per_s=0.1, burst=20)
"""Of one case number from wherever: nobody tries codes from many addresses at once."""
Number = Annotated[str, Meta(min_length=1, max_length=NUMBER_MOST)]
Code = Annotated[str, Meta(min_length=1, max_length=CODE_MOST)]


class ProgressWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Number and query code, as they stand on the receipt."""

    number: Number
    code: Code


class PaperWanted(ProgressWanted, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which document."""

    document: Annotated[str, Meta(min_length=1, max_length=80)]


class WithdrawWanted(ProgressWanted, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is taken back; may be empty."""

    reason: Annotated[str, Meta(max_length=200)] = ""


class NoticesWanted(ProgressWanted, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether short messages are wanted."""

    wanted: bool


class TicketCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case that was received on a ticket; ``code``: the ticket's holder may ask for it."""

    number: str
    code: str
    matter_name: str
    matter_name_en: str
    state: str


class TicketCases(msgspec.Struct, frozen=True, kw_only=True):
    """All of them."""

    cases: tuple[TicketCase, ...]


def routes(found: Progress) -> list[Route]:
    """All of them."""
    options: dict[str, object] = {"found": found}

    def api(path: str, handler: type[_Handler], **verbs: Verb) -> Route:
        return Route(f"/api/v1/progress{path}", handler, {k.upper(): v for k, v in verbs.items()}, options=options)

    query = {"number": "case number", "code": "query code"}
    ask = Verb(
        access=PUBLIC, summary="How far a case is", request=ProgressWanted, reply=ProgressSeen, limit=PER_ADDRESS
    )
    look = Verb(access=PUBLIC, summary="How far a case is", reply=ProgressSeen, query=query, limit=PER_ADDRESS)
    return [
        api("", ProgressHandler, post=ask, get=look),
        api(
            "/paper",
            PaperHandler,
            post=Verb(
                access=PUBLIC,
                summary="A document of a case",
                request=PaperWanted,
                media="application/pdf",
                limit=PER_ADDRESS,
            ),
        ),
        api(
            "/withdraw",
            WithdrawHandler,
            post=Verb(
                access=PUBLIC,
                summary="Take an application back",
                request=WithdrawWanted,
                reply=ProgressSeen,
                limit=PER_ADDRESS,
            ),
        ),
        api(
            "/notices",
            NoticesHandler,
            post=Verb(
                access=PUBLIC,
                summary="Short messages on or off",
                request=NoticesWanted,
                reply=ProgressSeen,
                limit=PER_ADDRESS,
            ),
        ),
        api(
            "/tickets/{token}",
            TicketHandler,
            get=Verb(access=PUBLIC, summary="Cases of a ticket", reply=TicketCases, limit=PER_ADDRESS),
        ),
        *page_routes(ROOM, PAGES, {"/progress": "progress.html", "/c/{number}": "progress.html"}),
        file_route(ROOM, PAGES),
    ]


class _Handler(ApiHandler):
    found: Progress

    async def case(self, number: str, code: str) -> Case:
        """The case, where the code is right; each try counts, also those for numbers that nobody has."""
        self.web.limiter.take(PER_NUMBER, plain_number(number))
        return await asked_for(self.found.casework, number, code)

    async def show(self, case: Case) -> None:
        """Answer with a case as it is."""
        casework, notices = self.found.casework, self.found.notices
        phone = await notices.phone_of(case) if notices is not None and case.hall == casework.hall else ""
        seen = progress(
            case,
            casework.edition(case.edition),
            casework.terms,
            self.found.now(),
            rate=self.found.rate(case),
            writes_here=case.writer == casework.writer,
            notices=not await notices.is_opted_out(phone) if notices is not None and phone else None,
        )
        parts = await casework.of_package(case.package) if case.package else []
        others = tuple(_part(casework, one) for one in parts if one.number != case.number)
        fees = tuple(_fee(one) for one in await self.found.payments.of(case))
        self.answer(msgspec.structs.replace(seen, parts=others, fees=fees))


def _fee(one: PaymentShown) -> FeeSeen:
    return FeeSeen(names=one.names, amount_fen=one.amount_fen, state=one.state, pay_url=one.pay_url)


def _part(casework: Casework, part: PartCase) -> PartSeen:
    edition = casework.edition(part.edition)
    name = edition.name if edition else part.matter
    return PartSeen(
        number=part.number,
        matter_name=name,
        matter_name_en=(edition.name_en if edition else "") or name,
        state=part.state,
    )


class ProgressHandler(_Handler):
    """`/api/v1/progress`."""

    async def post(self) -> None:
        """How far it is; number and code stay out of the address."""
        wanted = self.read(ProgressWanted)
        await self.show(await self.case(wanted.number, wanted.code))

    async def get(self) -> None:
        """The same for programs that cannot send a body."""
        await self.show(await self.case(self.words("number"), self.words("code")))


class PaperHandler(_Handler):
    """`…/paper`."""

    async def post(self) -> None:
        """A document as PDF.

        Raises:
            NotFound: ``case.paper_unknown``, ``progress.paper_elsewhere``.
        """
        wanted = self.read(PaperWanted)
        case = await self.case(wanted.number, wanted.code)
        content = await self.found.paper(case, wanted.document)
        self.set_header("Content-Type", "application/pdf")
        self.set_header("Content-Disposition", f'attachment; filename="{case.number}.pdf"')
        self.finish(content)


class WithdrawHandler(_Handler):
    """`…/withdraw`."""

    async def post(self) -> None:
        """Take it back; why lies in the vault.

        Raises:
            Refused: ``progress.elsewhere``: another place goes on with the case.
        """
        wanted, casework = self.read(WithdrawWanted), self.found.casework
        case = await self.case(wanted.number, wanted.code)
        if case.writer != casework.writer:
            raise Refused("progress.elsewhere")
        applicant = visitor(f"applicant-{case.applicant or case.id}")
        command_id = self.command_id or f"withdraw-{case.id}"
        await self.found.words.withdraw(casework, case, wanted.reason, actor=applicant, command_id=command_id)
        await self.show(await self.found.fresh(case.id))


class NoticesHandler(_Handler):
    """`…/notices`."""

    async def post(self) -> None:
        """Switch short messages on or off.

        Raises:
            NotFound: ``progress.no_notices``: this place sends none for this case.
        """
        wanted, notices = self.read(NoticesWanted), self.found.notices
        case = await self.case(wanted.number, wanted.code)
        phone = await notices.phone_of(case) if notices is not None else ""
        if notices is None or not phone:
            raise NotFound("progress.no_notices")
        await (notices.opt_in(phone) if wanted.wanted else notices.opt_out(phone))
        await self.show(case)


class TicketHandler(_Handler):
    """`…/tickets/{token}`."""

    async def get(self, token: str) -> None:
        """The cases that were received on a ticket."""
        self.answer(TicketCases(cases=self.found.of_ticket(token)))
