"""Reading a recorded day of arrivals, with the rows that cannot be used."""

from collections.abc import Callable
from pathlib import Path

import pytest

from devices.simulated.arrival_days import LAST_S, OPENS_S, as_csv, make_day
from devices.simulated.arrivals import Arrival, Columns, Why, read_columns, read_day
from hall_server.errors import Invalid

ROOT = Path(__file__).resolve().parents[3]
BANK = ROOT.parent / "shared" / "data" / "arrivals_one_day.csv"

File = Callable[[str], Path]


@pytest.fixture
def file(tmp_path: Path) -> File:
    def write(text: str, *, encoding: str = "utf-8") -> Path:
        path = tmp_path / "day.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_a_day_is_read_by_the_names_of_its_columns(file: File) -> None:
    day = read_day(
        file("arrival,line,matters,priority,service_s,patience_s,outcome\n9:05,tax,2,elderly,90,600,no_show\n")
    )
    assert day.arrivals == [
        Arrival(
            at_s=9 * 3600 + 300, line="tax", matters=2, priority="elderly", service_s=90, patience_s=600, comes=False
        )
    ]
    assert day.bad == []


def test_bad_rows_are_named_by_number_and_reason_and_the_others_are_used(file: File) -> None:
    rows = ("09:00,a,1,30", "25:61,a,1,30", ",a,1,30", "09:03,a,none,30", "09:04,a,1,long", "09:05", "08:59,a,1,5")
    day = read_day(file("\n".join(("arrival,line,matters,service_s", *rows))))
    assert [(one.row, one.why) for one in day.bad] == [
        (3, Why.UNREADABLE),
        (4, Why.NO_ARRIVAL),
        (5, Why.NO_COUNT),
        (6, Why.UNREADABLE),
        (7, Why.TOO_SHORT),
    ]
    assert [one.at_s for one in day.arrivals] == [8 * 3600 + 59 * 60, 9 * 3600]
    assert "row 3: a time cannot be read (25:61)" in "\n".join(day.report())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("when,line\n09:00,a\n", "arrivals.no_column"),
        ("", "arrivals.no_column"),
        ("arrival,line\n", "arrivals.none"),
        ("arrival,line\nnever,a\n", "arrivals.none"),
    ],
)
def test_a_file_that_is_no_day_is_refused_with_its_columns(file: File, text: str, code: str) -> None:
    with pytest.raises(Invalid, check=lambda exc: exc.code == code):
        read_day(file(text))


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, check=lambda exc: exc.code == "arrivals.unreadable"):
        read_day(tmp_path / "none.csv")
    (tmp_path / "picture.csv").write_bytes(b"\xff\xd8\xff\xe0\x00\x10")
    with pytest.raises(Invalid, check=lambda exc: exc.code == "arrivals.unreadable"):
        read_day(tmp_path / "picture.csv")


def test_a_chinese_spreadsheet_is_read_in_its_encoding_and_with_its_separator(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes("取号时间;业务\n2026-11-09 09:30:00;社保\n".encode("gb18030"))
    assert read_day(path).arrivals == [Arrival(at_s=9.5 * 3600, line="社保")]


def test_days_with_dates_lie_upon_each_other_by_their_time_of_day(file: File) -> None:
    text = "arrival,line\n2026-11-10T08:00:00+08:00,a\n2026-11-09T09:00:00+08:00,b\n"
    assert [(one.at_s / 3600, one.line) for one in read_day(file(text)).arrivals] == [(8, "a"), (9, "b")]


def test_a_mapping_says_which_column_is_what_and_tickets_count_once(file: File, tmp_path: Path) -> None:
    mapping = tmp_path / "day.toml"
    mapping.write_text(
        'arrival = "taken"\nticket = "no"\nleft = "gone"\noutcome = "end"\nserved = ["ok"]\ngave_up = ["walk"]\n'
        'ignore = ["test"]\n'
    )
    text = "no,taken,gone,end\n1,10:00,,ok\n1,10:01,,ok\n2,10:02,10:12,walk\n3,10:03,,test\n4,10:04,,odd\n"
    day = read_day(file(text), read_columns(mapping))
    assert [(one.at_s, one.patience_s) for one in day.arrivals] == [(36_000, None), (36_120, 600)]
    assert [one.why for one in day.bad] == [Why.TWICE, Why.IGNORED, Why.OUTCOME]


def test_a_mapping_that_is_none_or_names_no_column_of_the_file_is_refused(file: File, tmp_path: Path) -> None:
    mapping = tmp_path / "bad.toml"
    mapping.write_text('arrivals = "x"\n')
    with pytest.raises(Invalid, check=lambda exc: exc.code == "arrivals.mapping"):
        read_columns(mapping)
    with pytest.raises(Invalid, check=lambda exc: exc.fields["column"] == "x"):
        read_day(file("arrival\n09:00\n"), Columns(arrival="x"))


def test_the_shipped_day_is_the_one_that_the_generator_makes() -> None:
    shipped = ROOT / "config" / "simulated_day.csv"
    assert shipped.read_text("utf-8") == as_csv(make_day())
    day = read_day(shipped)
    assert day.arrivals == make_day()
    assert not day.bad
    assert all(OPENS_S <= one.at_s < LAST_S for one in day.arrivals)


def test_another_seed_makes_another_day_of_as_many() -> None:
    assert make_day(seed=1) != make_day(seed=2)
    assert len(make_day(seed=1, visitors=50)) == 50


@pytest.mark.skipif(not BANK.exists(), reason="the recorded day lies beside the checkout, it is not shipped")
def test_a_telephone_exchange_is_read_with_those_who_never_queued() -> None:
    day = read_day(BANK)
    by_mapping = read_day(BANK, read_columns(ROOT / "bench" / "wait" / "mappings" / "call_centre.toml"))
    assert day.arrivals == by_mapping.arrivals
    assert len(day.arrivals) == 2239
    assert {one.why for one in day.bad} == {Why.NO_ARRIVAL, Why.IGNORED}
    assert any(one.patience_s for one in day.arrivals)
    assert any(one.service_s for one in day.arrivals)
