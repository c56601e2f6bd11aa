"""What the answers so far lead to, for those who ask before they come: questions, materials, limits; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from cases.catalogue.model import Edition, Fee, Law, Material, Needed, Option, Question, Supply
from cases.catalogue.situations import Answers, asked, needs
from hall_server.errors import Invalid

if TYPE_CHECKING:
    from cases.packages.merging import MergedMaterial, MergedQuestion


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question as it is put; ``chosen``: what was answered."""

    id: str
    text: str
    text_en: str
    options: tuple[Option, ...]
    chosen: tuple[str, ...] = ()


class MaterialNeeded(msgspec.Struct, frozen=True, kw_only=True):
    """Something to bring.

    Attributes:
        later: it may follow on a written promise (容缺后补).
        is_form: it is made of what is filled in; the sample shows how.
    """

    id: str
    name: str
    name_en: str
    issuer: str
    originals: int
    copies: int
    needed: Needed
    supplies: tuple[Supply, ...]
    note: str
    law: Law | None
    later: bool
    is_form: bool


class NeedsShown(msgspec.Struct, frozen=True, kw_only=True):
    """What the answers so far come to.

    Attributes:
        ask: the questions that these answers lead to, in order, those that are answered among them.
        next: id of the first that is not answered; None: the list is exact.
        promise_workdays: working days; 0: on the spot.
        stop, stop_en: why nothing can be accepted in this situation; empty: it can.
    """

    ask: tuple[Asked, ...]
    next: str | None
    materials: tuple[MaterialNeeded, ...]
    conditions: tuple[str, ...]
    promise_workdays: int
    stop: str
    stop_en: str


class PartNeeded(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a package; ``is_apart``: it is applied for by itself."""

    id: str
    matter: str | None
    name: str
    name_en: str
    is_apart: bool


class PackageNeedsShown(msgspec.Struct, frozen=True, kw_only=True):
    """The same for a package: one list for all of its parts. ``fees``: of all of them."""

    ask: tuple[Asked, ...]
    next: str | None
    parts: tuple[PartNeeded, ...]
    materials: tuple[MaterialNeeded, ...]
    fees: tuple[Fee, ...]
    promise_workdays: int


def needs_shown(edition: Edition, answers: Answers) -> NeedsShown:
    """What the answers come to; those to questions that these answers do not lead to are passed over.

    Raises:
        Invalid: ``situation.option_unknown``: an answer that is none of its question's.
    """
    questions = asked(edition, answers)
    known = {one.id: tuple(answers.get(one.id, ())) for one in questions}
    check_options(questions, known)
    found = needs(edition, {id_: chosen for id_, chosen in known.items() if chosen})
    ask = tuple(asked_of(one, known[one.id]) for one in questions)
    return NeedsShown(
        ask=ask,
        next=unanswered(ask),
        materials=tuple(material_needed(one, later=one.id in found.later) for one in found.materials),
        conditions=found.conditions,
        promise_workdays=found.promise_workdays,
        stop=found.stop,
        stop_en=found.stop_en,
    )


def check_options(questions: Iterable[Question | MergedQuestion], answers: Answers) -> None:
    """Refuse answers that a question does not have.

    Raises:
        Invalid: ``situation.option_unknown``.
    """
    for question in questions:
        unknown = set(answers.get(question.id, ())) - {one.id for one in question.options}
        if unknown:
            raise Invalid("situation.option_unknown", field=f"answers.{question.id}", value=min(unknown))


def asked_of(question: Question | MergedQuestion, chosen: tuple[str, ...]) -> Asked:
    """A question as it is put."""
    return Asked(
        id=question.id,
        text=question.text,
        text_en=question.text_en or question.text,
        options=question.options,
        chosen=chosen,
    )


def unanswered(ask: Iterable[Asked]) -> str | None:
    """The first question without an answer."""
    return next((one.id for one in ask if not one.chosen), None)


def material_needed(material: Material, *, later: bool) -> MaterialNeeded:
    """A material of an edition."""
    return MaterialNeeded(
        id=material.id,
        name=material.name,
        name_en=material.name_en,
        issuer=material.issuer,
        originals=material.originals,
        copies=material.copies,
        needed=material.needed,
        supplies=material.supplies,
        note=material.note,
        law=material.law,
        later=later,
        is_form=Supply.FORM in material.supplies,
    )


def merged_needed(material: MergedMaterial) -> MaterialNeeded:
    """A material of a package: one serves all parts."""
    return MaterialNeeded(
        id=material.id,
        name=material.name,
        name_en=material.name_en,
        issuer=material.issuer,
        originals=material.originals,
        copies=material.copies,
        needed=Needed.LATER if material.is_later else Needed.REQUIRED,
        supplies=material.supplies,
        note=material.note,
        law=None,
        later=material.is_later,
        is_form=Supply.FORM in material.supplies,
    )
