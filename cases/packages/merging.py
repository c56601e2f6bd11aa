"""One form and one list of materials for a whole package: each thing once, and who it serves; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from cases.catalogue.model import Edition, Material, Option, Question, Supply
from cases.catalogue.situations import Answers, asked, needs
from cases.model import Given
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


class MergedQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question that is asked once."""

    id: str
    text: str
    text_en: str
    options: tuple[Option, ...]
    uses: tuple[Use, ...]


class MergedField(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the form that is filled in once; ``schema``: its JSON Schema."""

    id: str
    schema: dict[str, Any]
    is_required: bool
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
    editions: Editions, answers: Mapping[str, Answers], same: Iterable[Same] = ()
) -> tuple[MergedMaterial, ...]:
    """Everything to bring for all parts, each thing once.

    Materials are the same where the kind of package says so, or where they have the same name. What two parts of a
    package want in ways that have none in common is brought twice.

    Args:
        editions: by part. answers: by part, as `spread_answers` gives them.
        same: what is one though it has several names.
    """
    groups: list[list[tuple[Use, Material, bool]]] = []
    by_name: dict[str, list[list[tuple[Use, Material, bool]]]] = {}
    aliases = {_plain(name): one for one in same for name in one.names}
    for part, edition in editions.items():
        needed = needs(edition, answers[part])
        for material in needed.materials:
            plain = _plain(material.name)
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


def fields(editions: Editions) -> tuple[MergedField, ...]:
    """The fields of the parts' forms, those with the same name and kind filled in once."""
    found: dict[Any, MergedField] = {}
    names: set[str] = set()
    for part, edition in editions.items():
        required = set(edition.form.get("required", ()))
        for name, schema in edition.form.get("properties", {}).items():
            key, use = (name, _kind_of(schema)), Use(part=part, id=name)
            known = found.get(key)
            if known is None:
                id_ = name if name not in names else f"{part}.{name}"
                names.add(id_)
                known = MergedField(id=id_, schema=schema, is_required=False, uses=())
            found[key] = msgspec.structs.replace(
                known, uses=(*known.uses, use), is_required=known.is_required or name in required
            )
    return tuple(found.values())


def form(editions: Editions) -> dict[str, Any]:
    """The merged form as JSON Schema (draft 2020-12)."""
    merged = fields(editions)
    return {
        "type": "object",
        "properties": {one.id: one.schema for one in merged},
        "required": [one.id for one in merged if one.is_required],
    }


def spread_fields(editions: Editions, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What each part's own form is filled in with; nothing is typed twice."""
    found: dict[str, dict[str, Any]] = {part: {} for part in editions}
    for field in fields(editions):
        if field.id in values:
            for use in field.uses:
                found[use.part][use.id] = values[field.id]
    return found


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
    alias = aliases.get(_plain(found[0].name))
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


def _kind_of(schema: Any) -> bytes:
    return msgspec.json.encode(schema, order="deterministic")


def _plain(name: str) -> str:
    return _NOT_A_NAME.sub("", name).lower()
