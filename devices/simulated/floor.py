"""The floor of the simulated hall: who stands where, and what there is to see on its screens."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol

from devices.simulated.ledger import Ledger

_REMEMBERED = 5000


class OnFloor(Protocol):
    """A visitor, as those at the windows see them."""

    ticket: str
    service_s: float | None
    true_matter: str | None
    needs_form: bool

    def hear(self, window: str) -> None:
        """They are called there."""

    def sent_away(self, why: str) -> None:
        """The window has ended with them: done, on, form, passed."""


class Floor:
    """What visitors and staff share.

    Attributes:
        visitors: by ticket. waiting: how many wait, by line. states: of the windows, by id.
        on_stand: told of everybody who comes to a window: the window, the ticket. on_ask: of those who ask there to be
            called again.
    """

    def __init__(self, ledger: Ledger, *, lines: dict[str, Iterable[str]]) -> None:
        """``lines``: of each window."""
        self.ledger = ledger
        self.visitors: dict[str, OnFloor] = {}
        self.waiting: dict[str, int] = {}
        self.lines = {window: tuple(own) for window, own in lines.items()}
        self.on_stand: Callable[[str, str], None] = lambda window, ticket: None
        self.on_ask: Callable[[str, str], None] = lambda window, ticket: None
        self._asked: dict[str, list[str]] = {}
        self._stands: dict[str, str] = {}
        self._pressed: dict[str, float] = {}
        self._seen: OrderedDict[tuple[str, str, float], None] = OrderedDict()
        self._news = asyncio.Event()

    # -- what is seen

    def see_board(self, picture: Any) -> None:
        """Look at a board."""
        if not isinstance(picture, dict) or "calling" not in picture:
            return
        for call in picture["calling"]:
            self.see_call(call["ticket"], call["window"], str(call["at"]))
        for line in picture["lines"]:
            self.waiting[line["id"]] = line["waiting"]
        self._tell()

    def see_window(self, picture: Any) -> None:
        """Look at a window's screen."""
        ticket = picture.get("ticket") if isinstance(picture, dict) else None
        if ticket and ticket["state"] == "called":
            self.see_call(ticket["id"], picture["window"]["id"], str(ticket["called_at"]))

    def see_call(self, ticket: str, window: str, at: str) -> None:
        """Notice a call, the first time; ``at`` tells one from the next."""
        key = (ticket, window, _moment(at))
        if key in self._seen:
            return
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        pressed = self._pressed.pop(window, None)
        if pressed is not None:
            self.ledger.shown.append(asyncio.get_running_loop().time() - pressed)
            self._tell()
        if visitor := self.visitors.get(ticket):
            visitor.hear(window)

    # -- what staff do

    def press_call(self, window: str) -> None:
        """Note the moment at which a call key is pressed."""
        self._pressed[window] = asyncio.get_running_loop().time()

    async def somebody(self, window: str, within_s: float) -> None:
        """Wait until somebody waits for a line of the window, or asks there, or so long (real seconds)."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not (self._asked.get(window) or any(self.waiting.get(line, 0) for line in self.lines[window])):
                    await self._next_news()

    async def shown(self, window: str, within_s: float) -> None:
        """Wait until the call of a window is on a screen, or so many real seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while window in self._pressed:
                    await self._next_news()

    async def stands(self, window: str, ticket: str, within_s: float) -> bool:
        """Wait until a visitor stands at the window; False where nobody does within so many real seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._stands.get(window) != ticket:
                    await self._next_news()
                return True
        return False

    def is_at(self, window: str, ticket: str) -> bool:
        """Whether a visitor stands there."""
        return self._stands.get(window) == ticket

    def asked(self, window: str) -> str | None:
        """A ticket that somebody asks to be called with, once."""
        waiting = self._asked.get(window)
        return waiting.pop(0) if waiting else None

    def end(self, window: str, ticket: str, why: str) -> None:
        """Send the visitor away."""
        if self._stands.get(window) == ticket:
            del self._stands[window]
        if visitor := self.visitors.get(ticket):
            visitor.sent_away(why)

    # -- what visitors do

    def come_to(self, window: str, ticket: str) -> None:
        """Stand there."""
        self._stands[window] = ticket
        self.on_stand(window, ticket)
        self._tell()

    def ask_at(self, window: str, ticket: str) -> None:
        """Ask to be called, after a form or having come late."""
        self._asked.setdefault(window, []).append(ticket)
        self.on_ask(window, ticket)
        self._tell()

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _next_news(self) -> None:
        await self._news.wait()


def _moment(at: str) -> float:
    """A moment however it is written: boards have hall time, phone pages UTC."""
    try:
        return round(datetime.fromisoformat(at).timestamp(), 3)
    except ValueError:
        return 0.0
