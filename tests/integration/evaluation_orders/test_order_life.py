"""What may be done with a work order, by whom, and what never."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from evaluation.model import Mark
from evaluation.orders import messages as m
from evaluation.orders.model import AppealState, Category, Clock, Deed, How, Result, State
from evaluation.orders.service import deeds
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import visitor
from tests.fakes.hall import HandClock, staff
from tests.fakes.reviewed_hall import CLERK, FIRST, NOTE, PHONE, RATED_MANAGER, SECOND, reviewed


@pytest.mark.gen_test
async def test_the_whole_way_of_a_clear_matter(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        order = await hall.bad(phone=PHONE)
        await hall.put_right(order)
        assert (hall.order(order).state, hall.order(order).handler) == (State.FIXED, "staff:m01")
        await hall.refused(Refused, "review.revisit_owed", order, m.CloseOrder)
        await hall.revisited(order)
        await hall.act(order, m.CloseOrder)
        await hall.act(order, m.PublishResult, text="已增开窗口，缩短等候。")
        assert hall.order(order).state is State.PUBLISHED
        await hall.refused(Refused, "review.not_now", order, m.WithholdResult, note=NOTE)


@pytest.mark.gen_test
async def test_an_anonymous_one_is_looked_into_and_closed_without_a_revisit(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        order = await hall.bad()
        await hall.refused(
            Refused, "review.no_phone", order, m.ContactVisitor, how=How.PHONE, is_reached=True, note=NOTE
        )
        await hall.put_right(order)
        revisit = {"how": How.PHONE, "result": Result.SATISFIED, "note": NOTE}
        await hall.refused(Refused, "review.no_phone", order, m.RevisitVisitor, **revisit)
        await hall.act(order, m.CloseOrder)
        await hall.act(order, m.WithholdResult, note=NOTE)
        assert hall.order(order).state is State.UNPUBLISHED


@pytest.mark.gen_test
async def test_nothing_is_done_out_of_turn(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        order = await hall.bad(phone=PHONE)
        early = {m.FixOrder: {"note": NOTE}, m.CloseOrder: {}, m.PublishResult: {"text": "好"}}
        for command, fields in early.items():
            await hall.refused(Refused, "review.not_now", order, command, **fields)
        await hall.refused(Refused, "review.not_now", order, m.DecideExclusion, is_excluded=True, note=NOTE)
        await hall.refused(Refused, "review.no_appeal", order, m.AnswerAppeal, is_upheld=True, note=NOTE)
        looked = {"how": How.LOOKED_INTO, "is_reached": True, "note": NOTE}
        await hall.refused(Refused, "review.has_phone", order, m.ContactVisitor, **looked)


@pytest.mark.gen_test
async def test_the_third_try_counts_as_contacted_and_as_revisited_without_a_result(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        order = await hall.bad(phone=PHONE)
        for state in (State.OPENED, State.OPENED, State.CONTACTED):
            await hall.act(order, m.ContactVisitor, how=How.PHONE, is_reached=False, note=NOTE)
            assert hall.order(order).state is state
        await hall.act(order, m.Categorise, category=Category.NO_BASIS, note=NOTE)
        await hall.act(order, m.FixOrder, note=NOTE)
        for state in (State.FIXED, State.FIXED, State.REVISITED):
            await hall.revisited(order, Result.NOT_REACHED)
            assert hall.order(order).state is state
        assert hall.order(order).satisfied is None


@pytest.mark.gen_test
async def test_a_complex_matter_has_a_plan_with_its_own_deadline(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        order = await hall.bad()
        await hall.contacted(order)
        today = hall.server.business_day
        plan = {"category": Category.COMPLEX, "note": NOTE}
        await hall.refused(Invalid, "review.deadline_missing", order, m.Categorise, **plan)
        for days in (0, -1, 61):
            until = today + timedelta(days=days)
            await hall.refused(Invalid, "review.deadline_unfit", order, m.Categorise, until=until, **plan)
        await hall.act(order, m.Categorise, until=today + timedelta(days=60), **plan)
        assert hall.order(order).fix_due.date() - today >= timedelta(days=60)


@pytest.mark.gen_test
async def test_there_is_one_extension_and_none_after_the_limit(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        order, late = await hall.bad(), await hall.bad()
        due = hall.order(order).fix_due
        for one in (order, late):
            await hall.contacted(one)
        until = due.date() + timedelta(days=10)
        too_far = due.date() + timedelta(days=40)
        await hall.refused(Invalid, "review.deadline_unfit", order, m.ExtendOrder, until=too_far, note=NOTE)
        await hall.act(order, m.ExtendOrder, until=until, note=NOTE)
        assert hall.order(order).fix_due > due
        await hall.refused(Refused, "review.extended_already", order, m.ExtendOrder, until=until, note=NOTE)
        hall.clock.forward(days=12)
        await hall.refused(Refused, "review.overdue", late, m.ExtendOrder, until=until, note=NOTE)
        plan = {"category": Category.COMPLEX, "until": until, "note": NOTE}
        await hall.refused(Refused, "review.overdue", late, m.Categorise, **plan)


@pytest.mark.gen_test
@pytest.mark.parametrize("category", [Category.MISTAKEN, Category.MALICIOUS])
async def test_what_is_mistaken_or_malicious_is_excluded_by_another_manager_and_kept_raw(
    tmp_path: Path, category: Category
) -> None:
    async with reviewed(tmp_path) as hall:
        order = await hall.bad(phone=PHONE)
        rating = hall.order(order).rating
        await hall.contacted(order)
        await hall.act(order, m.Categorise, category=category, note=NOTE, files=("f1",))
        assert hall.order(order).state is State.REVIEW
        decide = {"is_excluded": True, "note": NOTE}
        await hall.refused(Forbidden, "review.same_manager", order, m.DecideExclusion, **decide)
        await hall.act(order, m.DecideExclusion, by=SECOND, **decide)
        assert hall.ratings.by_id[rating].marks == {Mark.EXCLUDED}
        assert sum(hall.ratings.counts) == 1
        await hall.act(order, m.CloseOrder)  # what does not count owes no revisit
        assert hall.order(order).state is State.CLOSED


@pytest.mark.gen_test
async def test_an_exclusion_that_is_refused_leaves_the_rating_as_it_counts(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        order = await hall.bad()
        await hall.contacted(order)
        await hall.act(order, m.Categorise, category=Category.MALICIOUS, note=NOTE)
        await hall.act(order, m.DecideExclusion, by=SECOND, is_excluded=False, note=NOTE)
        found = hall.order(order)
        assert (found.state, found.category, found.excluded) == (State.CONTACTED, None, False)
        assert hall.ratings.by_id[found.rating].is_valid


@pytest.mark.gen_test
async def test_an_unsatisfied_visitor_reopens_it_once(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        order = await hall.bad(phone=PHONE)
        due = hall.order(order).fix_due
        await hall.put_right(order)
        hall.clock.forward(days=3)
        await hall.revisited(order, Result.DISSATISFIED)
        found = hall.order(order)
        assert (found.state, found.reopened, found.fixed_at) == (State.CONTACTED, True, None)
        assert found.fix_due > due
        await hall.act(order, m.Categorise, category=Category.CLEAR, note=NOTE)
        await hall.act(order, m.FixOrder, note=NOTE)
        await hall.revisited(order, Result.DISSATISFIED)
        assert (hall.order(order).state, hall.order(order).satisfied) == (State.REVISITED, False)


@pytest.mark.gen_test
async def test_whoever_was_rated_appeals_once_and_a_manager_answers_before_it_closes(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        order = await hall.bad()
        for stranger in (staff("s02", "w02"), FIRST, visitor("v")):
            with pytest.raises(Forbidden, match=r"review\.not_rated"):
                await hall.do(m.MakeAppeal(order=order, note=NOTE), actor=stranger)
        await hall.do(m.MakeAppeal(order=order, note=NOTE), actor=CLERK)
        with pytest.raises(Refused, match=r"review\.appealed_already"):
            await hall.do(m.MakeAppeal(order=order, note=NOTE), actor=CLERK)
        await hall.put_right(order)
        await hall.refused(Refused, "review.appeal_open", order, m.CloseOrder)
        await hall.act(order, m.AnswerAppeal, is_upheld=False, note=NOTE)
        assert hall.order(order).appeal is AppealState.REJECTED
        await hall.refused(Refused, "review.no_appeal", order, m.AnswerAppeal, is_upheld=True, note=NOTE)
        await hall.act(order, m.CloseOrder)


EVERY_DEED = {
    m.TakeOrder: {},
    m.ContactVisitor: {"how": How.PHONE, "is_reached": True, "note": NOTE},
    m.Categorise: {"category": Category.CLEAR, "note": NOTE},
    m.DecideExclusion: {"is_excluded": True, "note": NOTE},
    m.ExtendOrder: {"until": HandClock().now().date(), "note": NOTE},
    m.FixOrder: {"note": NOTE},
    m.RevisitVisitor: {"how": How.PHONE, "result": Result.SATISFIED, "note": NOTE},
    m.CloseOrder: {},
    m.PublishResult: {"text": "好"},
    m.WithholdResult: {"note": NOTE},
    m.AnswerAppeal: {"is_upheld": True, "note": NOTE},
}


@pytest.mark.gen_test
@pytest.mark.parametrize("command", EVERY_DEED, ids=lambda one: one.__name__)
async def test_nobody_works_on_an_order_about_themselves_manager_or_not(
    tmp_path: Path, command: type[m.OrderCommand]
) -> None:
    async with reviewed(tmp_path) as hall:
        order, fields = await hall.bad(phone=PHONE), EVERY_DEED[command]
        await hall.refused(Forbidden, "review.own", order, command, by=RATED_MANAGER, **fields)
        for stranger in (CLERK, visitor("v")):
            await hall.refused(Forbidden, "review.managers_only", order, command, by=stranger, **fields)
        with pytest.raises(NotFound, match=r"review\.unknown"):
            await hall.do(command(order="nothing", seen=1, **fields), actor=FIRST)
        with pytest.raises(Forbidden, match=r"review\.own"):
            await hall.do(m.OpenPhone(order=order, note=NOTE), actor=RATED_MANAGER)


@pytest.mark.gen_test
async def test_of_two_managers_at_once_the_second_is_told_and_nothing_is_half_done(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        order = await hall.bad()
        seen = hall.order(order).step
        contact = m.ContactVisitor(order=order, seen=seen, how=How.LOOKED_INTO, is_reached=True, note=NOTE)
        both = await asyncio.gather(*(hall.do(contact, actor=by) for by in (FIRST, SECOND)), return_exceptions=True)
        assert both[0] == {"id": order, "state": "contacted", "step": seen + 1}
        assert isinstance(both[1], Refused)
        assert (both[1].code, both[1].fields["state"], both[1].fields["step"]) == (
            "review.moved_on",
            State.CONTACTED,
            seen + 1,
        )
        assert len(await hall.events("order.contacted")) == 1


@pytest.mark.gen_test
async def test_only_what_may_be_done_now_is_offered(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        order = hall.order(await hall.bad(phone=PHONE))
        now = hall.server.now()
        assert set(deeds(order, FIRST, now)) == {Deed.TAKE, Deed.CONTACT, Deed.PHONE}
        assert set(deeds(order, CLERK, now)) == {Deed.APPEAL}
        assert set(deeds(order, RATED_MANAGER, now)) == {Deed.APPEAL}
        assert set(deeds(order, staff("s02", "w02"), now)) == set()
        await hall.contacted(order.id)
        await hall.act(order.id, m.Categorise, category=Category.MISTAKEN, note=NOTE)
        assert Deed.DECIDE not in set(deeds(hall.order(order.id), FIRST, now))
        assert Deed.DECIDE in set(deeds(hall.order(order.id), SECOND, now))


@pytest.mark.gen_test
async def test_a_week_without_power_raises_each_reminder_and_escalation_once(tmp_path: Path) -> None:
    clock = HandClock()
    async with reviewed(tmp_path, clock) as hall:
        order = await hall.bad()
        await hall.watch.look()
        assert hall.order(order).reminded == frozenset()
    clock.forward(days=8)
    async with reviewed(tmp_path, clock) as hall:
        for _ in range(3):
            await hall.watch.look()
        found = hall.order(order)
        assert (found.reminded, found.escalated) == (set(Clock), set(Clock))
        for kind in ("order.reminded", "order.escalated"):
            assert len(await hall.events(kind)) == len(Clock)
    async with reviewed(tmp_path, clock) as hall:
        await hall.watch.look()
        assert len(await hall.events("order.escalated")) == len(Clock)


@pytest.mark.gen_test
async def test_the_contact_is_reminded_of_on_its_day_and_escalated_when_it_is_over(tmp_path: Path) -> None:
    clock = HandClock()
    async with reviewed(tmp_path, clock) as hall:
        order = await hall.bad()
        clock.forward(days=1)
        await hall.watch.look()
        assert (hall.order(order).reminded, hall.order(order).escalated) == ({Clock.CONTACT}, frozenset())
        clock.forward(days=1)
        await hall.watch.look()
        assert hall.order(order).escalated == {Clock.CONTACT}
        await hall.contacted(order)
        clock.forward(days=20)
        await hall.watch.look()
        assert hall.order(order).escalated == set(Clock)
        assert len(await hall.events("order.escalated")) == len(Clock)


@pytest.mark.gen_test
async def test_a_new_limit_is_reminded_of_anew(tmp_path: Path) -> None:
    clock = HandClock()
    async with reviewed(tmp_path, clock) as hall:
        order = await hall.bad()
        await hall.contacted(order)
        clock.forward(days=6)
        await hall.watch.look()
        assert hall.order(order).reminded == {Clock.FIX}
        until = hall.order(order).fix_due.date() + timedelta(days=10)
        await hall.act(order, m.ExtendOrder, until=until, note=NOTE)
        assert hall.order(order).reminded == frozenset()
        clock.forward(days=14)
        await hall.watch.look()
        assert hall.order(order).escalated == {Clock.FIX}
