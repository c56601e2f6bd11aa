"""The words of terminals: what is read of a body, in old and new encodings, and what of a bad line is kept."""

from datetime import timedelta

from attendance import adms
from attendance.records import PunchFault

HALL = timedelta(hours=8)


def test_a_body_in_gb_18030_is_read_as_its_writer_meant_it() -> None:
    line = "1001\t2026-11-23 08:58:14\t0\t1\t出差"
    assert adms.lines(line.encode("gb18030")) == adms.lines(line.encode()) == [line]
    assert adms.punch(adms.lines(line.encode("gb18030"))[0], offset=HALL).workcode == "出差"


def test_what_is_neither_encoding_is_still_a_line() -> None:
    [line] = adms.lines(b"1001\t2026-11-23 08:58:14\t0\t1\t\xff\xff\x81\n")
    assert adms.punch(line, offset=HALL).pin == "1001"


def test_of_a_bad_line_with_an_equals_sign_nothing_behind_it_is_kept() -> None:
    found = adms.punch("FP PIN=1001\tFID=1\tTMP=TEMPLATE", offset=HALL)
    assert (found.raw, found.pin, found.fault) == ("FP PIN=…", "", PunchFault.PERSON)
