"""Limits count whoever comes by what one customer of a network has; memory stays bounded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hall_server.errors import TooMany
from hall_server.origins import origin_of
from hall_server.web.limits import MOST_BUCKETS, Limiter
from hall_server.web.routes import Limit
from tests.fakes.hall import HandClock

CODES = Limit(group="codes", per_s=0.01, burst=3)
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:c000:207", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::1"),
        ("", ""),
        ("/run/hall.sock", "/run/hall.sock"),
    ],
)
def test_a_network_of_ipv6_counts_as_one_and_ipv4_as_itself_however_it_is_carried(address: str, counts_as: str) -> None:
    assert origin_of(address) == counts_as


def test_somebody_who_takes_a_new_address_each_time_is_still_limited() -> None:
    limiter = Limiter(HandClock())
    for n in range(CODES.burst):
        limiter.take(CODES, origin_of(f"2001:db8::{n + 1:x}"))
    with pytest.raises(TooMany):
        limiter.take(CODES, origin_of("2001:db8::ffff"))
    limiter.take(CODES, origin_of("2001:db8:0:1::1"))  # the neighbour


def test_the_same_machine_over_both_kinds_of_socket_is_one() -> None:
    limiter = Limiter(HandClock())
    for address in ("192.0.2.7", "::ffff:192.0.2.7", "192.0.2.7"):
        limiter.take(CODES, origin_of(address))
    with pytest.raises(TooMany):
        limiter.take(CODES, origin_of("::ffff:192.0.2.7"))


def test_a_look_counts_nothing_and_refuses_like_a_request() -> None:
    clock = HandClock()
    limiter = Limiter(clock)
    for _ in range(10):
        limiter.check(CODES, "a")
    for _ in range(CODES.burst):
        limiter.take(CODES, "a")
    with pytest.raises(TooMany):
        limiter.check(CODES, "a")
    clock.forward(seconds=100)
    limiter.check(CODES, "a")


def test_memory_stays_bounded() -> None:
    limiter = Limiter(HandClock())
    for n in range(MOST_BUCKETS + 50):
        limiter.take(CODES, f"network {n}")
    assert len(limiter._buckets) == MOST_BUCKETS


def test_no_limiter_of_the_house_counts_single_addresses() -> None:
    """Whoever counts requests of strangers asks `origin`, never the address itself."""
    counts = re.compile(
        r"limiter\.take\([^)]*self\.address|who=self\.address|\.come\(turn, address\(|remote_ip\)\[:12\]"
    )
    rooms = ("hall_server", "queue", "devices", "cases", "city", "attendance", "evaluation", "displays", "dashboards")
    files = [one for room in rooms for one in (ROOT / room).rglob("*.py")]
    assert [one.name for one in files if counts.search(one.read_text("utf-8"))] == []
