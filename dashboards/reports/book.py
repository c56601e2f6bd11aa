"""A report as data: texts, numbers and chart descriptions, the same for paper, spreadsheet and CSV."""

from __future__ import annotations

import msgspec

from dashboards.charts.model import Chart
from dashboards.figures.shown import Unit, shown, shown_change


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """A number in a column of several units; ``is_change``: a difference, shown with its sign."""

    value: float | None
    unit: Unit
    is_change: bool = False


Value = str | float | Number | None


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a table; without a unit it holds texts. Long codes are left out on paper."""

    name: str
    unit: Unit | None = None
    is_on_paper: bool = True


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table.

    Attributes:
        has_total: the last row sums the others up.
        on_paper: so many rows are printed, the first ones; ``rest``: what is said where there are more.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    has_total: bool = False
    on_paper: int | None = None
    rest: str = ""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A key figure on the cover.

    Attributes:
        change: against the period before; None: not comparable.
        is_good: whether that is good news; None: neither.
    """

    name: str
    value: float | None
    unit: Unit
    change: float | None = None
    is_good: bool | None = None


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A chart with its words.

    Attributes:
        plain: how to read it. sentence: what it says in words.
        x, y: names of the axes. series: id → name.
        labels: key of a label → what is written there.
    """

    title: str
    plain: str
    sentence: str
    x: str
    y: str
    series: dict[str, str]
    labels: dict[str, str]
    chart: Chart


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A chapter: an entry of the outline, a page of the spreadsheet."""

    title: str
    intro: str = ""
    tables: tuple[Table, ...] = ()
    charts: tuple[Picture, ...] = ()


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """A figure explained."""

    name: str
    plain: str
    formula: str


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """A whole report.

    Attributes:
        title: what kind of report; about: whose figures; span: from when to when, in words.
        facts: what else stands on the cover, label and text.
        words: label → text of what paper needs beside the content: page, contents, term …
    """

    language: str
    hall: str
    title: str
    about: str
    span: str
    facts: tuple[tuple[str, str], ...]
    cards: tuple[Card, ...]
    sections: tuple[Section, ...]
    terms: tuple[Term, ...]
    words: dict[str, str]


def number(value: Value, column: Column) -> Number | None:
    """A cell's number, whichever way it says its unit; None: it holds a text."""
    if isinstance(value, Number):
        return value
    if column.unit is None or isinstance(value, str):
        return None
    return Number(value=value, unit=column.unit)


def text(value: Value, column: Column) -> str:
    """What a cell shows on paper."""
    found = number(value, column)
    if found is None:
        return str(value or "")
    return shown_change(found.value, found.unit) if found.is_change else shown(found.value, found.unit)
