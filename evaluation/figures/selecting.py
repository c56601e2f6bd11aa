"""Which rows a question about ratings means, and to which group each belongs: said in SQL as far as SQL knows.

A rated or served matter belongs to the line and the department of that matter, as the directory is today; without a
matter, to the line of its visit and to no department. Hour, channel and class of priority are those of the number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, tzinfo
from typing import Any

import msgspec

from evaluation.figures.facts import By
from evaluation.figures.narrowing import Of, Only
from hall_server.directory.directory import Directory
from hall_server.journal.rows import moment

_QUARTER_US = 900_000_000
"""No zone is shifted by less, so that all numbers of a quarter of an hour were given in the same hour."""
_TICKETS = " LEFT JOIN tickets t ON t.id = x.ticket"
_IN = "IN (SELECT value FROM json_each(?))"


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table of things that can be told apart; its rows are called ``x``, their tickets ``t``.

    Attributes:
        line: where the line of its visit stands.
    """

    name: str
    line: str


RATINGS = Table(name="ratings", line="x.line")
SERVED = Table(
    name="served",
    line="CASE WHEN x.matter = '' THEN coalesce((SELECT line FROM tickets WHERE id = x.ticket), '') ELSE '' END",
)

_MATTER, _DAY = "coalesce(x.matter, '')", "x.business_day"
_QUARTER = f"t.issued_at / {_QUARTER_US}"
_TAKEN, _PRIORITY = "coalesce(t.channel, '')", "coalesce(t.priority, '')"
_PLAIN = {Of.WINDOW: "x.window", Of.STAFF: "coalesce(x.staff, '')", Of.CHANNEL: _TAKEN, Of.PRIORITY: _PRIORITY}


class Selected(msgspec.Struct, frozen=True, kw_only=True):
    """A question in SQL.

    Attributes:
        columns: what tells the groups apart, before anything else that is selected.
        is_joined: each row is looked up among all tickets, which takes its time.
        where: begins with `` AND`` where there is any. parameters: for its marks.
        key: those columns of a row → its group; None: a filter leaves it out.
    """

    tables: str
    is_joined: bool
    columns: tuple[str, ...]
    where: str
    parameters: tuple[str, ...]
    key: Callable[[Sequence[Any]], str | None]

    def keyed(self, rows: Iterable[Sequence[Any]]) -> list[tuple[str, Sequence[Any]]]:
        """Group, and what else was selected, of each row that counts."""
        size = len(self.columns)
        found = ((self.key(row[:size]), row[size:]) for row in rows)
        return [(key, rest) for key, rest in found if key is not None]


class Places:
    """Knows where things belong."""

    def __init__(self, directory: Directory, zone: tzinfo) -> None:
        self._directory = directory
        self._zone = zone
        self._hours: dict[int, str] = {}

    def asked(self, table: Table, by: By, only: Only) -> Selected:
        """A question about a table."""
        columns, name = self._columns(table, by)
        hours = only.get(Of.HOUR)
        conditions = list(self._conditions(table, only))
        texts = [sql for sql, _ in conditions]
        every = (*columns, *([_QUARTER] if hours is not None else []))
        needs_ticket = any("t." in one for one in (*every, *texts))

        def key(found: Sequence[Any]) -> str | None:
            if hours is not None and self._hour(found[-1]) not in hours:
                return None
            return name(found)

        return Selected(
            tables=f"{table.name} x{_TICKETS if needs_ticket else ''}",
            is_joined=needs_ticket,
            columns=every,
            where="".join(f" AND {one}" for one in texts),
            parameters=tuple(value for _, values in conditions for value in values),
            key=key,
        )

    def _columns(self, table: Table, by: By) -> tuple[tuple[str, ...], Callable[[Sequence[Any]], str]]:
        """What must be known of a row to name its group, and how it is named."""
        plain: Callable[[Sequence[Any]], str] = lambda found: found[0] or ""  # noqa: E731  # one word for seven
        match by:
            case By.HALL:
                return (), lambda _: ""
            case By.MATTER:
                return (_MATTER,), plain
            case By.DEPARTMENT:
                return (_MATTER,), lambda found: self._department(found[0])
            case By.LINE:
                return (_MATTER, table.line), lambda found: self._line(found[0], found[1])
            case By.WINDOW:
                return (_PLAIN[Of.WINDOW],), plain
            case By.STAFF:
                return (_PLAIN[Of.STAFF],), plain
            case By.CHANNEL:
                return ("x.channel",), plain
            case By.TAKEN:
                return (_TAKEN,), plain
            case By.PRIORITY:
                return (_PRIORITY,), plain
            case By.HOUR:
                return (_QUARTER,), lambda found: self._hour(found[0])
            case By.WEEKDAY:
                return (_DAY,), lambda found: str(date.fromisoformat(found[0]).isoweekday())
            case By.DAY:
                return (_DAY,), plain
            case By.MONTH:
                return (f"substr({_DAY}, 1, 7)",), plain

    def _conditions(self, table: Table, only: Only) -> Iterable[tuple[str, tuple[str, ...]]]:
        """SQL with its parameters; hours are told apart afterwards, for SQL knows no zones."""
        for of, column in _PLAIN.items():
            if of in only:
                yield f"{column} {_IN}", (listed(only[of]),)
        if Of.MATTER in only:
            yield f"{_MATTER} {_IN}", (listed(only[Of.MATTER]),)
        if Of.WEEKDAY in only:
            sunday_first = [str(int(day) % 7) for day in only[Of.WEEKDAY]]
            yield f"strftime('%w', {_DAY}) {_IN}", (listed(sunday_first),)
        if Of.LINE in only:
            known = self._directory.matters
            theirs = [one.id for one in known.values() if one.line in only[Of.LINE]]
            sql = f"({_MATTER} {_IN} OR ({_MATTER} NOT {_IN} AND {table.line} {_IN}))"
            yield sql, (listed(theirs), listed(known), listed(only[Of.LINE]))

    def _department(self, matter: str) -> str:
        found = self._directory.matters.get(matter)
        return found.department if found else ""

    def _line(self, matter: str, line: str) -> str:
        found = self._directory.matters.get(matter)
        return found.line if found else line

    def _hour(self, quarter: int | None) -> str:
        if quarter is None:
            return ""
        if quarter not in self._hours:
            self._hours[quarter] = f"{moment(quarter * _QUARTER_US).astimezone(self._zone):%H}"
        return self._hours[quarter]


def listed(values: Collection[str]) -> str:
    """Values for ``json_each``."""
    return msgspec.json.encode(sorted(values)).decode()
