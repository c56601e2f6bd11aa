"""What every screen and speaker of the hall shows and says; boards, window screens, voice."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from displays import emergency_voice, web
from displays.announcing import TYPES, Alarm, Announcing, Spoken
from displays.emergency_voice import EmergencyVoice
from displays.mqtt import DeviceScreens, Speakers
from displays.pictures import Rated, Screens
from displays.rating_ends import RatingEnds
from displays.touched import Touches
from displays.views import BoardView, VoiceView, WindowView
from displays.voice import Announcer, BadWave, ClipBank, Pyttsx3Engine, VoiceSettings
from displays.waits_shown import WaitsShown
from hall_queue import messages as m
from hall_queue.notices.view import NoticeEnds
from hall_queue.room import Room as Queue

if TYPE_CHECKING:
    from displays.voice import SpeechEngine
    from hall_server.server import Server

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Room:
    """The displays of one hall, as ``server.rooms["displays"]``.

    Attributes:
        announcing, announcer: None in a hall that does not speak.
    """

    screens: Screens
    announcing: Announcing | None
    announcer: Announcer | None

    def alarms(self) -> list[Alarm]:
        """What somebody should look at."""
        return [self.announcing.alarm] if self.announcing and self.announcing.alarm else []


def install(server: Server, *, engine: SpeechEngine | None = None) -> None:
    """Install the displays; after the queue, and after the devices, whose start brings the way to the broker.

    Args:
        server: the hall.
        engine: speaks in place of the hall's own.
    """
    queue: Queue = server.rooms["hall_queue"]
    rated = Rated()
    server.fold(rated)
    screens, touches = Screens(queue.hall, queue.pictures, rated, queue.notices), Touches(queue.hall)
    server.fold(touches)
    server.view("board", BoardView(screens, touches, server.directory))
    server.view("window", WindowView(screens, touches, server.directory))
    server.view("voice", VoiceView(server.directory))
    server.locales.add(Path(__file__).parent / "locales")
    _install_devices(server, queue, screens, touches)
    announcing, announcer = _install_voice(server, queue, engine) if server.settings.voice else (None, None)
    server.route(*web.routes(announcer))
    server.rooms["displays"] = Room(screens, announcing, announcer)


def _install_devices(server: Server, queue: Queue, screens: Screens, touches: Touches) -> None:
    devices = DeviceScreens(server, screens, touches)

    def refresh(window: str) -> None:
        devices.refresh_window(window)
        server.live.refresh(f"window/{window}")

    def notice_over() -> None:
        devices.refresh_all()
        for zone in server.directory.zones:
            server.live.refresh(f"board/{zone}")
        for window in server.directory.windows:
            server.live.refresh(f"window/{window}")

    over = NoticeEnds(queue.notices, server.now, notice_over)

    def refresh_zone(zone: str) -> None:
        devices.refresh_zone(zone)
        server.live.refresh(f"board/{zone}")

    waits = WaitsShown(queue.hall, screens, refresh_zone)

    async def start() -> None:
        server.spawn(devices.run(), "device screens")
        server.spawn(waits.run(), "waits on boards")
        server.spawn(over.run(), "notices over")
        devices.refresh_all()

    server.listen("notices over", over.committed, queue.notices.types)
    ends = RatingEnds(queue.hall, screens, refresh)
    server.listen("device screens", devices.committed)
    server.listen("rating ends", ends.finished, (m.TicketFinished.type,))
    server.on_start("device screens", start)
    server.on_start("rating ends", ends.start)
    server.on_stop("rating ends", ends.stop)


def _install_voice(server: Server, queue: Queue, engine: SpeechEngine | None) -> tuple[Announcing, Announcer]:
    settings = server.settings
    speaks = engine or Pyttsx3Engine()
    voice = VoiceSettings(languages=settings.voice_languages, with_chime=settings.voice_chime)
    announcer = Announcer(speaks, server.data / "voice", settings=voice)

    def to_boards(spoken: Spoken) -> None:
        event = {"type": "announcement", "id": spoken.id, "texts": spoken.texts, "audio": spoken.audio}
        server.live.send(f"voice/{spoken.zone}", {**event, "until": spoken.until})

    announcing = Announcing(
        hall=queue.hall,
        announcer=announcer,
        clock=server.clock,
        ids=server.ids,
        outlets=(to_boards, Speakers(server, server.clock)),
    )

    emergency = EmergencyVoice(queue.notices, server.directory, announcing)

    async def start() -> None:
        await emergency.start()
        if settings.voice_clips:
            announcer.use_clips(await _clips(Path(settings.voice_clips)))

    async def stop() -> None:
        await emergency.stop()
        await announcing.close()
        await announcer.close()
        await speaks.close()

    server.listen("voice", announcing.called, TYPES)
    server.listen("emergency voice", emergency.changed, emergency_voice.TYPES)
    server.on_start("voice", start)
    server.on_stop("voice", stop)
    return announcing, announcer


async def _clips(folder: Path) -> ClipBank:
    """The hall's recordings; a bad one costs the recordings, not the hall."""
    try:
        return await asyncio.to_thread(ClipBank.open, folder)
    except BadWave as exc:
        log.error("the recorded clips are not used: %s", exc, extra={"action": "voice.bad_clips"})
        return ClipBank({})
