"""One server per data folder: a second writer could damage the database, so it is refused."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from hall_server.errors import Unavailable


class DataLock:
    """An advisory lock on ``hall.lock`` that the system takes back when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "hall.lock"
        self._file: IO[bytes] | None = None

    def take(self) -> None:
        """Claim the folder.

        Raises:
            Unavailable: another server has it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            file.close()
            raise Unavailable("data.in_use", folder=str(self._path.parent)) from exc
        self._file = file

    def release(self) -> None:
        """Give the folder back."""
        if self._file is not None:
            self._file.close()
            self._file = None
