"""The bank of recorded clips: a folder of WAVs with fixed names, joined into a call in the announcer's own voice."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from displays.voice.errors import BadWave, VoiceFailed
from displays.voice.waves import Sound, joined, read_sound

GAP_S = 0.03
"""Silence between two clips."""

PROMPTS: Mapping[str, str] = {
    **{"qing": "请", "hao": "号", "dao": "到", "haochuangkou": "号窗口"},
    **{"ling": "零", "yi": "一", "er": "二", "san": "三", "si": "四", "wu": "五", "liu": "六", "qi": "七"},
    **{"ba": "八", "jiu": "九", "shi": "十", "yao": "幺"},
    **{f"letter_{letter.lower()}": letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
}
"""File name without `.wav` → what the announcer says in it. This table is the only place that knows the names."""

_NAMES = {text: name for name, text in PROMPTS.items()}
_LONGEST = max(map(len, _NAMES))
_SILENT_CATEGORIES = ("P", "Z")
"""Unicode categories that are not spoken: punctuation and spaces."""


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """One recording of the bank.

    Attributes:
        sound: What was recorded.
        digest: Of the file; a new recording gives a new one, so nothing old stays in the cache.
    """

    sound: Sound
    digest: str


def clip_tokens(text: str) -> tuple[str, ...] | None:
    """The clips that say a Chinese text, longest prompt first, or None where a character has no prompt."""
    rest = unicodedata.normalize("NFKC", text).upper()
    tokens: list[str] = []
    while rest:
        length = next((n for n in range(_LONGEST, 0, -1) if rest[:n] in _NAMES), 0)
        if length:
            tokens.append(_NAMES[rest[:length]])
        elif not unicodedata.category(rest[0]).startswith(_SILENT_CATEGORIES):
            return None
        rest = rest[length or 1 :]
    return tuple(tokens)


class ClipBank:
    """Recorded clips in memory; a bank need not be complete, it says what it can."""

    def __init__(self, clips: Mapping[str, Clip]) -> None:
        self._clips = dict(clips)

    @classmethod
    def open(cls, folder: Path) -> "ClipBank":
        """Reads every prompt that lies in the folder; a folder that is not there is an empty bank.

        Raises:
            BadWave: A clip is not 16-bit mono, or its sample rate is not that of the clips before it.
        """
        clips: dict[str, Clip] = {}
        for name in PROMPTS:
            path = folder / f"{name}.wav"
            if path.is_file():
                sound = read_sound(path)
                _check_fits(path, sound, clips)
                clips[name] = Clip(sound=sound, digest=hashlib.sha256(path.read_bytes()).hexdigest())
        return cls(clips)

    @property
    def missing(self) -> tuple[str, ...]:
        """The prompts that are still to be recorded."""
        return tuple(name for name in PROMPTS if name not in self._clips)

    def can_say(self, tokens: Sequence[str] | None) -> bool:
        """Whether every clip is there; `None` and nothing to say are not sayable."""
        return bool(tokens) and all(token in self._clips for token in tokens or ())

    def digest(self, tokens: Sequence[str]) -> str:
        """Names exactly these recordings in this order."""
        return hashlib.sha256("".join(self._clips[token].digest for token in tokens).encode()).hexdigest()

    def say(self, tokens: Sequence[str]) -> Sound:
        """The clips joined, each led in and out, with a short gap.

        Raises:
            VoiceFailed: A clip is missing; ask `can_say` first.
        """
        if not self.can_say(tokens):
            raise VoiceFailed(reason="no clip", missing=[token for token in tokens if token not in self._clips])
        return joined([self._clips[token].sound for token in tokens], gap_s=GAP_S)


def _check_fits(path: Path, sound: Sound, clips: Mapping[str, Clip]) -> None:
    if not sound.samples:
        raise BadWave(file=path.name, reason="no sound in it")
    for name, clip in clips.items():
        if clip.sound.rate != sound.rate:
            other = f"{name}.wav has {clip.sound.rate} Hz"
            raise BadWave(file=path.name, reason=f"its sample rate is {sound.rate} Hz, {other}")
        return
