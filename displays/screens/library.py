"""The media folder: files named by their content, described beside it, and thrown away when nothing needs them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from displays.screens import still, video
from displays.screens.model import Media, MediaKind
from hall_server.errors import Invalid, TooLarge, Unavailable

log = logging.getLogger(__name__)

PICTURE_BYTES_MOST = 30 * 1024 * 1024
VIDEO_BYTES_MOST = 60 * 1024 * 1024
VIDEO_S_MOST = 15 * 60
FREE_BYTES_LEAST = 512 * 1024 * 1024
"""What an upload must leave free: the journal needs the disk more than a film does."""
UNUSED_S = 3600
"""A file that nothing has ever used is kept so long: somebody is putting a playlist together."""
NAME_MOST = 80
ID = re.compile(r"[0-9a-f]{32}\.(jpg|webp|mp4|webm)")


class MediaLibrary:
    """Takes files in, knows them, and throws them away (the Shelf port of the checks)."""

    def __init__(self, folder: Path, *, free_bytes: Callable[[Path], int] | None = None) -> None:
        """``free_bytes`` is a port: how much the disk of a folder still takes."""
        self.folder = folder
        self.one_at_a_time = asyncio.Lock()
        """Held by whoever takes a file in: a large picture costs half a gigabyte for some seconds."""
        self._free_bytes = free_bytes or _free
        self._known: dict[str, Media] = {}
        self._used: set[str] = set()

    def open(self) -> None:
        """Learn what lies in the folder; halves of earlier uploads are removed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob("*.part"):
            left.unlink(missing_ok=True)
        for described in self.folder.glob("*.json"):
            try:
                media = msgspec.json.decode(described.read_bytes(), type=Media)
            except (msgspec.DecodeError, OSError):
                continue
            if (self.folder / media.id).is_file():
                self._known[media.id] = media

    def find(self, id_: str) -> Media | None:
        """The file, if it is there."""
        return self._known.get(id_)

    def path(self, id_: str) -> Path | None:
        """Where a known file lies."""
        return self.folder / id_ if id_ in self._known else None

    def check_room(self, length: int) -> None:
        """Refuse an upload before it comes.

        Raises:
            TooLarge: ``media.too_large``. Unavailable: ``media.disk_short``.
        """
        if length > VIDEO_BYTES_MOST:
            raise TooLarge("media.too_large", field="file", most_mb=VIDEO_BYTES_MOST >> 20)
        if self._free_bytes(self.folder) - length < FREE_BYTES_LEAST:
            raise Unavailable("media.disk_short", field="file", least_mb=FREE_BYTES_LEAST >> 20)

    def take(self, part: Path, name: str) -> Media:
        """Make what was uploaded to ``part`` a file of the folder; the same content again is the same file. Slow.

        Raises:
            Invalid: ``media.…``, it is not what it says. TooLarge: ``media.too_large``.
        """
        try:
            made = self._made(part, _name(name))
        finally:
            part.unlink(missing_ok=True)
        self._known[made.id] = made
        return made

    def sweep(self, used: frozenset[str], *, now_s: float | None = None) -> list[str]:
        """Throw away what nothing uses: at once what was used before, else after an hour. Gives the ids."""
        now_s = time.time() if now_s is None else now_s
        self._used |= used
        unused = [id_ for id_ in self._known if id_ not in used]
        gone = [id_ for id_ in unused if id_ in self._used or now_s - self._age(id_) > UNUSED_S]
        for id_ in gone:
            self._forget(id_)
        return gone

    # -- inside

    def _made(self, part: Path, name: str) -> Media:
        size = part.stat().st_size
        with part.open("rb") as file:
            start = file.read(12)
        if start[4:8] == b"ftyp" or start[:4] == b"\x1a\x45\xdf\xa3":
            return self._video(part, name, size)
        if size > PICTURE_BYTES_MOST:
            raise TooLarge("media.too_large", field="file", most_mb=PICTURE_BYTES_MOST >> 20)
        return self._picture(part, name)

    def _video(self, part: Path, name: str, size: int) -> Media:
        seen = video.look_into(part)
        if seen.seconds is not None and seen.seconds > VIDEO_S_MOST:
            raise Invalid("media.too_long", field="file", minutes=VIDEO_S_MOST // 60)
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:32]
        media = Media(
            id=f"{digest}.{seen.extension}",
            kind=MediaKind.VIDEO,
            name=name,
            media_type=seen.media_type,
            bytes=size,
            width=seen.width,
            height=seen.height,
            seconds=seen.seconds,
        )
        part.replace(self.folder / media.id)
        self._describe(media)
        return media

    def _picture(self, part: Path, name: str) -> Media:
        made = still.remade(part)
        media = Media(
            id=f"{hashlib.sha256(made.content).hexdigest()[:32]}.{made.extension}",
            kind=MediaKind.PICTURE,
            name=name,
            media_type=made.media_type,
            bytes=len(made.content),
            width=made.width,
            height=made.height,
        )
        _write(self.folder / media.id, made.content)
        self._describe(media)
        return media

    def _describe(self, media: Media) -> None:
        _write(self.folder / f"{media.id}.json", msgspec.json.encode(media))

    def _age(self, id_: str) -> float:
        try:
            return (self.folder / id_).stat().st_mtime
        except OSError:
            return 0.0

    def _forget(self, id_: str) -> None:
        self._known.pop(id_, None)
        self._used.discard(id_)
        for path in (self.folder / id_, self.folder / f"{id_}.json"):
            try:
                path.unlink(missing_ok=True)
            except OSError as exc:
                log.warning("a file stays in the media folder: %s", exc, extra={"action": "media.not_removed"})


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _name(text: str) -> str:
    kept = "".join(letter for letter in text if letter.isprintable() and letter not in "<>/\\")
    return kept.strip()[:NAME_MOST] or "?"
