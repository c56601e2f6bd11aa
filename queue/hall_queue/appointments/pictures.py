"""What pages show of appointments: free places, the visitor's own, and the manager's day."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import msgspec

from hall_queue.appointments.attending import Attending
from hall_queue.appointments.keeping import Keeping
from hall_queue.appointments.model import Appointment, AppointmentState, LinePlan
from hall_queue.picture_types import Name, WindowName
from hall_server.directory.model import Guidance, Line, Matter, Span

MOST_DAYS = 100


class SlotPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """A slot as visitors see it; times "HH:MM" in the hall. ``free``: places that can be booked now."""

    begin: str
    end: str
    due: datetime
    quota: int
    free: int


class DayPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """A day that may be booked. ``open``: whether the hall is open; ``note``: why the day is not as others."""

    day: date
    open: bool
    free: int
    note: str
    slots: list[SlotPlaces]


class PlacesPicture(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/appointments/slots`: the places of a line, day by day; ``offered``: it gives appointments at all."""

    line: str
    line_name: str
    line_name_en: str
    offered: bool
    id_required: bool
    today: date
    last_day: date
    days: list[DayPlaces]


class OfferedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that gives appointments: how many places are free, and the first day with one."""

    id: str
    name: str
    name_en: str
    free: int
    first: date | None


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/appointments/lines`: where one may book."""

    items: list[OfferedLine]


class HeldTicket(msgspec.Struct, frozen=True, kw_only=True):
    """The number that an appointment became."""

    number: str
    token: str


class AppointmentPicture(msgspec.Struct, frozen=True, kw_only=True):
    """The visitor's page of an appointment; ``opens`` and ``closes``: from when to when one checks in."""

    hall: Name
    id: str
    state: AppointmentState
    late: bool
    reason: str
    code: str
    day: date
    due: datetime
    until: datetime
    opens: datetime
    closes: datetime
    line_name: str
    line_name_en: str
    matter_name: str
    matter_name_en: str
    guidance: Guidance | None
    zone_name: str
    zone_name_en: str
    windows: list[WindowName]
    ticket: HeldTicket | None


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment of the manager's day; ``stranded``: the plan has no slot there any more."""

    id: str
    due: datetime
    until: datetime
    line: str
    line_name: str
    line_name_en: str
    matter_name: str
    matter_name_en: str
    state: AppointmentState
    late: bool
    reason: str
    number: str | None
    booked_at: datetime
    stranded: bool


class LinePlaces(msgspec.Struct, frozen=True, kw_only=True):
    """How many places a line has on a day, and how many of them are taken."""

    line: str
    name: str
    name_en: str
    quota: int
    taken: int


class DayPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A day's appointments for the manager, in order of time, without who they are."""

    day: date
    counts: dict[AppointmentState, int]
    lines: list[LinePlaces]
    items: list[Listed]


class PlanPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A line's plan with what it does: the places that can be booked, and the appointments no slot stands under.

    Attributes:
        hours: the hall's, Monday first; none: open at all times.
    """

    line: str
    name: str
    name_en: str
    prefix: str
    plan: LinePlan
    hours: tuple[tuple[Span, ...], ...]
    places_ahead: int
    stranded: list[Listed]


class AppointmentPictures:
    """Makes them from the live state."""

    def __init__(self, keeping: Keeping, attending: Attending) -> None:
        self._keeping = keeping
        self._attending = attending

    def places(self, line: str, *, first: date | None = None, last: date | None = None) -> PlacesPicture:
        """The places of a line from one day to another, as far as they may be booked."""
        keeping = self._keeping
        today, end = keeping.today(), keeping.last_day()
        row = keeping.hall.line(line)
        begin, stop = max(today, first or today), min(end, last or end)
        count = min((stop - begin).days + 1, MOST_DAYS)
        return PlacesPicture(
            line=line,
            line_name=row.name,
            line_name_en=row.name_en,
            offered=row.active and line in keeping.kept.plans,
            id_required=keeping.hall.rulebook.of(line).id_required,
            today=today,
            last_day=end,
            days=[self._day_places(line, begin + timedelta(days=at)) for at in range(count)],
        )

    def offered(self) -> Offered:
        """The lines that give appointments, by prefix."""
        found = []
        for line in self._keeping.hall.directory.lines_in_order():
            if line.id not in self._keeping.kept.plans:
                continue
            days = self.places(line.id).days
            found.append(
                OfferedLine(
                    id=line.id,
                    name=line.name,
                    name_en=line.name_en,
                    free=sum(day.free for day in days),
                    first=next((day.day for day in days if day.free), None),
                )
            )
        return Offered(items=found)

    def appointment(self, one: Appointment) -> AppointmentPicture:
        """The visitor's page."""
        hall = self._keeping.hall
        line, matter, home = hall.directory.lines.get(one.line), self._matter(one), hall.directory.hall
        zone = hall.directory.zones.get(line.zone) if line else None
        held = hall.queue.tickets.get(one.ticket or "")
        return AppointmentPicture(
            hall=Name(id=home.id if home else "", name=home.name if home else "", name_en=home.name_en if home else ""),
            id=one.id,
            state=one.state,
            late=one.late,
            reason=one.reason,
            code=one.code,
            day=one.day,
            due=hall.taking.local(one.due),
            until=hall.taking.local(one.until),
            opens=hall.taking.local(self._attending.opens(one)),
            closes=hall.taking.local(self._attending.closes(one)),
            **_names(line, matter),
            guidance=matter.guidance if matter else None,
            zone_name=zone.name if zone else "",
            zone_name_en=zone.name_en if zone else "",
            windows=[
                WindowName(id=w.id, number=w.number, name=w.name, name_en=w.name_en)
                for w in hall.serving_windows(one.line, one.matter)
            ],
            ticket=HeldTicket(number=held.number, token=held.token) if held else None,
        )

    def day(self, day: date) -> DayPicture:
        """The manager's day."""
        keeping = self._keeping
        found = keeping.kept.on(day)
        stranded = {one.id for line in {one.line for one in found} for one in keeping.stranded(line)}
        counts = Counter(one.state for one in found)
        return DayPicture(
            day=day,
            counts={state: counts[state] for state in AppointmentState},
            lines=[self._line_places(line, day) for line in keeping.hall.directory.lines_in_order()],
            items=[self.listed(one, stranded=one.id in stranded) for one in found],
        )

    def plan(self, line: str, plan: LinePlan | None = None) -> PlanPicture:
        """A line's plan, or one that is being tried."""
        keeping = self._keeping
        row, chosen = keeping.hall.line(line), keeping.kept.plan(line) if plan is None else plan
        days, today, last = keeping.days, keeping.today(), keeping.last_day()
        ahead = range((last - today).days + 1)
        return PlanPicture(
            line=line,
            name=row.name,
            name_en=row.name_en,
            prefix=row.prefix,
            plan=chosen,
            hours=keeping.hall.directory.hours.days if keeping.hall.directory.hours else (),
            places_ahead=sum(slot.quota for at in ahead for slot in days.slots(chosen, today + timedelta(days=at))),
            stranded=[self.listed(one, stranded=True) for one in keeping.stranded(line, chosen)],
        )

    def listed(self, one: Appointment, *, stranded: bool) -> Listed:
        """A row of the manager's lists."""
        hall = self._keeping.hall
        held = hall.queue.tickets.get(one.ticket or "")
        return Listed(
            id=one.id,
            due=hall.taking.local(one.due),
            until=hall.taking.local(one.until),
            line=one.line,
            **_names(hall.directory.lines.get(one.line), self._matter(one)),
            state=one.state,
            late=one.late,
            reason=one.reason,
            number=held.number if held else None,
            booked_at=one.booked_at,
            stranded=stranded and one.is_open,
        )

    def _day_places(self, line: str, day: date) -> DayPlaces:
        keeping = self._keeping
        now = keeping.hall.now()
        slots = [
            SlotPlaces(
                begin=f"{slot.begins:%H:%M}",
                end=f"{slot.ends:%H:%M}",
                due=slot.begins,
                quota=slot.quota,
                free=keeping.bookable(line, slot, now),
            )
            for slot in keeping.slots(line, day)
        ]
        return DayPlaces(
            day=day,
            open=bool(keeping.days.spans(day)),
            free=sum(slot.free for slot in slots),
            note=next((one.note for one in keeping.kept.plan(line).days if one.day == day), ""),
            slots=slots,
        )

    def _line_places(self, line: Line, day: date) -> LinePlaces:
        slots, now = self._keeping.slots(line.id, day), self._keeping.hall.now()
        return LinePlaces(
            line=line.id,
            name=line.name,
            name_en=line.name_en,
            quota=sum(slot.quota for slot in slots),
            taken=sum(self._keeping.kept.taken(line.id, slot, now) for slot in slots),
        )

    def _matter(self, one: Appointment) -> Matter | None:
        return self._keeping.hall.directory.matters.get(one.matter or "")


def _names(line: Line | None, matter: Matter | None) -> dict[str, str]:
    return {
        "line_name": line.name if line else "",
        "line_name_en": line.name_en if line else "",
        "matter_name": matter.name if matter else "",
        "matter_name_en": matter.name_en if matter else "",
    }
