"""Domain rules 1 and 2: when a number is refused, and what a number is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from hall_queue import messages as m
from hall_server.directory.commands import SaveCalendar, SaveHours, SaveLine, SaveMatter, SaveWindow
from hall_server.directory.model import CalendarYear, Hours, Span
from hall_server.errors import Invalid, NotFound, Refused
from tests.fakes.hall import MORNING, manager
from tests.fakes.queue_hall import QueueHall, clerk

Hall = QueueHall
SEVEN_O_CLOCK = MORNING - timedelta(hours=2)  # in Shanghai


def changed(item: Any, **fields: Any) -> Any:
    return type(item)(**{**{name: getattr(item, name) for name in item.__struct_fields__}, **fields})


async def keep_hours(hall: Hall, *spans: tuple[str, str], last_ticket_minutes: int = 0) -> None:
    day = tuple(Span(open=a, close=b) for a, b in spans)
    hours = Hours(days=(day,) * 7, last_ticket_minutes=last_ticket_minutes, follows_calendar=False)
    await hall.do(SaveHours(item=hours))


@pytest.mark.gen_test
async def test_rule_01_issue_is_refused_outside_hours_and_says_when_it_opens(hall: Hall) -> None:
    await keep_hours(hall, ("09:30", "12:00"))
    with hall.refused(Refused, "hall.closed") as refusal:
        await hall.issue()
    assert refusal.value.fields["opens"] == SEVEN_O_CLOCK + timedelta(hours=2, minutes=30)
    hall.clock.forward(minutes=30)
    assert await hall.issue()


@pytest.mark.gen_test
async def test_rule_01_issue_is_refused_past_the_last_ticket(hall: Hall) -> None:
    await keep_hours(hall, ("09:00", "09:30"), last_ticket_minutes=20)
    assert await hall.issue()
    hall.clock.forward(minutes=10)
    with hall.refused(Refused, "hall.last_ticket") as refusal:
        await hall.issue()
    assert refusal.value.fields["closes"] == SEVEN_O_CLOCK + timedelta(hours=2, minutes=30)


@pytest.mark.gen_test
async def test_rule_01_issue_is_refused_on_a_day_off(hall: Hall) -> None:
    hours = Hours(days=((Span(open="00:00", close="24:00"),),) * 5 + ((), ()), follows_calendar=True)
    await hall.do(SaveHours(item=hours))
    assert await hall.issue()
    hall.clock.forward(days=5)  # Saturday
    with hall.refused(Refused, "hall.closed"):
        await hall.issue()
    hall.clock.forward(days=2)  # Monday, which this test makes a holiday
    assert await hall.issue()
    await hall.do(SaveCalendar(item=CalendarYear(year=2026, off=(date(2026, 11, 30),))))
    with hall.refused(Refused, "hall.closed"):
        await hall.issue()


@pytest.mark.gen_test
async def test_rule_01_issue_is_refused_in_a_closed_line_until_it_opens(hall: Hall) -> None:
    await hall.do(m.CloseLine(line="tax", reason="system down"))
    with hall.refused(Refused, "line.closed") as refusal:
        await hall.issue("tax")
    assert refusal.value.fields["reason"] == "system down"
    assert await hall.issue("business")
    await hall.do(m.OpenLine(line="tax"))
    assert await hall.issue("tax")


@pytest.mark.gen_test
async def test_rule_01_issue_is_refused_in_a_line_switched_off(hall: Hall) -> None:
    line = hall.server.directory.lines["farming"]
    for window in hall.server.directory.windows_of_line("farming"):
        lines = tuple(one for one in window.lines if one != "farming") or ("general",)
        await hall.do(SaveWindow(item=changed(window, lines=lines)))
    with hall.refused(Refused, "matter.no_window"):
        await hall.issue("farming")
    for matter in hall.matters("farming"):
        await hall.do(SaveMatter(item=changed(hall.server.directory.matters[matter], active=False)))
    await hall.do(SaveLine(item=changed(line, active=False)))
    with hall.refused(Refused, "line.closed"):
        await hall.issue("farming")


@pytest.mark.gen_test
async def test_rule_01_issue_is_refused_where_no_window_serves_the_matter(hall: Hall) -> None:
    served, other = hall.matters("tax")[:2]
    for window in hall.server.directory.windows_of_line("tax"):
        await hall.do(SaveWindow(item=changed(window, lines=("tax",), matters=(served,))))
    assert await hall.issue(matter=served)
    with hall.refused(Refused, "matter.no_window") as refusal:
        await hall.issue(matter=other)
    assert refusal.value.fields["matter"] == other


@pytest.mark.gen_test
async def test_rule_01_the_same_person_waits_once_for_a_matter(hall: Hall) -> None:
    one, other = hall.matters("business")[:2]
    first = await hall.issue(matter=one, person="p1")
    with hall.refused(Refused, "ticket.duplicate") as refusal:
        await hall.issue(matter=one, person="p1")
    assert refusal.value.fields["ticket"] == first
    assert await hall.issue(matter=other, person="p1")
    assert await hall.issue(matter=one, person="p2")
    await hall.do(m.CancelTicket(ticket=first))
    assert await hall.issue(matter=one, person="p1")


@pytest.mark.gen_test
async def test_rule_01_a_person_whose_visit_moved_to_another_matter_may_come_back_for_the_first(hall: Hall) -> None:
    one, other = hall.matters("business")[0], hall.matters("tax")[0]
    await hall.open("w01", "w10")
    await hall.issue(matter=one, person="p1")
    await hall.serve("w01")
    await hall.do(m.TransferTicket(window="w01", matter=other))
    with hall.refused(Refused, "ticket.duplicate"):
        await hall.issue(matter=other, person="p1")
    await hall.serve("w10")
    await hall.do(m.FinishService(window="w10"), clerk("w10"))
    assert await hall.issue(matter=one, person="p1")
    assert await hall.issue(matter=other, person="p1")


@pytest.mark.gen_test
async def test_rule_01_a_person_whose_passed_ticket_was_resumed_has_a_ticket(hall: Hall) -> None:
    matter = hall.matters("business")[0]
    await hall.open("w01")
    await hall.issue(matter=matter, person="p1")
    passed = await hall.pass_("w01")
    await hall.do(m.CallTicket(window="w01", ticket=passed), clerk("w01"))
    with hall.refused(Refused, "ticket.duplicate"):
        await hall.issue(matter=matter, person="p1")


@pytest.mark.gen_test
async def test_rule_01_what_is_wanted_must_exist(hall: Hall) -> None:
    with hall.refused(Invalid, "ticket.nothing_wanted"):
        await hall.do(m.IssueTicket())
    with hall.refused(NotFound, "line.unknown"):
        await hall.issue("no-such-line")
    with hall.refused(NotFound, "matter.unknown"):
        await hall.issue(matter="no-such-matter")
    with hall.refused(NotFound, "priority.unknown"):
        await hall.issue(priority="in a hurry")
    with hall.refused(Invalid, "ticket.matter_of_other_line"):
        await hall.do(m.IssueTicket(matter=hall.matters("tax")[0], line="business"))
    assert not hall.queue.tickets


@pytest.mark.gen_test
async def test_rule_02_a_number_is_the_prefix_and_a_count_per_line_without_look_alikes(hall: Hall) -> None:
    numbers = [hall.ticket(await hall.issue(line)).number for line in ("business", "tax", "business", "tax", "labour")]
    assert numbers == ["A001", "C001", "A002", "C002", "B001"]
    assert all(re.fullmatch(r"[A-HJ-NP-Z]", line.prefix) for line in hall.server.directory.lines.values())


@pytest.mark.gen_test
async def test_rule_02_numbers_are_unique_and_without_gap_also_when_many_ask_at_once(hall: Hall) -> None:
    wanted = [m.IssueTicket(line=line) for line in ("business", "tax") for _ in range(300)]
    await asyncio.gather(*(hall.server.execute(one, actor=manager()) for one in wanted))
    numbers = sorted(ticket.number for ticket in hall.queue.tickets.values())
    assert numbers == sorted([f"A{n:03d}" for n in range(1, 301)] + [f"C{n:03d}" for n in range(1, 301)])


@pytest.mark.gen_test
async def test_rule_02_a_number_is_frozen_for_life_and_not_given_again(hall: Hall) -> None:
    await hall.open("w01", "w10")
    first = await hall.issue()
    await hall.serve("w01")
    await hall.do(m.TransferTicket(window="w01", matter=hall.matters("tax")[0]))
    assert hall.ticket(first).number == "A001"
    assert hall.ticket(first).line == "tax"
    second = await hall.issue()
    await hall.do(m.CancelTicket(ticket=second))
    assert hall.ticket(await hall.issue()).number == "A003"


@pytest.mark.gen_test
async def test_rule_02_counts_begin_anew_with_the_business_day(hall: Hall) -> None:
    await hall.issue()
    hall.clock.forward(days=1)
    await hall.server.roll_day()
    assert hall.ticket(await hall.issue()).number == "A001"


@pytest.mark.gen_test
async def test_rule_02_the_servers_time_counts_and_never_goes_back(hall: Hall) -> None:
    first = hall.ticket(await hall.issue())
    hall.clock.forward(hours=-1)
    second = hall.ticket(await hall.issue())
    assert second.issued_at >= first.issued_at
    assert second.issued_at - first.issued_at < timedelta(minutes=1)


@pytest.mark.gen_test
async def test_rule_02_the_answer_tells_people_ahead_and_comes_after_the_commit(hall: Hall) -> None:
    replies = [await hall.do(m.IssueTicket(line="tax")) for _ in range(3)]
    assert [reply["ahead"] for reply in replies] == [0, 1, 2]
    assert (await hall.do(m.IssueTicket(line="tax", priority="elderly")))["ahead"] == 0
    assert hall.server.journal.committed == hall.server.journal.seq
    rows = await hall.server.database.fetch("SELECT count(*) FROM journal WHERE type = 'ticket.issued'")
    assert rows == [(4,)]


@pytest.mark.gen_test
async def test_rule_02_a_line_may_do_without_priority(open_hall: Callable[..., Any]) -> None:
    hall: Hall = await open_hall()
    line = hall.server.directory.lines["tax"]
    await hall.do(SaveLine(item=changed(line, priority_enabled=False)))
    assert hall.ticket(await hall.issue("tax", priority="elderly")).priority is None
