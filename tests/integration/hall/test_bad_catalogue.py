"""A catalogue with something wrong in it, imported into a real hall's folder by the command line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from tests.fakes.hall_talk import books, demo_config, events, run_verb

HEADER = ["department", "group", "item_name", "item_code", "task_type"]
GOOD = [
    ["区人社局", "社会保障卡", "社会保障卡补领（测试）", "TEST-0001", "20"],
    ["区人社局", "社会保障卡", "社会保障卡注销（测试）", "TEST-0002", "公共服务"],
]
BAD = ["区人社局", "社会保障卡", "", "TEST-0003", "99"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration hall that does not run."""
    folder = tmp_path_factory.mktemp("stopped")
    config = demo_config(folder)
    made = run_verb(
        "hall", "--config", config, "--data", folder / "data", "--port", 0, "--mqtt-port", 0, "--seconds", 0
    )
    assert made.returncode == 0, made.stderr
    return folder / "data"


def _written(path: Path, rows: list[list[str]]) -> Path:
    """The rows as CSV or as a workbook, by the name's end."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
        return path
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), "utf-8")
    return path


def _matters(data: Path) -> set[str]:
    return {event["item"]["code"] for event in events(data, "directory.matter_saved")}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("skipping", [[], ["--skip-bad"]])
def test_a_wrong_column_is_named_and_nothing_is_imported(
    data: Path, tmp_path: Path, kind: str, skipping: list[str]
) -> None:
    header = [name if name != "item_code" else "item_number" for name in HEADER]
    file, before = _written(tmp_path / f"wrong.{kind}", [header, *GOOD]), books(data)
    ended = run_verb("import-catalogue", file, *skipping, "--data", data)
    assert ended.returncode == 1
    first = ended.stdout.splitlines()[0]
    assert first.startswith("row 1, item_code: column_missing")
    assert "item_number" in first
    assert ended.stdout.splitlines()[-1].startswith("nothing was imported")
    assert "Traceback" not in ended.stderr
    assert books(data) == before


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_bad_row_is_named_and_stops_the_whole_file_unless_it_may_be_skipped(
    data: Path, tmp_path: Path, kind: str
) -> None:
    rows = [HEADER, *([*row[:3], f"{row[3]}-{kind}", row[4]] for row in GOOD), BAD]
    file, before = _written(tmp_path / f"bad.{kind}", rows), books(data)

    ended = run_verb("import-catalogue", file, "--data", data)
    assert ended.returncode == 1
    assert "row 4, item_name: empty" in ended.stdout
    assert "row 4, task_type: unknown_task_type" in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("1 bad rows; nothing was imported")
    assert books(data) == before

    skipped = run_verb("import-catalogue", file, "--skip-bad", "--data", data)
    assert skipped.returncode == 0
    assert "row 4, item_name: empty" in skipped.stdout
    assert skipped.stdout.splitlines()[-1] == "2 added, 0 changed, 0 unchanged, 1 skipped"
    assert {f"TEST-0001-{kind}", f"TEST-0002-{kind}"} <= _matters(data)
    assert "TEST-0003" not in _matters(data)

    after = books(data)
    again = run_verb("import-catalogue", file, "--skip-bad", "--data", data)
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, "0 added, 0 changed, 2 unchanged, 1 skipped")
    assert books(data) == after
    assert run_verb("verify", "--data", data).stdout.splitlines()[-1] == "sound"


def test_a_file_that_is_not_there_is_said_to_be_unreadable(data: Path, tmp_path: Path) -> None:
    before = books(data)
    ended = run_verb("import-catalogue", tmp_path / "no-such.csv", "--data", data)
    assert ended.returncode == 1
    assert ended.stdout.startswith("file: unreadable")
    assert books(data) == before
