"""A serial cable with no hardware on it: a pseudo-terminal whose far end is the simulated device's."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import tty
from collections.abc import Callable


class PtyPort:
    """One cable. Whoever simulates a device reads with ``on_bytes`` and answers with `write`; POSIX only.

    Attributes:
        path: what the driver opens.
    """

    def __init__(self, on_bytes: Callable[[bytes], None]) -> None:
        """Needs a running loop."""
        self._near, self._far = pty.openpty()
        tty.setraw(self._near)
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.path = os.ttyname(self._far)
        self._on_bytes = on_bytes
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._near, self._read)
        self._is_open = True

    def write(self, data: bytes) -> None:
        """Say bytes to the driver; what nobody reads is lost, as on a wire."""
        if self._is_open:
            with contextlib.suppress(OSError):
                os.write(self._near, data)

    def cut(self) -> None:
        """Pull the cable: the driver's port hangs up for good."""
        if self._is_open:
            self._is_open = False
            self._loop.remove_reader(self._near)
            os.close(self._near)
            os.close(self._far)

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            self._on_bytes(os.read(self._near, 65_536))
