"""Rules, classes of priority and hours over HTTP: who may, what is refused at which field, what holds then."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.hall_talk import Answer, Talker

CLOSED: list[Any] = []
NINE_TO_FIVE = [{"open": "09:00", "close": "17:00"}]


@pytest.fixture
def manager(signed_in: Callable[[str], Talker]) -> Talker:
    return signed_in("manager")


def rules(manager: Talker) -> dict[str, Any]:
    """The rules by name."""
    return {one["about"]["name"]: one for one in manager.send("GET", "rules").body["rules"]}


def change(manager: Talker, **body: Any) -> Answer:
    return manager.send("PATCH", "rules", {"reason": "排队太长", **body})


def refused_at(answer: Answer, code: str, field: str) -> dict[str, Any]:
    """Its error's fields, when it is refused with this code and has a sentence at this field."""
    assert answer.refusal == (400, code)
    fields: dict[str, Any] = answer.error["fields"]
    assert fields[field] == answer.error["message"]
    assert len(fields[field]) > 8
    assert not fields[field].startswith("error.")
    return fields


def test_a_manager_sees_every_rule_with_what_it_is(manager: Talker) -> None:
    found = manager.send("GET", "rules").body
    ageing = rules(manager)["ageing_s"]
    assert (ageing["value"], ageing["default"], ageing["is_changed"], ageing["lines"]) == (1800, 1800, False, {})
    assert (ageing["about"]["least"], ageing["about"]["most"], ageing["about"]["per_line"]) == (0, 86_400, True)
    assert rules(manager)["pass_policy"]["about"]["choices"] == ["resume", "requeue", "new_ticket"]
    assert {line["prefix"] for line in found["lines"]} >= {"A", "B"}
    assert len(found["priorities"]) > 2
    assert found["groups"] == ["issue", "order", "call", "day", "appointments", "kiosk"]


def test_staff_and_visitors_neither_see_nor_change_them(signed_in: Callable[[str], Talker], visitor: Talker) -> None:
    for path in ("rules", "hours", "hall-record"):
        assert visitor.send("GET", path).status == 401
        assert signed_in("w01").send("GET", path).status == 403
        assert signed_in("w01").send("PATCH", path, {"reason": "x"}).status == 403


def test_a_change_stands_for_the_hall_and_for_a_line_and_is_given_back(manager: Talker) -> None:
    answer = change(manager, values={"hold_s": 600}, lines={"labour": {"hold_s": 1200}})
    assert answer.body == {"hall": {"hold_s": 600.0}, "lines": {"labour": {"hold_s": 1200.0}}}
    picture = manager.send("GET", "rules").body
    assert (picture["last"]["reason"], bool(picture["last"]["by"])) == ("排队太长", True)
    hold = rules(manager)["hold_s"]
    assert (hold["value"], hold["lines"], hold["is_changed"]) == (600, {"labour": 1200}, True)
    assert change(manager, line="labour", values={"hold_s": None}).body["lines"] == {"labour": {}}
    assert change(manager, values={"hold_s": None}).body["hall"] == {}
    assert rules(manager)["hold_s"]["value"] == 900


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"values": {"ratio": {"favoured": 0, "oldest": 0}}}, "rules.ratio_of_nothing", "ratio"),
        ({"values": {"recalls_max": 99}}, "rules.whole_number", "recalls_max"),
        ({"values": {"hold_s": "long"}}, "rules.out_of_range", "hold_s"),
        ({"values": {"guide_line": "nowhere"}}, "rules.line_unknown", "guide_line"),
        ({"values": {"guide_line": 7}}, "rules.invalid", "guide_line"),
        ({"values": {"second_ticket": "often"}}, "rules.invalid", "second_ticket"),
        ({"values": {"colour": "red"}}, "rules.unknown", "colour"),
        ({"line": "labour", "values": {"undo_s": 5}}, "rules.hall_only", "undo_s"),
        ({"values": {"hold_s": 60}, "reason": "   "}, "rules.needs_reason", "reason"),
        ({"values": {"hold_s": 60}, "reason": "<b>x"}, "rules.reason_unfit", "reason"),
    ],
)
def test_what_is_impossible_is_refused_at_its_field_and_changes_nothing(
    manager: Talker, body: dict[str, Any], code: str, field: str
) -> None:
    before = rules(manager)
    refused_at(change(manager, **body), code, field)
    assert rules(manager) == before


def test_of_two_changes_one_impossible_none_is_made(manager: Talker) -> None:
    bands = [{"begin": "09:00", "end": "11:00", "tickets": 9}, {"begin": "10:00", "end": "12:00", "tickets": 9}]
    fields = refused_at(
        change(manager, values={"near_at": 5}, lines={"labour": {"quota_bands": bands}}),
        "rules.bands_overlap",
        "quota_bands",
    )
    assert (fields["line"], fields["row"], fields["part"]) == ("labour", 1, "begin")
    assert rules(manager)["near_at"]["value"] == 3


def test_an_unknown_line_is_not_found(manager: Talker) -> None:
    assert change(manager, line="nowhere", values={"hold_s": 60}).refusal == (404, "line.unknown")


def test_the_guide_line_must_be_one_that_gives_numbers(manager: Talker) -> None:
    assert change(manager, values={"guide_line": "general"}).status == 200
    assert rules(manager)["guide_line"]["value"] == "general"
    assert change(manager, values={"guide_line": None}).status == 200


def test_the_classes_of_priority_are_changed_and_a_bad_one_is_named(manager: Talker, visitor: Talker) -> None:
    before = manager.send("GET", "hall-record").body["priorities"]
    added = [*before, {"id": "volunteer", "name": "志愿者", "name_en": "Volunteers"}]
    assert manager.send("PATCH", "hall-record", {"priorities": added, "reason": "条例"}).status == 200
    assert visitor.send("GET", "hall").body["priorities"][-1]["id"] == "volunteer"
    bad = [*before, {"id": "volunteer", "name": " "}]
    at = f"priorities[{len(before)}].name"
    refused_at(manager.send("PATCH", "hall-record", {"priorities": bad, "reason": "条例"}), "directory.empty", at)
    assert manager.send("PATCH", "hall-record", {"priorities": before}).refusal == (400, "directory.empty")
    assert manager.send("PATCH", "hall-record", {"priorities": before, "reason": "条例"}).status == 200


@pytest.mark.parametrize(
    ("monday", "code", "field"),
    [
        ([{"open": "17:00", "close": "09:00"}], "directory.hours_end_first", "days[0][0].close"),
        ([*NINE_TO_FIVE, {"open": "16:00", "close": "18:00"}], "directory.hours_order", "days[0][1].open"),
        ([{"open": "9 o'clock", "close": "17:00"}], "directory.clock_form", "days[0][0].open"),
    ],
)
def test_hours_that_cannot_be_are_refused_at_the_very_input(
    manager: Talker, monday: list[Any], code: str, field: str
) -> None:
    before = manager.send("GET", "hours").body
    days = [monday, *[NINE_TO_FIVE] * 4, CLOSED, CLOSED]
    refused_at(manager.send("PATCH", "hours", {"days": days, "reason": "夏令时间"}), code, field)
    assert manager.send("GET", "hours").body == before


def test_hours_that_leave_a_span_without_a_number_are_refused(manager: Talker) -> None:
    days = [*[NINE_TO_FIVE] * 5, [{"open": "09:00", "close": "09:30"}], CLOSED]
    answer = manager.send("PATCH", "hours", {"days": days, "last_ticket_minutes": 30, "reason": "周六半小时"})
    refused_at(answer, "directory.last_ticket_too_early", "last_ticket_minutes")


def test_changed_hours_hold_for_the_next_number(manager: Talker, visitor: Talker) -> None:
    before = manager.send("GET", "hours").body
    shut = {"days": [CLOSED] * 7, "follows_calendar": False, "reason": "停电"}
    assert manager.send("PATCH", "hours", shut).status == 200
    taken = visitor.send("POST", "tickets", {"line": "labour", "channel": "kiosk"})
    assert taken.refusal == (409, "hall.closed")
    assert manager.send("PATCH", "hours", {**before, "reason": "来电"}).status == 200
    assert visitor.send("POST", "tickets", {"line": "labour", "channel": "kiosk"}).status == 201


def test_the_journal_says_who_changed_a_rule_and_why(manager: Talker, data: Path) -> None:
    assert change(manager, values={"near_at": 4}, reason="试行").status == 200
    with closing(sqlite3.connect(f"file:{data / 'hall.db'}?mode=ro", uri=True)) as books:
        rows = books.execute("SELECT actor, payload FROM journal WHERE type = 'rules.saved' ORDER BY seq").fetchall()
    assert rows[-1][0].startswith("staff:")
    assert '"near_at":4' in str(rows[-1][1])
    assert "试行" in str(rows[-1][1])
