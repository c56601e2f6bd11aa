"""What a manager should look at now: unserved lines, long waits, idle windows, bad ratings, lost devices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from evaluation.state import Ratings
from hall_queue.model import WindowState
from hall_queue.rules import Hall
from hall_server.directory.model import Line, Window

LONG_WAIT = timedelta(minutes=30)  # a wait that should not be
IDLE_S = 300
"""A window may be open so long without calling while people wait for it; then it is 脱岗."""
BAD_RATING_S = 900
"""So long a bad rating counts as just given."""


Fields = dict[str, str | int | None]


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Something that should not be; ``manager.alarm.{code}`` is its text and ``fields`` fill it.

    Attributes:
        since: from when; None where that is not known.
    """

    code: str
    since: datetime | None
    fields: Fields


class DeviceStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A device as the manager sees it; ``status`` is online, offline, fault or unknown (never heard of)."""

    id: str
    kind: str
    place: str | None = None
    status: str
    since: datetime | None = None


class Alarms:
    """Finds what is wrong in the present state; the same state gives the same alarms in the same order."""

    def __init__(self, hall: Hall, ratings: Ratings) -> None:
        self._hall = hall
        self._ratings = ratings

    def now(self, devices: Iterable[DeviceStanding]) -> tuple[Alarm, ...]:
        """Everything that is wrong now, people first."""
        now = self._hall.now()
        windows = sorted(self._hall.directory.windows.values(), key=lambda window: window.number)
        lines = self._hall.directory.lines_in_order()
        return (
            *(alarm for line in lines for alarm in self._line(line, now)),
            *(alarm for window in windows for alarm in self._window(window, now)),
            *self._bad_ratings(now),
            *(alarm for device in devices for alarm in _device(device)),
        )

    def _line(self, line: Line, now: datetime) -> Iterator[Alarm]:
        longest = self._hall.queue.waiting.longest(line.id, now)
        if longest is None:
            return
        waiting = self._hall.queue.waiting.count(line.id)
        about: Fields = {"id": line.id, "line": line.name, "line_en": line.name_en or line.name}
        if not self._hall.open_windows(line.id):
            yield Alarm(code="line.unserved", since=longest, fields={**about, "waiting": waiting})
        if now - longest > LONG_WAIT:
            yield Alarm(code="line.long_wait", since=longest, fields={**about, "minutes": _minutes(now - longest)})

    def _window(self, window: Window, now: datetime) -> Iterator[Alarm]:
        """Open, nobody called, and somebody it may serve waits (脱岗). Source: domain page, attendance."""
        desk = self._hall.queue.desk(window.id)
        if desk.state is not WindowState.IDLE or desk.since is None:
            return
        pick = self._hall.queue.waiting.next(self._hall.asking(window, desk))
        if pick is None:
            return
        ticket = pick.ticket
        since = max(desk.since, ticket.since or ticket.arrival)
        if (now - since).total_seconds() > IDLE_S:
            fields = {**_named(window), "number": ticket.number, "minutes": _minutes(now - since)}
            yield Alarm(code="window.idle", since=since, fields=fields)

    def _bad_ratings(self, now: datetime) -> Iterator[Alarm]:
        for rating in reversed(self._ratings.recent):
            if (now - rating.given_at).total_seconds() > BAD_RATING_S:
                return
            if rating.level.is_bad:
                window = self._hall.directory.windows.get(rating.window)
                ticket = self._hall.queue.tickets.get(rating.ticket)
                said: Fields = {"number": ticket.number if ticket else "", "level": int(rating.level)}
                fields = {**(_named(window) if window else {}), **said}
                yield Alarm(code="rating.bad", since=rating.given_at, fields=fields)


def _named(window: Window) -> Fields:
    return {
        "id": window.id,
        "window_number": window.number,
        "window": window.name,
        "window_en": window.name_en or window.name,
    }


def _device(device: DeviceStanding) -> Iterator[Alarm]:
    if device.status in {"offline", "fault"}:
        fields: Fields = {"id": device.id, "kind": device.kind, "place": device.place or ""}
        yield Alarm(code=f"device.{device.status}", since=device.since, fields=fields)


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
