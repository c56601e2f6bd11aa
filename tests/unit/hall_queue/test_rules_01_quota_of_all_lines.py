"""Domain rule 1: a number counts once in every line that its visit has to do with; who is sent on is never refused."""

from __future__ import annotations

import pytest

from hall_queue import messages as m
from hall_queue.hand.messages import UndoDeed
from hall_server.errors import Refused
from tests.fakes.queue_hall import QueueHall, clerk
from tests.fakes.rule_words import finish, rules, transfer

Hall = QueueHall


def given(hall: Hall, line: str) -> tuple[int, int, int | None]:
    """Numbers that count in a line, those sent there, and what is left."""
    shown = hall.room.pictures.line(hall.server.directory.lines[line])
    return shown.given, shown.sent_here, shown.left


def first(hall: Hall, line: str) -> str:
    return hall.matters(line)[0]


@pytest.mark.gen_test
async def test_rule_01_a_visit_for_two_lines_uses_the_quota_of_both(hall: Hall) -> None:
    await rules(hall, line="transport", quota_day=1)
    await hall.issue(matter=first(hall, "business"), more=(first(hall, "transport"),))
    assert given(hall, "transport") == (1, 0, 0)
    with hall.refused(Refused, "line.quota_used"):
        await hall.issue("transport")


@pytest.mark.gen_test
async def test_rule_01_who_is_sent_on_is_not_refused_and_the_line_gives_one_number_less(hall: Hall) -> None:
    await rules(hall, line="transport", quota_day=1)
    await hall.open("w01", "w04")
    for many in (1, 2):
        await hall.issue("business")
        await hall.serve("w01")
        await transfer(hall, "w01", matter=first(hall, "transport"))
        assert given(hall, "transport") == (many, many, 0)
    with hall.refused(Refused, "line.quota_used"):
        await hall.issue("transport")
    assert given(hall, "business") == (2, 0, None)


@pytest.mark.gen_test
async def test_rule_01_who_is_sent_on_counts_in_the_part_of_the_day_in_which_the_line_got_them(hall: Hall) -> None:
    bands = [{"begin": "09:00", "end": "10:00", "tickets": 5}, {"begin": "10:00", "end": "12:00", "tickets": 1}]
    await rules(hall, line="transport", quota_bands=bands)
    await hall.open("w01", "w04")
    await hall.issue("business")
    await hall.serve("w01")
    hall.clock.forward(hours=1, minutes=30)
    assert hall.room.hall.local_now().hour == 10
    await transfer(hall, "w01", matter=first(hall, "transport"))
    with hall.refused(Refused, "line.band_used"):
        await hall.issue("transport")


@pytest.mark.gen_test
async def test_rule_01_whoever_goes_on_with_a_second_matter_counts_once_in_its_line(hall: Hall) -> None:
    await hall.open("w01", "w04")
    await hall.issue(matter=first(hall, "business"), more=(first(hall, "transport"),))
    await hall.serve("w01")
    await finish(hall, "w01")
    assert given(hall, "transport") == (1, 0, None)


@pytest.mark.gen_test
async def test_rule_01_a_matter_taken_up_at_the_window_counts_in_its_line(hall: Hall) -> None:
    await rules(hall, line="transport", quota_day=1)
    await hall.open("w01")
    await hall.issue("business")
    await hall.serve("w01")
    await hall.do(m.AddMatter(window="w01", matter=first(hall, "transport")), clerk("w01"))
    assert given(hall, "transport") == (1, 1, 0)
    with hall.refused(Refused, "line.quota_used"):
        await hall.issue("transport")


@pytest.mark.gen_test
async def test_rule_01_a_transfer_taken_back_gives_the_number_back(hall: Hall) -> None:
    await rules(hall, line="transport", quota_day=1)
    await hall.open("w01", "w04")
    await hall.issue("business")
    await hall.serve("w01")
    await transfer(hall, "w01", matter=first(hall, "transport"))
    await hall.do(m.UndoKey(window="w01"), clerk("w01"))
    assert given(hall, "transport") == (0, 0, 1)
    assert await hall.issue("transport")


@pytest.mark.gen_test
async def test_rule_01_whom_a_manager_moves_takes_the_count_along_there_and_back(hall: Hall) -> None:
    await rules(hall, quota_day=1)
    moved = await hall.issue("business")
    await hall.do(m.MoveTicket(ticket=moved, line="transport", reason="wrong line"))
    assert (given(hall, "business"), given(hall, "transport")) == ((0, 0, 1), (1, 1, 0))
    await hall.do(UndoDeed(deed=str(hall.server.journal.seq)))  # a deed has its place in the journal as its id
    assert (given(hall, "business"), given(hall, "transport")) == ((1, 0, 0), (0, 0, 1))


@pytest.mark.gen_test
async def test_rule_01_whom_a_manager_moves_counts_on_where_another_matter_of_the_visit_is(hall: Hall) -> None:
    both = {"matter": first(hall, "business"), "more": (hall.matters("business")[1],)}
    moved = await hall.issue(**both)
    await hall.do(m.MoveTicket(ticket=moved, line="transport", reason="wrong line"))
    assert (given(hall, "business")[0], given(hall, "transport")[0]) == (1, 1)
