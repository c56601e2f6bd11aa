"""What is suspicious, and what only looks like it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from evaluation.misuse import Tap, burst, is_own_window, tapped_at
from evaluation.model import RatingChannel
from tests.fakes.hall import MORNING

WITHIN = timedelta(seconds=20)
ASKED = timedelta(seconds=60)


def tap(number: int, *, at_s: float, ticket: str | None = None, window: str = "w01") -> Tap:
    return Tap(MORNING + timedelta(seconds=at_s), f"r{number}", ticket or f"t{number}", window)


def found(*taps: Tap) -> tuple[str, ...]:
    return burst(taps[:-1], taps[-1], count=3, within=WITHIN)


def test_the_fourth_visit_of_a_window_within_seconds_from_one_place_makes_all_four_a_burst() -> None:
    taps = [tap(number, at_s=number * 5) for number in range(4)]
    assert found(*taps[:3]) == ()
    assert found(*taps) == ("r0", "r1", "r2", "r3")


def test_visits_further_apart_than_seconds_are_no_burst() -> None:
    assert found(*(tap(number, at_s=number * 21) for number in range(9))) == ()


def test_several_matters_of_one_visit_count_once() -> None:
    assert found(*(tap(number, at_s=number, ticket="t1") for number in range(5))) == ()


def test_neighbours_behind_one_address_who_were_at_different_windows_do_not_count_together() -> None:
    assert found(*(tap(number, at_s=number, window=f"w{number % 2}") for number in range(6))) == ()


def test_only_those_near_the_new_one_belong_to_the_burst() -> None:
    old = tap(9, at_s=-300)
    assert "r9" not in found(old, *(tap(number, at_s=number) for number in range(4)))


@pytest.mark.parametrize(
    "channel", [RatingChannel.PAD, RatingChannel.HANDSET, RatingChannel.TABLET, RatingChannel.MQTT]
)
def test_what_a_machine_at_the_window_hands_in_late_was_tapped_when_it_asked(channel: RatingChannel) -> None:
    ended, now = MORNING, MORNING + timedelta(hours=1)
    assert tapped(channel, now=now, ended=ended) == ended + ASKED
    said = ended + timedelta(seconds=12)
    assert tapped(channel, now=now, ended=ended, said=said) == said


@pytest.mark.parametrize("said_s", [-9000, 9000])
def test_a_machines_wrong_clock_is_believed_only_within_the_time_it_asks(said_s: float) -> None:
    said = MORNING + timedelta(seconds=said_s)
    assert MORNING <= tapped(RatingChannel.PAD, now=MORNING + ASKED * 3, ended=MORNING, said=said) <= MORNING + ASKED


def test_a_phone_is_believed_no_time_but_the_halls() -> None:
    now = MORNING + timedelta(days=2)
    assert tapped(RatingChannel.PHONE, now=now, ended=MORNING, said=MORNING) == now


def test_a_pad_that_was_cut_off_all_morning_shows_no_burst() -> None:
    now = MORNING + timedelta(hours=3)
    ends = [MORNING + timedelta(minutes=6 * number) for number in range(20)]
    times = [tapped(RatingChannel.PAD, now=now, ended=ended) for ended in ends]
    taps = [Tap(at, f"r{number}", f"t{number}", "w01") for number, at in enumerate(times)]
    assert all(found(*taps[: number + 1]) == () for number in range(len(taps)))


def tapped(channel: RatingChannel, *, now: datetime, ended: datetime, said: datetime | None = None) -> datetime:
    return tapped_at(channel, now=now, said=said, ended_at=ended, asked=ASKED)


@pytest.mark.parametrize(
    ("is_signed_in", "channel", "address", "is_own"),
    [
        (True, RatingChannel.PHONE, "", True),
        (True, RatingChannel.TELEPHONE, "", False),
        (False, RatingChannel.PHONE, "here", True),
        (False, RatingChannel.PHONE, "elsewhere", False),
        (False, RatingChannel.PAD, "", False),
    ],
)
def test_a_window_that_rates_itself(is_signed_in: bool, channel: RatingChannel, address: str, is_own: bool) -> None:
    consoles = frozenset({"here"})
    assert is_own_window(is_signed_in=is_signed_in, channel=channel, address=address, consoles=consoles) is is_own
