"""Reads when people came on a recorded day, from CSV by a mapping, and says which rows it could not use and why."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from hall_server.errors import Invalid

DAY_S = 86_400.0
LONGEST_SERVICE_S = 2 * 3600.0
SHOWN = 20
"""Bad rows that are shown one by one."""


class Why(StrEnum):
    """Why a row was not used."""

    UNREADABLE = "a time cannot be read"
    NO_ARRIVAL = "no arrival"
    TOO_SHORT = "columns are missing"
    TWICE = "the ticket came before"
    IGNORED = "an outcome the mapping ignores"
    OUTCOME = "an outcome the mapping does not know"
    NO_COUNT = "the number of matters is none"


class Columns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which column says what; the same words as the mappings of the wait benchmark, so that those files serve here too.

    Attributes:
        arrival: when a number was taken. arrival_else: where ``arrival`` is empty (somebody who never queued).
        start, end: of the service; together they say how long it took. call: of a day that is only measured.
        left: when somebody gave up.
        matters: how many matters. service_s, patience_s: instead of moments, seconds.
        outcome: a column; ``gave_up`` left before the call, ``no_show`` did not come, ``ignore`` is not used. Words in
            none of the lists are bad rows where ``served`` is given.
        priorities: words of the ``priority`` column; empty: any word.
        time: ``auto`` knows ISO 8601, HH:MM[:SS] and seconds since 1970; else a strptime format.
        empty: words that mean "no time".
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
    matters: str | None = None
    service_s: str | None = None
    patience_s: str | None = None
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
    def used(self) -> dict[str, str]:
        """The columns that must be in the file, by what they are for."""
        keys = ("arrival", "ticket", "line", "arrival_else", "start", "end", "left", "date", "matters", "service_s")
        found = {key: getattr(self, key) for key in (*keys, "patience_s", "outcome", "priority")}
        return {key: column for key, column in found.items() if column is not None}


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody comes.

    Attributes:
        at_s: second of the day.
        line: the file's word for where they wait; empty: the file has none.
        matters: how many they came for.
        priority: the file's word for a class that goes first; None: none.
        service_s: how long their service takes; None: not known.
        patience_s: after so long they give up; None: not known.
        comes: False: they do not come when called.
    """

    at_s: float
    line: str = ""
    matters: int = 1
    priority: str | None = None
    service_s: float | None = None
    patience_s: float | None = None
    comes: bool = True


class BadRow(msgspec.Struct, frozen=True):
    """A row that was not used: its line of the file, counted from 1 with the head, and why."""

    row: int
    why: Why
    text: str = ""

    def __str__(self) -> str:
        return f"row {self.row}: {self.why.value}" + (f" ({self.text})" if self.text else "")


@dataclass(slots=True, kw_only=True)
class ArrivalDay:
    """A day of arrivals, in order, and the rows that were not used."""

    name: str
    arrivals: list[Arrival]
    bad: list[BadRow]
    rows: int

    def report(self) -> Iterator[str]:
        """What was used and what was not, for people."""
        yield f"{self.name}: {self.rows} rows, {len(self.arrivals)} arrivals"
        for why, count in Counter(one.why for one in self.bad).most_common():
            yield f"  not used: {count} × {why.value}"
        yield from (f"  {one}" for one in self.bad[:SHOWN])
        if len(self.bad) > SHOWN:
            yield f"  … and {len(self.bad) - SHOWN} more rows"


def read_columns(path: Path) -> Columns:
    """A mapping from a TOML file.

    Raises:
        Invalid: ``arrivals.mapping``.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Columns)
    except (msgspec.DecodeError, OSError) as exc:
        raise Invalid("arrivals.mapping", file=str(path), reason=str(exc)) from exc


def read_day(path: Path, columns: Columns | None = None) -> ArrivalDay:
    """Read a file; without columns they are known by their names.

    Raises:
        Invalid: ``arrivals.unreadable``, ``arrivals.no_column`` with the columns there are, ``arrivals.none``.
    """
    text, names, delimiter = _opened(path, columns)
    chosen = columns or known_columns(names, delimiter)
    missing = {key: column for key, column in chosen.used.items() if column not in names}
    if missing:
        key, column = next(iter(missing.items()))
        raise Invalid("arrivals.no_column", field=key, column=column, columns=", ".join(names))
    day = _Reader(path.name, chosen).read(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    if not day.arrivals:
        reasons = "; ".join(str(one) for one in day.bad[:3])
        raise Invalid("arrivals.none", file=path.name, rows=day.rows, reason=reasons)
    return day


KNOWN: Mapping[str, tuple[str, ...]] = {
    "arrival": ("arrival", "arrived_at", "issued_at", "taken_at", "q_start", "arrival_time", "取号时间", "到达时间"),
    "arrival_else": ("ser_start",),
    "start": ("start", "started_at", "ser_start", "service_start", "开始时间"),
    "end": ("end", "ended_at", "ser_exit", "service_end", "结束时间"),
    "left": ("left", "left_at", "q_exit"),
    "date": ("date", "日期"),
    "line": ("line", "queue", "type", "业务队列", "业务", "队列"),
    "matters": ("matters", "事项数"),
    "service_s": ("service_s",),
    "patience_s": ("patience_s",),
    "priority": ("priority", "优先"),
    "outcome": ("outcome", "结果"),
}
"""Names by which columns are known where no mapping says."""

GAVE_UP = ("HANG", "left", "gave_up", "abandoned", "离开")
NO_SHOW = ("no_show", "passed", "过号")
IGNORED = ("PHANTOM",)


def known_columns(names: Sequence[str], delimiter: str = ",") -> Columns:
    """Columns by their names.

    Raises:
        Invalid: ``arrivals.no_column``: none says when people came.
    """
    found = {key: next((name for name in wanted if name in names), None) for key, wanted in KNOWN.items()}
    arrival = found.pop("arrival")
    if arrival is None:
        raise Invalid("arrivals.no_column", field="arrival", column=KNOWN["arrival"][0], columns=", ".join(names))
    said: dict[str, object] = {**found, "arrival": arrival, "delimiter": delimiter}
    if found["outcome"]:
        said |= {"gave_up": GAVE_UP, "no_show": NO_SHOW, "ignore": IGNORED}
    if found["arrival_else"] is not None:
        # a record of a telephone exchange: who was answered at once never queued, and midnight stands for that
        said["empty"] = ("", "0:00:00", "00:00:00")
    return msgspec.convert(said, Columns)


def _opened(path: Path, columns: Columns | None) -> tuple[str, list[str], str]:
    """The text, the names of its columns and what stands between them."""
    encodings = (columns.encoding,) if columns else ("utf-8-sig", "gb18030")
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise Invalid("arrivals.unreadable", file=str(path), reason=exc.strerror or str(exc)) from exc
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except (UnicodeDecodeError, LookupError):
            continue
    else:
        raise Invalid("arrivals.unreadable", file=str(path), reason=f"not encoded in {encodings[0]}")
    head = text.partition("\n")[0]
    delimiter = columns.delimiter if columns else max(",;\t", key=head.count)
    names = next(csv.reader(io.StringIO(head), delimiter=delimiter), [])
    return text, [name.strip() for name in names], delimiter


class _Unused(Exception):
    def __init__(self, why: Why, text: str = "") -> None:
        super().__init__(why)
        self.why, self.text = why, text[:60]


class _Reader:
    def __init__(self, name: str, columns: Columns) -> None:
        self._name, self._columns = name, columns
        self._seen: set[str] = set()

    def read(self, rows: csv.DictReader[str]) -> ArrivalDay:
        rows.fieldnames = [name.strip() for name in rows.fieldnames or []]
        found: list[Arrival] = []
        bad: list[BadRow] = []
        count = 0
        for row in rows:
            count += 1
            try:
                found.append(self._arrival(row))
            except _Unused as exc:
                bad.append(BadRow(rows.line_num, exc.why, exc.text))
        return ArrivalDay(name=self._name, arrivals=_in_one_day(found), bad=bad, rows=count)

    def _arrival(self, row: Mapping[str, str | None]) -> Arrival:
        c = self._columns
        outcome = self._outcome(row)
        at = self._time(row, c.arrival)
        if at is None:
            at = self._time(row, c.arrival_else)
        if at is None:
            raise _Unused(Why.NO_ARRIVAL)
        self._check_twice(row)
        is_gone = outcome in c.gave_up and outcome != ""
        left = self._time(row, c.left) if is_gone else None
        patience = self._seconds(row, c.patience_s)
        return Arrival(
            at_s=at,
            line=self._word(row, c.line),
            matters=self._count(row),
            priority=self._priority(row),
            service_s=self._service(row),
            patience_s=_later(left, at) if left is not None else patience,
            comes=outcome == "" or outcome not in c.no_show,
        )

    def _check_twice(self, row: Mapping[str, str | None]) -> None:
        ticket = self._word(row, self._columns.ticket)
        if ticket and ticket in self._seen:
            raise _Unused(Why.TWICE, ticket)
        self._seen.add(ticket)

    def _word(self, row: Mapping[str, str | None], column: str | None) -> str:
        if column is None:
            return ""
        value = row.get(column)
        if value is None:
            raise _Unused(Why.TOO_SHORT, column)
        return value.strip()

    def _outcome(self, row: Mapping[str, str | None]) -> str:
        c, word = self._columns, self._word(row, self._columns.outcome)
        if word in c.ignore and word:
            raise _Unused(Why.IGNORED, word)
        if c.served and word not in (*c.served, *c.no_show, *c.gave_up):
            raise _Unused(Why.OUTCOME, word)
        return word

    def _priority(self, row: Mapping[str, str | None]) -> str | None:
        word = self._word(row, self._columns.priority)
        return word if word and (not self._columns.priorities or word in self._columns.priorities) else None

    def _count(self, row: Mapping[str, str | None]) -> int:
        word = self._word(row, self._columns.matters)
        if not word:
            return 1
        if not word.isdecimal() or not 1 <= int(word) <= 20:
            raise _Unused(Why.NO_COUNT, word)
        return int(word)

    def _service(self, row: Mapping[str, str | None]) -> float | None:
        c = self._columns
        if c.service_s is not None:
            return self._seconds(row, c.service_s)
        start, end = self._time(row, c.start), self._time(row, c.end)
        return None if start is None or end is None else min(_later(end, start), LONGEST_SERVICE_S) or None

    def _seconds(self, row: Mapping[str, str | None], column: str | None) -> float | None:
        word = self._word(row, column)
        if not word:
            return None
        try:
            value = float(word)
        except ValueError:
            raise _Unused(Why.UNREADABLE, word) from None
        if not 0 <= value <= DAY_S:
            raise _Unused(Why.UNREADABLE, word)
        return value

    def _time(self, row: Mapping[str, str | None], column: str | None) -> float | None:
        word = self._word(row, column)
        if column is None or word in self._columns.empty:
            return None
        if self._columns.date is not None:
            word = f"{self._word(row, self._columns.date)} {word}"
        try:
            return _seconds_of(word, self._columns.time)
        except ValueError:
            raise _Unused(Why.UNREADABLE, word) from None


def _seconds_of(word: str, spelling: str) -> float:
    """Seconds since 1970, or since midnight where the word has no date.

    Raises:
        ValueError: it is no time.
    """
    if spelling != "auto":
        return _stamp(datetime.strptime(word, spelling))  # noqa: DTZ007  # made aware in _stamp
    if word.replace(".", "", 1).isdigit():
        number = float(word)
        return number / 1000 if number > 1e11 else number
    if "-" not in word and "/" not in word:
        hours, minutes, *seconds = (float(part) for part in word.split(":"))
        if not (0 <= hours <= 47 and 0 <= minutes < 60 and all(0 <= one < 61 for one in seconds) and len(seconds) < 2):
            raise ValueError(word)
        return hours * 3600 + minutes * 60 + sum(seconds)
    return _stamp(datetime.fromisoformat(word.replace("/", "-")))


def _stamp(at: datetime) -> float:
    """A time without a zone is counted as if it were UTC: only differences matter; one of 1900 is a time of day."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    if aware.year == 1900:
        return aware.hour * 3600.0 + aware.minute * 60 + aware.second
    offset = aware.utcoffset()
    return aware.timestamp() + (offset.total_seconds() if offset else 0.0)


def _later(end: float, begin: float) -> float:
    """Seconds from begin to end; past midnight where the end seems to be before it."""
    return end - begin if end >= begin else max(0.0, end + DAY_S - begin if end < DAY_S else 0.0)


def _in_one_day(found: list[Arrival]) -> list[Arrival]:
    """By time of day, in order: the days of a file of several days lie upon each other."""
    moved = (msgspec.structs.replace(one, at_s=one.at_s % DAY_S) for one in found)
    return sorted(moved, key=lambda one: one.at_s)
