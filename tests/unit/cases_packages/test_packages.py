"""Packages: any graph without a circle finishes, one list serves every part, one visit stops each clock once.

Why this long: one town on one clock, and every rule of a package tried on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import messages as m
from cases.catalogue.matters_file import read_folder
from cases.catalogue.model import Edition, EditionState, Material, Needed, Option, Question, Row, Supply
from cases.catalogue.shelf import Shelf
from cases.catalogue.situations import needs
from cases.clocks.counting import clock_now
from cases.clocks.model import ClockKind, Light
from cases.clocks.of_case import decision_clock
from cases.clocks.terms import Terms
from cases.flow import PaperKind
from cases.folding import fold as fold_case
from cases.model import Case, Given, Outcome, State
from cases.packages import graph, kinds, merging, merging_forms
from cases.packages import messages as p
from cases.packages.awaited import BEFORE
from cases.packages.clocks import FamilyNow, chain_workdays, family_now, joint_clocks_now
from cases.packages.counting import OneDecision
from cases.packages.finding import find
from cases.packages.folding import fold
from cases.packages.kinds import Member, PackageKind, Rule, Same
from cases.packages.model import Inspector, Package, PartState
from cases.packages.opening import editions_of, open_package
from cases.packages.service import PackageService
from cases.service import CaseService
from hall_server.errors import Forbidden, Invalid, Refused
from hall_server.identity import SYSTEM, Actor, Role
from hall_server.messages import Event
from hall_server.outcome import Context
from tests.fakes.case_place import CLERK, EXAMINER, LEADER, SHANGHAI, TestPlace, edition

ROOT = Path(__file__).resolve().parents[3]
PARTS = 6


class Town:
    """A hall and the city with one package between them, on a clock in the test's hand."""

    def __init__(self, kind: PackageKind, editions: dict[str, Edition]) -> None:
        self.kind = kind
        self.editions = editions
        self.hall = TestPlace(*editions.values())
        self.city = TestPlace(*editions.values(), writer="city")
        self.city.ids = self.hall.ids
        self.cases: dict[str, Case] = {}
        self.log: list[Event] = []
        self.package: Package | None = None
        self.service = PackageService(
            lambda posts: OneDecision(self.city, self._number, posts), lambda matter, on: None
        )

    def _number(self, kind: str, now: datetime, before: int) -> str:
        return f"{kind}-{len(self.log)}-{before}"

    @property
    def pack(self) -> Package:
        assert self.package is not None
        return self.package

    def at(self, day: str, hour: int = 10) -> Town:
        self.hall.at(day, hour)
        self.city.at(day, hour)
        return self

    def context(self, by: Actor) -> Context:
        now = self.city.now
        return Context(now=now, business_day=now.astimezone(SHANGHAI).date(), actor=by, ids=self.hall.ids)

    def open(self, by: Actor = CLERK, **values: Any) -> Package:
        given = {
            part: tuple(Given(material=one.id, supply="paper") for one in found.materials)
            for part, found in self.editions.items()
        }
        wanted = {
            "kind": self.kind.id,
            "editions": {part: one.key for part, one in self.editions.items()},
            "given": given,
            **values,
        }
        context = self.context(by)
        place = OneDecision(self.hall, self._number)
        events = open_package(self.kind, p.OpenPackage(**wanted), context, place, number="P1", day=context.business_day)
        self._take(events, by)
        return self.pack

    def do(self, command: type[p.PackageCommand], by: Actor = SYSTEM, **values: Any) -> tuple[Event, ...]:
        asked = {"package": self.pack.id, "cases": self.pack.cases, **values}
        if issubclass(command, p.PackageStep):
            asked.setdefault("seen", self.pack.step)
        events = self.service.decide(self.pack, self.cases, command(**asked), self.context(by))
        self._take(events, by)
        return events

    def step(self, case: str, command: type[m.CaseCommand], by: Actor, **values: Any) -> Case:
        known = self.cases[case]
        events = CaseService(self.city).decide(known, command(case=case, seen=known.step, **values), self.context(by))
        self._take(events, by)
        return self.cases[case]

    def decide(self, part: str, outcome: Outcome = Outcome.GRANTED) -> None:
        case = self.pack.parts[part].case
        assert case is not None
        self.step(case, m.ExamineCase, EXAMINER, opinion=f"opinion of {part}", proposes=outcome)
        self.step(case, m.DecideCase, LEADER, outcome=outcome, reasons="r", remedies="r")
        self.do(p.AdvancePackage)

    def _take(self, events: Iterable[Event], by: Actor) -> None:
        for event in events:
            self.log.append(event)
            if isinstance(event, p.PackageEvent):
                self.package = fold(self.package, event, at=self.city.now, actor=str(by))
            elif isinstance(event, m.CaseEvent):
                on = self.city.now.astimezone(SHANGHAI).date()
                self.cases[event.case] = fold_case(
                    self.cases.get(event.case), event, at=self.city.now, on=on, actor=str(by)
                )


def plain(part: str, **changes: Any) -> Edition:
    materials = (Material(id="form", name=f"{part} 申请书"), Material(id="id", name="身份证明"))
    values = {"matter": part, "questions": (), "rows": (), "materials": materials, **changes}
    return edition(**values)


def town(after: dict[str, tuple[str, ...]], rule: Rule = Rule.ALL, **changes: Any) -> Town:
    members = tuple(Member(id=part, name=part, matters=(part,), after=before) for part, before in after.items())
    kind = kinds.check(PackageKind(id="k", name="开饭店", lead="market", rule=rule, members=members))
    return Town(kind, {part: plain(part, **changes) for part in after})


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Parts that wait for earlier ones only, in any order."""
    names = [f"p{number}" for number in range(draw(st.integers(2, PARTS)))]
    after = {name: tuple(one for one in names[:index] if draw(st.booleans())) for index, name in enumerate(names)}
    return dict(draw(st.permutations(list(after.items()))))


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_any_graph_without_a_circle_is_decided_part_by_part(after: dict[str, tuple[str, ...]]) -> None:
    place = town(after)
    place.open()
    place.do(p.AdvancePackage)
    decided: list[str] = []
    while running := sorted(place.pack.those(PartState.RUNNING)):
        assert all(set(after[one]) <= set(decided) for one in running)
        place.decide(running[0])
        decided.append(running[0])
    assert set(decided) == set(after)
    assert place.pack.outcome is Outcome.GRANTED
    numbers = [case.number for case in place.cases.values()]
    assert len(set(numbers)) == len(after)


@given(graphs(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_refused_part_ends_those_behind_it_and_the_package(
    after: dict[str, tuple[str, ...]], data: st.DataObject
) -> None:
    place = town(after)
    place.open()
    refused = data.draw(st.sampled_from(sorted(after)))
    while running := sorted(place.pack.those(PartState.RUNNING)):
        place.decide(running[0], Outcome.DENIED if running[0] == refused else Outcome.GRANTED)
    assert place.pack.outcome is Outcome.DENIED
    assert place.pack.those(PartState.DROPPED) == graph.lost(after, {refused})


@given(graphs(), st.data())
def test_a_circle_is_refused(after: dict[str, tuple[str, ...]], data: st.DataObject) -> None:
    first = data.draw(st.sampled_from(sorted(after)))
    behind = [one for one in after if first in after[one]]
    if not behind:
        return
    with pytest.raises(Invalid, match=r"package\.cycle"):
        graph.in_turn({**after, first: (*after[first], behind[0])})


NAMES = ("身份证明", "身份证明（复印件）", "经营场所使用证明", "房屋租赁合同", "申请书", "平面图")


@st.composite
def matters(draw: st.DrawFn) -> dict[str, Edition]:
    found = {}
    for part in ("a", "b", "c"):
        chosen = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
        ways = st.sampled_from([(Supply.PAPER,), (Supply.SCAN,), (Supply.PAPER, Supply.SCAN)])
        need = st.sampled_from(list(Needed))
        materials = tuple(
            Material(
                id=f"m{number}", name=name, supplies=draw(ways), needed=draw(need), originals=draw(st.integers(0, 3))
            )
            for number, name in enumerate(chosen)
        )
        found[part] = plain(part, materials=materials)
    return found


SAME = (Same(name="场所证明", names=("经营场所使用证明", "房屋租赁合同")),)


@given(matters())
def test_one_copy_of_everything_on_the_merged_list_serves_every_part(editions: dict[str, Edition]) -> None:
    answers: dict[str, Any] = {part: {} for part in editions}
    merged = merging.materials(editions, answers, SAME)
    assert len({one.id for one in merged}) == len(merged)
    handed = [Given(material=one.id, supply=one.supplies[0]) for one in merged]
    spread = merging.spread_given(editions, merged, handed)
    for part, found in editions.items():
        needed = needs(found, {})
        assert {one.material for one in spread[part]} == {one.id for one in needed.materials}
        for one in spread[part]:
            material = found.material(one.material)
            assert material is not None
            assert one.supply in material.supplies
    wanted = sum(len(needs(found, {}).materials) for found in editions.values())
    assert sum(len(one.uses) for one in merged) == wanted
    for one in merged:
        for use in one.uses:
            material = editions[use.part].material(use.id)
            assert material is not None
            assert one.originals >= material.originals
            assert not one.is_later or material.needed is Needed.LATER


def test_the_same_thing_is_asked_and_filled_in_once() -> None:
    where = Question(id="where", text="在哪里", options=(Option(id="shop", name="店铺"), Option(id="net", name="网上")))
    name, floor = {"type": "string", "title": "名称"}, {"type": "number"}
    one = plain("a", questions=(where,), form={"properties": {"name": name, "area": floor}, "required": ["name"]})
    other = plain(
        "b",
        questions=(where, Question(id="who", text="谁", options=where.options, asked_if={"where": ("shop",)})),
        rows=(Row(when={"where": ("net",)}, drop=("id",)),),
        form={"properties": {"name": name, "area": {"type": "string"}}},
    )
    editions = {"a": one, "b": other}
    assert [question.id for question in merging.questions(editions, {})] == ["where"]
    assert [question.id for question in merging.questions(editions, {"where": ("shop",)})] == ["where", "who"]
    split = merging.spread_answers(editions, {"where": ("net",), "who": ("shop",)})
    assert split == {"a": {"where": ("net",)}, "b": {"where": ("net",)}}
    filled = merging_forms.spread_fields(editions, {"name": "一门餐厅", "area": 80, "b.area": "80 m²"})
    assert filled == {"a": {"name": "一门餐厅", "area": 80}, "b": {"name": "一门餐厅", "area": "80 m²"}}
    assert merging_forms.form(editions)["required"] == ["name"]


def test_the_licence_of_an_earlier_part_is_handed_to_the_next_as_soon_as_it_is_made() -> None:
    place = town({"register": (), "food": ("register",)})
    comes = Given(material="id", supply="paper", reused=f"{BEFORE}register")
    given = {"food": (Given(material="form", supply="paper"), comes)}
    given["register"] = tuple(Given(material=one, supply="paper") for one in ("form", "id"))
    place.open(given=given)
    place.do(p.AdvancePackage)
    place.decide("register")
    assert (place.pack.parts["food"].state, place.pack.parts["food"].held) == ("waiting", "package.awaits_result")
    register = place.pack.parts["register"].case or ""
    place.step(register, m.MakeLicence, EXAMINER, licence="YYZZ-1", sha256="f" * 64)
    place.do(p.AdvancePackage)
    food = place.cases[place.pack.parts["food"].case or ""]
    assert place.pack.parts["food"].held == ""
    assert [one.sha256 for one in food.given["id"].copies] == ["f" * 64]
    assert food.given["id"].reused == "YYZZ-1"


def test_a_joint_visit_stops_each_clock_once_and_ends_for_all_together() -> None:
    place = town({"a": (), "b": (), "c": ("a",)}).at("2026-10-08")
    place.open()
    place.do(p.AdvancePackage)
    place.at("2026-10-09", 15)  # a Friday
    named = (Inspector(department="market", number="川01"), Inspector(department="market", number="川02"))
    place.do(p.BeginVisit, EXAMINER, workdays=5, reason="联合踏勘", inspectors=named)
    first, second = (place.cases[one] for one in place.pack.cases)
    assert {first.state, second.state} == {State.SUSPENDED}
    papers = [paper.number for case in (first, second) for paper in case.papers if paper.kind == PaperKind.PROCEDURE]
    assert len(set(papers)) == 2
    with pytest.raises(Refused, match=r"package\.visit_on"):
        place.do(p.BeginVisit, EXAMINER, workdays=5, reason="再次")
    before = _left(place, first)
    place.at("2026-10-10", 11)  # a Saturday that is worked
    with pytest.raises(Refused, match=r"package\.finding_missing"):
        place.do(p.EndVisit, EXAMINER, result="符合要求")
    found(place, "面积与图纸一致")
    place.do(p.EndVisit, EXAMINER, result="符合要求")
    for case in (place.cases[first.id], place.cases[second.id]):
        assert case.state is State.ACCEPTED
        assert [one.until is not None for one in case.suspensions] == [True]
        assert _suspended(place, case) == 1  # Friday, at whose close it stood; not the Saturday
    assert _left(place, place.cases[first.id]) <= before
    promise, statute = joint_clocks_now(place.pack, terms=terms(place), now=place.city.now)
    assert (promise.suspended_workdays, statute.suspended_workdays) == (1, 1)


def test_what_a_department_found_on_the_site_is_said_by_two_of_it_and_signed() -> None:
    """Source: 行政许可法 34 (two people at least inspect on site)."""
    place = town({"a": (), "b": ()}).at("2026-10-09", 15)
    place.open()
    with pytest.raises(Refused, match=r"package\.no_visit"):
        found(place, "合格")
    place.do(p.BeginVisit, EXAMINER, workdays=5, reason="联合踏勘")
    with pytest.raises(Refused, match=r"package\.no_finding"):
        place.do(p.SignFinding, LEADER, department="market")
    with pytest.raises(Invalid, match=r"package\.two_inspectors"):
        found(place, "合格", came=("川01", "川01"))
    with pytest.raises(Forbidden, match=r"case\.not_yours"):
        found(place, "合格", by=CLERK)
    with pytest.raises(Refused, match=r"package\.no_visit"):
        found(place, "合格", department="fire")
    found(place, "缺灭火器", is_sound=False)
    with pytest.raises(Refused, match=r"package\.signed_already"):
        place.do(p.SignFinding, EXAMINER, department="market")
    place.do(p.SignFinding, LEADER, department="market")
    [finding] = place.pack.visits[0].findings
    assert (finding.is_sound, finding.words, finding.came) == (False, "缺灭火器", ("川01", "川02"))
    assert [one.by for one in finding.signed] == [str(EXAMINER), str(LEADER)]
    found(place, "已补齐")
    [finding] = place.pack.visits[0].findings
    assert (finding.is_sound, [one.by for one in finding.signed]) == (True, [str(EXAMINER)]), "anew is signed anew"


def found(place: Any, words: str, *, by: Any = EXAMINER, **more: Any) -> None:
    values = {"department": "market", "came": ("川01", "川02"), "is_sound": True, **more}
    place.do(p.NoteFinding, by, finding=words, **values)


def test_one_that_stands_for_itself_is_not_stopped_twice() -> None:
    place = town({"a": (), "b": ()}).at("2026-11-23")
    place.open()
    first, second = place.pack.cases
    place.step(first, m.BeginProcedure, EXAMINER, procedure="visit", workdays=3, reason="单独核查")
    place.at("2026-11-24")
    place.do(p.BeginVisit, EXAMINER, workdays=5, reason="联合")
    assert place.pack.visits[0].cases == (second,)
    place.at("2026-11-26")
    found(place, "合格")
    place.do(p.EndVisit, EXAMINER, result="好")
    assert place.cases[first].state is State.SUSPENDED
    assert place.cases[second].state is State.ACCEPTED


def test_the_joint_clock_is_45_days_and_15_more_once_by_a_head() -> None:
    """Source: 行政许可法 42."""
    place = town({"a": (), "b": ()}).at("2026-08-03")
    place.open()
    _, statute = joint_clocks_now(place.pack, terms=terms(place), now=place.city.now)
    assert statute.total_workdays == 45
    with pytest.raises(Forbidden):
        place.do(p.ExtendPackage, EXAMINER, workdays=15, reason="多部门协调")
    with pytest.raises(Invalid, match=r"case\.extension_days"):
        place.do(p.ExtendPackage, LEADER, workdays=16, reason="多部门协调")
    place.do(p.ExtendPackage, LEADER, workdays=15, reason="多部门协调")
    with pytest.raises(Refused, match=r"case\.extended_already"):
        place.do(p.ExtendPackage, LEADER, workdays=1, reason="再来")
    _, statute = joint_clocks_now(place.pack, terms=terms(place), now=place.city.now)
    assert statute.total_workdays == 60
    assert all(case.extended == 0 for case in place.cases.values())


def test_where_the_lead_decides_nothing_comes_out_before_every_opinion_is_back() -> None:
    place = town({"a": (), "b": ()}, Rule.LEAD)
    place.open()
    place.decide("a")
    with pytest.raises(Refused, match=r"package\.not_now"):
        place.do(p.DecidePackage, LEADER, outcome=Outcome.GRANTED)
    place.decide("b", Outcome.DENIED)
    assert place.pack.outcome is None
    other = Actor(kind=Role.LEADER, id="x", roles=frozenset({Role.LEADER}), departments=frozenset({"fire"}))
    with pytest.raises(Forbidden):
        place.do(p.DecidePackage, other, outcome=Outcome.GRANTED)
    place.do(p.DecidePackage, LEADER, outcome=Outcome.DENIED, reasons="消防不合格")
    assert place.pack.outcome is Outcome.DENIED
    assert [one.opinion for one in place.pack.parts.values()] == ["opinion of a", "opinion of b"]


def test_each_department_answers_once_however_often_one_asks() -> None:
    place = town({"a": (), "b": ()})
    place.open()
    place.decide("a")
    assert place.do(p.AdvancePackage) == ()
    assert sum(isinstance(one, p.PartAnswered) for one in place.log) == 1


def test_a_part_that_cannot_begin_is_told_and_tried_again() -> None:
    place = town({"a": (), "b": ("a",)})
    place.open()
    place.city.editions.pop("b@1")
    place.decide("a")
    assert place.pack.parts["b"].held == "edition.unknown"
    assert place.do(p.AdvancePackage) == ()
    place.city.editions["b@1"] = place.editions["b"]
    place.do(p.AdvancePackage)
    assert place.pack.parts["b"].state is PartState.RUNNING
    started = place.cases[place.pack.parts["b"].case or ""]
    assert (started.waits_for, started.package) == ((place.pack.parts["a"].case,), place.pack.id)


def test_a_withdrawn_package_takes_along_what_is_not_decided() -> None:
    place = town({"a": (), "b": (), "c": ("a",)})
    place.open()
    place.decide("a")
    place.do(p.WithdrawPackage, EXAMINER, reason="申请人撤回")
    states = {part: place.cases[now.case].state for part, now in place.pack.parts.items() if now.case}
    assert states == {"a": State.DECIDED, "b": State.WITHDRAWN, "c": State.WITHDRAWN}
    assert place.pack.is_over
    with pytest.raises(Refused, match=r"package\.over"):
        place.do(p.WithdrawPackage, EXAMINER)


def test_a_package_lacking_something_is_not_opened() -> None:
    place = town({"a": (), "b": ("a",)})
    with pytest.raises(Refused, match=r"package\.gaps"):
        place.open(given={"a": (Given(material="form", supply="paper"), Given(material="id", supply="paper"))})
    assert place.package is None


def test_two_who_act_on_one_package_the_second_is_told() -> None:
    place = town({"a": (), "b": ()})
    place.open()
    seen = place.pack.step
    place.do(p.ExtendPackage, LEADER, workdays=5, reason="协调", seen=seen)
    with pytest.raises(Refused, match=r"package\.changed"):
        place.do(p.BeginVisit, EXAMINER, workdays=5, reason="联合", seen=seen)


def test_the_shipped_kinds_are_whole() -> None:
    found = kinds.read(ROOT / "config" / "packages")
    assert {"restaurant", "pharmacy", "internet-cafe", "hotel"} <= set(found)
    for kind in found.values():
        first = {one.id: (one.options[0].id,) for one in kind.asks}
        last = {one.id: (one.options[-1].id,) for one in kind.asks}
        assert len(kind.needed(last)) >= len(kind.needed(first)) >= 1


def test_the_shipped_kinds_find_their_matters_among_those_that_come_with_the_program() -> None:
    shelf, today = Shelf(), date(2026, 11, 23)
    for one in read_folder(ROOT / "config" / "matters").editions:
        shelf.take(msgspec.structs.replace(one, state=EditionState.PUBLISHED, valid_from=date(2026, 1, 1)))
    found = {}
    for kind in kinds.read(ROOT / "config" / "packages").values():
        answers = {one.id: (one.options[-1].id,) for one in kind.asks}
        editions = editions_of(kind, answers, lambda names: find(shelf, names, today))
        found[kind.id] = sorted(editions)
        merged = merging.materials(editions, merging.spread_answers(editions, {}), kind.same)
        assert len(merged) <= sum(len(needs(one, {}).materials) for one in editions.values())
    assert found["restaurant"] == ["fire", "food", "register"]
    assert found["hotel"] == ["fire", "health", "hotel", "register"]
    assert found["internet-cafe"] == ["culture", "fire", "register"]
    assert found["pharmacy"] == ["insurance", "register"]


def test_parts_of_the_kind_follow_the_answers() -> None:
    kind = kinds.read(ROOT / "config" / "packages")["restaurant"]
    small = {one.id for one in kind.needed({"size": ("small",), "sign": ("no",)})}
    large = {one.id for one in kind.needed({"size": ("large",), "sign": ("yes",)})}
    assert (small, large) == ({"register", "food"}, {"register", "food", "fire", "sign"})
    with pytest.raises(Invalid, match=r"situation\.unanswered"):
        kind.needed({"size": ("small",)})


def test_a_matter_is_found_by_id_code_or_name() -> None:
    shelf = Shelf()
    shelf.take(plain("x", name="食品经营许可", code="511A0127400005-511602"))
    today = date(2026, 11, 23)
    for name in ("x", "食品经营许可", "511A0127400005"):
        assert find(shelf, ("nobody", name), today) is not None
    kind = PackageKind(id="k", name="k", lead="m", members=(Member(id="a", name="a", matters=("x",)),))
    assert list(editions_of(kind, {}, lambda names: find(shelf, names, today))) == ["a"]


def terms(place: Town) -> Terms:
    return Terms(calendar=place.city.calendar, zone=SHANGHAI, closes=place.city.closes)


def _clock(place: Town, case: Case) -> Any:
    clock = decision_clock(case, ClockKind.STATUTE, terms=terms(place))
    assert clock is not None
    return clock_now(clock, terms=terms(place), now=place.city.now + timedelta(seconds=1))


def _left(place: Town, case: Case) -> int:
    return int(_clock(place, case).left_workdays)


def _suspended(place: Town, case: Case) -> int:
    return int(_clock(place, case).suspended_workdays)


def test_parts_have_clocks_of_their_own_below_the_joint_one() -> None:
    """Source: cases.md, a joint clock above and own clocks below."""
    place = town({"a": (), "b": ("a",)}).at("2026-11-23")
    place.open()

    def family() -> FamilyNow:
        return family_now(place.pack, place.cases, terms=terms(place), now=place.city.now)

    found = family()
    assert (list(found.parts), found.behind, found.beyond, found.light) == (["a"], (), (), Light.GREEN)
    place.at("2026-12-21")  # the part's own limit is over, the joint one is not
    found = family()
    assert (found.behind, found.light) == (("a",), Light.GREEN)
    place.decide("a")
    place.at("2027-01-20")
    assert set(family().parts) == {"a", "b"}
    assert family().behind == ("a", "b")


def test_the_longest_chain_says_how_long_a_package_takes_by_itself() -> None:
    after = {"register": (), "food": ("register",), "fire": ("register",), "sign": ()}
    assert chain_workdays(after, {"register": 1, "food": 9, "fire": 13, "sign": 5}) == 14
    assert chain_workdays({}, {}) == 0
