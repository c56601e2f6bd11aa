"""Figures over HTTP: for managers whole and as CSV, for everybody the published ones with their formulas."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from evaluation import store
from evaluation.figures import narrowing
from evaluation.figures import period as periods
from evaluation.figures.csv_files import as_csv
from evaluation.figures.facts import By
from evaluation.figures.formulas import FORMULAS, Formula, Kind
from evaluation.figures.pictures import FiguresFound, Group, PublicPicture
from evaluation.intake import Intake
from evaluation.model import Level
from evaluation.store import Asked, RatingRow
from hall_server.errors import Invalid
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import MANAGER, PUBLIC, Limit, Route, Verb

if TYPE_CHECKING:
    from evaluation.figures import Room
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"
READING = Limit("public ratings", per_s=2, burst=40)
CSV = "text/csv; charset=utf-8"
ROWS_MOST = 20_000
"""Longest list of ratings in one file; a longer period is asked for in parts."""
PAGE_ROWS = 500
_DAYS = {"from": "first day, YYYY-MM-DD; today where none is given", "to": "last day"}
FIGURES_QUERY = {
    **_DAYS,
    "by": f"what is told apart: {', '.join(By)}",
    "raw": "1: marked ratings and excluded orders count as well",
    **narrowing.QUERY,
}


class FormulasFound(msgspec.Struct, frozen=True, kw_only=True):
    """The table of figures."""

    formulas: tuple[Formula, ...]


class FiguresHandler(ApiHandler):
    """A handler of figures."""

    hall: Server
    room: Room
    intake: Intake

    def period(self) -> periods.Period:
        """The days asked for."""
        return periods.period(self.words("from"), self.words("to"), today=self.hall.business_day)

    def by(self) -> By:
        """What is to be told apart.

        Raises:
            Invalid: ``figures.by_unknown``.
        """
        try:
            return By(self.words("by", By.HALL))
        except ValueError as exc:
            raise Invalid("figures.by_unknown", field="by", known=", ".join(By)) from exc

    def is_on(self, name: str) -> bool:
        """Whether a switch of the query is on.

        Raises:
            Invalid: ``figures.switch``, for what is neither on nor off.
        """
        said = self.words(name).casefold()
        if said not in {"", "0", "1", "true", "false"}:
            raise Invalid("figures.switch", field=name)
        return said in {"1", "true"}

    async def up_to_date(self) -> None:
        """Wait until the tables show everything that is committed."""
        await self.hall.settled()
        await self.hall.projector.reached(self.hall.journal.committed)

    def send_csv(self, content: bytes, name: str) -> None:
        """Answer with a file."""
        self.set_header("Content-Type", CSV)
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.finish(content)


class FiguresOfPeriodHandler(FiguresHandler):
    """The figures of a period."""

    async def get(self) -> None:
        """Answer with them, today's where no days are named."""
        self.answer(await self._found())

    async def _found(self) -> FiguresFound:
        narrowing.refuse_unknown(self.request.query_arguments, FIGURES_QUERY)
        period, by, raw = self.period(), self.by(), self.is_on("raw")
        only = narrowing.only_of(self.words, self.hall.directory)
        await self.up_to_date()
        said = narrowing.as_asked(self.words)
        return await self.room.pictures.of(period, by, raw=raw, only=only, said=said)


class FiguresFileHandler(FiguresOfPeriodHandler):
    """The same as CSV."""

    async def get(self) -> None:
        """Answer with one row a figure."""
        found = await self._found()
        head = ["key", "number", "name", "figure", "id", "numerator", "denominator", "value", "formula"]
        words = [self._t(f"figures.csv.{one}") for one in head]
        whole = Group(key="", name=self._t("figures.by.hall"), name_en="", number="", figures=found.figures,
                      aspects=found.aspects, reasons=found.reasons)  # fmt: skip
        rows = [
            (
                one.key,
                one.number,
                one.name,
                self._t(f"figures.{figure.id}"),
                figure.id,
                figure.numerator,
                figure.denominator,
                None if figure.kind is Kind.COUNT else figure.value,
                figure.formula,
            )
            for one in (whole, *found.groups)
            for figure in one.figures
        ]
        self.send_csv(as_csv(words, rows), f"ratings-figures-{found.first}-{found.last}-{found.by}.csv")

    def _t(self, key: str) -> str:
        return self.web.locales.text(key, self.language)


class RatingsFileHandler(FiguresHandler):
    """The ratings of a period as CSV, as the manager's list shows them."""

    async def get(self) -> None:
        """Answer with one row a rating, the newest first."""
        period = self.period()
        least = int(Level.DISSATISFIED) if self.is_on("bad") else 1
        await self.up_to_date()
        rows: list[RatingRow] = []
        while len(rows) < ROWS_MOST:
            asked = Asked(first=period.first, last=period.last, window=self.words("window") or None, least=least,
                          limit=PAGE_ROWS, offset=len(rows))  # fmt: skip
            found, total = await store.listed(self.hall.views, asked)
            rows += found
            if not found or len(rows) >= total:
                break
        texts = [await self.intake.text(row.text) for row in rows]
        content = await asyncio.to_thread(self._file, rows, texts)
        self.send_csv(content, f"ratings-{period.first}-{period.last}.csv")

    def _file(self, rows: list[RatingRow], texts: list[str | None]) -> bytes:
        names = ("day", "at", "window", "staff", "matter", "level", "channel", "aspects", "reasons", "text", "case",
                 "marks", "id")  # fmt: skip
        return as_csv(
            [self.web.locales.text(f"figures.list.{one}", self.language) for one in names],
            (self._row(row, text) for row, text in zip(rows, texts, strict=True)),
        )

    def _row(self, row: RatingRow, text: str | None) -> tuple[object, ...]:
        directory, language = self.hall.directory, self.language
        said = self.web.locales.text
        window, staff = directory.windows.get(row.window), directory.staff.get(row.staff or "")
        matter = directory.matters.get(row.matter or "")
        local = row.at.astimezone(self.room.zone)
        return (
            *(row.business_day.isoformat(), f"{local:%Y-%m-%d %H:%M:%S}", window.number if window else row.window),
            *(staff.number if staff else row.staff, matter.name if matter else row.matter),
            *(said(f"figures.level.{int(row.level)}", language), said(f"figures.channel.{row.channel}", language)),
            " ".join(said(f"figures.aspect.{one}", language) for one in row.aspects),
            " ".join(said(f"figures.reason.{one}", language) for one in row.reasons),
            *(text, row.case, " ".join(said(f"figures.mark.{one}", language) for one in row.marks), row.id),
        )


class PublicHandler(FiguresHandler):
    """What is published."""

    async def get(self) -> None:
        """Answer with a month, the present one where none is named."""
        month = periods.month(self.words("month"), today=self.hall.business_day)
        self.answer(msgspec.Raw(await self.room.published.of(month)))


class FormulasHandler(FiguresHandler):
    """The table of figures."""

    async def get(self) -> None:
        """Answer with it."""
        self.answer(FormulasFound(formulas=FORMULAS))


def routes(server: Server, room: Room, intake: Intake) -> list[Route]:
    """The addresses and pages of figures."""
    options = {"hall": server, "room": room, "intake": intake}
    listed = {**_DAYS, "window": "only of this window", "bad": "1: only levels 4 and 5"}
    read = Verb(access=MANAGER, summary="Figures of ratings", reply=FiguresFound, query=FIGURES_QUERY)
    file = Verb(access=MANAGER, summary="Figures of ratings as CSV", media="text/csv", query=FIGURES_QUERY)
    every = Verb(access=MANAGER, summary="Ratings as CSV", media="text/csv", query=listed)
    month = {"month": "such as 2026-11; the present one where none is given"}
    shown = Verb(access=PUBLIC, summary="Published figures", reply=PublicPicture, query=month, limit=READING)
    table = Verb(access=PUBLIC, summary="What each figure divides by what", reply=FormulasFound, limit=READING)
    return [
        Route("/api/v1/ratings/figures", FiguresOfPeriodHandler, {"GET": read}, options=options),
        Route(r"/api/v1/ratings/figures\.csv", FiguresFileHandler, {"GET": file}, options=options),
        Route(r"/api/v1/ratings/list\.csv", RatingsFileHandler, {"GET": every}, options=options),
        Route("/api/v1/ratings/public", PublicHandler, {"GET": shown}, options=options),
        Route("/api/v1/ratings/formulas", FormulasHandler, {"GET": table}, options=options),
        *page_routes("figures", PAGES, {"/ratings": "public.html", "/ratings/formulas": "formulas.html"}),
        *page_routes("figures", PAGES, {"/manager/ratings": "manager.html"}, access=MANAGER),
        file_route("figures", PAGES),
    ]
