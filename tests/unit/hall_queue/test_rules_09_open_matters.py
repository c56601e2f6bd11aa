"""Domain rules 9, 10 and 21: whoever is moved or comes back has open what they still want, and nothing else."""

from __future__ import annotations

import pytest

from hall_queue import messages as m
from hall_queue.hand.messages import UndoDeed
from hall_queue.model import MatterOutcome
from hall_server.errors import Refused
from tests.fakes.queue_hall import QueueHall, clerk
from tests.fakes.rule_words import finish, serve_and_finish, transfer

Hall = QueueHall


def matters(hall: Hall, ticket: str) -> dict[str, MatterOutcome | None]:
    return {one.matter: one.outcome for one in hall.ticket(ticket).matters}


def place(hall: Hall, ticket: str) -> tuple[str, str | None]:
    found = hall.ticket(ticket)
    return found.line, found.matter


async def move(hall: Hall, ticket: str, **to: str) -> None:
    await hall.do(m.MoveTicket(ticket=ticket, reason="put right", **to))


async def take_back(hall: Hall) -> None:
    await hall.do(UndoDeed(deed=str(hall.server.journal.seq)))  # a deed's id is its place in the journal


@pytest.mark.gen_test
async def test_rule_21_a_matter_that_a_manager_puts_right_stands_in_place_of_the_old_one(hall: Hall) -> None:
    wrong, right, other = *hall.matters("business")[:2], hall.matters("transport")[0]
    moved = await hall.issue(matter=wrong, more=(other,))
    await move(hall, moved, matter=right)
    assert (place(hall, moved), list(matters(hall, moved))) == (("business", right), [right, other])
    await take_back(hall)
    assert (place(hall, moved), list(matters(hall, moved))) == (("business", wrong), [wrong, other])
    await hall.open("w01", "w04")
    await move(hall, moved, matter=right)
    await serve_and_finish(hall, "w01")
    assert place(hall, moved) == ("transport", other)  # nobody goes back for what was wrong
    assert matters(hall, moved) == {right: MatterOutcome.ACCEPTED, other: None}


@pytest.mark.gen_test
async def test_rule_21_whom_a_manager_moves_to_a_line_wants_the_line_and_gets_the_matter_again_when_undone(
    hall: Hall,
) -> None:
    wanted = hall.matters("business")[0]
    moved = await hall.issue(matter=wanted)
    await move(hall, moved, line="transport")
    assert (place(hall, moved), matters(hall, moved)) == (("transport", None), {})
    await take_back(hall)
    assert (place(hall, moved), matters(hall, moved)) == (("business", wanted), {wanted: None})


@pytest.mark.gen_test
async def test_rule_21_a_manager_lets_the_second_matter_of_a_visit_come_first_and_both_stay_open(hall: Hall) -> None:
    first, second = hall.matters("transport")[0], hall.matters("business")[0]
    moved = await hall.issue(matter=first, more=(second,))
    await move(hall, moved, matter=second)
    assert (place(hall, moved), matters(hall, moved)) == (("business", second), {first: None, second: None})
    await hall.open("w01", "w04")
    await serve_and_finish(hall, "w01")
    assert place(hall, moved) == ("transport", first)
    with hall.refused(Refused, "ticket.matter_decided"):
        await move(hall, moved, matter=second)


@pytest.mark.gen_test
async def test_rule_09_who_came_for_a_line_and_is_sent_for_a_matter_comes_back_with_nothing_open(hall: Hall) -> None:
    theirs = hall.matters("transport")[0]
    await hall.open("w01", "w04")
    sent = await hall.issue("business")
    await hall.serve("w01")
    await transfer(hall, "w01", matter=theirs, returns=True)
    await hall.serve("w04")
    await finish(hall, "w04", outcome=MatterOutcome.CONSULTED)
    assert (place(hall, sent), matters(hall, sent)) == (("business", None), {theirs: MatterOutcome.CONSULTED})
    assert await serve_and_finish(hall, "w01") == sent
    assert matters(hall, sent) == {theirs: MatterOutcome.CONSULTED}


@pytest.mark.gen_test
async def test_rule_09_the_way_back_taken_back_leaves_the_matter_open_at_the_other_window(hall: Hall) -> None:
    theirs = hall.matters("transport")[0]
    await hall.open("w01", "w04")
    sent = await hall.issue("business")
    await hall.serve("w01")
    await transfer(hall, "w01", matter=theirs, returns=True)
    await hall.serve("w04")
    await finish(hall, "w04")
    await hall.do(m.UndoKey(window="w04"), clerk("w04"))
    assert (place(hall, sent), matters(hall, sent)) == (("transport", theirs), {theirs: None})
    await finish(hall, "w04")
    assert place(hall, sent) == ("business", None)


@pytest.mark.gen_test
async def test_rule_09_who_is_sent_on_for_a_matter_decided_before_has_it_open_again(hall: Hall) -> None:
    first, second = hall.matters("business")[0], hall.matters("transport")[0]
    await hall.open("w01", "w04")
    sent = await hall.issue(matter=first, more=(second,))
    await hall.serve("w01")
    await finish(hall, "w01", outcome=MatterOutcome.MATERIALS_MISSING)
    await hall.serve("w04")
    await transfer(hall, "w04", matter=first)
    assert matters(hall, sent) == {first: None, second: None}
