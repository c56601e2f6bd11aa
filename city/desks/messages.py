"""What is put on record of the departments' desks beside the cases themselves: who saw whose data, and why."""

from __future__ import annotations

from typing import ClassVar

from hall_server.messages import Command, Event


class ReadForm(Command, frozen=True, kw_only=True):
    """Unmask the form and the scans of a case; ``why``: id in the vault of the reason given."""

    case: str
    why: str


class FormRead(Event, frozen=True, kw_only=True):
    """Somebody saw whose case it is; ``why``: id in the vault of the reason given."""

    type: ClassVar[str] = "desk.form_read"
    case: str
    why: str

    @property
    def subject(self) -> str:
        """The case's form; not the case, whose events are its steps alone."""
        return f"form:{self.case}"
