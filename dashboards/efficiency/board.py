"""The live feed's ``efficiency/hall``: counted in the background, at most every few seconds and only while watched."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from dashboards.efficiency.model import Publication
from dashboards.efficiency.picture_types import EfficiencyPicture
from dashboards.efficiency.pictures import EfficiencyPictures
from dashboards.efficiency.service import PublicationRule
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.routes import PUBLIC

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

NAME, KEY = "efficiency", "hall"
TOPIC = f"{NAME}/{KEY}"
EVERY_S = 15.0
"""A hundred walls cost one counting in so many seconds."""


class _Made(NamedTuple):
    seq: int
    made_s: float
    rule: Publication
    picture: EfficiencyPicture


class EfficiencyBoard:
    """The picture that all walls share (the View port of the live feed), and the task that keeps it new."""

    access = PUBLIC

    def __init__(self, server: Server, pictures: EfficiencyPictures, rule: PublicationRule) -> None:
        self._server = server
        self._pictures = pictures
        self._rule = rule
        self._made: _Made | None = None
        self._turn = asyncio.Lock()
        self._news, self._at_once = asyncio.Event(), asyncio.Event()

    # -- for the live feed

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether it is the one picture there is."""
        return key == KEY

    def picture(self, _: str) -> EfficiencyPicture:
        """The picture counted last; nothing that is no longer published."""
        made = self._made
        if made is None or made.seq != self._server.journal.committed:
            self._news.set()
        return made.picture if made and made.rule == self._rule.now else self._pictures.empty()

    def touched(self, _: Recorded) -> Iterable[str]:
        """Nothing at once: what happens while somebody watches is counted soon."""
        self._news.set()
        return ()

    # -- for the room

    def rule_changed(self, _: Recorded) -> None:
        """Show at once what is published now (listener of the bus)."""
        self._news.set()
        self._at_once.set()

    async def current(self) -> EfficiencyPicture:
        """The picture, at most a few seconds old."""
        async with self._turn:
            made, now_s = self._made, self._server.clock.monotonic()
            is_new = made is not None and (made.seq == self._server.journal.committed or now_s - made.made_s < EVERY_S)
            if made is None or not is_new or made.rule != self._rule.now:
                made = await self._make()
            return made.picture

    async def renew(self) -> None:
        """Count, and give it to everybody who watches."""
        async with self._turn:
            await self._make()
        self._server.live.refresh(TOPIC)

    async def run(self) -> None:
        """Count when something has happened, for ever."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self.renew()
            except Exception:  # the top of a loop: the walls keep the picture before
                log.exception("the efficiency board was not counted", extra={"action": "efficiency.failed"})
                self._news.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._at_once.wait(), EVERY_S)
            self._at_once.clear()

    async def _make(self) -> _Made:
        await self._server.settled()
        seq, rule, made_s = self._server.journal.committed, self._rule.now, self._server.clock.monotonic()
        await self._server.projector.reached(seq)
        self._made = _Made(seq, made_s, rule, await self._pictures.picture(rule))
        return self._made
