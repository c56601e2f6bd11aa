"""The bodies of the queue's HTTP routes and device requests, and the commands they become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from hall_queue import messages as m
from hall_queue.model import Alone, Channel, MatterOutcome, PauseReason, RequeueMode, Then
from hall_queue.people import PersonGiven
from hall_server.messages import Command

Id = Annotated[str, Meta(min_length=1, max_length=80)]
Text = Annotated[str, Meta(max_length=200)]
Language = Literal["zh-CN", "en"]
"""What a visitor reads: their slip is in it."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request's body; unknown fields are refused by name."""


class TicketWanted(Body, frozen=True, kw_only=True):
    """`POST /api/v1/tickets`: a matter (id or code), or a line; ``more`` are further matters of the same visit."""

    matter: Id | None = None
    line: Id | None = None
    more: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()
    channel: Channel = Channel.API
    person: PersonGiven | None = None
    priority: Id | None = None
    language: Language | None = None


class Opening(Body, frozen=True, kw_only=True):
    """Who sits down; a manager may name somebody else."""

    staff: Id | None = None


class Calling(Body, frozen=True, kw_only=True):
    """Whom to call; nobody named: whoever is next. ``finish`` ends the present service first."""

    ticket: Id | None = None
    reason: Text = ""
    finish: bool = False


class Passing(Body, frozen=True, kw_only=True):
    """Why the number is passed."""

    reason: Text = "absent"


class Holding(Body, frozen=True, kw_only=True):
    """For how long, minutes; the hall's setting where none is given."""

    minutes: Annotated[int, Meta(ge=1, le=240)] | None = None


class Requeueing(Body, frozen=True, kw_only=True):
    """How the number goes back."""

    mode: RequeueMode = RequeueMode.KEEP


class Transferring(Body, frozen=True, kw_only=True):
    """Where to; with ``returns`` the visitor comes back afterwards."""

    window: Id | None = None
    matter: Id | None = None
    staff: Id | None = None
    returns: bool = False
    reason: Text = ""


class Finishing(Body, frozen=True, kw_only=True):
    """What became of the visit; ``outcomes`` by matter; ``ends``: also what other windows would have to serve."""

    outcome: MatterOutcome = MatterOutcome.ACCEPTED
    outcomes: dict[str, MatterOutcome] = msgspec.field(default_factory=dict)
    ends: bool = False


class Pausing(Body, frozen=True, kw_only=True):
    """Why service is interrupted, and what becomes of the ticket that is there.

    ``anyway``: although somebody waits whom no other window serves meanwhile.
    """

    reason: PauseReason = PauseReason.BREAK
    then: Then | None = None
    anyway: bool = False


class Closing(Body, frozen=True, kw_only=True):
    """What becomes of the ticket that is there, and of those whom only this window serves."""

    then: Then | None = None
    alone: Alone | None = None
    reassign_to: Id | None = None


class Adding(Body, frozen=True, kw_only=True):
    """One more matter."""

    matter: Id


class Nothing(Body, frozen=True, kw_only=True):
    """No fields."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a window: its body, its command, and what it does."""

    body: type[Body]
    command: Callable[[str, Any], Command]
    summary: str


def _call(window: str, body: Calling) -> Command:
    if body.ticket:
        return m.CallTicket(window=window, ticket=body.ticket, reason=body.reason)
    return m.CallNext(window=window, finish=body.finish)


def _transfer(window: str, body: Transferring) -> Command:
    return m.TransferTicket(
        window=window,
        to_window=body.window,
        matter=body.matter,
        staff=body.staff,
        returns=body.returns,
        reason=body.reason,
    )


def _finish(window: str, body: Finishing) -> Command:
    return m.FinishService(window=window, outcome=body.outcome, outcomes=body.outcomes, ends=body.ends)


def _pause(window: str, body: Pausing) -> Command:
    return m.PauseWindow(window=window, reason=body.reason, then=body.then, anyway=body.anyway)


def _close(window: str, body: Closing) -> Command:
    return m.CloseWindow(window=window, then=body.then, alone=body.alone, reassign_to=body.reassign_to)


KEYS: dict[str, Key] = {
    "open": Key(Opening, lambda w, b: m.OpenWindow(window=w, staff=b.staff), "Begin to serve"),
    "call": Key(Calling, _call, "Call the next ticket, or a certain one"),
    "recall": Key(Nothing, lambda w, _: m.RecallTicket(window=w), "Call again"),
    "start": Key(Nothing, lambda w, _: m.StartService(window=w), "The visitor is here"),
    "pass": Key(Passing, lambda w, b: m.PassTicket(window=w, reason=b.reason), "Nobody came"),
    "hold": Key(Holding, lambda w, b: m.HoldTicket(window=w, minutes=b.minutes), "Put the visit aside"),
    "requeue": Key(Requeueing, lambda w, b: m.RequeueTicket(window=w, mode=b.mode), "Called by mistake"),
    "transfer": Key(Transferring, _transfer, "Send the visitor on"),
    "matter": Key(Adding, lambda w, b: m.AddMatter(window=w, matter=b.matter), "Take up one more matter"),
    "finish": Key(Finishing, _finish, "End the visit"),
    "pause": Key(Pausing, _pause, "Interrupt service"),
    "resume": Key(Nothing, lambda w, _: m.ResumeWindow(window=w), "Go on after a pause"),
    "close": Key(Closing, _close, "End service"),
    "undo": Key(Nothing, lambda w, _: m.UndoKey(window=w), "Take the last key back"),
}
