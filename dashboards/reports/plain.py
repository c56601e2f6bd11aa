"""A report as CSV: one table for each chapter below each other; numbers as they are shown, never a formula."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.figures.shown import Unit, rounded
from dashboards.reports.book import Book, Column, Number, Table, Value, number
from evaluation.figures.csv_files import as_csv

_SIGNS = {Unit.RATE: "%", Unit.SPAN: "s"}


def csv(book: Book) -> bytes:
    """The tables; rates in percent with one digit, spans in whole seconds, UTF-8 with a byte-order mark."""
    head = (book.hall, book.title, book.about, book.span)
    return as_csv(head, _rows(book))


def table_csv(table: Table) -> bytes:
    """One table, its columns first."""
    return as_csv([_head(column) for column in table.columns], (_row(row, table.columns) for row in table.rows))


def _rows(book: Book) -> Iterator[list[object]]:
    for section in book.sections:
        for table in section.tables:
            yield []
            yield [table.title]
            yield [_head(column) for column in table.columns]
            for row in table.rows:
                yield _row(row, table.columns)


def _row(row: tuple[Value, ...], columns: tuple[Column, ...]) -> list[object]:
    return [_cell(value, column) for value, column in zip(row, columns, strict=True)]


def _head(column: Column) -> str:
    sign = _SIGNS.get(column.unit) if column.unit is not None else None
    return f"{column.name} ({sign})" if sign else column.name


def _cell(value: Value, column: Column) -> object:
    """A number in a column of one unit is a number; in a column of several it says its unit."""
    found = number(value, column)
    if found is None:
        return value
    plain = _number(found)
    sign = _SIGNS.get(found.unit) if isinstance(value, Number) and plain is not None else None
    return plain if sign is None else f"{plain}{sign}"


def _number(found: Number) -> float | int | None:
    exact = rounded(found.value, found.unit)
    if exact is None:
        return None
    return float(exact * 100) if found.unit is Unit.RATE else int(exact)
