"""The manager's picture of the hall, made from the live state, whole and in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice

import msgspec

from dashboards.alarms import PRESENT, Alarm, Alarms, DeviceStanding, in_order
from dashboards.live.curve import Curve
from dashboards.live.today import TodayCurve, UsualOf, nothing_usual
from devices.paper import Paper
from evaluation.model import good_rate
from evaluation.state import Ratings
from hall_queue.model import Ticket, TicketState, WindowState
from hall_queue.picture_types import HallName, StaffMark
from hall_queue.pictures import Pictures
from hall_queue.wait import AccuracyPicture, Wait
from hall_server.directory.model import Line, Window

RECENT_SHOWN = 20

Devices = Callable[[], Iterable[object]]
PaperSince = Callable[[str], datetime | None]
Acknowledged = Callable[[str, str], str | None]


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Today's tickets: how many were issued, and how many stand where.

    Attributes:
        present: whose people are in the hall now: they wait, are called or served, or are on hold.
    """

    present: int
    issued: int
    waiting: int
    called: int
    serving: int
    held: int
    done: int
    passed: int
    cancelled: int
    expired: int


class HallLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line.

    Attributes:
        longest_since: when the one arrived who waits longest.
        long_wait_s: after this a wait there is too long, seconds.
        given: numbers of today that count here; sent_here: how many of them were taken elsewhere and sent here.
    """

    id: str
    name: str
    name_en: str
    prefix: str
    zone: str
    open: bool
    waiting: int
    longest_since: datetime | None
    long_wait_s: float
    wait_s: Wait | None
    windows_open: int
    given: int
    sent_here: int


class HallWindow(msgspec.Struct, frozen=True, kw_only=True):
    """A window; ``number`` is the ticket's there, ``lines`` are ids in order of preference."""

    id: str
    window_number: int
    name: str
    name_en: str
    zone: str
    state: WindowState
    since: datetime | None
    reason: str | None
    staff: StaffMark | None
    number: str | None
    served: int
    lines: tuple[str, ...]


class Satisfaction(msgspec.Struct, frozen=True, kw_only=True):
    """Today's ratings: counts of levels 1 to 5, marked ones too; 好评率 of the others, None before the first."""

    counts: tuple[int, ...]
    rate: float | None


class RecentCall(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket's last call, ``ticket.called`` or ``ticket.recalled``; no window where it went back to its line."""

    at: datetime | None
    type: str
    number: str
    window: str | None


class HallPicture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the manager's page shows."""

    hall: HallName
    now: datetime
    totals: Totals
    lines: tuple[HallLine, ...]
    windows: tuple[HallWindow, ...]
    satisfaction: Satisfaction
    curve: Curve
    recent: tuple[RecentCall, ...]
    estimate: AccuracyPicture
    devices: tuple[DeviceStanding, ...]
    alarms: tuple[Alarm, ...]


class _Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What the devices' room says of a device; ``detail`` is what the device last told."""

    id: str
    kind: str
    name: str = ""
    place: str | None = None
    status: str
    since: datetime | None = None
    detail: dict[str, object] = {}

    def standing(self, place_name: str, place_name_en: str, paper_since: datetime | None) -> DeviceStanding:
        paper = self.detail.get("paper")
        return DeviceStanding(
            id=self.id,
            kind=self.kind,
            name=self.name,
            place=self.place,
            place_name=place_name,
            place_name_en=place_name_en,
            status=self.status,
            since=self.since,
            paper=paper if isinstance(paper, str) else None,
            paper_since=paper_since if paper == Paper.OUT else None,
        )


class HallPictures:
    """Makes pictures of the present state."""

    def __init__(
        self,
        pictures: Pictures,
        ratings: Ratings,
        devices: Devices,
        others: Devices = tuple,
        paper_since: PaperSince = lambda _: None,
        acknowledged: Acknowledged = lambda device, code: None,
        usual_of: UsualOf = nothing_usual,
    ) -> None:
        """Take where to ask.

        Args:
            pictures: of the queue.
            ratings: of today.
            devices: how every device is, in any order, each with what `_Heard` has.
            others: what is wrong in other rooms, each with what `Alarm` has.
            paper_since: since when a device, by id, has no paper; None where that is not known.
            acknowledged: who takes care of a device's alarm of a code; None: nobody.
            usual_of: what is usual on a day, and whether that is known already.
        """
        self._pictures = pictures
        self._hall = pictures.hall
        self._ratings = ratings
        self._devices = devices
        self._others = others
        self._paper_since = paper_since
        self._acknowledged = acknowledged
        self._alarms = Alarms(pictures.hall, ratings)
        self._curve = TodayCurve(pictures.hall, usual_of)

    def hall(self) -> HallPicture:
        """The whole picture."""
        directory, devices = self._hall.directory, self.devices()
        windows = sorted((w for w in directory.windows.values() if w.active), key=lambda window: window.number)
        return HallPicture(
            hall=self._pictures.hall_name(),
            now=self._hall.local_now(),
            totals=self._totals(),
            lines=tuple(self._line(line) for line in directory.lines_in_order()),
            windows=tuple(self._window(window) for window in windows),
            satisfaction=Satisfaction(counts=tuple(self._ratings.counts), rate=good_rate(self._ratings.valid_counts)),
            curve=self._curve.curve(),
            recent=self._recent(),
            devices=devices,
            alarms=self._all_alarms(devices),
            estimate=self._hall.accuracy.picture(),
        )

    def devices(self) -> tuple[DeviceStanding, ...]:
        """How every device is, by id."""
        heard = (msgspec.convert(one, _Heard, from_attributes=True) for one in self._devices())
        found = (one.standing(*self._place(one.place), self._paper_since(one.id)) for one in heard)
        return tuple(sorted(found, key=lambda device: device.id))

    def by_time(self) -> tuple[object, ...]:
        """What changes without an event: alarms, devices, the curve. Equal values mean an equal picture."""
        devices = self.devices()
        return self._all_alarms(devices), devices, self._curve.mark()

    # -- inside

    def _all_alarms(self, devices: tuple[DeviceStanding, ...]) -> tuple[Alarm, ...]:
        others = (msgspec.convert(one, Alarm, from_attributes=True) for one in self._others())
        return in_order(self._held(alarm) for alarm in (*self._alarms.now(devices), *others))

    def _held(self, alarm: Alarm) -> Alarm:
        """An alarm of a device with who takes care of it."""
        if "kind" not in alarm.fields:
            return alarm
        by = self._acknowledged(str(alarm.fields.get("id")), alarm.code)
        return alarm if by is None else msgspec.structs.replace(alarm, acknowledged_by=by)

    def _place(self, place: str | None) -> tuple[str, str]:
        """A window or a zone by its name, in both languages."""
        window = self._hall.directory.windows.get(place or "")
        zone = self._hall.directory.zones.get(place or "")
        if window is not None:
            return f"{window.number} · {window.name}", f"{window.number} · {window.name_en or window.name}"
        return (zone.name, zone.name_en or zone.name) if zone is not None else (place or "", place or "")

    def _totals(self) -> Totals:
        counts = self._hall.queue.counts
        present = sum(counts[state] for state in PRESENT)
        return Totals(
            present=present, issued=self._hall.queue.serial, **{state.value: counts[state] for state in TicketState}
        )

    def _line(self, line: Line) -> HallLine:
        seen = self._pictures.line(line)
        return HallLine(
            id=seen.id,
            name=seen.name,
            name_en=seen.name_en,
            prefix=seen.prefix,
            zone=seen.zone,
            open=seen.open,
            waiting=seen.waiting,
            longest_since=self._hall.queue.waiting.longest(line.id, self._hall.now()),
            long_wait_s=self._alarms.long_wait(line).total_seconds(),
            wait_s=seen.wait_s,
            windows_open=seen.windows_open,
            given=seen.given,
            sent_here=seen.sent_here,
        )

    def _window(self, window: Window) -> HallWindow:
        desk, ticket = self._hall.queue.desk(window.id), self._hall.queue.current(window.id)
        return HallWindow(
            id=window.id,
            window_number=window.number,
            name=window.name,
            name_en=window.name_en,
            zone=window.zone,
            state=desk.state,
            since=desk.since,
            reason=desk.reason,
            staff=self._pictures.staff_mark(desk.staff),
            number=ticket.number if ticket else None,
            served=desk.served,
            lines=window.lines,
        )

    def _recent(self) -> tuple[RecentCall, ...]:
        queue = self._hall.queue
        return tuple(_call(queue.tickets[id_]) for id_ in islice(reversed(queue.recent_calls), RECENT_SHOWN))


def _call(ticket: Ticket) -> RecentCall:
    type_ = "ticket.recalled" if ticket.recalls else "ticket.called"
    return RecentCall(at=ticket.called_at, type=type_, number=ticket.number, window=ticket.window)
