"""One set of questions and one list of materials for a whole package: each thing once, and who it serves; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from cases.catalogue.model import Edition, Material, Option, Question, Supply
from cases.catalogue.situations import Answers, asked, needs
from cases.model import Given
from cases.packages.awaited import Awaited
from cases.packages.kinds import Same
from hall_server.errors import Invalid

_NOT_A_NAME = re.compile(r"[\s()（）《》、，,。.\-—]|复印件|原件")

Editions = Mapping[str, Edition]
"""Part → the edition it is received under."""


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """A material (or a question, or a field) of a part that something merged stands for."""

    part: str
    id: str


class MergedMaterial(msgspec.Struct, frozen=True, kw_only=True):
    """What is brought once.

    Attributes:
        uses: the materials it is handed in for; one copy serves them all.
        is_later: it may follow on a written promise: every part that wants it allows that.
        licence: type of the electronic licence that stands for it; empty: none does.
    """

    id: str
    name: str
    name_en: str
    issuer: str
    originals: int
    copies: int
    is_later: bool
    supplies: tuple[Supply, ...]
    uses: tuple[Use, ...]
    note: str = ""
    licence: str = ""


class MergedQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question that is asked once."""

    id: str
    text: str
    text_en: str
    options: tuple[Option, ...]
    uses: tuple[Use, ...]


def questions(editions: Editions, answers: Answers) -> tuple[MergedQuestion, ...]:
    """The questions that these answers lead to, those that say the same asked once.

    Args:
        editions: by part.
        answers: so far, by the merged questions' ids.
    """
    split, ids = spread_answers(editions, answers), _question_ids(editions)
    found: dict[Any, MergedQuestion] = {}
    for part, edition in editions.items():
        for question in asked(edition, split[part]):
            key, use = _question_key(question), Use(part=part, id=question.id)
            known = found.get(key)
            uses = (*known.uses, use) if known is not None else (use,)
            found[key] = MergedQuestion(
                id=ids[part, question.id],
                text=question.text,
                text_en=question.text_en,
                options=question.options,
                uses=uses,
            )
    return tuple(found.values())


def spread_answers(editions: Editions, answers: Answers) -> dict[str, dict[str, tuple[str, ...]]]:
    """What each part is answered; questions open one after the other, as answers lead to them."""
    found: dict[str, dict[str, tuple[str, ...]]] = {part: {} for part in editions}
    for (part, question), id_ in _question_ids(editions).items():
        if id_ in answers:
            found[part][question] = answers[id_]
    return {part: _reached(edition, found[part]) for part, edition in editions.items()}


def check_answers(editions: Editions, answers: Answers) -> None:
    """Refuse answers to questions that nobody asks.

    Raises:
        Invalid: ``situation.not_asked``.
    """
    known = set(_question_ids(editions).values())
    for id_ in answers:
        if id_ not in known:
            raise Invalid("situation.not_asked", field=f"answers.{id_}")


def materials(
    editions: Editions, answers: Mapping[str, Answers], same: Iterable[Same] = (), comes: Awaited | None = None
) -> tuple[MergedMaterial, ...]:
    """Everything to bring for all parts, each thing once.

    Materials are the same where the kind of package says so, or where they have the same name. What two parts of a
    package want in ways that have none in common is brought twice.

    Args:
        editions: by part. answers: by part, as `spread_answers` gives them.
        same: what is one though it has several names.
        comes: licences that earlier parts give; nobody brings them.
    """
    groups: list[list[tuple[Use, Material, bool]]] = []
    by_name: dict[str, list[list[tuple[Use, Material, bool]]]] = {}
    aliases = {plain_name(name): one for one in same for name in one.names}
    for part, edition in editions.items():
        needed = needs(edition, answers[part])
        gives = (comes or {}).get(part, {})
        for material in (one for one in needed.materials if one.licence not in gives):
            plain = plain_name(material.name)
            key = aliases[plain].name if plain in aliases else plain
            entry = (Use(part=part, id=material.id), material, material.id in needed.later)
            _join(groups, by_name.setdefault(key, []), entry)
    taken: set[str] = set()
    return tuple(_merged(group, aliases, taken) for group in groups)


def spread_given(
    editions: Editions, merged: Iterable[MergedMaterial], given: Iterable[Given]
) -> dict[str, tuple[Given, ...]]:
    """What each part is handed: one copy, under each part's own name of it.

    Args:
        given: with ``material`` the id of a merged one.

    Raises:
        Invalid: ``case.material_unknown``.
    """
    known = {one.id: one for one in merged}
    found: dict[str, list[Given]] = {part: [] for part in editions}
    for one in given:
        material = known.get(one.material)
        if material is None:
            raise Invalid("case.material_unknown", field="given", value=one.material)
        for use in material.uses:
            found[use.part].append(msgspec.structs.replace(one, material=use.id))
    return {part: tuple(parts) for part, parts in found.items()}


def _join(
    groups: list[list[tuple[Use, Material, bool]]],
    named: list[list[tuple[Use, Material, bool]]],
    entry: tuple[Use, Material, bool],
) -> None:
    """Put a material to others of its name: never two of one part, and only where one way suits all of them."""
    use, material, _ = entry
    for group in named:
        ways = set(material.supplies).intersection(*(other.supplies for _, other, _ in group))
        if ways and all(other.part != use.part for other, _, _ in group):
            group.append(entry)
            return
    named.append([entry])
    groups.append(named[-1])


def _merged(group: list[tuple[Use, Material, bool]], aliases: Mapping[str, Same], taken: set[str]) -> MergedMaterial:
    found = [material for _, material, _ in group]
    alias = aliases.get(plain_name(found[0].name))
    ways = set(found[0].supplies).intersection(*(one.supplies for one in found))
    id_ = found[0].id if found[0].id not in taken else f"{group[0][0].part}.{found[0].id}"
    taken.add(id_)
    return MergedMaterial(
        id=id_,
        name=alias.name if alias else found[0].name,
        name_en=(alias.name_en if alias else "") or next((one.name_en for one in found if one.name_en), ""),
        issuer=next((one.issuer for one in found if one.issuer), ""),
        originals=max(one.originals for one in found),
        copies=max(one.copies for one in found),
        is_later=all(is_later for _, _, is_later in group),
        supplies=tuple(one for one in found[0].supplies if one in ways),
        uses=tuple(use for use, _, _ in group),
        note="；".join(dict.fromkeys(one.note for one in found if one.note)),
        licence=next((one.licence for one in found if one.licence), ""),
    )


def _reached(edition: Edition, answers: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Those of the answers whose questions this edition asks by now."""
    known: dict[str, tuple[str, ...]] = {}
    for question in edition.questions:
        open_ = {one.id for one in asked(edition, known)}
        if question.id in open_ and question.id in answers:
            known[question.id] = answers[question.id]
    return known


def _question_ids(editions: Editions) -> dict[tuple[str, str], str]:
    """(Part, question) → the id under which it is asked."""
    by_key: dict[Any, str] = {}
    found: dict[tuple[str, str], str] = {}
    for part, edition in editions.items():
        for question in edition.questions:
            key = _question_key(question)
            if key not in by_key:
                by_key[key] = question.id if question.id not in by_key.values() else f"{part}.{question.id}"
            found[part, question.id] = by_key[key]
    return found


def _question_key(question: Question) -> Any:
    return question.text.strip(), tuple(one.id for one in question.options)


def plain_name(name: str) -> str:
    """A name without what does not tell things apart: spaces, brackets, 复印件."""
    return _NOT_A_NAME.sub("", name).lower()
