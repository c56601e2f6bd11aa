"""Whatever managers, the person rated, visitors and time do to one order: its states, refusals and replay agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from evaluation.messages import RatingChanged, RatingEvent, RatingGiven, RatingMarked
from evaluation.model import CHANGE_WITHIN, Level, Mark, RatingChannel
from evaluation.orders import messages as m
from evaluation.orders.clocks import Terms
from evaluation.orders.model import ALLOWED, DONE, ENDED, AppealState, Category, Clock, Deed, How, Order, Result, State
from evaluation.orders.opening import Opener
from evaluation.orders.service import OrderService, deeds
from evaluation.orders.state import Orders
from evaluation.orders.watch import Watch
from evaluation.state import Ratings
from hall_queue.rulebook import Rulebook
from hall_queue.served import ServedMatters
from hall_queue.state import HallQueue
from hall_server.days import DayOpened
from hall_server.directory.calendar import WorkCalendar
from hall_server.directory.directory import Directory
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM, Actor, Role, visitor
from hall_server.messages import Command, Event, Recorded
from hall_server.outcome import Context, Outcome
from hall_server.settings import load
from tests.fakes.hall import MORNING, CountedIds, manager, staff

ZONE = ZoneInfo("Asia/Shanghai")
RATED = Actor(kind=Role.STAFF, id="s01", roles=frozenset({Role.STAFF, Role.MANAGER}))
MANAGERS = (manager("m01"), manager("m02"))
people = st.sampled_from([*MANAGERS * 4, RATED, staff("s02", "w02"), visitor("v")])
mostly = st.sampled_from([True] * 3 + [False])
WAYS = (
    "",
    "contact",
    "contact clear",
    "contact mistaken",
    "contact clear fix",
    "contact clear fix dissatisfied",
    "contact clear fix dissatisfied clear fix dissatisfied",
    "contact clear fix satisfied close",
)
"""How far an order has come before anything may happen to it; the last of them are rare by chance alone."""
CONTENT = {"review.deadline_unfit", "review.no_phone", "review.has_phone", "review.overdue"}
"""Refusals of what a command says, where the deed itself may be done."""


def turn(deed: Deed) -> Callable[[Any], Any]:
    """A rule that runs where the table lets it; `out_of_turn` tries everything everywhere."""
    return precondition(lambda self: deed in ALLOWED[self.order.state])


class OrderMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = MORNING
        self.ids = CountedIds()
        self.orders = Orders()
        queue = HallQueue(lambda id_: f"token-{id_}", Rulebook(load(None)))
        self.ratings = Ratings(ServedMatters(queue, Directory()), days=100)
        terms = Terms(calendar=WorkCalendar(), hours=None, zone=ZONE)
        self.opener = Opener(self.orders, self.ratings, Directory(), lambda: terms)
        self.service = OrderService(self.orders, lambda: terms)
        self.watch = Watch(None, self.orders, lambda: terms)  # type: ignore[arg-type]  # only asked to decide
        self.journal: list[Recorded] = []
        self.marks: list[RatingMarked] = []
        self.seen = 0
        self.id = ""

    # -- what the server does

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    @property
    def order(self) -> Order:
        return self.orders.by_id[self.id]

    def context(self, actor: Actor) -> Context:
        return Context(now=self.now, business_day=self.today, actor=actor, ids=self.ids)

    def happen(self, events: tuple[Event, ...], actor: Actor) -> None:
        for event in events:
            recorded = Recorded(
                seq=len(self.journal) + 1, at=self.now, business_day=self.today, event=event, actor=str(actor)
            )
            self.journal.append(recorded)
            for fold in (self.ratings, self.orders):
                if event.type in fold.types:
                    fold.apply(recorded)
            if isinstance(event, RatingMarked):
                self.marks.append(event)

    def rated(self, event: RatingEvent) -> None:
        self.happen((event, *self.opener.also(event, self.context(visitor("v")))), visitor("v"))

    def act(self, decide: Callable[..., Outcome], command: Command, actor: Actor, deed: Deed) -> None:
        """A command; it is carried out exactly where the table, the person and what was seen allow it."""
        before = self.order
        may = deed in set(deeds(before, actor, self.now))
        may = may or (deed is Deed.TAKE and actor in MANAGERS and deed in ALLOWED[before.state])  # again by the same
        has_seen = getattr(command, "seen", before.step) == before.step
        outcome, refusal = self.decided(decide, command, actor)
        if outcome is None:
            assert self.order == before
            assert not (may and has_seen) or refusal in CONTENT, refusal
            return
        assert has_seen
        assert may, (deed, before.state)
        assert deed in ALLOWED[before.state]
        assert (actor is RATED) is (deed is Deed.APPEAL)
        assert actor in MANAGERS or deed is Deed.APPEAL
        self.happen(outcome.events, actor)
        outcome.reply()
        self.now += timedelta(minutes=3)

    def decided(
        self, decide: Callable[..., Outcome], command: Command, actor: Actor
    ) -> tuple[Outcome | None, str | None]:
        try:
            return decide(command, self.context(actor)), None
        except DomainError as exc:
            return None, exc.code

    def named(self, fresh: bool) -> int:
        return self.order.step if fresh else self.order.step - 1

    # -- what happens

    @initialize(is_named=st.booleans(), way=st.sampled_from(WAYS))
    def begin(self, is_named: bool, way: str) -> None:
        self.happen((DayOpened(day=self.today),), SYSTEM)
        self.rated(
            RatingGiven(
                rating="r1",
                ticket="t1",
                window="w01",
                staff=RATED.id,
                line="a",
                matter=None,
                level=Level.DISSATISFIED,
                channel=RatingChannel.PHONE,
                person="p1" if is_named else None,
            )
        )
        [self.id] = self.orders.by_id
        how = How.PHONE if is_named else How.LOOKED_INTO
        by = MANAGERS[0]
        ways: dict[str, Callable[[], None]] = {
            "contact": lambda: self.contact(by, how, True),
            "clear": lambda: self.categorise(by, Category.CLEAR, 9, True),
            "mistaken": lambda: self.categorise(by, Category.MISTAKEN, 9, True),
            "fix": lambda: self.fix(by, True),
            "satisfied": lambda: self.revisit(by, Result.SATISFIED),
            "dissatisfied": lambda: self.revisit(by, Result.DISSATISFIED),
            "close": lambda: self.close(by),
        }
        for name in way.split():
            ways[name]()

    @rule(minutes=st.sampled_from([5, 600, 1_440, 10_080]))
    def time_passes(self, minutes: int) -> None:
        day = self.today
        self.now += timedelta(minutes=minutes)
        if self.today > day and self.order.state not in ENDED:
            self.happen((DayOpened(day=self.today),), SYSTEM)
        before = self.journal[-1]
        self.happen(self.watch.check(m.CheckClocks(), self.context(SYSTEM)).events, SYSTEM)
        assert self.watch.check(m.CheckClocks(), self.context(SYSTEM)).events == ()
        assert before in self.journal

    @precondition(lambda self: self.now <= MORNING + CHANGE_WITHIN or self.order.state in DONE)
    @rule(level=st.sampled_from([*[Level.VERY_DISSATISFIED] * 20, *Level]))
    def visitor_rates_anew(self, level: Level) -> None:
        state = self.order.state
        self.rated(RatingChanged(rating="r1", ticket="t1", level=level))
        if state in DONE:
            assert self.order.state is state
        else:
            assert (self.order.state is State.TAKEN_BACK) is not level.is_bad

    @turn(Deed.CONTACT)
    @rule(actor=people, how=st.sampled_from(list(How)), reached=mostly)
    def contact(self, actor: Actor, how: How, reached: bool) -> None:
        command = m.ContactVisitor(
            order=self.id, seen=self.order.step, how=how, is_reached=reached or how is How.LOOKED_INTO, note="n"
        )
        self.act(self.service.contact, command, actor, Deed.CONTACT)

    @turn(Deed.CATEGORISE)
    @rule(actor=people, category=st.sampled_from(list(Category)), days=st.integers(-1, 70), fresh=mostly)
    def categorise(self, actor: Actor, category: Category, days: int, fresh: bool) -> None:
        until = self.today + timedelta(days=days)
        command = m.Categorise(
            order=self.id, seen=self.named(fresh), category=category, until=until, note="n", files=("f1",)
        )
        self.act(self.service.categorise, command, actor, Deed.CATEGORISE)

    @turn(Deed.DECIDE)
    @rule(actor=people, is_excluded=st.booleans())
    def decide(self, actor: Actor, is_excluded: bool) -> None:
        asked_by = self.order.asked_by
        was = self.order.excluded
        command = m.DecideExclusion(order=self.id, seen=self.order.step, is_excluded=is_excluded, note="n")
        self.act(self.service.decide, command, actor, Deed.DECIDE)
        if self.order.excluded and not was:
            assert asked_by != str(actor)

    @turn(Deed.EXTEND)
    @rule(actor=people, days=st.integers(-1, 40))
    def extend(self, actor: Actor, days: int) -> None:
        until = self.order.fix_due.astimezone(ZONE).date() + timedelta(days=days)
        command = m.ExtendOrder(order=self.id, seen=self.order.step, until=until, note="n")
        self.act(self.service.extend, command, actor, Deed.EXTEND)

    @turn(Deed.FIX)
    @rule(actor=people, fresh=mostly)
    def fix(self, actor: Actor, fresh: bool) -> None:
        self.act(self.service.fix, m.FixOrder(order=self.id, seen=self.named(fresh), note="n"), actor, Deed.FIX)

    @turn(Deed.REVISIT)
    @rule(actor=people, result=st.sampled_from(list(Result)))
    def revisit(self, actor: Actor, result: Result) -> None:
        command = m.RevisitVisitor(order=self.id, seen=self.order.step, how=How.PHONE, result=result, note="n")
        self.act(self.service.revisit, command, actor, Deed.REVISIT)

    @turn(Deed.CLOSE)
    @rule(actor=people)
    def close(self, actor: Actor) -> None:
        self.act(self.service.close, m.CloseOrder(order=self.id, seen=self.order.step), actor, Deed.CLOSE)

    @turn(Deed.PUBLISH)
    @rule(actor=people, is_told=st.booleans())
    def tell(self, actor: Actor, is_told: bool) -> None:
        seen = self.order.step
        if is_told:
            command = m.PublishResult(order=self.id, seen=seen, text="已整改。")
            self.act(self.service.publish, command, actor, Deed.PUBLISH)
        else:
            kept = m.WithholdResult(order=self.id, seen=seen, note="n")
            self.act(self.service.withhold, kept, actor, Deed.WITHHOLD)

    @rule(actor=people)
    def appeal(self, actor: Actor) -> None:
        self.act(self.service.appeal, m.MakeAppeal(order=self.id, note="n"), actor, Deed.APPEAL)

    @precondition(lambda self: self.order.appeal is AppealState.OPEN)
    @rule(actor=people, is_upheld=st.booleans())
    def answer(self, actor: Actor, is_upheld: bool) -> None:
        command = m.AnswerAppeal(order=self.id, seen=self.order.step, is_upheld=is_upheld, note="n")
        self.act(self.service.answer, command, actor, Deed.ANSWER)

    @rule(actor=people, deed=st.sampled_from(list(Deed)), fresh=mostly)
    def out_of_turn(self, actor: Actor, deed: Deed, fresh: bool) -> None:
        about: dict[str, Any] = {"order": self.id, "seen": self.named(fresh)}
        told = {**about, "note": "n"}
        decide, command = {
            Deed.TAKE: lambda: (self.service.take, m.TakeOrder(**about)),
            Deed.CONTACT: lambda: (self.service.contact, m.ContactVisitor(**told, how=How.PHONE, is_reached=True)),
            Deed.CATEGORISE: lambda: (self.service.categorise, m.Categorise(**told, category=Category.CLEAR)),
            Deed.DECIDE: lambda: (self.service.decide, m.DecideExclusion(**told, is_excluded=True)),
            Deed.EXTEND: lambda: (self.service.extend, m.ExtendOrder(**told, until=self.today)),
            Deed.FIX: lambda: (self.service.fix, m.FixOrder(**told)),
            Deed.REVISIT: lambda: (
                self.service.revisit,
                m.RevisitVisitor(**told, how=How.PHONE, result=Result.SATISFIED),
            ),
            Deed.CLOSE: lambda: (self.service.close, m.CloseOrder(**about)),
            Deed.PUBLISH: lambda: (self.service.publish, m.PublishResult(**about, text="已整改。")),
            Deed.WITHHOLD: lambda: (self.service.withhold, m.WithholdResult(**told)),
            Deed.ANSWER: lambda: (self.service.answer, m.AnswerAppeal(**told, is_upheld=True)),
            Deed.PHONE: lambda: (self.service.phone, m.OpenPhone(order=self.id, note="n")),
            Deed.APPEAL: lambda: (self.service.appeal, m.MakeAppeal(order=self.id, note="n")),
        }[deed]()
        self.act(decide, command, actor, deed)

    # -- what always holds

    @invariant()
    def a_restart_gives_the_same(self) -> None:
        if not self.id:
            return
        again, today = Orders(), self.journal[-1].business_day
        for recorded in self.journal:  # what a start reads: all that lasts, then today's
            is_today = recorded.business_day == today
            if recorded.event.type in again.types and (recorded.event.lasting or is_today):
                again.apply(recorded)
        assert again.by_id == self.orders.by_id
        assert again.by_rating == self.orders.by_rating

    @invariant()
    def the_order_makes_sense(self) -> None:
        if not self.id:
            return
        order = self.order
        assert (order.closed_at is not None) == (order.state in DONE - {State.TAKEN_BACK})
        if order.state in DONE - {State.TAKEN_BACK}:
            assert order.contacted_at is not None
            assert order.fixed_at is not None
            assert order.revisited_at is not None or not order.named or order.excluded
        assert order.excluded == any(mark.mark is Mark.EXCLUDED and mark.on for mark in self.marks)
        assert sum(isinstance(one.event, m.OrderReopened) for one in self.journal) <= 1
        assert order.step == 1 + sum(_is_step(one.event, self.id) for one in self.journal)

    @invariant()
    def each_limit_is_said_once(self) -> None:
        for kind in (m.OrderReminded, m.OrderEscalated):
            for clock in Clock:
                said = [
                    one.event
                    for one in self.journal
                    if isinstance(one.event, kind) and one.event.clock is clock and one.event.order == self.id
                ]
                limits = 1 + sum(
                    isinstance(one.event, m.OrderExtended | m.OrderReopened)
                    or (isinstance(one.event, m.OrderCategorised) and one.event.fix_due is not None)
                    for one in self.journal
                )
                assert len(said) <= (limits if clock is Clock.FIX else 1)


def _is_step(event: Event, order: str) -> bool:
    quiet = m.OrderOpened | m.OrderReminded | m.OrderEscalated | m.OrderLevelChanged | m.OrderNamed
    return isinstance(event, m.OrderEvent) and event.order == order and not isinstance(event, quiet)


TestOrderMachine = OrderMachine.TestCase
TestOrderMachine.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)
