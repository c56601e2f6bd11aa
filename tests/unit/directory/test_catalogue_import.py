"""A file of matters is reported row by row, imported whole or not at all, and importing it again changes nothing."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hall_server.directory.catalogue_file import CatalogueFile, RowFault
from hall_server.directory.catalogue_import import department_id, matter_id, plan, read
from hall_server.directory.checks import save
from hall_server.directory.directory import Directory
from hall_server.directory.events import DepartmentSaved, MatterSaved
from hall_server.directory.grouping import Grouping, MatterNote
from hall_server.directory.model import Department, Guidance, TaskType, Window

HEADER = "department,group,item_name,item_code,task_type,department_code,area_code\n"
GOOD = "区人社局,社保,社会保障卡申领,C1,20,D1,5116\n区税务局,,开具完税证明,C2,20,D2,5116\n"


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., CatalogueFile]:
    """Write a text or bytes to a file and read it as a catalogue."""

    def write(content: str | bytes, *, encoding: str = "utf-8") -> CatalogueFile:
        path = tmp_path / "catalogue.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return read(path)

    return write


Written = Callable[..., CatalogueFile]


def told(file: CatalogueFile) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.reason) for fault in file.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_the_usual_encodings_are_read(written: Written, encoding: str) -> None:
    file = written(HEADER + GOOD, encoding=encoding)
    assert file.faults == ()
    assert [(row.row, row.department, row.name, row.code) for row in file.rows] == [
        (2, "区人社局", "社会保障卡申领", "C1"),
        (3, "区税务局", "开具完税证明", "C2"),
    ]
    assert file.rows[0].task_type is TaskType.PUBLIC_SERVICE


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_chinese_headers_and_other_delimiters_are_read(written: Written, delimiter: str) -> None:
    lines = [
        ["事项编码", "事项类型", "备注", "部门名称", "事项名称"],
        ["C1", "行政许可", "x", "区人社局", " 甲事\u3000"],
        ["", "", "", "", ""],
        ["C2", "07", "", "区人社局", "乙事"],
    ]
    file = written("\r\n".join(delimiter.join(line) for line in lines))
    assert file.faults == ()
    assert [(row.row, row.name, row.task_type) for row in file.rows] == [
        (2, "甲事", TaskType.LICENCE),
        (4, "乙事", TaskType.CONFIRMATION),
    ]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("局,组,,C9,1,,", "item_name", "empty"),
        ("局,组,\u3000,C9,1,,", "item_name", "empty"),
        (",组,名,C9,1,,", "department", "empty"),
        ("局,组,名,,1,,", "item_code", "empty"),
        ("局,组,名,C9,,,", "task_type", "empty"),
        ("局,组,名,C1,1,,", "item_code", "duplicate"),
        ("局,组,名,C9,11,,", "task_type", "unknown_task_type"),
        ("局,组,名,C9,许可,,", "task_type", "unknown_task_type"),
        ("局,组,名,C9,²,,", "task_type", "unknown_task_type"),
        (f"局,组,{'名' * 201},C9,1,,", "item_name", "too_long"),
        (f"局,组,名,{'9' * 65},1,,", "item_code", "too_long"),
        ("局,组,<b>名</b>,C9,1,,", "item_name", "markup"),
        ("局,组,名\u200b称,C9,1,,", "item_name", "control"),
        ('局,组,"名\n称",C9,1,,', "item_name", "control"),
        ("局,<i>,名,C9,1,,", "group", "markup"),
        ("局,组,名,C9,1,<x>,", "department_code", "markup"),
        ("局,组,=HYPERLINK(1),C9,1,,", "item_name", "formula"),
        ("局,组,@名,C9,1,,", "item_name", "formula"),
        ("局,组,名,C9,1,,,多", "", "extra_cells"),
        ("局,组", "item_name", "empty"),
        ('局,组,"名"x,C9,1,,', "", "csv_syntax"),
    ],
)
def test_a_bad_row_is_told_by_number_column_and_reason(written: Written, row: str, column: str, reason: str) -> None:
    file = written(HEADER + GOOD + row + "\n局,组,后一行,C8,1,,\n")
    assert (4, column, reason) in told(file)
    assert {fault.row for fault in file.faults} == {4}
    assert [good.code for good in file.rows] == ["C1", "C2", "C8"]
    assert not file.is_fatal


def test_every_bad_row_is_told_not_only_the_first(written: Written) -> None:
    file = written(HEADER + "局,组,,C1,1,,\n,组,名,C2,77,,\n局,组,名,C1,1,,\n" + "局,组,好,C3,1,,\n")
    assert told(file) == [
        (2, "item_name", "empty"),
        (3, "department", "empty"),
        (3, "task_type", "unknown_task_type"),
        (4, "item_code", "duplicate"),
    ]
    assert str(file.faults[-1]) == "row 4, item_code: duplicate (first in row 2)"


def test_a_missing_column_is_one_error_that_names_it_and_what_was_found(written: Written) -> None:
    file = written("部门,事项名称,编号,事项类型\n局,名,C1,1\n")
    assert told(file) == [(1, "item_code", "column_missing")]
    assert file.is_fatal
    assert "item_code" in file.faults[0].detail
    assert "部门, 事项名称, 编号, 事项类型" in file.faults[0].detail


def test_a_column_given_twice_is_refused(written: Written) -> None:
    assert (1, "item_name", "column_twice") in told(
        written("部门,事项名称,item_name,事项编码,事项类型\n局,名,名,C,1\n")
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "column_missing"),
        (HEADER.encode(), "no_rows"),
        (b"\x00\x01\x02\xff\xfe" * 50, "encoding"),
        (b"abc\0def", "unreadable"),
        (b"PK\x03\x04 not a workbook", "unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unreadable"),
    ],
)
def test_what_is_no_catalogue_is_refused_as_a_whole(written: Written, content: bytes, reason: str) -> None:
    file = written(content)
    assert file.is_fatal
    assert file.rows == ()
    assert reason in {fault.reason for fault in file.faults}


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert told(read(tmp_path / "none.csv")) == [(0, "", "unreadable")]


def test_one_damaged_byte_spoils_its_row_and_no_other(written: Written) -> None:
    content = (HEADER + GOOD + "局,组,丙事丙事丙事,C3,1,,\n").encode()
    file = written(content.replace("开具".encode(), "开".encode() + b"\xe5\x85"))
    assert [fault for fault in told(file) if fault[2] != "encoding"] == []
    assert {fault.row for fault in file.faults} == {3}
    assert [row.code for row in file.rows] == ["C1", "C3"]


def test_ids_are_short_stable_and_safe_in_addresses() -> None:
    assert matter_id("511A0116400001") == matter_id("511A0116400001") == "m" + matter_id("511A0116400001")[1:]
    assert matter_id("a") != matter_id("b")
    assert len(matter_id("a")) == 11
    assert matter_id("a").isalnum()
    assert matter_id("a").islower()


@pytest.fixture
def grouping() -> Grouping:
    """Both departments of the good file, and a note on one matter."""
    return Grouping(
        departments={
            "区人社局": Department(id="rsj", name="区人社局", name_en="Labour", line="labour"),
            "区税务局": Department(id="swj", name="区税务局", line="tax"),
        },
        notes={"C2": MatterNote(code="C2", name_en="Tax certificate", frequent=True, guidance=Guidance(fee="不收费"))},
    )


def imported(directory: Directory, file: CatalogueFile, grouping: Grouping) -> Directory:
    for event in plan(directory, file.rows, grouping).events:
        save(directory, event.item)
    return directory


def test_an_import_brings_departments_and_matters(written: Written, small_hall: Directory, grouping: Grouping) -> None:
    file = written(HEADER + GOOD + "区新局,,丁事,C4,1,,\n")
    made = plan(small_hall, file.rows, replace(grouping, fallback_line="tax"))
    assert (made.departments_added, made.added, made.changed, made.unchanged) == (1, 2, 1, 0)
    assert made.faults == ()
    imported(small_hall, file, replace(grouping, fallback_line="tax"))
    assert small_hall.departments[department_id("区新局")].line == "tax"
    certificate = small_hall.matter_by_code("C2")
    assert certificate is not None
    assert (certificate.department, certificate.line, certificate.frequent) == ("swj", "tax", True)
    assert certificate.name_en == "Tax certificate"


def test_the_plan_changes_nothing_itself(written: Written, small_hall: Directory, grouping: Grouping) -> None:
    before = list(small_hall.items())
    plan(small_hall, written(HEADER + GOOD).rows, grouping)
    assert list(small_hall.items()) == before


def test_the_same_file_again_changes_nothing(written: Written, small_hall: Directory, grouping: Grouping) -> None:
    file = written(HEADER + GOOD)
    imported(small_hall, file, grouping)
    again = plan(small_hall, file.rows, grouping)
    assert again.events == ()
    assert again.unchanged == 2


def test_what_the_manager_set_outlives_an_import(written: Written, small_hall: Directory, grouping: Grouping) -> None:
    imported(small_hall, written(HEADER + GOOD), grouping)
    known = small_hall.matter_by_code("C2")
    assert known is not None
    guidance = Guidance(materials=("身份证",))
    save(small_hall, replace(known, line="labour", active=False, guidance=guidance, name_en="Certificate"))
    imported(small_hall, written(HEADER + GOOD.replace("开具完税证明", "开具新的证明")), grouping)
    changed = small_hall.matters[known.id]
    assert (changed.name, changed.line, changed.active) == ("开具新的证明", "labour", False)
    assert (changed.guidance, changed.name_en) == (guidance, "Certificate")


def test_a_matter_that_changes_department_goes_to_its_line(
    written: Written, small_hall: Directory, grouping: Grouping
) -> None:
    imported(small_hall, written(HEADER + GOOD), grouping)
    imported(small_hall, written(HEADER + "区人社局,,开具完税证明,C2,20,,\n"), grouping)
    moved = small_hall.matter_by_code("C2")
    assert moved is not None
    assert (moved.department, moved.line) == ("rsj", "labour")


def test_a_department_without_a_line_is_a_fault_of_its_row(written: Written, small_hall: Directory) -> None:
    made = plan(small_hall, written(HEADER + "区新局,,丁事,C4,1,,\n").rows)
    assert [(fault.row, fault.column, fault.reason) for fault in made.faults] == [
        (2, "department", "unknown_department")
    ]
    assert made.events == ()
    wrong = plan(small_hall, written(HEADER + "区新局,,丁事,C4,1,,\n").rows, Grouping(fallback_line="nowhere"))
    assert [(fault.row, fault.column, fault.reason) for fault in wrong.faults] == [
        (2, "line", "directory.line_unknown")
    ]


def test_two_codes_with_one_id_are_never_one_matter(written: Written, small_hall: Directory) -> None:
    card = small_hall.matters["card"]
    save(small_hall, replace(card, id=matter_id("C7"), code="OTHER"))
    made = plan(small_hall, written(HEADER + "区人社局,,丁事,C7,1,,\n").rows)
    assert made.faults == (RowFault(row=2, column="item_code", reason="id_collision", detail="OTHER"),)
    assert made.events == ()


def test_matters_missing_from_a_file_stay(written: Written, small_hall: Directory, grouping: Grouping) -> None:
    save(small_hall, Window(id="w03", number=3, name="三窗", zone="z1", lines=("labour",), matters=("card",)))
    imported(small_hall, written(HEADER + "区税务局,,开具完税证明,C2,20,,\n"), grouping)
    assert "card" in small_hall.matters


CELLS = st.text(alphabet=st.sampled_from("甲乙丙A1 <=\u200b\"'"), max_size=6)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["区人社局", "区税务局", "区新局", ""]), CELLS, CELLS, CELLS, st.sampled_from(["1", "20", "x"])
    ),
    max_size=12,
)


@given(rows=ROWS)
def test_any_file_imports_once(rows: list[tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER.strip().split(",")[:5], *rows])
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    file = read(path)
    assert file == read(path)
    directory = _two_lines()
    grouping = Grouping(fallback_line="tax")
    made = plan(directory, file.rows, grouping)
    for event in made.events:
        assert isinstance(event, DepartmentSaved | MatterSaved)
        save(directory, event.item)
    assert made.added == len(file.rows) - len(made.faults)
    assert plan(directory, file.rows, grouping).events == ()


def _two_lines() -> Directory:
    from hall_server.directory.model import Line, Zone

    directory = Directory()
    save(directory, Zone(id="z1", name="区"))
    save(directory, Line(id="tax", name="税", prefix="B", zone="z1"))
    return directory
