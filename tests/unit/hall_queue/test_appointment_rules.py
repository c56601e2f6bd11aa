"""Domain rule 15: booking, checking in, lateness, giving up, the end of the day; rule 16: no-shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from hall_queue import messages as queue
from hall_queue.appointments import changed_between
from hall_queue.appointments import messages as m
from hall_queue.appointments.model import AppointmentState, DayPlan, LinePlan
from hall_queue.rule_events import SaveRules
from hall_server.directory.commands import SaveMatter
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from tests.fakes.booked_hall import LINE, TODAY, VISITOR, BookedHall, half_hours
from tests.fakes.queue_hall import QueueHall, clerk

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def booked(hall: QueueHall) -> BookedHall:
    return BookedHall(hall)


async def rules(booked: BookedHall, **values: Any) -> None:
    await booked.do(SaveRules(values=values, reason="test"))


# -- booking


@pytest.mark.gen_test
async def test_rule_15_a_place_is_taken_and_the_last_one_is_given_once(booked: BookedHall) -> None:
    await booked.plan()
    await booked.book("p1", "10:00")
    assert booked.free("10:00") == 1
    await booked.book("p2", "10:00")
    assert booked.free("10:00") == 0
    with booked.refused(Refused, "appointment.full"):
        await booked.book("p3", "10:00")


@pytest.mark.gen_test
async def test_rule_15_two_press_for_the_last_place_at_once_and_exactly_one_has_it(booked: BookedHall) -> None:
    await booked.plan(half_hours(quota=1))
    commands = [m.BookAppointment(line=LINE, day=TODAY, begin="10:00", person=f"p{n}") for n in range(8)]
    execute = booked.hall.server.execute
    replies = await asyncio.gather(*(execute(one, actor=VISITOR) for one in commands), return_exceptions=True)
    assert sum(isinstance(reply, bytes) for reply in replies) == 1
    assert {reply.code for reply in replies if isinstance(reply, Refused)} == {"appointment.full"}
    assert len(await booked.journal(m.AppointmentBooked)) == 1


@pytest.mark.gen_test
async def test_rule_15_one_per_person_matter_and_day(booked: BookedHall) -> None:
    await booked.plan()
    first, second = booked.hall.matters(LINE)[:2]
    await booked.book("p1", "10:00", matter=first)
    with booked.refused(Refused, "appointment.duplicate"):
        await booked.book("p1", "11:00", matter=first)
    await booked.book("p1", "11:00", matter=second)


@pytest.mark.gen_test
async def test_rule_15_a_person_has_only_so_many_that_are_still_to_come(booked: BookedHall) -> None:
    await booked.plan()
    await rules(booked, book_per_person=2)
    await booked.book("p1", "10:00")
    other = await booked.book("p1", "10:00", day=TOMORROW)
    with booked.refused(Refused, "appointment.too_many"):
        await booked.book("p1", "10:00", day=TODAY + timedelta(days=2))
    await booked.cancel(other)
    await booked.book("p1", "10:00", day=TODAY + timedelta(days=2))


@pytest.mark.gen_test
async def test_rule_15_a_phone_alone_counts_as_whoever_gave_it(booked: BookedHall) -> None:
    await booked.plan()
    await booked.book("by-id", "10:00", contact="by-phone")
    with booked.refused(Refused, "appointment.duplicate"):
        await booked.book("by-phone", "11:00", contact="by-phone")
    await booked.book("child-by-id", "11:00", contact="by-phone")  # a family may share a phone


@pytest.mark.gen_test
async def test_rule_15_up_to_five_working_days_ahead(booked: BookedHall) -> None:
    await booked.plan()
    await booked.book("p1", "10:00", day=date(2026, 11, 30))
    with booked.refused(Refused, "appointment.too_far"):
        await booked.book("p2", "10:00", day=date(2026, 12, 1))
    await rules(booked, book_workdays=0)
    with booked.refused(Refused, "appointment.too_far"):
        await booked.book("p2", "10:00", day=TOMORROW)


@pytest.mark.gen_test
async def test_rule_15_a_slot_that_has_begun_is_not_given(booked: BookedHall) -> None:
    await booked.plan()
    with booked.refused(Refused, "appointment.begun"):
        await booked.book("p1", "09:00")
    assert booked.free("09:00") == 0
    with booked.refused(Refused, "appointment.no_slot"):
        await booked.book("p1", "09:10")


@pytest.mark.gen_test
async def test_rule_15_a_freed_place_opens_again_only_after_the_delay(booked: BookedHall) -> None:
    await booked.plan(half_hours(quota=1))
    await booked.cancel(await booked.book("p1", "15:00"))
    with booked.refused(Refused, "appointment.full"):
        await booked.book("p2", "15:00")
    booked.clock.forward(seconds=899)
    assert booked.free("15:00") == 0
    booked.clock.forward(seconds=1)
    assert booked.free("15:00") == 1
    await booked.book("p2", "15:00")


@pytest.mark.gen_test
async def test_rule_16_a_restricted_person_books_nothing_and_takes_no_number_until_it_is_lifted(
    booked: BookedHall,
) -> None:
    await booked.plan()
    stands = await booked.book("p1", "10:00")
    await booked.do(m.RestrictPerson(person="p1", until=TOMORROW, reason="traded places"))
    assert booked.of(stands).state is AppointmentState.VOID
    with booked.refused(Refused, "person.restricted"):
        await booked.book("p1", "11:00")
    with booked.refused(Refused, "person.restricted"):
        await booked.hall.issue(person="p1")
    await booked.do(m.LiftRestriction(person="p1", reason="a mistake"))
    assert booked.room.restrictions.of("p1") is None
    await booked.book("p1", "11:00")


@pytest.mark.gen_test
async def test_rule_16_a_restriction_ends_with_its_day(booked: BookedHall) -> None:
    await booked.plan()
    await booked.do(m.RestrictPerson(person="p1", until=TODAY, reason="test"))
    await booked.next_day()
    assert booked.room.restrictions.of("p1") is None
    with booked.refused(Invalid, "restriction.over"):
        await booked.do(m.RestrictPerson(person="p1", until=TODAY, reason="test"))
    with booked.refused(NotFound, "restriction.unknown"):
        await booked.do(m.LiftRestriction(person="p1", reason="test"))


@pytest.mark.gen_test
async def test_only_managers_plan_void_and_restrict(booked: BookedHall) -> None:
    await booked.plan()
    id_ = await booked.book("p1", "10:00")
    for command in (
        m.SavePlan(line=LINE, plan=LinePlan(revision=1), reason="no"),
        m.VoidAppointment(appointment=id_, reason="no"),
        m.RestrictPerson(person="p1", until=TOMORROW, reason="no"),
        m.LiftRestriction(person="p1", reason="no"),
    ):
        with booked.refused(Forbidden, "role.missing"):
            await booked.do(command, clerk("w01"))


# -- checking in


@pytest.mark.gen_test
async def test_rule_15_check_in_from_half_an_hour_before_to_ten_minutes_after(booked: BookedHall) -> None:
    await booked.plan()
    id_ = await booked.book("p1", "10:00")
    booked.clock.forward(minutes=29)
    with booked.refused(Refused, "appointment.too_early"):
        await booked.check_in(id_)
    booked.clock.forward(minutes=2)
    reply = await booked.check_in(id_)
    ticket = booked.hall.ticket(reply["ticket"]["id"])
    assert (ticket.appointment, ticket.due, reply["late"]) == (id_, booked.of(id_).due, False)
    assert booked.of(id_).state is AppointmentState.CLAIMED


@pytest.mark.gen_test
async def test_rule_3_a_claimed_appointment_is_called_in_its_slot_and_before_those_who_came_without(
    booked: BookedHall,
) -> None:
    await booked.plan()
    await booked.hall.open("w01")
    mine = await booked.book("p1", "09:30")
    walked_in = await booked.hall.issue()
    booked.clock.forward(minutes=5)
    ticket = (await booked.check_in(mine))["ticket"]["id"]
    assert await booked.hall.call("w01") == walked_in, "not seen before its slot"
    await booked.do(queue.StartService(window="w01"), clerk("w01"))
    other = await booked.hall.issue()
    booked.clock.forward(minutes=25)
    await booked.do(queue.FinishService(window="w01"), clerk("w01"))
    assert await booked.hall.call("w01") == ticket, f"not {other}, who came without"


@pytest.mark.gen_test
async def test_rule_15_whoever_comes_late_waits_like_everybody(booked: BookedHall) -> None:
    await booked.plan()
    id_ = await booked.book("p1", "09:30")
    booked.clock.forward(minutes=41)
    reply = await booked.check_in(id_)
    ticket = booked.hall.ticket(reply["ticket"]["id"])
    assert (reply["late"], ticket.due, ticket.appointment) == (True, None, id_)


@pytest.mark.gen_test
async def test_rule_15_a_hall_may_refuse_the_late(booked: BookedHall) -> None:
    await booked.plan()
    await rules(booked, late="refuse")
    id_ = await booked.book("p1", "09:30")
    booked.clock.forward(minutes=41)
    with booked.refused(Refused, "appointment.too_late"):
        await booked.check_in(id_)


@pytest.mark.gen_test
async def test_rule_15_no_cancelling_and_no_second_check_in_after_the_first(booked: BookedHall) -> None:
    await booked.plan()
    id_ = await booked.book("p1", "09:30")
    await booked.check_in(id_)
    with booked.refused(Refused, "appointment.is_claimed"):
        await booked.cancel(id_)
    with booked.refused(Refused, "appointment.is_claimed"):
        await booked.check_in(id_)
    assert len(await booked.journal(queue.TicketIssued)) == 1


@pytest.mark.gen_test
async def test_rule_15_an_appointment_of_another_day_does_not_check_in(booked: BookedHall) -> None:
    await booked.plan()
    id_ = await booked.book("p1", "10:00", day=TOMORROW)
    with booked.refused(Refused, "appointment.other_day"):
        await booked.check_in(id_)


@pytest.mark.gen_test
async def test_rule_15_a_matter_switched_off_since_is_served_by_its_line(booked: BookedHall) -> None:
    await booked.plan()
    matter = booked.hall.server.directory.matters[booked.hall.matters(LINE)[0]]
    id_ = await booked.book("p1", "09:30", matter=matter.id)
    await booked.do(SaveMatter(item=msgspec.structs.replace(matter, active=False)))
    ticket = booked.hall.ticket((await booked.check_in(id_))["ticket"]["id"])
    assert (ticket.line, ticket.matter) == (LINE, None)


@pytest.mark.gen_test
async def test_rule_1_quotas_of_the_day_do_not_refuse_an_appointment(booked: BookedHall) -> None:
    await booked.plan()
    id_ = await booked.book("p1", "09:30")
    await rules(booked, quota_day=0)
    with booked.refused(Refused, "line.quota_used"):
        await booked.hall.issue()
    await booked.check_in(id_)


@pytest.mark.gen_test
async def test_rule_1_whoever_took_a_number_too_early_may_still_claim_the_appointment(booked: BookedHall) -> None:
    await booked.plan()
    id_ = await booked.book("p1", "09:30")
    await rules(booked, person_per_day=1)
    await booked.hall.issue(person="p1")
    with booked.refused(Refused, "ticket.duplicate"):
        await booked.hall.issue(person="p1")
    ticket = booked.hall.ticket((await booked.check_in(id_))["ticket"]["id"])
    assert ticket.person == "p1"
    assert ticket.due is not None


# -- the end of the day


@pytest.mark.gen_test
async def test_rule_15_unclaimed_appointments_are_void_at_the_end_of_the_day(booked: BookedHall) -> None:
    await booked.plan()
    came, missed = await booked.book("p1", "09:30"), await booked.book("p2", "09:30")
    later = await booked.book("p3", "09:30", day=TOMORROW)
    await booked.check_in(came)
    await booked.next_day()
    assert [booked.of(id_).state for id_ in (came, missed, later)] == [
        AppointmentState.CLAIMED,
        AppointmentState.MISSED,
        AppointmentState.BOOKED,
    ]
    await booked.hall.server.roll_day()
    assert len(await booked.journal(m.AppointmentMissed)) == 1


@pytest.mark.gen_test
async def test_rule_16_too_many_no_shows_restrict_for_the_halls_days(booked: BookedHall) -> None:
    await booked.plan()
    await rules(booked, no_shows_max=2, no_shows_days=10)
    await booked.book("p1", "10:00")
    await booked.next_day()
    assert booked.room.restrictions.of("p1") is None
    await booked.book("p1", "15:00", day=TOMORROW)
    also = await booked.book("p1", "15:00", day=TODAY + timedelta(days=3))
    await booked.next_day()
    found = booked.room.restrictions.of("p1")
    assert found is not None
    assert (found.until, found.reason) == (TOMORROW + timedelta(days=10), "no_shows")
    assert booked.of(also).state is AppointmentState.VOID, "nobody checks in under restriction"


@pytest.mark.gen_test
async def test_rule_16_no_shows_count_within_the_days_only_and_zero_never_restricts(booked: BookedHall) -> None:
    await booked.plan()
    await rules(booked, no_shows_max=2, no_shows_days=1)
    await booked.book("p1", "10:00")
    await booked.next_day()
    await booked.book("p1", "15:00", day=TOMORROW)
    await booked.next_day()
    assert booked.room.restrictions.all() == []
    await rules(booked, no_shows_max=0, no_shows_days=30)
    await booked.book("p1", "15:00", day=TODAY + timedelta(days=2))
    await booked.next_day()
    assert booked.room.restrictions.all() == []


@pytest.mark.gen_test
async def test_rule_15_days_the_hall_never_saw_are_nobodys_no_show(booked: BookedHall) -> None:
    await booked.plan()
    await rules(booked, no_shows_max=1)
    id_ = await booked.book("p1", "10:00", day=TODAY + timedelta(days=2))
    booked.clock.forward(days=4)
    await booked.hall.server.roll_day()
    assert (booked.of(id_).state, booked.of(id_).reason) == (AppointmentState.VOID, "not_open")
    assert booked.room.restrictions.all() == []


@pytest.mark.gen_test
async def test_the_example_of_the_rules_page_comes_out_as_it_says(booked: BookedHall) -> None:
    await booked.plan()
    li, wang = await booked.book("li", "10:00"), await booked.book("wang", "10:00")
    await rules(booked, no_shows_max=3, no_shows_days=30)
    booked.clock.forward(minutes=10, seconds=-2)
    await booked.cancel(li)
    with booked.refused(Refused, "appointment.full"):
        await booked.book("other", "10:00")
    booked.clock.forward(minutes=10)
    with booked.refused(Refused, "appointment.too_early"):
        await booked.check_in(wang)
    assert booked.free("10:00") == 0
    booked.clock.forward(minutes=5)
    assert booked.free("10:00") == 1
    booked.clock.forward(minutes=10)
    assert (await booked.check_in(wang))["late"] is False
    for ahead in range(3):
        await booked.book("zhao", "16:30", day=TODAY + timedelta(days=ahead))
        await booked.next_day()
    restriction = booked.room.restrictions.of("zhao")
    assert restriction is not None
    assert restriction.until == TODAY + timedelta(days=2 + 30)


@pytest.mark.gen_test
async def test_time_alone_changes_places_when_a_slot_begins_and_when_a_place_opens_again(booked: BookedHall) -> None:
    await booked.plan()
    await booked.cancel(await booked.book("p1", "15:00"))
    before = booked.clock.now()

    def changed(minutes: float) -> set[str]:
        return changed_between(booked.room.keeping, before, before + timedelta(minutes=minutes))

    assert changed(14) == set()
    assert changed(15.1) == {LINE}, "the freed place"
    await booked.plan(half_hours(begin="09:30"))
    assert changed(29) == {LINE}
    assert changed_between(booked.room.keeping, before + timedelta(minutes=16), before + timedelta(minutes=29)) == set()
    assert changed_between(booked.room.keeping, before + timedelta(minutes=16), before + timedelta(minutes=30)) == {
        LINE
    }


# -- plans


@pytest.mark.gen_test
async def test_rule_15_a_new_plan_keeps_what_is_booked_and_says_what_stands_on_slots_that_are_gone(
    booked: BookedHall,
) -> None:
    await booked.plan()
    morning, evening = await booked.book("p1", "10:00"), await booked.book("p2", "16:00")
    await booked.plan(half_hours(end="12:00"))
    shown = booked.room.pictures.plan(LINE)
    assert [one.id for one in shown.stranded] == [evening]
    assert [booked.of(id_).state for id_ in (morning, evening)] == [AppointmentState.BOOKED] * 2
    await booked.do(m.VoidAppointment(appointment=evening, reason="the afternoon is closed"))
    assert booked.room.pictures.plan(LINE).stranded == []


@pytest.mark.gen_test
async def test_rule_15_a_smaller_quota_never_makes_places_below_zero(booked: BookedHall) -> None:
    await booked.plan()
    await booked.book("p1", "10:00")
    await booked.book("p2", "10:00")
    await booked.plan(half_hours(quota=1))
    assert booked.free("10:00") == 0


@pytest.mark.gen_test
async def test_rule_15_other_lengths_of_slots_count_what_lies_in_them(booked: BookedHall) -> None:
    await booked.plan()
    await booked.book("p1", "10:00")
    await booked.book("p2", "10:30")
    hours = half_hours(quota=3).plans[0].rows[0]
    await booked.plan(LinePlan(plans=(type(half_hours().plans[0])(rows=(type(hours)(
        weekdays=hours.weekdays, begin="09:00", end="17:00", minutes=60, quota=3),)),)))  # fmt: skip
    assert booked.free("10:00") == 1


@pytest.mark.gen_test
async def test_rule_15_a_closed_day_gives_nothing(booked: BookedHall) -> None:
    await booked.plan(half_hours(days=(DayPlan(day=TOMORROW, note="盘点"),)))
    with booked.refused(Refused, "appointment.no_slot"):
        await booked.book("p1", "10:00", day=TOMORROW)
    assert booked.room.pictures.places(LINE, first=TOMORROW, last=TOMORROW).days[0].note == "盘点"


@pytest.mark.gen_test
async def test_two_managers_do_not_overwrite_each_other(booked: BookedHall) -> None:
    await booked.plan()
    with booked.refused(Refused, "slots.changed_meanwhile"):
        await booked.do(m.SavePlan(line=LINE, plan=half_hours(revision=0), reason="late"))


# -- restart


@pytest.mark.gen_test
async def test_rule_14_a_restart_and_a_midnight_keep_appointments_plans_and_restrictions(
    open_hall: Callable[..., Any],
) -> None:
    booked = BookedHall(await open_hall())
    await booked.plan(half_hours(quota=1))
    id_ = await booked.book("p1", "10:00", day=TODAY + timedelta(days=2), contact="phone")
    await booked.cancel(await booked.book("p2", "11:00", day=TODAY + timedelta(days=2)))
    await booked.do(m.RestrictPerson(person="p9", until=TODAY + timedelta(days=5), reason="test"))
    before = booked.of(id_)
    booked.clock.forward(days=1)
    again = BookedHall(await open_hall())
    assert again.of(id_) == before
    assert again.free("10:00", day=TODAY + timedelta(days=2)) == 0
    assert again.room.restrictions.of("p9") is not None
    assert [one.id for one in again.room.keeping.kept.of_person("phone")] == [id_]
    with again.refused(Refused, "appointment.full"):
        await again.book("p3", "10:00", day=TODAY + timedelta(days=2))


@pytest.mark.gen_test
async def test_what_is_long_over_is_forgotten(booked: BookedHall) -> None:
    await booked.plan()
    for n in range(9):
        await booked.book(f"p{n}", "10:00", day=TODAY + timedelta(days=n))
        await booked.next_day()
    kept = booked.room.keeping.kept
    assert min(kept.of_day) == TODAY + timedelta(days=2)
    assert len(kept.by_id) == len(kept.by_token) == 7
    assert kept.of_person("p0") == []
    assert kept.missed["p0"] == [TODAY]
