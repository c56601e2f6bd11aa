"""How reports call things: kinds, days, groups, columns, in the language of the report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from dashboards.figures.asked import GroupBy
from dashboards.figures.compute import HallFigure
from dashboards.figures.formulas import BY_ID, Measure
from dashboards.figures.pictures import HallGroup
from dashboards.figures.shown import Unit
from evaluation.figures.compute import Figure
from evaluation.figures.formulas import Kind
from hall_server.web.locales import Locales

UNITS = {
    Measure.COUNT: Unit.COUNT,
    Measure.RATE: Unit.RATE,
    Measure.MEAN: Unit.SPAN,
    Measure.PERCENTILE: Unit.SPAN,
}
RATING_UNITS = {Kind.COUNT: Unit.COUNT, Kind.RATE: Unit.RATE}


class ReportWords:
    """Texts in one language."""

    def __init__(self, locales: Locales, language: str) -> None:
        self.language = language
        self._locales = locales

    @property
    def is_chinese(self) -> bool:
        """Whether Chinese names are wanted."""
        return self.language.startswith("zh")

    def __call__(self, key: str, **given: object) -> str:
        """The text of ``report.{key}``."""
        return self.any(f"report.{key}", **given)

    def any(self, key: str, **given: object) -> str:
        """Any room's text."""
        return self._locales.text(key, self.language, **given)

    def name(self, chinese: str, english: str) -> str:
        """One of two names."""
        return chinese if self.is_chinese else english or chinese

    def day(self, day: date) -> str:
        """A day with its weekday."""
        return self("day", year=day.year, month=day.month, day=day.day, iso=day, weekday=self.weekday(day.isoweekday()))

    def weekday(self, number: int) -> str:
        """Monday is 1."""
        return self(f"weekday.{number}")

    def span(self, first: date, last: date) -> str:
        """From when to when."""
        return self.day(first) if first == last else self("span", first=self.day(first), last=self.day(last))

    def figure(self, id_: str) -> str:
        """The name of a figure of the hall."""
        return self.any(f"statistics.{id_}")

    def rating(self, id_: str) -> str:
        """The name of a figure of ratings."""
        return self.any(f"figures.{id_}")

    def duty(self, id_: str) -> str:
        """The name of a figure of attendance."""
        return self.any(f"attendance.figure.{id_}")

    def group(self, by: GroupBy, group: HallGroup) -> str:
        """What a group is called; its number stands beside it."""
        match by:
            case _ if not group.key:
                return self("none")
            case GroupBy.HOUR:
                return f"{int(group.key)}:00–{int(group.key) + 1}:00"
            case GroupBy.WEEKDAY:
                return self.weekday(int(group.key))
            case GroupBy.DAY:
                day = date.fromisoformat(group.key)
                return f"{day} {self.weekday(day.isoweekday())}"
            case _:
                return self.name(group.name, group.name_en)


def unit_of(id_: str) -> Unit:
    """What a figure of the hall is shown as."""
    return UNITS[BY_ID[id_].kind]


def values(figures: Iterable[HallFigure | Figure]) -> dict[str, float | None]:
    """Figure → its value."""
    return {one.id: one.value for one in figures}
