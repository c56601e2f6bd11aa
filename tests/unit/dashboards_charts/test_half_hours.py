"""Time cut into half hours of the hall's clock: nothing is lost, and every part lies where it belongs."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from dashboards.charts import staffing
from dashboards.figures.cells import Sums
from dashboards.figures.clock import slots, splitter
from hall_server.journal.rows import microseconds

SHANGHAI, KATHMANDU = ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Kathmandu")
SECOND = 1_000_000


def at(text: str) -> int:
    return microseconds(datetime.fromisoformat(f"2026-11-23T{text}+08:00").astimezone(UTC))


def test_a_stretch_is_cut_at_the_half_hours_of_the_halls_clock() -> None:
    found: Counter[str] = Counter()
    for slot, part_us in splitter(SHANGHAI)(at("09:10:00"), at("10:31:00")):
        found[slot] += part_us // SECOND
    assert found == {"09:00": 1_200, "09:30": 1_800, "10:00": 1_800, "10:30": 60}


def test_zones_that_are_shifted_by_quarters_have_their_own_half_hours() -> None:
    """09:00 in Shanghai is 06:45 in Kathmandu."""
    assert slots(KATHMANDU)(at("09:00:00")) == "06:30"
    assert slots(KATHMANDU)(at("09:15:00")) == "07:00"
    assert slots(SHANGHAI)(at("23:59:59")) == "23:30"


@given(st.integers(0, 86_400 * SECOND), st.integers(-10 * SECOND, 20_000 * SECOND))
def test_the_parts_add_up_to_the_stretch(begin: int, long: int) -> None:
    parts = list(splitter(SHANGHAI)(begin, begin + long))
    assert sum(part_us for _, part_us in parts) == max(0, long)
    assert all(part_us > 0 for _, part_us in parts)


def test_windows_needed_are_worked_out_by_hand() -> None:
    """12 numbers with 6 minutes of work each are 72 minutes in half an hour: 2.4 windows, 2.82 at 85 %: three."""
    minute_us = 60 * SECOND
    busy = Sums(visits=12, walk_us=12 * minute_us, serve_us=60 * minute_us, open_us=60 * minute_us)
    chart = staffing.chart({"09:00": busy, "10:00": Sums()}, days=1, has_windows=True)
    assert [label.key for label in chart.x.labels] == ["09:00"]
    assert {one.id: one.values for one in chart.series} == {
        "arrivals": (12.0,),
        "needed": (3,),
        "busy": (2.4,),
        "open": (2.0,),
    }


def test_half_hours_in_which_nothing_happened_stand_between_others() -> None:
    some = Sums(visits=1)
    chart = staffing.chart({"09:30": some, "11:00": some}, days=2, has_windows=False)
    assert [label.key for label in chart.x.labels] == ["09:30", "10:00", "10:30", "11:00"]
    assert [one.id for one in chart.series] == ["arrivals", "needed", "busy"]
    assert chart.series[0].values == (0.5, 0.0, 0.0, 0.5)
    assert chart.series[1].values == (0, 0, 0, 0), "nobody was served: there is no work to plan for"
