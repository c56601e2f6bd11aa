"""What a benchmark gives back: figures, each beside its limit, and whether the ratio asked for holds."""

from __future__ import annotations

from enum import StrEnum
from statistics import median

import msgspec


class Better(StrEnum):
    """Which way a figure should go."""

    HIGHER = "higher"
    LOWER = "lower"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One thing measured several times.

    Attributes:
        name: what was measured. unit: of ``values``.
        values: one per run, in order.
    """

    name: str
    unit: str
    values: list[float]

    @property
    def median(self) -> float:
        """The middle of the runs."""
        return median(self.values)


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of ours beside its limit.

    Attributes:
        limit: measured in the same runs; None where the limit is the fixed number ``asked``.
        asked: the ratio ours/limit asked for; with no limit, the value itself.
    """

    ours: Figure
    limit: Figure | None
    better: Better
    asked: float

    @property
    def ratios(self) -> list[float]:
        """Ours over the limit, run by run (a run shares its noise); ours itself where the limit is a number."""
        if self.limit is None:
            return self.ours.values
        return [ours / bare for ours, bare in zip(self.ours.values, self.limit.values, strict=True)]

    @property
    def reached(self) -> float:
        """The median of the ratios."""
        return median(self.ratios)

    @property
    def holds(self) -> bool:
        """Whether it is what was asked for."""
        return self.reached >= self.asked if self.better is Better.HIGHER else self.reached <= self.asked


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one benchmark measured.

    Attributes:
        notes: figures that are no comparison (spreads, counts), for the reader.
    """

    name: str
    runs: int
    comparisons: list[Comparison]
    notes: list[Figure]


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def by_name(runs: list[dict[str, float]], name: str, unit: str) -> Figure:
    """One figure out of all runs."""
    return Figure(name=name, unit=unit, values=[run[name] for run in runs])
