"""What is wanted of sheets to confirm, and what happens to them; what they say and who signs stays outside."""

from __future__ import annotations

from typing import ClassVar

from evaluation.confirmation.model import Withdrawal
from hall_server.messages import Command, Event


class SendSheet(Command, frozen=True, kw_only=True):
    """Show a sheet to the visitor at a window; its content lies sealed under its id already.

    Attributes:
        replaces: the open sheet of the window that this one takes the place of.
    """

    window: str
    confirmation: str
    ticket: str
    matter: str | None = None
    hash: str
    to_see: int
    parts: tuple[str, ...]
    document: str | None = None
    replaces: str | None = None


class SheetCommand(Command, frozen=True, kw_only=True):
    """About one sheet of a window, by whoever has seen these bytes."""

    window: str
    confirmation: str
    hash: str


class NoteShown(SheetCommand, frozen=True, kw_only=True):
    """A screen shows the sheet."""


class ConfirmSheet(SheetCommand, frozen=True, kw_only=True):
    """The visitor confirms and has signed.

    Attributes:
        seen: how many blocks have been on the screen whole.
        ink: SHA-256 of the strokes, which lie sealed already.
        language: the visitor read the words around the content in it.
    """

    seen: int
    ink: str
    language: str = ""


class DisputeSheet(SheetCommand, frozen=True, kw_only=True):
    """The visitor says what is wrong; ``said`` is the id in the vault of their words."""

    wrong: tuple[str, ...] = ()
    said: str | None = None


class RefuseSheet(SheetCommand, frozen=True, kw_only=True):
    """The visitor does not want to confirm."""


class WithdrawSheet(Command, frozen=True, kw_only=True):
    """Take an open sheet back."""

    window: str
    confirmation: str
    why: Withdrawal = Withdrawal.STAFF


class TimeOutSheet(Command, frozen=True, kw_only=True):
    """Nobody has done anything with the sheet for too long."""

    confirmation: str


class NoteRead(Command, frozen=True, kw_only=True):
    """Somebody takes the confirmed sheet out; ``why`` is the id in the vault of the reason given."""

    confirmation: str
    why: str | None = None


class EraseSheets(Command, frozen=True, kw_only=True):
    """Note that the contents of sheets are gone."""

    confirmations: tuple[str, ...]


class SheetEvent(Event, frozen=True, kw_only=True):
    """Something that happened to a sheet."""

    confirmation: str

    @property
    def subject(self) -> str:
        """The sheet."""
        return f"confirmation:{self.confirmation}"


class ConfirmationSent(SheetEvent, frozen=True, kw_only=True):
    """A sheet was put before the visitor.

    Attributes:
        hash: SHA-256 of the canonical bytes of what is shown.
        number: of the ticket.
    """

    type: ClassVar[str] = "confirmation.sent"
    window: str
    ticket: str
    number: str
    staff: str
    matter: str | None
    hash: str
    to_see: int
    parts: tuple[str, ...]
    document: str | None = None


class ConfirmationShown(SheetEvent, frozen=True, kw_only=True):
    """A screen of the window shows it."""

    type: ClassVar[str] = "confirmation.shown"
    window: str
    hash: str
    device: str


class ConfirmationConfirmed(SheetEvent, frozen=True, kw_only=True):
    """The visitor confirmed and signed; ``ink`` is the SHA-256 of the strokes."""

    type: ClassVar[str] = "confirmation.confirmed"
    window: str
    ticket: str
    hash: str
    ink: str
    device: str
    language: str = ""


class ConfirmationDisputed(SheetEvent, frozen=True, kw_only=True):
    """The visitor says that these parts are wrong; ``said`` is an id in the vault."""

    type: ClassVar[str] = "confirmation.disputed"
    window: str
    hash: str
    wrong: tuple[str, ...]
    said: str | None
    device: str


class ConfirmationRefused(SheetEvent, frozen=True, kw_only=True):
    """The visitor did not confirm."""

    type: ClassVar[str] = "confirmation.refused"
    window: str
    hash: str
    device: str


class ConfirmationWithdrawn(SheetEvent, frozen=True, kw_only=True):
    """It was taken back."""

    type: ClassVar[str] = "confirmation.withdrawn"
    window: str
    why: Withdrawal


class ConfirmationTimedOut(SheetEvent, frozen=True, kw_only=True):
    """Nobody did anything with it for too long."""

    type: ClassVar[str] = "confirmation.timed_out"
    window: str


class ConfirmationRead(SheetEvent, frozen=True, kw_only=True):
    """Somebody took the confirmed sheet out; ``why`` is an id in the vault."""

    type: ClassVar[str] = "confirmation.read"
    why: str | None


class ConfirmationErased(SheetEvent, frozen=True, kw_only=True):
    """What it said and the signature are gone; the hashes stay."""

    type: ClassVar[str] = "confirmation.erased"


EVENTS: tuple[type[Event], ...] = (
    ConfirmationSent,
    ConfirmationShown,
    ConfirmationConfirmed,
    ConfirmationDisputed,
    ConfirmationRefused,
    ConfirmationWithdrawn,
    ConfirmationTimedOut,
    ConfirmationRead,
    ConfirmationErased,
)
