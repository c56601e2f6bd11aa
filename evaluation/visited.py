"""A visit as it can be rated: the matters that were served, each with its window and who sat there."""

from __future__ import annotations

from datetime import date, datetime

import msgspec


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A matter of a visit that was served to its end; None: the visit was taken without one."""

    matter: str | None
    window: str
    staff: str | None
    line: str
    ended_at: datetime


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket with what was served of it."""

    ticket: str
    number: str
    day: date
    parts: tuple[Part, ...]
