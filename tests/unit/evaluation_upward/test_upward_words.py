"""Where ratings may be sent, what may be kept of the platform's words, and how a rating becomes a record."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.model import Level, Mark, RatingChannel
from evaluation.simulated.trouble import Trouble, faults
from evaluation.upward.client import Fault, check_address
from evaluation.upward.pusher import _kept, _shares
from evaluation.upward.record import CHANNELS, key, record
from evaluation.upward.table import RecordKind, Row
from hall_server.directory.directory import Directory
from hall_server.directory.model import Department, Guidance, Matter, TaskType
from hall_server.errors import Invalid

WORDS = "窗口态度差，电话 13900000000"


@pytest.mark.parametrize(
    "url", ["https://city.example/api", "http://127.0.0.1:9000", "http://localhost/x", "http://[::1]:1"]
)
def test_ratings_go_over_tls_or_stay_on_this_machine(url: str) -> None:
    check_address(url)


@pytest.mark.parametrize(
    "url",
    ["http://city.example", "ftp://city.example", "https://", "city.example", "https://user:pw@city.example",
     "https://city.example/?a=b", "http://[::1", ""],
)  # fmt: skip
def test_every_other_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        check_address(url)


def row(**given: object) -> Row:
    fields: dict[str, object] = {
        **{"rating": "r1", "revision": 1, "kind": RecordKind.ORIGINAL, "at": datetime(2026, 11, 23, 1, 5, tzinfo=UTC)},
        **{"business_day": date(2026, 11, 23), "ticket": "t1", "window": "w01", "staff": None, "matter": "m1"},
        **{"level": Level.VERY_SATISFIED, "channel": RatingChannel.PAD, "aspects": (), "reasons": (), "text": None},
        **{"case": None, "marks": (), "times": 1},
    }
    return Row(**{**fields, **given})  # type: ignore[arg-type]  # a row's own fields


def directory(**matter: object) -> Directory:
    found = Directory()
    found.apply(Department(id="d1", name="区人社局", line="a"))
    about = {"id": "m1", "code": "511A01", "name": "社保卡", "department": "d1", "line": "a"}
    found.apply(Matter(task_type=TaskType.LICENCE, **about, **matter))  # type: ignore[arg-type]  # as above
    return found


def made(one: Row, known: Directory | None = None) -> dict[str, str]:
    zone = ZoneInfo("Asia/Shanghai")
    found = record(one, hall="demo", directory=known or directory(), zone=zone, number="A001", text=None)
    return dict(msgspec.to_builtins(found))


def test_the_best_level_is_the_platforms_five() -> None:
    assert [made(row(level=level))["satisfaction"] for level in Level] == ["5", "4", "3", "2", "1"]


def test_every_channel_has_a_code() -> None:
    assert set(CHANNELS) == set(RatingChannel)
    assert {channel: made(row(channel=channel))["pf"] for channel in RatingChannel} == CHANNELS


def test_the_case_number_goes_up_where_there_is_one_else_the_tickets_own_reference_and_it_is_said_which() -> None:
    assert (made(row())["projectNo"], made(row())["projectNoKind"]) == ("demo-20261123-A001", "ticket")
    of_case = made(row(case="SL-2026-77"))
    assert (of_case["projectNo"], of_case["projectNoKind"]) == ("SL-2026-77", "case")


@pytest.mark.parametrize(
    ("matter", "code"),
    [
        ({}, ""),
        ({"express": True}, "2"),
        ({"guidance": Guidance(limit_workdays=0)}, "2"),
        ({"guidance": Guidance(limit_workdays=5)}, "1"),
        ({"guidance": Guidance()}, ""),
    ],
)
def test_the_kind_of_case_is_what_the_catalogue_says(matter: dict[str, object], code: str) -> None:
    assert made(row(), directory(**matter))["promiseTime"] == code


def test_times_are_the_halls_and_marks_say_that_it_does_not_count() -> None:
    assert made(row())["assessTime"] == "2026-11-23 09:05:00"
    marked = made(row(marks=(Mark.BURST,)))
    assert (marked["isValid"], marked["marks"], made(row())["isValid"]) == ("0", "burst", "1")


def test_a_rating_whose_matter_is_gone_is_still_a_record() -> None:
    found = made(row(matter="gone", staff="gone"))
    assert (found["taskCode"], found["proDepart"], found["proManager"], found["winNo"]) == ("", "", "", "w01")


def test_a_key_is_the_same_for_the_same_revision_only() -> None:
    keys = {key("demo", rating, revision) for rating in ("a", "b") for revision in (1, 2)}
    assert len(keys) == 4
    assert key("demo", "a", 1) == key("demo", "a", 1)


@pytest.mark.parametrize(
    ("fault", "kept"),
    [
        (Fault(field="taskCode", message=" 不能\n为空 "), ("taskCode", "不能为空")),
        (Fault(field="projectNo", message=f"含有：{WORDS}"), ("projectNo", "")),
        (Fault(field="projectNo", message="引用了 态 度 差，电话"), ("projectNo", "")),
        (Fault(field="writingEvaluation", message="含敏感词"), ("writingEvaluation", "")),
        (Fault(field="pf", message="请联系 13812345678"), ("pf", "请联系 ***********")),
        (Fault(field="<script>", message="x"), ("", "x")),
        (Fault(field="pf", message="长" * 500), ("pf", "长" * 200)),
    ],
)
def test_the_platforms_words_bring_nothing_of_a_visitor_into_the_journal(fault: Fault, kept: tuple[str, str]) -> None:
    found = _kept(fault, WORDS)
    assert (found.field, found.message.replace(" ", "")) == (kept[0], kept[1].replace(" ", ""))


@given(st.text(min_size=4), st.text(), st.text())
def test_a_message_that_quotes_a_text_is_seen_whatever_stands_around_it(text: str, before: str, after: str) -> None:
    if "".join(text.split()):
        assert _shares(before + text + after, text)


def test_the_simulated_platform_finds_what_is_missing_or_misshapen() -> None:
    whole = made(row())
    assert faults(whole, Trouble()) == []
    for field in ("projectNo", "taskCode", "pf", "assessNumber", "satisfaction", "proDepart"):
        assert [one["field"] for one in faults({**whole, field: ""}, Trouble())] == [field]
    assert [one["field"] for one in faults({**whole, "satisfaction": "6"}, Trouble())] == ["satisfaction"]
    assert [one["field"] for one in faults({**whole, "assessTime": "today"}, Trouble())] == ["assessTime"]
    assert [one["field"] for one in faults({**whole, "assessNumber": "0"}, Trouble())] == ["assessNumber"]
