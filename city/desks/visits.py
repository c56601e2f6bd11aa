"""A joint visit (联合勘验) as the desks show it: who goes, what each department found and signed, who has yet to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from cases.packages.model import Finding, Inspector, Package, Visit
from hall_server.identity import Actor

Names = Callable[[str], tuple[str, str]]
"""What a department is called in both languages."""


class InspectorShown(msgspec.Struct, frozen=True, kw_only=True):
    """Who goes to the site."""

    department: str
    department_name: str
    department_name_en: str
    number: str


class SignatureShown(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed, and when; ``by``: the person's name, empty where the city does not know it."""

    by: str
    at: datetime


class FindingShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a department found on the site; ``came``: numbers of those who were there."""

    department: str
    department_name: str
    department_name_en: str
    came: tuple[str, ...]
    is_sound: bool
    words: str
    signed: tuple[SignatureShown, ...]


class VisitShown(msgspec.Struct, frozen=True, kw_only=True):
    """A joint visit: who goes, what each department found, and whom one still waits for.

    Attributes:
        departments: those whose cases it is for. until: None: it goes on.
    """

    id: str
    begun_at: datetime
    until: datetime | None
    workdays: int
    result: str
    departments: tuple[str, ...]
    inspectors: tuple[InspectorShown, ...]
    findings: tuple[FindingShown, ...]


def visit_shown(package: Package, visit: Visit, names: Names, name_of: Callable[[str], str]) -> VisitShown:
    """A visit of a package; ``name_of``: who somebody in the journal is."""
    return VisitShown(
        id=visit.id,
        begun_at=visit.begun_at,
        until=visit.until,
        workdays=visit.workdays,
        result=visit.result,
        departments=visited(package, visit),
        inspectors=tuple(_inspector(one, names) for one in visit.inspectors),
        findings=tuple(_finding(one, names, name_of) for one in visit.findings),
    )


def _inspector(one: Inspector, names: Names) -> InspectorShown:
    name, name_en = names(one.department)
    return InspectorShown(
        department=one.department, department_name=name, department_name_en=name_en, number=one.number
    )


def _finding(one: Finding, names: Names, name_of: Callable[[str], str]) -> FindingShown:
    name, name_en = names(one.department)
    return FindingShown(
        department=one.department,
        department_name=name,
        department_name_en=name_en,
        came=one.came,
        is_sound=one.is_sound,
        words=one.words,
        signed=tuple(SignatureShown(by=name_of(each.by), at=each.at) for each in one.signed),
    )


def visited(package: Package, visit: Visit) -> tuple[str, ...]:
    """The departments whose cases a joint visit is for."""
    parts = (one.part.department for one in package.parts.values() if one.case in visit.cases)
    return tuple(dict.fromkeys(parts))


def findings_of(package: Package, actor: Actor) -> list[str]:
    """What somebody may do about the findings of the visit that goes on."""
    visit = package.visit
    mine = actor.departments & frozenset(visited(package, visit)) if visit is not None else frozenset()
    found = ["finding"] if mine else []
    for one in visit.findings if visit is not None else ():
        if one.department in mine and str(actor) not in {each.by for each in one.signed}:
            return [*found, "sign-finding"]
    return found
