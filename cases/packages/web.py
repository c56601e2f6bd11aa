"""Packages over HTTP at a hall: kinds to choose from, one list and one form for all parts, and the opening."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from cases.catalogue.model import Edition
from cases.desk.codes import salt
from cases.forms import Form, Party, PartyKind, sealed_bytes
from cases.model import Delivery, Given
from cases.packages import merging
from cases.packages import messages as p
from cases.packages.finding import find
from cases.packages.hall import OpenedReply, check_window
from cases.packages.kinds import Ask, PackageKind, named
from cases.packages.opening import editions_of
from hall_server.database.vault import Person
from hall_server.errors import NotFound, Refused
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import STAFF, Route, Verb

if TYPE_CHECKING:
    from cases import Room
    from hall_server.federation.room import Room as Federation
    from hall_server.server import Server

BASE = "/api/v1/packages"
BODY_MOST = 512 * 1024
Answers = Annotated[dict[str, tuple[str, ...]], Meta(max_length=60)]


class KindLine(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of package that may be chosen; ``asks``: what says which parts are needed."""

    id: str
    name: str
    name_en: str
    asks: tuple[Ask, ...]


class KindsFound(msgspec.Struct, frozen=True, kw_only=True):
    """Kinds of packages."""

    items: tuple[KindLine, ...]


class PartNeeded(msgspec.Struct, frozen=True, kw_only=True):
    """A part; ``edition`` None: the catalogue does not have it in full, it is applied for by itself."""

    id: str
    name: str
    name_en: str
    edition: str | None
    after: tuple[str, ...]


class PackageNeeds(msgspec.Struct, frozen=True, kw_only=True):
    """What a package asks for, once."""

    parts: tuple[PartNeeded, ...]
    questions: tuple[merging.MergedQuestion, ...]
    materials: tuple[merging.MergedMaterial, ...]
    form: dict[str, Any]


class NeedsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers so far: to the package's questions, and to the merged ones of its parts."""

    answers: Answers = {}
    part_answers: Answers = {}


class PackageWanted(NeedsAsked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A package at a window; materials and fields go by the merged list's ids."""

    kind: str
    window: str
    ticket: str | None = None
    applicant: Party
    agent: Party | None = None
    fields: dict[str, Any] = {}
    given: Annotated[tuple[Given, ...], Meta(max_length=300)] = ()
    delivery: Delivery = Delivery.WINDOW
    deliver_at: str = ""
    owed_until: date | None = None


class PackageHandler(ApiHandler):
    """A handler of this room."""

    hall: Server
    room: Room
    kinds: Mapping[str, PackageKind]

    def kind(self, id_: str) -> PackageKind:
        """A kind by id.

        Raises:
            NotFound: ``package.kind_unknown``.
        """
        found = self.kinds.get(id_)
        if found is None:
            raise NotFound("package.kind_unknown", kind=id_)
        return found

    def editions(self, kind: PackageKind, answers: dict[str, tuple[str, ...]]) -> dict[str, Edition]:
        """The editions of the parts that are needed."""
        today = self.hall.business_day
        return editions_of(kind, answers, lambda names: find(self.room.editions, names, today))


class KindsHandler(PackageHandler):
    """Kinds to choose from."""

    async def get(self) -> None:
        """Answer with those whose words fit."""
        found = named(self.kinds.values(), self.words("q"))
        self.answer(
            KindsFound(
                items=tuple(
                    KindLine(id=one.id, name=one.name, name_en=one.name_en or one.name, asks=one.asks) for one in found
                )
            )
        )


class NeedsHandler(PackageHandler):
    """What a package asks for."""

    async def post(self, kind: str) -> None:
        """Answer with it."""
        wanted, found = self.read(NeedsAsked), self.kind(kind)
        editions = self.editions(found, wanted.answers)
        split = merging.spread_answers(editions, wanted.part_answers)
        self.answer(
            PackageNeeds(
                parts=tuple(
                    PartNeeded(
                        id=one.id,
                        name=one.name,
                        name_en=one.name_en or one.name,
                        edition=editions[one.id].key if one.id in editions else None,
                        after=one.after,
                    )
                    for one in found.needed(wanted.answers)
                ),
                questions=merging.questions(editions, wanted.part_answers),
                materials=merging.materials(editions, split, found.same),
                form=merging.form(editions),
            )
        )


class OpenHandler(PackageHandler):
    """A package comes in."""

    async def post(self) -> None:
        """Seal the forms, then take it in.

        Raises:
            Refused: ``package.no_city``: nobody would go on with it.
        """
        wanted = self.read(PackageWanted)
        check_window(self.actor, wanted.window)
        if self.hall.settings.city_url is None:
            raise Refused("package.no_city")
        kind = self.kind(wanted.kind)
        editions = self.editions(kind, wanted.answers)
        merging.check_answers(editions, wanted.part_answers)
        split = merging.spread_answers(editions, wanted.part_answers)
        merged = merging.materials(editions, split, kind.same)
        about = f"{self.actor}:{self.command_id or self.hall.ids.new()}"
        fields = merging.spread_fields(editions, wanted.fields)
        forms = {
            part: await self._seal(wanted, edition.key, fields[part], f"{about}:{part}")
            for part, edition in editions.items()
        }
        await self.run(
            p.OpenPackage(
                kind=kind.id,
                editions={part: edition.key for part, edition in editions.items()},
                answers=wanted.answers,
                part_answers=split,
                given=merging.spread_given(editions, merged, wanted.given),
                forms=forms,
                form=await self._seal(wanted, kind.id, wanted.fields, about),
                ticket=wanted.ticket,
                window=wanted.window,
                applicant=await self._person(wanted.applicant),
                agent=await self._person(wanted.agent) if wanted.agent else None,
                delivery=wanted.delivery,
                deliver_at=wanted.deliver_at,
                owed_until=wanted.owed_until,
            )
        )

    async def _seal(self, wanted: PackageWanted, edition: str, fields: dict[str, Any], about: str) -> str:
        """Keep a form and bring it to the city; the same request again makes the same bytes."""
        federation: Federation = self.hall.rooms["federation"]
        form = Form(
            salt=salt(self.hall.keys.ticket, about),
            edition=edition,
            applicant=wanted.applicant,
            agent=wanted.agent,
            fields=fields,
        )
        sha256 = await federation.keep(sealed_bytes(form))
        await federation.bring(sha256)
        return sha256

    async def _person(self, party: Party) -> str | None:
        """The opaque id of a person; an organisation has none in the vault."""
        if party.kind is not PartyKind.PERSON or not party.id_number:
            return None
        return await self.hall.vault.person(Person(id_number=party.id_number, phone=party.phone or None))


def routes(options: dict[str, Any]) -> list[Route]:
    """The room's addresses; ``options`` are the handlers' attributes."""
    kinds = Verb(access=STAFF, summary="Kinds of packages (一件事)", reply=KindsFound, query={"q": "words of it"})
    needs = Verb(
        access=STAFF, summary="One list and one form for all parts of a package", request=NeedsAsked, reply=PackageNeeds
    )
    opened = Verb(
        access=STAFF, summary="Take a package in at a window", request=PackageWanted, reply=OpenedReply, status=201
    )
    return [
        Route(f"{BASE}/kinds", KindsHandler, {"GET": kinds}, options=options),
        Route(f"{BASE}/kinds/{{kind}}/needs", NeedsHandler, {"POST": needs}, options=options),
        Route(BASE, OpenHandler, {"POST": opened}, body_limit=BODY_MOST, options=options),
    ]
