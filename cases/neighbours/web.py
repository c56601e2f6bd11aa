"""Addresses of the neighbours: their messages come in here, and managers see how they do.

Why this long: one short handler for each address, beside the table of them.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
from msgspec import Meta

from cases.neighbours import report, wire
from cases.neighbours.complaints import ComplaintShown
from cases.neighbours.payments import ORDER
from cases.neighbours.report import Compared, DayRow, LetterShown, Queue
from cases.neighbours.watching import FAILED_WITHIN, Alarm
from hall_server.errors import Invalid, NotFound, Refused
from hall_server.identity import Role
from hall_server.outbox.table import State
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import PUBLIC, Limit, Route, Verb, api, roles

if TYPE_CHECKING:
    from cases.neighbours import Neighbours

LOOKS = roles(Role.MANAGER, Role.ADMIN, Role.SUPERVISOR)
DOES = roles(Role.MANAGER, Role.ADMIN)
PAGES = Path(__file__).parent / "pages"
MESSAGE_BYTES = 8 * 1024 * 1024
_LIMIT = Limit(group="neighbours", per_s=50, burst=500)
_S = TypeVar("_S", bound=msgspec.Struct)
_DAYS = {"from": "first day, ISO", "to": "last day, ISO"}
AGAIN = timedelta(days=14)


class NeighbourSeen(msgspec.Struct, frozen=True, kw_only=True):
    """How a neighbour does; ``trouble``: a word for why nothing gets through."""

    name: str
    kind: str
    trouble: str
    since: datetime | None
    next_at: datetime | None
    departments: tuple[str, ...]
    queue: Queue
    compared: Compared | None


class NeighboursSeen(msgspec.Struct, frozen=True, kw_only=True):
    """All of them."""

    now: datetime
    today: date
    neighbours: tuple[NeighbourSeen, ...]
    alarms: tuple[Alarm, ...]
    failed: tuple[LetterShown, ...]
    complaints: tuple[ComplaintShown, ...]
    may: bool


class AnswerWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/complaints/{order}`: what was done about a complaint of the hotline."""

    result: Annotated[str, Meta(max_length=2_000)]


class ReportSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The reconciliation report."""

    rows: tuple[DayRow, ...]


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered to a neighbour's message: accepted or rejected, with a code."""

    transaction: str
    state: str
    code: str = ""
    message: str = ""


class AgainWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/again`: a request that was refused or given up, once more."""

    transaction: Annotated[str, Meta(min_length=1, max_length=80)]


class CompareWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/compare`: which neighbour and day."""

    neighbour: Annotated[str, Meta(min_length=1, max_length=80)]
    day: date


def routes(found: Neighbours) -> list[Route]:
    """All of them."""
    options: dict[str, object] = {"found": found}
    routes_ = [
        api(
            "/api/v1/neighbours",
            SeenHandler,
            get=Verb(access=LOOKS, summary="How the neighbours do", reply=NeighboursSeen),
        ),
        api(
            "/api/v1/neighbours/report",
            ReportHandler,
            get=Verb(access=LOOKS, summary="Reconciliation report", reply=ReportSeen, query=_DAYS),
        ),
        api(
            "/api/v1/neighbours/report.csv",
            CsvHandler,
            get=Verb(access=LOOKS, summary="Reconciliation report as CSV", query=_DAYS, media="text/csv"),
        ),
        api(
            "/api/v1/neighbours/again",
            AgainHandler,
            post=Verb(access=DOES, summary="Send a request once more", request=AgainWanted, status=204),
        ),
        api(
            "/api/v1/neighbours/complaints/{order:[^/]{1,80}}",
            ComplaintHandler,
            post=Verb(access=LOOKS, summary="Answer a complaint of the hotline", request=AnswerWanted, status=204),
        ),
        api(
            "/api/v1/neighbours/compare",
            CompareHandler,
            post=Verb(access=LOOKS, summary="Compare a day with a neighbour", request=CompareWanted, reply=Compared),
        ),
        api(
            wire.MESSAGES,
            MessagesHandler,
            body_limit=MESSAGE_BYTES,
            post=Verb(
                access=PUBLIC,
                summary="A neighbour tells something; signed",
                request=wire.Tells,
                reply=Heard,
                limit=_LIMIT,
            ),
        ),
    ]
    pages = [
        *page_routes("neighbours", PAGES, {"/neighbours": "neighbours.html"}, access=LOOKS),
        file_route("neighbours", PAGES),
    ]
    return [*(_with(route, options) for route in routes_), *pages]


def _with(route: Route, options: dict[str, object]) -> Route:
    """The route with what its handler needs."""
    return Route(route.path, route.handler, route.verbs, route.kind, route.body_limit, options)


class _Handler(ApiHandler):
    found: Neighbours

    def local(self, shown: _S) -> _S:
        """With its moments by the place's clock."""
        zone = self.found.room.zone
        moments = {name: getattr(shown, name) for name in shown.__struct_fields__}
        changes = {name: at.astimezone(zone) for name, at in moments.items() if isinstance(at, datetime)}
        return msgspec.structs.replace(shown, **changes)

    def days(self) -> tuple[date, date]:
        """The days of the query; today where none are named."""
        today = self.found.room.centre.now().astimezone(self.found.room.zone).date()
        try:
            first = date.fromisoformat(self.words("from") or today.isoformat())
            last = date.fromisoformat(self.words("to") or today.isoformat())
        except ValueError as exc:
            raise Invalid("query.invalid", field="from") from exc
        if not timedelta() <= last - first <= timedelta(days=report.DAYS_MOST):
            raise Invalid("query.invalid", field="to")
        return first, last


class SeenHandler(_Handler):
    """`/api/v1/neighbours`."""

    async def get(self) -> None:
        """How they do."""
        room = self.found.room
        now = room.centre.now()
        queues = await report.queues(room, since=now - FAILED_WITHIN)
        failed = await report.failed(room, since=now - FAILED_WITHIN, limit=report.LETTERS_MOST)
        complaints = await self.found.complaints.some(closed_since=now - FAILED_WITHIN)
        seen = []
        for name, way in self.found.room.ways.items():
            trouble = way.trouble
            seen.append(
                self.local(
                    NeighbourSeen(
                        name=name,
                        kind=way.kind,
                        trouble=trouble.reason if trouble else "",
                        since=trouble.since if trouble else None,
                        next_at=trouble.next_at if trouble else None,
                        departments=way.place.departments,
                        queue=self.local(queues.get(name, Queue())),
                        compared=self.found.watch.compared.get(name),
                    )
                )
            )
        self.answer(
            NeighboursSeen(
                now=now.astimezone(room.zone),
                today=now.astimezone(room.zone).date(),
                neighbours=tuple(seen),
                alarms=tuple(await self.found.watch.look()),
                failed=tuple([self.local(one) for one in failed]),
                complaints=tuple([self.local(one) for one in complaints]),
                may=DOES.admits(self.actor),
            )
        )


class ReportHandler(_Handler):
    """`…/report`."""

    async def get(self) -> None:
        """The report."""
        self.answer(ReportSeen(rows=tuple(await report.rows(self.found.room, *self.days()))))


class CsvHandler(_Handler):
    """`…/report.csv`."""

    async def get(self) -> None:
        """The report as a file."""
        first, last = self.days()
        content = report.as_csv(await report.rows(self.found.room, first, last))
        self.set_header("Content-Type", "text/csv; charset=utf-8")
        self.set_header("Content-Disposition", f'attachment; filename="neighbours-{first}-{last}.csv"')
        self.finish("\ufeff" + content)


class AgainHandler(_Handler):
    """`…/again`."""

    async def post(self) -> None:
        """Send it once more.

        Raises:
            NotFound: ``neighbour.unknown_transaction``.
            Refused: ``neighbour.not_failed``; ``neighbour.called_off``: nobody is to pay that any more.
        """
        wanted, room = self.read(AgainWanted), self.found.room
        letter = await room.outbox.one(wanted.transaction)
        if letter is None:
            raise NotFound("neighbour.unknown_transaction")
        if letter.state not in {State.REJECTED, State.GIVEN_UP}:
            raise Refused("neighbour.not_failed")
        if letter.kind == ORDER and not await self.found.payments.may_order(letter):
            raise Refused("neighbour.called_off")
        now = room.centre.now()
        await room.outbox.again(letter, now=now, until=now + AGAIN)
        room.hurry(letter.neighbour)
        self.answer_nothing()


class ComplaintHandler(_Handler):
    """`…/complaints/{order}`."""

    async def post(self, order: str) -> None:
        """Answer it."""
        wanted = self.read(AnswerWanted)
        await self.found.complaints.close(order, wanted.result, by=str(self.actor))
        self.answer_nothing()


class CompareHandler(_Handler):
    """`…/compare`."""

    async def post(self) -> None:
        """Compare."""
        wanted = self.read(CompareWanted)
        if wanted.neighbour not in self.found.room.ways:
            raise NotFound("neighbour.none", kind=wanted.neighbour)
        compared = await report.compare(self.found.room, wanted.neighbour, wanted.day)
        self.found.watch.compared[wanted.neighbour] = compared
        self.answer(compared)


class MessagesHandler(_Handler):
    """`…/{name}/messages`."""

    async def post(self, name: str) -> None:
        """Take what a neighbour tells."""
        status, headers, body = await self.found.hearing.take(
            name, path=self.request.uri or "", headers=self.request.headers, body=self.raw_body
        )
        self.set_status(status)
        for header, value in headers.items():
            self.set_header(header, value)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(body)
