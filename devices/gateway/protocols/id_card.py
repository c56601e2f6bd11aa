"""The text of an identity card: 256 bytes of UTF-16, fields of fixed lengths padded with blanks.

Source: 身份证阅读器 SAM 模块身份证信息解析说明 (eastcoms.com, service/downdrive/533) for citizens; for residents of
Hong Kong, Macao and Taiwan the same places, with the number of their permit behind; 外国人永久居留身份证机读信息规则
(2017) for foreigners' cards, which are laid out otherwise, and its 2023 edition (gzwubang.com, service/pro/840), which
is laid out as citizens' cards are.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

from devices.gateway.protocols.errors import BadFrame

TEXT_BYTES = 256
_KIND_AT = 248  # bytes; a blank on citizens' cards
_LASTING = "长期"


class CardKind(StrEnum):
    """Whose card it is, by the letter that stands in it."""

    CITIZEN = ""  # 居民身份证
    FOREIGNER = "I"  # 外国人永久居留身份证, 2017
    COMPATRIOT = "J"  # 港澳台居民居住证
    FOREIGNER_2023 = "Y"  # 外国人永久居留身份证, 2023


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """Who a card says somebody is; never shown, logged or kept as it is.

    Attributes:
        sex: GB/T 2261.1, 1 男, 2 女. nation: GB/T 3304, empty where the card has none.
        number: 公民身份号码, 18 characters with a true check digit.
        until: None: 长期.
    """

    kind: CardKind
    name: str
    sex: str
    nation: str
    birth: date
    address: str
    number: str
    issuer: str
    since: date
    until: date | None

    def __repr__(self) -> str:
        """Nothing personal."""
        return f"Card({self.kind.name})"


_FIELDS = (("name", 30), ("sex", 2), ("nation", 4), ("birth", 16), ("address", 70), ("number", 36), ("issuer", 30))
_PERIOD = (("since", 16), ("until", 16))


def parse(text: bytes) -> Card:
    """The card of a text block.

    Raises:
        BadFrame: ``card.text_length``, ``card.not_text``, ``card.kind`` (a foreigner's card of 2017 has no number the
            hall could use), ``card.number``, ``card.{field}`` where a date, the name or the sex cannot be one.
    """
    if len(text) != TEXT_BYTES:
        raise BadFrame("card.text_length")
    kind = _kind(text)
    if kind is CardKind.FOREIGNER:
        raise BadFrame("card.kind")
    found, at = {}, 0
    for field, length in (*_FIELDS, *_PERIOD):
        found[field] = _words(text[at : at + length])
        at += length
    return _card(kind, found)


def compose(card: Card) -> bytes:
    """The text block of a card, for simulators.

    Raises:
        ValueError: something is too long for its place.
    """
    until = _LASTING if card.until is None else f"{card.until:%Y%m%d}"
    values = {"birth": f"{card.birth:%Y%m%d}", "since": f"{card.since:%Y%m%d}", "until": until}
    parts = [_padded(values.get(field) or str(getattr(card, field)), length) for field, length in (*_FIELDS, *_PERIOD)]
    body = b"".join(parts)
    return body + _padded("", _KIND_AT - len(body)) + _padded(card.kind, 2) + _padded("", TEXT_BYTES - _KIND_AT - 2)


def check_number(number: str) -> str:
    """A number whose check digit is true.

    Raises:
        BadFrame: ``card.number``. Source: GB 11643-1999.
    """
    try:
        if len(number) != 18:
            raise BadFrame("card.number")
        return str(mod_11_2.validate(number))
    except ValidationError as exc:
        raise BadFrame("card.number") from exc


def _kind(text: bytes) -> CardKind:
    letter = text[_KIND_AT : _KIND_AT + 2].decode("utf-16-le", "replace").strip(" \0")
    try:
        return CardKind(letter)
    except ValueError as exc:
        raise BadFrame("card.kind") from exc


def _words(part: bytes) -> str:
    try:
        return part.decode("utf-16-le").rstrip(" \0")
    except UnicodeDecodeError as exc:
        raise BadFrame("card.not_text") from exc


def _card(kind: CardKind, found: dict[str, str]) -> Card:
    if not found["name"]:
        raise BadFrame("card.name")
    if found["sex"] not in {"0", "1", "2", "9"}:
        raise BadFrame("card.sex")
    lasts = found["until"] == _LASTING
    return Card(
        kind=kind,
        name=found["name"],
        sex=found["sex"],
        nation=found["nation"],
        birth=_day("birth", found["birth"]),
        address=found["address"],
        number=check_number(found["number"]),
        issuer=found["issuer"],
        since=_day("since", found["since"]),
        until=None if lasts else _day("until", found["until"]),
    )


def _day(field: str, text: str) -> date:
    try:
        if not (len(text) == 8 and text.isascii() and text.isdigit()):
            raise BadFrame(f"card.{field}")
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as exc:
        raise BadFrame(f"card.{field}") from exc


def _padded(text: str, length: int) -> bytes:
    encoded = text.encode("utf-16-le")
    if len(encoded) > length:
        raise ValueError("too long for its place on the card")
    return encoded + b" \0" * ((length - len(encoded)) // 2)
