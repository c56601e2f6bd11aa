"""What the city puts on record when a hall asks it for a person's cases."""

from __future__ import annotations

from typing import ClassVar

from hall_server.messages import Command, Event


class NoteCasesAsked(Command, frozen=True, kw_only=True):
    """Put on record that a hall asked.

    Attributes:
        machine: of the hall, beside whose reader the card lay. mark: of the person: the beginning of the city's keyed
            digest, which tells two people apart and says nothing of them. found: how many cases were shown.
    """

    hall: str
    machine: str
    mark: str
    found: int


class CasesAsked(Event, frozen=True, kw_only=True):
    """A hall was told the cases of whoever's card lay on one of its readers."""

    type: ClassVar[str] = "progress.cases_asked"
    hall: str
    machine: str
    mark: str
    found: int

    @property
    def subject(self) -> str:
        """The hall that asked."""
        return f"hall:{self.hall}"
