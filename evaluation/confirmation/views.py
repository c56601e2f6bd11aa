"""What consoles see live of a window's sheets: where each stands, and nothing of what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from evaluation.confirmation.model import Sheet, SheetState, Step, Withdrawal
from evaluation.confirmation.screens import Screens
from evaluation.confirmation.state import Sheets
from hall_server.directory.directory import Directory
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.routes import SIGNED_IN, Access


class SheetShown(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet on the console.

    Attributes:
        step, seen: how far the visitor is; of: how many blocks there are.
        is_on_screen: whether a screen that is there shows it.
        left_s: until it is over if the visitor does nothing, as of this picture; None once it is over.
        wrong: the parts that are wrong; has_words: whether the visitor said more.
    """

    id: str
    ticket: str
    number: str
    state: SheetState
    sent_at: datetime
    ended_at: datetime | None
    step: Step
    seen: int
    of: int
    is_on_screen: bool
    left_s: float | None
    wrong: tuple[str, ...]
    has_words: bool
    why: Withdrawal | None
    hash: str


class ConfirmationPicture(msgspec.Struct, frozen=True, kw_only=True):
    """``confirmation/{w}``.

    Attributes:
        screens: the kinds of screens of the visitor that are there: ``pad``, ``second``.
        recent: the last sheets of today, the newest first, without the open one.
    """

    window: str
    screens: list[str]
    open: SheetShown | None
    recent: list[SheetShown]


class ConfirmationView:
    """``confirmation/{w}`` of the live feed, for the staff of the window."""

    access: Access = SIGNED_IN

    def __init__(
        self, sheets: Sheets, screens: Screens, directory: Directory, left_s: Callable[[Sheet], float]
    ) -> None:
        self._sheets = sheets
        self._screens = screens
        self._directory = directory
        self._left_s = left_s

    def key_ok(self, key: str, actor: Actor) -> bool:
        """Whether there is such a window and the actor works there."""
        return key in self._directory.windows and key in actor.windows

    def picture(self, key: str) -> ConfirmationPicture:
        """Where the window's sheets stand."""
        present = self._sheets.open(key)
        return ConfirmationPicture(
            window=key,
            screens=self._screens.kinds(key),
            open=self._shown(present) if present else None,
            recent=[self._shown(one) for one in self._sheets.recent(key) if not one.state.is_open],
        )

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The window of an event about a sheet; all of them on a new day."""
        if recorded.event.type == "day.opened":
            return list(self._directory.windows)
        window = getattr(recorded.event, "window", None) if recorded.event.type.startswith("confirmation.") else None
        return (window,) if window else ()

    def _shown(self, sheet: Sheet) -> SheetShown:
        progress = self._screens.progress(sheet)
        return SheetShown(
            id=sheet.id,
            ticket=sheet.ticket,
            number=sheet.number,
            state=sheet.state,
            sent_at=sheet.sent_at,
            ended_at=sheet.ended_at,
            step=progress.step,
            seen=progress.seen,
            of=sheet.to_see,
            is_on_screen=sheet.state.is_open and self._screens.is_showing(sheet),
            left_s=self._left_s(sheet) if sheet.state.is_open else None,
            wrong=sheet.wrong,
            has_words=sheet.said is not None,
            why=sheet.why,
            hash=sheet.hash,
        )
