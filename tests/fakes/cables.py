"""Cables between processes that a test with a browser cuts and mends: `CutLink` on a loop and thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Self

from tests.fakes.cut_link import CutLink

WITHIN_S = 60.0


class Cable:
    """A cable to a port of this machine.

    Attributes:
        port: where the other end connects; the same after every mending.
    """

    def __init__(self, cables: Cables, link: CutLink) -> None:
        self._cables = cables
        self._link = link
        self.port = link.port

    def cut(self) -> None:
        """Break what is open and let nothing new through."""
        self._cables.call(self._link.cut)

    def mend(self) -> None:
        """Let connections through again."""
        self._cables.call(self._link.mend)

    @property
    def turned_away(self) -> int:
        """How many connections were tried in vain."""
        return self._link.turned_away


class Cables:
    """All cables of a test."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cables", daemon=True)
        self._links: list[CutLink] = []
        self._thread.start()

    def lay(self, port: int) -> Cable:
        """A cable to a port."""
        link = self._run(CutLink(port).start())
        self._links.append(link)
        return Cable(self, link)

    def call(self, work: Any) -> None:
        """Do something on the cables' loop."""

        async def do() -> None:
            work()

        self._run(do())

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, WITHIN_S), self._loop).result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for link in self._links:
            self._run(link.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WITHIN_S)
        self._loop.close()
