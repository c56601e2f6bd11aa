"""Makes sheets in a child process: visitors are served meanwhile, and one that takes too long is ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys

import msgspec

from attendance.sheet_table import Book, Paper
from hall_server.errors import Unavailable

log = logging.getLogger(__name__)

NO_FONT = 3
"""The child's exit status where no font can be embedded."""
DEADLINE_S = 60.0
AT_ONCE = 2
"""So many sheets are made at the same time; others wait for their turn."""


class Press:
    """Makes files of books."""

    def __init__(self, *, deadline_s: float = DEADLINE_S, module: str = "attendance.press_child") -> None:
        self._deadline_s, self._module = deadline_s, module
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def made(self, book: Book, kind: str, paper: Paper = Paper.A4) -> bytes:
        """A book as a file.

        Args:
            kind: ``pdf`` or ``xlsx``.

        Raises:
            Unavailable: ``paper.no_font``; ``attendance.sheet_failed``: it took too long or the child died.
        """
        async with self._turns:
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", self._module, kind, paper.value),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,
            )
            try:
                content, _ = await asyncio.wait_for(child.communicate(msgspec.msgpack.encode(book)), self._deadline_s)
            except TimeoutError as exc:
                log.warning("a sheet took too long and was given up", extra={"action": "attendance.sheet"})
                raise Unavailable("attendance.sheet_failed") from exc
            finally:
                if child.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        child.kill()
                    await child.wait()
        if child.returncode == NO_FONT:
            raise Unavailable("paper.no_font")
        if child.returncode:
            raise Unavailable("attendance.sheet_failed")
        return content
