"""Imports a log: rows into its file, cases out of the rows, numbers out of the cases; memory does not grow with it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from cases.clocks.model import Light
from cases.clocks.terms import Terms
from cases.figures.facts import CaseFacts
from cases.logs.case_fold import CaseReader, LogCase, LogEvent, closes_at_midnight, sequence
from cases.logs.csv_file import CsvFile
from cases.logs.faults import FaultCode, Faults
from cases.logs.fields import N_EVENT, OF_CASE, Entry, wanted
from cases.logs.mapping import Kind, Mapping, Order, WorkingDays
from cases.logs.moments import MomentReader, moment
from cases.logs.report import Broken, Group, LateCase, LogReport, Spread, Variant
from cases.logs.rules import usable
from cases.logs.store import BATCH, FOLDER, LogStore
from cases.logs.tally import BEGIN, END, SINCE_A, SINCE_R, WORK_A, WORK_R, Tally, untold
from cases.logs.xes_file import XesFile
from cases.supervision.judging import judged
from cases.supervision.rules import Rule, default_rules
from hall_server.directory.calendar import WorkCalendar, from_years, read_years
from hall_server.errors import Invalid

CALENDAR = Path(__file__).resolve().parents[2] / "config" / "calendar"
_REMEMBERED = 8_192
_TOP_VARIANTS, _TOP_LATE = 50, 200
_S = 1_000_000
_TIMES_OF_CASE = ("received", "accepted", "end")


class LogImport:
    """One import.

    Raises:
        Invalid: the file or the mapping cannot be used. StrictStop: a fault, where none is allowed.
    """

    def __init__(self, path: Path, mapping: Mapping, data: Path, *, strict: bool = False) -> None:
        self._path = path
        self._mapping = mapping
        self.faults = Faults(strict=strict)
        self.name = mapping.name or log_name(path)
        self._reader = MomentReader(mapping.times)
        self._file = self._opened()
        self._store = LogStore(data / FOLDER, self.name)
        self._activities: dict[str, int] = {}
        self._resources: dict[str, int] = {}
        self._rows = 0
        self._events = 0
        self._tally = Tally()
        self._tally.untold = untold(mapping)

    def run(self) -> LogReport:
        """Do it; gives what it comes to, and leaves the log's file in its place."""
        with self._store as store:
            self._read()
            last = store.last_at()
            as_of = self._as_of(last)
            self._fold(as_of)
            store.index()
            report = self._report(as_of, last)
            store.finish(report, {"activity": self._activities, "resource": self._resources})
        return report

    # -- rows

    def _opened(self) -> CsvFile | XesFile:
        if not self._path.is_file():
            raise Invalid("log.unreadable", field="file", file=self._path.name, reason="no such file")
        kind = self._mapping.file.kind
        if kind is Kind.AUTO:
            kind = Kind.XES if re.search(r"\.(xes|xml)(\.gz)?$", self._path.name, re.IGNORECASE) else Kind.CSV
        if kind is Kind.XES:
            return XesFile(self._path, self._mapping.columns, self.faults)
        return CsvFile(self._path, self._mapping.file, self._mapping.columns, self.faults)

    def _read(self) -> None:
        batch: list[tuple[Any, ...]] = []
        take = self._taker()
        for entry in self._file.entries():
            self._rows += 1
            row = take(entry)
            if row is not None:
                batch.append(row)
            if len(batch) >= BATCH:
                self._store.put_events(batch)
                self._events += len(batch)
                batch = []
        self._store.put_events(batch)
        self._events += len(batch)

    def _taker(self) -> Callable[[Entry], tuple[Any, ...] | None]:
        """What makes a row of the file of an entry; local names, for it is done a million times."""
        names = [keys[0] if keys else "" for keys in wanted(self._mapping.columns)]
        at, due, faults = self._reader.at, self._reader.due, self.faults
        activities, resources = self._activities, self._resources
        begins = {one.casefold() for one in self._mapping.begin}
        ends = {one.casefold() for one in self._mapping.complete}
        last: dict[str, tuple[str, ...]] = {}

        @cache
        def phase(lifecycle: str) -> int:
            folded = lifecycle.casefold()
            return BEGIN if folded in begins else END if not folded or folded in ends else 0

        def optional(read: Callable[[str], int], line: int, place: int, text: str) -> int | None:
            try:
                return read(text)
            except (ValueError, OverflowError):
                faults.add(line, names[place], FaultCode.TIME, text, is_kept=True)
                return None

        def take(entry: Entry) -> tuple[Any, ...] | None:
            line, values = entry
            case, activity, when, began, resource, lifecycle, event_due = values[:N_EVENT]
            if not case or not activity or not when:
                place = 0 if not case else 1 if not activity else 2
                faults.add(line, names[place], FaultCode.MISSING)
                return None
            try:
                us = at(when)
            except (ValueError, OverflowError):
                faults.add(line, names[2], FaultCode.TIME, when)
                return None
            start = optional(at, line, 3, began) if began else None
            if start is not None and start > us:
                faults.add(line, names[3], FaultCode.ORDER, began, is_kept=True)
                start = None
            limit = optional(due, line, 6, event_due) if event_due else None
            of_case = tuple(values[N_EVENT:])
            extra = None
            if any(of_case) and last.get(case) != of_case:
                if len(last) >= _REMEMBERED:
                    last.clear()
                last[case] = of_case
                extra = self._extra(line, of_case, names)
            no = activities.setdefault(activity, len(activities))
            who = resources.setdefault(resource, len(resources))
            return case, us, line, no, who, phase(lifecycle), start, limit, extra

        return take

    def _extra(self, line: int, of_case: tuple[str, ...], names: list[str]) -> str:
        """What a row says of its case; a moment that nobody can read is noted and left out."""
        found = {}
        for place, value in enumerate(of_case):
            if not value:
                continue
            field = OF_CASE[place] if place < len(OF_CASE) else "+" + names[N_EVENT + place]
            read = self._reader.due if field == "deadline" else self._reader.at if field in _TIMES_OF_CASE else None
            try:
                if read is not None:
                    read(value)
            except (ValueError, OverflowError):
                self.faults.add(line, names[N_EVENT + place], FaultCode.TIME, value, is_kept=True)
                continue
            found[field] = value
        return msgspec.json.encode(found).decode()

    def _as_of(self, last: int | None) -> datetime:
        if self._mapping.as_of:
            try:
                return moment(self._reader.due(self._mapping.as_of))
            except (ValueError, OverflowError) as exc:
                raise Invalid("log.mapping_form", field="as_of", reason=str(exc)) from exc
        return datetime.now(UTC) if last is None else moment(last)

    # -- cases

    def _fold(self, as_of: datetime) -> None:
        terms = Terms(calendar=self._calendar(), zone=self._reader.zone, closes=closes_at_midnight())
        every = default_rules()
        rules = usable(every, self._mapping)
        self._tally.skipped = tuple(one.id for one in every if one not in rules)
        reader = CaseReader(self._mapping, self._reader, terms, as_of)
        activities, resources = list(self._activities), list(self._resources)
        batch: list[tuple[Any, ...]] = []
        spans: list[tuple[int, int, int]] = []
        found: list[tuple[Any, ...]] = []
        in_file_order = self._mapping.file.order is Order.FILE
        for case, rows in self._store.by_case(in_file_order=in_file_order):
            events = [_event(row, activities, resources) for row in rows]
            values = _values(rows)
            log_case = reader.case(case, events, values)
            self._tally.add(log_case, self._is_midnight(values))
            spans += self._tally.add_events(rows)
            batch.append(_case_row(log_case, values, as_of, terms))
            found += _findings(rules, log_case, terms, as_of)
            if len(spans) >= BATCH:
                self._flush(batch, spans, found)
        self._flush(batch, spans, found)
        self._tally.findings = Counter(
            {rule: n for rule, n in self._store.rows("SELECT rule, count(*) FROM findings GROUP BY 1")}
        )

    def _flush(self, *batches: list[tuple[Any, ...]]) -> None:
        cases, spans, found = batches
        self._store.put_cases(cases)
        self._store.put_spans(spans)
        self._store.put_findings(found)
        for batch in batches:
            batch.clear()

    def _is_midnight(self, values: dict[str, str]) -> bool:
        deadline = values.get("deadline")
        return bool(deadline) and self._reader.is_midnight(deadline or "")

    def _calendar(self) -> WorkCalendar:
        if self._mapping.times.working_days is WorkingDays.CHINA:
            return from_years(read_years(CALENDAR))
        return WorkCalendar()

    # -- numbers

    def _report(self, as_of: datetime, last: int | None) -> LogReport:
        store, tally = self._store, self._tally
        first = store.first_at()
        activities = [one for one in self._activities if one]
        return LogReport(
            name=self.name,
            title=self._mapping.title or self.name,
            file=self._path.name,
            sha256=_sha256(self._path),
            imported_at=datetime.now(UTC),
            kind="xes" if isinstance(self._file, XesFile) else "csv",
            encoding=self._file.encoding,
            separator=self._file.separator,
            mapping=self._mapping,
            as_of=as_of if last is not None else None,
            first_at=None if first is None else moment(first),
            last_at=None if last is None else moment(last),
            rows=self._rows + sum(n for (_, code), n in self.faults.counts.items() if code in _BEFORE_ROWS),
            events=self._events,
            cases=store.count("SELECT count(*) FROM cases"),
            empty_traces=self._file.empty_traces if isinstance(self._file, XesFile) else 0,
            activities=len(activities),
            resources=sum(bool(one) for one in self._resources),
            variants=store.count("SELECT count(DISTINCT variant) FROM cases"),
            open=tally.sums.open,
            dropped=self.faults.dropped,
            lost_fields=self.faults.lost_fields,
            is_whole=self.faults.is_whole,
            throughput=store.spread("throughput_us"),
            handling=store.spread("handling_us"),
            net=store.spread("net_us"),
            on_time=tally.on_time(),
            events_on_time=tally.events_on_time(),
            lights={light: tally.lights[light] for light in Light},
            figures=tally.figures(),
            ranking=tally.ranking(),
            late_cases=self._late_cases(),
            findings=dict(sorted(tally.findings.items())),
            skipped_rules=tally.skipped,
            top_variants=self._top_variants(),
            by_activity=self._groups(self._activities, "activity", WORK_A, SINCE_A, with_deadlines=True),
            by_resource=self._groups(self._resources, "resource", WORK_R, SINCE_R, with_deadlines=False),
            broken=tuple(
                Broken(field=field, code=code, count=n) for (field, code), n in self.faults.counts.most_common()
            ),
            faults=tuple(self.faults.named),
            seen_columns=self._file.seen,
        )

    def _late_cases(self) -> tuple[LateCase, ...]:
        sql = (
            "SELECT id, department, due_at, ended_at, over_workdays, over_us FROM cases WHERE is_late = 1"
            " ORDER BY over_us DESC, id LIMIT ?"
        )
        return tuple(
            LateCase(
                case=id_,
                department=department,
                due=self._reader.day(due),
                ended_on=None if ended is None else self._reader.day(ended),
                over_workdays=workdays,
                over_s=us / _S,
            )
            for id_, department, due, ended, workdays, us in self._store.rows(sql, (_TOP_LATE,))
        )

    def _top_variants(self) -> tuple[Variant, ...]:
        names = list(self._activities)
        only = self._mapping.only_complete
        found = []
        for count, case in self._store.top_variants(_TOP_VARIANTS):
            events = [
                LogEvent(0, names[no], "", phase == BEGIN, phase == END, None, None)
                for no, phase in self._store.events_of(case)
            ]
            found.append(Variant(cases=count, activities=tuple(sequence(events, only_complete=only))))
        return tuple(found)

    def _groups(
        self, names: dict[str, int], column: str, work: int, since: int, *, with_deadlines: bool
    ) -> tuple[Group, ...]:
        works, sinces = self._store.spreads(work), self._store.spreads(since)
        sql = f"SELECT {column}, count(*), count(DISTINCT case_id) FROM events GROUP BY 1"  # noqa: S608  # own name
        counted = {no: (events, cases) for no, events, cases in self._store.rows(sql)}
        late, in_time = self._tally.event_late, self._tally.event_in_time
        found = [
            Group(
                name=name,
                events=counted[no][0],
                cases=counted[no][1],
                work=works.get(no, Spread(n=0)),
                since_before=sinces.get(no, Spread(n=0)),
                in_time=in_time[no] if with_deadlines else 0,
                late=late[no] if with_deadlines else 0,
            )
            for name, no in names.items()
            if name and no in counted
        ]
        return tuple(sorted(found, key=lambda one: (-one.events, one.name)))


_BEFORE_ROWS = frozenset({FaultCode.COLUMNS.value, FaultCode.ENCODING.value, FaultCode.CSV.value})
"""Faults of rows that never became entries."""


def log_name(path: Path) -> str:
    """A name for a log, of its file's."""
    stem = re.sub(r"\.(gz|xes|xml|csv|txt)$", "", path.name, flags=re.IGNORECASE)
    stem = re.sub(r"\.(xes|xml|csv|txt)$", "", stem, flags=re.IGNORECASE)
    return re.sub(r"[^a-z0-9]+", "-", stem.casefold()).strip("-")[:63] or "log"


def _event(row: tuple[Any, ...], activities: list[str], resources: list[str]) -> LogEvent:
    _, at, activity, resource, phase, start, due, _ = row
    return LogEvent(at, activities[activity], resources[resource], phase == BEGIN, phase == END, start, due)


def _values(rows: list[tuple[Any, ...]]) -> dict[str, str]:
    """What the rows say of their case; the last word holds."""
    found: dict[str, str] = {}
    for row in rows:
        if row[7] is not None:
            found |= msgspec.json.decode(row[7])
    return found


def _case_row(case: LogCase, values: dict[str, str], as_of: datetime, terms: Terms) -> tuple[Any, ...]:
    facts = case.facts
    over_us = over_workdays = None
    if case.is_late and case.due_at is not None:
        until = moment(case.ended_at) if case.ended_at is not None else as_of
        over_us = (until - moment(case.due_at)).total_seconds() * _S
        over_workdays = max(0, terms.workdays_between(moment(case.due_at), until))
    further = {key[1:]: value for key, value in values.items() if key.startswith("+")}
    handling = None if case.ended_at is None else case.ended_at - case.received_at
    return (
        *(facts.case, facts.department, case.events, case.variant, case.last_at - case.first_at, handling, case.net_us),
        *(case.due_at, case.ended_at, None if case.is_late is None else int(case.is_late)),
        *(None if over_us is None else int(over_us), over_workdays, case.light.value),
        *(msgspec.json.encode(facts).decode(), msgspec.json.encode(further).decode() if further else None),
    )


def _findings(rules: Iterable[Rule], case: LogCase, terms: Terms, now: datetime) -> list[tuple[Any, ...]]:
    return [
        (one.rule, one.severity.value, one.case, one.department, msgspec.json.encode(one.details).decode())
        for one in judged(rules, case.supervised, terms=terms, now=now)
    ]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def facts_in(rows: Iterable[tuple[str]]) -> Iterable[CaseFacts]:
    """The facts of kept cases."""
    decode = msgspec.json.Decoder(CaseFacts).decode
    return (decode(body) for (body,) in rows)
