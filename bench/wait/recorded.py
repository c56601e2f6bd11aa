"""The record of a day in a hall: who came when, was called when, served where and how it ended."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    """How a visit ended."""

    SERVED = "served"
    NO_SHOW = "no_show"  # called and did not come (过号)
    LEFT = "left"  # gave up before the call


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket; times are seconds on one clock that runs through all days of a set.

    Attributes:
        call: None when the visitor left before.
        start: service began; equal to the call where the record knows no walk; None where its length says nothing.
        end: the window was free again, or, without a call, the visitor left.
        window: None where the record does not say.
        has_priority: called before the others of the line.
        is_told: False for somebody who takes a place and a window, but is told no wait: nothing is predicted.
    """

    ticket: str
    line: str
    arrival: float
    call: float | None
    start: float | None
    end: float | None
    window: str | None
    outcome: Outcome
    has_priority: bool = False
    is_told: bool = True

    @property
    def waited_s(self) -> float | None:
        """From the arrival to the call; None when there was none."""
        return None if self.call is None else self.call - self.arrival


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A window was open for these lines from ``begin`` to ``end``, seconds."""

    window: str
    lines: tuple[str, ...]
    begin: float
    end: float


class RecordedDay(msgspec.Struct, frozen=True, kw_only=True):
    """What a hall recorded; ``shifts`` is empty where it did not record when windows opened and closed."""

    name: str
    visits: tuple[Visit, ...]
    shifts: tuple[Shift, ...] = ()
