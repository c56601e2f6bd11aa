"""Slips on both papers in both languages: everything fits, the number is the largest, pictures and bytes agree."""

import io
from typing import Any

import msgspec
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from devices.gateway.printing import words
from devices.gateway.printing.blocks import PAPER, Code, Line, width
from devices.gateway.printing.escpos_bytes import Charset, CodeWay, PrinterProfile, bytes_of
from devices.gateway.printing.layout import laid_out
from devices.gateway.printing.picture import png_of
from devices.gateway.printing.slip import Language, Listing, Row, Slip, with_base
from devices.gateway.printing.wrapping import NOT_FIRST, wrapped
from tests.fakes.printer_hall import PHONE_PAGE, TICKET

MM = sorted(PAPER)
DOTS_PER_MM = 8
TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=60)


def lines_of(sheet: Any, mm: int) -> list[Line]:
    return [block for block in laid_out(sheet, PAPER[mm]) if isinstance(block, Line)]


def is_fitting(line: Line, dots: int) -> bool:
    return sum(width(run.text, run.size.wide) for run in line.runs) <= dots


@pytest.mark.parametrize("mm", MM)
@given(
    number=st.text("ABCDEFGH0123456789", min_size=1, max_size=12),
    line=TEXT,
    matters=st.lists(TEXT, max_size=3),
    zone=TEXT,
    notice=TEXT,
    ahead=st.none() | st.integers(0, 9999),
    windows=st.lists(st.integers(1, 300), max_size=60),
    language=st.sampled_from(Language),
    is_copy=st.booleans(),
)
def test_whatever_stands_on_it_fits_the_paper(mm: int, **fields: Any) -> None:
    slip = Slip(**{**fields, "matters": tuple(fields["matters"]), "windows": tuple(fields["windows"])})
    for line in lines_of(slip, mm):
        assert is_fitting(line, PAPER[mm].dots), line.text
    assert slip.number in [line.text for line in lines_of(slip, mm)]


@pytest.mark.parametrize("mm", MM)
def test_the_number_is_read_at_arms_length(mm: int) -> None:
    """24 mm high; Source: DIN 1450 asks 4 mm of capital height per metre for weak eyes."""
    number = max(lines_of(TICKET, mm), key=lambda line: line.high)
    assert number.text == "A017"
    assert number.runs[0].size.high * 24 / DOTS_PER_MM >= 24


@pytest.mark.parametrize("mm", MM)
def test_what_a_visitor_looks_for_has_large_letters(mm: int) -> None:
    values = [line.runs[-1] for line in lines_of(TICKET, mm) if len(line.runs) == 2]
    assert [run.text for run in values] == ["3 人", "10-20 分钟", "企业服务区", "1-4、7 号"]
    assert {run.size.high for run in values} == {2}


@pytest.mark.parametrize("mm", MM)
@pytest.mark.parametrize("language", list(Language))
def test_the_picture_shows_a_code_that_leads_to_the_phone_page(mm: int, language: Language) -> None:
    picture = Image.open(io.BytesIO(png_of(msgspec.structs.replace(TICKET, language=language), PAPER[mm])))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [PHONE_PAGE]


def test_what_is_not_known_is_not_said() -> None:
    text = "\n".join(line.text for line in lines_of(Slip(number="A001"), 80))
    assert "前面还有" not in text
    assert "预计等候" not in text
    assert not any(isinstance(block, Code) for block in laid_out(Slip(number="A001"), PAPER[80]))


def test_chinese_is_written_in_gb18030_after_the_switch() -> None:
    data = bytes_of(TICKET, PrinterProfile())
    assert data.startswith(b"\x1b@\x1c&")
    assert "企业开办与行政审批".encode("gb18030") in data
    assert data.rstrip(b"\x00").endswith(b"\x1dV")


def test_an_older_printer_gets_a_question_mark_for_what_it_lacks() -> None:
    sheet = Listing(title="㐂")
    assert "㐂".encode("gb18030") in bytes_of(sheet, PrinterProfile())
    assert "㐂".encode("gb18030") not in bytes_of(sheet, PrinterProfile(charset=Charset.GBK))


def test_a_profile_says_who_makes_the_code() -> None:
    own, native = b"\x1dv0", b"\x1d(k"
    assert native in bytes_of(TICKET, PrinterProfile("TM-T88V"))
    assert own in bytes_of(TICKET, PrinterProfile("POS-5890", mm=58))
    assert own in bytes_of(TICKET, PrinterProfile("TM-T88V", code_way=CodeWay.PICTURE))


@pytest.mark.parametrize(("name", "mm"), [("no-such", 80), ("default", 70)])
def test_a_printer_that_does_not_exist_is_refused(name: str, mm: int) -> None:
    with pytest.raises(ValueError, match=r"profile|wide"):
        PrinterProfile(name, mm=mm)


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        ((0, 2), "马上就到", "very soon"),
        ((0, 5), "约 5 分钟", "5 min"),
        ((10, 10), "约 10 分钟", "10 min"),
        ((10, 20), "10-20 分钟", "10-20 min"),
        ((60, 120), "1.0-2.0 小时", "1.0-2.0 h"),
    ],
)
def test_a_wait_is_said_as_people_say_it(minutes: tuple[int, int], chinese: str, english: str) -> None:
    assert (words.wait(Language.CHINESE, minutes), words.wait(Language.ENGLISH, minutes)) == (chinese, english)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([3], "3 号"), ([1, 2], "1、2 号"), ([1, 2, 3, 4, 7], "1-4、7 号"), ([9, 5, 6, 7, 1], "1、5-7、9 号")],
)
def test_windows_side_by_side_are_a_range(numbers: list[int], said: str) -> None:
    assert words.windows(Language.CHINESE, numbers) == said


def test_both_languages_have_the_same_words() -> None:
    assert words.words(Language.CHINESE).keys() == words.words(Language.ENGLISH).keys()


@given(TEXT, st.integers(60, 576), st.integers(1, 2))
def test_broken_text_loses_no_letter_and_no_line_is_too_long(text: str, dots: int, wide: int) -> None:
    lines = wrapped(text, dots, wide=wide)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line, wide) <= dots for line in lines)


def test_no_line_begins_with_a_closing_mark() -> None:
    for dots in range(72, 480, 24):
        lines = wrapped("请留意屏幕和广播叫号，过号请到导服台。谢谢！", dots)
        assert not [line for line in lines[1:] if line[0] in NOT_FIRST]


def test_a_path_becomes_an_address_where_the_gateway_knows_the_hall() -> None:
    sheet = Slip(number="A001", address="/t/abc")
    assert with_base(sheet, "http://hall:8080").address == "http://hall:8080/t/abc"
    assert with_base(sheet, None).address is None
    assert with_base(TICKET, "http://other").address == PHONE_PAGE


def test_lines_and_rows_of_a_listing_are_read_from_what_the_hall_sends() -> None:
    sheet = Listing(title="x", lines=("text", Row(label="a", value="b")))
    assert msgspec.convert(msgspec.to_builtins(sheet), Listing) == sheet
