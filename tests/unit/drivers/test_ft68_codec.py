"""Frames of handsets: a published example, round trips, and finding the next frame after whatever was on the line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.gateway.protocols.errors import BadFrame
from devices.gateway.protocols.ft68 import HEAD, MOST_DATA, Frame, Frames, Func, decode, encode, read_shown, shown
from devices.gateway.protocols.handset_keys import Desk, Keypad, Press

frames = st.builds(Frame, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=MOST_DATA))


def test_behind_the_leading_byte_a_frame_is_ft12() -> None:
    # Source: the frame 68 03 03 68 53 01 BB 0F 16 of an M-Bus meter, which is FT1.2 too.
    assert encode(Frame(0x53, 0x01, b"\xbb")) == bytes.fromhex("FF 68 03 03 68 53 01 BB 0F 16")


@given(frames)
def test_a_frame_comes_back_as_it_went(frame: Frame) -> None:
    assert decode(encode(frame)) == frame


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("68 03 03 68 53 01 BB 0F 16", "frame.head"),
        ("FF 68 02 02 68 01 01", "frame.short"),
        ("FF 68 03 04 68 53 01 BB 0F 16", "frame.length"),
        ("FF 68 03 03 69 53 01 BB 0F 16", "frame.length"),
        ("FF 68 03 03 68 53 01 BB 10 16", "frame.checksum"),
        ("FF 68 03 03 68 53 01 BB 0F 17", "frame.end"),
    ],
)
def test_what_is_wrong_with_a_frame_is_said(text: str, code: str) -> None:
    with pytest.raises(BadFrame) as refused:
        decode(bytes.fromhex(text))
    assert refused.value.code == code


@given(st.lists(frames, max_size=8), st.integers(1, 11))
def test_frames_are_found_in_pieces(sent: list[Frame], step: int) -> None:
    stream, finder, found = b"".join(map(encode, sent)), Frames(), []
    for at in range(0, len(stream), step):
        found += finder.feed(stream[at : at + step])
    assert found == sent


@given(st.binary(max_size=60), st.lists(frames, min_size=1, max_size=3))
def test_after_any_noise_the_second_frame_at_the_latest_is_found(noise: bytes, sent: list[Frame]) -> None:
    finder = Frames()
    found = finder.feed(noise + b"".join(map(encode, sent)) + bytes(MOST_DATA + 9))
    assert found[-1:] == sent[-1:] or sent[-1] in found


@given(st.lists(st.binary(max_size=40) | st.just(HEAD) | st.just(b"\xff\x68\x05\x05\x68"), max_size=40))
def test_no_bytes_stop_the_reading(pieces: list[bytes]) -> None:
    finder = Frames()
    for piece in pieces:
        finder.feed(piece)
    assert len(finder._bytes) <= MOST_DATA + 9
    finder.feed(bytes(MOST_DATA + 9))
    assert finder.feed(encode(Frame(1, Func.IDLE))) == [Frame(1, Func.IDLE)]


@given(st.text(st.characters(min_codepoint=48, max_codepoint=90), max_size=8), st.integers(0, 9_999))
def test_what_is_shown_comes_back(number: str, waiting: int) -> None:
    assert read_shown(shown(number, waiting)) == (number, waiting)


def test_what_a_handset_cannot_show_is_cut() -> None:
    assert read_shown(shown("甲001", 123_456)) == ("?001", 9_999)
    for data, code in ((b"A001", "show.length"), (b"A001    \xab\xcd", "show.digits")):
        with pytest.raises(BadFrame) as refused:
            read_shown(data)
        assert refused.value.code == code


def typed(pad: Keypad, desk: Desk, *keys: int) -> Press | str | None:
    for key in keys[:-1]:
        assert pad.press(key, desk) is None
    return pad.press(keys[-1], desk)


def test_keys_ask_for_what_they_mean() -> None:
    desk, pad = Desk(), Keypad({"3": "w03"})
    desk.answered({"ahead": [{"id": "t12", "number": "A012"}], "held": [{"id": "t7", "number": "B007"}], "waiting": 4})
    assert desk.waiting == 4
    assert typed(pad, desk, 0x01) == Press("window.call", {"finish": True})
    assert typed(pad, desk, 0x31, 0x32, 0x01) == Press("window.call", {"ticket": "t12", "reason": "handset"})
    assert typed(pad, desk, 0x39, 0x39, 0x01) == "unknown_number"
    assert typed(pad, desk, 0x07, 0x30, 0x33, 0x0A) == Press("window.transfer", {"window": "w03"})
    assert typed(pad, desk, 0x07, 0x34, 0x0A) == "unknown_window"
    assert typed(pad, desk, 0x07, 0x33, 0x0B) is None
    assert typed(pad, desk, 0x31, 0x0B) is None
    assert [typed(pad, desk, key) for key in (2, 3, 4, 5, 8)] == [
        Press(f"window.{do}") for do in ("recall", "start", "finish", "pass", "hold")
    ]
    assert typed(pad, desk, 0x77) == "unknown_key"


@pytest.mark.parametrize(("state", "do"), [("idle", "pause"), ("paused", "resume"), ("closed", "open")])
def test_the_pause_key_does_what_the_window_needs(state: str, do: str) -> None:
    desk = Desk()
    desk.shown({"window": {"state": state}, "ticket": None})
    press = Keypad({}).press(0x06, desk)
    assert isinstance(press, Press)
    assert press.do == f"window.{do}"


NAMES = st.sampled_from(["ticket", "window", "waiting", "rating", "ahead", "held", "number", "id", "state"])
THINGS = st.none() | st.integers() | st.text(max_size=9)


@given(st.recursive(THINGS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=12))
def test_no_picture_stops_a_handset(picture: object) -> None:
    desk = Desk()
    desk.shown(picture)
    desk.answered(picture)
    shown(desk.number, desk.waiting)
    desk.ticket("1")
