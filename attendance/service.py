"""Decides on attendance: who may ask for what, and who may approve it; nobody approves their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta, tzinfo

import msgspec

from attendance import messages as m
from attendance import shifts as plan
from attendance.post_service import Cards
from attendance.records import Punch, PunchSource, Request, RequestKind
from attendance.state import Roster
from hall_server.directory.directory import Directory
from hall_server.directory.wording import text_fault
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import SYSTEM, Actor, Role
from hall_server.outcome import Context, Outcome

LONGEST_LEAVE = timedelta(days=366)
OLDEST_CORRECTION = timedelta(days=62)
AGAIN = timedelta(seconds=60)
"""Who punches twice at the console within a minute has punched once."""


class AttendanceService:
    """The handlers of attendance's commands."""

    def __init__(self, roster: Roster, directory: Directory, zone: tzinfo, cards: Cards) -> None:
        self._roster = roster
        self._directory = directory
        self._zone = zone
        self._cards = cards

    # -- punches

    def set_pin(self, command: m.SetPin, context: Context) -> Outcome:
        """Give somebody a number on the terminals.

        Raises:
            Forbidden: not a manager. NotFound: there is no such person.
            Refused: ``attendance.pin_taken``: another one has the number.
        """
        _managers_only(context)
        self._staff(command.staff)
        owner = self._roster.pins.get(command.pin) if command.pin else None
        if owner is not None and owner != command.staff:
            raise Refused("attendance.pin_taken", pin=command.pin, staff=owner)
        if self._roster.pin_of(command.staff) == command.pin:
            return Outcome()
        return Outcome(events=(m.PinSet(staff=command.staff, pin=command.pin),))

    def set_department(self, command: m.SetDepartment, context: Context) -> Outcome:
        """Say on which department's sheet somebody stands.

        Raises:
            Forbidden: not a manager. NotFound: there is no such person or department.
        """
        _managers_only(context)
        self._staff(command.staff)
        if command.department is not None and command.department not in self._directory.departments:
            raise NotFound("attendance.no_department", department=command.department)
        return Outcome(events=(m.DepartmentSet(staff=command.staff, department=command.department),))

    def take(self, command: m.TakePunches, context: Context) -> Outcome:
        """Keep punches that were not handed in before, each with whom it belongs to.

        Raises:
            Forbidden: not a terminal.
        """
        if not context.actor.may(Role.DEVICE):
            raise Forbidden("role.missing", roles=[Role.DEVICE.value])
        fresh = list[Punch]()
        seen = set[str]()
        for one in command.punches:
            if one.mark not in seen and not self._roster.is_known(command.terminal, one.mark):
                seen.add(one.mark)
                fresh.append(self._owned(one))
        known = len(command.punches) - len(fresh)
        if not fresh and not command.stamp:
            return Outcome(reply=lambda: _counted(fresh, known))
        event = m.PunchesTaken(
            terminal=command.terminal,
            device=command.device,
            source=command.source,
            received_at=command.received_at,
            skew_s=command.skew_s,
            punches=tuple(fresh),
            stamp=command.stamp,
        )
        return Outcome(events=(event,) if fresh else (), reply=lambda: _counted(fresh, known))

    def sign_in(self, command: m.SignIn, context: Context) -> Outcome:
        """Punch at the console.

        Raises:
            NotFound: the one who asks is not of the staff, or ``attendance.no_such_card``.
            TooMany: too many cards were nobody's.
        """
        staff = self._cards.owner(command.card, context) if command.card is not None else context.actor.id
        self._staff(staff)
        last = self._roster.own_today.get(staff)
        if last is not None and context.now - last < AGAIN:
            return Outcome(reply=lambda: {"at": last, "staff": staff})
        at = context.now.replace(microsecond=0)
        one = Punch(pin=staff, at=at, counts_at=at, staff=staff, status=command.status)
        event = m.PunchesTaken(
            terminal=m.CONSOLE,
            device="",
            source=PunchSource.CONSOLE,
            received_at=context.now,
            skew_s=None,
            punches=(one,),
        )
        return Outcome(events=(event,), reply=lambda: {"at": at, "staff": staff})

    # -- requests

    def ask_correction(self, command: m.AskCorrection, context: Context) -> Outcome:
        """Ask for a punch that is missing.

        Raises:
            Forbidden, Invalid, NotFound: ``at`` lies ahead, or is too long past.
        """
        self._for(context.actor, command.staff)
        at = _aware(command.at, "at")
        if at > context.now:
            raise Invalid("attendance.in_future", at=at)
        if context.now - at > OLDEST_CORRECTION:
            raise Invalid("attendance.too_old", at=at, days=OLDEST_CORRECTION.days)
        return self._made(command, context, kind=RequestKind.CORRECTION, at=at, status=command.status)

    def ask_leave(self, command: m.AskLeave, context: Context) -> Outcome:
        """Ask for leave.

        Raises:
            Forbidden, NotFound.
            Invalid: ``attendance.ends_first`` or ``attendance.leave_too_long`` at ``end``.
            Refused: ``attendance.leave_overlaps`` at ``begin``, with the request it overlaps.
        """
        self._for(context.actor, command.staff)
        begin, end = _aware(command.begin, "begin"), _aware(command.end, "end")
        if end <= begin:
            raise Invalid("attendance.ends_first", end=end)
        if end - begin > LONGEST_LEAVE:
            raise Invalid("attendance.leave_too_long", end=end, days=LONGEST_LEAVE.days)
        self._check_leave(command.staff, begin, end)
        return self._made(command, context, kind=RequestKind.LEAVE, leave=command.leave, begin=begin, end=end)

    def ask_swap(self, command: m.AskSwap, context: Context) -> Outcome:
        """Ask for a swap, or for a substitute.

        Raises:
            Forbidden, NotFound.
            Invalid: ``attendance.swap_self``, ``attendance.day_past``.
            Refused: ``attendance.no_shift``: nothing to give; ``attendance.shifts_overlap`` at the day.
        """
        self._for(context.actor, command.staff)
        self._staff(command.other, field="other")
        if command.other == command.staff:
            raise Invalid("attendance.swap_self", other=command.other)
        today = context.now.astimezone(self._zone).date()
        for field, day in (("day", command.day), ("other_day", command.other_day)):
            if day is not None and day < today:
                raise Invalid("attendance.day_past", field=field, day=str(day))
        request = self._request(
            command, context, kind=RequestKind.SWAP, day=command.day, other=command.other, other_day=command.other_day
        )
        self._check_swap(request)
        return self._recorded(request)

    def object_to(self, command: m.Object, context: Context) -> Outcome:
        """Object to the sheet of one of one's own days.

        Raises:
            NotFound: not of the staff. Invalid: ``attendance.in_future``: the day is not over.
        """
        staff = context.actor.id
        self._staff(staff)
        if command.day > context.now.astimezone(self._zone).date():
            raise Invalid("attendance.in_future", day=command.day)
        request = self._request(command, context, kind=RequestKind.OBJECTION, staff=staff, day=command.day)
        return self._recorded(request)

    def agree(self, command: m.AgreeSwap, context: Context) -> Outcome:
        """Agree to a swap.

        Raises:
            NotFound; Forbidden: ``attendance.not_yours``: one is not the other one; Refused: it is decided.
        """
        request = self._open(command.request)
        if request.kind is not RequestKind.SWAP or request.other != context.actor.id:
            raise Forbidden("attendance.not_yours", request=request.id)
        if request.agreed:
            return self._reply(request.id)
        return self._reply(request.id, m.RequestAgreed(staff=request.staff, request=request.id))

    def decide(self, command: m.Decide, context: Context) -> Outcome:
        """Approve or refuse.

        Raises:
            NotFound. Forbidden: ``role.missing``, or ``attendance.own_request``: the one it is about, the one who
            asked and the other one of a swap do not decide.
            Refused: ``attendance.decided``; ``attendance.not_agreed``: the other one has not agreed to the swap;
            what overlapped by now.
        """
        _managers_only(context)
        request = self._open(command.request)
        concerned = {request.staff, request.other}
        if context.actor.id in concerned or str(context.actor) == request.asked_by:
            raise Forbidden("attendance.own_request", request=request.id)
        if command.approved:
            self._check_holds(request)
        if not command.answer.strip() and (request.kind is RequestKind.OBJECTION or not command.approved):
            raise Invalid("attendance.answer_missing", answer="missing")
        event = m.RequestDecided(
            staff=request.staff, request=request.id, approved=command.approved, answer=command.answer
        )
        return self._reply(request.id, event)

    def withdraw(self, command: m.Withdraw, context: Context) -> Outcome:
        """Take a request back.

        Raises:
            NotFound; Forbidden: it is another one's; Refused: it is decided.
        """
        request = self._open(command.request)
        if context.actor.id != request.staff and str(context.actor) != request.asked_by:
            raise Forbidden("attendance.not_yours", request=request.id)
        return self._reply(request.id, m.RequestWithdrawn(staff=request.staff, request=request.id))

    # -- shifts

    def save_shift(self, command: m.SaveShift, context: Context) -> Outcome:
        """Make or change a shift.

        Raises:
            Forbidden. Invalid: a text does not fit, ``attendance.break_outside`` at ``breaks``.
            Refused: ``attendance.shifts_overlap``: with its new times it overlaps in somebody's week.
        """
        _managers_only(context)
        shift = command.shift
        for field, text in (("name", shift.name), ("name_en", shift.name_en)):
            if fault := text_fault(text, limit=200, may_be_empty=field == "name_en"):
                raise Invalid("attendance.bad_text", **{field: fault})
        if plan.break_fault(shift, self._zone):
            raise Invalid("attendance.break_outside", breaks=shift.id)
        shifts = {**self._roster.shifts, shift.id: shift}
        for staff, rotas in self._roster.rotas.items():
            for rota in rotas:
                if plan.week_overlap(rota.week, shifts, self._zone) is not None:
                    raise Refused("attendance.shifts_overlap", field="begin", staff=staff)
        return Outcome(events=(m.ShiftSaved(shift=shift),), reply=lambda: self._roster.shifts[shift.id])

    def set_rota(self, command: m.SetRota, context: Context) -> Outcome:
        """Say which shifts somebody works.

        Raises:
            Forbidden. NotFound: a person or a shift is not known.
            Refused: ``attendance.shifts_overlap`` at ``week.N``: two shifts of that weekday lie over each other.
        """
        _managers_only(context)
        self._staff(command.staff)
        for weekday, names in enumerate(command.rota.week):
            for name in names:
                shift = self._roster.shifts.get(name)
                if shift is None or not shift.active:
                    raise NotFound("attendance.no_shift_known", field=f"week.{weekday}", shift=name)
        if (weekday_ := plan.week_overlap(command.rota.week, self._roster.shifts, self._zone)) is not None:
            raise Refused("attendance.shifts_overlap", field=f"week.{weekday_}", staff=command.staff)
        event = m.RotaSet(staff=command.staff, rota=command.rota)
        return Outcome(events=(event,), reply=lambda: command.rota)

    def decide_day(self, command: m.DecideDay, context: Context) -> Outcome:
        """Say what a day without punches was.

        Raises:
            Forbidden: not a manager, or ``attendance.own_request``. NotFound. Invalid: the day lies ahead.
        """
        _managers_only(context)
        self._staff(command.staff)
        if context.actor.id == command.staff:
            raise Forbidden("attendance.own_request", staff=command.staff)
        if command.day > context.now.astimezone(self._zone).date():
            raise Invalid("attendance.in_future", day=command.day)
        event = m.DayDecided(staff=command.staff, day=command.day, word=command.word, reason=command.reason)
        return Outcome(events=(event,), reply=lambda: {"staff": command.staff, "day": command.day})

    def note_away(self, command: m.NoteAway, context: Context) -> Outcome:
        """Note the begin or the end of 脱岗 at a window; the same again changes nothing.

        Raises:
            Forbidden: not the server itself.
        """
        if context.actor != SYSTEM:
            raise Forbidden("role.missing", roles=[Role.SYSTEM.value])
        began = self._roster.away.get(command.window)
        if (began is None) == (command.since is None):
            return Outcome()
        staff = command.staff if began is None else self._roster.away_staff.get(command.window)
        event = m.AwayNoted(window=command.window, staff=staff, since=command.since, began=began)
        return Outcome(events=(event,))

    # -- inside

    def _owned(self, one: Punch) -> Punch:
        staff = self._roster.pins.get(one.pin) if one.pin else None
        return one if staff is None else msgspec.structs.replace(one, staff=staff)

    def _made(self, command: m.AskCorrection | m.AskLeave, context: Context, **fields: object) -> Outcome:
        return self._recorded(self._request(command, context, **fields))

    def _request(
        self, command: m.AskCorrection | m.AskLeave | m.AskSwap | m.Object, context: Context, **fields: object
    ) -> Request:
        given = {
            "id": context.ids.new(),
            "staff": getattr(command, "staff", context.actor.id),
            "asked_by": str(context.actor),
            "asked_at": context.now,
            "reason": command.reason,
        }
        return Request(**{**given, **fields})  # type: ignore[arg-type]  # each command gives the fields of its kind

    def _recorded(self, request: Request) -> Outcome:
        return self._reply(request.id, m.RequestMade(staff=request.staff, request=request))

    def _reply(self, request: str, *events: m.StaffEvent) -> Outcome:
        return Outcome(events=events, reply=lambda: self._roster.requests[request])

    def _open(self, id_: str) -> Request:
        request = self._roster.requests.get(id_)
        if request is None:
            raise NotFound("attendance.no_request", request=id_)
        if not request.is_open:
            raise Refused("attendance.decided", request=id_, state=request.state)
        return request

    def _check_holds(self, request: Request) -> None:
        if request.kind is RequestKind.SWAP:
            if not request.agreed:
                raise Refused("attendance.not_agreed", request=request.id)
            self._check_swap(request)
        elif request.kind is RequestKind.LEAVE and request.begin is not None and request.end is not None:
            self._check_leave(request.staff, request.begin, request.end, but=request.id)

    def _check_leave(self, staff: str, begin: datetime, end: datetime, but: str = "") -> None:
        for one in self._roster.about(staff):
            is_leave = one.kind is RequestKind.LEAVE and one.id != but and (one.is_open or one.holds)
            if is_leave and one.begin is not None and one.end is not None and begin < one.end and one.begin < end:
                raise Refused(
                    "attendance.leave_overlaps",
                    field="begin",
                    begin=self._said(one.begin),
                    end=self._said(one.end),
                )

    def _said(self, at: datetime) -> str:
        """A time in a refusal's words."""
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def _check_swap(self, request: Request) -> None:
        calendar = self._directory.calendar.is_workday
        assert request.day is not None and request.other is not None  # noqa: S101, PT018 - a swap has both
        if not self._roster.shifts_on(request.staff, request.day, calendar):
            raise Refused("attendance.no_shift", field="day", day=str(request.day))
        if request.other_day is not None and not self._roster.shifts_on(request.other, request.other_day, calendar):
            raise Refused("attendance.no_shift", field="other_day", day=str(request.other_day))
        for who, field, day in ((request.other, "day", request.day), (request.staff, "other_day", request.other_day)):
            if day is not None and self._overlaps(who, day, calendar, (request,)):
                raise Refused("attendance.shifts_overlap", field=field, staff=who)

    def _overlaps(self, staff: str, day: date, is_workday: Callable[[date], bool], more: Iterable[Request]) -> bool:
        days = (day - timedelta(days=1), day, day + timedelta(days=1))
        planned = [
            plan.on_day(shift, one, self._zone)
            for one in days
            for shift in self._roster.shifts_on(staff, one, is_workday, more=more)
        ]
        return plan.first_overlap(planned) is not None

    def _staff(self, id_: str, field: str = "staff") -> None:
        if id_ not in self._directory.staff:
            raise NotFound("attendance.no_such_person", field=field, staff=id_)

    def _for(self, actor: Actor, staff: str) -> None:
        """One asks for oneself; a manager asks for others."""
        self._staff(staff)
        if actor.id != staff and not actor.may(Role.MANAGER, Role.ADMIN):
            raise Forbidden("attendance.not_yours", staff=staff)


def _counted(fresh: list[Punch], known: int) -> dict[str, int]:
    faults = sum(1 for one in fresh if one.fault)
    return {"taken": len(fresh) - faults, "known": known, "faulty": faults}


def _managers_only(context: Context) -> None:
    if not context.actor.may(Role.MANAGER, Role.ADMIN):
        raise Forbidden("role.missing", roles=[Role.MANAGER.value, Role.ADMIN.value])


def _aware(at: datetime, field: str) -> datetime:
    if at.tzinfo is None:
        raise Invalid("attendance.no_zone", **{field: "no_zone"})
    return at
