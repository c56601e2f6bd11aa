"""What the hall asks of the process that plays days, and what that answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from dashboards.whatif.changes import Change
from dashboards.whatif.figures import Baseline, Run, Slot
from dashboards.whatif.figures import Change as Compared


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A day to look at or to play.

    Attributes:
        rules: what the hall's file says about rules, by name.
        runs: 0 only looks at the day.
        before: the unchanged day's runs where they are known already.
    """

    database: str
    day: date
    timezone: str
    rules: dict[str, Any]
    changes: tuple[Change, ...] = ()
    runs: int = 0
    seed: int = 1
    processes: int = 1
    before: tuple[Run, ...] = ()


class WindowHours(msgspec.Struct, frozen=True, kw_only=True):
    """A window and its hours, seconds since midnight."""

    window: str
    lines: tuple[str, ...]
    shifts: tuple[tuple[float, float], ...]


class DayPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded day.

    Attributes:
        left: how many gave up; unserved: how many still waited at the end.
        baseline: line (the hall: "") → how well a replay gives its waits.
        limits: line → the longest wait that is not too long, seconds.
    """

    day: date
    visitors: int
    left: int
    unserved: int
    slots: tuple[Slot, ...]
    lines: tuple[str, ...]
    windows: tuple[WindowHours, ...]
    baseline: dict[str, Baseline]
    limits: dict[str, float]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What many played days say.

    Attributes:
        lines: line (the hall: "") → figure → before and after.
        windows: window → its use.
    """

    day: DayPicture
    runs: int
    seconds: float
    lines: dict[str, dict[str, Compared]]
    windows: dict[str, Compared]


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """The work cannot be done as it was asked for."""

    code: str
    fields: dict[str, Any]


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the process's output: how far it is, or its last word."""

    done: int | None = None
    picture: DayPicture | None = None
    found: Found | None = None
    refused: Refusal | None = None
    before: tuple[Run, ...] = ()
