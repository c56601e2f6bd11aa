"""The life of an edition: two people, days from which it holds, what ends, and what the shelf says of each day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cases.catalogue import messages as m
from cases.catalogue.model import Edition, EditionState
from cases.catalogue.service import CatalogueService
from cases.catalogue.state import CityCatalogue
from hall_server.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from hall_server.identity import SYSTEM, Actor, Role
from hall_server.messages import Recorded
from hall_server.outcome import Context
from tests.fakes.case_place import edition
from tests.fakes.hall import CountedIds

TODAY = date(2026, 11, 23)
ANNA = Actor(kind=Role.STAFF, id="anna", roles=frozenset({Role.EDITOR}))
BO = Actor(kind=Role.STAFF, id="bo", roles=frozenset({Role.EDITOR}))
CLERK = Actor(kind=Role.STAFF, id="clerk", roles=frozenset({Role.STAFF}))


def content(matter: str = "food", **changes: Any) -> Edition:
    given = {"phones": ("12345",), "code": matter, "matter": matter, "state": EditionState.DRAFT, "valid_from": None}
    return edition(**{**given, **changes})


class Desk:
    """A catalogue with the journal in a list."""

    def __init__(self) -> None:
        self.catalogue = CityCatalogue()
        self.service = CatalogueService(self.catalogue)
        self.today = TODAY

    def do(self, way: str, command: Any, by: Actor = ANNA) -> tuple[m.CatalogueEvent, ...]:
        now = datetime.combine(self.today, datetime.min.time(), UTC)
        context = Context(now=now, business_day=self.today, actor=by, ids=CountedIds())
        events = getattr(self.service, way)(command, context)
        for event in events:
            self.catalogue.apply(
                Recorded(seq=1, at=now, business_day=self.today, event=event, actor=str(by), command_id=None)
            )
        return events

    def seen(self, matter: str = "food") -> int:
        return self.catalogue.revision(matter)

    def draft(self, matter: str = "food", by: Actor = ANNA, **changes: Any) -> None:
        self.do("draft", m.DraftEdition(edition=content(matter, **changes), seen=self.seen(matter)), by)

    def step(self, way: str, command: type[m.EditionCommand], by: Actor = BO, matter: str = "food", **more: Any) -> Any:
        return self.do(way, command(matter=matter, seen=self.seen(matter), **more), by)

    def publish(self, matter: str = "food", day: date = TODAY, **changes: Any) -> None:
        self.draft(matter, **changes)
        self.step("review", m.ReviewEdition, matter=matter)
        self.step("publish", m.PublishEdition, matter=matter, valid_from=day)

    def states(self, matter: str = "food") -> list[EditionState]:
        return [one.state for one in self.catalogue.editions(matter)]

    def holding(self, day: date, matter: str = "food") -> int | None:
        found = self.catalogue.shelf.holding(matter, day)
        return None if found is None else found.number


def refused(code: str, kind: type[DomainError] = Refused) -> Any:
    return pytest.raises(kind, match=code.replace(".", r"\."))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def day(n: int) -> date:
    return date(2026, 12, n)


def test_a_draft_becomes_reviewed_by_another_and_holds_from_its_day(desk: Desk) -> None:
    desk.publish(day=day(10))
    assert desk.states() == [EditionState.PUBLISHED]
    assert [desk.holding(day(n)) for n in (9, 10, 31)] == [None, 1, 1]


def test_who_wrote_an_edition_neither_reviews_nor_publishes_it(desk: Desk) -> None:
    desk.draft()
    with refused("edition.own_review", Forbidden):
        desk.step("review", m.ReviewEdition, ANNA)
    desk.draft(by=BO, promise_workdays=8)
    with refused("edition.own_review", Forbidden):
        desk.step("review", m.ReviewEdition, BO)
    admin = Actor(kind=Role.STAFF, id="admin", roles=frozenset({Role.ADMIN}))
    desk.step("review", m.ReviewEdition, admin)
    with refused("edition.own_review", Forbidden):
        desk.step("publish", m.PublishEdition, ANNA, valid_from=TODAY)


@pytest.mark.parametrize("by", [CLERK, Actor(kind=Role.STAFF, id="a", roles=frozenset({Role.ADMIN}))])
def test_only_editors_write(desk: Desk, by: Actor) -> None:
    with refused("edition.editors_only", Forbidden):
        desk.draft(by=by)


def test_a_clerk_reviews_nothing(desk: Desk) -> None:
    desk.draft()
    with refused("edition.editors_only", Forbidden):
        desk.step("review", m.ReviewEdition, CLERK)


def test_what_has_errors_is_not_reviewed(desk: Desk) -> None:
    desk.draft(promise_workdays=99)
    with refused("edition.faults", Invalid):
        desk.step("review", m.ReviewEdition)


def test_the_faults_of_a_draft_follow_what_is_written(desk: Desk) -> None:
    for promise, faults in ((99, 1), (9, 0), (98, 1)):
        desk.draft(promise_workdays=promise)
        kept = desk.catalogue.newest("food")
        assert kept is not None
        for _ in range(2):
            assert sum(one.code == "promise_over_statute" for one in desk.service.faults(kept)) == faults


def test_two_who_write_at_once_do_not_overwrite_each_other(desk: Desk) -> None:
    desk.draft()
    with refused("edition.changed"):
        desk.do("draft", m.DraftEdition(edition=content(), seen=0), BO)


def test_a_reviewed_edition_that_is_changed_must_be_reviewed_again(desk: Desk) -> None:
    desk.draft()
    desk.step("review", m.ReviewEdition)
    desk.draft(promise_workdays=5)
    assert desk.states() == [EditionState.DRAFT]
    with refused("edition.not_now"):
        desk.step("publish", m.PublishEdition, valid_from=TODAY)


def test_a_reviewer_gives_it_back_with_a_reason(desk: Desk) -> None:
    desk.draft()
    with refused("edition.reason", Invalid):
        desk.step("give_back", m.ReturnEdition, reason=" ")
    desk.step("give_back", m.ReturnEdition, reason="时限不对")
    assert desk.states() == [EditionState.DRAFT]
    assert desk.catalogue.deeds("food")[-1].reason == "时限不对"


def test_a_draft_is_thrown_away_and_the_published_edition_stays(desk: Desk) -> None:
    desk.publish()
    desk.draft(promise_workdays=5)
    desk.step("discard", m.DiscardDraft, ANNA)
    assert desk.states() == [EditionState.PUBLISHED]
    desk.draft(promise_workdays=6)
    assert [one.number for one in desk.catalogue.editions("food")] == [1, 2]


def test_the_next_edition_replaces_the_old_one_from_its_day(desk: Desk) -> None:
    desk.publish()
    desk.publish(day=day(10), promise_workdays=5)
    assert desk.states() == [EditionState.REPLACED, EditionState.PUBLISHED]
    assert [desk.holding(day(n)) for n in (1, 9, 10)] == [1, 1, 2]
    old = desk.catalogue.shelf.get("food@1")
    assert old is not None
    assert old.accepts_on(day(9)), "a running case keeps it"


def test_an_edition_between_cuts_those_that_would_hold_on_its_day(desk: Desk) -> None:
    desk.publish()
    desk.publish(day=day(20), promise_workdays=5)
    desk.publish(day=day(10), promise_workdays=6)
    assert [desk.holding(day(n)) for n in (9, 10, 20, 31)] == [1, 3, 3, 3]
    accepting = [one.number for one in desk.catalogue.editions("food") if one.accepts_on(day(15))]
    assert accepting == [3]


def test_nothing_is_published_into_the_past(desk: Desk) -> None:
    desk.draft()
    desk.step("review", m.ReviewEdition)
    with refused("edition.day_past", Invalid):
        desk.step("publish", m.PublishEdition, valid_from=date(2026, 11, 22))


def test_a_suspended_matter_is_not_accepted_from_its_day_and_is_again_when_resumed(desk: Desk) -> None:
    desk.publish()
    desk.step("suspend", m.SuspendMatter, from_day=day(5), reason="系统维护")
    assert [desk.holding(day(n)) for n in (4, 5)] == [1, None]
    desk.step("resume", m.ResumeMatter)
    assert desk.holding(day(5)) == 1


def test_days_of_a_suspension_stay_closed_when_it_is_over(desk: Desk) -> None:
    desk.publish()
    desk.step("suspend", m.SuspendMatter, from_day=day(5), reason="系统维护")
    desk.today = day(8)
    desk.step("resume", m.ResumeMatter)
    assert [desk.holding(day(n)) for n in (4, 5, 7, 8)] == [1, None, None, 1]
    desk.draft(promise_workdays=5)
    assert desk.catalogue.editions("food")[1].pauses == ()


def test_the_edition_before_a_suspension_does_not_come_back_when_it_is_replaced(desk: Desk) -> None:
    desk.publish()
    desk.step("suspend", m.SuspendMatter, from_day=day(5), reason="停办")
    desk.publish(day=day(10), promise_workdays=5)
    assert [desk.holding(day(n)) for n in (4, 5, 9, 10)] == [1, None, None, 2]


def test_what_does_not_hold_yet_cannot_be_suspended(desk: Desk) -> None:
    desk.publish(day=day(10))
    with refused("edition.begins_later"):
        desk.step("suspend", m.SuspendMatter, from_day=day(5), reason="停办")


def test_a_cancelled_matter_ends_for_good(desk: Desk) -> None:
    desk.publish()
    desk.step("cancel", m.CancelMatter, from_day=day(5), reason="事项取消")
    assert [desk.holding(day(n)) for n in (4, 5)] == [1, None]
    with refused("edition.cancelled"):
        desk.draft()
    with refused("edition.not_now"):
        desk.step("resume", m.ResumeMatter)


def test_cancelling_also_ends_the_edition_that_holds_until_the_next_one(desk: Desk) -> None:
    desk.publish()
    desk.publish(day=day(20), promise_workdays=5)
    desk.step("cancel", m.CancelMatter, from_day=day(10), reason="取消")
    assert [desk.holding(day(n)) for n in (9, 10, 20)] == [1, None, None]


def test_a_matter_is_split_into_published_ones(desk: Desk) -> None:
    desk.publish()
    desk.publish("sale", day=day(5))
    with refused("edition.split_into", Invalid):
        desk.step("split", m.SplitMatter, from_day=day(5), reason="拆分", into=("sale",))
    with refused("edition.successor", Invalid):
        desk.step("split", m.SplitMatter, from_day=day(5), reason="拆分", into=("sale", "eat"))
    desk.publish("eat", day=day(5))
    [event] = desk.step("split", m.SplitMatter, from_day=day(5), reason="拆分", into=("sale", "eat"))
    assert event.edition.successors == ("sale", "eat")
    assert [desk.holding(day(5), one) for one in ("food", "sale", "eat")] == [None, 1, 1]


def test_matters_are_merged_into_one(desk: Desk) -> None:
    for matter in ("a", "b", "c"):
        desk.publish(matter)
    seen = (desk.seen("a"), desk.seen("b"))
    merge = m.MergeMatters(matters=("a", "b"), seen=seen, into="c", from_day=day(5), reason="合并")
    with refused("edition.merge_of", Invalid):
        desk.do("merge", m.MergeMatters(matters=("a", "c"), seen=seen, into="c", from_day=day(5), reason="合并"), BO)
    desk.do("merge", merge, BO)
    assert [desk.holding(day(5), one) for one in ("a", "b", "c")] == [None, None, 1]
    assert desk.catalogue.shelf.newest("b").successors == ("c",)  # type: ignore[union-attr]  # published above


def test_a_code_belongs_to_one_matter(desk: Desk) -> None:
    desk.publish()
    desk.draft("other", code="food")
    with refused("edition.faults", Invalid):
        desk.step("review", m.ReviewEdition, matter="other")


def test_a_file_makes_drafts_of_what_is_new_only(desk: Desk) -> None:
    desk.publish()
    desk.publish("other")
    events = desk.do("take_file", m.DraftEditions(editions=(content(), content("other", promise_workdays=3))))
    assert [(one.edition.matter, one.edition.number) for one in events] == [("other", 2)]
    with refused("edition.twice", Invalid):
        desk.do("take_file", m.DraftEditions(editions=(content(), content())))


def test_an_unknown_matter_is_not_found(desk: Desk) -> None:
    with refused("edition.unknown", NotFound):
        desk.do("cancel", m.CancelMatter(matter="none", seen=0, from_day=TODAY, reason="x"), BO)


def test_the_server_begins_an_empty_catalogue_once(desk: Desk) -> None:
    begin = m.FoundCatalogue(editions=(content(),), valid_from=TODAY)
    with refused("edition.server_only", Forbidden):
        desk.do("found", begin, ANNA)
    desk.do("found", begin, SYSTEM)
    assert desk.holding(TODAY) == 1
    with refused("edition.founded"):
        desk.do("found", begin, SYSTEM)
