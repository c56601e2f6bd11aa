"""Announcements and their order in each zone: one after another, never overlapping, never late."""

from collections import deque
from datetime import datetime, timedelta

import msgspec

SPOKEN_WITHIN = timedelta(seconds=30)
"""An announcement is not spoken later than this after what it tells: the visitor has long read it."""

LONGEST_SPEECH = timedelta(seconds=30)
"""A zone whose speaker never says that it has finished is free again after this."""

LONGEST_QUEUE = 20
"""Announcements waiting in one zone; more than this could not be spoken in time, so the oldest goes."""


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """Something to say in one zone.

    Attributes:
        id: Of this announcement; a recall has a new one.
        zone: Where.
        texts: Language (`zh`, `en`) → what is said.
        until: Not to be begun at or after this time (aware).
        is_urgent: Goes before everything that waits; of what is urgent the newest alone counts.
        ticket: Who is called; None for what concerns everybody.
        also: Further zones that hear it at the same moment.
        shared: The room that the zone shares with others, where not even two zones may speak at once.
    """

    id: str
    zone: str
    texts: dict[str, str]
    until: datetime
    is_urgent: bool = False
    ticket: str | None = None
    also: tuple[str, ...] = ()
    shared: str | None = None

    @property
    def room(self) -> str:
        """Where it waits its turn."""
        return self.shared or self.zone


class _Lane:
    """One zone, or one room of several: what waits, and what is being spoken until when."""

    def __init__(self) -> None:
        self.waiting: deque[Announcement] = deque()
        self.speaking: Announcement | None = None
        self.silent_at: datetime | None = None


class ZoneQueue:
    """Puts the announcements of every zone in order; zones speak independently of each other.

    Pure: the clock is passed in. Where a zone is asked for, a room that zones share is meant too.
    """

    def __init__(self) -> None:
        self._lanes: dict[str, _Lane] = {}

    def offer(self, announcement: Announcement, now: datetime) -> bool:
        """Queues an announcement; False where it is too late or already there."""
        lane = self._lanes.setdefault(announcement.room, _Lane())
        _drop_late(lane, now)
        known = [*lane.waiting, *([lane.speaking] if lane.speaking else [])]
        if now >= announcement.until or any(other.id == announcement.id for other in known):
            return False
        if announcement.is_urgent:
            lane.waiting = deque([announcement, *(other for other in lane.waiting if not other.is_urgent)])
        else:
            lane.waiting.append(announcement)
        if len(lane.waiting) > LONGEST_QUEUE:
            del lane.waiting[int(lane.waiting[0].is_urgent)]
        return True

    def take(self, zone: str, now: datetime, *, length: timedelta = LONGEST_SPEECH) -> Announcement | None:
        """The zone's next announcement, which is being spoken from now on, or None: still speaking, or nothing left.

        Args:
            zone: Of the speaker.
            now: Aware time.
            length: How long it will take, where that is known already; else call `lasts` or `finished`.
        """
        lane = self._lanes.get(zone)
        if lane is None or (lane.silent_at is not None and now < lane.silent_at):
            return None
        lane.speaking = lane.silent_at = None
        _drop_late(lane, now)
        if lane.waiting:
            lane.speaking = lane.waiting.popleft()
            lane.silent_at = now + length
        return lane.speaking

    def lasts(self, zone: str, announcement_id: str, *, length: timedelta, now: datetime) -> None:
        """Says how long what is being spoken will still take, once its sound is rendered."""
        lane = self._lanes.get(zone)
        if lane is not None and lane.speaking is not None and lane.speaking.id == announcement_id:
            lane.silent_at = now + length

    def finished(self, zone: str, announcement_id: str) -> None:
        """Frees the zone: spoken to the end, or given up; anything but what is being spoken is ignored."""
        lane = self._lanes.get(zone)
        if lane is not None and lane.speaking is not None and lane.speaking.id == announcement_id:
            lane.speaking = lane.silent_at = None

    def silent_at(self, zone: str) -> datetime | None:
        """When the zone falls silent, or None where nothing is being spoken."""
        lane = self._lanes.get(zone)
        return lane.silent_at if lane is not None else None

    def waiting(self, zone: str) -> tuple[Announcement, ...]:
        """What is still to be said in the zone, in order."""
        lane = self._lanes.get(zone)
        return tuple(lane.waiting) if lane is not None else ()


def _drop_late(lane: _Lane, now: datetime) -> None:
    lane.waiting = deque(waiting for waiting in lane.waiting if now < waiting.until)
