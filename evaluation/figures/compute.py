"""The figures of ratings, as pure functions over facts; docs/statistics.md says the same in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import msgspec

from evaluation.figures.facts import Facts, Order, RatingCount, Word
from evaluation.figures.formulas import BY_ID, FORMULAS, Kind
from evaluation.model import Level


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure.

    Attributes:
        numerator: what was counted; of a count the figure itself.
        denominator: what it is a part of; None for a count.
        value: numerator / denominator, 0 to 1; None where there is nothing to divide by. Of a count the count.
        formula: where it is explained.
    """

    id: str
    kind: Kind
    numerator: int
    denominator: int | None
    value: float | None
    formula: str


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of some facts, in the table's order, with how often each aspect and reason was named."""

    figures: tuple[Figure, ...]
    aspects: dict[str, int]
    reasons: dict[str, int]

    def of(self, id_: str) -> Figure:
        """The figure with this id."""
        return next(figure for figure in self.figures if figure.id == id_)


def counted(facts: Facts, *, now: datetime, raw: bool = False) -> Counted:
    """Count.

    Args:
        facts: of a period, or of one group in it.
        now: an order whose time is not up at this moment is neither in time nor late.
        raw: whether ratings that are marked, and orders that were excluded after review, count as well.
    """
    ratings = [one for one in facts.ratings if raw or not one.is_marked]
    orders = [one for one in facts.orders if not one.taken_back and (raw or not one.excluded)]
    parts = {**_of_ratings(ratings), **_of_served(facts), **_of_orders(orders, now)}
    words = [one for one in facts.words if raw or not one.is_marked]
    named: dict[Word, Counter[str]] = {word: Counter() for word in Word}
    for one in words:
        named[one.word][one.name] += one.many
    parts |= {
        "marked": (sum(one.many for one in facts.ratings if one.is_marked), None),
        "aspects": (named[Word.ASPECT].total(), None),
        "reasons": (named[Word.REASON].total(), None),
    }
    figures = tuple(_figure(formula.id, *parts[formula.id]) for formula in FORMULAS)
    return Counted(figures=figures, aspects=dict(named[Word.ASPECT]), reasons=dict(named[Word.REASON]))


Part = tuple[int, int | None]
"""Numerator and denominator; None: a count."""


def _of_ratings(ratings: list[RatingCount]) -> dict[str, Part]:
    levels = Counter[Level]()
    for one in ratings:
        levels[one.level] += one.many
    total = levels.total()
    bad = sum(many for level, many in levels.items() if level.is_bad)
    return {
        "ratings": (total, None),
        **{f"level_{int(level)}": (levels[level], None) for level in Level},
        "good_rate": (total - bad, total),
        "bad_rate": (bad, total),
        "active_rate": (sum(one.many for one in ratings if one.is_active), total),
    }


def _of_served(facts: Facts) -> dict[str, Part]:
    total = sum(one.many for one in facts.served)
    unrated = sum(one.many for one in facts.served if not one.is_rated)
    return {"served": (total, None), "unrated_rate": (unrated, total)}


def _of_orders(orders: list[Order], now: datetime) -> dict[str, Part]:
    answered = [one for one in orders if one.revisited_at is not None and one.revisit_satisfied is not None]
    due_again = [one for one in orders if one.named and one.fixed_at is not None]
    return {
        "orders": (len(orders), None),
        "contact_rate": _in_time(((one.contacted_at, one.contact_due) for one in orders if one.named), now),
        "fixed_rate": _in_time(((one.fixed_at, one.fix_due) for one in orders), now),
        "revisit_rate": (sum(one.revisited_at is not None for one in due_again), len(due_again)),
        "revisit_content_rate": (sum(one.revisit_satisfied is True for one in answered), len(answered)),
    }


def _in_time(done_and_due: Iterable[tuple[datetime | None, datetime]], now: datetime) -> Part:
    """Of those that are done or whose time is up, how many were done before it was."""
    decided = [(done, due) for done, due in done_and_due if done is not None or due <= now]
    return sum(done is not None and done <= due for done, due in decided), len(decided)


def _figure(id_: str, numerator: int, denominator: int | None) -> Figure:
    formula = BY_ID[id_]
    if denominator is None:
        value: float | None = numerator
    else:
        value = numerator / denominator if denominator else None
    return Figure(
        id=id_, kind=formula.kind, numerator=numerator, denominator=denominator, value=value, formula=formula.link
    )
