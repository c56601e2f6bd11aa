"""Turns the texts of an announcement into one WAV: rendered once, recorded clips first, then the engine."""

import asyncio
import contextlib
import hashlib
import logging
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from displays.voice.cache import CacheFolder
from displays.voice.chime import chime
from displays.voice.clips import ClipBank
from displays.voice.engine import SpeechEngine
from displays.voice.engines import EngineName, Engines
from displays.voice.errors import BadWave, VoiceError, VoiceFailed, VoiceUnavailable
from displays.voice.marks import written
from displays.voice.plausible import check_plausible
from displays.voice.waves import Sound, joined, levelled, read_sound

log = logging.getLogger(__name__)

FORMAT = 2
"""Part of every cache key: count up when the same words would be joined or spelt differently."""

LOUDNESS_DB = -20.0
"""Every engine is brought to the loudness of the recordings, so that a call is not half as loud in English."""

_KEY = re.compile(r"[0-9a-f]{32}")


ORDER = (EngineName.CLIPS, EngineName.SAPI, EngineName.BROWSER, EngineName.ESPEAK)
"""Who speaks a language for which nobody has said anything else; espeak's Mandarin is hard to understand."""


class VoiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the hall speaks.

    Attributes:
        languages: In this order; a text in another language is not spoken.
        with_chime: Two soft tones before each announcement.
        pause_s: Between chime, first and second language, in seconds.
        cache_bytes: Rendered sounds kept on disk, in bytes.
        repeat: How often the whole is said; the chime sounds once.
        orders: Language → the engines that may speak it, best first.
    """

    languages: tuple[str, ...] = ("zh", "en")
    with_chime: bool = True
    pause_s: float = 0.35
    cache_bytes: int = 200_000_000
    repeat: int = 1
    orders: Mapping[str, tuple[EngineName, ...]] = {}

    def order(self, lang: str) -> tuple[EngineName, ...]:
        """The engines of a language."""
        return self.orders.get(lang, ORDER)


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """A finished announcement.

    Attributes:
        path: Of the WAV.
        by: Language → who speaks it; a language that could not be spoken is missing.
    """

    path: Path
    by: dict[str, EngineName]


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """One language of an announcement, as a file in the cache."""

    path: Path
    by: EngineName


class Announcer:
    """Renders announcements.

    Args:
        engine: Speaks what the clips cannot: the hall's engines, or one alone in espeak's place; closed by its owner.
        folder: Of the rendered sounds; may be deleted at any time.
        clips: The hall's recordings, Chinese only.
        settings: How the hall speaks where a call says nothing else.
    """

    def __init__(
        self,
        engine: SpeechEngine | Engines,
        folder: Path,
        *,
        clips: ClipBank | None = None,
        settings: VoiceSettings | None = None,
    ) -> None:
        self.engines = engine if isinstance(engine, Engines) else Engines({EngineName.ESPEAK: engine})
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

    async def audio_for(self, texts: Mapping[str, str], settings: VoiceSettings | None = None) -> Path:
        """The WAV of :meth:`rendered`."""
        return (await self.rendered(texts, settings)).path

    async def rendered(self, texts: Mapping[str, str], settings: VoiceSettings | None = None) -> Rendered:
        """One WAV of chime, first language, pause, second language, as often as the hall repeats it.

        A language that cannot be spoken just now is left out and logged; the rest is spoken.

        Args:
            texts: Language → text, as in `Announcement.texts`, with the marks of `marks.py` where there are any.
            settings: How this one is spoken; without them as the announcer was told.

        Returns:
            The finished file; the same texts give the same file.

        Raises:
            VoiceFailed: Nothing to say, or no language of it could be rendered.
            VoiceUnavailable: No language of it can be spoken on this machine; show the text.
        """
        how = settings or self._settings
        phrases = {lang: texts[lang].strip() for lang in how.languages if texts.get(lang, "").strip()}
        if not phrases:
            raise VoiceFailed(reason="no text in a spoken language", languages=sorted(texts))
        spoken = {lang: self._ready(lang, text, how) for lang, text in phrases.items()}
        parts = {lang: part or await self._spoken(lang, phrases[lang], how) for lang, part in spoken.items()}
        return await self._join(parts, how)

    async def close(self) -> None:
        """Ends what is being rendered."""
        tasks = list(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ready(self, lang: str, text: str, how: VoiceSettings) -> _Part | None:
        """What the first engine in order that could speak has spoken before."""
        for name in self._able(lang, text, how):
            if found := self._cache.find(self._key(name, lang, text)):
                return _Part(path=found, by=name)
            if name is EngineName.CLIPS or self.engines.may_speak(name, lang, others=_after(name, how.order(lang))):
                return None
        return None

    def _able(self, lang: str, text: str, how: VoiceSettings) -> list[EngineName]:
        """The engines of this machine that could say it, in order."""
        able: list[EngineName] = []
        for name in how.order(lang):
            if name is EngineName.CLIPS:
                able += [name] if self._tokens(lang, text) is not None else []
            elif self.engines.style(name, lang) is not None:
                able.append(name)
        return able

    async def _spoken(self, lang: str, text: str, how: VoiceSettings) -> _Part | VoiceError:
        """One language of it by the first engine that can, as a file in the cache."""
        able = self._able(lang, text, how)
        error: VoiceError = VoiceUnavailable(reason="no voice for the language", lang=lang)
        for name in able:
            try:
                path = await self._once(self._key(name, lang, text), self._renderer(name, lang, text, able))
            except VoiceError as exc:
                error = exc if isinstance(exc, VoiceFailed) or not isinstance(error, VoiceFailed) else error
            else:
                return _Part(path=path, by=name)
        log.warning("not spoken in %s: %s", lang, error, extra={"action": "voice.not_spoken"})
        return error

    async def _join(self, spoken: Mapping[str, _Part | VoiceError], how: VoiceSettings) -> Rendered:
        parts = {lang: part for lang, part in spoken.items() if isinstance(part, _Part)}
        errors = [part for part in spoken.values() if isinstance(part, VoiceError)]
        if not parts:
            raise next((error for error in errors if isinstance(error, VoiceFailed)), errors[0])
        paths = [part.path for part in parts.values()]
        key = _named(["whole", [path.stem for path in paths], how.with_chime, how.pause_s, how.repeat])
        path = await self._once(key, lambda key: asyncio.to_thread(self._write_whole, key, paths, how))
        return Rendered(path=path, by={lang: part.by for lang, part in parts.items()})

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

    def _renderer(
        self, name: EngineName, lang: str, text: str, able: list[EngineName]
    ) -> Callable[[str], Coroutine[Any, Any, Path]]:
        if name is EngineName.CLIPS:
            tokens = self._tokens(lang, text) or ()
            return lambda key: asyncio.to_thread(lambda: self._keep(key, self._clips.say(tokens)))
        return lambda key: self._render(key, name, lang, text, _after(name, able))

    async def _render(self, key: str, name: EngineName, lang: str, text: str, others: tuple[EngineName, ...]) -> Path:
        unfinished = self._cache.unfinished(key)
        try:
            await asyncio.to_thread(self._cache.open)
            await self.engines.render(name, text, lang, unfinished, others=others)
            path = await asyncio.to_thread(self._check_and_keep, key, name, unfinished, written(text))
        except OSError as exc:
            raise VoiceFailed(reason="the sound cannot be kept", error=str(exc)) from exc
        finally:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
        self.engines.spoke(name)
        return path

    def _check_and_keep(self, key: str, name: EngineName, unfinished: Path, text: str) -> Path:
        try:
            sound = _read(unfinished)
            check_plausible(sound, text)
        except VoiceFailed as exc:
            self.engines.refused(name, exc)
            raise
        return self._keep(key, levelled(sound, to_db=LOUDNESS_DB))

    def _write_whole(self, key: str, paths: list[Path], how: VoiceSettings) -> Path:
        sounds = [_read(path) for path in paths] * how.repeat
        if how.with_chime:
            sounds.insert(0, chime(rate=max(sound.rate for sound in sounds)))
        return self._keep(key, joined(sounds, gap_s=how.pause_s))

    def _keep(self, key: str, sound: Sound) -> Path:
        try:
            self._cache.open()
            return self._cache.keep(key, sound)
        except OSError as exc:
            raise VoiceFailed(reason="the sound cannot be kept", error=str(exc)) from exc

    def _tokens(self, lang: str, text: str) -> tuple[str, ...] | None:
        """The clips that say it, or None where an engine must."""
        tokens = self._clips.tokens(written(text)) if lang == "zh" else None
        return tokens if self._clips.can_say(tokens) else None

    def _key(self, name: EngineName, lang: str, text: str) -> str:
        if name is EngineName.CLIPS:
            return _named(["phrase", lang, text, f"clips {self._clips.digest(self._tokens(lang, text) or ())}"])
        return _named(["phrase", lang, text, self.engines.style(name, lang)])


def _after(name: EngineName, order: Sequence[EngineName]) -> tuple[EngineName, ...]:
    """Those who could speak after this one."""
    return tuple(order[order.index(name) + 1 :])


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
