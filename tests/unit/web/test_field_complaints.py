"""What is wrong with a field is said in the caller's language, whatever the field is called."""

from __future__ import annotations

import enum
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from hall_server.errors import Invalid
from hall_server.web import bodies, faults
from hall_server.web.locales import Locales


class Colour(enum.Enum):
    RED = "red"


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    code: Annotated[str, msgspec.Meta(pattern=r"^\d{6}$")] = "000000"
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=3)] = "abc"
    level: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1
    items: Annotated[list[int], msgspec.Meta(max_length=1)] = []
    day: date | None = None
    colour: Colour | None = None


@pytest.fixture(scope="module")
def locales(checkout: Path) -> Locales:
    found = Locales()
    found.add(checkout / "hall_server" / "web" / "locales")
    return found


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        (b'{"code": "2"}', "code", "格式不对"),
        (b'{"words": "abcd"}', "words", "太长：最多 3 个字"),
        (b'{"words": ""}', "words", "必填"),
        (b'{"level": 9}', "level", "不能大于 5"),
        (b'{"level": 0}', "level", "不能小于 1"),
        (b'{"level": "x"}', "level", "内容类型不对"),
        (b'{"items": [1, 2]}', "items", "太多：最多 1 项"),
        (b'{"day": "gestern"}', "day", "日期不对，请写成 2026-11-23 这样"),
        (b'{"colour": "blue"}', "colour", "不在可选范围内"),
        (b'{"status": 1}', "status", "没有这个项目"),
    ],
)
def test_a_wrong_field_is_named_and_said_in_words(locales: Locales, given: bytes, field: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        bodies.parse(given, Asked)
    assert faults.body(refused.value, locales, "zh-CN")["error"]["fields"] == {field: said}  # type: ignore[index]  # the one shape
