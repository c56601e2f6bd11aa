"""The hall's own record and its opening hours over HTTP: there is one of each, so the address needs no id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from hall_server.directory.commands import SaveHall, SaveHours
from hall_server.directory.fields import check_text
from hall_server.directory.model import Hall, Hours, Priority, Span
from hall_server.errors import NotFound
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, Route, Verb

ALWAYS = Hours(days=((Span(open="00:00", close="24:00"),),) * 7, follows_calendar=False)
"""What a hall without hours keeps to."""

_Reason = Annotated[str, Meta(max_length=400)]


class HallChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall be different about the hall; ``priorities`` replaces the whole list."""

    name: str | UnsetType = UNSET
    name_en: str | UnsetType = UNSET
    priorities: tuple[Priority, ...] | UnsetType = UNSET
    reason: _Reason = ""


class HoursChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall be different about the hours; ``days`` replaces the whole week."""

    days: tuple[tuple[Span, ...], ...] | UnsetType = UNSET
    last_ticket_minutes: int | UnsetType = UNSET
    follows_calendar: bool | UnsetType = UNSET
    reason: _Reason = ""


class HallRecordHandler(ApiHandler):
    """``/api/v1/hall-record``."""

    async def get(self) -> None:
        """Show the record."""
        self.answer(self._record())

    async def patch(self) -> None:
        """Change the given fields; the others stay."""
        change = self.read(HallChange)
        await self.run(SaveHall(item=_changed(self._record(), change), reason=reason_of(change.reason)))

    def _record(self) -> Hall:
        if (hall := self.server.directory.hall) is None:
            raise NotFound("masterdata.unknown", id="hall")
        return hall


class HoursHandler(ApiHandler):
    """``/api/v1/hours``."""

    async def get(self) -> None:
        """Show the hours."""
        self.answer(self.server.directory.hours or ALWAYS)

    async def patch(self) -> None:
        """Change the given fields; the others stay."""
        change = self.read(HoursChange)
        hours = _changed(self.server.directory.hours or ALWAYS, change)
        await self.run(SaveHours(item=hours, reason=reason_of(change.reason)))


def reason_of(text: str) -> str:
    """The reason of a change, fit for the journal.

    Raises:
        Invalid: there is none, or it is too long or no plain text; the field is ``reason``.
    """
    check_text(text.strip(), "reason", limit=200)
    return text.strip()


def _changed(record: Any, change: msgspec.Struct) -> Any:  # the record's type
    given = msgspec.structs.asdict(change).items()
    return msgspec.structs.replace(record, **{k: v for k, v in given if k != "reason" and v is not UNSET})


def routes() -> Iterable[Route]:
    """The routes of both; ``GET /api/v1/hall`` is the kiosk's picture of the hall and stays public."""
    for path, handler, record, change, what in (
        ("/api/v1/hall-record", HallRecordHandler, Hall, HallChange, "the hall's name and classes of priority"),
        ("/api/v1/hours", HoursHandler, Hours, HoursChange, "the opening hours"),
    ):
        shown = Verb(access=MANAGER, summary=f"Show {what}", reply=record)
        changed = Verb(access=MANAGER, summary=f"Change {what}", request=change, reply=record)
        yield Route(path, handler, {"GET": shown, "PATCH": changed})
