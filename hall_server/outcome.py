"""What a command's handler is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import msgspec

from hall_server.identity import Actor
from hall_server.ids import Ids
from hall_server.messages import Event


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances of a command.

    Attributes:
        now: aware UTC; the time the events will carry.
        business_day: the day the hall is in, which ends when it is closed, not at midnight.
    """

    now: datetime
    business_day: date
    actor: Actor
    ids: Ids


def nothing() -> None:
    """The reply of a command that has none."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a handler decided.

    Attributes:
        events: in order; all of them happen, or none.
        reply: called after the events are folded into the live state; gives what the caller is told.
    """

    events: tuple[Event, ...] = ()
    reply: Callable[[], object] = nothing
