"""Two days of visits, ratings, changes of mind, marks and work orders, by the keys people press."""

from __future__ import annotations

from random import Random
from typing import Any

from evaluation.messages import AddRatingDetail, ChangeRating, GiveRating
from evaluation.model import OFFLINE, Level, RatingChannel, Reason
from evaluation.orders import messages as om
from evaluation.orders.model import Category, Result
from hall_queue import messages as qm
from hall_queue.model import Channel
from hall_server.database.vault import Person
from hall_server.identity import visitor
from tests.fakes.reviewed_hall import FIRST, NOTE, SECOND, ReviewedHall
from tests.fakes.upward_hall import PutMark, put_mark

VISITS = 60
WINDOWS = ("w01", "w02", "w03")


async def days_of(hall: ReviewedHall, random: Random) -> None:
    """Two days of visits, ratings, changes of mind, marks and work orders."""
    hall.server.handle(PutMark, put_mark)
    for day in range(2):
        for window in WINDOWS:
            await hall.open(window, f"s{window[1:]}")
        for _ in range(VISITS // 2):
            await one_visit(hall, random)
        if day == 0:
            hall.clock.forward(hours=14)
            await hall.server.roll_day()


async def one_visit(hall: ReviewedHall, random: Random) -> None:
    window = random.choice(WINDOWS)
    line = hall.server.directory.windows[window].lines[0]
    matters = [one.id for one in hall.server.directory.matters.values() if one.line == line and one.active]
    matter = random.choice([*matters[:3], None])
    taken = {"channel": random.choice([Channel.KIOSK, Channel.PHONE]), "priority": random.choice([None, "elderly"])}
    issued = await hall.do(qm.IssueTicket(matter=matter, line=None if matter else line, **taken))
    ticket = str(issued["id"])
    await hall.do(qm.CallNext(window=window))
    if random.random() < 0.1:
        hall.clock.forward(seconds=60)
        await hall.do(qm.RecallTicket(window=window))
        await hall.do(qm.PassTicket(window=window))
        return
    await hall.do(qm.StartService(window=window))
    if matter and random.random() < 0.2:
        other = random.choice([one for one in matters[:6] if one != matter])
        await hall.do(qm.AddMatter(window=window, matter=other))
    hall.clock.forward(minutes=random.randint(2, 9))
    await hall.do(qm.FinishService(window=window))
    if random.random() < 0.75:
        await one_rating(hall, random, ticket)


async def one_rating(hall: ReviewedHall, random: Random, ticket: str) -> None:
    level = Level(random.choice([1, 1, 2, 3, 4, 5, 5]))
    person = await hall.server.vault.person(Person(phone=f"138{random.randint(0, 99999999):08d}"))
    channel = random.choice([RatingChannel.PHONE, RatingChannel.QR, RatingChannel.SMS])
    is_named = random.random() < 0.5
    give = GiveRating(ticket=ticket, level=level, channel=channel, person=person if is_named else None)
    rating = str((await hall.do(give, actor=visitor("v")))["id"])
    if not is_named and random.random() < 0.7:
        said: dict[str, Any] = {"aspects": tuple(random.sample(OFFLINE, 2)), "reasons": (random.choice(list(Reason)),)}
        await hall.do(AddRatingDetail(rating=rating, ticket=ticket, **said), actor=visitor("v"))
    if random.random() < 0.2:
        change = ChangeRating(rating=rating, ticket=ticket, level=Level(random.randint(1, 5)), reasons=(Reason.SLOW,))
        await hall.do(change, actor=visitor("v"))
    if random.random() < 0.15:
        await hall.do(PutMark(rating=rating, on=True))
        if random.random() < 0.3:
            await hall.do(PutMark(rating=rating, on=False))
    order = next((one.id for one in hall.orders.by_id.values() if one.rating == rating), None)
    if order is not None and random.random() < 0.8:
        await one_order(hall, random, order)


async def one_order(hall: ReviewedHall, random: Random, order: str) -> None:
    if hall.order(order).state != "opened":
        return
    hall.clock.forward(minutes=random.choice([1, 90]))
    await hall.contacted(order)
    how = random.random()
    if how < 0.25:
        await hall.act(order, om.Categorise, category=Category.MISTAKEN, note=NOTE)
        await hall.act(order, om.DecideExclusion, by=SECOND, is_excluded=random.random() < 0.7, note=NOTE)
    elif how < 0.85:
        await hall.act(order, om.Categorise, category=Category.CLEAR, note=NOTE)
        await hall.act(order, om.FixOrder, note=NOTE)
        if hall.order(order).named and random.random() < 0.7:
            await hall.revisited(order, random.choice(list(Result)), by=FIRST)
