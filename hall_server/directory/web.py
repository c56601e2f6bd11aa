"""Master data over HTTP: list, make, show and change zones, windows, lines, departments and matters."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from hall_server.directory import commands, model
from hall_server.directory.commands import SaveCommand
from hall_server.errors import Invalid, NotFound, Refused
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, Kind, Route, Verb

LIST_MOST = 2000
_QUERY = {
    "q": "words that id, code, number, name or English name contain",
    "limit": f"at most so many, up to {LIST_MOST}",
    "offset": "leave out so many",
}


@dataclass(frozen=True)
class Collection:
    """One kind of record.

    Attributes:
        name: in the address and as the directory's attribute. record: its type. save: the command that saves one.
        made: body of POST, the record with its id left to the server. change: body of PATCH, every field optional.
        items: reply of the list.
    """

    name: str
    record: type[model.Record]
    save: type[SaveCommand]
    made: type[msgspec.Struct]
    change: type[msgspec.Struct]
    items: type[msgspec.Struct]


def collection(name: str, record: type[model.Record], save: type[SaveCommand]) -> Collection:
    """A collection with the bodies that its record's fields give."""
    fields = msgspec.structs.fields(record)
    made = [_field(field, optional=field.name == "id") for field in fields]
    change = [(field.name, field.type | msgspec.UnsetType, msgspec.UNSET) for field in fields]
    return Collection(
        name=name,
        record=record,
        save=save,
        made=_struct(f"New{record.__name__}", made),
        change=_struct(f"{record.__name__}Change", change),
        items=_struct(f"{record.__name__}List", [("items", list[record]), ("total", int)]),  # type: ignore[valid-type]  # made at run time
    )


def _struct(name: str, fields: list[Any]) -> type[msgspec.Struct]:
    return msgspec.defstruct(name, fields, frozen=True, kw_only=True, forbid_unknown_fields=True)


def _field(field: msgspec.structs.FieldInfo, *, optional: bool) -> tuple[Any, ...]:
    if optional:
        return (field.name, field.type, "")
    if field.default is not msgspec.NODEFAULT:
        return (field.name, field.type, field.default)
    return (field.name, field.type)


def collections() -> list[Collection]:
    """The kinds of records that are edited as they are; staff have accounts besides, see ``staff_web``."""
    return [
        collection("zones", model.Zone, commands.SaveZone),
        collection("lines", model.Line, commands.SaveLine),
        collection("windows", model.Window, commands.SaveWindow),
        collection("departments", model.Department, commands.SaveDepartment),
        collection("matters", model.Matter, commands.SaveMatter),
    ]


class RecordsHandler(ApiHandler):
    """Shared by lists and single records."""

    kind: Collection

    @property
    def records(self) -> dict[str, Any]:
        """The live records of this kind, by id."""
        found: dict[str, Any] = getattr(self.server.directory, self.kind.name)
        return found

    def found(self, id_: str) -> Any:  # one of the record types
        """The record.

        Raises:
            NotFound: ``masterdata.unknown``.
        """
        if (record := self.records.get(id_)) is None:
            raise NotFound("masterdata.unknown", id=id_)
        return record

    def answer_list(self, items: Iterable[Any], *, text: Any = None) -> None:  # text: record → what q looks in
        """Answer with the asked-for part of the records that contain every word of ``q``."""
        words = self.words("q").casefold().split()
        look = text or searched
        hits = [item for item in items if all(word in look(item) for word in words)]
        offset = self.number("offset", default=0, most=1_000_000)
        limit = self.number("limit", default=LIST_MOST, least=1, most=LIST_MOST)
        self.answer({"items": hits[offset : offset + limit], "total": len(hits)})


class ListHandler(RecordsHandler):
    """``/api/v1/{kind}``."""

    async def get(self) -> None:
        """List the records."""
        self.answer_list(self.records.values())

    async def post(self) -> None:
        """Make a record; without an id it gets one."""
        given = fields_of(self.read(self.kind.made))
        if given["id"] in self.records and self.command_id is None:
            raise Refused("masterdata.id_taken", field="id", value=given["id"])
        await self.run(self.kind.save(item=self.kind.record(**given)))  # type: ignore[arg-type]  # the record of this kind


class RecordHandler(RecordsHandler):
    """``/api/v1/{kind}/{id}``."""

    async def get(self, id: str) -> None:  # noqa: A002  # the name in the path
        """Show one record."""
        self.answer(self.found(id))

    async def patch(self, id: str) -> None:  # noqa: A002  # the name in the path
        """Change the given fields; the others stay."""
        given = fields_of(self.read(self.kind.change))
        record = merged(self.found(id), given)
        await self.run(self.kind.save(item=record))


def merged(record: Any, given: dict[str, Any]) -> Any:  # one of the record types
    """The record with the given fields.

    Raises:
        Invalid: ``masterdata.id_fixed``.
    """
    if given.get("id", record.id) != record.id:
        raise Invalid("masterdata.id_fixed", field="id")
    return msgspec.structs.replace(record, **given)


def fields_of(body: msgspec.Struct) -> dict[str, Any]:
    """What a body gives, by name."""
    return {name: value for name, value in msgspec.structs.asdict(body).items() if value is not msgspec.UNSET}


def searched(item: Any) -> str:  # one of the record types
    """The text that ``q`` looks in."""
    names = ("id", "code", "prefix", "number", "name", "name_en")
    return " ".join(str(getattr(item, name, "")) for name in names).casefold()


def stable_id(actor: object, command_id: str) -> str:
    """An id for something new that is the same when the same request comes again."""
    return hashlib.sha256(f"{actor}/{command_id}".encode()).hexdigest()[:26]


def routes() -> Iterable[Route]:
    """The routes of all collections.

    ``GET`` of matters and of one window is public and shows something else (the kiosk's search, the window's state),
    so a manager reads whole records of matters under ``/api/v1/catalogue`` and windows in their list.
    """
    for kind in collections():
        record, path = kind.record.__name__.lower(), f"/api/v1/{kind.name}"
        listed = Verb(access=MANAGER, summary=f"List {kind.name}", reply=kind.items, query=_QUERY)
        shown = Verb(access=MANAGER, summary=f"Show a {record}", reply=kind.record)
        made = Verb(access=MANAGER, summary=f"Make a {record}", request=kind.made, reply=kind.record, status=201)
        changed = Verb(access=MANAGER, summary=f"Change a {record}", request=kind.change, reply=kind.record)
        reading = "/api/v1/catalogue" if kind.name == "matters" else path
        yield _route(reading, ListHandler, kind, GET=listed)
        yield _route(path, ListHandler, kind, POST=made)
        if kind.name != "windows":
            yield _route(reading + "/{id}", RecordHandler, kind, GET=shown)
        yield _route(path + "/{id}", RecordHandler, kind, PATCH=changed)


def _route(path: str, handler: type[ApiHandler], kind: Collection, **verbs: Verb) -> Route:
    return Route(path, handler, verbs, kind=Kind.API, options={"kind": kind})
