"""Packages (一件事) for those who ask before they come: which parts, one list for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from cases.catalogue.model import Edition, Option
from cases.catalogue.shelf import Shelf
from cases.catalogue.situations import Answers
from cases.guidance.needs import (
    Asked,
    PackageNeedsShown,
    PartNeeded,
    asked_of,
    check_options,
    merged_needed,
    unanswered,
)
from cases.guidance.themes import PackageNamed
from cases.packages import merging
from cases.packages.finding import find
from cases.packages.kinds import Ask, Member, PackageKind
from hall_queue.picture_types import Name
from hall_server.directory.directory import Directory
from hall_server.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Packages:
    """The kinds of packages and what they come to."""

    kinds: Mapping[str, PackageKind]
    shelf: Shelf
    directory: Directory
    today: Callable[[], date]

    def names(self) -> dict[str, PackageNamed]:
        """What each is called, by id."""
        return {
            one.id: PackageNamed(name=one.name, name_en=one.name_en or one.name, words=one.words)
            for one in self.kinds.values()
        }

    def kind(self, id_: str) -> PackageKind:
        """A kind by id.

        Raises:
            NotFound: ``package.kind_unknown``.
        """
        found = self.kinds.get(id_)
        if found is None:
            raise NotFound("package.kind_unknown", kind=id_)
        return found

    def department(self, kind: PackageKind) -> Name | None:
        """The department that leads it, where the hall has it."""
        found = self.directory.departments.get(kind.lead)
        return Name(id=found.id, name=found.name, name_en=found.name_en) if found else None

    def lead(self, kind: PackageKind) -> str | None:
        """A matter of the leading department, else of the first part: a number for the package is one for it."""
        editions = [found for one in kind.members if (found := self._edition(one)) is not None]
        led = next((one for one in editions if one.department == kind.lead), editions[0] if editions else None)
        return led.matter if led else None

    def needs(self, kind: PackageKind, answers: Answers, part_answers: Answers) -> PackageNeedsShown:
        """What the answers so far come to.

        Raises:
            Invalid: ``situation.not_asked``, ``situation.option_unknown``.
        """
        asks = self._asks(kind, answers)
        parts = self._parts(kind, answers)
        editions = {one.id: found for one in parts if (found := self._edition(one)) is not None}
        questions = merging.questions(editions, part_answers)
        check_options(questions, part_answers)
        split = merging.spread_answers(editions, part_answers)
        merged = (asked_of(one, tuple(part_answers.get(one.id, ()))) for one in questions)
        ask = (*asks, *(merged if unanswered(asks) is None else ()))
        return PackageNeedsShown(
            ask=ask,
            next=unanswered(ask),
            parts=tuple(_part(one, editions.get(one.id)) for one in parts),
            materials=tuple(merged_needed(one) for one in merging.materials(editions, split, kind.same)),
            fees=tuple(fee for one in editions.values() for fee in one.fees),
            promise_workdays=kind.promise_workdays,
        )

    def _asks(self, kind: PackageKind, answers: Answers) -> tuple[Asked, ...]:
        known = {one.id for one in kind.asks}
        if unknown := set(answers) - known:
            raise Invalid("situation.not_asked", field=f"answers.{min(unknown)}")
        found = tuple(_ask(one, tuple(answers.get(one.id, ()))) for one in kind.asks)
        for one in found:
            if wrong := set(one.chosen) - {option.id for option in one.options}:
                raise Invalid("situation.option_unknown", field=f"answers.{one.id}", value=min(wrong))
        return found

    def _parts(self, kind: PackageKind, answers: Answers) -> tuple[Member, ...]:
        """The parts that are needed whatever is answered next."""
        return tuple(
            one
            for one in kind.members
            if all(not set(options).isdisjoint(answers.get(question, ())) for question, options in one.when.items())
        )

    def _edition(self, member: Member) -> Edition | None:
        return find(self.shelf, member.matters, self.today())


def _part(member: Member, edition: Edition | None) -> PartNeeded:
    return PartNeeded(
        id=member.id,
        matter=edition.matter if edition else None,
        name=member.name,
        name_en=member.name_en or member.name,
        is_apart=edition is None,
    )


def _ask(ask: Ask, chosen: tuple[str, ...]) -> Asked:
    options = tuple(Option(id=one.id, name=one.name, name_en=one.name_en) for one in ask.options)
    return Asked(id=ask.id, text=ask.text, text_en=ask.text_en or ask.text, options=options, chosen=chosen)
