"""Domain rule 7: the last key of a window can be taken back for ten seconds, and everything is as it was before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from evaluation.messages import GiveRating
from evaluation.model import Level, RatingChannel
from hall_queue import messages as m
from hall_queue.model import Alone, RequeueMode, Ticket, TicketState
from hall_queue.rule_events import SaveRules
from hall_server.errors import Refused
from hall_server.messages import Command
from tests.fakes.hall import manager
from tests.fakes.queue_hall import QueueHall, clerk

Hall = QueueHall

COLUMNS = "state, line, matter, window, staff, calls, first_called_at, started_at, ended_at, transfers, outcome"
FORGOTTEN = {"touched", "near"}
"""What a ticket does not get back: that it was touched again, and that its visitor was told that the turn is near."""


async def undo(hall: Hall, window: str = "w01") -> Any:
    return await hall.do(m.UndoKey(window=window), clerk(window))


async def rules(hall: Hall, **values: Any) -> None:
    await hall.do(SaveRules(values=values, reason="test"))


def kept(ticket: Ticket) -> dict[str, Any]:
    """Everything about a ticket, copied."""
    found = msgspec.to_builtins(ticket)
    return {name: value for name, value in found.items() if name not in FORGOTTEN}


def standing(hall: Hall, window: str = "w01") -> dict[str, Any]:
    """Everything about the queue that a key may change, copied; the ratio's counts of the desk included."""
    queue, desk = hall.queue, hall.desk(window)
    return {
        "tickets": {id_: kept(one) for id_, one in queue.tickets.items()},
        "desk": (desk.state, desk.ticket, desk.since, list(desk.passed), list(desk.recent), desk.served),
        "turns": (desk.favoured, desk.turns, desk.last_finished),
        "counts": {state: many for state, many in queue.counts.items() if many},
        "services": {line: list(times) for line, times in queue.services.items() if times},
        "calls": sorted(queue.recent_calls),
        "held": set(queue.held),
        "people": {one.id for one in queue.open_tickets("p1")},
        "next": [one.id for _, one in queue.waiting.in_order(asking(hall, window), 100)],
    }


def asking(hall: Hall, window: str) -> Any:
    rules = hall.room.hall
    return rules.asking(rules.window(window), hall.desk(window))


async def row(hall: Hall, id_: str) -> tuple[Any, ...]:
    """A ticket's row of the table, as soon as the table has caught up."""
    await hall.server.projector.catch_up()
    found = await hall.server.views.fetch(f"SELECT {COLUMNS} FROM tickets WHERE id=?", (id_,))  # noqa: S608  # constant
    return tuple(found[0])


async def called(hall: Hall) -> str:
    await hall.open("w01", "w02", "w10")
    id_ = await hall.issue(matter=hall.matters("business")[0], person="p1")
    await hall.issue()
    await hall.call("w01")
    return id_


async def serving(hall: Hall) -> str:
    id_ = await called(hall)
    await hall.do(m.StartService(window="w01"), clerk("w01"))
    return id_


async def waiting(hall: Hall) -> str:
    await hall.open("w01", "w02")
    return await hall.issue()


async def held(hall: Hall) -> str:
    id_ = await serving(hall)
    await hall.do(m.HoldTicket(window="w01"), clerk("w01"))
    return id_


async def passable(hall: Hall) -> str:
    id_ = await called(hall)
    await hall.may_pass("w01")
    return id_


async def several(hall: Hall) -> str:
    """Served at w01, with a second matter that only w10 serves."""
    await hall.open("w01", "w10")
    id_ = await hall.issue(matter=hall.matters("business")[0], more=(hall.matters("tax")[0],))
    await hall.serve("w01")
    return id_


async def passed(hall: Hall) -> str:
    id_ = await passable(hall)
    await hall.do(m.PassTicket(window="w01"), clerk("w01"))
    return id_


KEYS: dict[str, tuple[Callable[[Hall], Awaitable[str]], Callable[[Hall, str], Command], str]] = {
    "call": (waiting, lambda hall, id_: m.CallNext(window="w01"), "ticket.called"),
    "call of a held one": (held, lambda hall, id_: m.CallTicket(window="w01", ticket=id_), "ticket.called"),
    "call of a passed one": (passed, lambda hall, id_: m.CallTicket(window="w01", ticket=id_), "ticket.called"),
    "start": (called, lambda hall, id_: m.StartService(window="w01"), "ticket.started"),
    "pass": (passable, lambda hall, id_: m.PassTicket(window="w01"), "ticket.passed"),
    "hold": (serving, lambda hall, id_: m.HoldTicket(window="w01", minutes=5), "ticket.held"),
    **{
        f"requeue {mode}": (
            called,
            lambda hall, id_, mode=mode: m.RequeueTicket(window="w01", mode=mode),
            "ticket.requeued",
        )
        for mode in RequeueMode
    },
    "transfer to a window": (
        serving,
        lambda hall, id_: m.TransferTicket(window="w01", to_window="w02"),
        "ticket.transferred",
    ),
    "transfer to a matter": (
        serving,
        lambda hall, id_: m.TransferTicket(window="w01", matter=hall.matters("tax")[0]),
        "ticket.transferred",
    ),
    "transfer to a person": (
        called,
        lambda hall, id_: m.TransferTicket(window="w01", staff="s02", returns=True),
        "ticket.transferred",
    ),
    "finish": (serving, lambda hall, id_: m.FinishService(window="w01"), "ticket.finished"),
    "finish that goes on": (several, lambda hall, id_: m.FinishService(window="w01"), "ticket.forwarded"),
}


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.gen_test
async def test_rule_07_an_undone_key_leaves_everything_as_it_was(hall: Hall, name: str) -> None:
    arrange, key, type_ = KEYS[name]
    id_ = await arrange(hall)
    before, row_before = standing(hall), await row(hall, id_)
    pressed = await hall.do(key(hall, id_), clerk("w01"))
    assert (pressed["undo"]["key"], pressed["undo"]["number"]) == (type_, hall.ticket(id_).number)
    after = await undo(hall)
    assert after["undo"] is None
    assert standing(hall) == before
    assert await row(hall, id_) == row_before
    with hall.refused(Refused, "undo.nothing"):
        await undo(hall)


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.gen_test
async def test_rule_07_a_restart_keeps_what_may_be_undone(open_hall: Any, name: str) -> None:
    arrange, key, _ = KEYS[name]
    hall = await open_hall()
    id_ = await arrange(hall)
    before = standing(hall)
    await hall.do(key(hall, id_), clerk("w01"))
    hall = await open_hall()
    await undo(hall)
    assert standing(hall) == before
    hall = await open_hall()
    assert standing(hall) == before


@pytest.mark.gen_test
async def test_rule_07_a_set_back_is_undone(hall: Hall) -> None:
    await rules(hall, pass_policy="requeue")
    id_ = await passable(hall)
    before, row_before = standing(hall), await row(hall, id_)
    pressed = await hall.do(m.PassTicket(window="w01"), clerk("w01"))
    assert (pressed["undo"]["key"], hall.ticket(id_).passes) == ("ticket.set_back", 1)
    await undo(hall)
    assert standing(hall) == before
    assert await row(hall, id_) == row_before


@pytest.mark.gen_test
async def test_rule_07_an_expiry_for_passing_too_often_is_undone(hall: Hall) -> None:
    await rules(hall, pass_policy="requeue", pass_times=0)
    id_ = await passable(hall)
    before, row_before = standing(hall), await row(hall, id_)
    await hall.do(m.PassTicket(window="w01"), clerk("w01"))
    assert hall.ticket(id_).state is TicketState.EXPIRED
    await undo(hall)
    assert standing(hall) == before
    assert await row(hall, id_) == row_before


@pytest.mark.gen_test
async def test_rule_07_finish_and_call_is_undone_in_two_steps(hall: Hall) -> None:
    first = await serving(hall)
    before = standing(hall)
    pressed = await hall.do(m.CallNext(window="w01", finish=True), clerk("w01"))
    second = pressed["ticket"]["id"]
    assert pressed["undo"]["key"] == "ticket.called"
    between = await undo(hall)
    assert (between["window"]["state"], between["undo"]["key"]) == ("idle", "ticket.finished")
    assert between["undo"]["number"] == hall.ticket(first).number
    assert (hall.ticket(second).state, hall.ticket(first).state) == (TicketState.WAITING, TicketState.DONE)
    await undo(hall)
    assert standing(hall) == before
    assert (await row(hall, first))[0] == TicketState.SERVING


@pytest.mark.gen_test
async def test_rule_07_one_called_by_mistake_is_next_again_at_its_old_place(hall: Hall) -> None:
    await hall.open("w01")
    ids = [await hall.issue() for _ in range(3)]
    assert await hall.call("w01") == ids[0]
    desk = await undo(hall)
    assert [one["id"] for one in desk["ahead"]] == ids
    assert hall.ticket(ids[0]).calls == 0
    assert await hall.call("w01") == ids[0]


@pytest.mark.gen_test
async def test_rule_07_whoever_was_put_back_to_be_skipped_still_is_after_an_undone_call(hall: Hall) -> None:
    await hall.open("w01")
    first, second = await hall.issue(), await hall.issue()
    assert await hall.call("w01") == first
    await hall.do(m.RequeueTicket(window="w01", mode=RequeueMode.SKIP), clerk("w01"))
    assert await hall.call("w01") == second
    await undo(hall)
    assert await hall.call("w01") == second


@pytest.mark.gen_test
async def test_rule_07_a_key_can_be_undone_for_ten_seconds(hall: Hall) -> None:
    id_ = await waiting(hall)
    await hall.call("w01")
    hall.clock.forward(seconds=9.5)  # half a second passes before each command
    assert (await undo(hall))["ticket"] is None
    await hall.call("w01")
    hall.clock.forward(seconds=9.6)
    with hall.refused(Refused, "undo.too_late"):
        await undo(hall)
    assert hall.ticket(id_).state is TicketState.CALLED


@pytest.mark.gen_test
async def test_rule_07_how_long_is_the_halls_setting(hall: Hall) -> None:
    await rules(hall, undo_s=30)
    await waiting(hall)
    await hall.call("w01")
    hall.clock.forward(seconds=29)
    assert (await undo(hall))["window"]["state"] == "idle"


@pytest.mark.gen_test
async def test_rule_07_nothing_is_undone_once_another_window_has_called_the_ticket(hall: Hall) -> None:
    id_ = await serving(hall)
    await hall.do(m.TransferTicket(window="w01", to_window="w02"), clerk("w01"))
    assert await hall.call("w02") == id_
    assert hall.room.pictures.desk("w01").undo is None
    with hall.refused(Refused, "undo.moved_on"):
        await undo(hall)
    assert hall.ticket(id_).window == "w02"


@pytest.mark.gen_test
async def test_rule_07_a_hold_that_is_over_is_not_undone(hall: Hall) -> None:
    id_ = await serving(hall)
    await hall.do(m.HoldTicket(window="w01"), clerk("w01"))
    await hall.do(m.ReleaseTicket(ticket=id_))
    with hall.refused(Refused, "undo.moved_on"):
        await undo(hall)


@pytest.mark.gen_test
async def test_rule_07_a_managers_hand_on_the_ticket_ends_the_undo(hall: Hall) -> None:
    id_ = await called(hall)
    await hall.do(m.RequeueTicket(window="w01"), clerk("w01"))
    await hall.do(m.PinTicket(ticket=id_, reason="ill"), manager())
    with hall.refused(Refused, "undo.moved_on"):
        await undo(hall)
    assert hall.ticket(id_).pinned


@pytest.mark.gen_test
async def test_rule_07_a_number_given_up_stays_given_up(hall: Hall) -> None:
    id_ = await called(hall)
    await hall.do(m.RequeueTicket(window="w01"), clerk("w01"))
    await hall.do(m.CancelTicket(ticket=id_))
    with hall.refused(Refused, "undo.moved_on"):
        await undo(hall)
    assert hall.ticket(id_).state is TicketState.CANCELLED


@pytest.mark.gen_test
async def test_rule_07_a_rated_visit_is_not_taken_back(open_hall: Any) -> None:
    hall = await open_hall(rooms=("hall_queue", "evaluation"))
    id_ = await serving(hall)
    await hall.do(m.FinishService(window="w01"), clerk("w01"))
    await hall.do(GiveRating(ticket=id_, level=Level.VERY_SATISFIED, channel=RatingChannel.PHONE))
    with hall.refused(Refused, "undo.rated"):
        await undo(hall)
    assert hall.ticket(id_).state is TicketState.DONE


@pytest.mark.gen_test
async def test_rule_07_nobody_gets_two_numbers_for_one_matter_by_an_undo(hall: Hall) -> None:
    await hall.open("w01")
    matter = hall.matters("business")[0]
    await hall.issue(matter=matter, person="p1")
    await hall.serve("w01")
    await hall.do(m.FinishService(window="w01"), clerk("w01"))
    again = await hall.issue(matter=matter, person="p1")
    with hall.refused(Refused, "undo.moved_on"):
        await undo(hall)
    assert [one.id for one in hall.queue.open_tickets("p1")] == [again]


@pytest.mark.parametrize(
    "command", [m.PauseWindow(window="w01"), m.CloseWindow(window="w01", alone=Alone.LEAVE)], ids=["pause", "close"]
)
@pytest.mark.gen_test
async def test_rule_07_a_window_that_paused_or_closed_has_nothing_to_undo(hall: Hall, command: Command) -> None:
    await serving(hall)
    await hall.do(m.FinishService(window="w01"), clerk("w01"))
    await hall.do(command, clerk("w01"))
    with hall.refused(Refused, "undo.nothing"):
        await undo(hall)


@pytest.mark.gen_test
async def test_rule_07_a_recall_ends_the_undo_of_the_call(hall: Hall) -> None:
    await called(hall)
    hall.clock.forward(seconds=10)
    await hall.do(m.RecallTicket(window="w01"), clerk("w01"))
    with hall.refused(Refused, "undo.nothing"):
        await undo(hall)


@pytest.mark.parametrize("key", [m.CallNext(window="w01"), m.FinishService(window="w01")], ids=["call", "finish"])
@pytest.mark.gen_test
async def test_rule_07_an_undo_outlives_a_rush_at_other_windows(hall: Hall, key: Command) -> None:
    arrange = waiting if isinstance(key, m.CallNext) else serving
    id_ = await arrange(hall)
    before = hall.ticket(id_).state
    await hall.do(key, clerk("w01"))
    rush = (m.IssueTicket(line="business"), *(kind(window="w02") for kind in (m.CallNext, m.StartService)))
    for _ in range(70):  # more than the hall remembers of its last calls and service times
        for command in (*rush, m.FinishService(window="w02")):
            await hall.server.execute(command, actor=manager())
    await undo(hall)
    assert hall.ticket(id_).state is before
    assert (id_ in hall.queue.recent_calls) is False
