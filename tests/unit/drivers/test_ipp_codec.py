"""IPP messages against the examples of RFC 8010, and against bytes that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.gateway.protocols import ipp, pjl
from devices.gateway.protocols.errors import BadFrame
from devices.gateway.protocols.ipp import Attribute, GroupTag, Operation, Tag

PRINTER = "ipp://printer.example.com/ipp/print/pinetree"
PRINT_JOB = (
    b"\x01\x01\x00\x02\x00\x00\x00\x01\x01"
    b"\x47\x00\x12attributes-charset\x00\x05utf-8"
    b"\x48\x00\x1battributes-natural-language\x00\x05en-us"
    b"\x45\x00\x0bprinter-uri\x00\x2c" + PRINTER.encode() + b"\x42\x00\x08job-name\x00\x06foobar"
    b"\x22\x00\x16ipp-attribute-fidelity\x00\x01\x01"
    b"\x02\x21\x00\x06copies\x00\x04\x00\x00\x00\x14\x44\x00\x05sides\x00\x13two-sided-long-edge"
    b"\x03%!PDF"
)
"""Source: RFC 8010, A.1."""


def test_the_example_of_the_standard_is_read_and_written_byte_by_byte() -> None:
    found = ipp.read(PRINT_JOB)
    assert (found.code, found.request, found.data) == (Operation.PRINT_JOB, 1, b"%!PDF")
    assert found.values(GroupTag.OPERATION, "printer-uri") == (PRINTER,)
    assert found.values(GroupTag.OPERATION, "ipp-attribute-fidelity") == (True,)
    assert found.values(GroupTag.JOB, "copies") == (20,)
    operation = (
        Attribute("attributes-charset", Tag.CHARSET, ("utf-8",)),
        Attribute("attributes-natural-language", Tag.LANGUAGE, ("en-us",)),
        Attribute("printer-uri", Tag.URI, (PRINTER,)),
        Attribute("job-name", Tag.NAME, ("foobar",)),
        Attribute("ipp-attribute-fidelity", Tag.BOOLEAN, (True,)),
    )
    job = (
        Attribute("copies", Tag.INTEGER, (20,)),
        Attribute("sides", Tag.KEYWORD, ("two-sided-long-edge",)),
    )
    groups = [(GroupTag.OPERATION, operation), (GroupTag.JOB, job)]
    assert ipp.written(Operation.PRINT_JOB, 1, groups, b"%!PDF", version=0x0101) == PRINT_JOB


def test_an_attribute_may_have_several_values_and_a_language() -> None:
    several = Attribute("requested-attributes", Tag.KEYWORD, ("job-id", "job-state"))
    raw = ipp.written(0, 7, [(GroupTag.OPERATION, (several,))])
    assert ipp.read(raw).values(GroupTag.OPERATION, "requested-attributes") == ("job-id", "job-state")
    named = b"\x02\x00\x00\x00\x00\x00\x00\x07\x02\x36\x00\x04name\x00\x09\x00\x02zh\x00\x03abc\x03"
    assert ipp.read(named).values(GroupTag.JOB, "name") == ("abc",)


@given(st.binary(max_size=60), st.integers(0, len(PRINT_JOB)))
def test_other_bytes_are_refused_or_read_and_never_more(noise: bytes, cut: int) -> None:
    for raw in (noise, PRINT_JOB[:cut] + noise):
        try:
            ipp.read(raw)
        except BadFrame:
            continue


@pytest.mark.parametrize("cut", [3, 9, 40, len(PRINT_JOB) - 6])
def test_what_breaks_off_is_refused(cut: int) -> None:
    with pytest.raises(BadFrame):
        ipp.read(PRINT_JOB[:cut])


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (b'@PJL INFO STATUS\r\nCODE=10001\r\nDISPLAY="READY"\r\nONLINE=TRUE\r\n', None),
        (b'@PJL INFO STATUS\r\nCODE=12203\r\nDISPLAY="TRAY"\r\nONLINE=TRUE\r\n', None),
        (b'@PJL USTATUS DEVICE\r\nCODE=41202\r\nDISPLAY="LOAD"\r\nONLINE=FALSE\r\n', "paper_out"),
        (b"@PJL USTATUS DEVICE\r\nCODE=42072\r\nONLINE=FALSE\r\n", "jam"),
        (b"@PJL USTATUS DEVICE\r\nCODE=40021\r\nONLINE=FALSE\r\n", "cover_open"),
        (b"@PJL USTATUS DEVICE\r\nCODE=50001\r\nONLINE=FALSE\r\n", "broken"),
        (b"@PJL USTATUS DEVICE\r\nCODE=10023\r\nONLINE=FALSE\r\n", "offline"),
    ],
)
def test_what_a_printer_says_of_itself_is_understood(answer: bytes, trouble: str | None) -> None:
    said = pjl.read(answer)
    assert (said.is_status, said.trouble) == (True, trouble)


def test_the_end_of_a_job_counts_and_its_beginning_does_not() -> None:
    assert pjl.read(b'@PJL USTATUS JOB\r\nEND\r\nNAME="J1"\r\nPAGES=2\r\n') == pjl.Said(ended="J1", pages=2)
    assert pjl.read(b'@PJL USTATUS JOB\r\nSTART\r\nNAME="J1"\r\n') == pjl.Said()
    assert pjl.read(b"\xff\x00 nothing of that") == pjl.Said()
