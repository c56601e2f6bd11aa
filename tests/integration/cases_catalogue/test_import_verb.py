"""`run.py import-matters`: what an operator sees, and what the hall has afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

import run

ROOT = Path(__file__).resolve().parents[3]
MATTERS = ROOT / "config" / "matters"


def imported(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = run.main(["import-matters", *arguments])
    return status, capsys.readouterr().out


def test_a_folder_is_taken_over_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = len(list(MATTERS.glob("*.toml")))
    given = (str(MATTERS), "--data", str(tmp_path))
    status, said = imported(capsys, *given, "--from", "2026-12-01")
    assert (status, said.splitlines()[-1]) == (0, f"{count} new editions, 0 unchanged, {count} records")
    status, said = imported(capsys, *given)
    assert (status, said.splitlines()[-1]) == (0, f"0 new editions, {count} unchanged, 0 records")


def test_a_wrong_file_names_its_field_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "nurse.toml"
    text = (MATTERS / "nurse-registration.toml").read_text("utf-8")
    wrong.write_text(text.replace("promise_workdays = 5", "promise_workdays = 50"), "utf-8")
    status, said = imported(capsys, str(wrong), "--data", str(tmp_path / "hall"))
    assert status == run.FAILED
    assert "nurse.toml: 护士新办执业注册: promise_workdays: promise_over_statute (50 > 20)" in said
    status, said = imported(capsys, str(tmp_path / "none.toml"), "--data", str(tmp_path / "hall"))
    assert status == run.FAILED
    assert "file_unreadable" in said
