"""What every screen and speaker of the hall shows and says; boards, window screens, voice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from displays import read_aloud, voice_room, web
from displays import screens as hung
from displays.announcing import Alarm
from displays.mqtt import DeviceScreens, Speakers
from displays.pictures import RATING_GIVEN, Screens
from displays.rating_ends import RatingEnds
from displays.screens.room import ScreenRoom
from displays.touched import Touches
from displays.views import BoardView, VoiceView, WindowView
from displays.voice_room import Voice
from displays.waits_shown import WaitsShown
from hall_queue import messages as m
from hall_queue.notices.view import NoticeEnds
from hall_queue.room import Room as Queue

if TYPE_CHECKING:
    from displays.voice import SpeechEngine
    from hall_server.server import Server


@dataclass(slots=True)
class Room:
    """The displays of one hall, as ``server.rooms["displays"]``.

    Attributes:
        voice: what the hall says; without an announcer where it does not speak.
    """

    screens: Screens
    hung: ScreenRoom
    voice: Voice

    def alarms(self) -> list[Alarm]:
        """What somebody should look at."""
        return self.voice.alarms()


def install(server: Server, *, engine: SpeechEngine | None = None) -> None:
    """Install the displays; after the queue, and after the devices, whose start brings the way to the broker.

    Args:
        server: the hall.
        engine: speaks in place of the hall's own.
    """
    queue: Queue = server.rooms["hall_queue"]
    screens, touches = Screens(queue.hall, queue.pictures, queue.notices), Touches(queue.hall)
    server.fold(touches)
    server.view("board", BoardView(screens, touches, server.directory))
    server.view("window", WindowView(screens, touches, server.directory))
    server.view("voice", VoiceView(server.directory))
    server.locales.add(Path(__file__).parent / "locales")
    what_hangs = hung.install(server, screens, touches)
    _install_devices(server, queue, screens, touches, what_hangs)
    voice = voice_room.install(server, queue, engine=engine, speakers=Speakers(server, server.clock))
    server.route(*web.routes(voice.announcer))
    read_aloud.install(server, voice_room.reading_engines(server, engine))
    server.rooms["displays"] = Room(screens, what_hangs, voice)


def _install_devices(server: Server, queue: Queue, screens: Screens, touches: Touches, what_hangs: ScreenRoom) -> None:
    devices = DeviceScreens(server, screens, touches, what_hangs)

    def refresh(window: str) -> None:
        devices.refresh_window(window)
        server.live.refresh(f"window/{window}")

    def notice_over() -> None:
        devices.refresh_all()
        for zone in server.directory.zones:
            server.live.refresh(f"board/{zone}")
        for window in server.directory.windows:
            server.live.refresh(f"window/{window}")
        for topic in what_hangs.topics():
            server.live.refresh(topic)

    over = NoticeEnds(queue.notices, server.now, notice_over)

    def refresh_zone(zone: str) -> None:
        devices.refresh_zone(zone)
        server.live.refresh(f"board/{zone}")
        server.live.refresh("overview/hall")

    waits = WaitsShown(queue.hall, screens, refresh_zone)

    async def start() -> None:
        server.spawn(devices.run(), "device screens")
        server.spawn(waits.run(), "waits on boards")
        server.spawn(over.run(), "notices over")
        devices.refresh_all()

    server.listen("notices over", over.committed, queue.notices.types)
    ends = RatingEnds(queue.hall, screens, refresh)
    server.listen("device screens", devices.committed)
    server.listen("rating ends", ends.finished, (m.TicketFinished.type, m.TicketForwarded.type, RATING_GIVEN))
    server.on_start("device screens", start)
    server.on_start("rating ends", ends.start)
    server.on_stop("rating ends", ends.stop)
