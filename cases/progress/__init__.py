"""Progress 办件进度: what a visitor sees of a case, at the hall and at the city."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cases.model import Case
from cases.neighbours.model import Kind
from cases.own_words import OwnWords
from cases.progress import web
from cases.progress.answering import Answering
from cases.progress.web import TicketCase
from cases.state import code_goes_by
from hall_server.days import DayOpened
from hall_server.errors import DomainError, NotFound
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from cases.neighbours.casework import Casework
    from cases.neighbours.payments import Payments
    from cases.notices.room import Notices
    from hall_server.host import Host
    from hall_server.server import Server

PHONE_MODULE = "/pages/cases_progress/phone-cases.js"


@dataclass(frozen=True, slots=True)
class Progress:
    """``server.rooms["progress"]``.

    Attributes:
        notices: None where this place sends no short messages.
        paper: case, document → the PDF. rate: case → where it can be rated, "" nowhere here.
        of_ticket: token of a ticket → its cases. fresh: a case after a command. payments: what was asked to be paid.
        words: what applicants wrote here.
    """

    casework: Casework
    notices: Notices | None
    now: Callable[[], datetime]
    paper: Callable[[Case, str], Awaitable[bytes]]
    rate: Callable[[Case], str]
    of_ticket: Callable[[str], tuple[TicketCase, ...]]
    fresh: Callable[[str], Awaitable[Case]]
    payments: Payments
    words: OwnWords


def install(server: Server) -> None:
    """Install the progress page of a hall, after the desk and the notices."""
    casework = server.rooms["neighbours"].casework

    async def paper(case: Case, document: str) -> bytes:
        desk = server.rooms.get("cases_desk")
        if desk is None or case.id not in server.rooms["cases"].cases.by_id:
            return await _kept(casework, case, document)
        content: bytes = await desk.paper(case, document)
        return content

    def rate(case: Case) -> str:
        return f"/t/{server.keys.ticket_token(case.ticket)}" if case.ticket and case.hall == casework.hall else ""

    def of_ticket(token: str) -> tuple[TicketCase, ...]:
        desk, queue = server.rooms.get("cases_desk"), server.rooms["hall_queue"].queue
        ticket = queue.by_token.get(token)
        found = server.rooms["cases"].cases.of_ticket(ticket) if desk is not None and ticket is not None else ()
        return tuple(
            _of_ticket(casework, case, desk.code_of(code_goes_by(case.query_digest, case.number)))
            for case in found
            if desk is not None
        )

    server.rooms["hall_queue"].phone_modules.append(PHONE_MODULE)
    _install(server, casework, paper, rate, of_ticket, casework.case)
    words = server.rooms["progress"].words

    def new_day(recorded: Recorded) -> None:
        server.spawn(words.sweep(server.now()), "words of applicants that were kept long enough")

    server.listen("words of applicants", new_day, types=(DayOpened.type,))


def install_city(city: Any) -> None:
    """Install the progress page of a city (`city.server.City`)."""
    casework = city.rooms["neighbours"].casework

    async def fresh(case: str) -> Case:
        await city.rooms["case_index"].catch_up()
        found: Case = await casework.case(case)
        return found

    async def paper(case: Case, document: str) -> bytes:
        return await _kept(casework, case, document)

    _install(city, casework, paper, lambda case: "", lambda token: (), fresh)
    Answering(city, casework).install()


def _install(
    host: Host,
    casework: Casework,
    paper: Callable[[Case, str], Awaitable[bytes]],
    rate: Callable[[Case], str],
    of_ticket: Callable[[str], tuple[TicketCase, ...]],
    fresh: Callable[[str], Awaitable[Case]],
) -> None:
    has_messages = host.rooms["neighbours"].room.named(Kind.SMS) is not None
    notices = host.rooms["notices"] if has_messages else None
    now: Callable[[], datetime] = host.now  # type: ignore[attr-defined]  # a hall and a city both have a time
    payments = host.rooms["neighbours"].payments
    words = OwnWords(host)  # type: ignore[arg-type]  # a hall and a city both have a vault
    found = host.rooms["progress"] = Progress(casework, notices, now, paper, rate, of_ticket, fresh, payments, words)
    host.locales.add(Path(__file__).parent / "locales")
    host.route(*web.routes(found))

    async def start() -> None:
        await words.sweep(now())

    host.on_start("words of applicants", start)


async def _kept(casework: Casework, case: Case, document: str) -> bytes:
    """A document as it was made and brought here.

    Raises:
        NotFound: ``case.paper_unknown``, ``progress.paper_elsewhere``.
    """
    paper = next((one for one in case.papers if one.document == document), None)
    if paper is None:
        raise NotFound("case.paper_unknown", case=case.id, document=document)
    if not paper.sha256:
        raise NotFound("progress.paper_elsewhere")
    try:
        return await casework.read(paper.sha256)
    except DomainError as exc:
        raise NotFound("progress.paper_elsewhere") from exc


def _of_ticket(casework: Casework, case: Case, code: str) -> TicketCase:
    edition = casework.edition(case.edition)
    name = edition.name if edition else case.matter
    return TicketCase(
        number=case.number,
        code=code,
        matter_name=name,
        matter_name_en=(edition.name_en or name) if edition else name,
        state=case.state,
    )
