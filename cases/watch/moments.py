"""When an open case looks different though nothing happens to it: the next such moment of each, kept in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from heapq import heapify, heappop, heappush

from cases.clocks.acts import notice_due
from cases.clocks.lights import DEFAULT_LIGHTS
from cases.clocks.recount import CaseClocks, KnownClock
from cases.clocks.terms import Terms
from cases.model import Case
from cases.supervision.conditions import Silent
from cases.supervision.facts import Happening, Supervised
from cases.supervision.rules import Rule

JUST_AFTER = timedelta(microseconds=1)
_SWEPT = 2
"""The heap is made anew when it holds so many times more than there are cases."""
_PUSHED = frozenset({Happening.PUSH, Happening.ACKNOWLEDGE})


class Moments:
    """Case → when it must be looked at again, soonest first."""

    def __init__(self) -> None:
        self._of: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []

    def __len__(self) -> int:
        return len(self._of)

    def put(self, case: str, at: datetime | None) -> None:
        """Look at a case again at a moment; None: never by itself."""
        if at is None:
            self.drop(case)
            return
        if self._of.get(case) != at:
            self._of[case] = at
            heappush(self._heap, (at, case))
            if len(self._heap) > _SWEPT * len(self._of) + 1_000:
                self._heap = [(moment, id_) for id_, moment in self._of.items()]
                heapify(self._heap)

    def drop(self, case: str) -> None:
        """A case is over, or is being looked at."""
        self._of.pop(case, None)

    def due(self, now: datetime, limit: int) -> list[str]:
        """Take out the cases whose moment has come, at most so many."""
        found: list[str] = []
        while self._heap and self._heap[0][0] <= now and len(found) < limit:
            at, case = heappop(self._heap)
            if self._of.get(case) == at:
                del self._of[case]
                found.append(case)
        return found


def next_change(
    case: Case,
    seen: Supervised,
    clocks: CaseClocks,
    rules: Iterable[Rule],
    *,
    terms: Terms,
    now: datetime,
    pushed: bool,
) -> datetime | None:
    """The first moment at which anything that is shown, warned of or carded of an open case may be another.

    It may come too early, which costs a look; it must not come too late. None: nothing changes by itself.

    Args:
        clocks: those that run. pushed: there is a letter to its department's system.
    """
    moments = [moment for one in clocks.clocks for moment in _of_clock(one, terms, now)]
    moments += _of_rules(rules, seen, terms, now)
    if not case.notices and case.accepted_at is None:
        moments.append(notice_due(case.received_at, terms=terms) + JUST_AFTER)
    moments.append(_of_letters(seen, terms, now, pushed=pushed))
    return min((one for one in moments if one > now), default=None)


def _of_clock(known: KnownClock, terms: Terms, now: datetime) -> Iterator[datetime]:
    facts = known.facts
    yield facts.started_at
    for one in facts.suspensions:
        yield one.since
        if one.until is None or one.until > now:  # while it stands the last day moves on with each working day
            yield _next_workday(terms, now)
            yield one.until or now
    if facts.is_on_the_spot:
        return
    yield terms.close_of(known.due) + JUST_AFTER
    total = facts.limit_workdays + facts.extension_workdays
    little = max(DEFAULT_LIGHTS.yellow_workdays, total * DEFAULT_LIGHTS.yellow_percent // 100)
    yellow = terms.calendar.number_of(known.due) - little
    if terms.calendar.number_of(terms.day(now)) < yellow:
        yield _begin(terms, yellow)
    else:  # how many days are left, or over, is said
        yield _next_workday(terms, now)


def _of_rules(rules: Iterable[Rule], seen: Supervised, terms: Terms, now: datetime) -> Iterator[datetime]:
    """Silence becomes a breach when its days have passed; how long it lasts is said of a warning."""
    for rule in rules:
        condition = rule.condition
        if not isinstance(condition, Silent) or (begun := seen.last(condition.after)) is None:
            continue
        until = terms.close_of(terms.calendar.add_workdays(terms.day(begun.at), condition.workdays))
        yield until + JUST_AFTER
        if until < now and not rule.severity.raises_card:
            yield _next_workday(terms, now)


def _of_letters(seen: Supervised, terms: Terms, now: datetime, *, pushed: bool) -> datetime:
    """A department's system answers without an event of the case: each close is a moment while it may.

    The letter is written after the event that asks for it: what was new today is looked at again at the close.
    """
    close = _next_close(terms, now)
    if pushed and seen.last(Happening.READ_BACK) is None:
        return close
    own = [one.at for one in seen.done if one.what not in _PUSHED]
    return close if own and max(own) > _last_close(terms, now) else now


def _next_close(terms: Terms, now: datetime) -> datetime:
    number = terms.calendar.number_of(terms.day(now))
    today = terms.close_of(terms.calendar.numbered(number)) + JUST_AFTER
    return today if today > now else terms.close_of(terms.calendar.numbered(number + 1)) + JUST_AFTER


def _last_close(terms: Terms, now: datetime) -> datetime:
    return terms.close_of(terms.calendar.numbered(terms.calendar.number_of(terms.closed_before(now))))


def _next_workday(terms: Terms, now: datetime) -> datetime:
    """When the next working day begins: days are counted then."""
    return _begin(terms, terms.calendar.number_of(terms.day(now)) + 1)


def _begin(terms: Terms, number: int) -> datetime:
    return datetime.combine(terms.calendar.numbered(number), time(), terms.zone)
