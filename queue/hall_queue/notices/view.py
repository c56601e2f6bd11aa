"""The live feed's topic ``notices/hall``: the emergency and the notices, for every screen and every phone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from hall_queue.notices.model import Emergency, EmergencyKind, Notice, NoticeKind
from hall_queue.notices.state import Notices
from hall_server.directory.directory import Directory
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.routes import PUBLIC, Access

TOPIC = "notices"
KEY = "hall"
LONGEST_SLEEP_S = 60.0


class ZoneName(msgspec.Struct, frozen=True, kw_only=True):
    """A zone by its names."""

    id: str
    name: str
    name_en: str


class NoticeShown(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as everybody may read it; ``zones`` empty: the whole hall."""

    id: str
    kind: NoticeKind
    zh: str
    en: str
    zones: tuple[ZoneName, ...]
    until: datetime


class EmergencyShown(msgspec.Struct, frozen=True, kw_only=True):
    """The emergency as everybody may read it: what has happened and what to do, not who said so."""

    id: str
    kind: EmergencyKind
    zh: str
    en: str
    do_zh: str
    do_en: str
    stops_issuing: bool
    stops_calling: bool
    since: datetime


class NoticesPicture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the hall has to say."""

    emergency: EmergencyShown | None
    notices: tuple[NoticeShown, ...]


class NoticePictures:
    """Makes the picture of the present state."""

    def __init__(self, notices: Notices, directory: Directory, now: Callable[[], datetime]) -> None:
        self.notices = notices
        self._directory = directory
        self.now = now

    def hall(self) -> NoticesPicture:
        """The whole picture."""
        emergency = self.notices.emergency
        return NoticesPicture(
            emergency=emergency_shown(emergency) if emergency else None,
            notices=tuple(self.notice(one) for one in self.notices.shown(self.now())),
        )

    def notice(self, notice: Notice) -> NoticeShown:
        """One notice."""
        zones = (self._directory.zones.get(zone) for zone in notice.zones)
        return NoticeShown(
            id=notice.id,
            kind=notice.kind,
            zh=notice.zh,
            en=notice.en,
            zones=tuple(ZoneName(id=zone.id, name=zone.name, name_en=zone.name_en) for zone in zones if zone),
            until=notice.until,
        )


class NoticesView:
    """``notices/hall``."""

    access: Access = PUBLIC

    def __init__(self, pictures: NoticePictures) -> None:
        self._pictures = pictures

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether it is the one picture there is."""
        return key == KEY

    def picture(self, _: str) -> NoticesPicture:
        """The picture."""
        return self._pictures.hall()

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The one picture, where notices, the emergency or a zone's name changed."""
        kind = recorded.event.type
        is_ours = kind in self._pictures.notices.types or kind in {"directory.zone_saved", "day.opened"}
        return (KEY,) if is_ours else ()


class NoticeEnds:
    """Has the screens drawn anew when a notice's time is over, which no event tells of."""

    def __init__(self, notices: Notices, now: Callable[[], datetime], ended: Callable[[], None]) -> None:
        self._notices = notices
        self._now = now
        self._ended = ended
        self._changed = asyncio.Event()

    def committed(self, _: Recorded) -> None:
        """Look again when the next one ends."""
        self._changed.set()

    async def run(self) -> None:
        """Watch for as long as the server runs."""
        while True:
            self._changed.clear()
            shown = self._ids()
            end = self._notices.next_end(self._now())
            left_s = (end - self._now()).total_seconds() if end else LONGEST_SLEEP_S
            try:
                await asyncio.wait_for(self._changed.wait(), max(0.05, min(left_s, LONGEST_SLEEP_S)))
            except TimeoutError:
                if self._ids() != shown:
                    self._ended()

    def _ids(self) -> list[str]:
        return [one.id for one in self._notices.shown(self._now())]


def emergency_shown(emergency: Emergency) -> EmergencyShown:
    """What everybody may know of an emergency."""
    return EmergencyShown(
        id=emergency.id,
        kind=emergency.kind,
        zh=emergency.zh,
        en=emergency.en,
        do_zh=emergency.do_zh,
        do_en=emergency.do_en,
        stops_issuing=emergency.stops_issuing,
        stops_calling=emergency.stops_calling,
        since=emergency.since,
    )
