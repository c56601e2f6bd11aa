"""Checks strangers' files one after the other, each in a process of its own with a bound on time and memory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec

from cases.documents.work import CheckWork, Seen
from hall_server import bare
from hall_server.child import Child
from hall_server.errors import Invalid, Unavailable

log = logging.getLogger(__name__)

DEADLINE_S, CPU_S = 30.0, 20
"""A document of this program is checked in less than a second."""
MEMORY_BYTES = 1024**3
WAITING_MOST = 5
"""So many files may wait for their turn; who comes after them is told to come again."""
MODULE, ROOMS = "cases.documents.check_child", ("cases",)


class FileChecks:
    """The checks of a place."""

    def __init__(
        self,
        *,
        deadline_s: float = DEADLINE_S,
        cpu_s: int = CPU_S,
        memory_bytes: int = MEMORY_BYTES,
        module: str = MODULE,
    ) -> None:
        """Begin with none; ``deadline_s``: by the clock on the wall, ``cpu_s``: of a processor."""
        self._deadline_s, self._cpu_s, self._memory_bytes, self._module = deadline_s, cpu_s, memory_bytes, module
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0

    async def check(self, pdf: bytes, roots: Sequence[bytes], *, now: datetime) -> Seen:
        """What a file's signature says.

        Args:
            roots: authorities (PEM).

        Raises:
            Invalid: ``case_document.uncheckable``: it took too long or too much memory, or the check died of it.
            Unavailable: ``case_document.checks_busy``: too many files wait.
        """
        if self._waiting >= WAITING_MOST:
            raise Unavailable("case_document.checks_busy")
        self._waiting += 1
        try:
            async with self._turn:  # one file at a time: strangers' files leave the other processor to the hall
                return await self._checked(pdf, roots, now)
        finally:
            self._waiting -= 1

    async def _checked(self, pdf: bytes, roots: Sequence[bytes], now: datetime) -> Seen:
        work = CheckWork(pdf=pdf, roots=tuple(roots), now=now, cpu_s=self._cpu_s, memory_bytes=self._memory_bytes)
        lines: list[bytes] = []
        child = await Child.start(bare.MODULE, self._module, *ROOMS)
        try:
            async with asyncio.timeout(self._deadline_s):
                status = await child.talk(await asyncio.to_thread(msgspec.msgpack.encode, work), lines.append)
        except (TimeoutError, ConnectionError) as exc:
            raise self._uncheckable(type(exc).__name__) from exc
        finally:
            child.kill()
        if status or not lines:
            raise self._uncheckable(f"status {status}")
        return msgspec.json.decode(lines[-1], type=Seen)

    def _uncheckable(self, why: str) -> Invalid:
        log.warning("the check of a file was given up: %s", why, extra={"action": "case_document.uncheckable"})
        return Invalid("case_document.uncheckable", file="PDF")
