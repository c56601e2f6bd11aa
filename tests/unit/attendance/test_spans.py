"""Who sat where and when, folded from what happened at the windows."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from attendance.model import Mark, MarkKind, Span, by_staff, spans

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def mark(kind: MarkKind, minutes: float, window: str = "w01", staff: str | None = None) -> Mark:
    return Mark(kind=kind, at=at(minutes), window=window, staff=staff)


def opened(minutes: float, staff: str | None = "s01", window: str = "w01") -> Mark:
    return mark(MarkKind.OPENED, minutes, window, staff)


def closed(minutes: float, window: str = "w01") -> Mark:
    return mark(MarkKind.CLOSED, minutes, window)


def test_a_span_runs_from_opening_to_closing_and_counts_pauses_and_visits() -> None:
    [span] = spans(
        [
            opened(0),
            mark(MarkKind.SERVED, 20),
            mark(MarkKind.PAUSED, 60),
            mark(MarkKind.RESUMED, 75),
            mark(MarkKind.SERVED, 90),
            closed(120),
        ]
    )
    assert (span.staff, span.window, span.opened_at, span.closed_at) == ("s01", "w01", at(0), at(120))
    assert (span.open_s(at(600)), span.pauses_s(at(600)), span.served) == (7200, 900, 2)


def test_a_visit_finished_by_mistake_does_not_count() -> None:
    [span] = spans([opened(0), mark(MarkKind.SERVED, 20), mark(MarkKind.TAKEN_BACK, 20), mark(MarkKind.SERVED, 40)])
    assert span.served == 1


def test_a_span_that_is_open_counts_up_to_now_with_the_pause_under_way() -> None:
    [span] = spans([opened(0), mark(MarkKind.PAUSED, 30)])
    assert (span.closed_at, span.open_s(at(40)), span.pauses_s(at(40))) == (None, 2400, 600)


def test_a_pause_ends_with_its_window() -> None:
    [span] = spans([opened(0), mark(MarkKind.PAUSED, 30), closed(50)])
    assert (span.paused_since, span.pauses_s(at(99))) == (None, 1200)


def test_whoever_sits_down_ends_the_span_of_the_one_before() -> None:
    first, second = spans([opened(0, "s01"), opened(60, "s02"), mark(MarkKind.SERVED, 70), closed(90)])
    assert (first.staff, first.closed_at, first.served) == ("s01", at(60), 0)
    assert (second.staff, second.opened_at, second.closed_at, second.served) == ("s02", at(60), at(90), 1)


def test_a_window_that_pauses_goes_on_pausing_when_somebody_else_sits_down() -> None:
    first, second = spans([opened(0, "s01"), mark(MarkKind.PAUSED, 10), opened(20, "s02"), mark(MarkKind.RESUMED, 50)])
    assert (first.pauses_s(at(60)), second.pauses_s(at(60))) == (600, 1800)


def test_the_days_end_closes_what_nobody_closed_at_the_last_sign_of_life() -> None:
    [span] = spans([opened(0), mark(MarkKind.SEEN, 30), mark(MarkKind.SERVED, 45), mark(MarkKind.DAY_END, 900)])
    assert (span.closed_at, span.is_left_open) == (at(45), True)


def test_a_day_that_is_over_has_no_open_span_even_if_its_end_was_never_written() -> None:
    marks = [opened(0), mark(MarkKind.SERVED, 45)]
    assert spans(marks)[0].closed_at is None
    [span] = spans(marks, is_over=True)
    assert (span.closed_at, span.is_left_open) == (at(45), True)


def test_a_pause_that_the_day_ended_lasts_until_the_last_sign_of_life() -> None:
    [span] = spans([opened(0), mark(MarkKind.PAUSED, 30), mark(MarkKind.DAY_END, 900)])
    assert (span.closed_at, span.pauses_s(at(900))) == (at(30), 0)


def test_marks_of_a_window_that_nobody_opened_make_no_span() -> None:
    assert spans([mark(MarkKind.SERVED, 1), closed(2), mark(MarkKind.DAY_END, 3)]) == []


def test_a_persons_day_joins_their_windows() -> None:
    day = [opened(0), mark(MarkKind.SERVED, 5), closed(60), opened(90, window="w02"), opened(95, "s02")]
    mine, other = by_staff(spans(day), at(120))
    assert (mine.staff, mine.windows, mine.first_open, mine.last_close) == ("s01", ["w01", "w02"], at(0), None)
    assert (mine.open_s, mine.served, other.staff, other.windows) == (3600 + 1800, 1, "s02", ["w01"])


kinds = st.sampled_from([kind for kind in MarkKind if kind is not MarkKind.OPENED])
steps = st.lists(st.tuples(st.sampled_from(["w01", "w02"]), st.one_of(st.none(), kinds)), max_size=60)


@given(steps, st.booleans())
def test_whatever_happens_spans_of_a_window_never_overlap_and_pauses_fit_in_them(
    happened: list[tuple[str, MarkKind | None]], is_over: bool
) -> None:
    marks = [
        mark(kind, minute, window) if kind else opened(minute, f"s{minute % 3}", window)
        for minute, (window, kind) in enumerate(happened)
    ]
    now = at(len(marks))
    found = spans(marks, is_over=is_over)
    assert sum(span.closed_at is None for span in found) <= (0 if is_over else 2)
    for span in found:
        assert 0 <= span.pauses_s(now) <= span.open_s(now)
    for window in ("w01", "w02"):
        _one_after_the_other([span for span in found if span.window == window], now)


def _one_after_the_other(found: list[Span], now: datetime) -> None:
    for before, after in pairwise(found):
        assert (before.closed_at or now) <= after.opened_at
