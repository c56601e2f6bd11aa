"""The wait estimate: never below zero, p50 ≤ p90, longer with more people, shorter with more windows (rule 19)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_queue import messages as m
from hall_queue.wait import PRIOR_S, WALK_S, estimate
from tests.fakes.queue_hall import QueueHall, clerk

AHEAD = st.integers(0, 500)
SERVERS = st.floats(0.05, 40)
IDLE = st.integers(0, 5)
SERVICES = st.lists(st.floats(0, 7_200), max_size=60)


@given(AHEAD, SERVERS, IDLE, SERVICES)
def test_never_below_zero_and_p50_is_at_most_p90(ahead: int, servers: float, idle: int, services: list[float]) -> None:
    wait = estimate(ahead=ahead, servers=servers, idle=idle, services=services)
    assert 0 <= wait.p50 <= wait.p90


@given(AHEAD, st.integers(1, 50), SERVERS, IDLE, SERVICES)
def test_more_people_ahead_never_shorten_it(
    ahead: int, more: int, servers: float, idle: int, services: list[float]
) -> None:
    fewer = estimate(ahead=ahead, servers=servers, idle=idle, services=services)
    longer = estimate(ahead=ahead + more, servers=servers, idle=idle, services=services)
    assert fewer.p50 <= longer.p50
    assert fewer.p90 <= longer.p90


@given(AHEAD, SERVERS, st.floats(0, 10), SERVICES)
def test_more_windows_never_lengthen_it(ahead: int, servers: float, more: float, services: list[float]) -> None:
    few = estimate(ahead=ahead, servers=servers, idle=0, services=services)
    many = estimate(ahead=ahead, servers=servers + more, idle=0, services=services)
    assert many.p50 <= few.p50
    assert many.p90 <= few.p90


def test_nobody_waits_for_a_free_window() -> None:
    assert estimate(ahead=0, servers=2, idle=1, services=[300.0] * 10).p90 == 0


def test_before_anything_was_seen_the_prior_speaks() -> None:
    wait = estimate(ahead=0, servers=1, idle=0, services=())
    assert 0.6 * (PRIOR_S + WALK_S) <= wait.p50 <= PRIOR_S + WALK_S


def test_services_that_were_seen_replace_the_prior() -> None:
    slow = estimate(ahead=5, servers=1, idle=0, services=[900.0] * 60)
    fast = estimate(ahead=5, servers=1, idle=0, services=[60.0] * 60)
    assert fast.p50 < 6 * (100 + WALK_S)
    assert slow.p50 > 6 * 700


@pytest.mark.gen_test
async def test_the_estimate_falls_when_windows_open_and_rises_with_the_queue(hall: QueueHall) -> None:
    def wait() -> int:
        return hall.room.hall.wait("business", hall.queue.waiting.count("business")).p50

    for _ in range(8):
        await hall.issue()
    await hall.open("w01")
    alone = wait()
    await hall.open("w02")
    assert wait() < alone
    await hall.do(m.PauseWindow(window="w02"), clerk("w02"))
    assert wait() == pytest.approx(alone, rel=0.02)
    await hall.issue()
    assert wait() > alone
