"""Frames come back as they were sent, and what is too large or no frame is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_server.errors import Invalid
from hall_server.federation import wire

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
ROW = (1, 2, "2026-11-23", "test.noted", 1, "note:1", "system", None, '{"a": "…"}', bytes(32))
UP = [
    wire.Hello(protocol=1, hall="h1", epoch=0, head=5, down=0, clock=NOW, token="t"),
    wire.Proof(seq=3, hash=None),
    wire.Proof(seq=3, hash=bytes(32)),
    wire.Batch(epoch=1, first=1, rows=[ROW]),
    wire.DownAck(seq=4),
    wire.DownRefused(seq=4, code="ticket.ended", fields={"number": 1}),
    wire.Totals(day=date(2026, 11, 23), count=1, first=1, last=1, hash=bytes(32), by_type={"test.noted": 1}),
]
DOWN = [
    wire.Prove(seq=3),
    wire.Welcome(epoch=1, cursor=2, clock=NOW, pace=5),
    wire.Refused(code="federation.busy", retry_s=5),
    wire.Ack(seq=1),
    wire.Again(after=1),
    wire.AskTotals(day=date(2026, 11, 23)),
]
BOTH = [
    wire.Want(hash="0" * 64, offset=5),
    wire.Have(hash="0" * 64, size=5),
    wire.Got(hash="0" * 64, offset=5, whole=True),
    wire.Lacking(hash="0" * 64),
]


@pytest.mark.parametrize("frame", [*UP, *BOTH], ids=lambda frame: type(frame).__name__)
def test_what_a_hall_says_comes_back(frame: wire.Frame) -> None:
    assert wire.from_hall(wire.encode(frame)) == frame


@pytest.mark.parametrize("frame", [*DOWN, *BOTH], ids=lambda frame: type(frame).__name__)
def test_what_the_city_says_comes_back(frame: wire.Frame) -> None:
    assert wire.from_city(wire.encode(frame)) == frame


@pytest.mark.parametrize("frame", DOWN, ids=lambda frame: type(frame).__name__)
def test_a_hall_cannot_speak_as_the_city(frame: wire.Frame) -> None:
    with pytest.raises(Invalid):
        wire.from_hall(wire.encode(frame))


@pytest.mark.parametrize(
    "frame",
    [
        wire.Batch(epoch=1, first=1, rows=[ROW] * (wire.BATCH_ROWS + 1)),
        wire.Have(hash="0" * 64, size=wire.ATTACHMENT_BYTES + 1),
        wire.Want(hash="../../etc/passwd"),
        wire.Hello(protocol=1, hall="h1/../h2", epoch=0, head=0, down=0, clock=NOW),
        wire.Hello(protocol=1, hall="h1", epoch=0, head=-1, down=0, clock=NOW),
    ],
    ids=["rows", "size", "hash", "hall", "negative"],
)
def test_what_is_beyond_the_limits_is_refused(frame: wire.Frame) -> None:
    with pytest.raises(Invalid):
        wire.from_hall(wire.encode(frame))


@given(st.binary(max_size=300))
def test_noise_is_refused_and_nothing_worse(noise: bytes) -> None:
    with pytest.raises(Invalid):
        wire.from_hall(noise)


@given(st.binary(min_size=1, max_size=1_000), st.integers(0, 2**40))
def test_a_chunk_comes_back(data: bytes, offset: int) -> None:
    assert wire.read_chunk(wire.chunk("ab" * 32, offset, data)) == ("ab" * 32, offset, data)


@pytest.mark.parametrize("length", [0, 39, 40, 41 + wire.CHUNK_BYTES])
def test_a_chunk_of_a_wrong_length_is_refused(length: int) -> None:
    with pytest.raises(Invalid):
        wire.read_chunk(bytes(length))


def test_an_item_s_payload_travels_as_it_is() -> None:
    frame = wire.Down(items=[wire.Item(seq=1, kind="case.step", payload=msgspec.Raw(b'{"z":1,"a":2}'))])
    read = wire.from_city(wire.encode(frame))
    assert isinstance(read, wire.Down)
    assert bytes(read.items[0].payload) == b'{"z":1,"a":2}'
