"""Lines of attendance terminals: the documented form, round trips, and lines that are none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.gateway.protocols.adms import CommandResult, Punch, compose_punch, lines, parse_punch, result, settings
from devices.gateway.protocols.errors import BadFrame

# Source: Attendance PUSH Communication Protocol, upload of attendance records.
LINE = "1452\t2026-11-23 08:58:03\t0\t15\t\t0\t0"


def test_a_line_is_a_punch_in_universal_time() -> None:
    at = datetime(2026, 11, 23, 0, 58, 3, tzinfo=UTC)
    assert parse_punch(LINE, utc_offset_h=8) == Punch(pin="1452", at=at, status=0, verify=15)
    assert parse_punch("7\t2026-11-23 08:58:03", utc_offset_h=8).verify == 0


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("\t2026-11-23 08:58:03\t0\t1", "punch.pin"),
        ("张三\t2026-11-23 08:58:03\t0\t1", "punch.pin"),
        ("1\t2026-13-23 08:58:03\t0\t1", "punch.time"),
        ("1\t\u0662026-11-23 08:58:03\t0\t1", "punch.time"),
        ("1\t0001-01-01 00:00:00\t0\t1", "punch.time"),
        ("1\t2026-11-23 08:58:03\tin\t1", "punch.status"),
        ("1\t2026-11-23 08:58:03\t0\t-1", "punch.verify"),
        (f"1\t2026-11-23 08:58:03\t0\t1\t{'x' * 41}", "punch.workcode"),
        ("USER PIN=1\tName=x", "punch.pin"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(line: str, code: str) -> None:
    with pytest.raises(BadFrame) as refused:
        parse_punch(line, utc_offset_h=8)
    assert refused.value.code == code


@given(
    st.from_regex(r"\A[0-9A-Za-z]{1,24}\Z"),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    st.integers(0, 255),
    st.integers(0, 255),
    st.sampled_from([8.0, -5.0, 5.5]),
)
def test_a_punch_comes_back_as_it_went(pin: str, at: datetime, status: int, verify: int, offset_h: float) -> None:
    punch = Punch(pin=pin, at=at.replace(microsecond=0), status=status, verify=verify)
    assert parse_punch(compose_punch(punch, utc_offset_h=offset_h), utc_offset_h=offset_h) == punch


@given(st.text(max_size=80))
def test_no_line_does_more_than_be_refused(line: str) -> None:
    try:
        parsed = parse_punch(line, utc_offset_h=8)
    except BadFrame:
        return
    assert parsed.at.tzinfo is UTC


@given(st.binary(max_size=300))
def test_any_upload_has_lines(body: bytes) -> None:
    assert all(line.strip() and "\n" not in line for line in lines(body))


def test_uploads_of_older_firmware_are_read() -> None:
    assert lines("1\t中文\r\n\r\n2\t二".encode("gb18030")) == ["1\t中文", "2\t二"]


def test_no_pictures_or_templates_are_asked_for() -> None:
    told = settings("CN1", utc_offset_h=8, poll_s=10, stamp="0")
    assert told.startswith("GET OPTION FROM: CN1\n")
    assert "TransFlag=1000000000\n" in told
    assert "TimeZone=8\n" in told
    assert "TimeZone=330\n" in settings("CN1", utc_offset_h=5.5, poll_s=10, stamp="0")


def test_results_of_commands() -> None:
    assert result("ID=3&Return=0&CMD=INFO") == CommandResult(id="3", code=0, command="INFO")
    assert result("ID=3&Return=-1002&CMD=DATA").code == -1002
    for wrong in ("", "ID=3", "ID=&Return=0", "ID=3&Return=ok", "Return=0"):
        with pytest.raises(BadFrame):
            result(wrong)
