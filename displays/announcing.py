"""Speaks the calls: each committed call becomes an announcement in its zone's order, rendered off the loop."""

from __future__ import annotations

import asyncio
import logging
import re
import wave
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import msgspec

from displays.speech.sentences import Speech
from displays.voice import (
    SPOKEN_WITHIN,
    Announcement,
    Announcer,
    EngineName,
    Rendered,
    VoiceError,
    VoiceSettings,
    ZoneQueue,
    respelt,
    written,
)
from hall_queue import messages as m
from hall_queue.rules import Hall
from hall_server.clock import Clock
from hall_server.ids import Ids
from hall_server.messages import Recorded

log = logging.getLogger(__name__)

GAP_S = 0.4
"""Silence between two announcements of a zone."""

UNIT_S = 0.35
"""How long a page's own voice takes for a hanzi or a word, seconds; for planning only."""

TYPES = (m.TicketCalled.type, m.TicketRecalled.type, m.KeyUndone.type)
_UNIT = re.compile(r"[\u3400-\u9fff]|\d|[A-Za-z]+")


class OwnVoice(StrEnum):
    """Whether a page may speak a language with a voice of its own machine."""

    FIRST = "first"  # where it has a real one, rather than the sound
    LAST = "last"  # only where there is no sound


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """An announcement as boards and speakers get it, at the moment at which it is to be spoken.

    Attributes:
        texts: language → words as people read them. say: the same with the hall's corrections, for other voices.
        audio: address of the sound; None: speak ``say`` with a voice of your own. path: of the same sound.
        until: not to be begun afterwards.
        volume: 0 to 1.
        chime: whether a chime belongs before it. repeat: how often it is said; a sound holds both already.
        own: language → whether a page's own voice may speak it.
    """

    id: str
    zone: str
    texts: dict[str, str]
    say: dict[str, str]
    audio: str | None
    path: Path | None
    until: datetime
    volume: float
    chime: bool
    repeat: int
    own: dict[str, OwnVoice]


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody should look at."""

    code: str
    since: datetime
    fields: dict[str, str]


class Outlet(Protocol):
    """Where announcements go."""

    def __call__(self, spoken: Spoken) -> None:
        """Let it be heard now; must not wait."""
        ...


class Announcing:
    """Hears of calls and lets each zone speak them in order, one at a time, never late."""

    def __init__(
        self,
        *,
        hall: Hall,
        announcer: Announcer,
        speech: Speech,
        clock: Clock,
        ids: Ids,
        outlets: tuple[Outlet, ...],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Prepares the voice; ``sleep`` is a port so that tests need not wait."""
        self._hall = hall
        self._announcer = announcer
        self._speech = speech
        self._clock = clock
        self._ids = ids
        self._outlets = outlets
        self._sleep = sleep
        self._queue = ZoneQueue()
        self._taken_back: set[str] = set()  # tickets whose last call was a mistake
        self._zones: dict[str, asyncio.Task[None]] = {}
        self._ahead: set[asyncio.Task[Rendered | None]] = set()
        self.alarm: Alarm | None = None

    def called(self, recorded: Recorded) -> None:
        """Take a committed call or recall, or the news that a call was a mistake."""
        event = recorded.event
        if isinstance(event, m.KeyUndone):
            self._taken_back.add(event.ticket)
            return
        if not isinstance(event, (m.TicketCalled, m.TicketRecalled)):
            return
        self._taken_back.discard(event.ticket)
        announcement = self._announcement(event, recorded.at)
        if announcement is not None:
            self._offer(announcement)

    def tell(self, zones: Iterable[str], texts: Mapping[str, str]) -> None:
        """Let zones hear what concerns everybody, before the calls that wait, also in quiet hours.

        Old words of this kind are forgotten. Zones that share a room hear one announcement together.
        """
        rooms: dict[str, list[str]] = {}
        for zone in zones:
            rooms.setdefault(self._speech.room_of(zone) or zone, []).append(zone)
        until = self._clock.now() + SPOKEN_WITHIN
        for zone, *also in rooms.values():
            said = self._speech.words(texts, zone)
            shared = self._speech.room_of(zone)
            self._offer(
                Announcement(
                    id=self._ids.new(),
                    zone=zone,
                    also=tuple(also),
                    shared=shared,
                    texts=said,
                    until=until,
                    is_urgent=True,
                )
            )

    async def idle(self) -> None:
        """Wait until nothing is left to say."""
        while self._zones:
            await asyncio.gather(*self._zones.values())

    async def close(self) -> None:
        """Fall silent."""
        tasks = [*self._zones.values(), *self._ahead]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- inside

    def _offer(self, announcement: Announcement) -> None:
        if not self._queue.offer(announcement, self._clock.now()):
            return
        self._render_ahead(announcement)
        if announcement.room not in self._zones:
            task = asyncio.create_task(self._speak(announcement.room), name=f"voice of {announcement.room}")
            self._zones[announcement.room] = task

    def _announcement(self, event: m.TicketCalled | m.TicketRecalled, at: datetime) -> Announcement | None:
        ticket = self._hall.queue.tickets.get(event.ticket)
        window = self._hall.directory.windows.get(event.window)
        if ticket is None or window is None:  # the day has ended meanwhile
            return None
        said = self._speech.call(
            ticket.number, str(window.number), zone=window.zone, line=ticket.line, matter=ticket.matter
        )
        late = timedelta(seconds=self._speech.book.hall.late_s)
        return Announcement(
            id=self._ids.new(),
            zone=window.zone,
            shared=self._speech.room_of(window.zone),
            texts=said,
            until=at + min(late, SPOKEN_WITHIN),
            ticket=ticket.id,
        )

    def _render_ahead(self, announcement: Announcement) -> None:
        """Begin to render at once: when its turn comes, the sound is there."""
        task = asyncio.create_task(self._rendered(announcement), name="voice ahead")
        self._ahead.add(task)
        task.add_done_callback(self._ahead.discard)

    async def _speak(self, zone: str) -> None:
        """Speak until nothing waits in the zone."""
        try:
            while True:
                now = self._clock.now()
                announcement = self._queue.take(zone, now)
                if announcement is not None:
                    await self._say(announcement)
                elif not self._queue.waiting(zone):
                    return
                else:
                    silent_at = self._queue.silent_at(zone) or now
                    await self._sleep(max(0.0, (silent_at - now).total_seconds()))
        except Exception:  # the top of a loop: the next call must find a voice
            log.exception("the voice of a zone failed", extra={"action": "voice.zone_failed"})
        finally:
            del self._zones[zone]

    async def _say(self, announcement: Announcement) -> None:
        sound = await self._rendered(announcement)
        settings = self._speech.settings(announcement.zone)
        length_s = await _length_s(sound, announcement.texts, settings.repeat)
        now = self._clock.now()
        if not self._is_to_be_heard(announcement, now):
            self._queue.finished(announcement.room, announcement.id)
            return
        self._queue.lasts(announcement.room, announcement.id, length=timedelta(seconds=length_s + GAP_S), now=now)
        for zone in (announcement.zone, *announcement.also):
            volume = 1.0 if announcement.is_urgent else self._speech.loudness(zone, now)
            if volume is not None:
                spoken = _spoken(announcement, zone, sound, settings, volume)
                for outlet in self._outlets:
                    outlet(spoken)

    def _is_to_be_heard(self, announcement: Announcement, now: datetime) -> bool:
        """Whether it is still wanted, now that its turn has come."""
        if announcement.ticket in self._taken_back:
            return False
        if now >= announcement.until:
            log.warning("a call came too late to be spoken", extra={"action": "voice.late"})
            return False
        return announcement.is_urgent or self._speech.loudness(announcement.zone, now) is not None

    async def _rendered(self, announcement: Announcement) -> Rendered | None:
        """The sound; None where there is none in time: the screens show the text, and pages have voices too."""
        left_s = (announcement.until - self._clock.now()).total_seconds()
        try:
            async with asyncio.timeout(max(0.0, left_s)):
                settings = self._speech.settings(announcement.zone)
                sound = await self._announcer.rendered(announcement.texts, settings)
        except VoiceError as exc:
            self._raise_alarm(exc.code, {name: str(value) for name, value in exc.fields.items()})
            return None
        except TimeoutError:
            self._raise_alarm("voice.too_slow", {})
            return None
        self.alarm = None
        return sound

    def _raise_alarm(self, code: str, fields: Mapping[str, str]) -> None:
        if self.alarm is None or self.alarm.code != code:
            log.error("calls are not spoken: %s %s", code, dict(fields), extra={"action": "voice.alarm"})
            self.alarm = Alarm(code=code, since=self._clock.now(), fields=dict(fields))


def _spoken(
    announcement: Announcement, zone: str, sound: Rendered | None, settings: VoiceSettings, volume: float
) -> Spoken:
    texts = announcement.texts
    return Spoken(
        id=announcement.id,
        zone=zone,
        texts={language: written(text) for language, text in texts.items()},
        say={language: respelt(text) for language, text in texts.items()},
        audio=f"/api/v1/voice/{sound.path.stem}.wav" if sound else None,
        path=sound.path if sound else None,
        until=announcement.until,
        volume=volume,
        chime=settings.with_chime,
        repeat=settings.repeat,
        own=own_voices(texts, sound.by if sound else {}, settings),
    )


def own_voices(texts: Mapping[str, str], by: Mapping[str, EngineName], settings: VoiceSettings) -> dict[str, OwnVoice]:
    """Which languages a page may speak by itself, and whether before the sound: as the order of engines says."""
    found = {}
    for language in texts:
        order = settings.order(language)
        if EngineName.BROWSER in order:
            after = order[order.index(EngineName.BROWSER) :]
            is_first = language not in by or by[language] in after
            found[language] = OwnVoice.FIRST if is_first else OwnVoice.LAST
    return found


async def _length_s(sound: Rendered | None, texts: Mapping[str, str], repeat: int) -> float:
    """How long it takes to say, seconds."""
    if sound is not None:
        try:
            return await asyncio.to_thread(_wave_length_s, sound.path)
        except (OSError, EOFError, wave.Error) as exc:
            log.warning("a sound is gone: %s", exc, extra={"action": "voice.sound_gone"})
    return repeat * UNIT_S * sum(len(_UNIT.findall(text)) for text in texts.values())


def _wave_length_s(path: Path) -> float:
    with wave.open(str(path), "rb") as file:
        return file.getnframes() / file.getframerate()
