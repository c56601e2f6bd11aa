"""Sends what waits, one lane a neighbour, so that one that is down or slow keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from hall_server.outbox.backoff import Jitter, full_jitter, wait_s
from hall_server.outbox.http import NoAnswer
from hall_server.outbox.table import Letter, Outbox, State

log = logging.getLogger(__name__)

IDLE_S = 15.0
"""So often a lane is looked at while nothing is due."""
LEASE = timedelta(minutes=5)
"""A request that a process took and never answered for is taken by the next one then."""
BATCH = 20


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a request; ``answer`` sealed."""

    state: State
    reason: str = ""
    answer: str = ""


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing gets through: a word, since when, how often in a row, and when it is tried next."""

    reason: str
    since: datetime
    tries: int
    next_at: datetime


class Held(Exception):
    """It must not go out before a moment (quiet hours, something it needs is not here yet)."""

    def __init__(self, until: datetime, reason: str) -> None:
        super().__init__(reason)
        self.until = until
        self.reason = reason


class Dropped(Exception):
    """It is not wanted any more: no phone, opted out, the case is over."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Post(Protocol):
    """Takes a request to its neighbour."""

    async def deliver(self, letter: Letter) -> Verdict:
        """Send it.

        Raises:
            NoAnswer: try again. Held: not before a moment.
        """
        ...


class Lane:
    """The way to one neighbour.

    Attributes:
        trouble: None while the neighbour answers.
    """

    def __init__(
        self,
        neighbour: str,
        outbox: Outbox,
        post: Post,
        now: Callable[[], datetime],
        *,
        most_tries: int,
        jitter: Jitter = full_jitter,
    ) -> None:
        self._neighbour = neighbour
        self._outbox = outbox
        self._post = post
        self._now = now
        self._most_tries = most_tries
        self._jitter = jitter
        self._wake = asyncio.Event()
        self.trouble: Trouble | None = None

    def hurry(self) -> None:
        """Look now."""
        self._wake.set()

    async def run(self) -> None:
        """Send for ever."""
        while True:
            try:
                pause_s = await self.round()
            except Exception:  # the top of a loop: what is wrong with one request must not end the lane
                log.exception("sending to %s failed", self._neighbour, extra={"action": "outbox.failed"})
                pause_s = self._failed(NoAnswer("internal"))
            try:
                await asyncio.wait_for(self._wake.wait(), max(pause_s, 0.001))
            except TimeoutError:
                continue
            self._wake.clear()

    async def round(self) -> float:
        """Send what is due; gives after how many seconds the next look is, 0 where more waits."""
        now = self._now()
        letters = await self._outbox.claim(self._neighbour, now=now, lease_until=now + LEASE, limit=BATCH)
        for place, letter in enumerate(letters):
            try:
                await self._send(letter)
            except NoAnswer as fault:
                return await self._wait(letter, letters[place + 1 :], fault)
        return 0.0 if len(letters) == BATCH else await self._idle_s()

    async def _send(self, letter: Letter) -> None:
        if self._now() >= letter.until_at:
            await self._give_up(letter, letter.reason or "too_late")
            return
        try:
            verdict = await self._post.deliver(letter)
        except Held as held:
            await self._outbox.hold(letter.id, until=held.until, reason=held.reason, is_tried=False)
            return
        self.trouble = None
        await self._outbox.answered(
            letter.id, verdict.state, reason=verdict.reason, at=self._now(), answer=verdict.answer
        )

    async def _wait(self, letter: Letter, untried: list[Letter], fault: NoAnswer) -> float:
        """Nothing goes out for a while; what failed comes after the others, so that it does not stand in their way."""
        pause_s = self._failed(fault)
        until = self._now() + timedelta(seconds=pause_s)
        for other in untried:
            await self._outbox.hold(other.id, until=until, reason=other.reason, is_tried=False)
        own_s = wait_s(letter.tries, asked_s=pause_s, jitter=self._jitter)
        again_at = self._now() + timedelta(seconds=own_s + 0.001)
        if letter.tries >= self._most_tries or again_at >= letter.until_at:
            await self._give_up(letter, fault.reason)
        else:
            await self._outbox.hold(letter.id, until=again_at, reason=fault.reason)
        return pause_s

    async def _give_up(self, letter: Letter, reason: str) -> None:
        log.warning("%s to %s is given up (%s)", letter.kind, self._neighbour, reason, extra={"action": "outbox.over"})
        await self._outbox.answered(letter.id, State.GIVEN_UP, reason=reason, at=self._now())

    def _failed(self, fault: NoAnswer) -> float:
        tries = self.trouble.tries + 1 if self.trouble else 1
        since = self.trouble.since if self.trouble else self._now()
        pause_s = wait_s(tries, asked_s=fault.after_s, jitter=self._jitter)
        next_at = self._now() + timedelta(seconds=pause_s)
        self.trouble = Trouble(reason=fault.reason, since=since, tries=tries, next_at=next_at)
        log.warning(
            "%s took nothing (%s), try %d", self._neighbour, fault.reason, tries, extra={"action": "outbox.no_answer"}
        )
        return pause_s

    async def _idle_s(self) -> float:
        next_at = await self._outbox.next_at(self._neighbour)
        if next_at is None:
            return IDLE_S
        return min(IDLE_S, max(0.05, (next_at - self._now()).total_seconds()))
