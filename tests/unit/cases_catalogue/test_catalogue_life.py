"""Whatever editors do, in whatever order: one edition holds on a day, and a hall knows what the city knows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cases.catalogue import messages as m
from cases.catalogue.model import Edition, EditionState
from cases.catalogue.service import CatalogueService, content_of
from cases.catalogue.shelf import Shelf
from cases.catalogue.state import OUTSIDE, CityCatalogue
from hall_server.errors import DomainError
from hall_server.identity import Actor, Role
from hall_server.messages import Recorded
from hall_server.outcome import Context
from tests.fakes.case_place import edition
from tests.fakes.hall import CountedIds

BEGIN = date(2026, 11, 23)
DAYS = st.integers(0, 12)
MATTERS = st.sampled_from(("a", "b", "c"))
PEOPLE = st.sampled_from(
    tuple(Actor(kind=Role.STAFF, id=name, roles=frozenset({Role.EDITOR})) for name in ("anna", "bo"))
)


class Editors(RuleBasedStateMachine):
    """Two editors, three matters, days that pass."""

    def __init__(self) -> None:
        super().__init__()
        self.catalogue = CityCatalogue()
        self.service = CatalogueService(self.catalogue)
        self.hall = Shelf()
        self.today = BEGIN
        self.published: dict[str, Edition] = {}
        self.writers: dict[str, set[str]] = {}
        self.seen_holding: dict[tuple[str, date], int | None] = {}

    def do(self, way: str, command: Any, by: Actor) -> None:
        now = datetime.combine(self.today, datetime.min.time(), UTC)
        context = Context(now=now, business_day=self.today, actor=by, ids=CountedIds())
        try:
            events = getattr(self.service, way)(command, context)
        except DomainError:
            return
        for event in events:
            if isinstance(event, m.EditionDrafted):
                self.writers.setdefault(event.edition.key, set()).add(by.id)
            if isinstance(event, m.DraftDiscarded):
                self.writers.pop(event.edition.key, None)
            if isinstance(event, m.EditionReviewed | m.EditionPublished):
                assert by.id not in self.writers[event.edition.key]
            recorded = Recorded(seq=1, at=now, business_day=self.today, event=event, actor=str(by), command_id=None)
            self.catalogue.apply(recorded)
            for one in (event.edition, *event.also):
                if one.state not in OUTSIDE and not isinstance(event, m.DraftDiscarded):
                    self.hall.take(one)

    def step(self, way: str, command: type[m.EditionCommand], matter: str, by: Actor, **more: Any) -> None:
        self.do(way, command(matter=matter, seen=self.catalogue.revision(matter), **more), by)

    def day(self, ahead: int) -> date:
        return self.today + timedelta(days=ahead)

    @rule(ahead=st.integers(1, 5))
    def time_passes(self, ahead: int) -> None:
        self.today = self.day(ahead)

    @rule(matter=MATTERS, by=PEOPLE, promise=st.integers(1, 25))
    def write(self, matter: str, by: Actor, promise: int) -> None:
        content = edition(matter=matter, code=matter, phones=("12345",), promise_workdays=promise, rows=())
        self.do("draft", m.DraftEdition(edition=content, seen=self.catalogue.revision(matter)), by)

    @rule(matter=MATTERS, by=PEOPLE)
    def review(self, matter: str, by: Actor) -> None:
        self.step("review", m.ReviewEdition, matter, by)

    @rule(matter=MATTERS, by=PEOPLE, ahead=DAYS)
    def publish(self, matter: str, by: Actor, ahead: int) -> None:
        self.step("publish", m.PublishEdition, matter, by, valid_from=self.day(ahead))

    @rule(matter=MATTERS, promise=st.integers(1, 20), ahead=DAYS)
    def write_review_publish(self, matter: str, promise: int, ahead: int) -> None:
        anna, bo = (Actor(kind=Role.STAFF, id=name, roles=frozenset({Role.EDITOR})) for name in ("anna", "bo"))
        self.write(matter, anna, promise)
        self.review(matter, bo)
        self.publish(matter, bo, ahead)

    @rule(matter=MATTERS, by=PEOPLE)
    def give_back(self, matter: str, by: Actor) -> None:
        self.step("give_back", m.ReturnEdition, matter, by, reason="改")

    @rule(matter=MATTERS, by=PEOPLE)
    def discard(self, matter: str, by: Actor) -> None:
        self.step("discard", m.DiscardDraft, matter, by)

    @rule(matter=MATTERS, by=PEOPLE, ahead=DAYS)
    def suspend(self, matter: str, by: Actor, ahead: int) -> None:
        self.step("suspend", m.SuspendMatter, matter, by, from_day=self.day(ahead), reason="停")

    @rule(matter=MATTERS, by=PEOPLE)
    def resume(self, matter: str, by: Actor) -> None:
        self.step("resume", m.ResumeMatter, matter, by)

    @rule(matter=MATTERS, by=PEOPLE, ahead=DAYS, into=MATTERS)
    def cancel(self, matter: str, by: Actor, ahead: int, into: str) -> None:
        self.step("cancel", m.CancelMatter, matter, by, from_day=self.day(ahead), reason="消", successors=(into,))

    @invariant()
    def one_edition_accepts_on_a_day(self) -> None:
        for matter in self.catalogue.matters():
            for ahead in range(20):
                day = self.day(ahead)
                accepting = [one.number for one in self.catalogue.editions(matter) if one.accepts_on(day)]
                held = self.catalogue.shelf.holding(matter, day)
                assert accepting == ([] if held is None else [held.number])

    @invariant()
    def what_was_published_says_the_same_for_good(self) -> None:
        for one in self.catalogue.shelf:
            known = self.published.setdefault(one.key, content_of(one))
            assert content_of(one) == known

    @invariant()
    def what_held_yesterday_still_held_yesterday(self) -> None:
        """Nobody changes under which edition something was accepted on a day that is over."""
        for matter in self.catalogue.matters():
            held = self.catalogue.shelf.holding(matter, self.today - timedelta(days=1))
            key = (matter, self.today - timedelta(days=1))
            number = held.number if held is not None else None
            assert self.seen_holding.setdefault(key, number) == number

    @invariant()
    def a_hall_knows_what_the_city_published(self) -> None:
        assert {one.key: one for one in self.hall} == {one.key: one for one in self.catalogue.shelf}

    @invariant()
    def there_is_one_draft_at_most(self) -> None:
        for matter in self.catalogue.matters():
            drafts = [one for one in self.catalogue.editions(matter) if one.state in OUTSIDE]
            assert len(drafts) <= 1
            numbers = [one.number for one in self.catalogue.editions(matter)]
            assert numbers == sorted(set(numbers))
            assert all(one.state is not EditionState.CANCELLED or one.valid_until for one in self.hall)


TestEditors = Editors.TestCase
TestEditors.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
