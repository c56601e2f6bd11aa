"""The one table of the figures of ratings: what each divides by what, and what it counts."""

from __future__ import annotations

from enum import StrEnum

import msgspec

PAGE = "/ratings/formulas"


class Kind(StrEnum):
    """What a figure is."""

    RATE = "rate"  # a part of something, 0 to 1
    COUNT = "count"  # how many


class CountedFrom(StrEnum):
    """What a figure is counted from."""

    RATINGS = "ratings"  # rating.given, rating.changed, rating.marked
    WORDS = "words"  # what ratings say beside their level: rating.given, rating.detailed, rating.changed
    SERVED = "served"  # matters of visits that were served to the end, beside their ratings
    ORDERS = "orders"  # work orders of bad reviews


class Formula(msgspec.Struct, frozen=True, kw_only=True):
    """A figure; ``figures.{id}``, ``figures.{id}.formula``, ``.plain`` and ``.events`` are its words.

    Attributes:
        id: stable; also its anchor on the page and in the document.
        over: the figure that is its denominator; None: a count, or its denominator has no figure of its own.
        is_better_high: whether more of it is good news; None: neither.
        is_public: whether it stands on the public page.
    """

    id: str
    kind: Kind
    counted: CountedFrom
    over: str | None = None
    is_better_high: bool | None = None
    is_public: bool = True

    @property
    def link(self) -> str:
        """Where it is explained."""
        return f"{PAGE}#{self.id}"


FORMULAS: tuple[Formula, ...] = (
    Formula(id="good_rate", kind=Kind.RATE, counted=CountedFrom.RATINGS, over="ratings", is_better_high=True),
    Formula(id="bad_rate", kind=Kind.RATE, counted=CountedFrom.RATINGS, over="ratings", is_better_high=False),
    Formula(id="active_rate", kind=Kind.RATE, counted=CountedFrom.RATINGS, over="ratings", is_better_high=True),
    Formula(id="unrated_rate", kind=Kind.RATE, counted=CountedFrom.SERVED, over="served", is_better_high=False),
    Formula(id="contact_rate", kind=Kind.RATE, counted=CountedFrom.ORDERS, is_better_high=True),
    Formula(id="fixed_rate", kind=Kind.RATE, counted=CountedFrom.ORDERS, is_better_high=True),
    Formula(id="revisit_rate", kind=Kind.RATE, counted=CountedFrom.ORDERS, is_better_high=True),
    Formula(id="revisit_content_rate", kind=Kind.RATE, counted=CountedFrom.ORDERS, is_better_high=True),
    Formula(id="ratings", kind=Kind.COUNT, counted=CountedFrom.RATINGS),
    Formula(id="marked", kind=Kind.COUNT, counted=CountedFrom.RATINGS, is_public=False),
    Formula(id="level_1", kind=Kind.COUNT, counted=CountedFrom.RATINGS),
    Formula(id="level_2", kind=Kind.COUNT, counted=CountedFrom.RATINGS),
    Formula(id="level_3", kind=Kind.COUNT, counted=CountedFrom.RATINGS),
    Formula(id="level_4", kind=Kind.COUNT, counted=CountedFrom.RATINGS),
    Formula(id="level_5", kind=Kind.COUNT, counted=CountedFrom.RATINGS),
    Formula(id="served", kind=Kind.COUNT, counted=CountedFrom.SERVED),
    Formula(id="orders", kind=Kind.COUNT, counted=CountedFrom.ORDERS),
    Formula(id="aspects", kind=Kind.COUNT, counted=CountedFrom.WORDS, is_public=False),
    Formula(id="reasons", kind=Kind.COUNT, counted=CountedFrom.WORDS, is_public=False),
)
BY_ID = {formula.id: formula for formula in FORMULAS}
