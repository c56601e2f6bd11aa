"""Bad input is named by line and field and counted; the rest goes on, unless none is allowed."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cases.logs.faults import FaultCode, StrictStop
from cases.logs.mapping import read_mapping
from hall_server.errors import Invalid
from tests.fakes.event_logs import Happened, Trace, facts, mapping, read_in, write_csv, write_xes

AT = datetime(2025, 3, 3, 9, tzinfo=UTC)
GOOD = [Trace("1", [Happened("收件", AT), Happened("办结", AT + timedelta(days=1))], department="住建局")]
HEAD = "case:concept:name,concept:name,time:timestamp,case:deadline\n"


def _csv(folder: Path, rows: str) -> Path:
    path = folder / "log.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return path


def test_broken_rows_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    rows = "1,A,2025-03-03T09:00:00,\n2,A,yesterday,\n,A,2025-03-03,\n3,A\n4,A,2025-03-03,soon\n5,B,2025-03-04,\n"
    report = read_in(_csv(tmp_path, rows), tmp_path)
    named = [(one.line, one.field, one.code, one.is_kept) for one in report.faults]
    assert named == [
        (3, "time:timestamp", FaultCode.TIME, False),
        (4, "case:concept:name", FaultCode.MISSING, False),
        (5, "*", FaultCode.COLUMNS, False),
        (6, "case:deadline", FaultCode.TIME, True),
    ]
    assert (report.rows, report.events, report.dropped, report.lost_fields) == (6, 3, 3, 1)
    assert [one.case for one in facts(tmp_path)] == ["1", "4", "5"]
    assert report.is_whole


def test_strict_stops_at_the_first_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StrictStop, match="line 2: time:timestamp"):
        read_in(_csv(tmp_path, "1,A,never,\n"), tmp_path, strict=True)
    assert list((tmp_path / "logs").iterdir()) == []


def test_a_quoted_line_end_is_one_row_and_lines_stay_right(tmp_path: Path) -> None:
    report = read_in(_csv(tmp_path, '1,"A\nB",2025-03-03,\n2,A,bad,\n'), tmp_path)
    assert report.by_activity[0].name == "A\nB"
    assert [one.line for one in report.faults] == [4]


def test_a_quote_without_an_end_swallows_no_more_than_a_bounded_piece(tmp_path: Path) -> None:
    many = "".join(f"{number},A,2025-03-03,\n" for number in range(20_000))
    report = read_in(_csv(tmp_path, '1,"A,2025-03-03,\n' + many), tmp_path)
    assert [one.code for one in report.faults] == [FaultCode.CSV]
    assert report.faults[0].line == 2
    assert report.events > 10_000


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8-sig", ","), ("gb18030", ";"), ("utf-16", "\t"), ("utf-8", "|"), ("utf-8", ";")]
)
def test_encodings_and_separators_are_found_out(tmp_path: Path, encoding: str, separator: str) -> None:
    report = read_in(write_csv(tmp_path / "log.csv", GOOD, separator=separator, encoding=encoding), tmp_path)
    assert (report.encoding, report.separator) == (encoding, separator)
    assert sorted(one.name for one in report.by_activity) == ["办结", "收件"]
    assert facts(tmp_path)[0].department == "住建局"


def test_western_letters_are_not_taken_for_chinese(tmp_path: Path) -> None:
    traces = [Trace("1", [Happened("Überprüfung abgeschlossen, Gemeente België", AT)])]
    report = read_in(write_csv(tmp_path / "log.csv", traces, encoding="cp1252"), tmp_path)
    assert report.by_activity[0].name == "Überprüfung abgeschlossen, Gemeente België"


def test_a_byte_of_another_encoding_breaks_its_row_only(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    rows = ["1,收件,2025-03-03,".encode()] * 30 + [b"2,\xff\xfe,2025-03-03,"] + ["3,收件,2025-03-03,".encode()]
    path.write_bytes(HEAD.encode() + b"\n".join(rows) + b"\n")
    report = read_in(path, tmp_path)
    assert [(one.line, one.field, one.code) for one in report.faults] == [(32, "concept:name", FaultCode.ENCODING)]
    assert report.events == 31


def test_mixed_moments_are_read_by_the_given_formats(tmp_path: Path) -> None:
    rows = "1,A,03/03/2025 09:30,\n1,B,2025-03-03T10:30:00+08:00,\n1,C,1740972600,\n1,D,2025-03-04,\n"
    times = {"formats": ["%d/%m/%Y %H:%M", "epoch_s"], "zone": "Asia/Shanghai"}
    report = read_in(_csv(tmp_path, rows), tmp_path, mapping(times=times))
    assert not report.faults
    assert report.first_at == datetime(2025, 3, 3, 1, 30, tzinfo=UTC)
    assert report.last_at == datetime(2025, 3, 3, 16, tzinfo=UTC)


def test_a_xes_file_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    whole = write_xes(tmp_path / "log.xes", [Trace(str(number), GOOD[0].events) for number in range(50)]).read_bytes()
    (tmp_path / "cut.xes").write_bytes(whole[: len(whole) // 2])
    report = read_in(tmp_path / "cut.xes", tmp_path)
    assert not report.is_whole
    assert report.faults[-1].code is FaultCode.XML
    assert 20 <= report.cases < 50
    (tmp_path / "cut.xes.gz").write_bytes(gzip.compress(whole)[:-40])
    packed = read_in(tmp_path / "cut.xes.gz", tmp_path)
    assert not packed.is_whole
    assert packed.faults[-1].code is FaultCode.CUT_OFF


def test_packed_logs_are_read(tmp_path: Path) -> None:
    whole = write_xes(tmp_path / "log.xes", GOOD).read_bytes()
    (tmp_path / "log.xes.gz").write_bytes(gzip.compress(whole))
    assert read_in(tmp_path / "log.xes.gz", tmp_path).events == 2
    table = write_csv(tmp_path / "log.csv", GOOD).read_bytes()
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(table))
    assert read_in(tmp_path / "log.csv.gz", tmp_path).events == 2


def test_entities_and_foreign_xml_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xes"
    bomb.write_text('<!DOCTYPE log [<!ENTITY a "b">]><log><trace/></log>', encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        read_in(bomb, tmp_path)
    assert refused.value.code == "log.doctype"
    other = tmp_path / "other.xes"
    other.write_text("<html/>", encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        read_in(other, tmp_path)
    assert refused.value.code == "log.no_xes"


def test_a_file_without_the_columns_says_which_it_has(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        read_in(path, tmp_path)
    assert refused.value.fields["found"] == "a, b"


@pytest.mark.parametrize(
    ("text", "field"),
    [("nam = 'x'", "mapping"), ("[columns]\ncase = []", "columns.case"), ("[limit]\ndays = -1", "limit.days")],
)
def test_a_wrong_mapping_names_its_field(tmp_path: Path, text: str, field: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        read_mapping(path)
    assert refused.value.fields["field"] == field


def test_one_name_alone_stands_for_a_list_of_one(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('[columns]\ncase = "id"\n[marks]\ndecide = "end"\n[times]\nformats = "%d.%m.%Y"', encoding="utf-8")
    found = read_mapping(path)
    assert (found.columns.case, list(found.marks.values()), found.times.formats) == (("id",), [("end",)], ("%d.%m.%Y",))


def test_an_empty_log_has_no_rates(tmp_path: Path) -> None:
    report = read_in(_csv(tmp_path, ""), tmp_path)
    assert (report.cases, report.events, report.on_time.rate, report.throughput.mean) == (0, 0, None, None)
