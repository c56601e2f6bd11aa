"""From when and until when a window's keys work."""

from __future__ import annotations

from datetime import datetime, timedelta

from hall_queue.model import Ticket, Undo
from hall_queue.rulebook import Rules
from hall_queue.rules import Hall


def recall_at(ticket: Ticket, rules: Rules) -> datetime | None:
    """From when a called ticket may be called again."""
    return ticket.called_at + timedelta(seconds=rules.recall_gap_s) if ticket.called_at else None


def pass_at(ticket: Ticket, rules: Rules) -> datetime | None:
    """From when a called ticket may be passed, provided that it was called often enough."""
    return ticket.summoned_at + timedelta(seconds=rules.pass_after_s) if ticket.summoned_at else None


def undo_until(undo: Undo, hall: Hall) -> datetime:
    """Until when a key may be taken back."""
    return undo.at + timedelta(seconds=hall.rulebook.hall.undo_s)
