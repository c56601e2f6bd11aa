"""Days made by hand, played by the hall's own queue: who is called when, before and after a change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from dashboards.whatif.changes import (
    Change,
    CloseOne,
    MergeLines,
    MoreVisitors,
    MoveBreak,
    OpenMore,
    OtherRules,
    Plan,
    ServeAlso,
    book,
    planned,
    unchanged,
)
from dashboards.whatif.draws import Pools, Recorded, Times
from dashboards.whatif.engine import Played, Simulation
from dashboards.whatif.model import Act, Day, Ending, Leg, Shift, Visitor
from dashboards.whatif.runs import Player
from hall_queue import messages as m
from hall_queue.model import Channel, RequeueMode
from hall_server import messages
from hall_server.directory.model import Window
from hall_server.errors import Invalid
from hall_server.settings import load

DAY = date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 22, 16, tzinfo=UTC)
H = 3_600.0


def window(id_: str, *lines: str, **more: Any) -> Window:
    return Window(id=id_, number=int(id_[1:]), name=id_, zone="z", lines=lines, **more)


def came(number: int, at: float, line: str = "a", *legs: Leg, **more: Any) -> Visitor:
    acts, left = more.pop("acts", ()), more.pop("left", None)
    ticket = m.TicketIssued(
        ticket=f"t{number}", number=f"A{number}", serial=number, line=line, matter=None, channel=Channel.KIOSK,
        **{"person": None, "priority": None, **more},
    )  # fmt: skip
    issued = messages.Recorded(
        seq=number, at=MIDNIGHT + timedelta(seconds=at), business_day=DAY, event=ticket, actor=""
    )
    waited_s = legs[0].called - at if legs else None
    return Visitor(issued=issued, at=at, from_=at, legs=legs, acts=acts, left=left, waited_s=waited_s)


def leg(called: float, service_s: float = 600.0, **more: Any) -> Leg:
    fields = {"line": "a", "window": "w1", "waited_from": called, "walk_s": 0.0, "ending": Ending.DONE, **more}
    return Leg(called=called, service_s=service_s, **fields)


def day(visitors: list[Visitor], shifts: list[Shift], *others: Window) -> Day:
    windows = {one.id: one for one in (*others, *(shift.window for shift in shifts))}
    return Day(day=DAY, midnight=MIDNIGHT, visitors=tuple(visitors), shifts=tuple(shifts), gaps=(), windows=windows,
               rules={})  # fmt: skip


def all_day(one: Window, begin: float = 9 * H, end: float = 17 * H) -> Shift:
    return Shift(window=one, staff=None, begin=begin, end=end)


def played(one: Day, *changes: Change) -> Played:
    """The day with changes, with recorded times and no gaps."""
    plan = planned(one, changes, load(None)) if changes else unchanged(one)
    return with_plan(one, plan)


def with_plan(one: Day, plan: Plan) -> Played:
    pools = Pools(one)
    pools.gaps = {("", True): [0.0], ("", False): [0.0]}
    draws = Recorded(one, pools)
    times = [[Times(0.0, 600.0)] * (len(visitor.legs) + 1) for visitor in one.visitors]
    rulebook = book(load(None), plan.rules)
    simulation = Simulation(
        midnight=one.midnight, visitors=one.visitors, times=times, shifts=plan.shifts, rulebook=rulebook, draws=draws,
        moved=plan.moved, made={},
    )  # fmt: skip
    return simulation.play()


def crowd(many: int, line: str = "a", *, first: int = 1, at: float = 9 * H) -> list[Visitor]:
    return [came(first + n, at + n, line, leg(at + 600 * n, line=line)) for n in range(many)]


def minutes(waits: list[float | None]) -> list[int | None]:
    return [None if wait is None else round(wait / 60) for wait in waits]


def test_one_window_serves_one_after_the_other() -> None:
    found = played(day(crowd(4), [all_day(window("w1", "a"))]))
    assert minutes(found.waits) == [0, 10, 20, 30]
    assert found.longest[""] == 3
    assert found.use["w1"] == pytest.approx((2_400, 8 * H))
    assert found.last_end == pytest.approx(9 * H + 2_400, abs=5)


def test_two_more_windows_halve_the_waits_and_more() -> None:
    one = day(crowd(6), [all_day(window("w1", "a"))], window("w2", "a"), window("w3", "b"))
    found = played(one, OpenMore(line="a", windows=2, begin="09:00", end="17:00"))
    assert minutes(found.waits) == [0, 0, 0, 10, 10, 10]


def test_more_windows_only_serve_in_their_hours() -> None:
    one = day(crowd(6), [all_day(window("w1", "a"))], window("w2", "a"))
    found = played(one, OpenMore(line="a", windows=1, begin="09:20", end="09:29"))
    assert minutes(found.waits) == [0, 10, 20, 20, 30, 40]


def test_a_closed_window_leaves_people_waiting_and_they_count_as_not_served() -> None:
    one = day(crowd(3), [all_day(window("w1", "a")), all_day(window("w2", "a"))])
    found = played(one, CloseOne(window="w1"), CloseOne(window="w2", begin="09:05", end="17:00"))
    assert minutes(found.waits) == [0, None, None]


def test_a_break_moves() -> None:
    shifts = [all_day(window("w1", "a"), 9 * H, 12 * H), all_day(window("w1", "a"), 13 * H, 17 * H)]
    one = day([came(1, 10 * H + 1, "a", leg(10 * H + 1)), came(2, 12.5 * H, "a", leg(13 * H))], shifts)
    assert minutes(played(one).waits) == [0, 30]
    assert minutes(played(one, MoveBreak(window="w1", begin="10:00", end="10:40")).waits) == [40, 0]


def test_two_lines_become_one_and_both_windows_serve_it() -> None:
    one = day(
        [*crowd(4), came(9, 12 * H, "b", leg(12 * H, line="b"))],
        [all_day(window("w1", "a")), all_day(window("w2", "b"))],
    )
    assert minutes(played(one).waits) == [0, 10, 20, 30, 0]
    found = played(one, MergeLines(line="b", into="a"))
    assert minutes(found.waits) == [0, 0, 10, 10, 0]
    assert found.longest["a"] == 2


def test_a_window_serves_one_more_line() -> None:
    one = day(crowd(4), [all_day(window("w1", "a")), all_day(window("w2", "b"))])
    assert minutes(played(one, ServeAlso(window="w2", line="a")).waits) == [0, 0, 10, 10]


def test_another_rule_decides_who_is_next() -> None:
    crowd_ = [*crowd(4), came(9, 9 * H + 60, "a", leg(9 * H + 600), priority="elderly")]
    one = day(crowd_, [all_day(window("w1", "a"))])
    assert minutes(played(one).waits) == [0, 20, 30, 40, 9]
    by_arrival = OtherRules(values={"ratio": {"favoured": 0, "oldest": 1}})
    assert minutes(played(one, by_arrival).waits) == [0, 10, 20, 30, 39]


def test_who_gives_up_leaves_if_not_called_before() -> None:
    act = Act(at=9 * H + 900, event=m.TicketCancelled(ticket="t3", reason="visitor"))
    visitors = [
        *crowd(2),
        came(3, 9 * H + 2, acts=(act,), left=9 * H + 900),
        came(4, 9 * H + 3, "a", leg(9 * H + 1_200)),
    ]
    one = day(visitors, [all_day(window("w1", "a"))], window("w2", "a"))
    found = played(one)
    assert minutes(found.waits) == [0, 10, None, 20]
    assert found.gone == [False, False, True, False]
    helped = played(one, OpenMore(line="a", windows=1, begin="09:00", end="17:00"))
    assert minutes(helped.waits) == [0, 0, 10, 10]
    assert not any(helped.gone)


def test_who_is_put_back_and_who_is_held_come_again() -> None:
    back = m.TicketRequeued(ticket="t1", window="w1", mode=RequeueMode.ARRIVAL)
    again = came(1, 9 * H, "a", leg(9 * H, ending=Ending.AGAIN, event=back), leg(9 * H + 1_200))
    held = m.TicketHeld(ticket="t2", window="w1", until=MIDNIGHT)
    aside = came(2, 9 * H + 1, "a", leg(9 * H + 600, ending=Ending.ASIDE, event=held, aside_s=60.0), leg(9 * H + 1_800))
    found = played(day([again, aside, came(3, 9 * H + 2, "a", leg(9 * H + 2_400))], [all_day(window("w1", "a"))]))
    assert minutes(found.waits) == [0, 10, 20]
    assert found.use["w1"][0] == pytest.approx(5 * 600)


def test_an_appointment_is_not_called_before_its_slot() -> None:
    booked = came(1, 9 * H, "a", leg(9.5 * H), due=MIDNIGHT + timedelta(hours=9.5))
    booked = msgspec.structs.replace(booked, from_=9.5 * H)
    found = played(day([booked, came(2, 9 * H + 1, "a", leg(9 * H + 1))], [all_day(window("w1", "a"))]))
    assert minutes(found.waits) == [0, 0]


def test_more_and_fewer_visitors_come_and_the_others_keep_their_draws() -> None:
    one = day(crowd(20), [all_day(window("w1", "a"))])
    for percent, least, most in ((100, 40, 40), (50, 24, 36), (-50, 4, 16)):
        plan = planned(one, (MoreVisitors(percent=percent),), load(None))
        before, after = Player(one, plan, load(None), 1).pair(0)
        assert before.lines[""].visitors == 20
        assert least <= after.lines[""].visitors <= most


def test_the_same_run_draws_the_same_before_and_after() -> None:
    one = day(crowd(20), [all_day(window("w1", "a"))])
    before, after = Player(one, unchanged(one), load(None), 7).pair(3)
    assert before == after


WRONG: list[tuple[Change, str, str]] = [
    (OpenMore(line="x", windows=1, begin="09:00", end="10:00"), "what_if.line_unknown", "line"),
    (OpenMore(line="a", windows=2, begin="09:00", end="10:00"), "what_if.windows_few", "windows"),
    (OpenMore(line="a", windows=1, begin="10:00", end="10:00"), "what_if.ends_first", "end"),
    (CloseOne(window="w9"), "what_if.window_unknown", "window"),
    (MoveBreak(window="w2", begin="12:00", end="13:00"), "what_if.was_closed", "window"),
    (MergeLines(line="a", into="a"), "what_if.same_line", "into"),
    (MergeLines(line="a", into="x"), "what_if.line_unknown", "into"),
    (ServeAlso(window="w1", line="a"), "what_if.serves_already", "line"),
    (OtherRules(values={}), "what_if.no_rules", "values"),
    (OtherRules(values={"quota_day": 3}), "what_if.rule_not_shown", "values.quota_day"),
    (OtherRules(values={"preference": False}, line="a"), "rules.hall_only", "values.preference"),
    (OtherRules(values={"ageing_s": -1}), "rules.out_of_range", "ageing_s"),
    (OtherRules(values={"ageing_s": 0}), "rules.some_never_called", "ageing_s"),
    (MoreVisitors(percent=10, line="x"), "what_if.line_unknown", "line"),
]


@pytest.mark.parametrize(("change", "code", "field"), WRONG, ids=[f"{one[1]}-{n}" for n, one in enumerate(WRONG)])
def test_a_change_that_cannot_be_is_named_with_its_place_and_field(change: Change, code: str, field: str) -> None:
    one = day(crowd(1), [all_day(window("w1", "a"))], window("w2", "a"))
    with pytest.raises(Invalid) as refused:
        planned(one, (CloseOne(window="w1", begin="16:00", end="17:00"), change), load(None))
    assert (refused.value.code, refused.value.fields["field"], refused.value.fields["change"]) == (code, field, 1)


def test_more_changes_than_a_page_can_hold_are_refused() -> None:
    one = day(crowd(1), [all_day(window("w1", "a"))])
    with pytest.raises(Invalid) as refused:
        planned(one, (CloseOne(window="w1"),) * 21, load(None))
    assert refused.value.code == "what_if.too_many"
