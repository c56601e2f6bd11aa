"""Topic names and payloads: what is read, and what is refused with the place named."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_server.mqtt.names import Channel, parse, topic
from hall_server.mqtt.topics import LIMIT_BYTES, BadPayload, Request, State, Status, decode

REQUEST = topic("h1", "d1", Channel.REQUEST)


def test_a_topic_is_built_and_read_back() -> None:
    for channel in Channel:
        assert parse(topic("h1", "d-1", channel)) == ("h1", "d-1", channel)


@pytest.mark.parametrize("device", ["", "+", "#", "a/b", "A", "-a", "a b", "a\n", "a" * 64, "门"])
def test_what_is_no_id_makes_no_topic(device: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        topic("h1", device, Channel.STATE)
    assert parse(f"hall/h1/dev/{device}/up/state") is None


@pytest.mark.parametrize(
    "name", ["", "hall", "hall/h1/dev/d1/up", "hall/h1/dev/d1/up/state/x", "hall/h1/dev/d1/up/other"]
)
def test_what_is_not_in_the_table_is_no_topic(name: str) -> None:
    assert parse(name) is None
    with pytest.raises(BadPayload) as refused:
        decode(name, b"{}")
    assert refused.value.code == "topic.unknown"


def test_a_payload_is_read() -> None:
    assert decode(REQUEST, b'{"id": "r1", "do": "ticket.issue", "args": {"line": "a"}}') == Request(
        id="r1", do="ticket.issue", args={"line": "a"}
    )
    state = decode(topic("h1", "d1", Channel.STATE), b'{"status": "online", "at": "2024-05-06T09:00:00+08:00"}')
    assert isinstance(state, State)
    assert state.status is Status.ONLINE


@pytest.mark.parametrize(
    ("payload", "code", "field"),
    [
        (b"", "payload.not_json", None),
        (b"{", "payload.not_json", None),
        (b'{"id": "r1", "do": "a", "args": {"x": NaN}}', "payload.not_json", None),
        (b'{"id": "r1", "do": "a", "args": {"x": 1e999}}', None, None),
        (b'{"id": "r1", "do": "a", "args": {"x": "\xff\xfe"}}', "payload.not_json", None),
        (b'{"id": "r\xff", "do": "a"}', "payload.not_json", None),
        (b'{"id": "r1", "do": "a", "args": {"x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}}", "payload.too_deep", None),
        (b'{"id": "r1", "do": "a", "args": {"x": ' + b"[" * 20 + b"]" * 20 + b"}}", "payload.too_deep", "args"),
        (b'{"id": "r1", "do": "a", "args": {"x": 9007199254740993}}', "payload.invalid", "args"),
        (b'{"id": "r1", "do": "a", "args": {"x": ' + b"9" * 9_000 + b"}}", None, None),
        (b'{"id": "r1", "do": "a", "args": {"x": "\\u0000"}}', "payload.invalid", "args"),
        (b'{"id": "r1", "do": "a", "more": 1}', "payload.unknown_field", "more"),
        (b'{"id": "r1"}', "payload.missing_field", "do"),
        (b'{"do": "a"}', "payload.missing_field", "id"),
        (b'{"id": 1, "do": "a"}', "payload.invalid", "id"),
        (b'{"id": "", "do": "a"}', "payload.invalid", "id"),
        (b'{"id": "r1", "do": "a b"}', "payload.invalid", "do"),
        (b'{"id": "r1", "do": "a", "args": []}', "payload.invalid", "args"),
        (b"[]", "payload.invalid", ""),
        (b'"' + b"a" * LIMIT_BYTES + b'"', "payload.too_large", None),
    ],
)
def test_a_bad_payload_is_refused_with_its_place(payload: bytes, code: str | None, field: str | None) -> None:
    with pytest.raises(BadPayload) as refused:
        decode(REQUEST, payload)
    assert code is None or refused.value.code == code
    assert field is None or refused.value.fields["field"] == field


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(BadPayload):
        decode(REQUEST, b'{"id": "r1", "do": "a", "args": {"x": "\\ud800"}}')


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(BadPayload) as refused:
        decode(topic("h1", "d1", Channel.STATE), b'{"status": "online", "at": "2024-05-06T09:00:00"}')
    assert refused.value.fields["field"] == "at"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    for channel in Channel:
        with contextlib.suppress(BadPayload):
            decode(topic("h1", "d1", channel), payload)
