"""What visitors thought of it, from the figures of ratings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from dashboards.figures.shown import Unit, difference
from dashboards.reports.book import Card, Column, Section, Table
from dashboards.reports.model import Scope
from dashboards.reports.tables import beside, beside_columns
from dashboards.reports.words import RATING_UNITS, ReportWords, values
from evaluation.figures.compute import Figure
from evaluation.figures.facts import By
from evaluation.figures.formulas import BY_ID
from evaluation.figures.narrowing import Only
from evaluation.figures.period import Period
from evaluation.figures.pictures import FiguresFound, Group

if TYPE_CHECKING:
    from hall_server.server import Server

WHOLE = (
    *("ratings", "good_rate", "bad_rate", "active_rate", "unrated_rate"),
    *("level_1", "level_2", "level_3", "level_4", "level_5"),
    *("orders", "contact_rate", "fixed_rate", "revisit_rate", "revisit_content_rate"),
)
APART = ("ratings", "good_rate", "level_1", "level_2", "level_3", "level_4", "level_5", "unrated_rate", "orders")


class OpinionsFound(msgspec.Struct, frozen=True, kw_only=True):
    """The chapter, and the card on the cover; neither where nobody rated."""

    sections: tuple[Section, ...] = ()
    cards: tuple[Card, ...] = ()


class Opinions:
    """Asks the room of ratings; a hall without it has none."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def of(self, period: Period, scope: Scope, only: Only, words: ReportWords) -> OpinionsFound:
        """What a report says about ratings.

        Args:
            only: what the report's other figures are narrowed by as well.
        """
        whole = await self._whole(period, only)
        if not whole or not any(one.denominator is None and one.value for one in whole):
            return OpinionsFound()
        before = values(await self._whole(period.before, only))
        tables = [self._all(whole, before, words)]
        for by in _splits(scope):
            tables += self._apart(await self._found(period, by, only), by, words)
        good = values(whole)["good_rate"]
        change = difference(good, before.get("good_rate"), Unit.RATE)
        is_good = None if not change else change > 0
        card = Card(name=words.rating("good_rate"), value=good, unit=Unit.RATE, change=change, is_good=is_good)
        section = Section(title=words("opinions"), intro=words("opinions.intro"), tables=tuple(tables))
        return OpinionsFound(sections=(section,), cards=(card,))

    async def _found(self, period: Period, by: By, only: Only) -> FiguresFound | None:
        room = self._server.rooms.get("figures")
        return None if room is None else await room.pictures.of(period, by, raw=False, only=only)

    async def _whole(self, period: Period, only: Only) -> Sequence[Figure]:
        found = await self._found(period, By.HALL, only)
        return found.figures if found is not None else ()

    def _all(self, whole: Sequence[Figure], before: dict[str, float | None], words: ReportWords) -> Table:
        now = values(whole)
        rows = [
            (words.rating(id_), *beside(now.get(id_), before.get(id_), RATING_UNITS[BY_ID[id_].kind])) for id_ in WHOLE
        ]
        return Table(title=words("opinions.all"), columns=beside_columns(words), rows=tuple(rows))

    def _apart(self, found: FiguresFound | None, by: By, words: ReportWords) -> list[Table]:
        if found is None or not found.groups:
            return []
        head = [Column(name=words(f"name.{by}"))]
        columns = (*head, *(Column(name=words.rating(id_), unit=RATING_UNITS[BY_ID[id_].kind]) for id_ in APART))
        rows = tuple(
            (_name(group, words), *(values(group.figures).get(id_) for id_ in APART)) for group in found.groups
        )
        return [Table(title=words(f"opinions.{by}"), columns=columns, rows=rows)]


def _splits(scope: Scope) -> tuple[By, ...]:
    """What ratings are told apart by in a report."""
    if scope.window is not None:
        return By.STAFF, By.MATTER
    if scope.department is not None:
        return By.WINDOW, By.STAFF, By.MATTER
    return By.LINE, By.DEPARTMENT, By.WINDOW, By.STAFF


def _name(group: Group, words: ReportWords) -> str:
    if not group.key:
        return words("none")
    return " ".join(part for part in (group.number, words.name(group.name, group.name_en)) if part)
