"""What stands on a bar of eight or twelve characters, and how an Alpha sign is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.gateway.protocols import alpha_sign
from devices.gateway.protocols.alpha_sign import Label, Mode, Packets, TextFile
from devices.gateway.protocols.errors import BadFrame
from devices.gateway.protocols.led_layout import MOST, Shown, cells, clean, cut, lay_out, steps


def window(state: str, number: str | None = None, **more: Any) -> dict[str, Any]:
    return {"window": {"number": 3, "state": state}, "ticket": {"number": number} if number else None, **more}


@pytest.mark.parametrize(
    ("width", "language", "picture", "text"),
    [
        (8, "zh", window("calling", "A012"), "A012号→3号窗口"),
        (12, "zh", window("calling", "A012"), "请A012号到3号窗口"),
        (4, "zh", window("calling", "A012"), "A012"),
        (8, "zh", window("serving", "A012"), "正在办理A012"),
        (8, "zh", window("paused"), "暂停服务"),
        (8, "zh", window("closed"), "暂未开放"),
        (3, "zh", window("closed"), "未开放"),
        (6, "zh", window("idle", waiting=12), "等候12人"),
        (8, "zh", window("idle", waiting=12), "3号窗口 等候12人"),
        (8, "zh", window("idle"), "3号窗口"),
        (8, "en", window("calling", "A012"), "A012 to window 3"),
        (12, "en", window("serving", "A012"), "Now serving A012"),
        (8, "zh", {"zone": {}, "calling": [{"number": "A012", "window_number": 3}], "lines": []}, "A012→3号"),
        (8, "zh", {"zone": {}, "calling": [], "lines": [{"waiting": 4}, {"waiting": 7}]}, "等候11人"),
        (8, "zh", None, ""),
    ],
)
def test_the_longest_wording_that_fits_is_shown(width: int, language: str, picture: Any, text: str) -> None:
    shown = lay_out(picture, width=width, language=language)
    assert (shown.text, shown.runs) == (text, False)
    assert cells(text) <= 2 * width


def test_several_calls_run_through_the_newest_first() -> None:
    calls = [{"number": "A012", "window_number": 3}, {"number": "B001", "window_number": 5}]
    assert lay_out({"calling": calls}, width=8, language="zh") == Shown(text="A012→3号　B001→5号", runs=True)


def test_an_emergency_stands_over_everything() -> None:
    emergency = {"zh": "火警", "en": "Fire", "do_zh": "请从最近的出口离开", "do_en": "Leave by the nearest exit"}
    for picture in (window("calling", "A012"), {"zone": {}, "calling": []}):
        shown = lay_out({**picture, "emergency": emergency}, width=8, language="zh")
        assert shown == Shown(text="火警　请从最近的出口离开", runs=True, is_urgent=True)
    assert lay_out({"emergency": emergency}, width=40, language="en").text == "Fire  Leave by the nearest exit"


def test_a_notice_stands_at_a_window_without_a_visitor() -> None:
    notice = {"notices": [{"zh": "系统维护到十点，请稍候", "en": "", "kind": "info"}]}
    assert lay_out({**window("idle"), **notice}, width=8, language="zh").runs
    assert lay_out({**window("calling", "A012"), **notice}, width=8, language="zh").text.startswith("A012")
    assert lay_out({**window("idle"), **notice}, width=40, language="en").text == "系统维护到十点，请稍候"


@given(st.text(max_size=300))
def test_nothing_that_would_steer_a_bar_gets_through(text: str) -> None:
    said = clean(text)
    assert len(said) <= MOST
    assert not any(ord(letter) < 0x20 for letter in said)
    picture = {"emergency": {"zh": text, "do_zh": text}}
    assert not set(lay_out(picture, width=8, language="zh").text) & set("\r\n\x04\x1b\0")


@given(st.text("号到窗口A0→ 12", max_size=40), st.integers(2, 20))
def test_every_picture_of_a_running_text_fills_the_bar(text: str, width: int) -> None:
    pictures = steps(text, width)
    assert all(cells(picture) == 2 * width for picture in pictures)
    assert pictures[0] == cut(f"{text}    {text}    ", width)


NAMES = st.sampled_from(["ticket", "window", "waiting", "calling", "lines", "notices", "emergency", "zh", "number"])
THINGS = st.none() | st.integers() | st.text(max_size=9)


@given(st.recursive(THINGS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=12))
def test_no_picture_stops_a_bar(picture: object) -> None:
    lay_out(picture, width=8, language="zh")


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
