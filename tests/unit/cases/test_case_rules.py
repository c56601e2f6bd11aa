"""The rules of a case, each with the statute or the sentence of the domain page it stands in."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cases import messages as m
from cases.catalogue.model import EditionState, FlowKind
from cases.folding import fold
from cases.model import Case, Delivery, Gap, Given, Mode, Outcome, State
from hall_server.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Actor, Role
from tests.fakes.case_place import CLERK, EXAMINER, IMMEDIATE, LEADER, SHANGHAI, TestPlace, edition

GAP = Given(material="id", supply="paper", is_sound=False, gap="身份证过期")


@pytest.fixture
def hall() -> TestPlace:
    return TestPlace()


def refused(code: str, kind: type[DomainError] = Refused) -> Any:
    return pytest.raises(kind, match=f"^{code}")


def accepted(hall: TestPlace, **values: Any) -> Case:
    return hall.do(hall.receive(**values), m.AcceptCase)


def at_city(case: Case, *editions: Any) -> tuple[TestPlace, Case]:
    """The same case, handed over to the city."""
    city = TestPlace(*editions, writer="city")
    case.writer = "city"
    return city, case


def decided(city: TestPlace, case: Case) -> Case:
    case = city.do(case, m.ExamineCase, by=EXAMINER, opinion="符合条件", proposes=Outcome.GRANTED)
    return city.do(case, m.DecideCase, by=LEADER, outcome=Outcome.GRANTED)


def test_a_case_goes_from_receipt_to_its_close(hall: TestPlace) -> None:
    case = hall.do(accepted(hall), m.HandOver)
    assert (case.state, case.writer) == (State.ACCEPTED, "city")
    city = TestPlace(writer="city")
    case = decided(city, case)
    case = city.do(case, m.MakeLicence, by=EXAMINER, licence="JY2026-1")
    case = city.do(case, m.SendToHall, by=EXAMINER, hall="b")
    other = TestPlace(writer="hall:b")
    case = other.do(case, m.DeliverCase, how=Delivery.WINDOW, receipt="sha")
    case = other.do(case, m.CloseCase)
    assert (case.state, case.outcome, case.is_over) == (State.CLOSED, Outcome.GRANTED, True)
    assert [one.kind for one in case.papers] == [
        *("receipt", "acceptance", "transfer", "granted", "transfer", "delivery")
    ]


def test_the_same_log_gives_the_same_case(hall: TestPlace) -> None:
    case = accepted(hall)
    again: Case | None = None
    for event, at, actor in hall.log:
        again = fold(again, event, at=at, on=at.astimezone(SHANGHAI).date(), actor=actor)
    assert msgspec.json.encode(again, order="deterministic") == msgspec.json.encode(case, order="deterministic")


def test_nothing_is_accepted_outside_the_catalogue(hall: TestPlace) -> None:
    with refused("edition.unknown", NotFound):
        hall.receive(edition="other@1")


@pytest.mark.parametrize("state", [EditionState.DRAFT, EditionState.SUSPENDED, EditionState.CANCELLED])
def test_an_edition_that_is_not_in_force_takes_no_applications(state: EditionState) -> None:
    with refused("edition.not_in_force"):
        TestPlace(edition(state=state)).receive()


def test_a_running_case_keeps_the_edition_it_was_received_under(hall: TestPlace) -> None:
    case = hall.receive()
    hall.editions["food@1"] = edition(state=EditionState.REPLACED)
    hall.editions["food@2"] = edition(number=2, materials=())
    assert hall.do(case, m.AcceptCase).edition == "food@1"


def test_everything_missing_is_told_at_once(hall: TestPlace) -> None:
    """一次性告知: what the clerk found, what was not handed in, and what is named beside. 行政许可法 32."""
    case = hall.receive(given=(Given(material="form", supply="paper"), GAP))
    case = hall.do(case, m.AskCorrection, gaps=(Gap(part="fields.name", what="名称与证照不符"),))
    assert [gap.part for gap in case.notices[0].gaps] == ["id", "plan", "fields.name"]
    assert case.state is State.CORRECTION


def test_a_notice_without_anything_missing_is_refused(hall: TestPlace) -> None:
    with refused("case.no_gaps", Invalid):
        hall.do(hall.receive(), m.AskCorrection)


def test_what_could_be_seen_the_first_time_is_not_asked_for_again(hall: TestPlace) -> None:
    """A second notice for something visible the first time is blocked. 行政许可法 32 (四)."""
    case = hall.do(hall.receive(given=(Given(material="form", supply="paper"), GAP)), m.AskCorrection)
    mended = tuple(Given(material=one, supply="paper") for one in ("id", "plan"))
    case = hall.do(case, m.CheckMaterials, given=mended)
    with refused("case.second_notice"):
        hall.do(case, m.AskCorrection, gaps=(Gap(part="form", what="未签字"),))
    again = hall.do(case, m.CheckMaterials, given=(Given(material="plan", supply="paper", is_sound=False, gap="缺页"),))
    assert hall.do(again, m.AskCorrection).state is State.CORRECTION


def test_too_late_a_notice_is_refused_and_the_case_counts_from_its_receipt(hall: TestPlace) -> None:
    """逾期不告知的，自收到申请材料之日起即为受理. 行政许可法 32: from Monday the fifth is next Monday."""
    case = hall.at("2026-11-23").receive()
    hall.at("2026-11-30")
    assert hall.service.notice_due(case).isoformat() == "2026-11-30"
    hall.at("2026-12-01")
    with refused("case.notice_too_late"):
        hall.do(case, m.AskCorrection, gaps=(Gap(part="form", what="未签字"),))
    case = hall.do(case, m.AcceptCase)
    assert (case.is_late_notice, str(case.accepted_as_of)) == (True, "2026-11-23")


def test_in_time_the_case_counts_from_its_acceptance(hall: TestPlace) -> None:
    case = hall.at("2026-11-23").receive()
    case = hall.at("2026-11-30").do(case, m.AcceptCase)
    assert (case.is_late_notice, str(case.accepted_as_of)) == (False, "2026-11-30")


def test_a_matter_of_the_spot_is_never_late() -> None:
    """即办件: GB/T 39046 A.6; 行政许可法 32 (五)."""
    hall = TestPlace(edition(**IMMEDIATE))
    case = hall.at("2026-11-23").receive()
    assert not hall.at("2026-12-21").do(case, m.AcceptCase).is_late_notice


def test_with_gaps_nothing_is_accepted(hall: TestPlace) -> None:
    with refused("case.gaps"):
        hall.do(hall.receive(given=(Given(material="form", supply="paper"),)), m.AcceptCase)


def test_a_situation_adds_and_drops_materials_and_changes_the_promise(hall: TestPlace) -> None:
    answers = {"who": ("agent",), "where": ("online",)}
    case = hall.receive(answers=answers, given=tuple(Given(material=one, supply="paper") for one in ("form", "id")))
    assert [gap.part for gap in hall.service.gaps(case)] == ["proxy"]
    assert case.promise_workdays == 5


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"who": ("self",)}, "situation.unanswered"),
        ({"who": ("self",), "where": ("moon",)}, "situation.option_unknown"),
        ({"who": ("self",), "where": ("shop",), "else": ("x",)}, "situation.not_asked"),
    ],
)
def test_answers_that_do_not_fit_are_refused(hall: TestPlace, answers: Any, code: str) -> None:
    with refused(code, Invalid):
        hall.receive(answers=answers)


class TestWithAGap:
    """容缺受理: a minor gap on a written promise; overdue: withdrawn."""

    def case(self, hall: TestPlace) -> Case:
        return hall.receive(given=tuple(Given(material=one, supply="paper") for one in ("form", "id")))

    def test_what_may_follow_is_owed(self, hall: TestPlace) -> None:
        until = hall.now.date().replace(day=30)
        case = hall.do(self.case(hall), m.AcceptCase, mode=Mode.GAP, owed_until=until)
        assert (case.owed, case.owed_until) == (("plan",), until)

    def test_it_needs_a_day(self, hall: TestPlace) -> None:
        with refused("case.owed_until", Invalid):
            hall.do(self.case(hall), m.AcceptCase, mode=Mode.GAP)

    def test_what_may_not_follow_keeps_it_from_being_accepted(self, hall: TestPlace) -> None:
        case = hall.receive(given=(Given(material="form", supply="paper"),))
        with refused("case.gaps"):
            hall.do(case, m.AcceptCase, mode=Mode.GAP, owed_until=hall.now.date().replace(day=30))

    def test_it_is_not_granted_before_what_is_owed_is_there(self, hall: TestPlace) -> None:
        until = hall.now.date().replace(day=30)
        city, case = at_city(hall.do(self.case(hall), m.AcceptCase, mode=Mode.GAP, owed_until=until))
        with refused("case.owed"):
            decided(city, case)
        case = city.do(case, m.SupplyLater, by=EXAMINER, given=(Given(material="plan", supply="paper"),))
        case = city.do(case, m.DecideCase, by=LEADER, outcome=Outcome.GRANTED)
        assert case.outcome is Outcome.GRANTED


class TestWhoMay:
    """受理、审批、监管分离 is an access rule per case."""

    def test_whoever_accepted_may_not_decide(self, hall: TestPlace) -> None:
        """受理、审批、监管分离: the domain page, an access rule per case."""
        both = Actor(
            kind=Role.STAFF,
            id="both",
            roles=frozenset({Role.STAFF, Role.LEADER}),
            departments=frozenset({"market"}),
        )
        case = hall.do(hall.receive(by=both), m.AcceptCase, by=both)
        city, case = at_city(case)
        case = city.do(case, m.ExamineCase, by=EXAMINER, opinion="符合", proposes=Outcome.GRANTED)
        with refused("case.separated", Forbidden):
            city.do(case, m.DecideCase, by=both, outcome=Outcome.GRANTED)
        assert city.do(case, m.DecideCase, by=LEADER, outcome=Outcome.GRANTED).outcome is Outcome.GRANTED

    def test_another_department_may_not_examine(self, hall: TestPlace) -> None:
        city, case = at_city(accepted(hall))
        other = Actor(kind=Role.EXAMINER, id="o", roles=frozenset({Role.EXAMINER}), departments=frozenset({"fire"}))
        with refused("case.not_yours", Forbidden):
            city.do(case, m.ExamineCase, by=other, opinion="x", proposes=Outcome.GRANTED)

    def test_a_visitor_may_not_accept(self, hall: TestPlace) -> None:
        stranger = Actor(kind=Role.VISITOR, roles=frozenset({Role.VISITOR}))
        with refused("case.not_yours", Forbidden):
            hall.do(hall.receive(), m.AcceptCase, by=stranger)

    def test_while_the_city_writes_the_hall_may_not(self, hall: TestPlace) -> None:
        case = hall.do(accepted(hall), m.HandOver)
        with refused("case.elsewhere"):
            hall.do(case, m.WithdrawCase)

    def test_two_who_act_on_the_same_picture_one_is_told(self, hall: TestPlace) -> None:
        case = hall.receive()
        seen = case.step
        case = hall.do(case, m.CheckMaterials, given=(Given(material="id", supply="paper"),))
        with refused("case.changed"):
            hall.do(case, m.AcceptCase, seen=seen)


class TestTime:
    """行政许可法 42 and 45."""

    def test_it_is_extended_once_before_the_due_day_by_the_head(self, hall: TestPlace) -> None:
        """行政许可法 42."""
        city, case = at_city(accepted(hall.at("2026-11-23")))
        with refused("case.not_yours", Forbidden):
            city.at("2026-11-24").do(case, m.ExtendCase, by=EXAMINER, workdays=5, reason="案情复杂")
        with refused("case.extension_days", Invalid):
            city.do(case, m.ExtendCase, by=LEADER, workdays=11, reason="案情复杂")
        with refused("case.text_missing", Invalid):
            city.do(case, m.ExtendCase, by=LEADER, workdays=10, reason=" ")
        case = city.do(case, m.ExtendCase, by=LEADER, workdays=10, reason="案情复杂")
        with refused("case.extended_already"):
            city.do(case, m.ExtendCase, by=LEADER, workdays=1, reason="案情复杂")

    def test_after_the_due_day_nothing_is_extended(self, hall: TestPlace) -> None:
        """行政许可法 42."""
        city, case = at_city(accepted(hall.at("2026-11-02")))
        with refused("case.overdue"):
            city.at("2026-12-01").do(case, m.ExtendCase, by=LEADER, workdays=5, reason="案情复杂")

    def test_a_procedure_is_told_has_a_limit_and_a_result(self, hall: TestPlace) -> None:
        """行政许可法 45; no closing without a result."""
        city, case = at_city(accepted(hall))
        with refused("case.procedure_days", Invalid):
            city.do(case, m.BeginProcedure, by=EXAMINER, procedure="visit", workdays=11, reason="核查")
        case = city.do(case, m.BeginProcedure, by=EXAMINER, procedure="visit", workdays=5, reason="核查")
        assert case.papers[-1].kind == "procedure"
        with refused("case.text_missing", Invalid):
            city.do(case, m.EndProcedure, by=EXAMINER, result="")
        with refused("case.not_now"):
            city.do(case, m.DecideCase, by=LEADER, outcome=Outcome.GRANTED)
        assert city.do(case, m.EndProcedure, by=EXAMINER, result="符合").state is State.ACCEPTED


def test_a_refusal_without_reasons_or_remedies_is_not_issued(hall: TestPlace) -> None:
    """行政许可法 38."""
    city, case = at_city(accepted(hall))
    case = city.do(case, m.ExamineCase, by=EXAMINER, opinion="不符合", proposes=Outcome.DENIED)
    for missing in ({"reasons": "场所不符"}, {"remedies": "六十日内申请行政复议"}):
        with refused("case.text_missing", Invalid):
            city.do(case, m.DecideCase, by=LEADER, outcome=Outcome.DENIED, **missing)
    case = city.do(
        case, m.DecideCase, by=LEADER, outcome=Outcome.DENIED, reasons="场所不符", remedies="六十日内申请行政复议"
    )
    assert case.papers[-1].kind == "denied"


def test_a_granted_licence_has_a_number(hall: TestPlace) -> None:
    city, case = at_city(accepted(hall))
    with refused("case.text_missing", Invalid):
        city.do(decided(city, case), m.MakeLicence, by=EXAMINER, licence="")


def test_only_a_matter_of_promises_is_accepted_on_one(hall: TestPlace) -> None:
    """优化营商环境条例 19."""
    with refused("case.no_pledge"):
        hall.do(hall.receive(), m.AcceptCase, mode=Mode.PLEDGE)
    pledged = TestPlace(edition(flow=FlowKind.PLEDGE))
    case = pledged.receive()
    with refused("case.pledge_unsigned"):
        pledged.do(case, m.AcceptCase, mode=Mode.PLEDGE)
    case = pledged.do(case, m.AcceptCase, mode=Mode.PLEDGE, pledge="paper")
    assert case.pledge == "paper"
    city, case = at_city(case, edition(flow=FlowKind.PLEDGE))
    case = city.do(case, m.DecideCase, by=LEADER, outcome=Outcome.GRANTED)
    assert city.do(case, m.CheckPledge, by=EXAMINER, is_kept=True, finding="属实").state is State.DECIDED


def test_the_clerk_may_not_examine(hall: TestPlace) -> None:
    city, case = at_city(accepted(hall))
    with refused("case.not_yours", Forbidden):
        city.do(case, m.ExamineCase, by=CLERK, opinion="x", proposes=Outcome.GRANTED)


def test_corrections_that_nobody_answers_in_time_count_from_when_they_came(hall: TestPlace) -> None:
    """行政许可法 32 (四): 逾期不告知的，自收到申请材料之日起即为受理."""
    case = hall.at("2026-11-02").receive(given=(Given(material="form", supply="paper"), GAP))
    case = hall.at("2026-11-03").do(case, m.AskCorrection)
    brought = tuple(Given(material=one, supply="paper") for one in ("id", "plan"))
    case = hall.at("2026-11-10").do(case, m.CheckMaterials, given=brought)
    assert hall.service.notice_due(case).isoformat() == "2026-11-17"
    case = hall.at("2026-11-18").do(case, m.AcceptCase)
    assert (case.is_late_notice, str(case.accepted_as_of)) == (True, "2026-11-10")


def test_procedures_that_follow_each_other_are_not_taken_off_twice(hall: TestPlace) -> None:
    """行政许可法 45: 20 working days from Monday 2026-11-02 end on 2026-11-30; what stood twice a day stood once."""
    city, case = at_city(accepted(hall.at("2026-11-02")))
    for hour in (9, 11):
        case = city.at("2026-11-05", hour).do(
            case, m.BeginProcedure, by=EXAMINER, procedure="visit", workdays=5, reason="核查"
        )
        day, end = ("2026-11-05", 10) if hour == 9 else ("2026-11-06", 9)
        case = city.at(day, end).do(case, m.EndProcedure, by=EXAMINER, result="符合")
    due = city.service.decision_due(case, city.now)
    assert due is not None
    assert due.isoformat() == "2026-12-01"
