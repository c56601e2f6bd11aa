"""Messages of the Internet Printing Protocol: what stands in the body of an HTTP request to a printer.

Source: RFC 8010 (encoding), RFC 8011 (operations, attributes, states). Collections are read over, never written.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from enum import IntEnum

import msgspec

from devices.gateway.protocols.errors import BadFrame

MEDIA = "application/ipp"
VERSION = 0x0200
"""IPP/2.0, which every printer of the last fifteen years reads; it answers with its own."""
MOST_BYTES = 1 << 20
"""Of an answer: a printer's description is some tens of kilobytes."""
_HEAD = struct.Struct(">HHI")
_LENGTH = struct.Struct(">H")
_NUMBER = struct.Struct(">i")
_TRUE, _FALSE = b"\x01", b"\x00"

Value = int | str | bool | bytes


class Operation(IntEnum):
    """What is asked. Source: RFC 8011, 5.4.15."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B


class GroupTag(IntEnum):
    """Of what a group of attributes tells. Source: RFC 8010, 3.5.1."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04
    UNSUPPORTED = 0x05


class Tag(IntEnum):
    """What a value is. Source: RFC 8010, 3.5.2."""

    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    TEXT_WITH_LANGUAGE = 0x35
    NAME_WITH_LANGUAGE = 0x36
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME = 0x49


_NUMBERS = frozenset({Tag.INTEGER, Tag.ENUM})
_TEXTS = range(0x41, 0x4A)
_LANGUAGES = frozenset({Tag.TEXT_WITH_LANGUAGE, Tag.NAME_WITH_LANGUAGE})
_LAST_GROUP = 0x0F


class Attribute(msgspec.Struct, frozen=True):
    """A name, what its values are, and the values."""

    name: str
    tag: Tag
    values: tuple[Value, ...]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Attributes about one thing; ``values`` has them by name."""

    tag: int
    values: dict[str, tuple[Value, ...]]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came: ``code`` is the operation of a request, the status of an answer; ``data`` follows the attributes."""

    code: int
    request: int
    groups: tuple[Group, ...]
    data: bytes = b""
    version: int = VERSION

    def values(self, tag: GroupTag, name: str) -> tuple[Value, ...]:
        """The values of an attribute in the first group of a kind; none: it is not there."""
        return next((one.values.get(name, ()) for one in self.groups if one.tag == tag), ())

    @property
    def is_good(self) -> bool:
        """Whether an answer says that it was done. Source: RFC 8011, B.1.2: 0x0000 to 0x00FF."""
        return self.code <= 0x00FF


def written(
    code: int,
    request: int,
    groups: Iterable[tuple[GroupTag, Iterable[Attribute]]],
    data: bytes = b"",
    *,
    version: int = VERSION,
) -> bytes:
    """The bytes of a message."""
    body = b"".join(bytes([tag]) + b"".join(map(_attribute, attributes)) for tag, attributes in groups)
    return _HEAD.pack(version, code, request) + body + bytes([GroupTag.END]) + data


def read(raw: bytes) -> Answer:
    """A message that came.

    Raises:
        BadFrame: ``ipp``: it breaks off, or is none.
    """
    try:
        version, code, request = _HEAD.unpack_from(raw)
        groups, end = _groups(raw, _HEAD.size)
    except (struct.error, IndexError, UnicodeDecodeError) as exc:
        raise BadFrame("ipp") from exc
    return Answer(code=code, request=request, groups=tuple(groups), data=raw[end:], version=version)


def _attribute(one: Attribute) -> bytes:
    names = (one.name, *[""] * (len(one.values) - 1))
    return b"".join(
        bytes([one.tag]) + _sized(name.encode()) + _sized(_bytes(value)) for name, value in _pairs(names, one)
    )


def _pairs(names: Iterable[str], one: Attribute) -> Iterator[tuple[str, Value]]:
    return zip(names, one.values, strict=True)


def _sized(raw: bytes) -> bytes:
    return _LENGTH.pack(len(raw)) + raw


def _bytes(value: Value) -> bytes:
    match value:
        case bool():
            return _TRUE if value else _FALSE
        case int():
            return _NUMBER.pack(value)
        case str():
            return value.encode()
        case _:
            return value


def _groups(raw: bytes, at: int) -> tuple[list[Group], int]:
    groups: list[Group] = []
    name = ""
    while (tag := raw[at]) != GroupTag.END:
        at += 1
        if tag <= _LAST_GROUP:
            groups.append(Group(tag=tag, values={}))
            name = ""
            continue
        said, at = _piece(raw, at)
        value, at = _piece(raw, at)
        if said:
            name = said.decode()
        if not groups or not name:
            raise BadFrame("ipp")
        held = groups[-1].values
        held[name] = (*held.get(name, ()), _value(tag, value))
    return groups, at + 1


def _piece(raw: bytes, at: int) -> tuple[bytes, int]:
    (size,) = _LENGTH.unpack_from(raw, at)
    end = at + _LENGTH.size + size
    if end > len(raw):
        raise BadFrame("ipp")
    return raw[at + _LENGTH.size : end], end


def _value(tag: int, raw: bytes) -> Value:
    if tag in _NUMBERS:
        number: int = _NUMBER.unpack(raw)[0]
        return number
    if tag == Tag.BOOLEAN:
        return raw == _TRUE
    if tag in _TEXTS:
        return raw.decode("utf-8", "replace")
    if tag in _LANGUAGES:
        _, at = _piece(raw, 0)
        return _piece(raw, at)[0].decode("utf-8", "replace")
    return raw
