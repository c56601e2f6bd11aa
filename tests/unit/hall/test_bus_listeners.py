"""The bus calls who listens to a type, in order, those who come later too; one that fails does not stop the others."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from typing import ClassVar

import pytest

from hall_server.bus import Bus
from hall_server.messages import Event, Recorded


class Rung(Event, frozen=True, kw_only=True):
    """A bell rang."""

    type: ClassVar[str] = "test.rung"


class Lit(Event, frozen=True, kw_only=True):
    """A lamp was lit."""

    type: ClassVar[str] = "test.lit"


def recorded(event: Event) -> Recorded:
    return Recorded(seq=1, at=datetime(2026, 1, 5, tzinfo=UTC), business_day=date(2026, 1, 5), event=event, actor="")


def test_listeners_hear_their_types_in_order_and_later_ones_too() -> None:
    bus, heard = Bus(), list[str]()
    bus.listen("rung only", lambda one: heard.append(f"rung {one.event.type}"), {Rung.type})
    bus.listen("all", lambda one: heard.append(f"all {one.event.type}"))
    bus.hand_on([recorded(Rung()), recorded(Lit())])
    assert heard == ["rung test.rung", "all test.rung", "all test.lit"]
    heard.clear()
    bus.listen("late", lambda one: heard.append(f"late {one.event.type}"), {Lit.type})
    bus.hand_on([recorded(Lit())])
    assert heard == ["all test.lit", "late test.lit"]


def test_a_listener_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = Bus(), list[str]()

    def fails(_: Recorded) -> None:
        raise ValueError("broken")

    bus.listen("broken", fails)
    bus.listen("whole", lambda one: heard.append(one.event.type))
    with caplog.at_level(logging.ERROR):
        bus.hand_on([recorded(Rung())])
    assert heard == ["test.rung"]
    assert "listener failed: broken" in caplog.text
