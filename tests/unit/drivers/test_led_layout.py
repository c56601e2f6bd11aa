"""What stands on a bar of eight or twelve characters, and how an Alpha sign is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.gateway.protocols import alpha_sign
from devices.gateway.protocols.alpha_sign import Label, Mode, Packets, TextFile
from devices.gateway.protocols.errors import BadFrame
from devices.gateway.protocols.led_layout import MOST, Pace, Row, cells, changes_after_s, clean, latin, line, rows_of


def picture(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"chars": 8, "rows": [{"scroll": False, "number": None, "tone": "quiet", **row} for row in rows]}


LONG = "请从最近的出口有序离开"
BAR = Pace(width=8, turn_s=4, scroll_s=0.5)


def test_rows_are_those_of_the_hall() -> None:
    found = rows_of(picture({"texts": ["请A012号到本窗口", "A012 come here"], "tone": "call", "number": "A012"}))
    assert found == (Row(texts=("请A012号到本窗口", "A012 come here"), number="A012", is_call=True),)
    assert rows_of(picture({"texts": ["火警"], "tone": "alarm"}, {"texts": [""]})) == (
        Row(texts=("火警",), is_alarm=True),
        Row(texts=()),
    )


def test_several_texts_stand_one_after_the_other() -> None:
    row = Row(texts=("请A012号到本窗口", "A012 come here"))
    assert [line(row, at, BAR) for at in (0, 3.9, 4.0, 7.9, 8.0)] == [row.texts[n] for n in (0, 0, 1, 1, 0)]
    assert changes_after_s([row], BAR) == 4
    assert changes_after_s([Row(texts=("A012",))], BAR) is None


def test_a_text_that_is_too_long_runs_to_its_end_before_the_next() -> None:
    row = Row(texts=(LONG, "Leave now"))
    assert changes_after_s([row], BAR) == 0.5
    assert line(row, 0, BAR) == LONG[:8]
    assert line(row, 0.5, BAR) == LONG[1:9]
    assert line(row, 0.5 * (len(LONG) + 4), BAR) == "Leave now"
    assert line(row, 0, Pace(width=8)) == LONG  # the bar moves it itself


def test_a_bar_without_chinese_gets_what_needs_none() -> None:
    assert latin(Row(texts=("请A012号到本窗口", "A012 come here"), number="A012")) == "A012 come here"
    assert latin(Row(texts=("请A012号到本窗口",), number="A012")) == "A012"
    assert latin(Row(texts=("暂停服务",))) == ""


@given(st.text(max_size=300))
def test_nothing_that_would_steer_a_bar_gets_through(text: str) -> None:
    assert len(clean(text)) <= MOST
    for row in rows_of(picture({"texts": [text], "number": text, "tone": "alarm"})):
        assert not set("".join(row.texts) + row.number) & set(map(chr, range(32)))


@given(st.text("号到窗口A0→ 12", max_size=40).map(clean), st.integers(2, 20), st.floats(0, 1e6))
def test_every_part_of_a_running_text_fills_the_bar(text: str, width: int, elapsed_s: float) -> None:
    shown = line(Row(texts=(text,)), elapsed_s, Pace(width=width, scroll_s=0.3))
    assert cells(shown) == (2 * width if cells(text) > 2 * width else cells(text))


NAMES = st.sampled_from(["rows", "texts", "tone", "number", "scroll", "chars"])
THINGS = st.none() | st.integers() | st.text(max_size=9)


@given(st.recursive(THINGS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=12))
def test_no_picture_stops_a_bar(found: object) -> None:
    for row in rows_of(found):
        line(row, 1.0, BAR)
        latin(row)


def test_a_packet_is_the_one_of_the_document() -> None:
    # Source: 9708-8061F, 5.1 and 6.1: sum of STX to ETX, four hexadecimal digits.
    packet = alpha_sign.encode(TextFile(label=Label.TEXT, text="HELLO", mode=Mode.ROTATE))
    body = b"\x02AA\x1b0aHELLO\x03"
    assert packet == b"\0\0\0\0\0\x01Z00" + body + f"{sum(body):04X}".encode() + b"\x04"


def test_an_empty_priority_file_ends_the_priority() -> None:
    assert b"\x02A0\x03" in alpha_sign.encode(TextFile(label=Label.PRIORITY, text=""))


plain = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=alpha_sign.MOST_TEXT)
files = st.builds(TextFile, label=st.sampled_from(Label), text=plain, mode=st.sampled_from(Mode)).filter(
    lambda file: file.text or file.label is Label.TEXT
)


@given(st.lists(files, max_size=5), st.integers(1, 20))
def test_files_come_back_as_they_went(sent: list[TextFile], step: int) -> None:
    stream, finder, found = b"".join(map(alpha_sign.encode, sent)), Packets(), []
    for at in range(0, len(stream), step):
        found += finder.feed(stream[at : at + step])
    assert found == sent


@pytest.mark.parametrize(
    ("packet", "code"),
    [
        (b"Z00\x02A\x04", "packet.head"),
        (b"\x01Z00\x02A\x04", "packet.short"),
        (b"\x01Z00\x02AAHELLO\x030000\x04", "packet.checksum"),
    ],
)
def test_what_is_wrong_with_a_packet_is_said(packet: bytes, code: str) -> None:
    with pytest.raises(BadFrame) as refused:
        alpha_sign.decode(packet)
    assert refused.value.code == code


@given(st.lists(st.binary(max_size=60) | st.just(b"\x01Z00\x02A") | st.just(b"\x03\x04"), max_size=30))
def test_no_bytes_stop_a_sign(pieces: list[bytes]) -> None:
    finder = Packets()
    for piece in pieces:
        finder.feed(piece)
    finder.feed(b"\x04")
    file = TextFile(label=Label.TEXT, text="A")
    assert finder.feed(alpha_sign.encode(file)) == [file]
