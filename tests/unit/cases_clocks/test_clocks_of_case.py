"""Clocks, figures and supervision read off cases that went through the rules of the flow."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from cases import messages as m
from cases.clocks.model import ClockKind, Light
from cases.clocks.of_case import AFTER_SUPPLY, clocks_now, clocks_of
from cases.clocks.terms import Terms
from cases.figures.facts import CaseFacts
from cases.figures.of_case import facts_of
from cases.model import Case, Channel, Delivery, Given, Outcome
from cases.supervision.facts import Counted, Happening, Proof
from cases.supervision.judging import judged
from cases.supervision.of_case import Beside, Happened, supervised
from cases.supervision.rules import default_rules
from tests.fakes.case_place import EXAMINER, IMMEDIATE, LEADER, SHANGHAI, TestPlace, calendar, edition

TERMS = Terms(calendar=calendar(), zone=SHANGHAI, closes=time(17, 30))
GAP = Given(material="id", supply="paper", is_sound=False, gap="身份证过期")


def accepted(place: TestPlace, day: str = "2026-11-02") -> Case:
    """Received and accepted on one day, and handed over: 9 working days promised, 20 by law."""
    case = place.do(place.at(day).receive(), m.AcceptCase)
    return place.do(case, m.HandOver)


def city(place: TestPlace) -> TestPlace:
    place.writer = "city"
    return place


def decided(place: TestPlace, case: Case, day: str, **values: Any) -> Case:
    case = city(place).at(day).do(case, m.ExamineCase, by=EXAMINER, opinion="符合条件", proposes=Outcome.GRANTED)
    return place.do(case, m.DecideCase, by=LEADER, **{"outcome": Outcome.GRANTED, **values})


def dues(case: Case, place: TestPlace) -> dict[tuple[str, str], date]:
    return {(one.kind.value, one.node): one.due for one in clocks_now(case, terms=TERMS, now=place.now)}


def broken(place: TestPlace, case: Case, beside: Beside | None = None) -> set[str]:
    seen = supervised(
        case, [Happened(*one) for one in place.log], terms=TERMS, now=place.now, beside=beside or Beside()
    )
    return {one.rule for one in judged(default_rules(), seen, terms=TERMS, now=place.now)}


def test_each_clock_begins_when_its_time_comes() -> None:
    """行政许可法 32, 42, 44: notice, then promise and statute, then delivery."""
    place = TestPlace()
    case = place.at("2026-11-02").receive()
    assert dues(case, place) == {("notice", ""): date(2026, 11, 9)}
    case = place.do(place.do(case, m.AcceptCase), m.HandOver)
    assert dues(case, place) == {
        ("notice", ""): date(2026, 11, 9),
        ("promise", ""): date(2026, 11, 13),
        ("statute", ""): date(2026, 11, 30),
    }
    case = decided(place, case, "2026-11-10")
    assert dues(case, place)["delivery", ""] == date(2026, 11, 24)
    found = {one.kind: one for one in clocks_now(case, terms=TERMS, now=place.now)}
    assert (found[ClockKind.PROMISE].ended_early_workdays, found[ClockKind.STATUTE].is_ended) == (3, True)


def test_the_notice_clock_runs_again_when_corrections_came_in() -> None:
    """行政许可法 32: the applicant's own time is nobody's."""
    place = TestPlace()
    case = place.at("2026-11-02").receive(given=(Given(material="form", supply="paper"), GAP))
    case = place.at("2026-11-04").do(case, m.AskCorrection)
    assert [one.ended_at for one in clocks_of(case, terms=TERMS)] == [place.now]
    mended = tuple(Given(material=one, supply="paper") for one in ("id", "plan"))
    case = place.at("2026-11-18").do(case, m.CheckMaterials, given=mended)
    assert dues(case, place) == {("notice", ""): date(2026, 11, 9), ("notice", AFTER_SUPPLY): date(2026, 11, 25)}


def test_a_late_notice_starts_the_decision_on_the_day_of_receipt() -> None:
    """行政许可法 32(四): 逾期不告知的，自收到申请材料之日起即为受理."""
    place = TestPlace()
    case = place.at("2026-11-02").receive()
    case = place.at("2026-11-12").do(case, m.AcceptCase)
    assert dues(case, place)["statute", ""] == date(2026, 11, 30)
    assert facts_of(case, terms=TERMS, now=place.now).is_notice_late
    assert "notice_over" in broken(place, case)


def test_a_special_procedure_stands_and_an_extension_adds() -> None:
    """行政许可法 45, 42."""
    place = TestPlace()
    case = accepted(place)
    case = (
        city(place)
        .at("2026-11-05")
        .do(case, m.BeginProcedure, by=EXAMINER, procedure="visit", workdays=10, reason="现场核查")
    )
    now = {one.kind: one for one in clocks_now(case, terms=TERMS, now=place.at("2026-11-09").now)}
    assert (now[ClockKind.STATUTE].is_suspended, now[ClockKind.STATUTE].used_workdays) == (True, 2)
    case = place.at("2026-11-12").do(case, m.EndProcedure, by=EXAMINER, result="符合")
    assert dues(case, place)["statute", ""] == calendar().add_workdays(date(2026, 11, 2), 20 + 5)
    case = place.do(case, m.ExtendCase, by=LEADER, workdays=10, reason="需补充核查")
    assert dues(case, place)["statute", ""] == calendar().add_workdays(date(2026, 11, 2), 20 + 5 + 10)
    facts = facts_of(decided(place, case, "2026-11-20"), terms=TERMS, now=place.now)
    assert (facts.used_workdays, facts.suspended_workdays, facts.is_over_promise) == (9, 5, False)


def test_what_is_done_on_the_spot_has_no_light() -> None:
    place = TestPlace(edition(**IMMEDIATE))
    case = place.at("2026-11-02").do(place.receive(), m.AcceptCase)
    now = clocks_now(case, terms=TERMS, now=place.at("2026-12-20").now)
    assert {one.light for one in now} == {Light.GREEN}
    assert not any(one.is_overdue for one in now)


def test_the_facts_of_a_case_are_what_happened_to_it() -> None:
    place = TestPlace()
    case = decided(place, accepted(place), "2026-11-18")
    facts = facts_of(case, terms=TERMS, now=place.now)
    assert facts == CaseFacts(
        case=case.id, matter="food", department="market", hall=case.hall, case_type=case.case_type,
        channel=Channel.WINDOW, is_one_window=bool(case.hall), received_on=date(2026, 11, 2),
        accepted_on=date(2026, 11, 2), decided_on=date(2026, 11, 18), outcome=Outcome.GRANTED, statute_workdays=20,
        promise_workdays=9, used_workdays=12, is_over_promise=True, visits=1, materials_listed=3, materials_brought=3,
    )  # fmt: skip
    case = place.do(case, m.MakeLicence, by=EXAMINER, licence="JY2026-1")
    case = place.do(case, m.SendToHall, by=EXAMINER, hall="b")
    place.writer = "hall:b"
    case = place.at("2026-11-20").do(case, m.DeliverCase, how=Delivery.WINDOW, receipt="sha")
    case = place.do(case, m.CloseCase)
    closed = facts_of(case, terms=TERMS, now=place.now)
    assert (closed.visits, closed.closed_on) == (2, date(2026, 11, 20))
    assert facts_of(case, terms=TERMS, now=place.now, visits=0).visits == 0


def test_a_withdrawn_case_is_one() -> None:
    place = TestPlace()
    case = place.do(place.at("2026-11-02").receive(), m.WithdrawCase, reason="不办了")
    facts = facts_of(case, terms=TERMS, now=place.at("2026-12-20").now)
    assert (facts.is_withdrawn, facts.is_notice_late, facts.decided_on) == (True, False, None)


def test_a_case_that_went_by_the_rules_breaks_none() -> None:
    place = TestPlace()
    case = decided(place, accepted(place), "2026-11-10")
    assert broken(place, case) == set()
    seen = supervised(case, [Happened(*one) for one in place.log], terms=TERMS, now=place.now)
    assert [one.what for one in seen.done] == [
        *(Happening.RECEIVE, Happening.ACCEPT, Happening.HAND_OVER, Happening.EXAMINE, Happening.DECIDE)
    ]
    assert seen.proofs >= {Proof.RECEIPT, Proof.ACCEPTANCE, Proof.DECISION}


def test_a_refusal_has_its_reasons_and_remedies_on_record() -> None:
    """行政许可法 38."""
    place = TestPlace()
    case = decided(
        place,
        accepted(place),
        "2026-11-10",
        outcome=Outcome.DENIED,
        reasons="不符合食品安全标准",
        remedies="六十日内复议",
    )
    assert broken(place, case) == set()


def test_what_the_events_do_not_tell_is_given_beside() -> None:
    place = TestPlace()
    case = decided(place, accepted(place), "2026-11-10")
    beside = Beside(counts={Counted.REPEATED_GAPS: 1}, fee_charged_fen=500, clock_off_s=86_400)
    assert broken(place, case, beside) == {"repeated_gap", "overcharged", "hall_clock_wrong"}
