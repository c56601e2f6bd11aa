"""Addresses of the neighbours: their messages come in here, and managers see how they do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from cases.neighbours import report, wire
from cases.neighbours.report import Compared, DayRow
from cases.neighbours.watching import Alarm
from hall_server.errors import Invalid, NotFound, Refused
from hall_server.identity import Role
from hall_server.outbox.table import State
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import PUBLIC, Limit, Route, Verb, api, roles

if TYPE_CHECKING:
    from cases.neighbours import Neighbours

LOOKS = roles(Role.MANAGER, Role.ADMIN, Role.SUPERVISOR)
DOES = roles(Role.MANAGER, Role.ADMIN)
MESSAGE_BYTES = 8 * 1024 * 1024
_LIMIT = Limit(group="neighbours", per_s=50, burst=500)
_DAYS = {"from": "first day, ISO", "to": "last day, ISO"}
AGAIN = timedelta(days=14)


class NeighbourSeen(msgspec.Struct, frozen=True, kw_only=True):
    """How a neighbour does; ``trouble``: a word for why nothing gets through."""

    name: str
    kind: str
    trouble: str
    since: datetime | None
    next_at: datetime | None
    compared: Compared | None


class NeighboursSeen(msgspec.Struct, frozen=True, kw_only=True):
    """All of them."""

    neighbours: tuple[NeighbourSeen, ...]
    alarms: tuple[Alarm, ...]


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
    return [_with(route, options) for route in routes_]


def _with(route: Route, options: dict[str, object]) -> Route:
    """The route with what its handler needs."""
    return Route(route.path, route.handler, route.verbs, route.kind, route.body_limit, options)


class _Handler(ApiHandler):
    found: Neighbours

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
        seen = []
        for name, way in self.found.room.ways.items():
            trouble = way.trouble
            seen.append(
                NeighbourSeen(
                    name=name,
                    kind=way.kind,
                    trouble=trouble.reason if trouble else "",
                    since=trouble.since if trouble else None,
                    next_at=trouble.next_at if trouble else None,
                    compared=self.found.watch.compared.get(name),
                )
            )
        self.answer(NeighboursSeen(neighbours=tuple(seen), alarms=tuple(await self.found.watch.look())))


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
            NotFound: ``neighbour.unknown_transaction``. Refused: ``neighbour.not_failed``.
        """
        wanted, room = self.read(AgainWanted), self.found.room
        letter = await room.outbox.one(wanted.transaction)
        if letter is None:
            raise NotFound("neighbour.unknown_transaction")
        if letter.state not in {State.REJECTED, State.GIVEN_UP}:
            raise Refused("neighbour.not_failed")
        now = room.centre.now()
        await room.outbox.again(letter, now=now, until=now + AGAIN)
        room.hurry(letter.neighbour)
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
