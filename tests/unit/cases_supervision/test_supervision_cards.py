"""Cards: their life, who may judge them, and what a day comes to."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cases.catalogue.model import CaseType
from cases.clocks.model import Light
from cases.clocks.terms import Terms
from cases.figures.facts import CaseFacts
from cases.figures.sums import Days
from cases.model import Channel
from cases.supervision.cards import NEXT, OF_SUPERVISOR, Card, CardDeed, CardState, raised, stepped
from cases.supervision.daily import (
    DepartmentDay,
    Exposed,
    Honoured,
    Ranked,
    daily,
    exposed,
    honours,
    overdue_ranking,
)
from cases.supervision.judging import Finding
from cases.supervision.rules import Severity, default_rules
from hall_server.directory.calendar import from_years, read_years
from hall_server.errors import DomainError, Forbidden, Invalid, Refused

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = from_years(read_years(Path(__file__).resolve().parents[3] / "config" / "calendar"))
TERMS = Terms(calendar=CALENDAR, zone=ZONE, closes=time(17, 30))
RULES = {one.id: one for one in default_rules()}
DAY = date(2026, 11, 20)
SEEN = datetime(2026, 11, 20, 9, tzinfo=ZONE)  # a Friday
LATER = SEEN + timedelta(days=10)
D = CardDeed


def a_card(
    name: str = "k1", rule: str = "statute_over", department: str = "d1", number: str = "QF1", at: datetime = SEEN
) -> Card:
    one = RULES[rule]
    finding = Finding(
        rule=rule, family=one.family, severity=one.severity, case=f"c-{number}", number=number, department=department,
        hall="h1", seen_at=at,
    )  # fmt: skip
    return raised(name, finding, one, involved=frozenset({"s1", "s2"}), terms=TERMS)


def through(card: Card, *deeds: CardDeed, at: datetime = SEEN) -> Card:
    for deed in deeds:
        card = stepped(card, deed, by="chief" if deed in OF_SUPERVISOR else "s9", at=at, words="说明")
    return card


@pytest.mark.parametrize(
    ("deeds", "state", "is_upheld"),
    [
        ((), CardState.RAISED, False),
        ((D.EXPLAIN, D.UPHOLD, D.CLOSE), CardState.CLOSED, True),
        ((D.APPEAL, D.WITHDRAW, D.CLOSE), CardState.CLOSED, False),
        ((D.EXPLAIN, D.WITHDRAW), CardState.WITHDRAWN, False),
        ((D.APPEAL, D.UPHOLD), CardState.UPHELD, True),
    ],
)
def test_the_life_of_a_card(deeds: tuple[CardDeed, ...], state: CardState, is_upheld: bool) -> None:
    """A card: raised → explained | appealed → upheld | withdrawn → closed."""
    card = through(a_card(), *deeds)
    assert (card.state, card.is_upheld, len(card.history)) == (state, is_upheld, len(deeds))


def test_whatever_is_not_in_the_table_is_refused() -> None:
    paths: dict[CardState, tuple[CardDeed, ...]] = {
        CardState.RAISED: (),
        CardState.EXPLAINED: (D.EXPLAIN,),
        CardState.APPEALED: (D.APPEAL,),
        CardState.UPHELD: (D.EXPLAIN, D.UPHOLD),
        CardState.WITHDRAWN: (D.APPEAL, D.WITHDRAW),
        CardState.CLOSED: (D.EXPLAIN, D.UPHOLD, D.CLOSE),
    }
    assert set(paths) == set(CardState)
    for state, path in paths.items():
        for deed in CardDeed:
            if (state, deed) not in NEXT:
                with pytest.raises(Refused, match=r"card\.not_now"):
                    through(a_card(), *path, deed, at=LATER)


def test_a_card_that_nobody_answers_is_upheld_after_its_time() -> None:
    """Two working days from Friday: Tuesday at the close (民法典 201)."""
    card = a_card()
    assert card.reply_due == datetime(2026, 11, 24, 17, 30, tzinfo=ZONE)
    with pytest.raises(Refused, match=r"card\.reply_open"):
        stepped(card, D.LAPSE, by="chief", at=card.reply_due)
    after = card.reply_due + timedelta(minutes=1)
    assert card.is_reply_late(after)
    assert stepped(card, D.LAPSE, by="chief", at=after).is_upheld
    assert through(card, D.EXPLAIN, at=after).state is CardState.EXPLAINED  # late, and still better than nothing


@pytest.mark.parametrize("by", ["s1", "s2", "s9"])
def test_who_had_a_part_in_the_case_or_answered_for_it_does_not_judge(by: str) -> None:
    """受理、审批、监管分离."""
    with pytest.raises(Forbidden, match=r"card\.involved"):
        stepped(through(a_card(), D.EXPLAIN), D.UPHOLD, by=by, at=LATER, words="属实")


@pytest.mark.parametrize(("path", "deed"), [((), D.EXPLAIN), ((), D.APPEAL), ((D.EXPLAIN,), D.UPHOLD)])
def test_words_are_needed(path: tuple[CardDeed, ...], deed: CardDeed) -> None:
    with pytest.raises(Invalid) as refusal:
        stepped(through(a_card(), *path), deed, by="chief", at=LATER, words="  ")
    assert refusal.value.fields == {"field": "words"}


def test_a_warning_is_no_card() -> None:
    with pytest.raises(Refused, match=r"card\.warning_only"):
        a_card(rule="promise_near")


class CardLife(RuleBasedStateMachine):
    """Whatever is tried, in whatever order: history only grows, and a closed card stays closed."""

    def __init__(self) -> None:
        super().__init__()
        self.card = a_card()
        self.seen: tuple[object, ...] = ()

    @rule(
        deed=st.sampled_from(CardDeed), by=st.sampled_from(["s1", "s9", "chief"]), words=st.sampled_from(["", "说明"])
    )
    def attempt(self, deed: CardDeed, by: str, words: str) -> None:
        before = self.card
        try:
            self.card = stepped(before, deed, by=by, at=LATER, words=words)
        except DomainError:
            assert self.card is before
        else:
            assert NEXT[before.state, deed] is self.card.state

    @invariant()
    def history_is_kept(self) -> None:
        assert self.card.history[: len(self.seen)] == self.seen
        self.seen = self.card.history
        judges, others = (
            {s.by for s in self.card.history if (s.deed in OF_SUPERVISOR) is one} for one in (True, False)
        )
        assert not judges & (others | self.card.involved)
        if self.card.state is CardState.CLOSED:
            assert not self.card.allowed


TestCardLife = CardLife.TestCase
TestCardLife.settings = settings(deadline=None)


CASE = CaseFacts(
    case="c1", matter="m1", department="d1", case_type=CaseType.PROMISED, channel=Channel.WINDOW,
    received_on=date(2026, 11, 2), accepted_on=date(2026, 11, 2), statute_workdays=20, promise_workdays=10,
)  # fmt: skip


def case(name: str, department: str, **changes: object) -> CaseFacts:
    return msgspec.structs.replace(CASE, case=name, department=department, **changes)


CASES = (
    case("c1", "d1", decided_on=DAY, closed_on=DAY, used_workdays=9, early_workdays=1),
    case("c2", "d1", decided_on=DAY, closed_on=DAY, used_workdays=14, is_over_promise=True),
    case("c3", "d2", is_over_promise=True),
    case("c4", "d2"),
    case("c5", "d3", decided_on=DAY, closed_on=DAY, used_workdays=3, early_workdays=7),
    case("c6", "d4", decided_on=DAY, closed_on=DAY, used_workdays=10),
    case("c7", "d5", is_withdrawn=True, is_over_promise=True, closed_on=DAY),
)
LIGHTS = {"c3": Light.RED, "c4": Light.YELLOW}
WEEK = Days(first=DAY - timedelta(days=4), last=DAY)


def totals(*cards: Card) -> dict[str, DepartmentDay]:
    return {one.department: one for one in daily(CASES, LIGHTS, cards, day=DAY, terms=TERMS)}


def test_a_day_is_added_up_by_department() -> None:
    cards = (
        a_card("k1"),
        through(a_card("k2", "promise_over", "d2", "QF2"), D.APPEAL, D.WITHDRAW),
        a_card("k3", department="d9"),
    )
    found = totals(*cards)
    assert list(found) == ["d1", "d2", "d3", "d4", "d5", "d9"]
    first, second = found["d1"], found["d2"]
    assert (first.decided, first.early, first.overdue, first.open) == (2, 1, 1, 0)
    assert (second.open, second.open_overdue, second.lights[Light.RED], second.lights[Light.YELLOW]) == (2, 1, 1, 1)
    assert (first.raised, second.raised) == (
        {Severity.YELLOW: 0, Severity.RED: 1},
        {Severity.YELLOW: 1, Severity.RED: 0},
    )
    assert (second.upheld, second.withdrawn, found["d9"].decided) == (0, 1, 0)


def test_cards_that_nobody_answered_are_counted_until_somebody_does() -> None:
    old = a_card("k1", at=SEEN - timedelta(days=7))
    assert totals(old)["d1"].unanswered == 1
    assert totals(through(old, D.EXPLAIN))["d1"].unanswered == 0


def test_the_ranking_begins_with_most_overdue_and_equal_ones_share_a_place() -> None:
    assert overdue_ranking(totals().values()) == (
        Ranked(place=1, department="d1", overdue=1, of=2),
        Ranked(place=1, department="d2", overdue=1, of=2),
    )
    worse = daily([*CASES, case("c8", "d2", is_over_promise=True)], LIGHTS, (), day=DAY, terms=TERMS)
    assert [(one.place, one.department) for one in overdue_ranking(worse)] == [(1, "d2"), (2, "d1")]


def test_the_roll_of_honour_has_nobody_late_nobody_marked_and_nobody_idle() -> None:
    """光荣榜."""
    assert honours(CASES, (), days=WEEK, terms=TERMS) == (
        Honoured(place=1, department="d3", decided=1, early=1),
        Honoured(place=2, department="d4", decided=1, early=0),
    )
    marked = through(a_card(department="d3"), D.EXPLAIN, D.UPHOLD)
    assert [one.department for one in honours(CASES, [marked], days=WEEK, terms=TERMS)] == ["d4"]
    withdrawn = through(a_card(department="d3"), D.APPEAL, D.WITHDRAW)
    assert len(honours(CASES, [withdrawn], days=WEEK, terms=TERMS)) == 2
    assert honours(CASES, (), days=WEEK, terms=TERMS, least_decided=2) == ()


def test_exposed_is_the_department_and_the_case_number_and_nothing_else() -> None:
    """曝光台 (department and case number, never the applicant): upheld red cards."""
    cards = [
        through(a_card("k1", number="QF7"), D.EXPLAIN, D.UPHOLD, D.CLOSE),
        through(a_card("k2", "acceptor_decides", number="QF7"), D.EXPLAIN, D.UPHOLD),
        through(a_card("k3", "promise_over", number="QF8"), D.EXPLAIN, D.UPHOLD),  # yellow
        through(a_card("k4", number="QF9"), D.APPEAL, D.WITHDRAW),
        a_card("k5", number="QF10"),
    ]
    assert exposed(cards, days=WEEK, terms=TERMS) == (Exposed(department="d1", number="QF7"),)
    assert Exposed.__struct_fields__ == ("department", "number")
    assert exposed(cards, days=Days(last=DAY - timedelta(days=1)), terms=TERMS) == ()
