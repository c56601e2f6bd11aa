"""Puts the hall's voice together: rules, engines, recordings, the order of announcements, and where they go."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from displays import emergency_voice
from displays.announcing import TYPES, Alarm, Announcing, Outlet, Spoken
from displays.emergency_voice import EmergencyVoice
from displays.speech import web as speech_web
from displays.speech.book import VoiceBook
from displays.speech.rule_events import SaveVoiceRules, VoiceRulesSaved
from displays.speech.rule_service import VoiceRuleService
from displays.speech.sentences import Speech
from displays.speech.sound_card import SoundCard
from displays.speech.take_events import KeepTake, TakeKept, TakeUndone, UndoTake
from displays.speech.take_service import Takes, TakeService
from displays.speech.take_store import TakeStore
from displays.voice import (
    SAPI_VOICES,
    VOICES,
    Announcer,
    BadWave,
    ClipBank,
    EngineName,
    Engines,
    EngineState,
    EspeakVoice,
    Pyttsx3Engine,
    SpeechEngine,
)
from hall_queue.room import Room as Queue

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

DEADLINE_S = 8.0
"""For one phrase of one engine, and for its start: two engines that hang still leave time within a call's 30 s."""

TROUBLE = {EngineState.HUNG, EngineState.FAILED}


@dataclass(slots=True)
class Voice:
    """The voice of one hall.

    Attributes:
        engines, announcer, announcing, card: None in a hall that does not speak; its rules can be set all the same.
        recorded: the clips in use.
    """

    speech: Speech
    takes: Takes
    store: TakeStore
    now: Callable[[], datetime]
    engines: Engines | None = None
    announcer: Announcer | None = None
    announcing: Announcing | None = None
    card: SoundCard | None = None
    recorded: ClipBank = field(default_factory=lambda: ClipBank({}))
    folder: ClipBank = field(default_factory=lambda: ClipBank({}))

    async def reload(self) -> None:
        """Speak with the recordings as they are in the journal now."""
        used = self.takes.used
        clips = {name: await asyncio.to_thread(self.store.clip, take.digest) for name, take in used.items()}
        known = {name: clip for name, clip in clips.items() if clip is not None}
        for name in used.keys() - known.keys():
            log.error("the clip of %s is gone", name, extra={"action": "voice.clip_gone"})
        self.recorded = ClipBank(known, {name: take.text for name, take in used.items()}).over(self.folder)
        if self.announcer is not None:
            self.announcer.use_clips(self.recorded)

    def alarms(self) -> list[Alarm]:
        """What somebody should look at: calls that are not spoken, an engine that hangs, a card nobody hears."""
        found = [self.announcing.alarm] if self.announcing and self.announcing.alarm else []
        for name, health in (self.engines.health() if self.engines else {}).items():
            if health.state in TROUBLE and health.since is not None:
                fields = {"engine": str(name), "reason": health.last_error, "replaced": str(health.replaced)}
                found.append(Alarm(code="voice.engine", since=health.since, fields=fields))
        if self.card is not None and self.card.trouble and self.card.since is not None:
            found.append(Alarm(code="voice.card", since=self.card.since, fields={"reason": self.card.trouble}))
        return found


def install(server: Server, queue: Queue, *, engine: SpeechEngine | None, speakers: Outlet) -> Voice:
    """Install the voice.

    Args:
        engine: speaks in place of the hall's own.
        speakers: the hall's loudspeakers; boards and the sound card are added here.
    """
    book, takes = VoiceBook(server.settings), Takes()
    server.types.add(VoiceRulesSaved, TakeKept, TakeUndone)
    server.fold(book)
    server.fold(takes)
    speech = Speech(book, server.directory, ZoneInfo(server.settings.timezone))
    voice = Voice(speech=speech, takes=takes, store=TakeStore(server.data / "voice-takes"), now=server.clock.now)
    server.handle(SaveVoiceRules, VoiceRuleService(book, server.directory).save)
    takers = TakeService(takes)
    server.handle(KeepTake, takers.keep)
    server.handle(UndoTake, takers.undo)
    if server.settings.voice:
        _install_speaking(server, queue, voice, engine, speakers)
    speech_web.install(server, voice, lambda staff: queue.pictures.staff_name(staff))
    return voice


def _install_speaking(
    server: Server, queue: Queue, voice: Voice, engine: SpeechEngine | None, speakers: Outlet
) -> None:
    own = {EngineName.ESPEAK: engine} if engine else _engines()
    voice.engines = Engines(own, now=server.clock.now)
    voice.announcer = announcer = Announcer(voice.engines, server.data / "voice")
    voice.card = card = SoundCard(now=server.clock.now)
    voice.announcing = announcing = Announcing(
        hall=queue.hall,
        announcer=announcer,
        speech=voice.speech,
        clock=server.clock,
        ids=server.ids,
        outlets=(_to_boards(server), speakers, _to_card(voice.speech, card)),
    )
    emergency = EmergencyVoice(queue.notices, server.directory, announcing)
    voices = _voices(own, voice.speech.book)

    async def start() -> None:
        voices()
        if server.settings.voice_clips:
            voice.folder = await _clips(Path(server.settings.voice_clips))
        await voice.reload()
        await emergency.start()

    async def stop() -> None:
        await emergency.stop()
        await announcing.close()
        await card.close()
        await announcer.close()
        await announcer.engines.close()

    server.listen("voice", announcing.called, TYPES)
    server.listen("voice's voices", lambda _: voices(), (VoiceRulesSaved.type,))
    server.listen("emergency voice", emergency.changed, emergency_voice.TYPES)
    server.on_start("voice", start)
    server.on_stop("voice", stop)


def reading_engines(server: Server, engine: SpeechEngine | None) -> Engines | None:
    """Engines of their own for reading pages aloud; None in a hall that does not speak."""
    if not server.settings.voice:
        return None
    return Engines({EngineName.ESPEAK: engine} if engine else _engines(), now=server.clock.now)


def _engines() -> dict[EngineName, SpeechEngine]:
    """What this machine can have; whether it really speaks shows with the first phrase."""
    espeak = Pyttsx3Engine(deadline_s=DEADLINE_S, start_deadline_s=DEADLINE_S)
    if os.name != "nt":
        return {EngineName.ESPEAK: espeak}
    sapi = Pyttsx3Engine(deadline_s=DEADLINE_S, start_deadline_s=DEADLINE_S, voices=SAPI_VOICES, driver="sapi5")
    return {EngineName.SAPI: sapi, EngineName.ESPEAK: espeak}


def _voices(engines: dict[EngineName, SpeechEngine], book: VoiceBook) -> Callable[[], None]:
    """Gives the engines the voices and the speed that the rules name."""
    usual = {EngineName.ESPEAK: VOICES, EngineName.SAPI: SAPI_VOICES}

    def use() -> None:
        rules = book.hall
        names = {str(language): name for language, name in rules.voices.items() if name.strip()}
        for name, engine in engines.items():
            if isinstance(engine, Pyttsx3Engine):
                wanted = {lang: names.get(lang) or voice.name for lang, voice in usual[name].items()}
                engine.use_voices({lang: EspeakVoice(name=one, rate=rules.speed) for lang, one in wanted.items()})

    return use


def _to_boards(server: Server) -> Outlet:
    def say(spoken: Spoken) -> None:
        event = {"type": "announcement", "id": spoken.id, "texts": spoken.texts, "audio": spoken.audio}
        more = {"say": spoken.say, "own": spoken.own, "volume": spoken.volume}
        how = {"chime": spoken.chime, "repeat": spoken.repeat, "until": spoken.until}
        server.live.send(f"voice/{spoken.zone}", {**event, **more, **how})

    return say


def _to_card(speech: Speech, card: SoundCard) -> Outlet:
    def play(spoken: Spoken) -> None:
        if spoken.zone == speech.book.hall.sound_card and spoken.path is not None:
            card.play(spoken.path, spoken.volume)

    return play


async def _clips(folder: Path) -> ClipBank:
    """The hall's recordings in a folder of its own; a bad one costs the recordings, not the hall."""
    try:
        return await asyncio.to_thread(ClipBank.open, folder)
    except BadWave as exc:
        log.error("the recorded clips are not used: %s", exc, extra={"action": "voice.bad_clips"})
        return ClipBank({})
