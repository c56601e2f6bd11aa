"""What a window is told of packages: kinds to choose from, what one asks for, and its parts beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from cases import store as cases_store
from cases.catalogue.model import Edition, Fee, Law
from cases.catalogue.situations import Answers, needs
from cases.clocks.counting import clock_now
from cases.clocks.model import ClockFacts, ClockKind
from cases.desk.pictures import Clock, clock_of
from cases.model import State
from cases.packages import merging, merging_forms, store
from cases.packages.awaited import awaited
from cases.packages.clocks import chain_workdays
from cases.packages.finding import find
from cases.packages.kinds import Ask, Member, PackageKind
from cases.packages.opening import editions_of
from hall_server.errors import NotFound

if TYPE_CHECKING:
    from cases import Room
    from hall_server.server import Server


class PartNeeded(msgspec.Struct, frozen=True, kw_only=True):
    """A part; ``edition`` None: the catalogue does not have it in full, it is applied for by itself."""

    id: str
    name: str
    name_en: str
    edition: str | None
    after: tuple[str, ...]
    department_name: str = ""
    department_name_en: str = ""
    promise_workdays: int = 0


class KindLine(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of package that may be chosen.

    Attributes:
        asks: what says which parts are needed. parts: all it may have.
        is_ready: every part that must go together with the others is in the catalogue in full.
    """

    id: str
    name: str
    name_en: str
    lead_name: str
    lead_name_en: str
    asks: tuple[Ask, ...]
    parts: tuple[PartNeeded, ...]
    promise_workdays: int
    laws: tuple[Law, ...]
    is_ready: bool


class KindsFound(msgspec.Struct, frozen=True, kw_only=True):
    """Kinds of packages; ``can_open``: this hall has a city that goes on with them."""

    items: tuple[KindLine, ...]
    can_open: bool


class PackageNeeds(msgspec.Struct, frozen=True, kw_only=True):
    """What a package asks for, once.

    Attributes:
        parts, materials, form: nothing, until the package's own questions are answered.
        later: merged materials that may follow. stop: why a part cannot be accepted; empty: each can.
        clocks: the joint ones, if it came in now. chain_workdays: what the longest chain of parts takes by itself.
    """

    parts: tuple[PartNeeded, ...]
    questions: tuple[merging.MergedQuestion, ...]
    materials: tuple[merging.MergedMaterial, ...]
    form: dict[str, Any]
    is_answered: bool
    later: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    fees: tuple[Fee, ...] = ()
    promise_workdays: int
    stop: str = ""
    stop_en: str = ""
    clocks: list[Clock] = []
    chain_workdays: int = 0


class PartPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a package that was taken in; ``case`` None: it waits for those it comes after."""

    id: str
    name: str
    name_en: str
    department_name: str
    department_name_en: str
    after: tuple[str, ...]
    case: str | None
    number: str
    state: State | None


class PackagePicture(msgspec.Struct, frozen=True, kw_only=True):
    """A package that was taken in, its parts beside each other."""

    id: str
    number: str
    kind: str
    name: str
    name_en: str
    window: str | None
    ticket: str | None
    opened_at: datetime
    parts: tuple[PartPicture, ...]


class PackageList(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/packages`."""

    items: list[PackagePicture]


class Pictures:
    """Makes them."""

    def __init__(self, server: Server, room: Room, kinds: Mapping[str, PackageKind]) -> None:
        self._server = server
        self._room = room
        self._kinds = kinds

    @property
    def kinds(self) -> tuple[PackageKind, ...]:
        """Every kind there is."""
        return tuple(self._kinds.values())

    def kind_of(self, id_: str) -> PackageKind:
        """A kind by id.

        Raises:
            NotFound: ``package.kind_unknown``.
        """
        found = self._kinds.get(id_)
        if found is None:
            raise NotFound("package.kind_unknown", kind=id_)
        return found

    def editions(self, kind: PackageKind, answers: dict[str, tuple[str, ...]]) -> dict[str, Edition]:
        """The editions of the parts that are needed."""
        return editions_of(kind, answers, self._found)

    def line(self, kind: PackageKind) -> KindLine:
        """A kind in a list."""
        parts = tuple(self._part(one, self._found(one.matters)) for one in kind.members)
        lead, lead_en = self._department(kind.lead)
        return KindLine(
            id=kind.id,
            name=kind.name,
            name_en=kind.name_en or kind.name,
            lead_name=lead,
            lead_name_en=lead_en,
            asks=kind.asks,
            parts=parts,
            promise_workdays=kind.promise_workdays,
            laws=kind.laws,
            is_ready=all(
                part.edition or one.apart for part, one in zip(parts, kind.members, strict=True) if not one.when
            ),
        )

    def needs(self, kind: PackageKind, answers: Answers, part_answers: Answers) -> PackageNeeds:
        """What a package asks for; of its parts nothing as long as its own questions are open."""
        own = {one.id: tuple(answers[one.id]) for one in kind.asks if answers.get(one.id)}
        if len(own) < len(kind.asks):
            return PackageNeeds(
                parts=(),
                questions=(),
                materials=(),
                form={},
                is_answered=False,
                promise_workdays=kind.promise_workdays,
                clocks=self._clocks(kind),
            )
        editions = self.editions(kind, own)
        comes = awaited(kind.needed(own), editions)
        split = merging.spread_answers(editions, part_answers)
        questions = merging.questions(editions, part_answers)
        found = {part: needs(edition, split[part]) for part, edition in editions.items()}
        merged = merging.materials(editions, split, kind.same, comes)
        promised = {part: one.promise_workdays for part, one in found.items()}
        stop = next((one for one in found.values() if one.stop), None)
        return PackageNeeds(
            parts=tuple(self._part(one, editions.get(one.id), promised) for one in kind.needed(own)),
            questions=questions,
            materials=merged,
            form=merging_forms.form(editions, kind.same, comes),
            is_answered=all(part_answers.get(one.id) for one in questions),
            later=tuple(one.id for one in merged if one.is_later),
            conditions=tuple(dict.fromkeys(text for one in found.values() for text in one.conditions)),
            fees=tuple(fee for edition in editions.values() for fee in edition.fees),
            promise_workdays=kind.promise_workdays,
            stop=stop.stop if stop else "",
            stop_en=stop.stop_en if stop else "",
            clocks=self._clocks(kind),
            chain_workdays=chain_workdays({one.id: one.after for one in kind.needed(own)}, promised),
        )

    async def package(self, row: store.PackageRow) -> PackagePicture:
        """A package that was taken in, each part with the case it has become."""
        cases = await cases_store.of_package(self._server.views, row.id)
        by_matter = {one.matter: one for one in cases}
        parts = []
        for part in row.parts:
            case = by_matter.get(part.edition.partition("@")[0])
            name, name_en = self._department(part.department)
            parts.append(
                PartPicture(
                    id=part.id,
                    name=part.name,
                    name_en=part.name_en or part.name,
                    department_name=name,
                    department_name_en=name_en,
                    after=part.after,
                    case=case.id if case else part.case,
                    number=case.number if case else "",
                    state=case.state if case else None,
                )
            )
        return PackagePicture(
            id=row.id,
            number=row.number,
            kind=row.kind,
            name=row.name,
            name_en=row.name_en or row.name,
            window=row.window,
            ticket=row.ticket,
            opened_at=row.opened_at,
            parts=tuple(parts),
        )

    @property
    def today(self) -> date:
        """The day by the hall's clock."""
        return self._room.service.terms.day(self._server.now())

    def _found(self, names: tuple[str, ...]) -> Edition | None:
        return find(self._room.editions, names, self.today)

    def _part(self, member: Member, edition: Edition | None, promised: Mapping[str, int] | None = None) -> PartNeeded:
        name, name_en = self._department(edition.department) if edition else ("", "")
        return PartNeeded(
            id=member.id,
            name=member.name,
            name_en=member.name_en or member.name,
            edition=edition.key if edition else None,
            after=member.after,
            department_name=name,
            department_name_en=name_en,
            promise_workdays=(promised or {}).get(member.id, edition.promise_workdays if edition else 0),
        )

    def _clocks(self, kind: PackageKind) -> list[Clock]:
        """The joint clocks. Source: 行政许可法 42."""
        now, terms = self._server.now(), self._room.service.terms
        limits = {ClockKind.PROMISE: kind.promise_workdays, ClockKind.STATUTE: kind.statute_workdays}
        return [
            clock_of(clock_now(ClockFacts(kind=one, started_at=now, limit_workdays=days), terms=terms, now=now))
            for one, days in limits.items()
        ]

    def _department(self, id_: str) -> tuple[str, str]:
        found = self._server.directory.departments.get(id_)
        return (found.name, found.name_en or found.name) if found else (id_, id_)
