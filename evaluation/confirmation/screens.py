"""The screens of the windows: which are there, what the visitor is doing, and what each shall show now.

A browser's WebSocket cannot say which device it is, so a screen asks over HTTP, again and again; each question is held
until there is something new, `HELD_S` at most. Who asks no more is gone after `GRACE_S`, and the console says so.
Nothing of this is journalled, and nothing of it is what a sheet says.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

import msgspec

from evaluation.confirmation.model import Sheet, SheetState, Step, Withdrawal
from evaluation.confirmation.requests import ScreenWord
from evaluation.confirmation.state import Sheets

HELD_S = 4.0
GRACE_S = 2.0
"""Between two questions of a screen; who is away for longer is gone."""
_ORDER = {step: at for at, step in enumerate(Step)}
MOST_PAGES = 8
"""At one window; a browser that opens more of them gets the oldest out."""


class OpenSheet(msgspec.Struct, frozen=True, kw_only=True):
    """The sheet to show. ``left_s``: until it is over if the visitor does nothing."""

    id: str
    hash: str
    left_s: float


class LastSheet(msgspec.Struct, frozen=True, kw_only=True):
    """How the sheet ended that the screen has shown."""

    id: str
    state: SheetState
    why: Withdrawal | None


class ScreenOrders(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a screen."""

    sheet: OpenSheet | None
    last: LastSheet | None


class Progress(msgspec.Struct, kw_only=True):
    """How far the visitor is with a sheet."""

    step: Step = Step.WAITING
    seen: int = 0
    touched: int = 0
    at: datetime


class _Page(msgspec.Struct, kw_only=True):
    window: str
    kind: str
    news: asyncio.Event
    sheet: str | None = None
    question: object = None
    leaving: asyncio.TimerHandle | None = None


class Screens:
    """Who looks at a window's sheets, and how far they are."""

    def __init__(
        self,
        sheets: Sheets,
        *,
        now: Callable[[], datetime],
        left_s: Callable[[Sheet], float],
        changed: Callable[[str], None],
    ) -> None:
        """Args: left_s: until a sheet is over. changed: told the window where something has."""
        self._sheets = sheets
        self._now = now
        self._left_s = left_s
        self._changed = changed
        self._pages: dict[tuple[str, str], _Page] = {}
        self._progress: dict[str, dict[str, Progress]] = {}  # by sheet and page: there may be a pad and a second screen

    def stop(self) -> None:
        """Let go of everyone."""
        for page in self._pages.values():
            page.news.set()
            if page.leaving is not None:
                page.leaving.cancel()
        self._pages.clear()

    def kinds(self, window: str) -> list[str]:
        """The kinds of screens that are there now."""
        return sorted({page.kind for page in self._at(window)})

    def is_showing(self, sheet: Sheet) -> bool:
        """Whether some screen that is there has it."""
        return any(page.sheet == sheet.id for page in self._at(sheet.window))

    def progress(self, sheet: Sheet) -> Progress:
        """How far the visitor is on the screen where they are furthest; as far as it is known since the server's start.

        Its time is that of the last thing done on any screen.
        """
        known = self._progress.get(sheet.id)
        if not known:
            return Progress(at=sheet.shown_at or sheet.sent_at)
        furthest = max(known.values(), key=lambda one: (_ORDER[one.step], one.seen))
        return Progress(step=furthest.step, seen=furthest.seen, at=max(one.at for one in known.values()))

    async def talk(self, window: str, word: ScreenWord, question: object) -> None:
        """Take what a screen says, and wait until it should show something else, or a while.

        Args:
            question: stands for this one, until it has `left`; the next one of the same page ends it.
        """
        page = self._hold(window, word, question)
        self._note(window, word)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HELD_S):
                while page.question is question and not self._is_new(window, word):
                    page.news.clear()
                    await page.news.wait()

    def orders(self, window: str, word: ScreenWord) -> ScreenOrders:
        """What the screen is to show."""
        sheet = self._sheets.open(window)
        shown = self._sheets.by_id.get(word.sheet or "")
        last = shown if shown is not None and shown.window == window and not shown.state.is_open else None
        return ScreenOrders(
            sheet=OpenSheet(id=sheet.id, hash=sheet.hash, left_s=self._left_s(sheet)) if sheet else None,
            last=LastSheet(id=last.id, state=last.state, why=last.why) if last else None,
        )

    def left(self, window: str, word: ScreenWord, question: object) -> None:
        """A question has ended: without another one the page is gone."""
        page = self._pages.get((window, word.page))
        if page is None or page.question is not question:
            return
        if page.leaving is not None:
            page.leaving.cancel()
        page.leaving = asyncio.get_running_loop().call_later(GRACE_S, self._gone, (window, word.page), page)

    def told(self, window: str) -> None:
        """Something was decided at the window: its screens learn of it now."""
        for page in self._at(window):
            page.news.set()

    def forget(self, sheet: str) -> None:
        """A sheet has ended."""
        self._progress.pop(sheet, None)

    # -- inside

    def _at(self, window: str) -> list[_Page]:
        return [page for page in self._pages.values() if page.window == window]

    def _is_new(self, window: str, word: ScreenWord) -> bool:
        sheet = self._sheets.open(window)
        return (sheet.id if sheet else None) != word.sheet

    def _hold(self, window: str, word: ScreenWord, question: object) -> _Page:
        key = (window, word.page)
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = _Page(window=window, kind=word.kind, news=asyncio.Event())
            self._make_room(window)
            self._changed(window)
        page.news.set()  # whatever it asked before is answered now
        if page.leaving is not None:
            page.leaving.cancel()
            page.leaving = None
        if page.sheet != word.sheet:
            page.sheet = word.sheet
            self._changed(window)
        page.question = question
        return page

    def _make_room(self, window: str) -> None:
        for key in [key for key, page in self._pages.items() if page.window == window][:-MOST_PAGES]:
            self._gone(key, self._pages[key])

    def _note(self, window: str, word: ScreenWord) -> None:
        """Keep how far the visitor is; what the open sheet's screen says counts, and nothing else."""
        sheet = self._sheets.open(window)
        if sheet is None or sheet.id != word.sheet:
            return
        pages = self._progress.setdefault(sheet.id, {})
        known = pages.get(word.page)
        told = (word.step, word.seen, word.touched)
        if known is not None and told == (known.step, known.seen, known.touched):
            return
        pages[word.page] = Progress(step=word.step, seen=word.seen, touched=word.touched, at=self._now())
        if known is None or told[:2] != (known.step, known.seen):
            self._changed(window)

    def _gone(self, key: tuple[str, str], page: _Page) -> None:
        if self._pages.get(key) is not page:
            return
        del self._pages[key]
        page.news.set()
        for pages in self._progress.values():
            if (gone := pages.get(key[1])) is not None:
                gone.step = Step.WAITING  # what was done there still counts as the last sign of life
        self._changed(page.window)
