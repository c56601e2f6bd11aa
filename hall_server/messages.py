"""Commands, events and their journal rows: the only things that travel between rooms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar

import msgspec

from hall_server.errors import Invalid, UnknownEvent


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a person, a device or a hall wants done; named in the imperative."""

    def asked(self) -> Command:
        """What the caller asked for, without what the server noted beside it: the same request is the same again."""
        return self


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened; named in the past tense.

    Unknown fields are refused when one is built (a struct has no others) and ignored when one is read.
    """

    type: ClassVar[str] = ""
    version: ClassVar[int] = 1
    lasting: ClassVar[bool] = False

    @property
    def subject(self) -> str:
        """What the event is about, as ``kind:id``."""
        raise TypeError(f"{type(self).__name__} names no subject")


class LastingEvent(Event, frozen=True, kw_only=True):
    """An event that holds beyond its business day: each start reads all that still hold."""

    lasting: ClassVar[bool] = True
    until_ended: ClassVar[bool] = False
    """Needed until an event with ``ends_subject`` comes about the same subject (a case, which may take months)."""

    @property
    def ends_subject(self) -> bool:
        """Whether what it is about is over: a later start needs nothing of it."""
        return False

    def last_day(self, happened: date) -> date | None:
        """The last business day on which a start needs it, by the day it happened; None: it is needed for good.

        A fold must bear that an event about something long over comes without those before it.
        """
        return None


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its place in the journal."""

    seq: int
    at: datetime
    business_day: date
    event: Event
    actor: str
    command_id: str | None = None


UpCast = Callable[[dict[str, Any]], dict[str, Any]]


class EventTypes:
    """The event types a server knows, with the ways from old versions to the present one."""

    def __init__(self) -> None:
        self._classes: dict[str, type[Event]] = {}
        self._upcasts: dict[tuple[str, int], UpCast] = {}

    def add(self, *classes: type[Event]) -> None:
        """Make event classes known.

        Raises:
            Invalid: a class has no type, or two classes claim one.
        """
        for cls in classes:
            if not cls.type:
                raise Invalid("event.no_type", event=cls.__name__)
            if self._classes.setdefault(cls.type, cls) is not cls:
                raise Invalid("event.type_taken", event=cls.type)

    def upcast(self, type_: str, version: int, step: UpCast) -> None:
        """Say how a payload of ``version`` becomes one of ``version + 1``."""
        self._upcasts[type_, version] = step

    def known(self) -> list[type[Event]]:
        """All event classes, by type."""
        return [self._classes[name] for name in sorted(self._classes)]

    def has(self, cls: type[Event]) -> bool:
        """Whether events of this class may be journalled."""
        return self._classes.get(cls.type) is cls

    def is_lasting(self, type_: str) -> bool:
        """Whether events of this type hold beyond their day."""
        return type_ in self._classes and self._classes[type_].lasting

    def read(self, type_: str, version: int, payload: bytes | str) -> Event:
        """Decode a journal payload.

        Raises:
            UnknownEvent: the type is not known, it is newer than this program, or nobody says how its version is read.
        """
        cls = self._classes.get(type_)
        if cls is None or version > cls.version:
            raise UnknownEvent("event.unknown", type=type_, version=version)
        if version == cls.version:
            return msgspec.json.decode(payload, type=cls)
        raw: dict[str, Any] = msgspec.json.decode(payload)
        for step in range(version, cls.version):
            upcast = self._upcasts.get((type_, step))
            if upcast is None:
                raise UnknownEvent("event.unknown", type=type_, version=version)
            raw = upcast(raw)
        return msgspec.convert(raw, cls)
