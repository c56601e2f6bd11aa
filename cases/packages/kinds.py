"""Kinds of packages (一件事): which matters of which departments belong together; data of ``config/packages``."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from enum import StrEnum
from pathlib import Path

import msgspec

from cases.catalogue.model import Law, Part
from cases.packages.graph import in_turn
from hall_server.errors import Invalid

JOINT_WORKDAYS, JOINT_EXTENSION = 45, 15
"""Longest joint decision and its extension, in working days. Source: 行政许可法 42."""


class Rule(StrEnum):
    """How the parts' opinions come to one outcome."""

    ALL = "all"  # granted if every part is granted
    LEAD = "lead"  # the lead department decides, with all opinions before it


class Member(Part, frozen=True, kw_only=True):
    """A part of a package: one matter of one department.

    Attributes:
        matters: what the matter may be called, the first one found counts: id, code (or its beginning), or name.
        after: parts that are decided before this one begins.
        when: question of the package → answers with one of which this part is needed; empty: always.
        apart: where the catalogue does not have the matter in full, it is applied for by itself and not refused.
    """

    id: str
    name: str
    name_en: str = ""
    matters: tuple[str, ...]
    after: tuple[str, ...] = ()
    when: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    apart: bool = False


class Choice(Part, frozen=True, kw_only=True):
    """An answer to a question of the package."""

    id: str
    name: str
    name_en: str = ""


class Ask(Part, frozen=True, kw_only=True):
    """A question that says which parts are needed."""

    id: str
    text: str
    text_en: str = ""
    options: tuple[Choice, ...]


class Same(Part, frozen=True, kw_only=True):
    """Materials that are one and the same though their parts call them otherwise.

    Attributes:
        names: as the parts' matters name them.
    """

    name: str
    name_en: str = ""
    names: tuple[str, ...]


class PackageKind(Part, frozen=True, kw_only=True):
    """A kind of package.

    Attributes:
        lead: the department that leads it and answers for the joint clock.
        promise_workdays: promised for the whole of it; at most what the law gives.
        words: everyday words that lead here.
    """

    id: str
    name: str
    name_en: str = ""
    lead: str
    rule: Rule = Rule.ALL
    statute_workdays: int = JOINT_WORKDAYS
    extension_workdays: int = JOINT_EXTENSION
    promise_workdays: int = JOINT_WORKDAYS
    asks: tuple[Ask, ...] = ()
    members: tuple[Member, ...]
    same: tuple[Same, ...] = ()
    words: tuple[str, ...] = ()
    laws: tuple[Law, ...] = ()

    def member(self, id_: str) -> Member | None:
        """A part by id."""
        return next((one for one in self.members if one.id == id_), None)

    def needed(self, answers: dict[str, tuple[str, ...]]) -> tuple[Member, ...]:
        """The parts that these answers need; what one waits for and is not needed is not waited for.

        Raises:
            Invalid: ``situation.unanswered``, ``situation.option_unknown``, ``situation.not_asked``.
        """
        self._check(answers)
        wanted = [one for one in self.members if all(set(v) & set(answers[k]) for k, v in one.when.items())]
        ids = {one.id for one in wanted}
        return tuple(
            msgspec.structs.replace(one, after=tuple(before for before in one.after if before in ids)) for one in wanted
        )

    def _check(self, answers: dict[str, tuple[str, ...]]) -> None:
        asks = {one.id: one for one in self.asks}
        for id_ in answers:
            if id_ not in asks:
                raise Invalid("situation.not_asked", field=f"answers.{id_}")
        for id_, ask in asks.items():
            chosen = answers.get(id_, ())
            if not chosen:
                raise Invalid("situation.unanswered", field=f"answers.{id_}", question=ask.text)
            unknown = set(chosen) - {one.id for one in ask.options}
            if unknown:
                raise Invalid("situation.option_unknown", field=f"answers.{id_}", value=min(unknown))


def among(members: Iterable[Member], ids: AbstractSet[str]) -> tuple[Member, ...]:
    """Those of the parts that are among some; what is not is not waited for."""
    return tuple(
        msgspec.structs.replace(one, after=tuple(before for before in one.after if before in ids))
        for one in members
        if one.id in ids
    )


def check(kind: PackageKind) -> PackageKind:
    """Refuse a kind that could never be finished.

    Raises:
        Invalid: ``package.cycle``, ``package.part_unknown``, ``package.few_parts``, ``package.limit``.
    """
    if len({one.id for one in kind.members}) != len(kind.members) or len(kind.members) < 2:
        raise Invalid("package.few_parts", field=kind.id)
    in_turn({one.id: one.after for one in kind.members})
    asks = {one.id: {option.id for option in one.options} for one in kind.asks}
    for member in kind.members:
        for question, options in member.when.items():
            if not set(options) <= asks.get(question, set()):
                raise Invalid("package.part_unknown", field=member.id, value=question)
    is_long = kind.statute_workdays > JOINT_WORKDAYS or kind.extension_workdays > JOINT_EXTENSION
    if is_long or kind.promise_workdays > kind.statute_workdays:
        raise Invalid("package.limit", field=kind.id, most=JOINT_WORKDAYS)
    return kind


def read(folder: Path) -> dict[str, PackageKind]:
    """The kinds of a folder of TOML files, by id; none where there is no folder.

    Raises:
        Invalid: a file is not a kind of package; the file is named.
    """
    found: dict[str, PackageKind] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            kind = check(msgspec.toml.decode(path.read_bytes(), type=PackageKind))
        except msgspec.MsgspecError as exc:
            raise Invalid("package.file", file=path.name, reason=str(exc)) from exc
        found[kind.id] = kind
    return found


def named(kinds: Iterable[PackageKind], text: str) -> list[PackageKind]:
    """Kinds whose names or words hold what was typed."""
    said = text.strip().lower()
    return [
        one for one in kinds if not said or any(said in word.lower() for word in (one.name, one.name_en, *one.words))
    ]
