"""The hall's notices and its emergency in memory, folded from events; the queue asks here before it acts."""

from __future__ import annotations

from datetime import datetime

from hall_queue.notices import messages as n
from hall_queue.notices.model import Emergency, Notice
from hall_server.errors import Refused
from hall_server.messages import Recorded


class Notices:
    """What the hall has to say now (the Fold port of the server).

    Attributes:
        emergency: the present one, None in good times.
        notices: by id, those whose time is over included until the next one comes.
    """

    def __init__(self) -> None:
        self.types = frozenset(event.type for event in n.EVENTS)
        self.emergency: Emergency | None = None
        self.notices: dict[str, Notice] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case n.NoticeBroadcast() as event:
                self._forget_old(recorded.at)
                self.notices[event.notice] = _notice(event, recorded)
            case n.NoticeWithdrawn() as event:
                self.notices.pop(event.notice, None)
            case n.EmergencyRaised() as event:
                self.emergency = _emergency(event, recorded)
            case n.EmergencyLifted():
                self.emergency = None
            case _:
                return

    def shown(self, now: datetime, zone: str | None = None) -> list[Notice]:
        """The notices whose time is not over, warnings first, then the newest; ``zone``: only what it shows."""
        found = [one for one in self.notices.values() if now < one.until and (zone is None or one.is_for(zone))]
        found.sort(key=lambda one: one.since, reverse=True)
        return sorted(found, key=lambda one: one.kind != "warning")

    def next_end(self, now: datetime) -> datetime | None:
        """When the next notice's time is over; None where none is shown."""
        return min((one.until for one in self.notices.values() if now < one.until), default=None)

    def check_issuing(self) -> None:
        """Refuse while an emergency stops the issuing of numbers.

        Raises:
            Refused: ``hall.emergency``.
        """
        if self.emergency is not None and self.emergency.stops_issuing:
            raise _stopped(self.emergency)

    def check_calling(self) -> None:
        """Refuse while an emergency stops the calling.

        Raises:
            Refused: ``hall.emergency``.
        """
        if self.emergency is not None and self.emergency.stops_calling:
            raise _stopped(self.emergency)

    def _forget_old(self, now: datetime) -> None:
        """A hall that runs for years must not remember every notice."""
        self.notices = {id_: one for id_, one in self.notices.items() if now < one.until}


def _stopped(emergency: Emergency) -> Refused:
    return Refused("hall.emergency", kind=emergency.kind.value, text=emergency.zh, text_en=emergency.en or emergency.zh)


def _notice(event: n.NoticeBroadcast, recorded: Recorded) -> Notice:
    return Notice(
        id=event.notice,
        zh=event.zh,
        en=event.en,
        kind=event.kind,
        zones=event.zones,
        until=event.until,
        since=recorded.at,
        by=recorded.actor,
        reason=event.reason,
    )


def _emergency(event: n.EmergencyRaised, recorded: Recorded) -> Emergency:
    return Emergency(
        id=event.emergency,
        kind=event.kind,
        zh=event.zh,
        en=event.en,
        do_zh=event.do_zh,
        do_en=event.do_en,
        stops_issuing=event.stops_issuing,
        stops_calling=event.stops_calling,
        since=recorded.at,
        by=recorded.actor,
        reason=event.reason,
    )
