"""The page about importing a catalogue names every column, every reason and every type that the program knows."""

import re
from pathlib import Path

from hall_server.directory import catalogue_import, catalogue_sheet, wording
from hall_server.directory.catalogue_import import COLUMNS, TASK_TYPE_NAMES, read

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "catalogue-import.md").read_text(encoding="utf-8")


def test_every_column_and_its_other_names_are_on_the_page() -> None:
    for column, others in COLUMNS.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{column}` |"))
        assert ", ".join(others) in row


def test_every_task_type_is_on_the_page() -> None:
    for name, task_type in TASK_TYPE_NAMES.items():
        assert f"{task_type.value} {name}" in PAGE


def test_every_reason_is_on_the_page() -> None:
    sources = [Path(str(module.__file__)).read_text(encoding="utf-8") for module in (catalogue_import, catalogue_sheet)]
    reasons = {found for source in sources for found in re.findall(r'reason="(\w+)"', source)}
    reasons |= {found for source in sources for found in re.findall(r'UnreadableSheet\(\s*"(\w+)"', source)}
    reasons |= set(re.findall(r'Cell\([^"]*"(\w+)"', sources[1])) | {"csv_syntax", "unknown_task_type"}
    reasons |= set(re.findall(r'return "(\w+)"', Path(str(wording.__file__)).read_text(encoding="utf-8"))) - {
        "untrimmed"
    }
    assert len(reasons) > 15
    assert {reason for reason in reasons if f"`{reason}`" not in PAGE} == set()


def test_the_example_on_the_page_is_a_catalogue(tmp_path: Path) -> None:
    example = PAGE.split("```csv\n")[1].split("```")[0]
    path = tmp_path / "example.csv"
    path.write_text(example, encoding="utf-8")
    file = read(path)
    assert file.faults == ()
    assert len(file.rows) == 2


def test_the_reports_on_the_page_are_what_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("部门,事项名称,编号,事项类型\n局,名,C1,1\n", encoding="utf-8")
    assert f"\n{read(path).faults[0]}\n" in PAGE
