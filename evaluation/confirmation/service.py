"""Decides on sheets to confirm: one at a window, for the ticket that is served there, by its own screens alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from evaluation.confirmation import messages as c
from evaluation.confirmation.model import Sheet, SheetState, Withdrawal
from evaluation.confirmation.state import Sheets
from hall_queue.model import TicketState
from hall_queue.state import HallQueue
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Actor, Role
from hall_server.messages import Event
from hall_server.outcome import Context, Outcome

AtWindow = Callable[[str, str], tuple[str, ...]]
PAD = "pad"


class SheetMoved(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever acted on a sheet is told."""

    id: str
    state: SheetState
    hash: str


class ConfirmationService:
    """Handlers of the commands about sheets.

    Source: domain page, evaluation (窗口办事确认): nothing is confirmed that was not shown.
    """

    def __init__(self, queue: HallQueue, sheets: Sheets, *, at_window: AtWindow) -> None:
        """Args: at_window: devices of a kind at a window, by id."""
        self._queue = queue
        self._sheets = sheets
        self._at_window = at_window

    # -- who may

    def check_staff(self, actor: Actor, window: str) -> None:
        """Refuse whoever does not serve at the window; a manager is no exception, the sheet is between two people.

        Raises:
            Forbidden: ``confirmation.not_here``.
        """
        if actor.kind is not Role.STAFF or window not in actor.windows:
            raise Forbidden("confirmation.not_here", window=window)

    def check_screen(self, actor: Actor, window: str) -> None:
        """Refuse what is neither a pad of the window nor a browser signed in as its staff.

        Raises:
            Forbidden: ``confirmation.not_here``.
        """
        if actor.kind is Role.DEVICE and actor.id in self._at_window(PAD, window):
            return
        self.check_staff(actor, window)

    def sheet(self, window: str, confirmation: str) -> Sheet:
        """A sheet of today that is this window's.

        Raises:
            NotFound: ``confirmation.unknown``; one of another window is as unknown as none.
        """
        found = self._sheets.by_id.get(confirmation)
        if found is None or found.window != window:
            raise NotFound("confirmation.unknown")
        return found

    def is_known(self, confirmation: str) -> bool:
        """Whether there is such a sheet today."""
        return confirmation in self._sheets.by_id

    # -- commands

    def send(self, command: c.SendSheet, context: Context) -> Outcome:
        """Put a sheet before the visitor who is served at the window.

        Raises:
            Forbidden: ``confirmation.not_here``.
            Refused: ``confirmation.not_serving``, ``confirmation.open`` with the open one's id.
        """
        self.check_staff(context.actor, command.window)
        ticket = self._served(command.window, command.ticket)
        present = self._sheets.open(command.window)
        if present is not None and present.id != command.replaces:
            raise Refused("confirmation.open", confirmation=present.id, number=present.number)
        sent = c.ConfirmationSent(
            confirmation=command.confirmation,
            window=command.window,
            ticket=command.ticket,
            number=ticket,
            staff=context.actor.id,
            matter=command.matter,
            hash=command.hash,
            to_see=command.to_see,
            parts=command.parts,
            document=command.document,
        )
        return self._done(sent.confirmation, *_withdrawn(present, Withdrawal.REPLACED), sent)

    def shown(self, command: c.NoteShown, context: Context) -> Outcome:
        """A screen shows it; the same screen again changes nothing.

        Raises:
            DomainError: as `_acting`.
        """
        sheet = self._acting(command, context.actor)
        if sheet.state is SheetState.SHOWN and sheet.device == str(context.actor):
            return self._done(sheet.id)
        event = c.ConfirmationShown(
            confirmation=sheet.id, window=sheet.window, hash=sheet.hash, device=str(context.actor)
        )
        return self._done(sheet.id, event)

    def confirm(self, command: c.ConfirmSheet, context: Context) -> Outcome:
        """The visitor confirms all of it.

        Raises:
            DomainError: as `_acting`; Refused ``confirmation.not_shown``, ``confirmation.not_read``,
                ``confirmation.not_serving``.
        """
        sheet = self._acting(command, context.actor)
        if sheet.state is not SheetState.SHOWN:
            raise Refused("confirmation.not_shown")
        if command.seen != sheet.to_see:
            raise Refused("confirmation.not_read", seen=command.seen, of=sheet.to_see)
        self._served(sheet.window, sheet.ticket)
        event = c.ConfirmationConfirmed(
            confirmation=sheet.id,
            window=sheet.window,
            ticket=sheet.ticket,
            hash=sheet.hash,
            ink=command.ink,
            device=str(context.actor),
            language=command.language,
        )
        return self._done(sheet.id, event)

    def dispute(self, command: c.DisputeSheet, context: Context) -> Outcome:
        """The visitor says what is wrong.

        Raises:
            DomainError: as `_acting`; Invalid ``confirmation.nothing_wrong``, ``confirmation.part_unknown``.
        """
        sheet = self._acting(command, context.actor)
        if not command.wrong and command.said is None:
            raise Invalid("confirmation.nothing_wrong", field="wrong")
        if set(command.wrong) - set(sheet.parts):
            raise Invalid("confirmation.part_unknown", field="wrong")
        event = c.ConfirmationDisputed(
            confirmation=sheet.id,
            window=sheet.window,
            hash=sheet.hash,
            wrong=tuple(part for part in sheet.parts if part in command.wrong),
            said=command.said,
            device=str(context.actor),
        )
        return self._done(sheet.id, event)

    def refuse(self, command: c.RefuseSheet, context: Context) -> Outcome:
        """The visitor does not confirm.

        Raises:
            DomainError: as `_acting`.
        """
        sheet = self._acting(command, context.actor)
        event = c.ConfirmationRefused(
            confirmation=sheet.id, window=sheet.window, hash=sheet.hash, device=str(context.actor)
        )
        return self._done(sheet.id, event)

    def withdraw(self, command: c.WithdrawSheet, context: Context) -> Outcome:
        """Take it back; one that is withdrawn already stays so.

        Raises:
            Forbidden: ``confirmation.not_here``. NotFound: ``confirmation.unknown``.
            Refused: ``confirmation.over``.
        """
        if context.actor.kind is not Role.SYSTEM:
            self.check_staff(context.actor, command.window)
        sheet = self.sheet(command.window, command.confirmation)
        if sheet.state is SheetState.WITHDRAWN:
            return self._done(sheet.id)
        _check_open(sheet)
        return self._done(sheet.id, *_withdrawn(sheet, command.why))

    def time_out(self, command: c.TimeOutSheet, context: Context) -> Outcome:
        """End it, if it is still open."""
        sheet = self._sheets.by_id.get(command.confirmation)
        if sheet is None or not sheet.state.is_open:
            return Outcome()
        event = c.ConfirmationTimedOut(confirmation=sheet.id, window=sheet.window)
        return self._done(sheet.id, event)

    def note_read(self, command: c.NoteRead, context: Context) -> Outcome:
        """Journal that somebody took it out; the edge has looked whether they may."""
        return Outcome(events=(c.ConfirmationRead(confirmation=command.confirmation, why=command.why),))

    def erase(self, command: c.EraseSheets, context: Context) -> Outcome:
        """Journal that contents are gone."""
        return Outcome(events=tuple(c.ConfirmationErased(confirmation=one) for one in command.confirmations))

    def at_day_end(self, context: Context) -> Iterable[Event]:
        """Sheets do not live over night."""
        for confirmation in tuple(self._sheets.open_at.values()):
            yield from _withdrawn(self._sheets.by_id[confirmation], Withdrawal.DAY_ENDED)

    # -- inside

    def _acting(self, command: c.SheetCommand, actor: Actor) -> Sheet:
        """The open sheet that a screen of its window has seen.

        Raises:
            Forbidden: ``confirmation.not_here``. NotFound: ``confirmation.unknown``.
            Refused: ``confirmation.wrong_hash``, ``confirmation.over`` with the state it is in.
        """
        self.check_screen(actor, command.window)
        sheet = self.sheet(command.window, command.confirmation)
        if command.hash != sheet.hash:
            raise Refused("confirmation.wrong_hash")
        _check_open(sheet)
        return sheet

    def _served(self, window: str, ticket_id: str) -> str:
        """The number of a ticket, if it is served at the window now."""
        ticket = self._queue.tickets.get(ticket_id)
        is_here = ticket is not None and self._queue.desk(window).ticket == ticket_id
        if ticket is None or not is_here or ticket.state is not TicketState.SERVING:
            raise Refused("confirmation.not_serving", window=window)
        return ticket.number

    def _done(self, confirmation: str, *events: Event) -> Outcome:
        def reply() -> SheetMoved:
            sheet = self._sheets.by_id[confirmation]
            return SheetMoved(id=sheet.id, state=sheet.state, hash=sheet.hash)

        return Outcome(events=events, reply=reply)


def _withdrawn(sheet: Sheet | None, why: Withdrawal) -> Iterable[Event]:
    if sheet is not None:
        yield c.ConfirmationWithdrawn(confirmation=sheet.id, window=sheet.window, why=why)


def _check_open(sheet: Sheet) -> None:
    if not sheet.state.is_open:
        raise Refused("confirmation.over", state=sheet.state)
