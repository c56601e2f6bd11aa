"""The one table of the figures of cases: what each divides by what."""

from __future__ import annotations

from enum import StrEnum

import msgspec

PAGE = "/api/v1/cases/formulas"


class Measure(StrEnum):
    """What a figure is."""

    COUNT = "count"  # how many
    RATE = "rate"  # a part of something, 0 to 1; of a time saved it is negative where time was lost
    MEAN = "mean"  # so many each
    PERCENTILE = "percentile"  # working days in which so many of a hundred were decided


class Formula(msgspec.Struct, frozen=True, kw_only=True):
    """A figure; ``case_figures.{id}``, ``.plain``, ``.formula`` and ``.events`` are its words.

    Attributes:
        id: stable; also its anchor in the document.
        top, bottom: fields of `sums.CaseSums` that are divided; of a percentile ``top`` is the days that were used.
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


def _rate(id_: str, top: str, bottom: str, *, is_better_high: bool | None) -> Formula:
    return Formula(id=id_, kind=Measure.RATE, top=top, bottom=bottom, is_better_high=is_better_high)


def _count(id_: str, *, is_better_high: bool | None = None) -> Formula:
    return Formula(id=id_, kind=Measure.COUNT, top=id_, is_better_high=is_better_high)


def _percentile(id_: str, share: int) -> Formula:
    return Formula(id=id_, kind=Measure.PERCENTILE, top="days", bottom="decided", is_better_high=False, share=share)


FORMULAS: tuple[Formula, ...] = (
    _count("received"),
    _count("accepted"),
    _count("decided"),
    _count("withdrawn"),
    _count("open"),
    _count("open_overdue", is_better_high=False),
    _rate("immediate_case_rate", "immediate", "decided", is_better_high=True),  # 即办率（按办件）
    _rate("immediate_matter_rate", "immediate_matters", "matters", is_better_high=True),  # 即办率（按事项）
    _rate("same_day_rate", "same_day", "decided", is_better_high=True),  # 当日办结率
    _rate("early_rate", "early", "promised", is_better_high=True),  # 提前办结率
    _rate("on_time_rate", "on_time", "decided", is_better_high=True),  # 按时办结率
    _rate("overdue_rate", "over_promise", "decided", is_better_high=False),  # 超期率
    _rate("overdue_statute_rate", "over_statute", "decided", is_better_high=False),  # 超法定时限率
    _rate("promise_saved_rate", "promise_saved_days", "statute_days", is_better_high=True),  # 承诺提速
    _rate("handling_saved_rate", "handling_saved_days", "statute_days", is_better_high=True),  # 办理提速
    _rate("online_rate", "online", "decided", is_better_high=True),  # 网办率
    _rate("one_window_rate", "one_window", "decided", is_better_high=True),  # 一窗受理率
    Formula(id="visits_mean", kind=Measure.MEAN, top="visits", bottom="decided", is_better_high=False),  # 平均跑动次数
    _rate("one_notice_rate", "one_notice", "to_be_told", is_better_high=True),  # 一次性告知合规率
    _rate("second_notice_rate", "second_notice", "noticed", is_better_high=False),  # 二次补正率
    Formula(id="duration_mean", kind=Measure.MEAN, top="used_days", bottom="decided", is_better_high=False),
    _percentile("duration_median", 50),
    _percentile("duration_p90", 90),
    _rate("materials_saved_rate", "materials_saved", "materials_listed", is_better_high=True),  # 材料减少率
)
BY_ID = {formula.id: formula for formula in FORMULAS}
