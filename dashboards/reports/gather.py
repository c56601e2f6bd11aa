"""Puts a report together: asks the rooms that count for every figure, and counts nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from attendance.figures import FORMULAS as FORMULAS_OF_DUTY
from dashboards.figures.asked import Asked, GroupBy
from dashboards.figures.cells import Dim
from dashboards.figures.formulas import BY_ID, FORMULAS
from dashboards.figures.pictures import PeriodFigures
from dashboards.figures.shown import difference
from dashboards.reports.book import Book, Card, Section, Term
from dashboards.reports.duty import Duty
from dashboards.reports.model import Report, Scope
from dashboards.reports.opinions import WHOLE, Opinions
from dashboards.reports.pictures import Pictures
from dashboards.reports.tables import compared, grouped
from dashboards.reports.words import ReportWords, unit_of, values
from evaluation.figures.period import Period
from hall_server.errors import Invalid

if TYPE_CHECKING:
    from hall_server.server import Server

DAYS_APART = 62
"""Longer periods are told apart by months."""
WEEK = 7
CARDS = ("visits", "visits_served", "wait_mean", "wait_p90", "wait_on_time", "service_mean", "no_show_rate")
"""The key figures on the cover; the share of good ratings comes behind them."""

PAPER_WORDS = ("page", "of", "contents", "terms", "against", "formula")

Told = Callable[[int, int], None]
"""told(done, all): how far it is."""


class Gatherer:
    """Asks for everything a report holds."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._opinions = Opinions(server)
        self._duty = Duty(server)
        self._charts = Pictures(server)

    async def is_empty(self, period: Period, scope: Scope) -> bool:
        """Whether there is nothing to report."""
        await self._ready()
        return (await self._figures(Asked(period=period, only=self._only(scope)))).is_empty

    async def book(self, report: Report, told: Told) -> Book:
        """The whole report."""
        await self._ready()
        words = ReportWords(self._server.locales, report.language)
        period = Period(first=report.first, last=report.last)
        asked = Asked(period=period, only=self._only(report.scope), department_of=self._departments())
        splits = self._splits(report.scope, period)
        whole = await self._figures(asked)
        before = await self._figures(msgspec.structs.replace(asked, period=period.before))
        told(1, len(splits) + 3)
        opinions = await self._opinions.of(period, report.scope, asked.rated, words)
        told(2, len(splits) + 3)
        charts = await self._charts.section(asked, words)
        sections = [compared(whole, before, words), *charts, *opinions.sections]
        for number, by in enumerate(splits, start=3):
            if (found := await self._split(asked, by, words, whole)) is not None:
                sections.append(found)
            told(number, len(splits) + 3)
        duty = await self._duty.sections(period, report.scope, words)
        told(len(splits) + 3, len(splits) + 3)
        terms = [*_terms(words), *(_rating_terms(words) if opinions.sections else ()), *_duty_terms(duty, words)]
        return self._bound(report, words, whole, before, [*sections, *duty], opinions.cards, terms)

    async def _ready(self) -> None:
        await self._server.settled()
        await self._server.projector.reached(self._server.journal.committed)

    async def _figures(self, asked: Asked) -> PeriodFigures:
        found: PeriodFigures = await self._server.rooms["statistics"].pictures.period(asked)
        return found

    async def _split(self, asked: Asked, by: GroupBy, words: ReportWords, whole: PeriodFigures) -> Section | None:
        """A chapter of figures told apart; None where there is nothing to tell apart."""
        try:
            found = await self._figures(msgspec.structs.replace(asked, by=by))
        except Invalid as exc:
            if exc.code != "statistics.too_fine":
                raise
            return Section(title=words(f"by.{by}"), intro=words("too_fine", most=exc.fields["most"]))
        return grouped(found, by, words) if found.groups else None

    def _only(self, scope: Scope) -> dict[Dim, frozenset[str]]:
        if scope.window is not None:
            return {Dim.WINDOW: frozenset({scope.window})}
        if scope.department is not None:
            of = self._departments()
            return {Dim.MATTER: frozenset(matter for matter, one in of.items() if one == scope.department)}
        return {}

    def _departments(self) -> dict[str, str]:
        return {matter.id: matter.department for matter in self._server.directory.matters.values()}

    def _splits(self, scope: Scope, period: Period) -> list[GroupBy]:
        """What is worth telling apart."""
        days = [GroupBy.MONTH if period.days > DAYS_APART else GroupBy.DAY] if period.days > 1 else []
        weekday = [GroupBy.WEEKDAY] if period.days > WEEK else []
        places = [GroupBy.LINE]
        places += [GroupBy.DEPARTMENT] if scope == Scope() else []
        places += [GroupBy.WINDOW] if scope.window is None else []
        return [*days, GroupBy.HOUR, *weekday, *places, GroupBy.STAFF, GroupBy.MATTER]

    def _bound(
        self,
        report: Report,
        words: ReportWords,
        whole: PeriodFigures,
        before: PeriodFigures,
        sections: list[Section],
        cards: tuple[Card, ...],
        terms: list[Term],
    ) -> Book:
        hall = self._server.directory.hall
        made = self._server.now().astimezone(ZoneInfo(self._server.settings.timezone))
        facts = [
            (words("cover.span"), words.span(report.first, report.last)),
            (words("cover.about"), self._about(report.scope, words)),
            (words("cover.compared"), words.span(before.first, before.last)),
            (words("cover.made"), f"{made:%Y-%m-%d %H:%M}"),
        ]
        if report.first <= self._server.business_day <= report.last:
            facts.append((words("cover.open"), words("cover.open_words", day=self._server.business_day)))
        return Book(
            language=report.language,
            hall=words.name(hall.name, hall.name_en) if hall is not None else "",
            title=words(f"title.{report.kind}"),
            about=self._about(report.scope, words),
            span=self._short_span(report.first, report.last, words),
            facts=tuple(facts),
            cards=(*_cards(whole, before, words), *cards),
            sections=tuple(sections),
            terms=tuple(terms),
            words={name: words(f"paper.{name}") for name in PAPER_WORDS},
        )

    def _about(self, scope: Scope, words: ReportWords) -> str:
        directory = self._server.directory
        if scope.window is not None:
            window = directory.windows[scope.window]
            return words("about.window", number=window.number, name=words.name(window.name, window.name_en))
        if scope.department is not None:
            department = directory.departments[scope.department]
            return words("about.department", name=words.name(department.name, department.name_en))
        return words("about.hall")

    def _short_span(self, first: date, last: date, words: ReportWords) -> str:
        return f"{first}" if first == last else f"{first} – {last}"


def _cards(whole: PeriodFigures, before: PeriodFigures, words: ReportWords) -> list[Card]:
    now, then = values(whole.figures), values(before.figures)
    found = []
    for id_ in CARDS:
        unit, better = unit_of(id_), BY_ID[id_].is_better_high
        by = difference(now[id_], then.get(id_), unit)
        is_good = None if better is None or not by else (by > 0) is better
        found.append(Card(name=words.figure(id_), value=now[id_], unit=unit, change=by, is_good=is_good))
    return found


def _terms(words: ReportWords) -> Iterable[Term]:
    for one in FORMULAS:
        key = f"statistics.{one.id}"
        yield Term(name=words.any(key), plain=words.any(f"{key}.plain"), formula=words.any(f"{key}.formula"))


def _rating_terms(words: ReportWords) -> Iterable[Term]:
    for id_ in WHOLE:
        key = f"figures.{id_}"
        yield Term(name=words.any(key), plain=words.any(f"{key}.plain"), formula=words.any(f"{key}.formula"))


def _duty_terms(duty: list[Section], words: ReportWords) -> Iterable[Term]:
    """Explained where there is a table of them."""
    for one in FORMULAS_OF_DUTY if any(section.tables for section in duty) else ():
        key = f"attendance.figure.{one.id}"
        yield Term(name=words.any(key), plain=words.any(f"{key}.plain"), formula=words.any(f"{key}.formula"))
