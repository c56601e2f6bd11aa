"""The figures of made-up days are those that plain Python counts from the journal's rows, without tables or structs."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from evaluation.figures.facts import By
from evaluation.figures.formulas import FORMULAS
from evaluation.figures.period import Period
from evaluation.messages import AddRatingDetail, ChangeRating, GiveRating
from evaluation.model import OFFLINE, Level, RatingChannel, Reason
from evaluation.orders import messages as om
from evaluation.orders.model import Category, Result
from hall_queue import messages as qm
from hall_server.database.vault import Person
from hall_server.identity import visitor
from hall_server.journal.rows import moment
from tests.fakes.reviewed_hall import FIRST, NOTE, SECOND, ReviewedHall, reviewed
from tests.fakes.upward_hall import PutMark, put_mark

VISITS = 60
WINDOWS = ("w01", "w02", "w03")
UNASKED = {"qr", "phone", "terminal", "telephone"}


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
    issued = await hall.do(qm.IssueTicket(matter=matter, line=None if matter else line))
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


# -- counted again, from nothing but the journal's rows


def recount(rows: list[tuple[Any, ...]], now: datetime, departments: dict[str, str]) -> list[dict[str, Any]]:
    """Everything that can be counted: one dictionary a rating, served matter or order."""
    ratings: dict[str, dict[str, Any]] = {}
    served: dict[tuple[str, str], dict[str, Any]] = {}
    orders: dict[str, dict[str, Any]] = {}
    for seq, at, day, kind, payload in rows:
        event = json.loads(payload)
        if kind == "rating.given":
            matter = event["matter"] or ""
            event |= {"kind": "rating", "day": day, "marks": set(event["marks"]), "matter": matter}
            ratings[event["rating"]] = event | {
                "department": departments.get(matter, ""),
                "staff": event["staff"] or "",
            }
        elif kind in {"rating.detailed", "rating.changed"}:
            names = ("aspects", "reasons", *(["level"] if kind == "rating.changed" else []))
            ratings[event["rating"]] |= {name: event[name] for name in names}
        elif kind == "rating.marked":
            marks = ratings[event["rating"]]["marks"]
            (marks.add if event["on"] else marks.discard)(event["mark"])
        elif kind == "ticket.finished":
            for matter in event["outcomes"] or [""]:
                about = {"kind": "served", "day": day, "window": event["window"], "staff": event["staff"] or ""}
                whose = {"matter": matter, "department": departments.get(matter, ""), "seq": seq}
                served.setdefault((event["ticket"], matter), about | whose)
        elif kind == "order.opened":
            more = {"kind": "order", "day": day, "fixed": None, "contacted": None, "revisited": None, "out": False}
            orders[event["order"]] = event | more | {"back": False, "content": None, "staff": event["staff"] or ""}
        elif kind.startswith("order."):
            _step(orders[event["order"]], kind, event, moment(at))
    for (ticket, matter), one in served.items():
        one["rated"] = any(r["ticket"] == ticket and r["matter"] == matter for r in ratings.values())
    for one in orders.values():
        given = ratings[one["rating"]]
        one |= {"channel": given["channel"], "matter": given["matter"], "department": one["department"] or ""}
        one |= {name: datetime.fromisoformat(one[name]) for name in ("contact_due", "fix_due")}
    return [*ratings.values(), *served.values(), *orders.values()]


def _step(order: dict[str, Any], kind: str, event: dict[str, Any], at: datetime) -> None:
    match kind:
        case "order.contacted":
            order["contacted"] = at
        case "order.fixed":
            order["fixed"] = at
        case "order.exclusion_decided" if event["is_excluded"]:
            order |= {"out": True, "fixed": at}
        case "order.revisited":
            order |= {"revisited": at, "content": event["is_satisfied"]}
        case "order.reopened":
            order |= {"fixed": None, "fix_due": event["fix_due"]}
        case "order.taken_back":
            order["back"] = True
        case "order.categorised" | "order.extended" if event.get("fix_due"):
            order["fix_due"] = event["fix_due"]


def figures(things: list[dict[str, Any]], now: datetime, *, raw: bool) -> dict[str, tuple[int, int | None]]:
    """Numerator and denominator of every figure."""
    rated = [one for one in things if one["kind"] == "rating" and (raw or not one["marks"])]
    served = [one for one in things if one["kind"] == "served"]
    orders = [one for one in things if one["kind"] == "order" and not one["back"] and (raw or not one["out"])]
    named = [one for one in orders if one["person"]]
    n, levels = len(rated), Counter(one["level"] for one in rated)
    contact = [one for one in named if one["contacted"] or one["contact_due"] <= now]
    fix = [one for one in orders if one["fixed"] or one["fix_due"] <= now]
    again = [one for one in named if one["fixed"]]
    told = [one for one in orders if one["content"] is not None]
    return {
        "good_rate": (levels[1] + levels[2] + levels[3], n),
        "bad_rate": (levels[4] + levels[5], n),
        "active_rate": (sum(one["channel"] in UNASKED for one in rated), n),
        "unrated_rate": (sum(not one["rated"] for one in served), len(served)),
        "contact_rate": (
            sum(bool(o["contacted"] and o["contacted"] <= o["contact_due"]) for o in contact),
            len(contact),
        ),
        "fixed_rate": (sum(bool(one["fixed"] and one["fixed"] <= one["fix_due"]) for one in fix), len(fix)),
        "revisit_rate": (sum(bool(one["revisited"]) for one in again), len(again)),
        "revisit_content_rate": (sum(one["content"] for one in told), len(told)),
        "ratings": (n, None),
        "marked": (sum(bool(one["marks"]) for one in things if one["kind"] == "rating"), None),
        **{f"level_{level}": (levels[level], None) for level in range(1, 6)},
        "served": (len(served), None),
        "orders": (len(orders), None),
        "aspects": (sum(len(one["aspects"]) for one in rated), None),
        "reasons": (sum(len(one["reasons"]) for one in rated), None),
    }


@pytest.mark.gen_test(timeout=120)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_figure_is_what_plain_python_counts_from_the_journal(tmp_path: Path, seed: int) -> None:
    async with reviewed(tmp_path) as hall:
        await days_of(hall, Random(seed))
        hall.clock.forward(hours=30)  # some limits are over by now
        await hall.projected()
        now = hall.server.now()
        rows = await hall.server.database.fetch("SELECT seq, at, business_day, type, payload FROM journal ORDER BY seq")
        departments = {one.id: one.department for one in hall.server.directory.matters.values()}
        things = recount(rows, now, departments)
        assert min(Counter(one["kind"] for one in things).values()) > 8, "a history that says nothing proves nothing"
        assert any(one["kind"] == "order" and one["fixed"] for one in things)
        first, last = date(2026, 11, 23), date(2026, 11, 24)
        pictures = hall.server.rooms["figures"].pictures
        for period in (Period(first=first, last=last), Period(first=first, last=first), Period(first=last, last=last)):
            days = {(period.first + timedelta(days=n)).isoformat() for n in range(period.days)}
            inside = [one for one in things if one["day"] in days]
            for raw in (False, True):
                for by in By:
                    found = await pictures.of(period, by, raw=raw)
                    assert {f.id: (f.numerator, f.denominator) for f in found.figures} == figures(inside, now, raw=raw)
                    for group in found.groups:
                        mine = [
                            one
                            for one in inside
                            if (one.get(by.value) if by is not By.CHANNEL else one.get("channel", " ")) == group.key
                        ]
                        expected = figures(mine, now, raw=raw)
                        assert {f.id: (f.numerator, f.denominator) for f in group.figures} == expected, (by, group.key)
                    if by is not By.HALL:
                        assert (
                            sum(g.figures[8].numerator for g in found.groups)
                            == figures(inside, now, raw=raw)["ratings"][0]
                        )
        assert len(FORMULAS) == len(figures([], now, raw=False))
