"""The one table of MQTT: topic → payload type, kept or not, quality of service; and the strict reading of payloads."""

import math
import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

import msgspec

from hall_server.errors import Invalid
from hall_server.mqtt.names import Channel, parse

LIMIT_BYTES = 64 * 1024
"""The largest payload a device may send."""
DEPTH_LIMIT = 16
"""How deep lists and objects may stand in each other."""
SAFE_INTEGER = 2**53 - 1
"""Beyond this a JSON reader in a browser or a database column would change the number."""

MessageId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$", description="unique per device")]
Verb = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
ShortText = Annotated[str, msgspec.Meta(max_length=120)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class Status(StrEnum):
    """What a device says of itself."""

    ONLINE = "online"  # working
    OFFLINE = "offline"  # gone: said by its last will, or by itself before it is switched off
    FAULT = "fault"  # connected, but cannot do its work; `detail` says why


class Payload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every payload has in common: unknown fields are refused."""


class State(Payload, frozen=True, omit_defaults=False):
    """How the device is. Sent on connecting, on every change and every 10 s; also as last will with `offline`."""

    status: Status
    kind: ShortText | None = None
    model: ShortText | None = None
    firmware: ShortText | None = None
    at: Moment | None = None  # the device's own clock, for its skew
    detail: dict[str, Any] = {}


class Request(Payload, frozen=True):
    """Something the device wants done. The same `id` again gets the same reply."""

    id: MessageId
    do: Verb
    args: dict[str, Any] = {}


class Report(Payload, frozen=True):
    """Something that happened. For a command `id` is the command's and `what` is done, failed or expired."""

    id: MessageId
    what: Verb
    detail: dict[str, Any] = {}


class Show(Payload, frozen=True):
    """The whole picture to show now; the newest one counts."""

    seq: Count  # grows with every picture; for logs
    picture: Any


class Command(Payload, frozen=True):
    """Something to do once, not after `until`. Sent again until it is reported done."""

    id: MessageId
    at: Moment  # the server's clock at this sending: until - at is the time left, whatever the device's clock says
    until: Moment
    do: Verb
    args: dict[str, Any] = {}


class Failure(Payload, frozen=True, omit_defaults=False):
    """An error in the shape HTTP uses."""

    code: str
    message: str
    fields: dict[str, Any] = {}


class Reply(Payload, frozen=True):
    """The answer to the request of that `id`; null where the request's id could not be read."""

    id: str | None
    ok: bool
    result: Any = msgspec.UNSET
    error: Failure | msgspec.UnsetType = msgspec.UNSET


class Row(NamedTuple):
    """One line of the table."""

    channel: Channel
    payload: type[Payload]
    is_retained: bool
    qos: int


TABLE: dict[Channel, Row] = {
    row.channel: row
    for row in (
        Row(Channel.STATE, State, True, 1),
        Row(Channel.REQUEST, Request, False, 1),
        Row(Channel.REPORT, Report, False, 1),
        Row(Channel.SHOW, Show, True, 1),
        Row(Channel.COMMAND, Command, False, 1),
        Row(Channel.REPLY, Reply, False, 1),
    )
}


class BadPayload(Invalid):
    """A payload that is refused: `code` says why, `fields` where."""


_DECODERS = {channel: msgspec.json.Decoder(row.payload) for channel, row in TABLE.items()}
_UNKNOWN = re.compile(r"unknown field `(?P<name>.*?)`", re.DOTALL)
_MISSING = re.compile(r"missing required field `(?P<name>.*?)`", re.DOTALL)
_PATH = re.compile(r" - at `\$\.?(?P<path>.*?)`$", re.DOTALL)


def decode(topic: str, payload: bytes) -> Payload:
    """The payload of a message, checked.

    Raises:
        BadPayload: `topic.unknown`, `payload.too_large`, `payload.not_json`, `payload.too_deep`,
            `payload.unknown_field`, `payload.missing_field` or `payload.invalid`; fields name the place.
    """
    name = parse(topic)
    if name is None:
        raise BadPayload("topic.unknown", topic=topic[:200])
    if len(payload) > LIMIT_BYTES:
        raise BadPayload("payload.too_large", limit_bytes=LIMIT_BYTES, bytes=len(payload))
    try:
        value: Payload = _DECODERS[name.channel].decode(payload)
    except RecursionError as exc:
        raise BadPayload("payload.too_deep", limit=DEPTH_LIMIT) from exc
    except msgspec.ValidationError as exc:
        raise _invalid(str(exc)) from exc
    except ValueError as exc:  # DecodeError, and int() on thousands of digits
        raise BadPayload("payload.not_json", reason=str(exc)[:200]) from exc
    _check_values(value)
    return value


def encode(payload: Payload) -> bytes:
    """The bytes of a payload."""
    return msgspec.json.encode(payload)


def _invalid(message: str) -> BadPayload:
    path = match["path"] if (match := _PATH.search(message)) else ""
    for pattern, code in ((_UNKNOWN, "payload.unknown_field"), (_MISSING, "payload.missing_field")):
        if found := pattern.search(message):
            return BadPayload(code, field=".".join(filter(None, (path, found["name"])))[:200])
    return BadPayload("payload.invalid", field=path[:200], reason=_PATH.sub("", message)[:200])


def _check_values(payload: Payload) -> None:
    for field in payload.__struct_fields__:
        for value, depth in _walk(getattr(payload, field)):
            if depth > DEPTH_LIMIT:
                raise BadPayload("payload.too_deep", field=field, limit=DEPTH_LIMIT)
            if _is_unsafe(value):
                raise BadPayload(
                    "payload.invalid", field=field, reason="a number or text that does not survive storing"
                )


def _walk(root: object) -> Iterator[tuple[object, int]]:
    waiting: list[tuple[object, int]] = [(root, 1)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        if isinstance(value, dict):
            waiting.extend((key, depth) for key in value)
            waiting.extend((child, depth + 1) for child in value.values())
        elif isinstance(value, list):
            waiting.extend((child, depth + 1) for child in value)


def _is_unsafe(value: object) -> bool:
    match value:
        case int():
            return abs(value) > SAFE_INTEGER
        case float():
            return not math.isfinite(value)
        case str():
            return "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value if letter > "\ud7ff")
        case _:
            return False
