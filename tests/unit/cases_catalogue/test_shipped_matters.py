"""The matters that come with the program: they pass every check, and every situation ends in a list or a reason."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cases.catalogue.checks import check
from cases.catalogue.faults import Weight
from cases.catalogue.forms import sources
from cases.catalogue.matters_file import read_folder, read_toml
from cases.catalogue.model import CaseType, Edition, FlowKind, Law, Needed
from cases.catalogue.reach import situations
from cases.catalogue.situations import check_answers, missing
from hall_server.directory.catalogue_import import matter_id

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted((ROOT / "config" / "matters").glob("*.toml"))
BEYOND = sorted((ROOT / "config" / "matters" / "beyond").glob("*.toml"))
OLD_CODES = {"code_odd"}
"""The catalogue names authorities by codes of before 2015."""
ARTICLE = re.compile(r"第[一二三四五六七八九十百千零]+条(之[一二三四五六七八九十])?")
GENERAL = {"中华人民共和国行政许可法"}
"""Sets limits for all permits, and no matter of its own."""


@cache
def matter(path: Path) -> Edition:
    [edition] = read_toml(path).editions
    return edition


@cache
def catalogue() -> dict[str, dict[str, str]]:
    with (ROOT / "config" / "catalogue" / "catalogue_qianfeng.csv").open(encoding="utf-8-sig") as file:
        return {row["item_code"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("path", [*FILES, *BEYOND], ids=lambda path: path.stem)
def test_a_shipped_matter_passes_every_check(path: Path) -> None:
    assert [str(fault) for fault in check(matter(path)) if fault.code not in OLD_CODES] == []


@pytest.mark.parametrize("path", [*FILES, *BEYOND], ids=lambda path: path.stem)
def test_every_situation_gives_a_list_of_materials_or_says_why_not(path: Path) -> None:
    edition = matter(path)
    for one in situations(edition):
        check_answers(edition, one.answers)
        assert one.needs.stop or one.needs.materials, one.answers
        assert 0 <= one.needs.promise_workdays <= edition.statute_workdays
        assert missing(one.needs, (material.id for material in one.needs.materials)) == ()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_matter_is_one_of_the_directory(path: Path) -> None:
    edition = matter(path)
    row = catalogue()[edition.code]
    assert (edition.name, edition.task_type) == (row["item_name"], int(row["task_type"]))
    assert edition.matter == matter_id(edition.code)


def test_there_are_enough_of_each_kind() -> None:
    found = [matter(path) for path in FILES]
    assert len(found) >= 30
    assert sum(one.case_type is CaseType.IMMEDIATE for one in found) >= 3
    assert sum(one.flow is FlowKind.PLEDGE for one in found) >= 2
    assert sum(one.flow is FlowKind.FORWARDED for one in found) >= 1
    assert sum(any(part.needed is Needed.LATER for part in one.materials) for one in found) >= 2
    assert len({one.department for one in found}) >= 10


@pytest.mark.parametrize("path", [*FILES, *BEYOND], ids=lambda path: path.stem)
def test_a_form_is_filled_from_what_there_is(path: Path) -> None:
    every = [matter(one) for one in (*FILES, *BEYOND)]
    licences = {one.licence for edition in every for one in (*edition.results, *edition.materials)} - {""}
    known = {name for edition in every for name in edition.form["properties"]}
    for name, field in matter(path).form["properties"].items():
        for source in sources(field):
            where, _, what = source.partition(".")
            if where == "licence":
                assert what.partition(".")[0] in licences, (name, source)
            elif where == "case":  # a field that some other form has filled in before
                assert what in known, (name, source)
            else:
                assert where in {"applicant", "agent", "reader", "today"}, (name, source)


def test_what_the_county_does_not_handle_lies_apart_with_a_code_to_be_filled_in() -> None:
    assert [path.stem for path in BEYOND] == ["drug-retail", "medical-devices"]
    assert {matter(path).code for path in BEYOND}.isdisjoint(catalogue())
    assert all(matter(path).code.startswith("OWN-") for path in BEYOND)


def test_all_of_the_folder_belong_together() -> None:
    read = read_folder(ROOT / "config" / "matters")
    assert len(read.editions) == len(FILES)
    assert [str(fault) for fault in read.faults if fault.weight is Weight.ERROR] == []


def test_a_file_that_is_wrong_names_itself_and_the_field(tmp_path: Path) -> None:
    whole = FILES[0].read_text("utf-8")
    cases = {
        'promise_workdays = "ten"': ("promise_workdays", "field_wrong"),
        "number = 3": ("number", "field_of_the_city"),
        "nonsense = 1": ("nonsense", "field_wrong"),
    }
    for line, expected in cases.items():
        kept = [one for one in whole.splitlines() if one.split(" = ")[0] != line.split(" = ")[0]]
        path = tmp_path / "one.toml"
        path.write_text("\n".join([line, *kept]), "utf-8")
        [fault] = read_toml(path).faults
        assert (fault.place, fault.field, fault.code) == ("one.toml", *expected)


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(b"\xff\xfe broken")
    assert [fault.code for fault in read_toml(path).faults] == ["file_not_toml"]
    path.write_text("name = ")
    assert [fault.code for fault in read_toml(path).faults] == ["file_not_toml"]
    assert [fault.code for fault in read_toml(tmp_path / "none.toml").faults] == ["file_unreadable"]


@cache
def without_article() -> dict[tuple[str, str], bool]:
    """File and basis of the README's list; whether the matter has no other basis with an article."""
    text = (ROOT / "config" / "matters" / "README.md").read_text("utf-8").partition("## Without an article")[2]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| `")
    ]
    return {(file.strip("`"), basis): why.startswith("*only*") for file, basis, why in rows}


def name_of(path: Path) -> str:
    return f"beyond/{path.stem}" if path in BEYOND else path.stem


def bases(edition: Edition) -> Iterator[Law]:
    """Every law a matter names: of itself, of its materials, fees and procedures."""
    yield from edition.laws
    yield from (one.law for one in (*edition.materials, *edition.procedures) if one.law is not None)
    yield from (one.basis for one in edition.fees)


@pytest.mark.parametrize("path", [*FILES, *BEYOND], ids=lambda path: path.stem)
def test_every_basis_names_its_article_or_stands_in_the_list_of_those_that_do_not(path: Path) -> None:
    name, edition = name_of(path), matter(path)
    unnamed = {(name, one.name) for one in bases(edition) if not ARTICLE.fullmatch(one.article)}
    assert unnamed == {key for key in without_article() if key[0] == name}
    own = [one for one in edition.laws if one.name not in GENERAL]
    has_article = any(ARTICLE.fullmatch(one.article) for one in own)
    assert has_article != any(is_only for (file, _), is_only in without_article().items() if file == name)


def test_the_list_names_only_files_that_are_there() -> None:
    assert {file for file, _ in without_article()} <= {name_of(path) for path in (*FILES, *BEYOND)}
