"""Recorded days of other halls: what the importer reads, fills in, and says it could not use."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.wait.__main__ import main
from bench.wait.importer import Mapping, MappingError, Why, clock, read_day, read_mapping
from bench.wait.recorded import Outcome

WHOLE = Mapping(
    ticket="no", line="line", arrival="came", call="called", start="began", end="ended", window="window",
    outcome="how", served=("ok",), no_show=("absent",), gave_up=("gone",), priority="class", priorities=("P",),
)  # fmt: skip
HEAD = "no,line,came,called,began,ended,window,how,class\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "day.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_row_is_used_or_named_with_its_reason(tmp_path: Path) -> None:
    rows = [
        "1,A,9:00:00,9:05:00,9:05:20,9:10:00,W1,ok,P",
        "2,A,9:01:00,9:06:00,,9:07:00,W2,absent,",
        "3,A,9:02:00,,,9:20:00,,gone,",
        "4,A,nine,9:06:00,,9:07:00,W2,ok,",
        "5,A,9:02:00,9:01:00,,9:07:00,W2,ok,",
        "6,A,9:02:00,9:05:00,,9:04:00,W2,ok,",
        "7,A,9:02:00,,,9:04:00,W2,ok,",
        "8,A,9:02:00,9:03:00,,9:04:00,W2,what,",
        "1,A,9:02:00,9:03:00,,9:04:00,W2,ok,",
        "10,A,9:02:00,,,,,gone,",
        "11,A,,9:03:00,,9:04:00,W2,ok,",
    ]
    found = read_day(written(tmp_path, HEAD + "\n".join(rows)), WHOLE)
    assert [one.outcome for one in found.day.visits] == [Outcome.SERVED, Outcome.NO_SHOW, Outcome.LEFT]
    assert found.day.visits[0].waited_s == 300
    assert found.day.visits[0].has_priority
    assert found.rows == 11
    assert found.unused == {
        Why.UNREADABLE: [5],
        Why.BACKWARDS: [6],
        Why.END_FIRST: [7],
        Why.NO_CALL: [8],
        Why.OUTCOME: [9],
        Why.TWICE: [10],
        Why.NO_END: [11],
        Why.NO_ARRIVAL: [12],
    }
    assert "1 × unknown outcome (line 9)" in found.report()


@pytest.mark.parametrize("column", ["came", "window", "class"])
def test_a_column_that_is_not_there_is_named(tmp_path: Path, column: str) -> None:
    path = written(tmp_path, HEAD.replace(column, "other") + "1,A,9:00:00,9:05:00,,9:06:00,W,ok,\n")
    with pytest.raises(MappingError, match=f'"{column}"'):
        read_day(path, WHOLE)


def test_a_mapping_that_knows_no_wait_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="call or start"):
        read_day(written(tmp_path, HEAD), Mapping(arrival="came"))


def test_a_key_that_does_not_exist_is_named(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text('arrival = "came"\ncalled = "x"\n', encoding="utf-8")
    with pytest.raises(MappingError, match="called"):
        read_mapping(path)


@pytest.mark.parametrize(
    "text",
    ["2026-03-02T09:30:00", "2026-03-02 09:30", "2026/03/02 09:30:00", "2026-03-02T17:30:00+08:00", "1772443800"],
)
def test_times_in_many_spellings(text: str) -> None:
    assert clock("auto")(text) == 1_772_443_800


def test_times_of_day_and_formats_of_ones_own() -> None:
    assert clock("auto")("9:30") == 34_200
    assert clock("%H.%M")("09.30") == 34_200
    assert clock("%d.%m.%Y %H:%M")("02.03.2026 09:30") == 1_772_443_800
    with pytest.raises(ValueError, match=r".+"):
        clock("auto")("noon")


def test_missing_ends_come_from_the_next_call_at_the_window(tmp_path: Path) -> None:
    path = written(tmp_path, "came,called,window\n9:00,9:05,W1\n9:01,9:09,W1\n9:02,9:06,W2\n")
    found = read_day(path, Mapping(arrival="came", call="called", window="window"))
    ends = {one.window: one.end for one in found.day.visits if one.end is not None}
    assert ends == {"W1": 9 * 3_600 + 9 * 60}
    assert any("1 ends" in note for note in found.notes)


def test_a_wait_over_midnight_is_not_backwards(tmp_path: Path) -> None:
    path = written(tmp_path, "came,called,ended\n23:50,0:10,0:20\n")
    found = read_day(path, Mapping(arrival="came", call="called", end="ended"))
    assert found.day.visits[0].waited_s == 1_200


def test_a_column_with_the_date_puts_days_apart(tmp_path: Path) -> None:
    path = written(tmp_path, "day,came,called\n2026-03-02,9:00,9:05\n2026-03-03,9:00,9:05\n")
    first, second = read_day(path, Mapping(arrival="came", call="called", date="day")).day.visits
    assert second.arrival - first.arrival == 86_400


def test_the_command_scores_another_halls_day_and_explains_a_bad_mapping(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"{9 + n // 20}:{n % 20 * 3:02}:00,{9 + n // 20}:{n % 20 * 3 + 2:02}:00\n" for n in range(80))
    path = written(tmp_path, "came,called\n" + rows)
    mapping = tmp_path / "map.toml"
    mapping.write_text('arrival = "came"\ncall = "called"\n', encoding="utf-8")
    assert main(["--csv", str(path), "--mapping", str(mapping), "--hours"]) in (0, 1)
    said = capsys.readouterr().out
    assert "80 rows, 80 used" in said
    assert "last wait seen" in said
    mapping.write_text('arrival = "came"\ncall = "nowhere"\n', encoding="utf-8")
    assert main(["--csv", str(path), "--mapping", str(mapping)]) == 2
    assert '"nowhere"' in capsys.readouterr().err
