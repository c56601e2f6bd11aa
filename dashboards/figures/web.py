"""The hall's figures over HTTP, for managers, with the table of their formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from dashboards.figures.asked import BYS, Asked, GroupBy, year_before
from dashboards.figures.cells import Dim
from dashboards.figures.formulas import FORMULAS, Measure
from dashboards.figures.pictures import StatisticsFound
from evaluation.figures import narrowing
from evaluation.figures import period as periods
from hall_server.errors import Invalid
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, Route, Verb

if TYPE_CHECKING:
    from dashboards.figures import Room
    from hall_server.server import Server

ADDRESS = "/api/v1/statistics"
QUERY = {
    "from": "first day, YYYY-MM-DD; today where none is given",
    "to": "last day",
    "by": f"what is told apart: {', '.join(BYS)}",
    **narrowing.QUERY,
    "compare": "before: the period just before; year: the same days a year earlier; or FIRST,LAST",
}


class FormulaText(msgspec.Struct, frozen=True, kw_only=True):
    """A figure in words."""

    id: str
    kind: Measure
    is_better_high: bool | None
    name: str
    plain: str
    formula: str
    events: str


class FormulaTexts(msgspec.Struct, frozen=True, kw_only=True):
    """The table of figures in a language."""

    formulas: tuple[FormulaText, ...]


class QuestionHandler(ApiHandler):
    """Reads a question about a period, its filters included."""

    hall: Server
    known: Mapping[str, str] = QUERY

    def asked(self) -> Asked:
        """The question, about today where no days are named.

        Raises:
            Invalid: what cannot be asked, at its field.
        """
        narrowing.refuse_unknown(self.request.query_arguments, self.known)
        period = periods.period(self.words("from"), self.words("to"), today=self.hall.business_day)
        departments = {matter.id: matter.department for matter in self.hall.directory.matters.values()}
        return Asked(period=period, by=self._by(), only=self.only(), department_of=departments)

    def compare(self, period: periods.Period) -> periods.Period | None:
        """The period beside it; None where none is asked for.

        Raises:
            Invalid: ``statistics.compare_unknown``, or what is wrong with its days.
        """
        match self.words("compare").split(","):
            case [""]:
                return None
            case ["before"]:
                return period.before
            case ["year"]:
                return year_before(period)
            case [first, last] if first and last:
                return self._other(first, last)
            case _:
                raise Invalid("statistics.compare_unknown", field="compare")

    def _other(self, first: str, last: str) -> periods.Period:
        try:
            return periods.period(first, last, today=self.hall.business_day)
        except Invalid as exc:
            raise Invalid(exc.code, **{**exc.fields, "field": "compare"}) from exc

    async def up_to_date(self) -> None:
        """Wait until the tables know everything that was decided so far."""
        await self.hall.settled()
        await self.hall.projector.reached(self.hall.journal.committed)

    def _by(self) -> GroupBy:
        try:
            by = GroupBy(self.words("by", GroupBy.HALL))
        except ValueError:
            by = GroupBy.SLOT
        if by not in BYS:
            raise Invalid("figures.by_unknown", field="by", known=", ".join(BYS))
        return by

    def only(self) -> dict[Dim, frozenset[str]]:
        """The filters.

        Raises:
            Invalid: ``statistics.value_unknown``.
        """
        return {Dim(of): values for of, values in narrowing.only_of(self.words, self.hall.directory).items()}


class StatisticsHandler(QuestionHandler):
    """The figures of a period."""

    room: Room

    async def get(self) -> None:
        """Answer with them."""
        asked = self.asked()
        compare = self.compare(asked.period)
        await self.up_to_date()
        self.answer(await self.room.pictures.of(asked, narrowing.as_asked(self.words), compare))


class FormulasHandler(ApiHandler):
    """The table of figures."""

    async def get(self) -> None:
        """Answer with it in words."""
        said: Callable[[str], str] = lambda key: self.web.locales.text(f"statistics.{key}", self.language)  # noqa: E731  # one word for what stands four times below
        self.answer(
            FormulaTexts(
                formulas=tuple(
                    FormulaText(
                        id=one.id,
                        kind=one.kind,
                        is_better_high=one.is_better_high,
                        name=said(one.id),
                        plain=said(f"{one.id}.plain"),
                        formula=said(f"{one.id}.formula"),
                        events=said(f"{one.id}.events"),
                    )
                    for one in FORMULAS
                )
            )
        )


def routes(server: Server, room: Room) -> list[Route]:
    """The addresses of figures."""
    options = {"hall": server, "room": room}
    found = Verb(access=MANAGER, summary="Figures of a period", reply=StatisticsFound, query=QUERY)
    table = Verb(access=MANAGER, summary="What each figure divides by what, in words", reply=FormulaTexts)
    return [
        Route(ADDRESS, StatisticsHandler, {"GET": found}, options=options),
        Route(f"{ADDRESS}/formulas", FormulasHandler, {"GET": table}, options=options),
    ]
