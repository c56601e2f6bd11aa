"""What a day comes to: totals per department, the overdue ranking, 光荣榜 and 曝光台."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from cases.clocks.model import Light
from cases.clocks.terms import Terms
from cases.figures.facts import CaseFacts
from cases.figures.sums import CaseSums, Days, GroupBy, grouped
from cases.supervision.cards import Card, CardState
from cases.supervision.rules import Severity

_T = TypeVar("_T")


class DepartmentDay(msgspec.Struct, frozen=True, kw_only=True):
    """A department on a day.

    Attributes:
        decided, overdue: decided on the day; over their promise. early: before it.
        open, open_overdue: at the end of the day. lights: of the open cases.
        raised, upheld, withdrawn: cards on the day. unanswered: of all days, overdue for an answer.
    """

    department: str
    received: int
    accepted: int
    decided: int
    early: int
    overdue: int
    open: int
    open_overdue: int
    lights: dict[Light, int]
    raised: dict[Severity, int]
    upheld: int
    withdrawn: int
    unanswered: int

    @property
    def all_overdue(self) -> int:
        """Decided late, and open and late."""
        return self.overdue + self.open_overdue


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the overdue ranking: the first has most; equal ones share a place.

    Attributes:
        overdue: cases; ``of``: decided and open ones.
    """

    place: int
    department: str
    overdue: int
    of: int


class Honoured(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the 光荣榜."""

    place: int
    department: str
    decided: int
    early: int


class Exposed(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the 曝光台: the department and the case number, and nothing else."""

    department: str
    number: str


def daily(
    cases: Sequence[CaseFacts], lights: Mapping[str, Light], cards: Sequence[Card], *, day: date, terms: Terms
) -> tuple[DepartmentDay, ...]:
    """The totals of a day, department by department.

    Args:
        cases: every case that was open on the day, or received, decided or closed on it.
        lights: of each open case, by its id.
        cards: every card there is.
    """
    sums = grouped(cases, GroupBy.DEPARTMENT, Days(first=day, last=day))
    departments = sorted(sums.keys() | {card.department for card in cards})
    return tuple(_day(one, sums.get(one, CaseSums()), cases, lights, cards, day, terms) for one in departments)


def _day(
    department: str,
    sums: CaseSums,
    cases: Sequence[CaseFacts],
    lights: Mapping[str, Light],
    cards: Sequence[Card],
    day: date,
    terms: Terms,
) -> DepartmentDay:
    own = [card for card in cards if card.department == department]
    end = terms.close_of(day)
    verdicts = Counter(step.state for card in own for step in card.history if terms.day(step.at) == day)
    shown = Counter(lights[one.case] for one in cases if one.department == department and one.case in lights)
    new = Counter(card.severity for card in own if terms.day(card.raised_at) == day)
    return DepartmentDay(
        department=department,
        received=sums.received,
        accepted=sums.accepted,
        decided=sums.decided,
        early=sums.early,
        overdue=sums.over_promise,
        open=sums.open,
        open_overdue=sums.open_overdue,
        lights={light: shown[light] for light in Light},
        raised={severity: new[severity] for severity in Severity if severity.raises_card},
        upheld=verdicts[CardState.UPHELD],
        withdrawn=verdicts[CardState.WITHDRAWN],
        unanswered=sum(card.is_reply_late(end) for card in own),
    )


def overdue_ranking(days: Iterable[DepartmentDay]) -> tuple[Ranked, ...]:
    """Departments with overdue cases, the most first; of as many, those with the larger share first."""
    late = [one for one in days if one.all_overdue]
    late.sort(key=lambda one: (*_badness(one), one.department))
    return tuple(
        Ranked(place=place, department=one.department, overdue=one.all_overdue, of=one.decided + one.open)
        for place, one in _placed(late, [_badness(one) for one in late])
    )


def honours(
    cases: Iterable[CaseFacts], cards: Iterable[Card], *, days: Days, terms: Terms, least_decided: int = 1
) -> tuple[Honoured, ...]:
    """Departments without an overdue case and without an upheld card in a time, those most often early first.

    Args:
        least_decided: who decided fewer is not on it: nothing done is nothing late.
    """
    marked = {card.department for card in cards if _upheld_in(card, days, terms)}
    found = [
        (department, sums)
        for department, sums in grouped(cases, GroupBy.DEPARTMENT, days).items()
        if sums.decided >= least_decided and not sums.over_promise and not sums.open_overdue
        if department not in marked
    ]
    found.sort(key=lambda one: (*_merit(one[1]), one[0]))
    return tuple(
        Honoured(place=place, department=department, decided=sums.decided, early=sums.early)
        for place, (department, sums) in _placed(found, [_merit(sums) for _, sums in found])
    )


def exposed(cards: Iterable[Card], *, days: Days, terms: Terms) -> tuple[Exposed, ...]:
    """The 曝光台: red cards that were upheld in a time, in the order in which they were; each case once."""
    shown = [card for card in cards if card.severity is Severity.RED and _upheld_in(card, days, terms)]
    shown.sort(key=lambda card: (card.raised_at, card.number))
    return tuple(dict.fromkeys(Exposed(department=card.department, number=card.number) for card in shown))


def _upheld_in(card: Card, days: Days, terms: Terms) -> bool:
    return card.is_upheld and any(
        step.state is CardState.UPHELD and days.has(terms.day(step.at)) for step in card.history
    )


def _badness(one: DepartmentDay) -> tuple[float, ...]:
    return -one.all_overdue, -one.all_overdue / (one.decided + one.open)


def _merit(sums: CaseSums) -> tuple[float, ...]:
    return -sums.early / sums.decided, -sums.decided


def _placed(ordered: Sequence[_T], keys: Sequence[tuple[float, ...]]) -> list[tuple[int, _T]]:
    return [(keys.index(key) + 1, one) for one, key in zip(ordered, keys, strict=True)]
