"""A folder of finished sounds, named by what is in them, bounded in size."""

import contextlib
import os
import threading
from pathlib import Path

import msgspec

from displays.voice.waves import Sound, write_sound

_UNFINISHED = ".unfinished"


class CacheFolder:
    """Content-addressed WAVs; whoever asked for one last keeps it longest.

    Args:
        folder: Made when the first sound is kept.
        max_bytes: All files together; the least recently used are removed beyond it.
    """

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._opening = threading.Lock()
        self._was_opened = False

    def open(self) -> None:
        """Makes the folder where it is missing; the first time also removes what an earlier run left unfinished.

        Raises:
            OSError: The folder cannot be made.
        """
        with self._opening:
            self._folder.mkdir(parents=True, exist_ok=True)
            leftovers = [] if self._was_opened else list(self._folder.glob(f"*{_UNFINISHED}"))
            for path in leftovers:
                path.unlink(missing_ok=True)
            self._was_opened = True

    def find(self, key: str) -> Path | None:
        """The finished sound, marked as used just now, or None."""
        path = self._folder / f"{key}.wav"
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def unfinished(self, key: str) -> Path:
        """Where a sound may be written before it is kept."""
        return self._folder / f"{key}{_UNFINISHED}"

    def keep(self, key: str, sound: Sound) -> Path:
        """Writes the sound under its name in one step and makes room for it.

        Raises:
            OSError: The folder cannot be written.
        """
        path, unfinished = self._folder / f"{key}.wav", self.unfinished(key)
        try:
            write_sound(unfinished, sound)
            _to_disk(unfinished)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        self._make_room(keeping=path)
        return path

    def _make_room(self, *, keeping: Path) -> None:
        files = sorted(_files(self._folder), key=lambda file: file.used_ns)
        total = sum(file.size for file in files)
        for file in files:
            if total <= self._max_bytes:
                return
            if file.path != keeping:
                file.path.unlink(missing_ok=True)
                total -= file.size


def _to_disk(path: Path) -> None:
    """Before the rename: else a power cut could leave an empty file under the finished name for ever."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


class _File(msgspec.Struct, frozen=True):
    path: Path
    size: int
    used_ns: int


def _files(folder: Path) -> list[_File]:
    """The finished sounds; one that another thread removes meanwhile is not among them."""
    found = []
    for path in folder.glob("*.wav"):
        with contextlib.suppress(FileNotFoundError):
            status = path.stat()
            found.append(_File(path, status.st_size, status.st_mtime_ns))
    return found
