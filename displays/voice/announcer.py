"""Turns the texts of an announcement into one WAV: rendered once, recorded clips first, then the engine."""

import asyncio
import contextlib
import hashlib
import logging
import re
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import msgspec

from displays.voice.cache import CacheFolder
from displays.voice.chime import chime
from displays.voice.clips import ClipBank, clip_tokens
from displays.voice.engine import SpeechEngine
from displays.voice.errors import BadWave, VoiceError, VoiceFailed, VoiceUnavailable
from displays.voice.plausible import check_plausible
from displays.voice.waves import Sound, joined, read_sound

log = logging.getLogger(__name__)

FORMAT = 1
"""Part of every cache key: count up when the same words would be joined or spelt differently."""

_KEY = re.compile(r"[0-9a-f]{32}")


class VoiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the hall speaks.

    Attributes:
        languages: In this order; a text in another language is not spoken.
        with_chime: Two soft tones before each announcement.
        pause_s: Between chime, first and second language, in seconds.
        cache_bytes: Rendered sounds kept on disk, in bytes.
    """

    languages: tuple[str, ...] = ("zh", "en")
    with_chime: bool = True
    pause_s: float = 0.35
    cache_bytes: int = 200_000_000


class Announcer:
    """Renders announcements.

    Args:
        engine: Speaks what the clips cannot; closed by its owner.
        folder: Of the rendered sounds; may be deleted at any time.
        clips: The hall's recordings, Chinese only.
        settings: How the hall speaks.
    """

    def __init__(
        self,
        engine: SpeechEngine,
        folder: Path,
        *,
        clips: ClipBank | None = None,
        settings: VoiceSettings | None = None,
    ) -> None:
        self._engine = engine
        self._settings = settings or VoiceSettings()
        self._clips = clips or ClipBank({})
        self._cache = CacheFolder(folder, max_bytes=self._settings.cache_bytes)
        self._making: dict[str, asyncio.Task[Path]] = {}

    def use_clips(self, clips: ClipBank) -> None:
        """Takes another bank from the next announcement on, after a new recording."""
        self._clips = clips

    def find(self, key: str) -> Path | None:
        """The finished sound of a name given out as the stem of `audio_for`'s path; None for anything else."""
        return self._cache.find(key) if _KEY.fullmatch(key) else None

    async def audio_for(self, texts: Mapping[str, str]) -> Path:
        """One WAV of chime, first language, pause, second language.

        A language that cannot be spoken just now is left out and logged; the rest is spoken.

        Args:
            texts: Language → text, as in `Announcement.texts`.

        Returns:
            The finished file; the same texts give the same file.

        Raises:
            VoiceFailed: Nothing to say, or no language of it could be rendered.
            VoiceUnavailable: No language of it can be spoken on this machine; show the text.
        """
        phrases = {lang: texts[lang].strip() for lang in self._settings.languages if texts.get(lang, "").strip()}
        if not phrases:
            raise VoiceFailed(reason="no text in a spoken language", languages=sorted(texts))
        whole = self._cache.find(self._key_of_whole([self._key(lang, text) for lang, text in phrases.items()]))
        return whole or await self._join([await self._spoken(lang, text) for lang, text in phrases.items()])

    async def close(self) -> None:
        """Ends what is being rendered."""
        tasks = list(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _spoken(self, lang: str, text: str) -> Path | VoiceError:
        """One language of it, as a file in the cache."""
        try:
            return await self._once(self._key(lang, text), lambda key: self._render(key, lang, text))
        except VoiceError as exc:
            log.warning("not spoken in %s: %s", lang, exc, extra={"action": "voice.not_spoken"})
            return exc

    async def _join(self, spoken: list[Path | VoiceError]) -> Path:
        paths = [part for part in spoken if isinstance(part, Path)]
        errors = [part for part in spoken if isinstance(part, VoiceError)]
        if not paths:
            raise next((error for error in errors if isinstance(error, VoiceFailed)), errors[0])
        key = self._key_of_whole([path.stem for path in paths])
        return await self._once(key, lambda key: asyncio.to_thread(self._write_whole, key, paths))

    async def _once(self, key: str, make: Callable[[str], Coroutine[Any, Any, Path]]) -> Path:
        """The cached sound, else the one that is being made, else a new one; a caller that leaves does not stop it."""
        if found := self._cache.find(key):
            return found
        if key not in self._making:
            self._making[key] = asyncio.create_task(make(key), name=f"voice {key}")
            self._making[key].add_done_callback(lambda task: self._done(key, task))
        task = self._making[key]
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled() and not _is_cancelled():
                raise VoiceUnavailable(reason="closed") from None
            raise

    def _done(self, key: str, task: "asyncio.Task[Path]") -> None:
        del self._making[key]
        if not task.cancelled():
            task.exception()  # seen: whoever waits gets it, and all may have left

    async def _render(self, key: str, lang: str, text: str) -> Path:
        tokens = self._tokens(lang, text)
        if tokens is not None:
            return await asyncio.to_thread(lambda: self._keep(key, self._clips.say(tokens)))
        unfinished = self._cache.unfinished(key)
        try:
            await asyncio.to_thread(self._cache.open)
            await self._engine.render(text, lang, unfinished)
            return await asyncio.to_thread(self._check_and_keep, key, unfinished, text)
        except OSError as exc:
            raise VoiceFailed(reason="the sound cannot be kept", error=str(exc)) from exc
        finally:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)

    def _check_and_keep(self, key: str, unfinished: Path, text: str) -> Path:
        sound = _read(unfinished)
        check_plausible(sound, text)
        return self._keep(key, sound)

    def _write_whole(self, key: str, paths: list[Path]) -> Path:
        sounds = [_read(path) for path in paths]
        if self._settings.with_chime:
            sounds.insert(0, chime(rate=max(sound.rate for sound in sounds)))
        return self._keep(key, joined(sounds, gap_s=self._settings.pause_s))

    def _keep(self, key: str, sound: Sound) -> Path:
        try:
            self._cache.open()
            return self._cache.keep(key, sound)
        except OSError as exc:
            raise VoiceFailed(reason="the sound cannot be kept", error=str(exc)) from exc

    def _tokens(self, lang: str, text: str) -> tuple[str, ...] | None:
        """The clips that say it, or None where the engine must."""
        tokens = clip_tokens(text) if lang == "zh" else None
        return tokens if self._clips.can_say(tokens) else None

    def _key(self, lang: str, text: str) -> str:
        tokens = self._tokens(lang, text)
        by = f"clips {self._clips.digest(tokens)}" if tokens else self._engine.style(lang)
        return _named(["phrase", lang, text, by])

    def _key_of_whole(self, parts: list[str]) -> str:
        return _named(["whole", parts, self._settings.with_chime, self._settings.pause_s])


def _read(path: Path) -> Sound:
    """A sound of ours; one that is broken is removed, so that the next time it is made anew."""
    try:
        return read_sound(path)
    except BadWave as exc:
        path.unlink(missing_ok=True)
        raise VoiceFailed(reason=f"broken sound: {exc.fields['reason']}") from exc


def _is_cancelled() -> bool:
    """Whether the caller itself was told to stop, and not only the sound it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _named(what: list[object]) -> str:
    return hashlib.sha256(msgspec.json.encode([FORMAT, *what])).hexdigest()[:32]
