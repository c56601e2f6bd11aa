"""Domain rule 21: what a manager's hand does has a reason, stands in the log, and is undone where it can be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from hall_queue import messages as m
from hall_queue.causes import Stop
from hall_queue.hand import messages as h
from hall_queue.hand.deeds import Deed, DeedKind
from hall_queue.hand.log import HandLog
from hall_queue.hand.preview import preview
from hall_queue.model import TicketState, WindowState
from hall_queue.notices import messages as n
from hall_queue.notices.model import EmergencyKind
from hall_server.directory.commands import SaveWindow
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.messages import Command
from tests.fakes.queue_hall import QueueHall, clerk

WINDOW = "w01"


def log(hall: QueueHall) -> HandLog:
    view = hall.server.live_views["hand"]
    found = view._pictures._log  # type: ignore[attr-defined]  # the fold itself, for what the picture leaves out
    assert isinstance(found, HandLog)
    return found


def deeds(hall: QueueHall) -> list[Deed]:
    return list(log(hall).deeds.values())


def last(hall: QueueHall) -> Deed:
    return deeds(hall)[-1]


async def undo(hall: QueueHall, deed: Deed | None = None) -> None:
    await hall.do(h.UndoDeed(deed=(deed or last(hall)).id))


def line_of(hall: QueueHall, window: str = WINDOW) -> str:
    return hall.server.directory.windows[window].lines[0]


def other_line(hall: QueueHall) -> str:
    mine = hall.server.directory.windows[WINDOW].lines
    return next(line.id for line in hall.server.directory.lines_in_order() if line.id not in mine)


# -- pin and move


@pytest.mark.gen_test
async def test_a_pin_is_logged_with_its_reason_and_undone(hall: QueueHall) -> None:
    ticket = await hall.issue()
    await hall.do(m.PinTicket(ticket=ticket, reason="航班"))
    assert (last(hall).kind, last(hall).target, last(hall).reason, last(hall).by) == (
        DeedKind.PINNED,
        ticket,
        "航班",
        "staff:m01",
    )
    pin = last(hall)
    await undo(hall)
    assert not hall.ticket(ticket).pinned
    assert (pin.undone_by, last(hall).undoes) == (last(hall).id, pin.id)
    with hall.refused(Refused, "hand.undone_already"):
        await undo(hall, pin)


@pytest.mark.gen_test
async def test_an_undo_may_be_undone(hall: QueueHall) -> None:
    ticket = await hall.issue()
    await hall.do(m.PinTicket(ticket=ticket, reason="航班"))
    await undo(hall)
    await undo(hall)
    assert hall.ticket(ticket).pinned


@pytest.mark.gen_test
async def test_a_pin_of_a_ticket_called_meanwhile_is_not_undone(hall: QueueHall) -> None:
    ticket = await hall.issue(line_of(hall))
    await hall.do(m.PinTicket(ticket=ticket, reason="航班"))
    await hall.open(WINDOW)
    await hall.call(WINDOW)
    with hall.refused(Refused, "ticket.is_called"):
        await undo(hall)
    assert hall.ticket(ticket).state is TicketState.CALLED


@pytest.mark.gen_test
async def test_a_move_to_another_line_goes_back_where_it_was(hall: QueueHall) -> None:
    line, other = line_of(hall), other_line(hall)
    ticket = await hall.issue(line)
    await hall.do(m.MoveTicket(ticket=ticket, line=other, reason="取错号"))
    assert (hall.ticket(ticket).line, last(hall).kind) == (other, DeedKind.MOVED)
    await undo(hall)
    assert hall.ticket(ticket).line == line


@pytest.mark.gen_test
async def test_a_move_to_a_window_goes_back_to_the_line(hall: QueueHall) -> None:
    await hall.open(WINDOW)
    ticket = await hall.issue(line_of(hall))
    await hall.do(m.MoveTicket(ticket=ticket, to_window=WINDOW, reason="找李主任"))
    assert hall.ticket(ticket).directed_window == WINDOW
    await undo(hall)
    assert hall.ticket(ticket).directed_window is None


@pytest.mark.gen_test
async def test_a_move_that_was_moved_again_is_not_undone(hall: QueueHall) -> None:
    ticket = await hall.issue(line_of(hall))
    await hall.do(m.MoveTicket(ticket=ticket, line=other_line(hall), reason="一"))
    first = last(hall)
    await hall.do(m.MoveTicket(ticket=ticket, line=line_of(hall), reason="二"))
    with hall.refused(Refused, "hand.moved_on"):
        await undo(hall, first)


@pytest.mark.gen_test
async def test_what_a_window_sends_on_is_no_deed_of_a_manager(hall: QueueHall) -> None:
    windows = [w.id for w in hall.server.directory.windows_of_line(line_of(hall))][:2]
    await hall.open(*windows)
    await hall.issue(line_of(hall))
    await hall.call(windows[0])
    await hall.do(m.TransferTicket(window=windows[0], to_window=windows[1]), clerk(windows[0]))
    assert deeds(hall) == []


# -- windows and lines


@pytest.mark.gen_test
async def test_a_line_is_closed_and_opened_with_reasons_and_back(hall: QueueHall) -> None:
    line = line_of(hall)
    await hall.do(h.SwitchLine(line=line, is_open=False, reason="系统故障"))
    assert hall.queue.closed_lines == {line: Stop(reason="系统故障")}
    await undo(hall)
    assert hall.queue.closed_lines == {}
    await hall.do(h.SwitchLine(line=line, is_open=False, reason="系统故障"))
    await hall.do(h.SwitchLine(line=line, is_open=True, reason="系统恢复"))
    assert [(deed.kind, deed.reason) for deed in deeds(hall)[-2:]] == [
        (DeedKind.LINE_CLOSED, "系统故障"),
        (DeedKind.LINE_OPENED, "系统恢复"),
    ]


@pytest.mark.gen_test
async def test_closing_a_closed_line_again_is_no_deed(hall: QueueHall) -> None:
    for _ in range(2):
        await hall.do(h.SwitchLine(line=line_of(hall), is_open=False, reason="系统故障"))
    assert len(deeds(hall)) == 1


@pytest.mark.gen_test
async def test_a_window_is_opened_paused_resumed_and_closed_by_hand(hall: QueueHall) -> None:
    for to, state in (
        (h.WindowDeed.OPEN, WindowState.IDLE),
        (h.WindowDeed.PAUSE, WindowState.PAUSED),
        (h.WindowDeed.RESUME, WindowState.IDLE),
        (h.WindowDeed.CLOSE, WindowState.CLOSED),
    ):
        await hall.do(h.SwitchWindow(window=WINDOW, to=to, staff="s01", reason=f"因为{to}"))
        assert hall.desk(WINDOW).state is state
    assert [(deed.kind.value, deed.reason) for deed in deeds(hall)] == [
        ("window_opened", "因为open"),
        ("window_paused", "因为pause"),
        ("window_resumed", "因为resume"),
        ("window_closed", "因为close"),
    ]


@pytest.mark.parametrize(
    ("to", "before"),
    [
        (h.WindowDeed.OPEN, WindowState.CLOSED),
        (h.WindowDeed.PAUSE, WindowState.IDLE),
        (h.WindowDeed.RESUME, WindowState.PAUSED),
        (h.WindowDeed.CLOSE, WindowState.IDLE),
    ],
)
@pytest.mark.gen_test
async def test_a_windows_switch_is_undone(hall: QueueHall, to: h.WindowDeed, before: WindowState) -> None:
    if to is not h.WindowDeed.OPEN:
        await hall.open(WINDOW)
    if to is h.WindowDeed.RESUME:
        await hall.do(m.PauseWindow(window=WINDOW), clerk(WINDOW))
    await hall.do(h.SwitchWindow(window=WINDOW, to=to, staff="s01", reason="调整"))
    await undo(hall)
    assert hall.desk(WINDOW).state is before
    assert hall.desk(WINDOW).staff == (None if before is WindowState.CLOSED else "s01")


@pytest.mark.gen_test
async def test_a_clerks_own_keys_are_no_deeds_of_a_manager(hall: QueueHall) -> None:
    await hall.open(WINDOW)
    for command in (m.PauseWindow(window=WINDOW), m.ResumeWindow(window=WINDOW), m.CloseWindow(window=WINDOW)):
        await hall.do(command, clerk(WINDOW))
    assert deeds(hall) == []


@pytest.mark.gen_test
async def test_reassigning_takes_effect_with_the_next_call_and_goes_back(hall: QueueHall) -> None:
    before, other = hall.server.directory.windows[WINDOW], other_line(hall)
    await hall.open(WINDOW)
    ticket = await hall.issue(other)
    with hall.refused(Refused, "queue.empty"):
        await hall.call(WINDOW)
    await hall.do(h.ReassignWindow(window=WINDOW, lines=(other,), reason="分流"))
    assert (last(hall).kind, last(hall).reason) == (DeedKind.REASSIGNED, "分流")
    reassigned = last(hall)
    assert await hall.call(WINDOW) == ticket
    await undo(hall, reassigned)
    assert hall.server.directory.windows[WINDOW] == before


@pytest.mark.gen_test
async def test_a_reassignment_changed_since_is_not_undone(hall: QueueHall) -> None:
    await hall.do(h.ReassignWindow(window=WINDOW, lines=(other_line(hall),), reason="分流"))
    first = last(hall)
    item = msgspec.structs.replace(hall.server.directory.windows[WINDOW], lines=(other_line(hall),))
    await hall.do(SaveWindow(item=item))
    with hall.refused(Refused, "hand.moved_on"):
        await undo(hall, first)


@pytest.mark.gen_test
async def test_a_new_name_of_a_window_is_no_reassignment(hall: QueueHall) -> None:
    item = msgspec.structs.replace(hall.server.directory.windows[WINDOW], name="综合窗口")
    await hall.do(SaveWindow(item=item))
    assert deeds(hall) == []


@pytest.mark.parametrize(
    ("more", "error", "code"),
    [
        ({"reason": " "}, Invalid, "text.missing"),
        ({"lines": ("nowhere",)}, Invalid, "directory.line_unknown"),
        ({"matters": ("nothing",)}, Invalid, "directory.matter_unknown"),
        ({"window": "w99"}, NotFound, "window.unknown"),
    ],
)
@pytest.mark.gen_test
async def test_a_bad_reassignment_changes_nothing(hall: QueueHall, more: Any, error: Any, code: str) -> None:
    before = dict(hall.server.directory.windows)
    with hall.refused(error, code):
        await hall.do(h.ReassignWindow(**{"window": WINDOW, "lines": (line_of(hall),), "reason": "分流", **more}))
    assert (hall.server.directory.windows, deeds(hall)) == (before, [])


@pytest.mark.gen_test
async def test_a_line_named_twice_is_refused(hall: QueueHall) -> None:
    with hall.refused(Invalid, "hand.line_twice"):
        await hall.do(h.ReassignWindow(window=WINDOW, lines=(line_of(hall),) * 2, reason="分流"))


# -- the preview


@pytest.mark.gen_test
async def test_one_more_window_shortens_the_wait_and_the_preview_changes_nothing(hall: QueueHall) -> None:
    other = other_line(hall)
    serving = hall.server.directory.windows_of_line(other)[0].id
    await hall.open(WINDOW, serving)
    for _ in range(12):
        await hall.issue(other)
    windows, seq = dict(hall.server.directory.windows), hall.server.journal.seq
    found = preview(hall.room.hall, WINDOW, (*windows[WINDOW].lines, other), ())
    effect = next(line for line in found.lines if line.id == other)
    assert found.is_open
    assert effect.windows_open_then == effect.windows_open + 1
    assert effect.wait_then_s.p50 < effect.wait_s.p50
    assert effect.is_changed
    assert (hall.server.directory.windows, hall.server.journal.seq) == (windows, seq)


@pytest.mark.gen_test
async def test_the_preview_tells_who_would_wait_for_nobody(hall: QueueHall) -> None:
    line = line_of(hall)
    window, *others = hall.server.directory.windows_of_line(line)
    for other in others:
        rest = tuple(one for one in other.lines if one != line) or (other_line(hall),)
        await hall.do(SaveWindow(item=msgspec.structs.replace(other, lines=rest, matters=())))
    await hall.issue(line)
    rest = tuple(one for one in window.lines if one != line) or (other_line(hall),)
    found = preview(hall.room.hall, window.id, rest, ())
    effect = next(one for one in found.lines if one.id == line)
    assert (effect.unserved, effect.matters_unserved > 0) == (1, True)


@pytest.mark.gen_test
async def test_the_same_skills_change_no_line(hall: QueueHall) -> None:
    await hall.open(WINDOW)
    await hall.issue(line_of(hall))
    window = hall.server.directory.windows[WINDOW]
    found = preview(hall.room.hall, WINDOW, window.lines, window.matters)
    assert not any(line.is_changed for line in found.lines)


# -- notices and the emergency


@pytest.mark.gen_test
async def test_an_emergency_is_undone_by_lifting_it_and_raised_again_by_undoing_that(hall: QueueHall) -> None:
    await hall.do(n.RaiseEmergency(kind=EmergencyKind.POWER, reason="误报"))
    await undo(hall)
    assert hall.room.notices.emergency is None
    await undo(hall)
    again = hall.room.notices.emergency
    assert again is not None
    assert again.kind is EmergencyKind.POWER


@pytest.mark.gen_test
async def test_a_notice_is_undone_by_withdrawing_it(hall: QueueHall) -> None:
    until = hall.clock.now() + timedelta(hours=1)
    await hall.do(n.BroadcastNotice(zh="通知", until=until, reason="通知"))
    await undo(hall)
    assert hall.room.notices.notices == {}
    await undo(hall)
    assert [one.zh for one in hall.room.notices.notices.values()] == ["通知"]


@pytest.mark.gen_test
async def test_a_notice_whose_time_is_over_is_not_undone(hall: QueueHall) -> None:
    await hall.do(n.BroadcastNotice(zh="通知", until=hall.clock.now() + timedelta(hours=1), reason="通知"))
    hall.clock.forward(hours=2)
    with hall.refused(Refused, "hand.moved_on"):
        await undo(hall)


@pytest.mark.gen_test
async def test_an_emergency_stops_numbers_and_calls_and_nothing_else(hall: QueueHall) -> None:
    await hall.open(WINDOW)
    await hall.issue(line_of(hall))
    await hall.issue(line_of(hall))
    await hall.serve(WINDOW)
    await hall.do(n.RaiseEmergency(kind=EmergencyKind.FIRE, reason="烟雾"))
    with hall.refused(Refused, "hall.emergency"):
        await hall.issue()
    await hall.do(m.FinishService(window=WINDOW), clerk(WINDOW))
    with hall.refused(Refused, "hall.emergency"):
        await hall.call(WINDOW)
    await hall.do(n.LiftEmergency(reason="排除"))
    await hall.call(WINDOW)


# -- who, when, and afterwards


@pytest.mark.parametrize(
    "command",
    [
        h.ReassignWindow(window=WINDOW, lines=(), reason="x"),
        h.SwitchLine(line="business", is_open=False, reason="x"),
        h.SwitchWindow(window=WINDOW, to=h.WindowDeed.OPEN, reason="x"),
        h.UndoDeed(deed="1"),
    ],
)
@pytest.mark.gen_test
async def test_only_managers_have_a_hand(hall: QueueHall, command: Command) -> None:
    with hall.refused(Forbidden, "hand.managers_only"):
        await hall.do(command, clerk(WINDOW))


@pytest.mark.parametrize(
    "command",
    [
        h.SwitchLine(line="business", is_open=False, reason=""),
        h.SwitchWindow(window=WINDOW, to=h.WindowDeed.OPEN, reason="\n"),
    ],
)
@pytest.mark.gen_test
async def test_nothing_is_done_without_a_reason(hall: QueueHall, command: Command) -> None:
    with hall.refused(Invalid, "text.missing"):
        await hall.do(command)
    assert deeds(hall) == []


@pytest.mark.gen_test
async def test_an_unknown_deed_is_refused(hall: QueueHall) -> None:
    with hall.refused(NotFound, "hand.unknown"):
        await hall.do(h.UndoDeed(deed="999999"))


@pytest.mark.gen_test
async def test_the_log_is_the_same_after_a_restart_and_empty_the_next_day(open_hall: Callable[..., Any]) -> None:
    hall: QueueHall = await open_hall()
    ticket = await hall.issue(line_of(hall))
    await hall.do(m.MoveTicket(ticket=ticket, line=other_line(hall), reason="取错号"))
    await hall.do(h.ReassignWindow(window=WINDOW, lines=(other_line(hall),), reason="分流"))
    await hall.do(h.SwitchLine(line="tax", is_open=False, reason="系统故障"))
    await undo(hall)
    before = deeds(hall)
    hall = await open_hall()
    assert deeds(hall) == before
    await undo(hall, before[0])
    hall.clock.forward(days=1)
    hall = await open_hall()
    assert deeds(hall) == []
