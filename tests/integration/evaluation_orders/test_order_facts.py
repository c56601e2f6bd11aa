"""What the figures read of work orders agrees with what happened to them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from evaluation.messages import ChangeRating
from evaluation.model import Level
from evaluation.orders import messages as m
from evaluation.orders.facts import OrderFact, facts
from evaluation.orders.model import Category, Result
from hall_server.identity import visitor
from tests.fakes.hall import HandClock
from tests.fakes.reviewed_hall import CLERK, NOTE, PHONE, SECOND, ReviewedHall, reviewed

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


async def fact(hall: ReviewedHall, order: str) -> OrderFact:
    await hall.projected()
    [found] = [one for one in await facts(hall.server.views, *YEAR) if one.order == order]
    return found


@pytest.mark.gen_test
async def test_an_order_that_was_just_opened(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        id_ = await hall.bad(4, phone=PHONE)
        order, found = hall.order(id_), await fact(hall, id_)
        assert (found.rating, found.level, found.named) == (order.rating, Level.DISSATISFIED, True)
        assert (found.window, found.staff, found.department) == ("w01", "s01", order.department)
        assert (found.opened_at, found.contact_due, found.fix_due) == (
            order.opened_at,
            order.contact_due,
            order.fix_due,
        )
        done = (found.contacted_at, found.fixed_at, found.category, found.revisited_at, found.revisit_satisfied)
        assert {*done, found.closed_at, found.published_at, found.published_text} == {None}
        assert {found.excluded, found.appealed, found.reopened, found.taken_back} == {False}


@pytest.mark.gen_test
async def test_reopened_appealed_extended_and_closed(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        id_ = await hall.bad(phone=PHONE)
        await hall.contacted(id_)
        until = hall.order(id_).fix_due.date() + timedelta(days=5)
        await hall.act(id_, m.ExtendOrder, until=until, note=NOTE)
        assert (await fact(hall, id_)).fix_due == hall.order(id_).fix_due
        await hall.act(id_, m.Categorise, category=Category.CLEAR, note=NOTE)
        await hall.act(id_, m.FixOrder, note=NOTE)
        await hall.revisited(id_, Result.DISSATISFIED)
        found = await fact(hall, id_)
        assert (found.reopened, found.fixed_at, found.category, found.revisit_satisfied) == (True, None, None, False)
        assert found.fix_due == hall.order(id_).fix_due
        await hall.do(m.MakeAppeal(order=id_, note=NOTE), actor=CLERK)
        await hall.act(id_, m.AnswerAppeal, is_upheld=True, note=NOTE)
        await hall.act(id_, m.Categorise, category=Category.NO_BASIS, note=NOTE)
        await hall.act(id_, m.FixOrder, note=NOTE)
        await hall.revisited(id_)
        await hall.act(id_, m.CloseOrder)
        found, order = await fact(hall, id_), hall.order(id_)
        assert (found.appealed, found.revisit_satisfied, found.category) == (True, True, Category.NO_BASIS)
        assert (found.fixed_at, found.revisited_at, found.closed_at) == (
            order.fixed_at,
            order.revisited_at,
            order.closed_at,
        )


@pytest.mark.gen_test
async def test_excluded_taken_back_and_of_another_day(tmp_path: Path) -> None:
    clock = HandClock()
    async with reviewed(tmp_path, clock) as hall:
        excluded = await hall.bad()
        await hall.contacted(excluded)
        await hall.act(excluded, m.Categorise, category=Category.MALICIOUS, note=NOTE)
        await hall.act(excluded, m.DecideExclusion, by=SECOND, is_excluded=True, note=NOTE)
        assert (await fact(hall, excluded)).excluded
        rating = await hall.rate(4)
        taken = hall.orders.of(rating).id
        ticket = hall.ratings.by_id[rating].ticket
        await hall.do(ChangeRating(rating=rating, ticket=ticket, level=Level(5)), actor=visitor("v"))
        assert (await fact(hall, taken)).level is Level.VERY_DISSATISFIED
        await hall.do(ChangeRating(rating=rating, ticket=ticket, level=Level(1)), actor=visitor("v"))
        assert (await fact(hall, taken)).taken_back
        today = hall.server.business_day
        clock.forward(days=1)
        await hall.server.roll_day()
        later = await hall.bad()
        await hall.projected()
        assert {one.order for one in await facts(hall.server.views, today, today)} == {excluded, taken}
        next_day = today + timedelta(days=1)
        assert [one.order for one in await facts(hall.server.views, next_day, next_day)] == [later]


@pytest.mark.gen_test
async def test_the_tables_are_the_same_when_they_are_made_anew(tmp_path: Path) -> None:
    clock = HandClock()
    async with reviewed(tmp_path, clock) as hall:
        id_ = await hall.bad(phone=PHONE)
        await hall.put_right(id_)
        before = await fact(hall, id_)
    (tmp_path / "views.db").unlink()
    async with reviewed(tmp_path, clock) as hall:
        assert await fact(hall, id_) == before
