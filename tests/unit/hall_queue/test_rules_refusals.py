"""Domain rules 1, 10 and 16: every refusal of a number, its edges, and what it says to do instead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hall_queue import messages as m
from hall_queue.model import Channel
from hall_queue.people import PersonGiven
from hall_queue.requests import TicketWanted
from hall_queue.rule_events import SaveRules
from hall_server.directory.commands import SaveHours, SaveWindow
from hall_server.directory.model import Hours, Span
from hall_server.errors import Invalid, Refused
from hall_server.identity import Role, device_actor, visitor
from tests.fakes.hall import MORNING
from tests.fakes.queue_hall import QueueHall, clerk

Hall = QueueHall
ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999


async def rules(hall: Hall, *, lines: dict[str, dict[str, Any]] | None = None, **values: Any) -> None:
    """Set rules of the hall and of lines."""
    await hall.do(SaveRules(values=values, lines=lines or {}, reason="test"))


def changed(item: Any, **fields: Any) -> Any:
    return type(item)(**{**{name: getattr(item, name) for name in item.__struct_fields__}, **fields})


async def unserved(hall: Hall, line: str) -> str:
    """A matter of a line that no window serves any more."""
    served, other = hall.matters(line)[:2]
    for window in hall.server.directory.windows_of_line(line):
        await hall.do(SaveWindow(item=changed(window, lines=(line,), matters=(served,))))
    return other


async def hours(hall: Hall, open_: str, close: str) -> None:
    await hall.do(SaveHours(item=Hours(days=((Span(open=open_, close=close),),) * 7, follows_calendar=False)))


def until(hall: Hall, clock: str) -> None:
    """Let the hall's clock be this late on its first day."""
    at = timedelta(hours=int(clock[:2]), minutes=int(clock[3:5]), seconds=int(clock[6:] or 0))
    hall.clock.forward(seconds=(MORNING - timedelta(hours=9) + at - hall.clock.now()).total_seconds())


# -- rule 1: quotas


@pytest.mark.gen_test
async def test_rule_01_the_days_quota_gives_exactly_so_many_and_anew_the_next_day(hall: Hall) -> None:
    await rules(hall, lines={"tax": {"quota_day": 2}})
    await hall.issue("tax")
    await hall.issue("tax")
    with hall.refused(Refused, "line.quota_used") as refusal:
        await hall.issue("tax")
    assert (refusal.value.fields["quota"], refusal.value.fields["instead"]) == (2, "another_day")
    assert await hall.issue("business")
    hall.clock.forward(days=1)
    await hall.server.roll_day()
    assert await hall.issue("tax")


@pytest.mark.gen_test
async def test_rule_01_a_quota_of_none_gives_none_and_a_number_given_up_is_used(hall: Hall) -> None:
    await rules(hall, lines={"tax": {"quota_day": 0}, "labour": {"quota_day": 1}})
    with hall.refused(Refused, "line.quota_used"):
        await hall.issue("tax")
    await hall.do(m.CancelTicket(ticket=await hall.issue("labour")))
    with hall.refused(Refused, "line.quota_used"):
        await hall.issue("labour")


@pytest.mark.gen_test
async def test_rule_01_a_band_begins_and_ends_on_its_minute(hall: Hall) -> None:
    bands = [{"begin": "09:30", "end": "10:00", "tickets": 1}, {"begin": "10:00", "end": "11:00", "tickets": 1}]
    await rules(hall, lines={"tax": {"quota_bands": bands}})
    await hall.issue("tax")  # before the bands nothing limits
    await hall.issue("tax")
    until(hall, "09:29:59")
    await hall.issue("tax")  # half a second later it is still before 09:30
    until(hall, "09:30:00")
    await hall.issue("tax")
    with hall.refused(Refused, "line.band_used") as refusal:
        await hall.issue("tax")
    assert (refusal.value.fields["until"], refusal.value.fields["instead"]) == ("10:00", "later")
    until(hall, "09:59:58")
    with hall.refused(Refused, "line.band_used"):
        await hall.issue("tax")
    until(hall, "10:00:00")
    assert await hall.issue("tax")
    with hall.refused(Refused, "line.band_used"):
        await hall.issue("tax")


@pytest.mark.gen_test
async def test_rule_01_day_and_band_hold_together_and_the_smaller_one_is_told(hall: Hall) -> None:
    band = {"begin": "09:00", "end": "12:00", "tickets": 3}
    await rules(hall, lines={"tax": {"quota_day": 2, "quota_bands": [band]}})
    line = hall.server.directory.lines["tax"]
    assert (hall.room.pictures.line(line).left, hall.room.pictures.line(line).left_until) == (2, None)
    await hall.issue("tax")
    await hall.issue("tax")
    assert hall.room.pictures.line(line).left == 0
    with hall.refused(Refused, "line.quota_used"):
        await hall.issue("tax")
    await rules(hall, lines={"tax": {"quota_day": 50}})
    assert (hall.room.pictures.line(line).left, hall.room.pictures.line(line).left_until) == (1, "12:00")
    assert hall.room.pictures.line(hall.server.directory.lines["business"]).left is None


# -- rule 1: the last ticket


@pytest.mark.gen_test
async def test_rule_01_the_last_number_is_the_one_that_the_open_windows_can_still_begin_with(hall: Hall) -> None:
    await rules(hall, last_ticket="windows")
    await hours(hall, "08:00", "09:30")
    assert await hall.issue("tax")  # no window is open: nobody knows yet what will be
    await hall.open("w10")
    given = 1
    with hall.refused(Refused, "hall.no_time_left") as refusal:
        while given < 500:
            await hall.issue("tax")
            given += 1
    assert refusal.value.fields["instead"] == "another_day"
    assert 1 < given < 60
    await hall.open("w11")  # one window more, and there is time again
    assert "tax" in hall.server.directory.windows["w11"].lines
    assert await hall.issue("tax")


@pytest.mark.gen_test
async def test_rule_01_by_windows_alone_the_minutes_of_the_hours_do_not_count(hall: Hall) -> None:
    day = (Span(open="08:00", close="09:30"),)
    await hall.do(SaveHours(item=Hours(days=(day,) * 7, last_ticket_minutes=45, follows_calendar=False)))
    with hall.refused(Refused, "hall.last_ticket"):
        await hall.issue("tax")
    await rules(hall, lines={"tax": {"last_ticket": "windows"}})
    assert await hall.issue("tax")
    with hall.refused(Refused, "hall.last_ticket"):
        await hall.issue("business")


# -- rule 1: nobody serves it, no paper, second tickets


@pytest.mark.gen_test
async def test_rule_01_where_no_window_serves_a_matter_the_guide_desk_is_named(hall: Hall) -> None:
    matter = await unserved(hall, "tax")
    with hall.refused(Refused, "matter.no_window") as refusal:
        await hall.issue(matter=matter)
    assert (refusal.value.fields["instead"], refusal.value.fields["guide"]) == ("guide", None)
    await rules(hall, guide_line="general")
    with hall.refused(Refused, "matter.no_window") as refusal:
        await hall.issue(matter=matter)
    assert refusal.value.fields["guide"] == "general"


@pytest.mark.gen_test
async def test_rule_01_no_slip_without_paper_but_numbers_without_a_slip(hall: Hall) -> None:
    hall.room.hall.ports.has_paper = lambda actor: actor.id != "kiosk-z1"
    kiosk, other = device_actor("kiosk-z1", frozenset()), device_actor("kiosk-z2", frozenset())
    for channel in (Channel.KIOSK, Channel.MQTT):
        with hall.refused(Refused, "kiosk.no_paper") as refusal:
            await hall.do(m.IssueTicket(line="tax", channel=channel), kiosk)
        assert refusal.value.fields["instead"] == "phone"
        assert await hall.do(m.IssueTicket(line="tax", channel=channel), other)
    assert await hall.do(m.IssueTicket(line="tax", channel=Channel.PHONE), kiosk)


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ("matter", {"other matter", "other line"}),
        ("line", {"other line"}),
        ("hall", set()),
        ("free", {"same", "other matter", "other line"}),
    ],
)
async def test_rule_01_what_a_person_may_not_have_two_of(hall: Hall, policy: str, allowed: set[str]) -> None:
    await rules(hall, second_ticket=policy)
    same, second = hall.matters("tax")[:2]
    ways = {"same": same, "other matter": second, "other line": hall.matters("business")[0]}
    for name, matter in ways.items():
        person = f"p-{name}"
        first = await hall.issue(matter=same, person=person)
        if name in allowed:
            assert await hall.issue(matter=matter, person=person)
            continue
        with hall.refused(Refused, "ticket.duplicate") as refusal:
            await hall.issue(matter=matter, person=person)
        assert refusal.value.fields["number"] == hall.ticket(first).number
        assert refusal.value.fields["instead"] == "reprint"


@pytest.mark.gen_test
async def test_rule_01_only_where_tickets_are_given_out_may_the_old_one_be_had_again(
    open_hall: Callable[..., Any],
) -> None:
    hall: Hall = await open_hall(open_ticketing=False)
    first = await hall.issue("tax", person="p1")
    kiosk = device_actor("kiosk-z1", frozenset())
    for actor, token in ((kiosk, hall.ticket(first).token), (visitor("somebody"), None)):
        with hall.refused(Refused, "ticket.duplicate") as refusal:
            await hall.do(m.IssueTicket(line="tax", person="p1"), actor)
        assert (actor.kind is Role.VISITOR) == (token is None)
        assert refusal.value.fields["token"] == token


# -- rule 16: caps and names


@pytest.mark.gen_test
async def test_rule_16_a_person_has_so_many_numbers_a_day_those_given_up_too(hall: Hall) -> None:
    await rules(hall, person_per_day=2, second_ticket="free")
    await hall.do(m.CancelTicket(ticket=await hall.issue("tax", person="p1")))
    await hall.issue("business", person="p1")
    with hall.refused(Refused, "person.too_many") as refusal:
        await hall.issue("labour", person="p1")
    assert (refusal.value.fields["most"], refusal.value.fields["instead"]) == (2, "another_day")
    assert await hall.issue("labour", person="p2")
    assert await hall.issue("labour")  # who said nothing of themselves is not counted
    hall.clock.forward(days=1)
    await hall.server.roll_day()
    assert await hall.issue("labour", person="p1")


@pytest.mark.gen_test
async def test_rule_16_the_cap_outlasts_a_restart(open_hall: Callable[..., Any]) -> None:
    hall: Hall = await open_hall()
    await rules(hall, person_per_day=1)
    await hall.do(m.CancelTicket(ticket=await hall.issue("tax", person="p1")))
    hall = await open_hall()
    with hall.refused(Refused, "person.too_many"):
        await hall.issue("tax", person="p1")


@pytest.mark.gen_test
async def test_rule_16_a_line_bound_to_the_id_gives_nothing_without_it(hall: Hall) -> None:
    await rules(hall, lines={"labour": {"id_required": True}})
    with hall.refused(Refused, "person.needed") as refusal:
        await hall.issue("labour")
    assert refusal.value.fields["field"] == "person.id_number"
    assert await hall.issue("tax")
    assert await hall.issue("labour", person="p1")
    assert hall.room.pictures.line(hall.server.directory.lines["labour"]).needs_id


@pytest.mark.gen_test
async def test_rule_16_there_is_no_way_round_the_id_by_phone_nor_as_a_further_matter(hall: Hall) -> None:
    await rules(hall, lines={"labour": {"id_required": True}})
    by_phone = TicketWanted(line="labour", person=PersonGiven(phone="13800138000"))
    with hall.refused(Refused, "person.needed"):
        await hall.room.command_for(by_phone)
    await hall.do(await hall.room.command_for(TicketWanted(line="tax", person=PersonGiven(phone="13800138000"))))
    with hall.refused(Refused, "person.needed"):  # although the hall knows this phone by now
        await hall.room.command_for(by_phone)
    with hall.refused(Refused, "person.needed"):
        await hall.issue(matter=hall.matters("tax")[0], more=(hall.matters("labour")[0],))
    named = TicketWanted(line="labour", person=PersonGiven(id_number=ID_NUMBER))
    assert await hall.do(await hall.room.command_for(named))


# -- rule 10: several matters on one number


@pytest.mark.gen_test
async def test_rule_10_several_matters_are_on_one_number_up_to_the_halls_limit(hall: Hall) -> None:
    one, two, three, four = hall.matters("tax")[:3] + hall.matters("business")[:1]
    ticket = hall.ticket(await hall.issue(matter=one, more=(two, four)))
    assert [line.matter for line in ticket.matters] == [one, two, four]
    with hall.refused(Invalid, "ticket.too_many_matters") as refusal:
        await hall.issue(matter=one, more=(two, three, four))
    assert refusal.value.fields["most"] == 3
    with hall.refused(Invalid, "ticket.matter_twice"):
        await hall.issue(matter=one, more=(two, one))
    with hall.refused(Invalid, "ticket.nothing_wanted"):
        await hall.do(m.IssueTicket(line="tax", more=(one,)))
    await rules(hall, several_matters=1)
    with hall.refused(Invalid, "ticket.too_many_matters"):
        await hall.issue(matter=one, more=(two,))


@pytest.mark.gen_test
async def test_rule_10_a_further_matter_that_nobody_serves_is_refused_by_name(hall: Hall) -> None:
    first, other = hall.matters("business")[0], await unserved(hall, "tax")
    with hall.refused(Refused, "matter.no_window") as refusal:
        await hall.issue(matter=first, more=(other,))
    assert (refusal.value.fields["matter"], refusal.value.fields["line"]) == (other, "tax")
    assert not hall.queue.tickets


@pytest.mark.gen_test
async def test_rule_10_a_further_matter_is_held_to_the_rules_of_its_own_line(hall: Hall) -> None:
    first, other = hall.matters("business")[0], hall.matters("tax")[0]
    await hall.issue(matter=other, person="p1")
    with hall.refused(Refused, "ticket.duplicate"):
        await hall.issue(matter=first, more=(other,), person="p1")
    await rules(hall, lines={"tax": {"quota_day": 1}})
    with hall.refused(Refused, "line.quota_used"):
        await hall.issue(matter=first, more=(other,), person="p2")
    await rules(hall, lines={"tax": {"quota_day": None}})
    await hall.do(m.CloseLine(line="tax", reason="alone"))
    with hall.refused(Refused, "line.closed") as refusal:
        await hall.issue(matter=first, more=(other,), person="p2")
    assert (refusal.value.fields["line"], refusal.value.fields["reason"]) == ("tax", "alone")


@pytest.mark.gen_test
async def test_rule_16_a_further_matter_is_no_way_round_what_its_line_minds_of_persons(hall: Hall) -> None:
    first, other = hall.matters("business")[0], hall.matters("tax")
    await rules(hall, lines={"tax": {"second_ticket": "line"}, "labour": {"person_per_day": 1}})
    await hall.issue(matter=other[0], person="p1")
    with hall.refused(Refused, "ticket.duplicate"):
        await hall.issue(matter=first, more=(other[1],), person="p1")
    with hall.refused(Refused, "person.too_many"):
        await hall.issue(matter=first, more=(hall.matters("labour")[0],), person="p1")
    assert await hall.issue(matter=first, person="p1")


# -- what kiosks know before the tap, and when a changed rule holds


@pytest.mark.gen_test
async def test_what_the_hall_would_say_is_what_it_says_beforehand(hall: Hall) -> None:
    assert hall.room.pictures.taking().open
    await hours(hall, "09:30", "12:00")
    taking = hall.room.pictures.taking()
    with hall.refused(Refused, "hall.closed") as refusal:
        await hall.issue("tax")
    assert (taking.open, taking.reason, taking.opens) == (False, "hall.closed", refusal.value.fields["opens"])
    hall.clock.forward(minutes=31)
    taking = hall.room.pictures.taking()
    assert (taking.open, taking.reason) == (True, None)
    assert taking.closes is not None
    assert taking.closes.isoformat() == "2026-11-23T12:00:00+08:00"


@pytest.mark.gen_test
async def test_a_changed_rule_holds_from_the_next_ticket_on_and_takes_none_away(hall: Hall) -> None:
    given = [await hall.issue("tax") for _ in range(3)]
    await rules(hall, lines={"tax": {"quota_day": 2, "id_required": True}})
    with hall.refused(Refused, "line.quota_used"):
        await hall.issue("tax", person="p1")
    await hall.open("w10")
    assert [await hall.serve("w10")] == given[:1]
    await hall.do(m.FinishService(window="w10"), clerk("w10"))
    await rules(hall, lines={"tax": {"quota_day": 4}})
    with hall.refused(Refused, "person.needed"):
        await hall.issue("tax")
    assert await hall.issue("tax", person="p1")


# -- rule 17: near, once


@pytest.mark.gen_test
async def test_rule_17_whoever_is_near_is_told_once_over_calls_and_a_restart(open_hall: Callable[..., Any]) -> None:
    hall: Hall = await open_hall()
    await hall.open("w10")
    ids = [await hall.issue("tax") for _ in range(7)]
    for turn in range(5):
        if turn == 2:
            hall = await open_hall()
        await hall.serve("w10")
        await hall.do(m.FinishService(window="w10"), clerk("w10"))
    rows = await hall.server.database.fetch("SELECT subject FROM journal WHERE type = 'ticket.near' ORDER BY seq")
    told = [subject.removeprefix("ticket:") for (subject,) in rows]
    assert len(told) == len(set(told))
    assert set(told) <= set(ids)
    assert {ids[4], ids[5], ids[6]} <= set(told)
    assert hall.room.pictures.ticket(hall.ticket(ids[6])).near
