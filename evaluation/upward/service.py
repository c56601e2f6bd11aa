"""Decides what is noted of the way upward; the table shows what waits."""

from __future__ import annotations

import msgspec

from evaluation.upward.messages import NoteAnswer, SendAgain, UpwardAnswered, UpwardSentAgain
from hall_server.errors import Forbidden, Invalid
from hall_server.identity import Role
from hall_server.outcome import Context, Outcome


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """That it was noted."""

    noted: bool = True


def note_answer(command: NoteAnswer, context: Context) -> Outcome:
    """Keep an answer of the platform; one that says nothing leaves nothing."""
    if not command.accepted and not command.refused:
        return Outcome(events=(), reply=Noted)
    return Outcome(events=(UpwardAnswered(accepted=command.accepted, refused=command.refused),), reply=Noted)


def send_again(command: SendAgain, context: Context) -> Outcome:
    """Send records once more.

    Raises:
        Forbidden: not a manager.
        Invalid: ``upward.both``: ratings and a day; ``upward.day_to_come``.
    """
    if not context.actor.may(Role.MANAGER, Role.ADMIN):
        raise Forbidden("role.missing", roles=[Role.MANAGER])
    if command.day is not None and command.ratings:
        raise Invalid("upward.both", field="day")
    if command.day is not None and command.day > context.business_day:
        raise Invalid("upward.day_to_come", field="day")
    return Outcome(events=(UpwardSentAgain(ratings=command.ratings, day=command.day),), reply=Noted)
