"""What a manager should look at now: lines, windows, people nobody could check, bad ratings, devices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from dashboards.live.severity import ORDER, Severity, href_of, severity_of
from devices.paper import Paper
from evaluation.state import Ratings
from hall_queue.model import Flag, Ticket, TicketState, WindowState
from hall_queue.rules import Hall
from hall_server.directory.model import Line, Window

LONG_WAIT = timedelta(minutes=30)
"""A wait that should not be, in a line whose rules say nothing of ageing."""
IDLE_S = 300
"""A window may be open so long without calling while people wait for it; then it is 脱岗."""
BAD_RATING_S = 900
"""So long a bad rating counts as just given."""
NUMBERS_NAMED = 5
"""So many numbers an alarm names; of the others it says how many there are."""
PRESENT = frozenset({TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.HELD})

Fields = dict[str, str | int | None]


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Something that should not be; ``manager.alarm.{code}`` is its text and ``fields`` fill it.

    What a manager does about it is ``manager.alarm_do.{code}``.

    Attributes:
        since: from when; None where that is not known. Of a wait: since when somebody waits.
        acknowledged_by: who takes care of it, where somebody has said so on the device board.
        href: the page on which something is done about it.
        severity: how soon somebody must go.
    """

    code: str
    since: datetime | None
    fields: Fields
    acknowledged_by: str | None = None
    href: str | None = None
    severity: Severity = Severity.SOON


def in_order(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Alarms with severity and page: the worst first; of these those nobody sees to, and what stands longest."""
    return tuple(sorted((_placed(alarm) for alarm in alarms), key=_worst_first))


def _placed(alarm: Alarm) -> Alarm:
    href = alarm.href or href_of(alarm.code, alarm.fields)
    return msgspec.structs.replace(alarm, severity=severity_of(alarm.code), href=href)


def _worst_first(alarm: Alarm) -> tuple[int, bool, bool, float]:
    since = alarm.since.timestamp() if alarm.since else 0.0
    return ORDER[alarm.severity], alarm.acknowledged_by is not None, alarm.since is None, since


class DeviceStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A device as the manager sees it.

    Attributes:
        name: as people call it; empty where nobody has named it.
        place: id of its window or zone; place_name: as people look for it.
        status: online, offline, fault or unknown (never heard of).
        paper: what a kiosk last said of its paper: ok, near_end or out; None where it says nothing.
        paper_since: since when it is out of paper, as far as the hall has heard.
    """

    id: str
    kind: str
    name: str = ""
    place: str | None = None
    place_name: str = ""
    place_name_en: str = ""
    status: str
    since: datetime | None = None
    paper: str | None = None
    paper_since: datetime | None = None


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
            *self._unchecked(),
            *self._bad_ratings(now),
            *(alarm for device in devices for alarm in self._device(device)),
        )

    def long_wait(self, line: Line) -> timedelta:
        """After this a wait in the line is too long: when its rules let people go first for having waited."""
        return self._hall.rulebook.of(line.id).ageing or LONG_WAIT

    def _line(self, line: Line, now: datetime) -> Iterator[Alarm]:
        longest = self._hall.queue.waiting.longest(line.id, now)
        if longest is None:
            return
        waiting = self._hall.queue.waiting.count(line.id)
        about: Fields = {"id": line.id, "line": line.name, "line_en": line.name_en or line.name}
        if not self._hall.open_windows(line.id):
            yield Alarm(code="line.unserved", since=longest, fields={**about, "waiting": waiting})
        limit = self.long_wait(line)
        if now - longest > limit:
            yield Alarm(code="line.long_wait", since=longest, fields={**about, "limit_s": int(limit.total_seconds())})

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
            yield Alarm(code="window.idle", since=since, fields={**_named(window), "number": ticket.number})

    def _unchecked(self) -> Iterator[Alarm]:
        """Who is here with a number that was given while the outside check of persons gave no answer."""
        found = [ticket for ticket in self._hall.queue.tickets.values() if ticket.flags and _is_unchecked(ticket)]
        if found:
            numbers = ", ".join(ticket.number for ticket in found[:NUMBERS_NAMED])
            more = "…" if len(found) > NUMBERS_NAMED else ""
            fields: Fields = {"tickets": len(found), "numbers": numbers + more}
            yield Alarm(code="ticket.unchecked", since=found[0].issued_at, fields=fields)

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

    def _device(self, device: DeviceStanding) -> Iterator[Alarm]:
        """A kiosk that has told that it has no paper has no other fault."""
        place: Fields = {"place": device.place_name or "–", "place_en": device.place_name_en or "–"}
        fields: Fields = {"id": device.id, "kind": device.kind, "name": device.name, **place}
        if device.paper == Paper.OUT and device.status != "offline":
            yield Alarm(code="kiosk.paper_out", since=device.paper_since, fields=fields)
        elif device.status in {"offline", "fault"}:
            yield Alarm(code=f"device.{device.status}", since=device.since, fields=fields)


def _named(window: Window) -> Fields:
    return {
        "id": window.id,
        "window_number": window.number,
        "window": window.name,
        "window_en": window.name_en or window.name,
    }


def _is_unchecked(ticket: Ticket) -> bool:
    return Flag.UNCHECKED in ticket.flags and ticket.state in PRESENT
