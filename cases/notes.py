"""What a place puts on record of a case whoever writes it by then: payments, ratings, shared data, complaints; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from cases import charges
from cases import messages as m
from cases.model import Case

COMMANDS = (m.NoteFee, m.NoteRating, m.NoteData, m.NoteComplaint)
_TYPES: Mapping[str, type[m.CaseEvent]] = {one.type: one for one in m.STEPS if issubclass(one, m.Noted)}


def event_of(command: m.CaseCommand, *, is_over: bool) -> m.CaseEvent:
    """The event that a note becomes."""
    about: dict[str, Any] = {"case": command.case, "is_over": is_over}
    match command:
        case m.NoteFee():
            return charges.noted(command, command.amount_fen, is_over=is_over)
        case m.NoteRating(is_handled=True):
            return m.RatingHandled(rating=command.rating, **about)
        case m.NoteRating():
            return m.RatedBadly(rating=command.rating, level=command.level, **about)
        case m.NoteData():
            return m.DataCame(
                material=command.material,
                is_given=command.is_given,
                sha256=command.sha256,
                size=command.size,
                **about,
            )
        case m.NoteComplaint(is_closed=True):
            return m.ComplaintClosed(order=command.order, **about)
        case m.NoteComplaint():
            return m.Complained(order=command.order, due=command.due, **about)
        case _:
            raise TypeError(type(command).__name__)


def is_noted(case: Case, event: m.CaseEvent) -> bool:
    """Whether it is on record already."""
    match event:
        case m.RatedBadly(rating=rating):
            return rating in case.rated
        case m.RatingHandled(rating=rating):
            return rating not in case.unhandled
        case m.Complained(order=order):
            return order in case.complaints
        case m.ComplaintClosed(order=order):
            return order not in case.complaints or order in case.answered
        case m.DataCame(material=material, sha256=sha256):
            known = case.given.get(material)
            return known is not None and any(one.sha256 == sha256 for one in known.copies)
        case m.FeeNoted():
            return charges.is_noted(case, event.type, msgspec.to_builtins(event))
        case _:
            return False


def is_noted_raw(case: Case, type_: str, payload: Mapping[str, Any]) -> bool:
    """The same of an event as it travels."""
    return type_ in _TYPES and is_noted(case, msgspec.convert(payload, _TYPES[type_]))
