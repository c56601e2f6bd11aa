"""In-trays: the cases of a department, the most urgent first, and what waits for a leader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec

from cases.catalogue.shelf import Shelf
from cases.clocks.model import ClockNow, Light
from cases.flow import allowed
from cases.hall import posts_of
from cases.model import State, Step
from cases.packages.clocks import FamilyNow, family_now
from cases.packages.kinds import Rule
from cases.packages.model import Package
from city.cases_index import CaseIndex, InTray
from city.desks.joint import Joint
from city.desks.visits import VisitShown, findings_of, visit_shown
from hall_server.errors import Forbidden, NotFound
from hall_server.identity import Actor, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from cases.clocks.terms import Terms
    from city.server import City

TRAY_MOST = 500
"""So many cases of a department are looked through for a list; more are found by their number."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list.

    Attributes:
        steps: what this person may do with it now.
        is_here: the city writes it; else it waits at a hall.
    """

    id: str
    number: str
    step: int
    matter: str
    matter_name: str
    matter_name_en: str
    department: str
    hall: str
    state: State
    is_here: bool
    received_at: datetime
    light: Light
    due: date | None
    is_provisional: bool
    is_overdue: bool
    extension_asked: int
    conflicts: int
    package: str | None
    steps: tuple[Step, ...]


class Tray(msgspec.Struct, frozen=True, kw_only=True):
    """The cases of a department; ``total`` counts those that the question means."""

    department: str
    total: int
    counts: dict[str, int]
    items: tuple[Line, ...]


class PartShown(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a package; ``number``: of its case, where it has become one that this person may know."""

    id: str
    name: str
    name_en: str
    department: str
    department_name: str
    department_name_en: str
    state: str
    after: tuple[str, ...]
    case: str | None
    opinion: str
    why: str
    held: str
    settled_at: datetime | None
    clocks: tuple[ClockNow, ...] = ()
    is_behind: bool = False
    is_beyond: bool = False


class PackageShown(msgspec.Struct, frozen=True, kw_only=True):
    """A package: its parts with the opinions that came back, the joint clock, and what may be done with it.

    Attributes:
        may: names of the package's steps that this person may take now.
        light: the worst of the joint clocks. visits: the joint visits, the oldest first.
    """

    id: str
    number: str
    kind: str
    name: str
    name_en: str
    lead: str
    lead_name: str
    lead_name_en: str
    hall: str
    deliver_at: str
    step: int
    rule: Rule
    opened_at: datetime
    outcome: str | None
    reasons: str
    is_over: bool
    visit: str | None
    visit_workdays: int
    extended: int
    extension_workdays: int
    light: Light
    visits: tuple[VisitShown, ...]
    clocks: tuple[ClockNow, ...]
    parts: tuple[PartShown, ...]
    may: tuple[str, ...]


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for a leader: decisions, extensions that were asked for, packages to be decided."""

    decide: tuple[Line, ...]
    extend: tuple[Line, ...]
    packages: tuple[PackageShown, ...]


class Trays:
    """Makes lists for somebody, of their own departments alone."""

    def __init__(
        self, city: City, shelf: Shelf, joint: Joint, terms: Callable[[], Terms], name_of: Callable[[str], str]
    ) -> None:
        self._city = city
        self._shelf = shelf
        self._joint = joint
        self._terms = terms
        self._name_of = name_of

    async def tray(
        self, department: str, actor: Actor, *, is_over: bool, state: str, typed: str, limit: int, offset: int
    ) -> Tray:
        """A department's cases.

        Raises:
            Forbidden: ``desk.other_department``.
        """
        check_department(actor, department)
        found = await self._index.tray(department, is_over=is_over, limit=TRAY_MOST)
        lines = [self._line(one, actor) for one in found]
        counts = {one.value: 0 for one in Light}
        for line in lines:
            counts[line.light.value] += 1
        meant = [one for one in lines if (not state or one.state == state) and _is_typed(one, typed)]
        if not is_over:
            meant.sort(key=lambda one: (-one.light.rank, one.due or date.max, one.received_at))
        return Tray(department=department, total=len(meant), counts=counts, items=tuple(meant[offset : offset + limit]))

    async def waiting(self, actor: Actor) -> Waiting:
        """What waits for a leader in all of their departments."""
        lines: list[Line] = []
        for department in sorted(actor.departments):
            lines += [self._line(one, actor) for one in await self._index.tray(department, limit=TRAY_MOST)]
        lines.sort(key=lambda one: (-one.light.rank, one.due or date.max, one.received_at))
        packages = [one for one in await self.packages(actor) if "decide" in one.may]
        return Waiting(
            decide=tuple(one for one in lines if Step.DECIDE in one.steps),
            extend=tuple(one for one in lines if one.extension_asked and Step.EXTEND in one.steps),
            packages=tuple(packages),
        )

    async def packages(self, actor: Actor) -> list[PackageShown]:
        """The packages that this person's departments lead, that are not over."""
        found = []
        for id_ in self._joint.open.led_by(actor.departments):
            try:
                found.append(await self.package_shown(await self._joint.package(id_), actor))
            except NotFound:
                continue
        return found

    async def package_shown(self, package: Package, actor: Actor) -> PackageShown:
        """A package for somebody, with the clocks of its parts below the joint ones."""
        cases = {one.id: one for one in await self._index.of_package(package.id)}
        family = family_now(package, cases, terms=self._terms(), now=self._city.now())
        lead_name, lead_name_en = self.department_names(package.lead)
        return PackageShown(
            id=package.id,
            number=package.number,
            kind=package.kind,
            name=package.name,
            name_en=package.name_en or package.name,
            lead=package.lead,
            lead_name=lead_name,
            lead_name_en=lead_name_en,
            hall=package.hall,
            deliver_at=package.deliver_at,
            step=package.step,
            rule=package.rule,
            opened_at=package.opened_at,
            outcome=package.outcome,
            reasons=package.reasons,
            is_over=package.is_over,
            visit=package.visit.id if package.visit else None,
            visit_workdays=package.visit.workdays if package.visit else 0,
            extended=package.extended,
            extension_workdays=package.extension_workdays,
            light=family.light,
            visits=tuple(visit_shown(package, one, self.department_names, self._name_of) for one in package.visits),
            clocks=family.joint,
            parts=tuple(self._parts(package, family)),
            may=may(package, actor),
        )

    def department_names(self, id_: str) -> tuple[str, str]:
        """What a department is called in both languages."""
        found = self._city.directory.departments.get(id_)
        return (found.name, found.name_en or found.name) if found else (id_, id_)

    def _parts(self, package: Package, family: FamilyNow) -> Iterable[PartShown]:
        for id_, now in package.parts.items():
            name, name_en = self.department_names(now.part.department)
            yield PartShown(
                id=id_,
                name=now.part.name,
                name_en=now.part.name_en or now.part.name,
                department=now.part.department,
                department_name=name,
                department_name_en=name_en,
                state=now.state,
                after=now.part.after,
                case=now.case,
                opinion=now.opinion,
                why=now.why,
                held=now.held,
                settled_at=now.settled_at,
                clocks=family.parts.get(id_, ()),
                is_behind=id_ in family.behind,
                is_beyond=id_ in family.beyond,
            )

    def _line(self, found: InTray, actor: Actor) -> Line:
        case = found.case
        edition = self._shelf.get(case.edition)
        name = edition.name if edition else case.matter
        steps = allowed(case, posts_of(actor, case.department), str(actor)) if case.writer == "city" else ()
        return Line(
            id=case.id,
            number=case.number,
            step=case.step,
            matter=case.matter,
            matter_name=name,
            matter_name_en=(edition.name_en if edition else "") or name,
            department=case.department,
            hall=case.hall,
            state=case.state,
            is_here=case.writer == "city",
            received_at=case.received_at,
            light=found.dues.light,
            due=found.dues.due,
            is_provisional=found.dues.is_provisional,
            is_overdue=found.dues.is_overdue,
            extension_asked=case.extension_asked,
            conflicts=len(case.conflicts),
            package=case.package,
            steps=steps,
        )

    @property
    def _index(self) -> CaseIndex:
        found: CaseIndex = self._city.rooms["case_index"]
        return found


def may(package: Package, actor: Actor) -> tuple[str, ...]:
    """The steps of a package that somebody may take now: findings are each department's, the rest the lead's alone."""
    if package.is_over:
        return ()
    own = findings_of(package, actor)
    if package.lead not in actor.departments:
        return tuple(own)
    found = own if package.is_answered else [*own, "end-visit" if package.visit else "visit"]
    if actor.may(Role.LEADER) and not package.extended and package.outcome is None:
        found.append("extend")
    is_ripe = package.rule is Rule.LEAD and package.is_answered and package.outcome is None
    if actor.may(Role.LEADER) and is_ripe and package.opened_by != str(actor):
        found.append("decide")
    if package.outcome is None:
        found.append("withdraw")
    return tuple(found)


def check_department(actor: Actor, department: str) -> None:
    """Refuse whoever does not work for a department.

    Raises:
        Forbidden: ``desk.other_department``.
    """
    if department not in actor.departments:
        raise Forbidden("desk.other_department", department=department)


def _is_typed(line: Line, typed: str) -> bool:
    said = typed.strip().lower()
    return not said or said in line.number.lower() or said in line.matter_name.lower()
