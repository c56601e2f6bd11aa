"""The figures of cases out of their sums; docs/case-clocks.md says the same in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from cases.figures.facts import CaseFacts
from cases.figures.formulas import FORMULAS, Formula, Measure
from cases.figures.sums import ALL_DAYS, CaseSums, Days, summed


class CaseFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure.

    Attributes:
        numerator: what was counted or added up; of a percentile the rank of the case that it is.
        denominator: what it is divided by; None for a count.
        value: of a count the count, of a percentile working days; None where there is nothing to divide by.
        formula: where it is explained.
    """

    id: str
    kind: Measure
    numerator: int
    denominator: int | None
    value: float | None
    formula: str


def figures(sums: CaseSums) -> tuple[CaseFigure, ...]:
    """Every figure of the table, in its order."""
    return tuple(_figure(formula, sums) for formula in FORMULAS)


def figures_of(cases: Iterable[CaseFacts], days: Days = ALL_DAYS) -> dict[str, CaseFigure]:
    """Every figure of some cases, by its id."""
    return {figure.id: figure for figure in figures(summed(cases, days))}


def _figure(formula: Formula, sums: CaseSums) -> CaseFigure:
    bottom = None if formula.bottom is None else int(getattr(sums, formula.bottom))
    is_percentile = formula.kind is Measure.PERCENTILE
    top = -(-sums.decided * formula.share // 100) if is_percentile else int(getattr(sums, formula.top))
    return CaseFigure(
        id=formula.id,
        kind=formula.kind,
        numerator=top,
        denominator=bottom,
        value=_value(formula, sums, top, bottom),
        formula=formula.link,
    )


def _value(formula: Formula, sums: CaseSums, top: int, bottom: int | None) -> float | None:
    if bottom is None:
        return top
    if not bottom:
        return None
    return _ranked(sums.days, top) if formula.kind is Measure.PERCENTILE else top / bottom


def _ranked(days: Counter[int], rank: int) -> int:
    """The working days of the case with this rank (nearest rank), the quickest first."""
    passed = 0
    for used in sorted(days):
        passed += days[used]
        if passed >= rank:
            return used
    raise ValueError(rank)
