"""Workbooks of matters: out and in again without loss, faults by their cell, and no formula ever."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from cases.catalogue.matters_file import read_folder
from cases.catalogue.model import (
    CaseType,
    Channel,
    Edition,
    Fee,
    FlowKind,
    Law,
    Material,
    Needed,
    Node,
    NodeDone,
    Option,
    Procedure,
    ProcedureKind,
    Question,
    Result,
    Row,
    Serves,
    Supply,
)
from cases.catalogue.xlsx_in import read_xlsx
from cases.catalogue.xlsx_out import written

ROOT = Path(__file__).resolve().parents[3]

TEXT = st.from_regex(
    r"[许可证=+@'\"，。；:/XYZ019（）《》・#%&*\\-][许可证材料时限 =+@'\"，。；;:/abXYZ019-]{0,12}[许可证材料=019)]",
    fullmatch=True,
)
MAYBE_TEXT = st.just("") | TEXT
LINES = st.lists(TEXT, max_size=3).map(tuple)
ID = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,9}", fullmatch=True)
DAYS = st.integers(0, 366)
LAW = st.builds(Law, name=TEXT, article=MAYBE_TEXT)
IDS = st.lists(ID, max_size=3).map(lambda ids: tuple(dict.fromkeys(ids)))
SOME_IDS = st.tuples(ID) | st.tuples(ID.map("a{}".format), ID.map("b{}".format))
WHEN = st.dictionaries(ID, SOME_IDS, max_size=2)
SOME_WHEN = st.dictionaries(ID, SOME_IDS, min_size=1, max_size=2)
WAYS = st.sampled_from([(Supply.PAPER,), (Supply.SCAN, Supply.LICENCE), tuple(Supply), (Supply.FORM, Supply.PAPER)])


def parts(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)


OPTION = st.builds(Option, id=ID, name=TEXT, name_en=MAYBE_TEXT)
EDITIONS = st.builds(
    Edition,
    matter=st.just("m1"),
    code=st.from_regex(r"[0-9A-Z][0-9A-Z-]{0,40}", fullmatch=True),
    name=TEXT,
    name_en=MAYBE_TEXT,
    department=ID,
    task_type=st.sampled_from([1, 7, 20]),
    level=ID,
    serves=st.sampled_from(Serves),
    case_type=st.sampled_from(CaseType),
    flow=st.sampled_from(FlowKind),
    statute_workdays=DAYS,
    promise_workdays=DAYS,
    joint=st.booleans(),
    conditions=LINES,
    materials=parts(
        st.builds(
            Material,
            id=ID,
            name=TEXT,
            name_en=MAYBE_TEXT,
            issuer=MAYBE_TEXT,
            originals=st.integers(0, 9),
            copies=st.integers(0, 9),
            needed=st.sampled_from(Needed),
            supplies=WAYS,
            licence=st.just("") | ID,
            note=MAYBE_TEXT,
            law=st.none() | LAW,
        )
    ),
    fees=parts(st.builds(Fee, id=ID, name=TEXT, amount_fen=st.integers(0, 10**8), basis=st.none() | LAW)),
    nodes=parts(
        st.builds(
            Node,
            id=ID,
            name=TEXT,
            name_en=MAYBE_TEXT,
            post=MAYBE_TEXT,
            duty=MAYBE_TEXT,
            limit_workdays=st.none() | DAYS,
            done_with=st.none() | st.sampled_from(NodeDone),
        )
    ),
    procedures=parts(
        st.builds(
            Procedure,
            id=ID,
            kind=st.sampled_from(ProcedureKind),
            name=TEXT,
            limit_workdays=st.none() | DAYS,
            in_limit=st.booleans(),
            law=st.none() | LAW,
        )
    ),
    results=parts(st.builds(Result, name=TEXT, name_en=MAYBE_TEXT, licence=MAYBE_TEXT, valid_months=st.none() | DAYS)),
    phones=LINES,
    scope=LINES,
    tags=LINES,
    channels=st.lists(st.sampled_from(Channel), min_size=1, unique=True).map(tuple),
    words=LINES,
    questions=parts(
        st.builds(Question, id=ID, text=TEXT, text_en=MAYBE_TEXT, options=parts(OPTION), asked_if=WHEN)
    ).map(lambda found: tuple({one.id: one for one in found}.values())),
    rows=parts(
        st.builds(
            Row,
            when=SOME_WHEN,
            add=IDS,
            drop=IDS,
            conditions=LINES,
            promise_workdays=st.none() | DAYS,
            stop=MAYBE_TEXT,
            stop_en=MAYBE_TEXT,
        )
    ),
    form=st.just({}) | st.dictionaries(ID, st.integers() | TEXT | st.booleans(), min_size=1, max_size=3),
    laws=parts(LAW),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(EDITIONS)
def test_whatever_an_edition_says_comes_back(edition: Edition) -> None:
    assert read_xlsx(written([edition])).editions == (edition,)


def test_the_shipped_matters_come_back_as_they_were() -> None:
    shipped = read_folder(ROOT / "config" / "matters").editions
    read = read_xlsx(written(shipped))
    assert read.editions == shipped
    assert {fault.code for fault in read.faults} <= {"code_odd"}


def changed(sheet: str, cell: str, value: Any) -> bytes:
    """A workbook of the shipped matters with one cell changed."""
    shipped = read_folder(ROOT / "config" / "matters").editions[:2]
    book = load_workbook(io.BytesIO(written(shipped)))
    book[sheet][cell].value = value
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "code"),
    [
        ("事项", "K2", "十天", "cell_number"),
        ("事项", "K2", 2.5, "cell_number"),
        ("事项", "I2", "特快件", "cell_choice"),
        ("事项", "M2", "也许", "cell_yes_no"),
        ("事项", "S2", "{", "cell_json"),
        ("事项", "C2", "=1+1", "cell_formula"),
        ("事项", "A3", '=HYPERLINK("http://x")', "cell_formula"),
        ("材料", "F2", "很多", "cell_number"),
        ("材料", "A2", "unknown", "matter_unknown"),
        ("选项", "B2", "unknown", "question_unknown"),
        ("情形规则", "B2", "who:agent", "cell_when"),
    ],
)
def test_what_cannot_be_read_names_its_cell(sheet: str, cell: str, value: Any, code: str) -> None:
    read = read_xlsx(changed(sheet, cell, value))
    assert (code, f"{sheet}!{cell}") in {(fault.code, fault.place) for fault in read.faults}


def test_what_a_check_finds_names_its_cell_too() -> None:
    places = {(fault.code, fault.place) for fault in read_xlsx(changed("材料", "C4", "其他材料")).faults}
    assert ("material_catch_all", "材料!C4") in places
    places = {(fault.code, fault.place) for fault in read_xlsx(changed("事项", "L2", 99)).faults}
    assert ("promise_over_statute", "事项!L2") in places


def test_no_cell_of_an_export_is_a_formula() -> None:
    [edition] = read_folder(ROOT / "config" / "matters").editions[:1]
    sly = msgspec.structs.replace(edition, name='=HYPERLINK("http://x")', words=("+1", "@cmd", "-2"))
    content = written([sly])
    kinds = {cell.data_type for page in load_workbook(io.BytesIO(content)) for row in page for cell in row}
    assert "f" not in kinds
    assert read_xlsx(content).editions == (sly,)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"not a workbook"])
def test_a_file_that_is_no_workbook_is_told(content: bytes) -> None:
    assert [fault.code for fault in read_xlsx(content).faults] == ["file_not_workbook"]


def test_a_workbook_without_the_sheet_of_matters_is_told() -> None:
    content = io.BytesIO()
    Workbook().save(content)
    assert [fault.code for fault in read_xlsx(content.getvalue()).faults] == ["sheet_missing"]
