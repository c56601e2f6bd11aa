"""Lets a manager hear what the hall would say: the same way as a call, up to the file that boards would play."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from displays.announcing import OwnVoice, own_voices
from displays.speech.rules import Language
from displays.speech.sentences import Speech
from displays.voice import VoiceError, respelt, written
from hall_server.directory.directory import Directory
from hall_server.directory.model import Line, Window
from hall_server.errors import Invalid, NotFound, Unavailable

if TYPE_CHECKING:
    from displays.voice_room import Voice

SAMPLE = "018"
"""The number said where none is given: it has a 1, which may be 幺, and a zero."""


class Listen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call to be heard.

    Attributes:
        line: whose number. number: such as ``A018``. window: its id; else the line's first.
        languages: instead of the zone's.
        changes: rules that are not saved yet, as for saving them.
    """

    line: str
    number: Annotated[str, Meta(max_length=12)] = ""
    window: str = ""
    languages: tuple[Language, ...] = ()
    changes: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What would be said.

    Attributes:
        texts: language → words. say: for a page's own voice. own: whether a page speaks by itself, as in a call.
        audio: address of the sound; None where no engine of the server could speak.
        by: language → who speaks in it. error: why there is no sound, a code; empty where there is one.
        volume: at this moment, 0 to 1; None: quiet hours, it would be shown only.
    """

    texts: dict[str, str]
    say: dict[str, str]
    own: dict[str, OwnVoice]
    audio: str | None
    by: dict[str, str]
    error: str
    volume: float | None
    chime: bool
    repeat: int


async def listened(voice: Voice, directory: Directory, wanted: Listen) -> Heard:
    """Render it.

    Raises:
        NotFound: ``line.unknown``, ``window.unknown``.
        Invalid: what :meth:`VoiceBook.plan` refuses of the changes.
        Unavailable: ``voice.off``: the hall does not speak.
    """
    announcer = voice.announcer
    if announcer is None:
        raise Unavailable("voice.off")
    line = directory.lines.get(wanted.line)
    if line is None:
        raise NotFound("line.unknown", line=wanted.line[:80])
    window = _window(directory, line, wanted.window)
    speech = voice.speech.trying(wanted.changes)
    texts = _texts(speech, line, window, wanted)
    settings = msgspec.structs.replace(
        speech.settings(window.zone), languages=tuple(texts), orders=speech.orders(tuple(texts))
    )
    sound, error = None, ""
    try:
        sound = await announcer.rendered(texts, settings)
    except VoiceError as exc:
        error = exc.code
    by = sound.by if sound else {}
    return Heard(
        texts={language: written(text) for language, text in texts.items()},
        say={language: respelt(text) for language, text in texts.items()},
        own=own_voices(texts, by, settings),
        audio=f"/api/v1/voice/{sound.path.stem}.wav" if sound else None,
        by={language: str(name) for language, name in by.items()},
        error=error,
        volume=speech.loudness(window.zone, voice.now()),
        chime=settings.with_chime,
        repeat=settings.repeat,
    )


def _texts(speech: Speech, line: Line, window: Window, wanted: Listen) -> dict[str, str]:
    languages = tuple(str(one) for one in wanted.languages)
    number = wanted.number.strip() or f"{line.prefix}{SAMPLE}"
    matter = next((id_ for id_, one in speech.directory.matters.items() if one.line == line.id and one.active), None)
    texts = speech.call(number, str(window.number), zone=window.zone, line=line.id, matter=matter, languages=languages)
    if not any(texts.values()):
        raise Invalid("voice.nothing_said", field="number")
    return texts


def _window(directory: Directory, line: Line, wanted: str) -> Window:
    if wanted:
        if wanted not in directory.windows:
            raise NotFound("window.unknown", window=wanted[:80])
        return directory.windows[wanted]
    active = sorted((one for one in directory.windows.values() if one.active), key=lambda one: one.number)
    found = next((one for one in active if line.id in one.lines), next(iter(active), None))
    if found is None:
        raise NotFound("window.unknown", window="")
    return found
