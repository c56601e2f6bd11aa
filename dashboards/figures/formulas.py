"""The one table of the hall's figures: what each divides by what."""

from __future__ import annotations

from enum import StrEnum

import msgspec

PAGE = "/api/v1/statistics/formulas"


class Measure(StrEnum):
    """What a figure is."""

    COUNT = "count"  # how many
    RATE = "rate"  # a part of something; 0 to 1, but a use of open time can be more
    MEAN = "mean"  # seconds each
    PERCENTILE = "percentile"  # seconds in which so many of a hundred were called


class Formula(msgspec.Struct, frozen=True, kw_only=True):
    """A figure; ``statistics.{id}``, ``.plain``, ``.formula`` and ``.events`` are its words.

    Attributes:
        id: stable; also its anchor in the document.
        top, bottom: fields of `cells.Sums` that are divided; of a percentile ``top`` is the histogram.
        is_better_high: whether more of it is good news; None: neither.
        share: of a percentile, in hundredths.
    """

    id: str
    kind: Measure
    top: str
    bottom: str | None = None
    is_better_high: bool | None = None
    share: int = 0

    @property
    def link(self) -> str:
        """Where it is explained."""
        return f"{PAGE}#{self.id}"


FORMULAS: tuple[Formula, ...] = (
    Formula(id="visits", kind=Measure.COUNT, top="visits"),
    Formula(id="visits_called", kind=Measure.COUNT, top="called"),
    Formula(id="visits_served", kind=Measure.COUNT, top="served"),
    Formula(id="visits_in_vain", kind=Measure.COUNT, top="in_vain", is_better_high=False),
    Formula(id="visits_abandoned", kind=Measure.COUNT, top="abandoned", is_better_high=False),
    Formula(id="visits_unended", kind=Measure.COUNT, top="unended"),
    Formula(id="wait_mean", kind=Measure.MEAN, top="wait_us", bottom="called", is_better_high=False),
    Formula(id="wait_median", kind=Measure.PERCENTILE, top="waits", bottom="called", is_better_high=False, share=50),
    Formula(id="wait_p90", kind=Measure.PERCENTILE, top="waits", bottom="called", is_better_high=False, share=90),
    Formula(id="wait_on_time", kind=Measure.RATE, top="on_time", bottom="called", is_better_high=True),
    Formula(id="promise_kept", kind=Measure.RATE, top="kept", bottom="promised"),
    Formula(id="promise_error", kind=Measure.MEAN, top="promise_error_us", bottom="promised", is_better_high=False),
    Formula(id="no_show_rate", kind=Measure.RATE, top="in_vain", bottom="called", is_better_high=False),
    Formula(id="abandon_rate", kind=Measure.RATE, top="abandoned", bottom="visits", is_better_high=False),
    Formula(id="hold_rate", kind=Measure.RATE, top="held", bottom="called"),
    Formula(id="held_mean", kind=Measure.MEAN, top="held_us", bottom="held"),
    Formula(id="stays", kind=Measure.COUNT, top="stays"),
    Formula(id="walk_mean", kind=Measure.MEAN, top="walk_us", bottom="started", is_better_high=False),
    Formula(id="service_mean", kind=Measure.MEAN, top="serve_us", bottom="served_stays"),
    Formula(id="recall_rate", kind=Measure.RATE, top="recalled", bottom="stays", is_better_high=False),
    Formula(id="transfer_rate", kind=Measure.RATE, top="sent_on", bottom="stays", is_better_high=False),
    Formula(id="utilisation", kind=Measure.RATE, top="serve_us", bottom="open_us"),
)
BY_ID = {formula.id: formula for formula in FORMULAS}
