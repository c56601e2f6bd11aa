"""When simulated visitors come."""

import random

import pytest

from devices.simulated.pace import AT_THE_DOOR, DAY, DOOR_S, Pace

HOUR_S = 3600.0


def pace(speed: float = 1.0, per_hour: float = 600.0) -> Pace:
    return Pace(speed=speed, visitors_per_hour=per_hour, dice=random.Random(3))


def arrivals_by_hour(made: Pace) -> list[int]:
    """Visitors of one simulated day after those from the door."""
    hours = [0] * len(DAY)
    at = 0.0
    while True:
        at += made.next_arrival_s(at, came=10_000)
        hour = int(at * made.speed / HOUR_S)
        if hour >= len(DAY):
            return hours
        hours[hour] += 1


@pytest.mark.parametrize("speed", [1.0, 20.0])
def test_the_hours_have_their_parts_of_the_day_at_any_speed(speed: float) -> None:
    for came, part in zip(arrivals_by_hour(pace(speed)), DAY, strict=True):
        assert came == pytest.approx(600 * part, abs=5 * (600 * part) ** 0.5)


def test_the_day_has_as_many_as_were_asked_for_on_the_average() -> None:
    assert sum(DAY) / len(DAY) == pytest.approx(1.0)


def test_those_at_the_door_come_in_first_one_after_the_other() -> None:
    made = pace(speed=2.0)
    door = int(AT_THE_DOOR * 600)
    assert {made.next_arrival_s(0.0, came=came) for came in range(door)} == {DOOR_S / 2}


def test_nobody_comes_where_nobody_is_wanted() -> None:
    assert pace(per_hour=0).next_arrival_s(0.0, came=0) == float("inf")
