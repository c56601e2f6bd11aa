"""The bank of recorded clips: a folder of WAVs with fixed names, joined into a call in the announcer's own voice."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from displays.voice.errors import BadWave, VoiceFailed
from displays.voice.waves import Sound, joined, read_sound

GAP_S = 0.05
"""Silence between two clips where `GAPS_S` says nothing else."""

PAUSE = ","
"""Stands in a sentence's clips where the text has a comma: heard as a longer silence."""

GAPS_S: Mapping[tuple[str, str], float] = {
    ("digit", "digit"): 0.02,
    ("letter", "letter"): 0.04,
    ("letter", "digit"): 0.07,
    ("digit", "hao"): 0.03,
    ("hao", "dao"): 0.14,
    ("hao", "word"): 0.10,
    ("qing", "letter"): 0.06,
    ("dao", "digit"): 0.05,
    ("digit", "haochuangkou"): 0.03,
    ("word", "word"): 0.08,
}
"""Seconds between a clip and the next, as an announcer breathes: digits close together, a breath before 到."""

PAUSE_S = 0.25

PROMPTS: Mapping[str, str] = {
    **{"qing": "请", "hao": "号", "dao": "到", "haochuangkou": "号窗口"},
    **{"ling": "零", "yi": "一", "er": "二", "san": "三", "si": "四", "wu": "五", "liu": "六", "qi": "七"},
    **{"ba": "八", "jiu": "九", "shi": "十", "yao": "幺"},
    **{f"letter_{letter.lower()}": letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
}
"""File name without `.wav` → what the announcer says in it. This table is the only place that knows the names."""

_DIGITS = frozenset({"ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu", "shi", "yao"})
_PAUSES = frozenset("，,；;：:。.、！!？?")
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


def clip_tokens(text: str, prompts: Mapping[str, str] = PROMPTS) -> tuple[str, ...] | None:
    """The clips that say a Chinese text, longest prompt first, or None where a character has no prompt.

    Args:
        text: As people read it.
        prompts: Name → text: the program's own, and what the hall has besides.
    """
    names = {_plain(said): name for name, said in prompts.items()}
    longest = max(map(len, names), default=0)
    rest = _plain(text)
    tokens: list[str] = []
    while rest:
        length = next((n for n in range(longest, 0, -1) if rest[:n] in names), 0)
        if length:
            tokens.append(names[rest[:length]])
        elif not unicodedata.category(rest[0]).startswith(_SILENT_CATEGORIES):
            return None
        elif rest[0] in _PAUSES and tokens and tokens[-1] != PAUSE:
            tokens.append(PAUSE)
        rest = rest[length or 1 :]
    return tuple(tokens[:-1] if tokens and tokens[-1] == PAUSE else tokens)


def gaps_of(tokens: Sequence[str]) -> tuple[list[str], list[float]]:
    """The clips without the pauses, and the seconds of silence between each and the next."""
    clips: list[str] = []
    gaps: list[float] = []
    is_pause = False
    for token in tokens:
        if token == PAUSE:
            is_pause = True
            continue
        if clips:
            gaps.append(PAUSE_S if is_pause else GAPS_S.get((_kind(clips[-1]), _kind(token)), GAP_S))
        clips.append(token)
        is_pause = False
    return clips, gaps


def _kind(token: str) -> str:
    if token in _DIGITS:
        return "digit"
    if token.startswith("letter_"):
        return "letter"
    return token if token in PROMPTS else "word"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()


class ClipBank:
    """Recorded clips in memory; a bank need not be complete, it says what it can.

    Args:
        clips: Name → recording.
        words: Name → text of the prompts that the hall has besides `PROMPTS`.

    Attributes:
        recorded: Name → text of what can be said.
    """

    def __init__(self, clips: Mapping[str, Clip], words: Mapping[str, str] | None = None) -> None:
        self._clips = dict(clips)
        self._prompts = {**PROMPTS, **(words or {})}
        self.recorded = {name: text for name, text in self._prompts.items() if name in self._clips}

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

    def over(self, other: "ClipBank") -> "ClipBank":
        """This bank, and where it has no clip, the other's."""
        return ClipBank({**other._clips, **self._clips}, {**other._prompts, **self._prompts})

    def tokens(self, text: str) -> tuple[str, ...] | None:
        """The clips that say a Chinese text; the hall's own words are used once they are recorded."""
        return clip_tokens(text, self.recorded)

    @property
    def missing(self) -> tuple[str, ...]:
        """The prompts that are still to be recorded."""
        return tuple(name for name in PROMPTS if name not in self._clips)

    def can_say(self, tokens: Sequence[str] | None) -> bool:
        """Whether every clip is there; `None` and nothing to say are not sayable."""
        return bool(tokens) and all(token == PAUSE or token in self._clips for token in tokens or ())

    def digest(self, tokens: Sequence[str]) -> str:
        """Names exactly these recordings in this order."""
        return hashlib.sha256(
            "".join(PAUSE if token == PAUSE else self._clips[token].digest for token in tokens).encode()
        ).hexdigest()

    def say(self, tokens: Sequence[str]) -> Sound:
        """The clips joined, each led in and out, with the gaps of `GAPS_S`.

        Raises:
            VoiceFailed: A clip is missing; ask `can_say` first.
        """
        if not self.can_say(tokens):
            raise VoiceFailed(
                reason="no clip", missing=[token for token in tokens if token != PAUSE and token not in self._clips]
            )
        clips, gaps = gaps_of(tokens)
        return joined([self._clips[clip].sound for clip in clips], gap_s=gaps)


def _check_fits(path: Path, sound: Sound, clips: Mapping[str, Clip]) -> None:
    if not sound.samples:
        raise BadWave(file=path.name, reason="no sound in it")
    for name, clip in clips.items():
        if clip.sound.rate != sound.rate:
            other = f"{name}.wav has {clip.sound.rate} Hz"
            raise BadWave(file=path.name, reason=f"its sample rate is {sound.rate} Hz, {other}")
        return
