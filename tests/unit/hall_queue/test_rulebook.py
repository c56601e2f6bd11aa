"""The rules in force: defaults under the hall's under a line's; what is impossible is refused and named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_queue.rule_events import RulesSaved
from hall_queue.rule_pictures import described
from hall_queue.rulebook import MAY_BE_NONE, NAMES, NONE, PER_LINE, Rulebook, Rules, about, read
from hall_server.errors import Invalid
from hall_server.messages import Recorded
from hall_server.settings import Settings

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
BEGUN = msgspec.json.decode(msgspec.json.encode(Rules()))
LINES = ("a", "b")


def recorded(event: RulesSaved) -> Recorded:
    return Recorded(seq=1, at=NOON, business_day=DAY, event=event, actor="staff:m01")


def book(**settings: Any) -> Rulebook:
    return Rulebook(Settings(**settings))


def plain(rules: Rules) -> Any:
    return msgspec.json.decode(msgspec.json.encode(rules))


def change(rules: Rulebook, changes: dict[str | None, dict[str, Any]]) -> None:
    """Plan a change, then fold what it comes to, as the handler and the journal do."""
    for line, own in rules.plan(changes).items():
        rules.apply(recorded(RulesSaved(line=line, values=own)))


def values(names: frozenset[str] | tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Values that fit by themselves; ageing stays on, so that no ratio is needed."""
    found: dict[str, st.SearchStrategy[Any]] = {}
    for one in described():
        if one.name not in names or one.name in {"pass_after_calls", "recalls_max"}:
            continue
        if one.kind == "choice":
            found[one.name] = st.sampled_from(one.choices)
        elif one.kind == "yes_no":
            found[one.name] = st.booleans()
        elif one.kind in {"whole", "number"}:
            assert one.least is not None
            assert one.most is not None
            found[one.name] = st.integers(max(1, int(one.least)), int(one.most))
        elif one.kind == "bands":
            found[one.name] = st.just([{"begin": "09:00", "end": "10:00", "tickets": 5}])
        elif one.kind == "ratio":
            found[one.name] = st.fixed_dictionaries({"favoured": st.integers(0, 50), "oldest": st.integers(1, 50)})
    return st.fixed_dictionaries({}, optional={name: kind | st.none() for name, kind in found.items()})


MOVES = st.lists(
    st.one_of(st.tuples(st.just(None), values(NAMES)), st.tuples(st.sampled_from(LINES), values(PER_LINE))),
    max_size=6,
)


@given(moves=MOVES)
def test_a_line_has_its_own_over_the_halls_over_the_defaults(moves: list[tuple[str | None, dict[str, Any]]]) -> None:
    rules = book()
    wanted: dict[str | None, dict[str, Any]] = {None: {}, "a": {}, "b": {}}
    for line, given_values in moves:
        change(rules, {line: given_values})
        for name, value in given_values.items():
            wanted[line].pop(name, None)
            if value is not None:
                wanted[line][name] = value
    assert plain(rules.hall) == {**BEGUN, **wanted[None]}
    for line in LINES:
        assert plain(rules.of(line)) == {**BEGUN, **wanted[None], **wanted[line]}
    assert rules.of("unknown") == rules.of(None) == rules.hall


@given(first=values(NAMES))
def test_the_same_values_again_change_nothing_and_all_given_back_is_the_beginning(first: dict[str, Any]) -> None:
    rules = book()
    change(rules, {None: first})
    assert rules.plan({None: first}) == {None: rules.changed[None]}
    change(rules, {None: dict.fromkeys(first)})
    assert rules.changed[None] == {}
    assert rules.hall == rules.begun == Rules()


@given(name=st.sampled_from([one for one in described() if one.least is not None]), beyond=st.integers(1, 10**6))
def test_a_number_out_of_its_bounds_is_refused_by_name(name: Any, beyond: int) -> None:
    for value in (name.least - beyond, name.most + beyond, "much", [1]):
        with pytest.raises(Invalid) as refusal:
            book().planned(None, {name.name: value})
        assert refusal.value.fields["field"] == name.name
        assert (refusal.value.fields["least"], refusal.value.fields["most"]) == (name.least, name.most)


@pytest.mark.parametrize(
    ("line", "values", "code", "fields"),
    [
        (None, {"ratio": {"favoured": 0, "oldest": 0}}, "ratio_of_nothing", {"field": "ratio"}),
        (None, {"ratio": {"favoured": 2, "oldest": 0}}, "ratio_without_oldest", {"field": "ratio"}),
        (None, {"ratio": {"favoured": -1, "oldest": 1}}, "invalid", {"field": "ratio"}),
        (None, {"ageing_s": 0}, "some_never_called", {"field": "ageing_s"}),
        ("a", {"ageing_s": 0}, "some_never_called", {"field": "ageing_s", "line": "a"}),
        (None, {"pass_after_calls": 5}, "never_passed", {"field": "pass_after_calls", "most": 4}),
        ("a", {"recalls_max": 0}, "never_passed", {"field": "pass_after_calls", "most": 1, "line": "a"}),
        (None, {"recalls_max": 2.5}, "whole_number", {"field": "recalls_max", "least": 0, "most": 20}),
        (None, {"second_ticket": "sometimes"}, "invalid", {"field": "second_ticket"}),
        (None, {"preference": "yes"}, "invalid", {"field": "preference"}),
        (None, {"colour": "red"}, "unknown", {"field": "colour"}),
        ("a", {"undo_s": 5}, "hall_only", {"field": "undo_s", "line": "a"}),
        (None, {"check_in_before_s": 0, "check_in_after_s": 0}, "no_check_in", {"field": "check_in_after_s"}),
    ],
)
def test_what_is_impossible_is_refused_at_its_field(
    line: str | None, values: dict[str, Any], code: str, fields: dict[str, Any]
) -> None:
    rules = book()
    with pytest.raises(Invalid) as refusal:
        rules.planned(line, values)
    assert (refusal.value.code, refusal.value.fields) == (f"rules.{code}", fields)
    assert rules.changed == {}


@pytest.mark.parametrize(
    ("bands", "code", "row", "part"),
    [
        ([("09:00", "09:00")], "band_ends_first", 0, "end"),
        ([("09:00", "12:00"), ("14:00", "13:00")], "band_ends_first", 1, "end"),
        ([("10:00", "12:00"), ("09:00", "10:30")], "bands_overlap", 0, "begin"),
        ([("09:00", "10:00"), ("9:30", "11:00")], "band_invalid", 1, "begin"),
        ([("09:00", "24:30")], "band_invalid", 0, "end"),
    ],
)
def test_a_band_that_cannot_be_is_refused_at_its_row(
    bands: list[tuple[str, str]], code: str, row: int, part: str
) -> None:
    given_bands = [{"begin": begin, "end": end, "tickets": 3} for begin, end in bands]
    with pytest.raises(Invalid) as refusal:
        book().planned(None, {"quota_bands": given_bands})
    found = refusal.value.fields
    assert (refusal.value.code, found["field"]) == (f"rules.{code}", "quota_bands")
    assert (found["row"], found["part"]) == (row, part)


def test_bands_that_touch_are_kept_in_their_order() -> None:
    rules = book()
    bands = [{"begin": "10:00", "end": "24:00", "tickets": 0}, {"begin": "09:00", "end": "10:00", "tickets": 3}]
    change(rules, {None: {"quota_bands": bands}})
    assert [band.begin for band in rules.hall.quota_bands] == ["09:00", "10:00"]


def test_rules_that_need_each_other_are_changed_together() -> None:
    rules = book()
    change(rules, {None: {"ratio": {"favoured": 2, "oldest": 1}}, "a": {"ageing_s": 0}})
    assert rules.of("a").ageing is None
    with pytest.raises(Invalid) as refusal:
        rules.planned(None, {"ratio": None})  # then nobody would see to line a
    assert (refusal.value.code, refusal.value.fields["line"]) == ("rules.some_never_called", "a")
    change(rules, {None: {"ratio": None}, "a": {"ageing_s": None}})
    assert rules.of("a") == Rules()


def test_a_line_may_have_no_limit_where_the_hall_has_one() -> None:
    rules = book()
    change(rules, {None: {"quota_day": 50, "person_per_day": 3}, "a": {"quota_day": NONE}})
    assert (rules.of("a").quota_day, rules.of("a").person_per_day, rules.of("b").quota_day) == (None, 3, 50)
    assert rules.changed["a"] == {"quota_day": NONE}
    change(rules, {None: {"quota_day": 60}})  # what the hall does then is nothing to line a
    assert rules.of("a").quota_day is None
    change(rules, {"a": {"quota_day": None}})  # given back: the hall's holds again
    assert (rules.of("a").quota_day, rules.changed["a"]) == (60, {})


def test_no_limit_is_the_same_as_nothing_for_a_hall_and_no_word_for_other_rules() -> None:
    rules = book()
    change(rules, {None: {"quota_day": 50}})
    change(rules, {None: {"quota_day": NONE}})
    assert (rules.hall.quota_day, rules.changed[None]) == (None, {})
    assert sorted(MAY_BE_NONE) == ["person_per_day", "quota_day"]
    for name, code in (("hold_s", "rules.out_of_range"), ("second_ticket", "rules.invalid")):
        with pytest.raises(Invalid) as refusal:
            rules.planned("a", {name: NONE})
        assert refusal.value.code == code


def test_a_hall_begins_with_what_its_file_says() -> None:
    rules = book(recall_gap_s=20, ageing_s=600)
    assert (rules.hall.recall_gap_s, rules.hall.ageing_s, rules.begun.recall_gap_s) == (20, 600, 20)
    change(rules, {None: {"recall_gap_s": 5}})
    change(rules, {None: {"recall_gap_s": 20}})
    assert rules.changed[None] == {}


def test_a_journal_of_another_version_never_keeps_a_hall_from_starting() -> None:
    rules = book()
    rules.apply(recorded(RulesSaved(line=None, values={"gone": 1, "hold_s": 5, "recalls_max": 7})))
    assert (rules.hall.recalls_max, rules.hall.hold_s) == (7, 900)  # 5 seconds were possible once


def test_every_rule_says_where_it_belongs() -> None:
    for name, entry in about().items():
        assert 1 <= entry["rule"] <= 22, name
        assert entry["group"] in {"issue", "order", "call", "day", "appointments", "kiosk"}, name
    assert {one.name for one in described() if one.per_line} == PER_LINE
    assert read({}) == Rules()
