"""Domain rule 22: a kiosk without the server gives numbers of its own, once each, and hands them in."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall_queue import messages as m
from hall_queue.notices import messages as n
from hall_queue.notices.model import EmergencyKind
from hall_queue.offline.handlers import OfflineHandlers
from hall_queue.offline.messages import HandIn
from hall_queue.offline.room import OfflineRoom
from hall_queue.offline.state import OfflineNumbers
from hall_queue.rule_events import SaveRules
from hall_server.identity import device_actor
from hall_server.outcome import Context
from tests.fakes.hall import HandClock, manager, opened
from tests.fakes.offline_kiosk import OfflineKiosk
from tests.fakes.queue_hall import QueueHall
from tests.fakes.rule_words import rules

pytestmark = pytest.mark.usefixtures("io_loop")


def numbers(hall: QueueHall) -> list[str]:
    return [ticket.number for ticket in hall.queue.tickets.values()]


def kept(hall: QueueHall) -> OfflineNumbers:
    found: OfflineNumbers = hall.server.rooms["offline"].kept
    return found


@pytest.mark.gen_test
async def test_a_block_begins_high_and_the_line_goes_on_as_if_it_were_not_there(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await hall.issue()
    reply = await kiosk.reserve("business")
    await hall.issue()
    prefix = hall.server.directory.lines["business"].prefix
    assert [(one["first"], one["last"]) for one in reply["blocks"]] == [(801, 820)]
    assert numbers(hall) == [f"{prefix}001", f"{prefix}002"]
    assert kiosk.give("business") == f"{prefix}801"


@pytest.mark.gen_test
async def test_the_lines_counter_steps_over_blocks_when_it_gets_there(hall: QueueHall) -> None:
    first, second = OfflineKiosk(hall, "k1"), OfflineKiosk(hall, "k2")
    await first.reserve("tax")
    await second.reserve("tax")
    hall.queue.serials["tax"] = 799
    for _ in range(3):
        await hall.issue("tax")
    assert [number[1:] for number in numbers(hall)] == ["800", "841", "842"]


@pytest.mark.gen_test
async def test_a_block_keeps_away_from_a_counter_that_is_high_and_may_have_four_digits(hall: QueueHall) -> None:
    hall.queue.serials["tax"] = 950
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    assert str(kiosk.give("tax"))[1:] == "1101"


@pytest.mark.gen_test
async def test_numbers_are_filled_up_only_when_less_than_half_are_left(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    for _ in range(10):
        kiosk.give("tax")
    await kiosk.hand_in()
    assert len((await kiosk.reserve("tax"))["blocks"]) == 1
    kiosk.give("tax")
    await kiosk.hand_in()
    blocks = (await kiosk.reserve("tax"))["blocks"]
    assert [(one["first"], len(one["used"])) for one in blocks] == [(801, 11), (821, 0)]


@pytest.mark.gen_test
async def test_without_a_size_no_numbers_are_kept(hall: QueueHall) -> None:
    await hall.do(SaveRules(values={"offline_block": 0}, reason="test"))
    assert (await OfflineKiosk(hall, "k1").reserve())["blocks"] == []


@pytest.mark.gen_test
async def test_a_handed_in_ticket_stands_where_it_was_taken(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    early = kiosk.give("tax")
    online = await hall.issue("tax")
    late = kiosk.give("tax")
    await kiosk.hand_in()
    await hall.open("w05")
    windows = [w.id for w in hall.server.directory.windows_of_line("tax")]
    await hall.open(windows[0])
    called = []
    for _ in range(3):
        called.append(hall.ticket(await hall.serve(windows[0])).number)
        await hall.do(m.FinishService(window=windows[0]))
    assert called == [early, hall.ticket(online).number, late]


@pytest.mark.gen_test
async def test_a_ticket_that_was_handed_in_says_so_and_has_its_phone_page(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    kiosk.give("tax")
    [answer] = await kiosk.hand_in()
    ticket = hall.ticket(answer["id"])
    assert (ticket.offline, ticket.token) == (True, answer["token"])
    assert ticket.issued_at == kiosk.given[0].taken_at


@pytest.mark.gen_test
async def test_handing_in_twice_gives_the_same_answers_and_nothing_twice(
    hall: QueueHall, open_hall: Callable[..., Any]
) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax", "business")
    kiosk.give("tax")
    kiosk.give("business")
    first = await kiosk.hand_in(is_answer_lost=True)
    assert await kiosk.hand_in(is_answer_lost=True) == first
    kiosk.hall = await open_hall()
    assert await kiosk.hand_in() == first
    assert len(kiosk.hall.queue.tickets) == 2


@pytest.mark.gen_test
async def test_a_number_used_already_is_refused_and_listed(hall: QueueHall) -> None:
    kiosk, double = OfflineKiosk(hall, "k1"), OfflineKiosk(hall, "k1")  # the same disk, copied
    await kiosk.reserve("tax")
    await double.reserve("tax")
    kiosk.give("tax")
    double.give("tax")
    double.pending[0] = double.given[0].__class__(
        **{**{f: getattr(double.given[0], f) for f in double.given[0].__struct_fields__}, "key": "x" * 22}
    )
    await kiosk.hand_in()
    [answer] = await double.hand_in()
    assert (answer["ok"], answer["code"]) == (False, "offline.number_used")
    assert [one.code for one in kept(hall).refused] == ["offline.number_used"]


@pytest.mark.gen_test
async def test_two_kiosks_with_one_name_have_blocks_of_their_own(hall: QueueHall) -> None:
    one, other = OfflineKiosk(hall, "k1"), OfflineKiosk(hall, "k2", device="k1")
    await one.reserve("tax")
    await other.reserve("tax")
    assert one.give("tax") != other.give("tax")
    assert [a["ok"] for kiosk in (one, other) for a in await kiosk.hand_in()] == [True, True]


@pytest.mark.gen_test
async def test_a_kiosk_that_lost_its_storage_gets_a_new_block_and_the_old_one_stays_burnt(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    kiosk.give("tax")
    kiosk.lose_storage()
    await kiosk.reserve("tax")
    assert str(kiosk.give("tax"))[1:] == "821"


@pytest.mark.gen_test
async def test_a_number_of_another_kiosks_block_is_refused(hall: QueueHall) -> None:
    kiosk, other = OfflineKiosk(hall, "k1"), OfflineKiosk(hall, "k2")
    await kiosk.reserve("tax")
    kiosk.give("tax")
    [foreign] = await other.send(kiosk.given)
    [same_secret] = await kiosk.send(
        [kiosk.given[0].__class__(key="y" * 22, day=kiosk.day, line="tax", serial=802, taken_at=kiosk.now())],
        actor=device_actor("k2", frozenset()),
    )
    assert {foreign["code"], same_secret["code"]} == {"offline.not_reserved"}
    assert not hall.queue.tickets


@pytest.mark.parametrize("behind", [timedelta(hours=3), timedelta(hours=-3), timedelta(days=-4000)])
@pytest.mark.gen_test
async def test_a_wrong_clock_does_not_matter(hall: QueueHall, behind: timedelta) -> None:
    kiosk = OfflineKiosk(hall, "k1", behind=behind)
    await kiosk.reserve("tax")
    kiosk.give("tax")
    given_at = hall.clock.now()
    hall.clock.forward(minutes=7)
    [answer] = await kiosk.hand_in()
    assert abs(hall.ticket(answer["id"]).issued_at - given_at) <= timedelta(seconds=1)


@pytest.mark.gen_test
async def test_a_time_before_the_block_or_after_now_is_brought_into_bounds(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    since = next(iter(kept(hall).blocks())).since
    kiosk.give("tax")
    kiosk.behind = timedelta(hours=5)  # set wrong in the middle
    kiosk.give("tax")
    kiosk.behind = timedelta(hours=-5)
    kiosk.give("tax")
    kiosk.behind = timedelta()
    answers = await kiosk.hand_in()
    times = [hall.ticket(one["id"]).issued_at for one in answers]
    assert times[1] == since
    assert times[2] == hall.clock.now()


@pytest.mark.gen_test
async def test_a_slow_link_at_one_hand_in_does_not_put_later_tickets_before_earlier_ones(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    kiosk.give("tax")
    kiosk.behind = timedelta(seconds=20)  # as if this hand-in had been 20 s on its way
    kiosk.pending = [kiosk.pending[0]]
    [first] = await kiosk.hand_in()
    kiosk.behind = timedelta()
    kiosk.give("tax")
    [second] = await kiosk.hand_in()
    assert hall.ticket(first["id"]).arrival <= hall.ticket(second["id"]).arrival


@pytest.mark.gen_test
async def test_yesterdays_tickets_go_into_a_list_and_not_into_todays_queue(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    kiosk.give("tax")
    hall.clock.forward(days=1)
    await hall.server.roll_day()
    [answer] = await kiosk.hand_in()
    assert (answer["ok"], answer["code"]) == (False, "offline.day_over")
    assert not hall.queue.tickets
    assert [one.number for one in kept(hall).refused] == [answer["number"]]
    await kiosk.reserve("tax")
    assert str(kiosk.give("tax"))[1:] == "801"
    assert [one["ok"] for one in await kiosk.hand_in()] == [True]


@pytest.mark.gen_test
async def test_an_answer_lost_before_midnight_is_the_same_after_it_and_a_restart(
    hall: QueueHall, open_hall: Callable[..., Any]
) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    kiosk.give("tax")
    [before] = await kiosk.hand_in(is_answer_lost=True)
    hall.clock.forward(days=1)
    kiosk.hall = await open_hall()
    [after] = await kiosk.hand_in()
    assert (after["ok"], after["id"]) == (True, before["id"])
    assert not kiosk.hall.queue.tickets
    assert not kept(kiosk.hall).refused


@pytest.mark.gen_test
async def test_what_would_have_been_refused_is_taken_and_flagged(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax", "business")
    kiosk.give("tax")
    await hall.do(m.CloseLine(line="tax", reason="full"))
    [closed] = await kiosk.hand_in()
    kiosk.give("business")
    await hall.do(n.RaiseEmergency(kind=EmergencyKind.FIRE, reason="alarm"), manager())
    [stopped] = await kiosk.hand_in()
    assert (closed["ok"], stopped["ok"]) == (True, True)
    assert [one.against for one in kept(hall).accepted] == ["line.closed", "hall.emergency"]


def against(hall: QueueHall) -> list[str | None]:
    return [one.against for one in kept(hall).accepted]


@pytest.mark.gen_test
async def test_each_number_of_a_hand_in_is_judged_after_those_before_it(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax", "business")
    await rules(hall, line="tax", quota_day=3)
    await hall.issue("tax")
    for line in ("tax", "business", "tax", "tax", "tax"):
        kiosk.give(line)
    await kiosk.hand_in()
    assert against(hall) == [None, None, None, "line.quota_used", "line.quota_used"]
    kiosk.give("tax")
    await kiosk.hand_in()
    assert against(hall)[-1] == "line.quota_used"


@pytest.mark.gen_test
async def test_a_hand_in_is_judged_by_the_part_of_the_day_in_which_each_number_was_taken(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    bands = [{"begin": "09:00", "end": "10:00", "tickets": 1}, {"begin": "10:00", "end": "11:00", "tickets": 1}]
    await rules(hall, line="tax", quota_bands=bands)
    kiosk.give("tax")
    kiosk.give("tax")
    hall.clock.forward(hours=1)
    kiosk.give("tax")
    kiosk.give("tax")
    await kiosk.hand_in()
    assert against(hall) == [None, "line.band_used", None, "line.band_used"]


@pytest.mark.gen_test
async def test_a_visit_for_two_lines_uses_both_for_those_after_it_in_the_hand_in(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("business", "transport")
    await rules(hall, line="transport", quota_day=1)
    kiosk.give("business", matter=hall.matters("business")[0], more=(hall.matters("transport")[0],))
    kiosk.give("transport")
    await kiosk.hand_in()
    assert against(hall) == [None, "line.quota_used"]


@pytest.mark.gen_test
async def test_a_number_of_a_line_bound_to_an_id_is_taken_and_flagged(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    await rules(hall, line="tax", id_required=True)
    kiosk.give("tax")
    [answer] = await kiosk.hand_in()
    assert (answer["ok"], against(hall)) == (True, ["person.needed"])


@pytest.mark.gen_test
async def test_a_matter_that_is_gone_does_not_lose_the_number(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    kiosk.give("tax", matter="gone", priority="none such")
    [answer] = await kiosk.hand_in()
    ticket = hall.ticket(answer["id"])
    assert (ticket.line, ticket.matter, ticket.priority) == ("tax", None, None)


@pytest.mark.gen_test
async def test_a_line_that_does_not_exist_refuses_its_ticket_and_no_other(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    kiosk.give("tax")
    kiosk.give("tax")
    first = kiosk.pending[0]
    kiosk.pending[0] = first.__class__(
        key=first.key, day=first.day, line="nowhere", serial=801, taken_at=first.taken_at
    )
    answers = await kiosk.hand_in()
    assert [one["code"] for one in answers] == ["line.unknown", None]


@pytest.mark.gen_test
async def test_managers_are_told_of_hand_ins_and_of_what_was_refused(hall: QueueHall) -> None:
    kiosk = OfflineKiosk(hall, "k1")
    await kiosk.reserve("tax")
    kiosk.give("tax")
    kiosk.give("tax")
    first = kiosk.pending[1]
    kiosk.pending[1] = first.__class__(key=first.key, day=first.day, line="tax", serial=5, taken_at=first.taken_at)
    await kiosk.hand_in()
    room: OfflineRoom = hall.server.rooms["offline"]
    told = [(one.code, one.fields["tickets"], one.fields.get("numbers")) for one in room.alarms()]
    prefix = hall.server.directory.lines["tax"].prefix
    assert told == [("kiosk.handed_in", 1, None), ("kiosk.refused", 1, f"{prefix}005")]
    hall.clock.forward(hours=1)
    assert list(room.alarms()) == []


KIOSKS, LINES = ("k1", "k2", "k3"), ("tax", "business")
STEP = st.one_of(
    st.tuples(st.just("reserve"), st.sampled_from(KIOSKS), st.sampled_from(LINES)),
    st.tuples(st.just("give"), st.sampled_from(KIOSKS), st.sampled_from(LINES)),
    st.tuples(st.just("give"), st.sampled_from(KIOSKS), st.sampled_from(LINES)),
    st.tuples(st.just("hand_in"), st.sampled_from(KIOSKS), st.booleans()),
    st.tuples(st.just("online"), st.none(), st.sampled_from(LINES)),
    st.tuples(st.just("near"), st.none(), st.sampled_from(LINES)),
    st.tuples(st.just("lose"), st.sampled_from(KIOSKS), st.none()),
    st.tuples(st.just("call"), st.none(), st.none()),
    st.tuples(st.just("restart"), st.none(), st.none()),
)


class Story:
    """A day of three kiosks that lose and find their link, told step by step."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.clock = HandClock()
        self.kiosks: dict[str, OfflineKiosk] = {}
        self.online: list[str] = []
        self.printed: list[str] = []
        self.lost: set[str] = set()
        self.losses = 0

    async def run(self, steps: list[tuple[str, Any, Any]]) -> None:
        """Tell it, and check what must hold at its end."""
        rest = iter(steps)
        while True:
            async with opened(self.data, clock=self.clock) as server:
                hall = QueueHall(server, self.clock)
                await hall.do(SaveRules(values={"offline_block": 4}, reason="test"))
                self.kiosks = self.kiosks or {name: OfflineKiosk(hall, name) for name in KIOSKS}
                for kiosk in self.kiosks.values():
                    kiosk.hall = hall
                for step in rest:
                    if step[0] == "restart":
                        break
                    await self.tell(hall, *step)
                else:
                    await self.end(hall)
                    return

    async def tell(self, hall: QueueHall, what: str, who: Any, where: Any) -> None:
        match what:
            case "reserve":
                await self.kiosks[who].reserve(where)
            case "give":
                number = self.kiosks[who].give(where)
                self.printed += [number] if number else []
            case "hand_in":
                await self.kiosks[who].hand_in(is_answer_lost=where)
            case "online":
                self.online.append(hall.ticket(await hall.issue(where)).number)
            case "near":
                hall.queue.serials[where] = max(hall.queue.serials[where], 799)
            case "lose":
                self.losses += 1
                self.lost |= {one.key for one in self.kiosks[who].pending}
                self.kiosks[who].lose_storage(self.losses)
            case "call":
                await self.serve(hall)

    async def serve(self, hall: QueueHall) -> None:
        window = hall.server.directory.windows_of_line("tax")[0].id
        await hall.open(window)
        if hall.queue.waiting.count("tax"):
            await hall.serve(window)
            await hall.do(m.FinishService(window=window))

    async def end(self, hall: QueueHall) -> None:
        for kiosk in self.kiosks.values():
            await kiosk.hand_in()
            assert all(one["ok"] for one in kiosk.answers.values())
        # no number is ever given twice, on paper or on the screen
        assert [number for number, times in Counter(self.printed + self.online).items() if times > 1] == []
        # every ticket that was handed in stands in the queue exactly once, none besides
        found = Counter(ticket.number for ticket in hall.queue.tickets.values())
        handed_in = {one["number"] for kiosk in self.kiosks.values() for one in kiosk.answers.values()}
        assert set(found) >= handed_in | set(self.online)
        assert set(found) <= set(self.printed) | set(self.online)
        assert max(found.values(), default=1) == 1
        # whoever was not lost with a disk is there
        given = {one.key for kiosk in self.kiosks.values() for one in kiosk.given}
        answered = {key for kiosk in self.kiosks.values() for key in kiosk.answers}
        assert given - self.lost <= answered
        # conservation: issued = the sum of all states
        assert len(hall.queue.tickets) == sum(hall.queue.counts.values())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, max_size=40))
def test_any_interleaving_gives_each_number_once_and_takes_each_ticket_in_once(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(Story(Path(folder)).run(steps))


def test_control_without_stepping_over_blocks_a_number_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OfflineNumbers, "step_over", lambda _, line, serial: serial)
    steps = [("reserve", "k1", "tax"), ("give", "k1", "tax"), ("near", None, "tax")]
    steps += [("online", None, "tax"), ("online", None, "tax")]
    with tempfile.TemporaryDirectory() as folder, pytest.raises(AssertionError, match="801"):
        asyncio.run(Story(Path(folder)).run(steps))


def test_control_without_keys_a_repeated_hand_in_makes_a_ticket_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def every(_: OfflineHandlers, command: HandIn, context: Context) -> Iterator[Any]:
        return ((mark, ticket, context.now) for mark, ticket in zip(command.marks, command.tickets, strict=True))

    monkeypatch.setattr(OfflineHandlers, "_new", every)
    monkeypatch.setattr(OfflineHandlers, "_fault", lambda *_: None)
    steps = [("reserve", "k1", "tax"), ("give", "k1", "tax"), ("hand_in", "k1", True), ("hand_in", "k1", False)]
    with tempfile.TemporaryDirectory() as folder, pytest.raises(AssertionError, match="assert 2 == 1"):
        asyncio.run(Story(Path(folder)).run(steps))
