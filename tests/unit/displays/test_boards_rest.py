"""How long boards wait after a drawing: a twentieth of a second, longer where drawing takes long, never for long."""

from __future__ import annotations

from displays.mqtt import DRAWN_PART, LONGEST_REST_S, REST_S, rest_s


def test_a_quick_drawing_is_followed_by_the_usual_rest() -> None:
    assert rest_s(0.0) == rest_s(REST_S * DRAWN_PART) == REST_S


def test_a_slow_drawing_takes_no_more_than_its_part_of_the_time() -> None:
    assert rest_s(0.004) * DRAWN_PART == 0.004


def test_boards_never_wait_longer_than_anybody_would_notice() -> None:
    assert rest_s(10.0) == LONGEST_REST_S
