"""Corrections, leave, swaps, objections and shifts: who may ask, who may decide, and what is refused at which field."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from attendance import messages as a
from attendance.records import DayWord, LeaveKind, Rota, Shift
from hall_server.errors import DomainError
from hall_server.identity import Actor, Role
from tests.fakes.attendance_hall import AttendanceHall, attendance_hall
from tests.fakes.hall import HandClock, manager, staff

MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
EARLY = Shift(id="early", name="早班", begin="05:00", end="13:00")
OTHER_BOSS = Actor(kind=Role.STAFF, id="m02", roles=frozenset({Role.MANAGER}))
BOSS_S01 = Actor(kind=Role.STAFF, id="s01", roles=frozenset({Role.STAFF, Role.MANAGER}))


def at(clock: str, day: date = MONDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00+08:00")


async def refused(hall: AttendanceHall, command: Any, actor: Actor) -> tuple[str, dict[str, object]]:
    with pytest.raises(DomainError) as caught:
        await hall.do(command, actor=actor)
    return caught.value.code, caught.value.fields


def leave(begin: str, end: str, day: date = TUESDAY, who: str = "s01") -> a.AskLeave:
    return a.AskLeave(staff=who, leave=LeaveKind.ANNUAL, begin=at(begin, day), end=at(end, day), reason="家中有事")


async def states(hall: AttendanceHall, day: date, who: str = "s01") -> list[str]:
    await hall.projected()
    found = await hall.attendance.sheets.days([who], day, day)
    return [state.value for state in found[who][day].states]


@pytest.mark.gen_test
async def test_a_correction_counts_once_another_one_has_approved_it(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock(at("20:00"))) as hall:
        await hall.works()
        await hall.push("1001\t2026-11-23 17:05:00\t1\t1\n")
        assert await states(hall, MONDAY) == ["missing_in"]
        asked = await hall.do(a.AskCorrection(staff="s01", at=at("08:55"), reason="忘记打卡"), actor=staff("s01"))
        assert await states(hall, MONDAY) == ["missing_in"]  # without an approver it counts for nothing
        own = a.Decide(request=asked["id"], approved=True)
        assert (await refused(hall, own, staff("s01")))[0] == "role.missing"
        assert (await refused(hall, own, BOSS_S01))[0] == "attendance.own_request"
        done = await hall.do(own, actor=manager())
        assert (done["state"], done["decided_by"]) == ("approved", "staff:m01")
        assert await states(hall, MONDAY) == ["normal"]
        assert (await refused(hall, own, manager()))[0] == "attendance.decided"


@pytest.mark.gen_test
async def test_a_manager_who_asks_for_another_does_not_decide_it(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        asked = await hall.do(a.AskCorrection(staff="s01", at=at("08:30"), reason="设备故障"), actor=manager())
        decide = a.Decide(request=asked["id"], approved=True)
        assert (await refused(hall, decide, manager()))[0] == "attendance.own_request"
        assert (await hall.do(decide, actor=OTHER_BOSS))["state"] == "approved"


@pytest.mark.gen_test
async def test_what_cannot_be_is_refused_at_its_field(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        me = staff("s01")
        ahead = a.AskCorrection(staff="s01", at=at("23:00"), reason="x")
        assert await refused(hall, ahead, me) == ("attendance.in_future", {"at": at("23:00")})
        old = a.AskCorrection(staff="s01", at=at("09:00", date(2026, 1, 5)), reason="x")
        assert (await refused(hall, old, me))[0] == "attendance.too_old"
        assert (await refused(hall, leave("17:00", "09:00"), me))[0] == "attendance.ends_first"
        assert (await refused(hall, leave("09:00", "17:00", who="s02"), me))[0] == "attendance.not_yours"
        nobody = a.AskLeave(staff="zz", leave=LeaveKind.SICK, begin=at("09:00"), end=at("17:00"), reason="x")
        assert (await refused(hall, nobody, manager()))[0] == "attendance.no_such_person"


@pytest.mark.gen_test
async def test_leave_over_leave_is_refused_at_its_begin_while_one_is_open_or_holds(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        first = await hall.do(leave("09:00", "12:00"), actor=staff("s01"))
        code, fields = await refused(hall, leave("11:00", "17:00"), staff("s01"))
        assert (code, fields["field"]) == ("attendance.leave_overlaps", "begin")
        await hall.do(leave("12:00", "17:00"), actor=staff("s01"))  # one after the other is none
        await hall.do(a.Withdraw(request=first["id"]), actor=staff("s01"))
        assert (await hall.do(leave("10:00", "12:00"), actor=staff("s01")))["state"] == "asked"


@pytest.mark.gen_test
async def test_leave_counts_when_it_is_approved_and_not_when_it_is_refused(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock(at("20:00", TUESDAY))) as hall:
        await hall.works()
        asked = await hall.do(leave("09:00", "17:00"), actor=staff("s01"))
        no = a.Decide(request=asked["id"], approved=False)
        assert (await refused(hall, no, manager()))[0] == "attendance.answer_missing"
        await hall.do(a.Decide(request=asked["id"], approved=False, answer="人手不足"), actor=manager())
        assert await states(hall, TUESDAY) == ["no_punch"]
        again = await hall.do(leave("09:00", "17:00"), actor=staff("s01"))
        await hall.do(a.Decide(request=again["id"], approved=True), actor=manager())
        assert await states(hall, TUESDAY) == ["leave"]


@pytest.mark.gen_test
async def test_a_swap_needs_the_other_ones_yes_before_a_managers(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.works("s01")
        await hall.works("s02", EARLY)
        ask = a.AskSwap(staff="s01", day=TUESDAY, other="s02", other_day=TUESDAY, reason="看病")
        asked = await hall.do(ask, actor=staff("s01"))
        yes = a.Decide(request=asked["id"], approved=True)
        assert (await refused(hall, yes, manager()))[0] == "attendance.not_agreed"
        assert (await refused(hall, a.AgreeSwap(request=asked["id"]), staff("s03")))[0] == "attendance.not_yours"
        await hall.do(a.AgreeSwap(request=asked["id"]), actor=staff("s02"))
        await hall.do(yes, actor=manager())
        sheets = hall.attendance.sheets
        assert [one.shift for one in sheets.planned("s01", TUESDAY)] == ["early"]
        assert [one.shift for one in sheets.planned("s02", TUESDAY)] == ["day"]
        assert [one.shift for one in sheets.planned("s01", date(2026, 11, 25))] == ["day"]


@pytest.mark.gen_test
async def test_a_substitute_who_works_at_that_time_is_refused_at_the_day(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.works("s01")
        await hall.works("s02", EARLY)
        ask = a.AskSwap(staff="s01", day=TUESDAY, other="s02", reason="看病")
        code, fields = await refused(hall, ask, staff("s01"))
        assert (code, fields["field"]) == ("attendance.shifts_overlap", "day")
        sunday = a.AskSwap(staff="s01", day=date(2026, 11, 29), other="s02", reason="x")
        assert (await refused(hall, sunday, staff("s01")))[0] == "attendance.no_shift"


@pytest.mark.gen_test
async def test_shifts_that_overlap_are_refused_at_their_weekday(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.works("s01")
        await hall.do(a.SaveShift(shift=EARLY))
        week = ((), (), ("day", "early"), (), (), (), ())
        code, fields = await refused(hall, a.SetRota(staff="s02", rota=Rota(from_day=MONDAY, week=week)), manager())
        assert (code, fields["field"]) == ("attendance.shifts_overlap", "week.2")
        both = ((), ("day",), ("early",), (), (), (), ())
        await hall.do(a.SetRota(staff="s02", rota=Rota(from_day=MONDAY, week=both)))
        longer = Shift(id="day", name="白班", begin="09:00", end="06:00")
        assert (await refused(hall, a.SaveShift(shift=longer), manager()))[0] == "attendance.shifts_overlap"


@pytest.mark.gen_test
async def test_a_day_without_punches_is_absence_only_when_another_manager_says_so(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock(at("20:00"))) as hall:
        await hall.works()
        say = a.DecideDay(staff="s01", day=MONDAY, word=DayWord.ABSENT, reason="无故未到")
        assert await states(hall, MONDAY) == ["no_punch"]
        assert (await refused(hall, say, BOSS_S01))[0] == "attendance.own_request"
        await hall.do(say)
        assert await states(hall, MONDAY) == ["absent"]


@pytest.mark.gen_test
async def test_punching_at_the_console_twice_in_a_minute_is_one_punch(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock(at("08:50"))) as hall:
        await hall.works()
        await hall.do(a.SignIn(), actor=staff("s01"))
        hall.clock.forward(seconds=20)
        await hall.do(a.SignIn(), actor=staff("s01"))
        assert await hall.rows("staff, source") == [("s01", "console")]


@pytest.mark.gen_test
async def test_everything_is_as_it_was_after_a_restart_and_the_next_day(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.works()
        asked = await hall.do(leave("09:00", "17:00"), actor=staff("s01"))
        await hall.do(a.Decide(request=asked["id"], approved=True), actor=manager())
        clock = hall.clock
    clock.forward(days=3)
    async with attendance_hall(tmp_path, clock) as hall:
        assert await states(hall, TUESDAY) == ["leave"]
        assert hall.attendance.roster.pins == {"1001": "s01"}
        assert hall.clock.now() - at("09:00") == timedelta(days=3)


@pytest.mark.gen_test
async def test_a_nights_going_is_no_coming_of_the_next_mornings_shift(tmp_path: Path) -> None:
    night = Shift(id="night", name="夜班", begin="22:00", end="06:00")
    async with attendance_hall(tmp_path, HandClock(at("20:00", TUESDAY))) as hall:
        await hall.works()
        await hall.do(a.SaveShift(shift=night))
        week = (("night",), ("day",), (), (), (), (), ())
        await hall.do(a.SetRota(staff="s01", rota=Rota(from_day=MONDAY, week=week)))
        times = ("23 21:55:00", "24 06:05:00", "24 09:30:00", "24 17:00:00")
        await hall.push("".join(f"1001\t2026-11-{time}\t0\t1\n" for time in times))
        assert await states(hall, MONDAY) == ["normal"]
        assert await states(hall, TUESDAY) == ["late"]
        found = await hall.attendance.sheets.days(["s01"], MONDAY, TUESDAY)
        assert [found["s01"][day].late_min for day in (MONDAY, TUESDAY)] == [0, 30]
