"""A module of ours in a process of its own: work on its standard input, lines back, ended with all it has started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable

LINE_BYTES = 16 * 1024 * 1024
"""Longest line a child may say."""


class Child:
    """A started child; :meth:`talk` once, :meth:`kill` at any time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, module: str, *arguments: str) -> Child:
        """Run ``python -m module arguments`` as the first of a session, so that what it starts ends with it."""
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", module, *arguments),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,
                limit=LINE_BYTES,
            )
        )

    @property
    def pid(self) -> int:
        """Its process, which is also its group."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.returncode

    async def talk(self, work: bytes, heard: Callable[[bytes], None]) -> int:
        """Give it its work and hear every line it says; returns how it ended, and it has ended then in any case.

        Raises:
            ConnectionError: it died before it had taken its work.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101  # asked for above
        assert stdout is not None  # noqa: S101  # asked for above
        try:
            stdin.write(work)
            stdin.close()
            async for line in stdout:
                heard(line)
            return await self._process.wait()
        finally:
            self.kill()
            await self._process.wait()

    def kill(self) -> None:
        """End it and those it has started."""
        if self.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self.pid, signal.SIGKILL)
            else:
                self._process.kill()
