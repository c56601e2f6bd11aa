"""The codec of identity-card readers: real frames, round trips, and bytes that are no frame."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from devices.gateway.protocols import id_card, sdt
from devices.gateway.protocols.errors import BadFrame

# Source: the examples makers of readers publish (eastcoms.com; yzsam.com/html/CNvfzM.html).
PUBLISHED = {
    sdt.FIND: "AA AA AA 96 69 00 03 20 01 22",
    sdt.SELECT: "AA AA AA 96 69 00 03 20 02 21",
    sdt.READ: "AA AA AA 96 69 00 03 30 01 32",
}

CARD = id_card.Card(
    kind=id_card.CardKind.CITIZEN,
    name="王小美",
    sex="2",
    nation="01",
    birth=date(1949, 12, 31),
    address="示范市示范区幸福路1号院2楼301室",
    number="11010519491231002X",
    issuer="示范市公安局",
    since=date(2011, 3, 3),
    until=None,
)


@pytest.mark.parametrize("wish", PUBLISHED)
def test_commands_are_those_that_are_published(wish: sdt.Wish) -> None:
    assert sdt.encode(wish) == bytes.fromhex(PUBLISHED[wish])


@pytest.mark.parametrize(
    ("frame", "sw3"),
    [
        ("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97", sdt.Sw3.FOUND),
        ("AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C", sdt.Sw3.OK),
        ("AA AA AA 96 69 00 04 00 00 41 45", sdt.Sw3.READ_FAILED),
        ("AA AA AA 96 69 00 04 00 00 32 36", sdt.Sw3.READER_REFUSES_CARD),
    ],
)
def test_published_answers_are_understood(frame: str, sw3: sdt.Sw3) -> None:
    assert sdt.answer(sdt.decode(bytes.fromhex(frame))).sw3 == sw3


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("00", "frame.head"),
        ("AA AA AA 96 69 00", "frame.short"),
        ("AA AA AA 96 69 00 09 00 00 9F 00 00 00 00 97", "frame.length"),
        ("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 98", "frame.checksum"),
    ],
)
def test_what_is_wrong_with_a_frame_is_said(frame: str, code: str) -> None:
    with pytest.raises(BadFrame) as refused:
        sdt.decode(bytes.fromhex(frame))
    assert refused.value.code == code


@given(st.binary(max_size=1_300))
def test_a_frame_comes_back_as_it_went(body: bytes) -> None:
    assert sdt.decode(sdt.encode(body)) == body


@given(st.lists(st.binary(min_size=3, max_size=60), max_size=6), st.integers(1, 9))
def test_frames_are_found_in_pieces(bodies: list[bytes], step: int) -> None:
    stream, frames, found = b"".join(sdt.encode(body) for body in bodies), sdt.Frames(), []
    for at in range(0, len(stream), step):
        found += frames.feed(stream[at : at + step])
    assert found == bodies
    assert frames.faults == 0


@given(st.binary(max_size=80).filter(lambda noise: b"\xaa\x96" not in noise), st.binary(min_size=3, max_size=60))
def test_a_frame_is_found_after_noise(noise: bytes, body: bytes) -> None:
    assert body in sdt.Frames().feed(noise + sdt.encode(body))


def test_a_frame_is_found_inside_one_that_was_cut_off() -> None:
    whole = sdt.encode(b"\0\0\x9f" + bytes(4))
    frames = sdt.Frames()
    assert frames.feed(whole[:9]) == []
    assert frames.feed(whole * 3)[-2:] == [b"\0\0\x9f" + bytes(4)] * 2
    assert frames.faults > 0


def test_a_length_that_cannot_be_is_skipped() -> None:
    frames = sdt.Frames()
    assert frames.feed(sdt.HEAD + b"\xff\xff" + sdt.encode(b"\0\0\x90")) == [b"\0\0\x90"]


@given(st.lists(st.one_of(st.binary(max_size=200), st.just(sdt.HEAD), st.just(sdt.HEAD + b"\0\x04")), max_size=20))
def test_no_bytes_stop_the_reading(pieces: list[bytes]) -> None:
    frames = sdt.Frames()
    for piece in pieces:
        frames.feed(piece)
    assert len(frames._bytes) <= sdt.MOST_BYTES + len(sdt.HEAD) + 2


def test_a_card_comes_back_as_it_went() -> None:
    assert id_card.parse(id_card.compose(CARD)) == CARD


@given(
    name=st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=15),
    head=st.from_regex(r"\A[1-9][0-9]{16}\Z"),
    kind=st.sampled_from([id_card.CardKind.CITIZEN, id_card.CardKind.COMPATRIOT, id_card.CardKind.FOREIGNER_2023]),
    until=st.none() | st.dates(date(1950, 1, 1), date(2200, 1, 1)),
)
def test_any_card_comes_back_as_it_went(name: str, head: str, kind: id_card.CardKind, until: date | None) -> None:
    number = head + mod_11_2.calc_check_digit(head)
    card = msgspec.structs.replace(CARD, name=name, number=number, kind=kind, until=until)
    assert id_card.parse(id_card.compose(card)) == card


@pytest.mark.parametrize(
    ("place", "new", "code"),
    [
        (slice(0, 30), " " * 15, "card.name"),
        (slice(30, 32), "7", "card.sex"),
        (slice(36, 52), "19491332", "card.birth"),
        (slice(122, 158), "110105194912310021", "card.number"),
        (slice(122, 158), "1101051949123100", "card.number"),
        (slice(204, 220), "2011\u0660303", "card.until"),
        (slice(248, 250), "I", "card.kind"),
        (slice(248, 250), "?", "card.kind"),
    ],
)
def test_what_is_wrong_with_a_card_is_said(place: slice, new: str, code: str) -> None:
    text = bytearray(id_card.compose(CARD))
    text[place] = new.encode("utf-16-le").ljust(place.stop - place.start, b"\0")
    with pytest.raises(BadFrame) as refused:
        id_card.parse(bytes(text))
    assert refused.value.code == code


@given(st.binary(min_size=256, max_size=256) | st.binary(max_size=300))
def test_no_bytes_of_a_card_do_more_than_be_refused(text: bytes) -> None:
    with pytest.raises(BadFrame):
        id_card.parse(text)


def test_nobody_stands_in_what_is_printed_of_a_card_or_an_answer() -> None:
    answer = sdt.Answer(sw=b"\0\0\x90", data=id_card.compose(CARD))
    for shown in (repr(CARD), repr(answer), f"{answer}"):
        assert CARD.number not in shown
        assert CARD.name not in shown
