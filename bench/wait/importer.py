"""Reads a recorded day of another hall from CSV by a mapping, and says what it could not use and why."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import TextIO

import msgspec

from bench.wait.recorded import Outcome, RecordedDay, Visit

DAY_S = 86_400.0
SHOWN = 5  # line numbers shown for each reason


class MappingError(Exception):
    """The mapping does not fit the file; the message names the column or the key."""


class Why(StrEnum):
    """Why a row was not used."""

    UNREADABLE = "a time cannot be read"
    NO_ARRIVAL = "no arrival"
    OUTCOME = "unknown outcome"
    NO_CALL = "served, but neither call nor start"
    BACKWARDS = "the call is before the arrival"
    END_FIRST = "the end is before the call or the start"
    TWICE = "the ticket came before"
    NO_END = "left, but it is not known when"
    IGNORED = "an outcome the mapping ignores"


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which column says what; a column that is None is not in the file.

    Attributes:
        arrival: when the ticket was taken.
        arrival_else: taken where ``arrival`` is empty (a call that never queued).
        call, start, end: at least one of call and start; where only one is, it stands for both.
        left: when somebody gave up; ``end`` where None.
        date: a column with the date, for times without one.
        priority: a column; the words in ``priorities`` mean priority.
        served, no_show, ignore: words of the outcome column; every other word in ``gave_up`` means left. Without an
            outcome column, who has a call was served and everybody else gave up.
        time: ``auto`` knows ISO 8601, HH:MM[:SS], seconds since 1970; anything else is a strptime format.
        empty: words that mean "no time".
        delimiter, encoding: of the file.
    """

    arrival: str
    ticket: str | None = None
    line: str | None = None
    arrival_else: str | None = None
    call: str | None = None
    start: str | None = None
    end: str | None = None
    left: str | None = None
    window: str | None = None
    date: str | None = None
    outcome: str | None = None
    served: tuple[str, ...] = ()
    no_show: tuple[str, ...] = ()
    gave_up: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    priority: str | None = None
    priorities: tuple[str, ...] = ()
    time: str = "auto"
    empty: tuple[str, ...] = ("", "-", "NULL", "null", "None", "NA")
    delimiter: str = ","
    encoding: str = "utf-8-sig"

    @property
    def columns(self) -> dict[str, str]:
        """The columns that must be in the file, by what they are for."""
        keys = ("arrival", "ticket", "line", "arrival_else", "call", "start", "end", "left", "window", "date")
        found = {key: getattr(self, key) for key in (*keys, "outcome", "priority")}
        return {key: column for key, column in found.items() if column is not None}


@dataclass(slots=True)
class Imported:
    """What came of a file.

    Attributes:
        rows: how many rows the file has.
        unused: reason → the lines of the file that were not used.
        notes: what was filled in.
    """

    day: RecordedDay
    rows: int
    unused: dict[Why, list[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def report(self) -> str:
        """What was used and what was not, for people."""
        lines = [f"{self.day.name}: {self.rows} rows, {len(self.day.visits)} used"]
        for why, numbers in sorted(self.unused.items(), key=lambda pair: -len(pair[1])):
            shown = ", ".join(str(number) for number in numbers[:SHOWN])
            more = ", …" if len(numbers) > SHOWN else ""
            lines.append(f"  not used: {len(numbers)} × {why.value} (line {shown}{more})")
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])


def read_mapping(path: Path) -> Mapping:
    """A mapping from a TOML file.

    Raises:
        MappingError: the file is no mapping.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Mapping)
    except (msgspec.DecodeError, OSError) as exc:
        raise MappingError(f"{path.name}: {exc}") from exc


def read_day(path: Path, mapping: Mapping) -> Imported:
    """Import one file.

    Raises:
        MappingError: the mapping does not fit the file.
    """
    try:
        with path.open(encoding=mapping.encoding, newline="") as file:
            return _Importer(path.stem, mapping).read(file)
    except (UnicodeDecodeError, LookupError) as exc:
        raise MappingError(f"{path.name} is not encoded in {mapping.encoding}") from exc


class _Unused(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class _Importer:
    def __init__(self, name: str, mapping: Mapping) -> None:
        self._name, self._map = name, mapping
        self._seen: set[str] = set()
        self._parse = clock(mapping.time)

    def read(self, file: TextIO) -> Imported:
        reader = csv.DictReader(file, delimiter=self._map.delimiter)
        self._check(reader.fieldnames or [])
        visits: list[Visit] = []
        unused: dict[Why, list[int]] = defaultdict(list)
        rows = 0
        for row in reader:
            rows += 1
            try:
                visits.append(self._visit(row, reader.line_num))
            except _Unused as exc:
                unused[exc.why].append(reader.line_num)
        notes = []
        if self._map.end is None or any(v.call is not None and v.end is None for v in visits):
            visits, filled = with_ends(visits)
            notes.append(f"{filled} ends of service taken from the next call at the same window")
        if self._map.line is None:
            notes.append("no column for the line: all wait in one")
        if self._map.window is None:
            notes.append("no column for the window: taken to be as many as served at the same time")
        visits.sort(key=lambda visit: visit.arrival)
        return Imported(day=RecordedDay(name=self._name, visits=tuple(visits)), rows=rows, unused=unused, notes=notes)

    def _check(self, names: Sequence[str]) -> None:
        for key, column in self._map.columns.items():
            if column not in names:
                raise MappingError(f'{key} = "{column}": the file has no such column; it has {", ".join(names)}')
        if self._map.call is None and self._map.start is None:
            raise MappingError("call or start: the mapping names neither, so no wait is known")
        if self._map.outcome is not None and not self._map.served:
            raise MappingError(f'outcome = "{self._map.outcome}": served names no word of it')

    def _visit(self, row: dict[str, str], number: int) -> Visit:
        m = self._map
        outcome = self._outcome(row)
        arrival = self._time(row, m.arrival)
        if arrival is None:
            arrival = self._time(row, m.arrival_else)
        if arrival is None:
            raise _Unused(Why.NO_ARRIVAL)
        call, start, end = (self._time(row, column) for column in (m.call, m.start, m.end))
        call, start = (start if call is None else call), (call if start is None else start)
        if outcome is None:
            outcome = Outcome.LEFT if call is None else Outcome.SERVED
        if outcome is Outcome.LEFT:
            left = self._time(row, m.left) if m.left else end
            if left is None:
                raise _Unused(Why.NO_END)
            call, start, end = None, None, left
        elif call is None:
            raise _Unused(Why.NO_CALL)
        call, start, end = (self._after(arrival, at) for at in (call, start, end))
        self._check_order(arrival, call, start, end)
        return Visit(
            ticket=self._ticket(row, number),
            line=(row[m.line] or "-") if m.line else "-",
            arrival=arrival,
            call=call,
            start=start,
            end=end,
            window=(row[m.window].strip() or None) if m.window else None,
            outcome=outcome,
            has_priority=m.priority is not None and row[m.priority].strip() in m.priorities,
        )

    def _ticket(self, row: dict[str, str], number: int) -> str:
        if self._map.ticket is None:
            return f"{self._name}:{number}"
        ticket = f"{self._name}:{row[self._map.ticket]}"
        if ticket in self._seen:
            raise _Unused(Why.TWICE)
        self._seen.add(ticket)
        return ticket

    def _outcome(self, row: dict[str, str]) -> Outcome | None:
        m = self._map
        if m.outcome is None:
            return None
        word = (row[m.outcome] or "").strip()
        for words, outcome in ((m.served, Outcome.SERVED), (m.no_show, Outcome.NO_SHOW), (m.gave_up, Outcome.LEFT)):
            if word in words:
                return outcome
        raise _Unused(Why.IGNORED if word in m.ignore else Why.OUTCOME)

    def _time(self, row: dict[str, str], column: str | None) -> float | None:
        if column is None:
            return None
        text = (row[column] or "").strip()
        if text in self._map.empty:
            return None
        try:
            base = _midnight(row[self._map.date].strip()) if self._map.date else 0.0
            return self._parse(text) + base
        except ValueError:
            raise _Unused(Why.UNREADABLE) from None

    def _after(self, arrival: float, at: float | None) -> float | None:
        """A time of day soon after midnight belongs to the day after a late arrival."""
        has_no_date = arrival < DAY_S or self._map.date is not None
        if at is not None and has_no_date and at < arrival - DAY_S / 2:
            return at + DAY_S
        return at

    @staticmethod
    def _check_order(arrival: float, call: float | None, start: float | None, end: float | None) -> None:
        if call is not None and call < arrival:
            raise _Unused(Why.BACKWARDS)
        first = arrival if call is None else call
        if (end is not None and end < first) or (start is not None and (start < first or (end or start) < start)):
            raise _Unused(Why.END_FIRST)


def clock(spelling: str) -> Callable[[str], float]:
    """What turns a text into seconds.

    Raises:
        ValueError: by the function it returns, when a text is no time.
    """
    return _auto if spelling == "auto" else lambda text: _stamp(datetime.strptime(text, spelling))  # noqa: DTZ007  # made aware in _stamp


def _auto(text: str) -> float:
    if text.replace(".", "", 1).isdigit():
        number = float(text)
        return number / 1000 if number > 1e11 else number
    if len(text.split(":")[0]) <= 2 and "-" not in text and "/" not in text:
        hours, minutes, *seconds = text.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + (float(seconds[0]) if seconds else 0.0)
    return _stamp(datetime.fromisoformat(text.replace("/", "-")))


def _stamp(at: datetime) -> float:
    """Seconds since 1970; a time without a zone is counted as if it were UTC, and one of 1900 as a time of day."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    if aware.year == 1900:
        return aware.hour * 3600.0 + aware.minute * 60 + aware.second
    return aware.timestamp()


def _midnight(text: str) -> float:
    day = date.fromisoformat(text.replace("/", "-")[:10])
    return datetime.combine(day, time(), UTC).timestamp()


def with_ends(visits: list[Visit]) -> tuple[list[Visit], int]:
    """Visits without an end get the next call at their window as one; how many were filled."""
    ends: dict[str, float] = {}
    for own in _by_window(visits):
        for visit, after in pairwise(own):
            if visit.end is None and after.call is not None:
                ends[visit.ticket] = after.call
    filled = [msgspec.structs.replace(v, end=ends[v.ticket]) if v.ticket in ends else v for v in visits]
    return filled, len(ends)


def _by_window(visits: list[Visit]) -> Iterator[list[Visit]]:
    windows: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.window is not None and visit.call is not None:
            windows[visit.window].append(visit)
    for own in windows.values():
        yield sorted(own, key=lambda visit: visit.call or 0.0)
