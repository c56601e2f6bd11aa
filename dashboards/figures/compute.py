"""The hall's figures, as pure functions over sums; docs/statistics.md says the same in words."""

from __future__ import annotations

import msgspec

from dashboards.figures import waits
from dashboards.figures.cells import Sums
from dashboards.figures.formulas import FORMULAS, Formula, Measure

SECOND = 1_000_000
_SPANS = frozenset({"wait_us", "held_us", "walk_us", "serve_us", "open_us", "promise_error_us"})


class HallFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure.

    Attributes:
        numerator: what was counted, or added up in seconds; of a percentile the rank of the wait that it is.
        denominator: what it is divided by, a count or seconds; None for a count.
        value: of a count the count, of a rate a share, else seconds; None where there is nothing to divide by.
        formula: where it is explained.
    """

    id: str
    kind: Measure
    numerator: float
    denominator: float | None
    value: float | None
    formula: str


def figures(sums: Sums, *, goal_min: int) -> tuple[HallFigure, ...]:
    """Every figure of the table, in its order.

    Args:
        goal_min: the hall's goal for waits, whole minutes.
    """
    return tuple(_figure(formula, sums, goal_min) for formula in FORMULAS)


def _figure(formula: Formula, sums: Sums, goal_min: int) -> HallFigure:
    bottom = None if formula.bottom is None else int(getattr(sums, formula.bottom))
    top = _top(formula, sums, goal_min)
    return HallFigure(
        id=formula.id,
        kind=formula.kind,
        numerator=_shown(formula.top, top),
        denominator=None if bottom is None else _shown(formula.bottom or "", bottom),
        value=_value(formula, sums, top, bottom),
        formula=formula.link,
    )


def _top(formula: Formula, sums: Sums, goal_min: int) -> int:
    match formula.top:
        case "on_time":
            return waits.up_to(sums.waits, goal_min * 60)
        case "unended":
            return sums.visits - sums.served - sums.in_vain - sums.abandoned
        case "waits":
            return -(-sums.called * formula.share // 100)
        case field:
            return int(getattr(sums, field))


def _value(formula: Formula, sums: Sums, top: int, bottom: int | None) -> float | None:
    match formula.kind:
        case Measure.COUNT:
            return top
        case _ if not bottom:
            return None
        case Measure.PERCENTILE:
            return waits.rank_edge_s(sums.waits, top)
        case Measure.MEAN:
            return top / (bottom * SECOND)
        case _:
            return top / bottom


def _shown(field: str, amount: int) -> float:
    """Spans are kept in microseconds and shown in seconds."""
    return amount / SECOND if field in _SPANS else amount
