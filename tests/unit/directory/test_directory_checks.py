"""A record that cannot stand in the directory is refused by the name of its field; what is refused changes nothing."""

from datetime import date

import pytest
from msgspec.structs import replace

from hall_server.directory.checks import check, save
from hall_server.directory.directory import Directory, Item, serves
from hall_server.directory.model import (
    CalendarYear,
    Department,
    Guidance,
    Hall,
    Hours,
    Line,
    Matter,
    Priority,
    Span,
    Staff,
    TaskType,
    Window,
    Zone,
)
from hall_server.errors import DomainError, Invalid, Refused

WEEK = tuple((Span(open="09:00", close="12:00"), Span(open="13:30", close="17:00")) for _ in range(7))
CARD = Matter(id="x1", code="C9", name="卡", department="rsj", line="labour", task_type=TaskType.PUBLIC_SERVICE)
NEW_LINE = Line(id="new", name="新", prefix="C", zone="z1")
NEW_WINDOW = Window(id="w09", number=9, name="九窗", zone="z1", lines=("labour",))
NEW_STAFF = Staff(id="s09", number="1009", roles=("staff",))


@pytest.mark.parametrize(
    ("item", "field", "code"),
    [
        (Zone(id="Z 1", name="一"), "id", "id_form"),
        (Zone(id="", name="一"), "id", "id_form"),
        (Zone(id="z9", name=""), "name", "empty"),
        (Zone(id="z9", name="\u3000"), "name", "empty"),
        (Zone(id="z9", name=" 一区"), "name", "untrimmed"),
        (Zone(id="z9", name="<b>一区</b>"), "name", "markup"),
        (Zone(id="z9", name="一\u202e区"), "name", "control"),
        (Zone(id="z9", name="一\n区"), "name", "control"),
        (Zone(id="z9", name="区" * 61), "name", "too_long"),
        (Zone(id="z9", name="一区", name_en="<i>"), "name_en", "markup"),
        (replace(NEW_LINE, prefix="a"), "prefix", "prefix_form"),
        (replace(NEW_LINE, prefix=""), "prefix", "prefix_form"),
        (replace(NEW_LINE, prefix="ABC"), "prefix", "prefix_form"),
        (replace(NEW_LINE, prefix="\N{CYRILLIC CAPITAL LETTER A}"), "prefix", "prefix_form"),
        (replace(NEW_LINE, prefix="\N{FULLWIDTH LATIN CAPITAL LETTER C}"), "prefix", "prefix_form"),
        (replace(NEW_LINE, prefix="I"), "prefix", "prefix_look_alike"),
        (replace(NEW_LINE, prefix="AO"), "prefix", "prefix_look_alike"),
        (replace(NEW_LINE, prefix="Q"), "prefix", "prefix_look_alike"),
        (replace(NEW_LINE, prefix="VV"), "prefix", "prefix_look_alike"),
        (replace(NEW_LINE, zone="nowhere"), "zone", "zone_unknown"),
        (replace(NEW_WINDOW, number=0), "number", "out_of_range"),
        (replace(NEW_WINDOW, number=1000), "number", "out_of_range"),
        (replace(NEW_WINDOW, lines=()), "lines", "window_without_line"),
        (replace(NEW_WINDOW, lines=("labour", "labour")), "lines", "listed_twice"),
        (replace(NEW_WINDOW, lines=("nothing",)), "lines", "line_unknown"),
        (replace(NEW_WINDOW, matters=("nothing",)), "matters", "matter_unknown"),
        (replace(NEW_WINDOW, lines=("tax",), matters=("card",)), "matters", "matter_of_other_line"),
        (replace(NEW_WINDOW, zone="nowhere"), "zone", "zone_unknown"),
        (Department(id="d9", name="新局", line="nothing"), "line", "line_unknown"),
        (replace(CARD, code=""), "code", "empty"),
        (replace(CARD, code="9" * 65), "code", "too_long"),
        (replace(CARD, department="nothing"), "department", "department_unknown"),
        (replace(CARD, line="nothing"), "line", "line_unknown"),
        (replace(CARD, group="<x>"), "group", "markup"),
        (replace(CARD, guidance=Guidance(materials=("身份证", ""))), "guidance.materials[1]", "empty"),
        (replace(CARD, guidance=Guidance(materials=("证",) * 51)), "guidance.materials", "too_many"),
        (replace(CARD, guidance=Guidance(limit_workdays=-1)), "guidance.limit_workdays", "out_of_range"),
        (replace(CARD, guidance=Guidance(note="<script>")), "guidance.note", "markup"),
        (replace(NEW_STAFF, number="工1"), "number", "staff_number_form"),
        (replace(NEW_STAFF, roles=()), "roles", "empty"),
        (replace(NEW_STAFF, roles=("king",)), "roles", "role_unknown"),
        (replace(NEW_STAFF, roles=("system",)), "roles", "role_unknown"),
        (replace(NEW_STAFF, windows=("w99",)), "windows", "window_unknown"),
        (Hours(days=WEEK[:6]), "days", "hours_seven_days"),
        (Hours(days=((Span(open="9:00", close="12:00"),), *WEEK[1:])), "days[0][0].open", "clock_form"),
        (Hours(days=((Span(open="09:00", close="24:01"),), *WEEK[1:])), "days[0][0].close", "clock_form"),
        (Hours(days=((Span(open="12:00", close="09:00"),), *WEEK[1:])), "days[0][0].close", "hours_end_first"),
        (Hours(days=(*WEEK[:6], (*WEEK[0], Span(open="16:00", close="18:00")))), "days[6][2].open", "hours_order"),
        (Hours(days=WEEK, last_ticket_minutes=180), "last_ticket_minutes", "last_ticket_too_early"),
        (Hours(days=WEEK, last_ticket_minutes=-1), "last_ticket_minutes", "out_of_range"),
        (CalendarYear(year=2026, off=(date(2024, 1, 1),)), "off", "calendar_day_outside"),
        (CalendarYear(year=2026, off=(date(2026, 1, 1),), work=(date(2026, 1, 1),)), "work", "calendar_day_twice"),
        (Hall(id="h1", name="厅", priorities=(Priority(id="a", name=""),)), "priorities[0].name", "empty"),
        (Hall(id="h1", name="厅", priorities=(Priority(id="a", name="甲"),) * 2), "priorities", "listed_twice"),
    ],
)
def test_an_unfit_field_is_named(small_hall: Directory, item: Item, field: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        save(small_hall, item)
    assert (refusal.value.fields["field"], refusal.value.code) == (field, f"directory.{code}")
    assert small_hall.current(item) != item


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (replace(NEW_LINE, prefix="B"), "prefix_taken"),
        (Line(id="tax", name="税务", prefix="C", zone="z2"), "prefix_fixed"),
        (replace(NEW_WINDOW, number=2), "window_number_taken"),
        (Department(id="d9", name="区人社局", line="tax"), "department_name_taken"),
        (replace(CARD, code="C1"), "matter_code_taken"),
        (replace(NEW_STAFF, number="1001"), "staff_number_taken"),
        (Zone(id="z1", name="一区", active=False), "zone_in_use"),
        (Hall(id="h2", name="另一个"), "hall_id_fixed"),
    ],
)
def test_what_others_hold_is_refused(small_hall: Directory, item: Item, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        save(small_hall, item)
    assert refusal.value.code == f"directory.{code}"
    assert small_hall.current(item) != item


def test_a_switched_off_line_keeps_its_prefix(small_hall: Directory) -> None:
    save(small_hall, replace(small_hall.lines["tax"], active=False))
    with pytest.raises(Refused):
        check(small_hall, replace(NEW_LINE, prefix="B"))


def test_a_zone_may_be_switched_off_once_nothing_stands_in_it(small_hall: Directory) -> None:
    save(small_hall, Zone(id="z3", name="三区"))
    save(small_hall, Zone(id="z3", name="三区", active=False))
    with pytest.raises(Refused, match="zone_off"):
        save(small_hall, replace(NEW_LINE, zone="z3"))
    save(small_hall, replace(NEW_LINE, zone="z3", active=False))


def test_every_record_of_the_hall_may_be_saved_again(small_hall: Directory) -> None:
    before = list(small_hall.items())
    for item in before:
        save(small_hall, item)
    assert list(small_hall.items()) == before


def test_a_copy_holds_the_same_and_changes_alone(small_hall: Directory) -> None:
    other = small_hall.copy()
    assert list(other.items()) == list(small_hall.items())
    save(other, Zone(id="z9", name="九区"))
    assert "z9" not in small_hall.zones


def test_a_window_is_asked_for_its_lines_and_a_line_for_its_windows(small_hall: Directory) -> None:
    assert [line.id for line in small_hall.lines_of_window("w01")] == ["labour", "tax"]
    assert small_hall.lines_of_window("w99") == ()
    assert [window.id for window in small_hall.windows_of_line("tax")] == ["w01", "w02"]
    save(small_hall, replace(small_hall.windows["w01"], active=False))
    assert [window.id for window in small_hall.windows_of_line("tax")] == ["w02"]
    assert [window.id for window in small_hall.windows_of_zone("z2")] == ["w02"]
    assert [line.prefix for line in small_hall.lines_in_order()] == ["A", "B"]


def test_a_window_that_names_matters_serves_only_those(small_hall: Directory) -> None:
    save(small_hall, replace(CARD, id="other"))
    save(small_hall, replace(small_hall.windows["w01"], matters=("card",)))
    window = small_hall.windows["w01"]
    assert serves(window, small_hall.matters["card"])
    assert not serves(window, small_hall.matters["other"])
    assert small_hall.windows_of_matter(small_hall.matters["other"]) == ()


def test_a_matter_that_moves_is_found_in_its_new_place_only(small_hall: Directory) -> None:
    card = small_hall.matters["card"]
    save(small_hall, replace(card, code="C2", department="swj", line="tax", frequent=True))
    assert small_hall.matters_of_department("rsj") == ()
    assert [matter.id for matter in small_hall.matters_of_department("swj")] == ["card"]
    assert small_hall.matter_by_code("C1") is None
    assert small_hall.matter_by_code("C2") is small_hall.matters["card"]
    assert small_hall.frequent_matters() == (small_hall.matters["card"],)
    save(small_hall, replace(small_hall.matters["card"], active=False))
    assert small_hall.matters_of_department("swj") == small_hall.frequent_matters() == ()


def test_a_refusal_is_one_of_the_domain(small_hall: Directory) -> None:
    with pytest.raises(DomainError):
        check(small_hall, Zone(id="", name=""))
