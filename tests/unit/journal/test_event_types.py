"""Event types over versions: old payloads are brought up, newer and strange ones are refused."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from hall_server.errors import Invalid, UnknownEvent
from hall_server.messages import Event, EventTypes, LastingEvent


class DoorOpened(LastingEvent, frozen=True, kw_only=True):
    """The third version: the first knew only a name, the second a door without a side."""

    type: ClassVar[str] = "door.opened"
    version: ClassVar[int] = 3
    door: str
    side: str


class Namesake(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "door.opened"


class Nameless(Event, frozen=True, kw_only=True):
    pass


@pytest.fixture
def types() -> EventTypes:
    known = EventTypes()
    known.add(DoorOpened)

    def renamed(old: dict[str, Any]) -> dict[str, Any]:
        return {"door": old["name"]}

    def with_side(old: dict[str, Any]) -> dict[str, Any]:
        return {**old, "side": "left"}

    known.upcast("door.opened", 1, renamed)
    known.upcast("door.opened", 2, with_side)
    return known


@pytest.mark.parametrize(
    ("version", "payload"),
    [
        (1, b'{"name": "d1"}'),
        (2, b'{"door": "d1"}'),
        (3, b'{"door": "d1", "side": "left"}'),
        (3, '{"door": "d1", "side": "left", "from a later day": true}'),
    ],
)
def test_every_version_becomes_the_present_one(types: EventTypes, version: int, payload: bytes | str) -> None:
    assert types.read("door.opened", version, payload) == DoorOpened(door="d1", side="left")


@pytest.mark.parametrize(("type_", "version"), [("door.opened", 4), ("door.opened", 0), ("door.walled_up", 1)])
def test_what_a_newer_program_wrote_or_nobody_can_read_is_unknown(types: EventTypes, type_: str, version: int) -> None:
    with pytest.raises(UnknownEvent, check=lambda exc: exc.code == "event.unknown"):
        types.read(type_, version, b"{}")


def test_a_type_belongs_to_one_class_and_has_a_name(types: EventTypes) -> None:
    with pytest.raises(Invalid, check=lambda exc: exc.code == "event.type_taken"):
        types.add(Namesake)
    with pytest.raises(Invalid, check=lambda exc: exc.code == "event.no_type"):
        types.add(Nameless)
    types.add(DoorOpened)
    assert types.known() == [DoorOpened]
    assert types.has(DoorOpened)
    assert not types.has(Namesake)


def test_lasting_is_known_by_type(types: EventTypes) -> None:
    assert types.is_lasting("door.opened")
    assert not types.is_lasting("door.walled_up")
