"""A bad rating opens a work order in its own transaction; the visitor who thinks better of it ends it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from evaluation.messages import AddRatingDetail, ChangeRating
from evaluation.model import Level
from evaluation.orders import messages as m
from evaluation.orders.model import FixLimit, State
from hall_server.database.vault import Person
from hall_server.errors import NotFound, Refused
from hall_server.identity import visitor
from tests.fakes.hall import HandClock, manager
from tests.fakes.reviewed_hall import PHONE, ReviewedHall, reviewed


async def change(hall: ReviewedHall, rating: str, level: int) -> None:
    ticket = hall.ratings.by_id[rating].ticket
    await hall.do(ChangeRating(rating=rating, ticket=ticket, level=Level(level)), actor=visitor("v"))


@pytest.mark.gen_test
async def test_levels_four_and_five_open_an_order_and_no_other_level_does(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        for level in (1, 2, 3):
            assert hall.orders.of(await hall.rate(level)) is None
        for level in (4, 5):
            rating = await hall.rate(level)
            order = hall.orders.of(rating)
            assert (order.level, order.window, order.staff, order.state) == (level, "w01", "s01", State.OPENED)


@pytest.mark.gen_test
async def test_rating_and_order_stand_in_one_transaction(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        await hall.bad()
        rows = await hall.server.database.fetch(
            "SELECT type, at, actor FROM journal WHERE type IN ('rating.given', 'order.opened') ORDER BY seq"
        )
        assert [row[0] for row in rows] == ["rating.given", "order.opened"]
        assert rows[0][1:] == rows[1][1:]


@pytest.mark.gen_test
async def test_the_order_knows_whose_matter_it_was_and_whether_a_phone_was_left(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        anonymous, named = await hall.bad(), await hall.bad(phone=PHONE)
        order = hall.order(named)
        matter = hall.server.directory.matters.get(order.matter or "")
        assert (hall.order(anonymous).named, order.named) == (False, True)
        assert order.department == (matter.department if matter else None)
        assert PHONE not in str(await hall.events("order.opened"))


@pytest.mark.gen_test
async def test_a_phone_that_follows_the_rating_belongs_to_its_order(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        rating = await hall.rate(5)
        person = await hall.server.vault.person(Person(phone=PHONE))
        ticket = hall.ratings.by_id[rating].ticket
        await hall.do(AddRatingDetail(rating=rating, ticket=ticket, person=person), actor=visitor("v"))
        order = hall.orders.of(rating)
        assert (order.named, order.step) == (True, 1)
        assert PHONE not in str(await hall.events("order.named"))


@pytest.mark.gen_test
async def test_a_good_rating_changed_to_a_bad_one_opens_an_order(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        rating = await hall.rate(2)
        await change(hall, rating, 4)
        assert hall.orders.of(rating).level is Level.DISSATISFIED


@pytest.mark.gen_test
async def test_a_bad_rating_taken_back_ends_the_order_and_nobody_works_on_it_any_more(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        rating = await hall.rate(5)
        order = hall.orders.of(rating)
        await hall.contacted(order.id)
        await change(hall, rating, 1)
        assert hall.order(order.id).state is State.TAKEN_BACK
        await hall.refused(Refused, "review.not_now", order.id, m.FixOrder, note="n")
        await change(hall, rating, 4)
        again = hall.orders.of(rating)
        assert (again.id != order.id, again.state) == (True, State.OPENED)


@pytest.mark.gen_test
async def test_another_bad_level_stays_one_order(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as hall:
        rating = await hall.rate(4)
        await change(hall, rating, 5)
        assert [order.level for order in hall.orders.by_id.values()] == [Level.VERY_DISSATISFIED]


@pytest.mark.gen_test
async def test_an_order_lives_over_days_and_restarts_and_one_that_ended_does_not(tmp_path: Path) -> None:
    clock = HandClock()
    async with reviewed(tmp_path, clock) as hall:
        kept, taken = await hall.bad(phone=PHONE), await hall.rate(5)
        ended = hall.orders.of(taken).id
        await hall.contacted(kept)
        await change(hall, taken, 1)
        before = hall.order(kept)
    async with reviewed(tmp_path, clock) as hall:
        assert hall.order(kept) == before
        assert hall.order(ended).state is State.TAKEN_BACK
    clock.forward(days=9)
    async with reviewed(tmp_path, clock) as hall:
        assert hall.order(kept) == before
        with pytest.raises(NotFound, match=r"review\.unknown"):
            await hall.do(m.TakeOrder(order=ended, seen=1))
        await hall.server.roll_day()
        assert set(hall.orders.by_id) == {kept}
    async with reviewed(tmp_path, clock) as hall:
        assert set(hall.orders.by_id) == {kept}


@pytest.mark.gen_test
async def test_another_limit_of_the_hall_holds_for_orders_opened_afterwards(tmp_path: Path) -> None:
    clock = HandClock()
    async with reviewed(tmp_path, clock) as hall:
        before = await hall.bad()
        due = hall.order(before).fix_due
        reply = await hall.do(m.SetReviewRules(fix=FixLimit.WORKDAYS_15, reason="市里的规定"), actor=manager())
        after = await hall.bad()
        assert reply["fix"] == "15wd"
        assert hall.order(before).fix_due == due
        assert hall.order(after).fix_due - due == timedelta(days=14)
        with pytest.raises(Exception, match="managers_only"):
            await hall.do(m.SetReviewRules(fix=FixLimit.DAYS_7, reason="x"), actor=visitor("v"))
    async with reviewed(tmp_path, clock) as hall:
        assert hall.orders.fix_limit is FixLimit.WORKDAYS_15
        assert len(await hall.events("review_rules.set")) == 1
