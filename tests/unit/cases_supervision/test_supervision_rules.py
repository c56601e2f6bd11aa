"""Rules of supervision: read as data, checked by name of field, judged over cases."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cases.catalogue.model import CaseType
from cases.clocks.counting import clock_now
from cases.clocks.model import ClockFacts, ClockKind
from cases.clocks.terms import Terms
from cases.model import Outcome, Step
from cases.supervision.facts import Counted, Done, Happening, Proof, Supervised
from cases.supervision.judging import Finding, judge, judged
from cases.supervision.rules import Family, Rule, Severity, Tell, default_rules, read_rules
from hall_server.directory.calendar import from_years, read_years
from hall_server.errors import Invalid

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = from_years(read_years(Path(__file__).resolve().parents[3] / "config" / "calendar"))
TERMS = Terms(calendar=CALENDAR, zone=ZONE, closes=time(17, 30))
RULES = {rule.id: rule for rule in default_rules()}
START = datetime(2026, 11, 2, 9, tzinfo=ZONE)
NOW = datetime(2026, 11, 6, 12, tzinfo=ZONE)
H = Happening


def steps(*done: tuple[Happening, str], begin: datetime = START) -> tuple[Done, ...]:
    return tuple(Done(what, begin + timedelta(hours=n), by) for n, (what, by) in enumerate(done))


GOOD = Supervised(
    case="c1",
    number="QF20261102000001",
    matter="m1",
    department="d1",
    hall="h1",
    case_type=CaseType.PROMISED,
    outcome=Outcome.GRANTED,
    done=steps((H.RECEIVE, "s1"), (H.ACCEPT, "s1"), (H.EXAMINE, "s2"), (H.DECIDE, "s3"), (H.MAKE, "s4"), (H.CLOSE, "")),
    proofs=frozenset({Proof.RECEIPT, Proof.ACCEPTANCE, Proof.DECISION}),
    counts={Counted.NOTICES: 1},
    fee_listed_fen=10_000,
    fee_charged_fen=10_000,
    clock_off_s=-3,
)


def broken(case: Supervised, now: datetime = NOW) -> set[str]:
    return {finding.rule for finding in judged(RULES.values(), case, terms=TERMS, now=now)}


def changed(**changes: object) -> Supervised:
    return msgspec.structs.replace(GOOD, **changes)


def clocked(kind: ClockKind, limit: int, node: str = "", now: datetime = NOW) -> Supervised:
    clock = clock_now(ClockFacts(kind=kind, started_at=START, limit_workdays=limit, node=node), terms=TERMS, now=now)
    return changed(clocks=(clock,))


def test_a_case_that_is_as_it_should_be_breaks_no_rule() -> None:
    assert broken(GOOD) == set()


@pytest.mark.parametrize(
    ("kind", "limit", "found"),
    [
        (ClockKind.PROMISE, 10, set()),
        (ClockKind.PROMISE, 5, {"promise_near"}),
        (ClockKind.PROMISE, 3, {"promise_near", "promise_over"}),
        (ClockKind.STATUTE, 5, {"statute_near"}),
        (ClockKind.STATUTE, 3, {"statute_near", "statute_over"}),
        (ClockKind.NODE, 3, {"node_over"}),
        (ClockKind.NOTICE, 3, {"notice_over"}),
        (ClockKind.DELIVERY, 3, {"delivery_over"}),
    ],
)
def test_family_of_limits(kind: ClockKind, limit: int, found: set[str]) -> None:
    """时限: promise, statute (行政许可法 42), node, notice (32), delivery (44)."""
    assert broken(clocked(kind, limit)) == found


@pytest.mark.parametrize(
    ("case", "found"),
    [
        (
            changed(done=steps((H.RECEIVE, "s1"), (H.ACCEPT, "s1"), (H.DECIDE, "s3"), (H.MAKE, ""))),
            {"decided_unexamined"},
        ),
        (changed(done=steps((H.EXAMINE, "s2"), (H.DECIDE, "s3"), (H.MAKE, ""))), {"decided_unaccepted"}),
        (
            changed(done=steps((H.ACCEPT, "s1"), (H.EXAMINE, "s2"), (H.DECIDE, "s1"), (H.MAKE, ""))),
            {"acceptor_decides"},
        ),
        (changed(done=(*GOOD.done, Done(H.SUPERVISE, NOW, "s3"))), {"decider_supervises"}),
        (changed(counts={Counted.NOTICES: 2}), {"second_notice"}),
        (changed(counts={Counted.NOTICES: 2, Counted.REPEATED_GAPS: 1}), {"second_notice", "repeated_gap"}),
        (changed(counts={Counted.EXTENSIONS: 2}), {"extended_twice"}),
        (changed(done=(*GOOD.done, Done(H.INSPECT, NOW, "s2")), counts={Counted.INSPECTORS: 1}), {"one_inspector"}),
        (changed(done=(*GOOD.done, Done(H.INSPECT, NOW, "s2")), counts={Counted.INSPECTORS: 2}), set()),
    ],
)
def test_family_of_the_flow(case: Supervised, found: set[str]) -> None:
    """流程: skipped step, same person (the acceptor decides), second notice (32), two people (34)."""
    assert broken(case) == found


def test_what_is_done_on_the_spot_one_person_may_do() -> None:
    """即办件: received, accepted and decided in one."""
    done = steps((H.RECEIVE, "s1"), (H.ACCEPT, "s1"), (H.DECIDE, "s1"), (H.MAKE, "s1"), (H.CLOSE, ""))
    assert broken(changed(case_type=CaseType.IMMEDIATE, done=done)) == set()
    assert broken(changed(done=done)) == {"decided_unexamined", "acceptor_decides"}


@pytest.mark.parametrize(
    ("case", "found"),
    [
        (changed(proofs=GOOD.proofs - {Proof.RECEIPT}), {"receipt_missing"}),
        (changed(proofs=GOOD.proofs - {Proof.ACCEPTANCE}), {"acceptance_missing"}),
        (changed(outcome=Outcome.DENIED), {"refusal_unreasoned", "refusal_no_remedies"}),
        (changed(outcome=Outcome.DENIED, proofs=GOOD.proofs | {Proof.REASONS}), {"refusal_no_remedies"}),
        (changed(outcome=Outcome.DENIED, proofs=GOOD.proofs | {Proof.REASONS, Proof.REMEDIES}), set()),
        (changed(outcome=None, done=steps((H.RECEIVE, "s1"), (H.REFUSE, "s1"))), {"not_accepted_unreasoned"}),
        (changed(done=(*GOOD.done, Done(H.SUSPEND, NOW, "s2"))), {"special_time_untold"}),
        (changed(done=(*GOOD.done, Done(H.EXTEND, NOW, "s2"))), {"extension_untold"}),
    ],
)
def test_family_of_papers(case: Supervised, found: set[str]) -> None:
    """文书: 行政许可法 32, 38 (a refusal without reasons or remedies), 42, 45."""
    assert broken(case) == found


@pytest.mark.parametrize(
    ("listed", "charged", "found"),
    [(None, 0, set()), (None, 1, {"overcharged"}), (10_000, 9_000, set()), (10_000, 10_001, {"overcharged"})],
)
def test_family_of_fees(listed: int | None, charged: int, found: set[str]) -> None:
    """收费: 行政许可法 58, 59: nothing without a basis."""
    assert broken(changed(fee_listed_fen=listed, fee_charged_fen=charged)) == found


def test_family_of_results() -> None:
    """结果: granted but no licence (行政许可法 44); no closing without a result."""
    decided = changed(done=GOOD.done[:4])
    assert broken(decided, datetime(2026, 11, 16, 17, 30, tzinfo=ZONE)) == set()
    assert broken(decided, datetime(2026, 11, 16, 17, 31, tzinfo=ZONE)) == {"granted_no_licence"}
    assert broken(changed(outcome=None, done=steps((H.RECEIVE, "s1"), (H.ACCEPT, "s1"), (H.CLOSE, "")))) == {
        "closed_no_result"
    }


def test_family_of_service() -> None:
    """服务: a bad rating that nobody handled."""
    rated = (*GOOD.done, Done(H.RATE_BADLY, NOW))
    later = NOW + timedelta(days=30)
    assert broken(changed(done=rated)) == set()
    assert broken(changed(done=rated), later) == {"bad_rating_unhandled"}
    assert broken(changed(done=(*rated, Done(H.HANDLE_RATING, later, "s2"))), later) == set()


def test_family_of_data() -> None:
    """数据: pushed but silent; a wrong hall clock is flagged."""
    pushed = (*GOOD.done[:2], Done(H.PUSH, START + timedelta(hours=3)))
    assert broken(changed(outcome=None, done=pushed), datetime(2026, 11, 3, 17, tzinfo=ZONE)) == set()
    assert broken(changed(outcome=None, done=pushed)) == {"pushed_silent"}
    answered = (*pushed, Done(H.ACKNOWLEDGE, NOW))
    assert broken(changed(outcome=None, done=answered)) == set()
    assert broken(changed(outcome=None, done=answered), NOW + timedelta(days=30)) == {"result_silent"}
    again = (*answered, Done(H.PUSH, NOW + timedelta(hours=1)))
    assert broken(changed(outcome=None, done=again), NOW + timedelta(days=5)) == {"pushed_silent"}
    assert broken(changed(clock_off_s=-86_400)) == {"hall_clock_wrong"}
    assert broken(changed(clock_off_s=None)) == set()


def test_a_finding_says_what_and_where_and_names_nobody() -> None:
    case = clocked(ClockKind.STATUTE, 3)
    found = judge(RULES["statute_over"], case, terms=TERMS, now=NOW)
    assert found == Finding(
        rule="statute_over", family=Family.TIME, severity=Severity.RED, case="c1", number="QF20261102000001",
        department="d1", hall="h1", seen_at=NOW,
        details={"clock": "statute", "node": "", "light": "double_red", "due": "2026-11-05", "left_workdays": -1},
    )  # fmt: skip
    assert found is not None
    assert found.key == "statute_over:c1:"
    assert judge(RULES["statute_over"], GOOD, terms=TERMS, now=NOW) is None


def test_each_step_of_its_own_clock_is_a_finding_of_its_own() -> None:
    nodes = [clocked(ClockKind.NODE, limit, node).clocks[0] for limit, node in ((1, "审查"), (3, "决定"), (9, "制证"))]
    found = list(judged([RULES["node_over"]], changed(clocks=tuple(nodes)), terms=TERMS, now=NOW))
    assert [one.key for one in found] == ["node_over:c1:审查", "node_over:c1:决定"]


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        ({}, True),
        ({"departments": ["d1"]}, True),
        ({"departments": ["d2"]}, False),
        ({"matters": ["m2", "m1"]}, True),
        ({"halls": ["h2"]}, False),
        ({"case_types": [1]}, False),
        ({"outcomes": ["granted"]}, True),
        ({"is_joint": True}, False),
    ],
)
def test_a_rule_is_about_its_scope_only(scope: dict[str, object], holds: bool) -> None:
    rule = msgspec.convert({**msgspec.to_builtins(RULES["second_notice"]), "scope": scope}, type=Rule)
    case = changed(counts={Counted.NOTICES: 2})
    assert (judge(rule, case, terms=TERMS, now=NOW) is not None) is holds


def test_a_rule_that_is_switched_off_raises_nothing() -> None:
    off = msgspec.structs.replace(RULES["second_notice"], is_active=False)
    assert judge(off, changed(counts={Counted.NOTICES: 2}), terms=TERMS, now=NOW) is None


def test_the_default_rules_watch_over_every_family() -> None:
    assert {rule.family for rule in RULES.values()} == set(Family)
    assert len(RULES) == 29
    assert all(
        Tell.HEAD in rule.tell or Tell.SUPERVISOR in rule.tell for rule in RULES.values() if rule.severity == "red"
    )


def test_every_step_of_the_flow_is_something_that_supervision_knows() -> None:
    assert {step.value for step in Step} <= {one.value for one in Happening}


RULE = """
[[rules]]
id = "one"
family = "time"
name = "一"
name_en = "One"
severity = "red"
tell = ["head"]
condition = { is = "lit", clock = "promise", least = "red" }
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("[[rules]]", "[[rules]", "rules_unreadable", "rules"),
        ("[[rules]]", "[[laws]]", "rule_form", "laws"),
        ('family = "time"\n', "", "rule_form", "rules[0].family"),
        ("family", "famly", "rule_form", "rules[0].famly"),
        ('"one"', '"One rule"', "rule_form", "rules[0].id"),
        ('"red"\ntell', '"blue"\ntell', "rule_form", "rules[0].severity"),
        ('["head"]', "[]", "rule_form", "rules[0].tell"),
        ('["head"]', '["mayor"]', "rule_form", "rules[0].tell[0]"),
        ('["head"]', '["head"]\nreply_workdays = 0', "rule_form", "rules[0].reply_workdays"),
        ('["head"]', '["head"]\nscope = { case_types = [3] }', "rule_form", "rules[0].scope.case_types[0]"),
        ('"lit"', '"eval"', "rule_form", "rules[0].condition.is"),
        ('"promise"', '"promiss"', "rule_form", "rules[0].condition.clock"),
        ('least = "red"', 'most = "red"', "rule_form", "rules[0].condition.most"),
        ('least = "red"', 'least = "green"', "rule_never", "rules[0].condition.least"),
        ('least = "red"', 'least = "double_red"', "rule_never", "rules[0].condition.least"),
        (
            'is = "lit", clock = "promise", least = "red"',
            'is = "skipped", step = "accept", before = "accept"',
            "rule_never",
            "rules[0].condition.before",
        ),
        (
            'is = "lit", clock = "promise", least = "red"',
            'is = "silent", after = "push", until = ["push"], workdays = 1',
            "rule_never",
            "rules[0].condition.until",
        ),
    ],
)
def test_a_mistake_in_the_file_is_named_by_its_field(old: str, new: str, code: str, field: str) -> None:
    assert old in RULE
    with pytest.raises(Invalid) as refusal:
        read_rules(RULE.replace(old, new, 1))
    assert (refusal.value.code, refusal.value.fields["field"]) == (f"supervision.{code}", field)


def test_a_rule_stands_once_in_the_file() -> None:
    assert [rule.id for rule in read_rules(RULE)] == ["one"]
    with pytest.raises(Invalid) as refusal:
        read_rules(RULE + RULE)
    assert (refusal.value.code, refusal.value.fields["field"]) == ("supervision.rule_twice", "rules[1].id")
