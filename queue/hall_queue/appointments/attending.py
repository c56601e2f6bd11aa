"""Checking in, and what the end of the day makes of those who did not come (domain rules 15 and 16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec

from hall_queue import messages as queue
from hall_queue.appointments import messages as m
from hall_queue.appointments.keeping import Keeping
from hall_queue.appointments.model import Appointment, AppointmentState
from hall_queue.issuing import Issued, Issuing
from hall_queue.rulebook import LatePolicy, Rules
from hall_server.directory.model import Matter
from hall_server.errors import Refused
from hall_server.identity import Role
from hall_server.messages import Event
from hall_server.outcome import Context, Outcome

NO_SHOWS = "no_shows"
"""Reason of a restriction that the hall makes by itself."""
RESTRICTED = "restricted"
"""Reason why an appointment is void whose owner has been restricted."""
NOT_OPEN = "not_open"
"""Reason why an appointment is void that nobody could have kept."""


class CheckedIn(msgspec.Struct, frozen=True, kw_only=True):
    """The number for an appointment.

    Attributes:
        late: its owner waits like everybody who comes now.
        windows_open: how many windows serve it now; with 0 its owner is told so, and is let in all the same.
    """

    appointment: str
    due: datetime
    late: bool
    matter_name: str
    matter_name_en: str
    windows_open: int
    ticket: Issued


class Attending:
    """Who comes and who does not."""

    def __init__(self, keeping: Keeping, issuing: Issuing) -> None:
        self._keeping = keeping
        self._issuing = issuing

    def check_in(self, command: m.CheckIn, context: Context) -> Outcome:
        """Give the owner of an appointment a number.

        Raises:
            NotFound: there is no such appointment.
            Refused: ``appointment.is_claimed`` (with the number) and so on, ``appointment.other_day``,
                ``appointment.too_early`` with ``opens``, ``appointment.too_late``; and what no number is given for.
        """
        one = self._keeping.appointment(command.appointment)
        self._refuse_ended(one, context)
        late, matter = self._is_late(one, context.now), self._matter(one)
        issued = self._issuing.numbered(
            queue.IssueTicket(
                matter=matter.id if matter else None,
                line=None if matter else one.line,
                channel=command.channel,
                person=one.person,
                priority=command.priority,
                appointment=one.id,
                due=None if late else one.due,
                language=command.language,
            ),
            context,
        )
        claimed = m.AppointmentClaimed(appointment=one.id, ticket=issued.ticket, late=late)
        return Outcome(events=(claimed, issued), reply=lambda: self._checked_in(one, issued.ticket))

    def restrict(self, command: m.RestrictPerson, context: Context) -> Outcome:
        """Restrict a person and take their appointments of that time back.

        Raises:
            Forbidden, Invalid: as :meth:`Restrictions.restrict`.
        """
        restricted = self._keeping.restrictions.restrict(command, context)
        yesterday = self._keeping.today() - timedelta(days=1)
        voided = self._take_back(command.person, after=yesterday, until=command.until, now=context.now)
        return Outcome(events=(*restricted.events, *voided), reply=restricted.reply)

    def opens(self, one: Appointment) -> datetime:
        """From when an appointment's owner may check in, UTC."""
        return one.due - timedelta(seconds=self._rules(one).check_in_before_s)

    def closes(self, one: Appointment) -> datetime:
        """Until when that is in time, UTC."""
        return one.due + timedelta(seconds=self._rules(one).check_in_after_s)

    def end_of_day(self, context: Context) -> Iterator[Event]:
        """What the end of the business day makes of appointments that nobody has used.

        Days of which the server has seen nothing, and times at which the hall is closed, are not held against anybody.
        """
        today = self._keeping.hall.taking.local(context.now).date()
        next_day = max(today, context.business_day + timedelta(days=1))
        missed: Counter[str] = Counter()
        for one in list(self._keeping.kept.by_id.values()):
            if not one.is_open or one.day >= next_day:
                continue
            if one.day > context.business_day or not self._could_be_kept(one):
                yield m.AppointmentVoided(appointment=one.id, reason=NOT_OPEN, reopens=context.now)
                continue
            yield m.AppointmentMissed(appointment=one.id, person=one.person, day=one.day)
            missed[one.person] += 1
        yield from self._restrict(missed, context.business_day, context.now)

    def _restrict(self, missed: Counter[str], day: date, now: datetime) -> Iterator[Event]:
        """Whoever misses too many within the hall's days may not book for as long."""
        rules = self._keeping.hall.rulebook.hall
        if not rules.no_shows_max:
            return
        since = day - timedelta(days=rules.no_shows_days - 1)
        until = day + timedelta(days=rules.no_shows_days)
        for person, count in missed.items():
            if self._keeping.kept.misses(person, since) + count < rules.no_shows_max:
                continue
            known = self._keeping.restrictions.of(person)
            if known is None or known.until < until:
                yield m.PersonRestricted(person=person, until=until, reason=NO_SHOWS)
                yield from self._take_back(person, after=day, until=until, now=now)

    def _take_back(self, person: str, *, after: date, until: date, now: datetime) -> Iterator[Event]:
        """The appointments that a restricted person could not check in for: somebody else may have the places."""
        for one in self._keeping.kept.of_person(person):
            if one.is_open and one.person == person and after < one.day <= until:
                yield m.AppointmentVoided(appointment=one.id, reason=RESTRICTED, reopens=self._reopens(one, now))

    def _reopens(self, one: Appointment, now: datetime) -> datetime:
        return now + timedelta(seconds=self._rules(one).slot_reopens_s)

    def _could_be_kept(self, one: Appointment) -> bool:
        line = self._keeping.hall.directory.lines.get(one.line)
        return line is not None and line.active and self._keeping.days.is_open_at(one.due)

    def _refuse_ended(self, one: Appointment, context: Context) -> None:
        if one.state is AppointmentState.CLAIMED:
            held = self._keeping.hall.queue.tickets.get(one.ticket or "")
            may_have_it = context.actor.kind is not Role.VISITOR or self._keeping.hall.settings.open_ticketing
            raise Refused(
                "appointment.is_claimed",
                number=held.number if held else "",
                token=held.token if held and may_have_it else None,
            )
        if not one.is_open:
            raise Refused(f"appointment.is_{one.state.value}")

    def _is_late(self, one: Appointment, now: datetime) -> bool:
        """Whether the owner comes after the time for it.

        Raises:
            Refused: on another day, too early, or too late where the hall keeps to it.
        """
        if one.day != self._keeping.hall.taking.local(now).date():
            raise Refused("appointment.other_day", day=one.day.isoformat())
        if now < (opens := self.opens(one)):
            raise Refused("appointment.too_early", opens=self._keeping.hall.taking.local(opens))
        late = now > (closes := self.closes(one))
        if late and self._rules(one).late is LatePolicy.REFUSE:
            raise Refused("appointment.too_late", closes=self._keeping.hall.taking.local(closes))
        return late

    def _checked_in(self, one: Appointment, ticket: str) -> CheckedIn:
        matter = self._matter(one)
        return CheckedIn(
            appointment=one.id,
            due=self._keeping.hall.taking.local(one.due),
            late=one.late,
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            windows_open=len(self._keeping.hall.open_for(one.line, matter.id if matter else None)),
            ticket=self._issuing.issued(ticket),
        )

    def _matter(self, one: Appointment) -> Matter | None:
        """What it is for; None where no matter was named, or it was switched off since: then the line alone counts."""
        found = self._keeping.hall.directory.matters.get(one.matter or "")
        return found if found is not None and found.active else None

    def _rules(self, one: Appointment) -> Rules:
        return self._keeping.hall.rulebook.of(one.line)
