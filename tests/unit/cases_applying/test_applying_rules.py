"""What is filled in beforehand, what a check finds, what goes over to a new edition, how often a code is tried."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.applying.carrying import Text, carried, names_of
from cases.applying.checking import Checker
from cases.applying.codes import AGAIN_S, TRIES_MOST, VALID_S, Codes
from cases.applying.messages import How
from cases.applying.model import Application, LicenceUsed
from cases.applying.prefilling import of_licence, of_party, prefilled
from cases.catalogue.model import Channel, EditionState, Option, Question, Row
from cases.forms import Party, PartyKind
from hall_server.errors import DomainError
from tests.fakes.applying import ANSWERS, EVERYWHERE
from tests.fakes.cases_desk import NUMBER, food
from tests.fakes.hall import HandClock

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
WORDS = Text({}, ("“{name}”去掉了", "{name} was taken out"))


def application(**changes: Any) -> Application:
    values: dict[str, Any] = {
        "matter": "food",
        "edition": "food@1",
        "channel": Channel.PHONE,
        "how": How.CODE,
        "begun_at": NOW,
        "changed_at": NOW,
        "answers": {name: tuple(chosen) for name, chosen in ANSWERS.items()},
        "applicant": Party(name="张三丰", id_number=NUMBER, phone="13800138000"),
        "form": {"shop": "三丰面馆", "kind": "餐饮服务"},
        "pages": {"id": ("a" * 64,)},
    }
    return Application(**{**values, **changes})


def found(one: Application, **changes: Any) -> dict[str, str]:
    """Part → code of what the check names."""
    edition = food("food", **{"channels": EVERYWHERE, **changes})
    return {lack.part: lack.code for lack in Checker(one, edition, TODAY, lambda key, language: key).everything()}


def test_nothing_is_missing_of_what_is_whole() -> None:
    assert found(application()) == {}


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"answers": {"who": ("self",)}}, {"answers.where": "unanswered"}),
        ({"answers": {"who": ("nobody",), "where": ("shop",)}}, {"answers.who": "choice"}),
        (
            {"applicant": Party(name=" ", id_number=NUMBER, phone="1")},
            {"applicant.name": "missing", "applicant.phone": "format"},
        ),
        (
            {"applicant": Party(name="张", id_number=NUMBER[:-1] + "0", phone="13800138000")},
            {"applicant.id_number": "check"},
        ),
        ({"form": {"kind": "夜店", "more": 1}}, {"form.shop": "missing", "form.kind": "choice", "form": "unknown"}),
        ({"pages": {}}, {"materials.id": "material_missing"}),
        ({"pages": {}, "shared": ("id",)}, {"materials.id": "material_missing"}),
        ({"channel": Channel.WINDOW}, {"matter": "matter_window"}),
    ],
)
def test_each_thing_that_is_missing_is_named_by_its_part(changes: dict[str, Any], lacks: dict[str, str]) -> None:
    assert found(application(**changes)) == lacks


def test_an_organisation_is_acted_for_by_somebody() -> None:
    shop = Party(
        kind=PartyKind.ORGANISATION, name="三丰公司", id_kind="001", id_number="91511603MA62A1B2C0", phone="1380013800"
    )
    lacks = found(application(applicant=shop, agent=Party(name="", id_number=NUMBER)))
    assert lacks == {
        "applicant.id_number": "check",
        "applicant.represented_by": "missing",
        "agent.phone": "missing",
        "agent.name": "missing",
    }


@pytest.mark.parametrize(
    ("until", "lacks"), [(TODAY, {}), (None, {}), (date(2026, 11, 22), {"materials.id": "licence_expired"})]
)
def test_a_licence_stands_for_its_material_while_it_is_valid(until: date | None, lacks: dict[str, str]) -> None:
    used = LicenceUsed(id="l", kind="identity-card", name="证", number_masked="1*", valid_until=until, agreed_at=NOW)
    assert found(application(pages={}, licences={"id": used})) == lacks


def test_a_matter_that_is_over_is_named_alone_beside_what_is_missing() -> None:
    assert found(application(), state=EditionState.CANCELLED) == {"matter": "matter_closed"}
    assert found(application(), channels=(Channel.WINDOW, Channel.ONLINE)) == {"matter": "matter_window"}


def test_what_was_typed_is_not_filled_over_and_what_does_not_fit_is_left() -> None:
    edition = food("food")
    values = {
        **of_licence("business-licence", {"name": "前丰区演示店"}),
        **of_party("applicant", Party(name="张", address="牌坊路7号")),
    }
    assert prefilled(edition, {}, values) == {"shop": "前丰区演示店", "address": "牌坊路7号"}
    assert prefilled(edition, {"shop": "我的店"}, values)["shop"] == "我的店"
    assert prefilled(edition, {}, of_licence("business-licence", {"name": "店"})) == {}
    assert prefilled(edition, {}, of_licence("business-licence", {"name": 7})) == {}


def test_answers_fall_away_with_the_question_they_led_to() -> None:
    options = (Option(id="yes", name="是"), Option(id="no", name="否"))
    follows = Question(id="where", text="哪里？", options=(Option(id="shop", name="店"),), asked_if={"who": ("yes",)})
    edition = food("food", number=2, questions=(Question(id="who", text="谁？", options=options), follows), rows=())
    one = carried(application(), edition, WORDS)
    assert (one.answers, [lack.part for lack in one.left_out]) == ({}, ["answers.who", "answers.where"])
    again = carried(one, edition, WORDS)
    assert again.left_out == one.left_out


def test_what_is_carried_over_is_named_as_it_was_called() -> None:
    before = food("food")
    words = Text(names_of(before), ("“{name}”去掉了", "{name} was taken out"))
    after = food("food", number=2, form={"type": "object", "properties": {"shop": {"type": "string", "title": "店"}}})
    [lack] = carried(application(), after, words).left_out
    assert (lack.part, lack.text) == ("form.kind", "“主体业态”去掉了")


def test_a_situation_in_which_nothing_is_accepted_says_why() -> None:
    stop = Row(when={"who": ("self",)}, stop="先到窗口", stop_en="See a window first")
    assert found(application(), rows=(stop,)) == {"answers": "outside"}


@given(st.lists(st.booleans(), max_size=12))
def test_a_code_is_tried_a_few_times_and_used_once(tries: list[bool]) -> None:
    codes = Codes(HandClock(), b"key")
    code = codes.make("p", "13800138000")
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    is_good, failed = True, 0
    for right in tries:
        should = is_good and right
        try:
            assert codes.use("p", code if right else wrong) == "13800138000"
        except DomainError:
            assert not should
            failed += not right
        else:
            assert should
            is_good = False
        is_good = is_good and failed < TRIES_MOST


def test_a_code_is_over_after_its_time_and_with_the_next_one() -> None:
    clock = HandClock()
    codes = Codes(clock, b"key")
    first = codes.make("p", "1")
    assert 0 < codes.wait_s("p", "1") <= AGAIN_S
    second = codes.make("p", "1")
    if first != second:
        with pytest.raises(DomainError):
            codes.use("p", first)
    assert codes.use("p", second) == "1"
    late = codes.make("p", "3")
    clock.forward(seconds=VALID_S)
    with pytest.raises(DomainError, match="over"):
        codes.use("p", late)
    with pytest.raises(DomainError):
        codes.use("q", late)


def test_a_code_to_another_phone_takes_nobodys_away() -> None:
    codes = Codes(HandClock(), b"key")
    owners = codes.make("p", "1")
    strangers = codes.make("p", "2")
    assert codes.wait_s("p", "1") > 0
    for _ in range(TRIES_MOST):
        with pytest.raises(DomainError):
            codes.use("p", "no code", "2")
    with pytest.raises(DomainError):
        codes.use("p", strangers, "2")
    assert codes.use("p", owners, "1") == "1"
