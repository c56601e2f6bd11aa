"""The folder of the announcer's clips: each named by what is in it, written in one step, never changed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path

import msgspec

from displays.voice import BadWave, Clip
from displays.voice.waves import Sound, read_sound, write_sound

_DIGEST = re.compile(r"[0-9a-f]{64}")


class TakeAbout(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a clip besides its sound; a person's name is here and not in the journal, which travels.

    Attributes:
        announcer: who speaks. heard_db, over_noise_db: how it was recorded. length_s: of the clip.
    """

    announcer: str = ""
    length_s: float = 0.0
    heard_db: float = 0.0
    over_noise_db: float | None = None


class TakeStore:
    """Clips and what is known of them; blocking, for a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, sound: Sound, about: TakeAbout) -> str:
        """Keep a clip; gives its name, once it is on the disk.

        Raises:
            OSError: the folder cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f"{os.getpid()}-{id(sound)}.unfinished"
        try:
            write_sound(unfinished, sound)
            digest = hashlib.sha256(unfinished.read_bytes()).hexdigest()
            self._finish(unfinished, f"{digest}.wav")
            unfinished.write_bytes(msgspec.json.encode(about))
            self._finish(unfinished, f"{digest}.json")
        finally:
            unfinished.unlink(missing_ok=True)
        return digest

    def clip(self, digest: str) -> Clip | None:
        """A clip; None where its file is not there or is not what its name says."""
        path = self._folder / f"{digest}.wav"
        with contextlib.suppress(OSError, BadWave):
            if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                return Clip(sound=read_sound(path), digest=digest)
        return None

    def about(self, digest: str) -> TakeAbout:
        """What is known of a clip; nothing where that file is gone."""
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode((self._folder / f"{digest}.json").read_bytes(), type=TakeAbout)
        return TakeAbout()

    def path(self, digest: str) -> Path | None:
        """The file of a clip; None for anything that is no clip's name."""
        path = self._folder / f"{digest}.wav"
        return path if _DIGEST.fullmatch(digest) and path.is_file() else None

    def _finish(self, unfinished: Path, name: str) -> None:
        """To the disk, then under its name: a power cut leaves the whole file or none."""
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(self._folder / name)
        with contextlib.suppress(OSError):  # Windows cannot open a folder
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
