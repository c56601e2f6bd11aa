"""A speech engine that does as a test says: speaks a tone of a plausible length, or fails."""

from __future__ import annotations

from array import array
from pathlib import Path

from displays.voice import VoiceError
from displays.voice.waves import Sound, write_sound

RATE = 8_000


class ScriptedEngine:
    """Speaks every text at once, or raises what it is told to.

    Attributes:
        asked: the texts. error: raised in place of speaking. peak: of what it makes.
    """

    def __init__(self, style: str, error: VoiceError | None = None, *, peak: int = 9_000) -> None:
        self.asked: list[str] = []
        self.error = error
        self.peak = peak
        self._style = style

    def style(self, lang: str) -> str | None:
        return self._style

    async def render(self, text: str, lang: str, path: Path) -> None:
        self.asked.append(text)
        if self.error is not None:
            raise self.error
        samples = array("h", [self.peak if n // 20 % 2 else -self.peak for n in range(RATE * 4)])
        write_sound(path, Sound(RATE, samples))

    async def close(self) -> None:
        pass
