"""The tables of a report: figures beside those of the period before, and figures told apart."""

from __future__ import annotations

from dashboards.figures.asked import GroupBy
from dashboards.figures.pictures import HallGroup, PeriodFigures
from dashboards.figures.shown import Unit, difference
from dashboards.reports.book import Column, Number, Section, Table, Value
from dashboards.reports.words import ReportWords, unit_of, values

SHOWN = (
    *("visits", "visits_called", "visits_served", "visits_in_vain", "visits_abandoned"),
    *("wait_mean", "wait_median", "wait_p90", "wait_on_time", "service_mean"),
)
"""What is told apart; the overview has every figure."""
USE = "utilisation"
MATTERS_ON_PAPER = 60
"""A catalogue has thousands; spreadsheet and CSV have all of them."""
WITH_USE = frozenset({GroupBy.DAY, GroupBy.MONTH, GroupBy.WEEKDAY, GroupBy.WINDOW, GroupBy.STAFF})
"""Open time is known of these."""


def compared(whole: PeriodFigures, before: PeriodFigures, words: ReportWords) -> Section:
    """Every figure of the period, beside the period before."""
    now, then = values(whole.figures), values(before.figures)
    rows = [(words.figure(one.id), *beside(now[one.id], then.get(one.id), unit_of(one.id))) for one in whole.figures]
    table = Table(title=words("overview"), columns=beside_columns(words), rows=tuple(rows))
    return Section(title=words("overview"), intro=words("overview.intro"), tables=(table,))


def beside(now: float | None, then: float | None, unit: Unit) -> tuple[Number, Number, Number]:
    """A figure, the same of the period before, and the difference."""
    by = difference(now, then, unit)
    return Number(value=now, unit=unit), Number(value=then, unit=unit), Number(value=by, unit=unit, is_change=True)


def beside_columns(words: ReportWords) -> tuple[Column, ...]:
    """The columns of a table of such rows."""
    return tuple(Column(name=words(f"column.{name}")) for name in ("figure", "now", "before", "change"))


def grouped(found: PeriodFigures, by: GroupBy, words: ReportWords) -> Section:
    """Figures told apart, with those of all of them below."""
    ids = (*SHOWN, *([USE] if by in WITH_USE else []))
    has_numbers = any(group.number for group in found.groups)
    rows = list[tuple[Value, ...]]()
    groups = sorted(found.groups, key=_many, reverse=True) if by is GroupBy.MATTER else found.groups
    for group in groups:
        known = values(group.figures)
        head = (*([group.number] if has_numbers else []), words.group(by, group))
        rows.append((*head, *(known.get(id_) for id_ in ids)))
    whole = values(found.figures)
    total = (*([""] if has_numbers else []), words("total"), *(whole.get(id_) for id_ in ids))
    columns = (
        *([Column(name=words(f"number.{by}"), is_on_paper=by is not GroupBy.MATTER)] if has_numbers else []),
        Column(name=words(f"name.{by}")),
        *(Column(name=words.figure(id_), unit=unit_of(id_)) for id_ in ids),
    )
    title = words(f"by.{by}")
    on_paper = MATTERS_ON_PAPER if by is GroupBy.MATTER else None
    rest = words("rest", most=MATTERS_ON_PAPER, all=len(rows))
    table = Table(title=title, columns=columns, rows=(*rows, total), has_total=True, on_paper=on_paper, rest=rest)
    return Section(title=title, tables=(table,))


def _many(group: HallGroup) -> float:
    """How many numbers were given for it."""
    return values(group.figures).get("visits") or 0
