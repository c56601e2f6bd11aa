"""What is put on record of what terminals print: which document of which case, where, and how it ended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from hall_server.messages import Command, LastingEvent

DAYS = 30
"""So long a print counts against how often a document may be printed."""


class BeginPrint(Command, frozen=True, kw_only=True):
    """Print a document of a case.

    Attributes:
        print: id of this print. document: ``licence``, or the id of a document of the case.
        machine, printer: the terminal and the printer beside it.
        hands_out: the case waits to be handed out electronically, and is once this is printed.
    """

    print: str
    case: str
    document: str
    machine: str
    printer: str
    hands_out: bool = False


class EndPrint(Command, frozen=True, kw_only=True):
    """The server's own: how a print ended.

    Attributes:
        is_printed: all of it is out. is_begun: where not, some of it may be. reason: why not.
        sheets: how many came out; None: the printer does not say.
    """

    print: str
    is_printed: bool
    is_begun: bool = False
    reason: str = ""
    sheets: int | None = None


class PrintEvent(LastingEvent, frozen=True, kw_only=True):
    """Something that happened to a print; what was printed is the case's."""

    print: str
    case: str
    document: str

    @property
    def subject(self) -> str:
        """The print."""
        return f"print:{self.print}"

    def last_day(self, happened: date) -> date | None:
        """As long as it counts."""
        return happened + timedelta(days=DAYS)


class PrintBegun(PrintEvent, frozen=True, kw_only=True):
    """A document of a case was sent to a printer beside a terminal."""

    type: ClassVar[str] = "selfservice.print_begun"
    machine: str
    printer: str
    hands_out: bool = False


class PrintEnded(PrintEvent, frozen=True, kw_only=True):
    """It is out, or did not come out."""

    type: ClassVar[str] = "selfservice.print_ended"
    is_printed: bool
    is_begun: bool
    reason: str
    sheets: int | None = None


EVENTS = (PrintBegun, PrintEnded)
