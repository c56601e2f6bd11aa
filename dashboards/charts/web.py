"""Charts over HTTP, for managers: what each shows, its numbers as a table, a figure to draw; and plotly.js itself."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from attendance.figures import FORMULAS, DutyKind
from attendance.figures import DutyFormula as Formula
from dashboards.charts import library, look, plot
from dashboards.charts.data import Charts
from dashboards.charts.duty import DutyAsked, DutyFound, duty, only_of
from dashboards.charts.model import Chart, ChartId
from dashboards.charts.spoken import Table, Words
from dashboards.figures.web import ADDRESS, QUERY, QuestionHandler
from evaluation.figures import narrowing
from hall_server.errors import Invalid, NotFound
from hall_server.web.handlers import ApiHandler, BaseHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import MANAGER, PUBLIC, Kind, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"
SCRIPT = "/library/plotly-{version}.js"
THEMES = {"light": look.LIGHT, "dark": look.DARK}
_QUERY = {
    **{name: meaning for name, meaning in QUERY.items() if name not in {"by", "compare"}},
    "chart": f"which: {', '.join(ChartId)}; several with commas between them; all where none is named",
    "theme": "colours of the page: light or dark",
}


class DutyFormula(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of attendance in words."""

    id: str
    kind: DutyKind
    is_better_high: bool | None
    name: str
    plain: str
    formula: str
    events: str


class DutyFormulas(msgspec.Struct, frozen=True, kw_only=True):
    """The table of figures of attendance in a language."""

    formulas: tuple[DutyFormula, ...]


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """A chart.

    Attributes:
        title, plain: what it is called, and how to read it. said: a sentence that stands for it.
        chart: what it shows. table: the same as rows.
        figure: data and layout for plotly.js; None where there is nothing to draw.
    """

    title: str
    plain: str
    said: str
    chart: Chart
    table: Table
    figure: dict[str, Any] | None


class ChartsFound(msgspec.Struct, frozen=True, kw_only=True):
    """Charts of a period.

    Attributes:
        script: where plotly.js lies. style_ids: elements that must be there before it is loaded.
    """

    script: str
    style_ids: tuple[str, ...]
    charts: list[Drawn]


class ChartsHandler(QuestionHandler):
    """The charts of a period."""

    charts: Charts
    known: Mapping[str, str] = _QUERY

    async def get(self) -> None:
        """Answer with them."""
        asked, names, theme = self.asked(), self._names(), self._theme()
        await self.up_to_date()
        found = await self.charts.all(asked, names)
        language = self.language

        def said(key: str, **fields: Any) -> str:
            return self.web.locales.text(key, language, **fields)

        words = Words(said, is_chinese=language.startswith("zh"))
        drawn = await asyncio.to_thread(lambda: [_drawn(one, words, theme) for one in found.values()])
        ids = await asyncio.to_thread(library.style_ids)
        self.answer(ChartsFound(script=SCRIPT.format(version=library.version()), style_ids=ids, charts=drawn))

    def _names(self) -> list[ChartId]:
        texts = [name for name in self.words("chart").split(",") if name] or list(ChartId)
        try:
            return [ChartId(name) for name in texts]
        except ValueError as exc:
            raise Invalid("charts.unknown", field="chart", known=", ".join(ChartId)) from exc

    def _theme(self) -> look.Theme:
        try:
            return THEMES[self.words("theme", "light")]
        except KeyError as exc:
            raise Invalid("charts.theme_unknown", field="theme") from exc


class DutyHandler(QuestionHandler):
    """Attendance of a period."""

    async def get(self) -> None:
        """Answer with its figures; filters that mean nothing for it are said, not applied."""
        asked = self.asked()
        question = DutyAsked(
            period=asked.period,
            by=asked.by,
            compare=self.compare(asked.period),
            only=only_of(self.words, self.hall.directory),
            said=narrowing.as_asked(self.words),
        )
        await self.up_to_date()
        self.answer(await duty(self.hall, question))


class DutyFormulasHandler(ApiHandler):
    """The table of figures of attendance."""

    async def get(self) -> None:
        """Answer with it in words."""
        self.answer(DutyFormulas(formulas=tuple(map(self._in_words, FORMULAS))))

    def _in_words(self, one: Formula) -> DutyFormula:
        key = f"attendance.figure.{one.id}"
        said = {part: self.web.locales.text(f"{key}.{part}", self.language) for part in ("plain", "formula", "events")}
        name = self.web.locales.text(key, self.language)
        return DutyFormula(id=one.id, kind=one.kind, is_better_high=one.is_better_high, name=name, **said)


class LibraryHandler(BaseHandler):
    """plotly.js, out of the plotly package; its version stands in the address, so browsers keep it for good."""

    async def get(self, version: str) -> None:
        """Send it, packed where the browser takes that.

        Raises:
            NotFound: it is another version by now.
        """
        if version != library.version():
            raise NotFound("route.unknown")
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("Vary", "Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(await asyncio.to_thread(_packed))
        else:
            self.finish(await asyncio.to_thread(library.script))

    async def head(self, version: str) -> None:
        """Send the headers."""
        await self.get(version)


@lru_cache(maxsize=1)
def _packed() -> bytes:
    """Packed once: 1.5 MB instead of 4.8."""
    return gzip.compress(library.script(), 6)


def _drawn(chart: Chart, words: Words, theme: look.Theme) -> Drawn:
    return Drawn(
        title=words.title(chart),
        plain=words.said(f"charts.{chart.id}.plain"),
        said=words.sentence(chart),
        chart=chart,
        table=words.table(chart),
        figure=plot.figure(chart, words, theme),
    )


def routes(server: Server, charts: Charts) -> list[Route]:
    """The addresses of charts, and the page of statistics."""
    found = Verb(access=MANAGER, summary="Charts of a period", reply=ChartsFound, query=_QUERY)
    sums = Verb(access=MANAGER, summary="Attendance of a period in a few sums", reply=DutyFound, query=QUERY)
    words = Verb(access=MANAGER, summary="What each figure of attendance divides by what", reply=DutyFormulas)
    script = Verb(access=PUBLIC, summary="The library that draws charts", media="text/javascript")
    return [
        Route(f"{ADDRESS}/charts", ChartsHandler, {"GET": found}, options={"hall": server, "charts": charts}),
        Route(f"{ADDRESS}/duty", DutyHandler, {"GET": sums}, options={"hall": server}),
        Route(f"{ADDRESS}/duty/formulas", DutyFormulasHandler, {"GET": words}),
        Route(r"/library/plotly-{version:[\w.-]{1,20}}\.js", LibraryHandler, {"GET": script}, kind=Kind.STATIC),
        *page_routes("charts", PAGES, {"/manager/statistics": "statistics.html"}, access=MANAGER),
        file_route("charts", PAGES),
    ]
