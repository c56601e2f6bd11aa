"""Today's sheets in memory, folded from events: at most one open at a window."""

from __future__ import annotations

from collections import defaultdict

from evaluation.confirmation import messages as c
from evaluation.confirmation.model import Sheet, SheetState
from hall_server.days import DayOpened
from hall_server.messages import Recorded

RECENT = 20


class Sheets:
    """Today's sheets. ``apply`` is their only way to change and never fails on what the journal holds.

    Attributes:
        by_id: sheets by their id.
        open_at: window → its open sheet.
        at_window: window → ids of its sheets, the newest last.
    """

    types = frozenset(
        {
            *(c.ConfirmationSent.type, c.ConfirmationShown.type, c.ConfirmationConfirmed.type),
            *(c.ConfirmationDisputed.type, c.ConfirmationRefused.type, c.ConfirmationWithdrawn.type),
            *(c.ConfirmationTimedOut.type, DayOpened.type),
        }
    )

    def __init__(self) -> None:
        self._begin()

    def open(self, window: str) -> Sheet | None:
        """The open sheet of a window."""
        found = self.open_at.get(window)
        return self.by_id[found] if found else None

    def recent(self, window: str) -> list[Sheet]:
        """The last sheets of a window, the newest first."""
        return [self.by_id[id_] for id_ in reversed(self.at_window[window][-RECENT:])]

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        event = recorded.event
        if isinstance(event, DayOpened):
            self._begin()
        elif isinstance(event, c.ConfirmationSent):
            self._sent(event, recorded)
        elif isinstance(event, c.SheetEvent) and (sheet := self.by_id.get(event.confirmation)) is not None:
            self._moved(sheet, event, recorded)

    def _begin(self) -> None:
        self.by_id: dict[str, Sheet] = {}
        self.open_at: dict[str, str] = {}
        self.at_window: defaultdict[str, list[str]] = defaultdict(list)

    def _sent(self, event: c.ConfirmationSent, recorded: Recorded) -> None:
        sheet = Sheet(
            id=event.confirmation,
            ticket=event.ticket,
            number=event.number,
            window=event.window,
            staff=event.staff,
            matter=event.matter,
            hash=event.hash,
            to_see=event.to_see,
            parts=event.parts,
            document=event.document,
            sent_at=recorded.at,
            day=recorded.business_day,
        )
        self.by_id[sheet.id] = sheet
        self.open_at[sheet.window] = sheet.id
        self.at_window[sheet.window].append(sheet.id)

    def _moved(self, sheet: Sheet, event: c.SheetEvent, recorded: Recorded) -> None:
        match event:
            case c.ConfirmationShown():
                sheet.state, sheet.device = SheetState.SHOWN, event.device
                sheet.shown_at = sheet.shown_at or recorded.at
                return
            case c.ConfirmationConfirmed():
                sheet.state, sheet.ink, sheet.device = SheetState.CONFIRMED, event.ink, event.device
            case c.ConfirmationDisputed():
                sheet.state, sheet.wrong, sheet.said = SheetState.DISPUTED, event.wrong, event.said
            case c.ConfirmationRefused():
                sheet.state = SheetState.REFUSED
            case c.ConfirmationWithdrawn():
                sheet.state, sheet.why = SheetState.WITHDRAWN, event.why
            case c.ConfirmationTimedOut():
                sheet.state = SheetState.TIMED_OUT
        sheet.ended_at = recorded.at
        if self.open_at.get(sheet.window) == sheet.id:
            del self.open_at[sheet.window]
