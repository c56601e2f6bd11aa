"""What notices say: number, matter, day and link, nothing else; the carrier reads them too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from cases import messages as m
from hall_server.messages import Event


class NoticeKind(StrEnum):
    """What a visitor is told."""

    RECEIVED = "received"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    DUE_SOON = "due_soon"  # what is owed must be in by tomorrow
    CORRECTION_SOON = "correction_soon"  # corrections are wanted by tomorrow
    DECISION_SOON = "decision_soon"  # it is decided by tomorrow
    FEE = "fee"
    DECIDED = "decided"
    READY = "ready"
    DELIVERED = "delivered"


OF_EVENT: Mapping[str, NoticeKind] = {
    m.CaseReceived.type: NoticeKind.RECEIVED,
    m.CorrectionAsked.type: NoticeKind.CORRECTION,
    m.CaseAccepted.type: NoticeKind.ACCEPTED,
    m.CaseNotAccepted.type: NoticeKind.NOT_ACCEPTED,
    m.CaseDecided.type: NoticeKind.DECIDED,
    m.FeeAsked.type: NoticeKind.FEE,
    m.LicenceMade.type: NoticeKind.READY,
    m.CaseDelivered.type: NoticeKind.DELIVERED,
}
"""Event → what is told of it."""
ENGLISH_FOR = frozenset({"414", "553"})
"""Whoever shows one of these is written to in English: 普通护照 of another country, 外国人永久居留证.

Source: GA/T 2000.156, codes of identity documents."""


def step_of(event: Event) -> str:
    """The type of what happened to a case, also where the city did it."""
    return event.step_type if isinstance(event, m.CityStepTaken) else type(event).type


def language_for(id_kind: str) -> str:
    """In which language somebody is written to."""
    return "en" if id_kind in ENGLISH_FOR else "zh-CN"


def day_text(day: date | None, language: str) -> str:
    """A day as it stands in a message."""
    if day is None:
        return ""
    return day.isoformat() if language == "en" else f"{day.month}月{day.day}日"
