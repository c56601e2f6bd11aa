"""Reads texts of visitors' pages aloud: ``POST /api/v1/read-aloud``, for browsers without a voice of their own.

It has an engine of its own, so that a call never waits for a page that is being read, and keeps its sounds in
memory: what a visitor reads may be their own, and ends with the server.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import tempfile
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from displays.voice import EngineName, Engines, VoiceError
from hall_server.errors import Invalid, TooMany, Unavailable
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import PUBLIC, Limit, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

MOST_LETTERS = 400
MOST_WAITING = 6
"""Texts that wait for the engine; who comes then is told to try again."""
KEPT_BYTES = 24 * 1024 * 1024
"""Sounds kept in memory: about ten minutes of speech."""
ORDER = (EngineName.SAPI, EngineName.ESPEAK)
OFTEN = Limit("read-aloud", per_s=2, burst=20)


class ToRead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text of a page."""

    text: Annotated[str, Meta(max_length=MOST_LETTERS)]
    language: Literal["zh", "en"]


class Reader:
    """Makes a WAV of a text.

    Args:
        engines: None where the hall does not speak.
    """

    def __init__(self, engines: Engines | None, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._engines = engines
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._kept_bytes = kept_bytes
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def sound(self, text: str, language: str) -> bytes:
        """The WAV.

        Raises:
            Invalid: ``body.invalid``: there is nothing to say.
            TooMany: ``rate.exceeded``: too many texts wait already.
            Unavailable: ``voice.off``: the hall does not speak, or has no voice for the language.
        """
        words = " ".join(text.split())
        if not any(map(str.isalnum, words)):
            raise Invalid("body.invalid", text="missing")
        key = hashlib.sha256(f"{language}/{words}".encode()).digest()
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if self._engines is None:
            raise Unavailable("voice.off")
        if self._waiting >= MOST_WAITING:
            raise TooMany("rate.exceeded", retry_s=2)
        self._waiting += 1
        try:
            async with self._turn:
                sound = await self._spoken(self._engines, words, language)
        finally:
            self._waiting -= 1
        self._keep(key, sound)
        return sound

    async def close(self) -> None:
        """End the engine, forget the sounds."""
        self._kept.clear()
        if self._engines is not None:
            await self._engines.close()

    async def _spoken(self, engines: Engines, text: str, language: str) -> bytes:
        able = [name for name in ORDER if engines.style(name, language) is not None]
        with tempfile.TemporaryDirectory(prefix="onedoor-read-") as folder:
            path = Path(folder) / "sound.wav"
            for i, name in enumerate(able):
                try:
                    await engines.render(name, text, language, path, others=able[i + 1 :])
                    return await asyncio.to_thread(path.read_bytes)
                except (VoiceError, OSError) as exc:
                    log.warning("not read aloud in %s by %s: %s", language, name, exc, extra={"action": "read.failed"})
        raise Unavailable("voice.off")

    def _keep(self, key: bytes, sound: bytes) -> None:
        self._kept[key] = sound
        total = sum(map(len, self._kept.values()))
        while total > self._kept_bytes and self._kept:
            total -= len(self._kept.popitem(last=False)[1])


class ReadAloudHandler(ApiHandler):
    """A text as sound."""

    reader: Reader

    async def post(self) -> None:
        """Answer with the WAV."""
        wanted = self.read(ToRead)
        sound = await self.reader.sound(wanted.text, wanted.language)
        self.set_header("Content-Type", "audio/wav")
        self.set_header("Cache-Control", "no-store")
        self.finish(sound)


def install(server: Server, engines: Engines | None) -> None:
    """Add the address; ``engines`` as in :class:`Reader`, closed with the server."""
    reader = Reader(engines)
    verb = Verb(access=PUBLIC, summary="A text of a page, spoken", request=ToRead, media="audio/wav", limit=OFTEN)
    server.route(Route("/api/v1/read-aloud", ReadAloudHandler, {"POST": verb}, options={"reader": reader}))
    server.on_stop("read aloud", reader.close)
