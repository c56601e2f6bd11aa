"""Supervision at work: cards raised once and answered, days totalled once, calendars recounted, hall and city agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases import messages as m
from cases.catalogue.model import Fee, Law, Procedure, ProcedureKind
from cases.clocks.model import Light
from cases.figures.compute import figures_of
from cases.figures.sums import Days
from cases.model import Case, ChargeState, Given, Outcome
from cases.supervision.cards import Card, CardDeed, CardState
from cases.watch import Room
from cases.watch import messages as w
from cases.watch.watching import Watch
from hall_server.directory.commands import SaveCalendar
from hall_server.directory.model import CalendarYear
from hall_server.errors import Forbidden, Invalid, Refused
from hall_server.identity import SYSTEM, Actor, Role
from tests.fakes.case_place import CLERK, EXAMINER, LEADER, edition
from tests.fakes.hall import HandClock, running
from tests.fakes.neighbours import until
from tests.fakes.running_city import Browser, password, running_city

ROOMS = ("hall_queue", "cases")
SUPERVISOR = Actor(kind=Role.SUPERVISOR, id="sup", roles=frozenset({Role.SUPERVISOR}))
GIVEN = tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan"))


async def do(server: Any, command: Any, by: Actor = CLERK) -> Case:
    return msgspec.json.decode(await server.execute(command, actor=by), type=Case)


async def accepted(server: Any) -> Case:
    answers: Any = {"who": ("self",), "where": ("shop",)}
    case = await do(server, m.ReceiveCase(edition="food@1", answers=answers, given=GIVEN))
    return await do(server, m.AcceptCase(case=case.id, seen=case.step))


async def deal(server: Any, card: Card, deed: CardDeed, by: Actor, words: str = "") -> Card:
    command = w.DealWithCard(card=card.id, deed=deed, words=words, seen=len(card.history))
    return msgspec.json.decode(await server.execute(command, actor=by), type=Card)


def room_of(server: Any) -> Room:
    found: Room = server.rooms["supervision"]
    return found


async def overdue(server: Any, clock: HandClock) -> Card:
    """A case that has gone over its promise, and its card."""
    await accepted(server)
    clock.forward(days=18)  # 9 working days were promised on 2026-11-23
    await room_of(server).watch.look_at_all()
    [card] = [one for one in room_of(server).cards.by_id.values() if one.rule == "promise_over"]
    return card


@pytest.mark.gen_test
async def test_a_card_is_raised_once_and_lives_its_life(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock=clock, rooms=ROOMS) as (server, _):
        server.rooms["cases"].editions.take(edition())
        card = await overdue(server, clock)
        assert (card.state, card.department) == (CardState.RAISED, "market")
        many = len(room_of(server).cards.by_id)
        await room_of(server).watch.look_at_all()
        assert len(room_of(server).cards.by_id) == many
        with pytest.raises(Forbidden):
            await deal(server, card, CardDeed.EXPLAIN, CLERK, "忘记了")
        with pytest.raises(Invalid):
            await deal(server, card, CardDeed.EXPLAIN, EXAMINER)
        explained = await deal(server, card, CardDeed.EXPLAIN, EXAMINER, "等待会签")
        with pytest.raises(Refused):  # on what was seen before
            await deal(server, card, CardDeed.APPEAL, EXAMINER, "再说")
        with pytest.raises(Forbidden):
            await deal(server, explained, CardDeed.UPHOLD, EXAMINER, "是")
        upheld = await deal(server, explained, CardDeed.UPHOLD, SUPERVISOR, "理由不成立")
        closed = await deal(server, upheld, CardDeed.CLOSE, SUPERVISOR)
        assert [step.deed for step in closed.history] == [CardDeed.EXPLAIN, CardDeed.UPHOLD, CardDeed.CLOSE]
        assert card.id in room_of(server).cards.by_id
    async with running(tmp_path, clock=clock, rooms=ROOMS) as (server, _):
        again = room_of(server).cards.get(card.id)
        assert (again.state, [step.words for step in again.history]) == (
            CardState.CLOSED,
            ["等待会签", "理由不成立", ""],
        )


@pytest.mark.gen_test
async def test_who_acted_in_the_case_does_not_judge_and_silence_lapses(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock=clock, rooms=ROOMS) as (server, _):
        server.rooms["cases"].editions.take(edition())
        card = await overdue(server, clock)
        with pytest.raises(Refused):
            await deal(server, card, CardDeed.LAPSE, SUPERVISOR)
        clock.forward(days=10)
        both = Actor(kind=CLERK.kind, id=CLERK.id, roles=frozenset({Role.SUPERVISOR}))
        with pytest.raises(Forbidden):
            await deal(server, card, CardDeed.LAPSE, both)
        lapsed = await deal(server, card, CardDeed.LAPSE, SUPERVISOR)
        assert lapsed.state is CardState.UPHELD


@pytest.mark.gen_test
async def test_a_changed_case_is_judged_at_once_and_warnings_end_with_it(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock=clock, rooms=ROOMS) as (server, _):
        server.rooms["cases"].editions.take(edition())
        case = await accepted(server)
        watch = room_of(server).watch
        clock.forward(days=11)  # the last day; its examination was to take five
        await watch.look_at_all()
        assert watch.lights[case.id].light is Light.RED
        assert {one.rule for one in watch.warnings.values()} >= {"promise_near", "node_over"}
        await do(server, m.WithdrawCase(case=case.id, seen=case.step, reason=""))
        await watch.turn()
        assert case.id not in watch.lights
        assert not watch.warnings


@pytest.mark.gen_test
async def test_a_working_day_is_totalled_once_after_its_close(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock=clock, rooms=ROOMS) as (server, _):
        server.rooms["cases"].editions.take(edition())
        await accepted(server)
        watch, cards = room_of(server).watch, room_of(server).cards
        await watch.turn()
        assert date(2026, 11, 23) not in cards.days
        clock.forward(hours=16)  # one in the morning in Shanghai
        await watch.turn()
        [row] = cards.days[date(2026, 11, 23)]
        assert (row.department, row.received, row.accepted, row.open, row.lights[Light.GREEN]) == ("market", 1, 1, 1, 1)
        committed = server.journal.committed
        await watch.turn()
        assert server.journal.committed == committed


@pytest.mark.gen_test
async def test_days_that_nobody_closed_are_totalled_as_they_were(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock=clock, rooms=ROOMS) as (server, _):
        server.rooms["cases"].editions.take(edition())
        first = await accepted(server)
        clock.forward(hours=16)
        await room_of(server).watch.turn()
        assert list(room_of(server).cards.days) == [date(2026, 11, 23)]
        await do(server, m.WithdrawCase(case=first.id, seen=first.step, reason=""))
        await accepted(server)
        clock.forward(days=3)  # the server stood still: 24, 25 and 26 November closed without it
        await room_of(server).watch.turn()
        days = room_of(server).cards.days
        assert sorted(days) == [date(2026, 11, day) for day in (23, 24, 25, 26)]
        by_day = {day.day: rows[0] for day, rows in days.items()}
        assert [
            (by_day[day].received, by_day[day].open, by_day[day].lights[Light.GREEN]) for day in (23, 24, 25, 26)
        ] == [
            (1, 1, 1),
            (1, 1, 1),
            (0, 1, 1),
            (0, 1, 1),
        ]
        committed = server.journal.committed
        await room_of(server).watch.turn()
        assert server.journal.committed == committed


@pytest.mark.gen_test
async def test_what_stands_beside_a_case_is_fed_by_what_really_happens(tmp_path: Path) -> None:
    """Fees paid twice, a bad rating nobody puts right, one inspector: each a card; the control has none."""
    clock = HandClock()
    async with running(tmp_path, clock=clock, rooms=ROOMS) as (server, _):
        fee = Fee(
            id="card", name="工本费", amount_fen=2_000, basis=Law(name="发改价格〔2003〕2322号", article="收费标准")
        )
        visit = Procedure(id="visit", kind=ProcedureKind.VISIT, name="现场核查", limit_workdays=10)
        server.rooms["cases"].editions.take(edition(fees=(fee,), procedures=(visit,)))

        async def handled(*, is_right: bool) -> Case:
            case = await accepted(server)
            inspectors = ("0417", "0733") if is_right else ("0417",)
            begin = m.BeginProcedure(
                case=case.id, seen=case.step, procedure="visit", workdays=2, reason="现场", inspectors=inspectors
            )
            case = await do(server, begin, EXAMINER)
            case = await do(server, m.EndProcedure(case=case.id, seen=case.step, result="符合"), EXAMINER)
            for times in range(1 if is_right else 2):
                case = await do(server, m.AskFee(case=case.id, seen=case.step), EXAMINER)
                order = case.charges[-1].order
                if not is_right and not times:  # refused, asked for again, and then both were paid
                    case = await noted(server, case, order, ChargeState.REFUSED)
                else:
                    case = await noted(server, case, order, ChargeState.PAID)
            if not is_right:
                case = await noted(server, case, case.charges[0].order, ChargeState.PAID)
            rating = m.NoteRating(case=case.id, seen=0, rating=f"r-{case.id}", level=1)
            case = await do(server, rating, SYSTEM)
            if is_right:
                case = await do(server, msgspec.structs.replace(rating, is_handled=True), SYSTEM)
            return await do(server, m.WithdrawCase(case=case.id, seen=case.step, reason=""))

        right, wrong = await handled(is_right=True), await handled(is_right=False)
        await room_of(server).watch.turn()
        clock.forward(days=25)  # more than 15 working days: both are over long since
        await server.roll_day()
        await room_of(server).watch.look_at_all()
        raised = {(one.case, one.rule) for one in room_of(server).cards.by_id.values()}
        wanted = {"one_inspector", "overcharged", "bad_rating_unhandled"}
        assert {rule for case, rule in raised if case == wrong.id} >= wanted
        assert not {rule for case, rule in raised if case == right.id} & wanted


async def noted(server: Any, case: Case, order: str, became: ChargeState) -> Case:
    return await do(server, m.NoteFee(case=case.id, seen=0, order=order, became=became), SYSTEM)


@pytest.mark.gen_test
async def test_a_published_calendar_recounts_open_cases(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock=clock, rooms=ROOMS) as (server, _):
        server.rooms["cases"].editions.take(edition())
        case = await accepted(server)
        watch = room_of(server).watch
        await watch.look_at_all()
        before = watch.lights[case.id]
        known = server.directory.calendar.years[2026]
        year = CalendarYear(year=2026, off=(*known.off, date(2026, 11, 26)), work=known.work, papers=known.papers)
        await server.execute(SaveCalendar(item=year), actor=SYSTEM)

        async def recounted() -> bool:
            return watch.recount is not None and watch.recount.cases > 0

        await until(recounted)
        assert watch.recount is not None
        assert watch.recount.moved >= 2  # promise and statute
        assert watch.lights[case.id].statute > before.statute  # type: ignore[operator]  # both run


def held_by(watch: Watch) -> tuple[Any, ...]:
    """Everything that is shown of open cases; when a warning was seen is no part of it."""
    held = watch.held
    warned = {key: msgspec.structs.replace(one, seen_at=one.seen_at.min) for key, one in held.warnings.items()}
    counts = {of: +lights for of, lights in held.counts.items() if +lights}
    return dict(held.by_case), dict(held.clocks), dict(held.facts), counts, held.provisional, warned


@pytest.mark.gen_test(timeout=240)
async def test_looking_only_where_something_can_have_changed_shows_what_looking_at_all_shows(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock=clock, rooms=ROOMS) as (server, _):
        server.rooms["cases"].editions.take(edition())
        watch, looked, answers = room_of(server).watch, list[str](), {"who": ("self",), "where": ("shop",)}
        look = watch._look_now

        async def noted(cases: Sequence[str]) -> None:
            looked.extend(cases)
            await look(cases)

        watch._look_now = noted  # type: ignore[method-assign]  # counts what is looked at
        quiet = 0
        for step in range(46):  # more than three weeks, at odd hours
            if step < 12:
                received = await do(server, m.ReceiveCase(edition="food@1", answers=answers, given=GIVEN))  # type: ignore[arg-type]  # as above
                if step % 3:
                    case = await do(server, m.AcceptCase(case=received.id, seen=received.step))
                if step % 3 == 2:
                    begin = m.BeginProcedure(case=case.id, seen=case.step, procedure="visit", workdays=5, reason="核查")
                    await do(server, begin, EXAMINER)
            if step == 30:
                known = server.directory.calendar.years[2026]
                off = (*known.off, date(2026, 12, 14))
                year = CalendarYear(year=2026, off=off, work=known.work, papers=known.papers)
                await server.execute(SaveCalendar(item=year), actor=SYSTEM)
            clock.forward(hours=5 + step % 13)
            looked.clear()
            version = watch.version
            await watch.turn()
            quiet += not looked
            assert watch.version > version or not looked  # what was made of it before is made anew
            shown = held_by(watch)
            await watch.look_at_all()
            assert held_by(watch) == shown, f"step {step}"
        assert quiet > 3
        assert len(watch.moments) == len(watch.lights) > 8


@pytest.mark.gen_test
async def test_a_due_day_beyond_the_calendar_is_flagged(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock=clock, rooms=ROOMS) as (server, _):
        server.rooms["cases"].editions.take(edition())
        clock.forward(days=25)
        await server.roll_day()
        case = await accepted(server)  # 20 working days from 18 December reach into a year that is not announced
        await room_of(server).watch.look_at_all()
        light = room_of(server).watch.lights[case.id]
        assert light.is_provisional


@pytest.mark.gen_test(timeout=90)
async def test_hall_and_city_give_the_same_figures_and_cards_of_the_same_cases(tmp_path: Path) -> None:
    from tests.fakes.linked_places import linked

    async with linked(tmp_path) as place:
        first, second = await place.receive("a"), await place.receive("a")
        await place.receive("a")
        first = await place.do("a", m.AcceptCase(case=first.id, seen=first.step))
        second = await place.do("a", m.AcceptCase(case=second.id, seen=second.step))
        first = await place.do("a", m.HandOver(case=first.id, seen=first.step))
        await place.index()
        place.clock.forward(days=20)
        first = await place.do(
            "", m.ExamineCase(case=first.id, seen=first.step, opinion="符合", proposes=Outcome.GRANTED), EXAMINER
        )
        first = await place.do("", m.DecideCase(case=first.id, seen=first.step, outcome=Outcome.GRANTED), LEADER)
        await place.do("a", m.WithdrawCase(case=second.id, seen=second.step, reason=""))
        await place.index()
        await place.at_hall("a", first.id, lambda one: one.events == first.events)
        hall, city = room_of(place.halls["a"]), room_of(place.city)
        for days in (Days(), Days(first=date(2026, 11, 23), last=date(2026, 11, 30)), Days(first=date(2026, 12, 1))):
            here, there = await hall.watch.facts(days), await city.watch.facts(days)
            assert sorted(here, key=lambda one: one.case) == sorted(there, key=lambda one: one.case)
            assert figures_of(here, days) == figures_of(there, days)
        assert figures_of(await city.watch.facts(Days()))["overdue_rate"].value == 1.0
        await city.watch.look_at_all()
        await city.watch.look(first.id)
        await hall.watch.look_at_all()
        assert hall.watch.lights == city.watch.lights
        assert {card.rule for card in city.cards.by_id.values()} >= {"promise_over"}

        async def came() -> bool:
            return hall.cards.by_id == city.cards.by_id

        assert await until(came), "a hall with a city raises none, and hears of the city's"
        card = next(iter(hall.cards.by_id.values()))
        with pytest.raises(Refused, match=r"card\.at_city"):
            await deal(place.halls["a"], card, CardDeed.EXPLAIN, EXAMINER, "会签")
        await deal(place.city, card, CardDeed.EXPLAIN, EXAMINER, "会签")
        assert await until(came)
        assert hall.cards.get(card.id).state is CardState.EXPLAINED
        assert [one.fields["count"] for one in hall.pictures.alarms() if one.code == "supervision.red"]


@pytest.mark.gen_test
async def test_the_page_shows_each_what_they_may_see(tmp_path: Path) -> None:
    async with running_city(tmp_path) as (_, port):
        supervisor, stranger = Browser(), Browser()
        assert (await stranger.ask(port, "GET", "/api/v1/supervision")).code == 401
        await supervisor.sign_in(port, "supervisor", password(tmp_path, "supervisor"))
        shown = await supervisor.read(port, "/api/v1/supervision")
        assert (shown["is_raising"], shown["only"]) == (True, None)
        leader = Browser()
        await leader.sign_in(port, "leader", password(tmp_path, "leader"))
        assert (await leader.read(port, "/api/v1/supervision"))["only"]
        formulas = (await supervisor.read(port, "/api/v1/cases/formulas?lang=en"))["formulas"]
        figures = await supervisor.read(port, "/api/v1/cases/figures?from=2026-01-01&to=2026-12-31&by=department")
        assert [one["id"] for one in formulas] == [one["id"] for one in figures["figures"]]
        assert all(one["name"] != f"case_figures.{one['id']}" for one in formulas)
        assert (await supervisor.ask(port, "GET", "/api/v1/cases/figures?from=2026-13-01")).code == 400
        assert (await supervisor.ask(port, "GET", "/api/v1/cases/figures?by=person")).code == 400
        assert (await supervisor.read(port, "/api/v1/cases/logs")) == {"logs": []}
        assert (await supervisor.ask(port, "GET", "/api/v1/cases/logs/none")).code == 404


@pytest.mark.gen_test
async def test_a_hall_has_the_same_addresses(tmp_path: Path) -> None:
    async with running(tmp_path, rooms=ROOMS) as (server, port):
        stranger = Browser()
        for path in ("supervision", "cases/figures", "cases/formulas", "cases/logs"):
            assert (await stranger.ask(port, "GET", f"/api/v1/{path}")).code == 401
        assert room_of(server).watch.raises
