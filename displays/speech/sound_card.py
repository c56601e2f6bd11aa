"""The server's own sound card as a speaker: what one zone hears is played by the machine itself (ALSA's aplay)."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import shutil
import wave
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from displays.voice.errors import VoiceError
from displays.voice.waves import read_sound, scaled

log = logging.getLogger(__name__)

PLAYER = ("aplay", "-q", "-")
MORE_S = 5.0
"""A player that has not ended so long after the sound's length hangs and is killed."""


class SoundCard:
    """Plays finished sounds, one after another.

    Attributes:
        trouble: why the last sound was not heard; empty where it was. since: since when that is so.
    """

    def __init__(self, *, now: Callable[[], datetime], player: Sequence[str] = PLAYER) -> None:
        """``player`` reads a WAV from its standard input."""
        self._player = tuple(player)
        self._now = now
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self.trouble = ""
        self.since: datetime | None = None

    @property
    def is_there(self) -> bool:
        """Whether this machine has a player."""
        return shutil.which(self._player[0]) is not None

    def play(self, path: Path, volume: float) -> None:
        """Let a sound be heard as soon as the one before has ended."""
        task = asyncio.create_task(self._played(path, volume), name="sound card")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def idle(self) -> None:
        """Wait until nothing is left to play."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Fall silent."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _played(self, path: Path, volume: float) -> None:
        async with self._turn:
            try:
                content, length_s = await asyncio.to_thread(_prepared, path, volume)
                trouble = await self._run(content, length_s + MORE_S)
            except (OSError, VoiceError) as exc:
                trouble = str(exc)[:200]
        if not trouble:
            self.since = None
        elif not self.trouble:
            self.since = self._now()
            log.error("the sound card is not heard: %s", trouble, extra={"action": "voice.sound_card"})
        self.trouble = trouble

    async def _run(self, content: bytes, deadline_s: float) -> str:
        """What went wrong; nothing where it was heard."""
        pipe = asyncio.subprocess.PIPE
        player = await asyncio.create_subprocess_exec(
            *self._player, stdin=pipe, stdout=asyncio.subprocess.DEVNULL, stderr=pipe, start_new_session=True
        )
        try:
            async with asyncio.timeout(deadline_s):
                _, said = await player.communicate(content)
        except TimeoutError:
            return "hung"
        finally:
            with contextlib.suppress(ProcessLookupError):
                player.kill()
            await player.wait()
        return "" if player.returncode == 0 else said.decode(errors="replace").strip()[:200] or "failed"


def _prepared(path: Path, volume: float) -> tuple[bytes, float]:
    """The WAV at its volume, and how long it is, in seconds."""
    sound = scaled(read_sound(path), volume)
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((1, 2, sound.rate, 0, "NONE", ""))
        file.writeframes(sound.samples.tobytes())
    return content.getvalue(), sound.length_s
