"""A list to take along: what was answered, what to bring, where and how long, as it stands on page, paper and slip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from cases.catalogue.model import Edition, Fee, Law
from cases.catalogue.shelf import Shelf
from cases.guidance.needs import Asked, MaterialNeeded, needs_shown
from cases.guidance.picture import Guide, MatterGuide, Standing, Ways, WindowSeen, seen
from cases.guidance.tokens import Chosen, Language
from hall_queue.picture_types import Name
from hall_server.directory.model import Guidance
from hall_server.errors import NotFound

if TYPE_CHECKING:
    from cases.guidance.packages import Packages


AT_WINDOW = Ways(ticket=True, appointment=False, online=False, terminal=False, phone=False)
"""A package is taken in at a window."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A question and what was answered."""

    question: str
    answer: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where to go."""

    line: Name | None
    zone: Name | None
    windows: tuple[WindowSeen, ...]


class ListShown(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/guidance/lists/{token}`: the list in the language it was made in.

    Attributes:
        is_current: the catalogue still says the same; standing: whether the matter is taken today.
        is_written: the catalogue says what it asks for; else only the hall's own note is known.
        is_whole: every question was answered; otherwise the list may be longer or shorter.
        materials: what to bring; hall_materials: what the hall itself has written, where the catalogue says nothing.
        parts: of a package, by name.
        ways: how it can be begun now.
        form: address of the filled-in sample; "" where there is no form.
    """

    token: str
    path: str
    language: Language
    matter: str
    package: str
    title: str
    department: str
    standing: Standing
    is_current: bool
    is_written: bool
    is_whole: bool
    answers: tuple[Said, ...]
    parts: tuple[str, ...]
    materials: tuple[MaterialNeeded, ...]
    conditions: tuple[str, ...]
    statute_workdays: int | None
    promise_workdays: int | None
    fees: tuple[Fee, ...]
    laws: tuple[Law, ...]
    phones: tuple[str, ...]
    results: tuple[str, ...]
    place: Place
    guidance: Guidance | None
    stop: str
    ways: Ways
    form: str


@dataclass(frozen=True, slots=True)
class Lists:
    """Makes lists of what a token says."""

    guide: Guide
    shelf: Shelf
    packages: Packages
    today: Callable[[], date]

    def shown(self, chosen: Chosen, token: str) -> ListShown:
        """The list.

        Raises:
            NotFound: ``guidance.list_unknown``: the hall knows its matter no more.
        """
        try:
            return self._package(chosen, token) if chosen.package else self._matter(chosen, token)
        except NotFound as exc:
            raise NotFound("guidance.list_unknown") from exc

    def _matter(self, chosen: Chosen, token: str) -> ListShown:
        guide = self.guide.of(chosen.matter)
        edition = self.shelf.get(f"{chosen.matter}@{chosen.number}") if chosen.number else None
        if edition is None:
            return self._unwritten(chosen, token, guide)
        found, told = needs_shown(edition, chosen.answers), seen(edition)
        is_english = chosen.language is Language.ENGLISH
        return ListShown(
            token=token,
            path=f"/l/{token}",
            language=chosen.language,
            matter=chosen.matter,
            package="",
            title=_named(is_english, edition.name, edition.name_en),
            department=_name(is_english, guide.department),
            standing=guide.standing,
            is_current=guide.edition is not None and guide.edition.key == edition.key,
            is_written=True,
            is_whole=found.next is None,
            answers=said(found.ask, is_english=is_english),
            parts=(),
            materials=found.materials,
            conditions=found.conditions,
            statute_workdays=edition.statute_workdays,
            promise_workdays=found.promise_workdays,
            fees=edition.fees,
            laws=edition.laws,
            phones=edition.phones,
            results=tuple(_named(is_english, one.name, one.name_en) for one in edition.results),
            place=_place(guide),
            guidance=guide.guidance,
            stop=_named(is_english, found.stop, found.stop_en),
            ways=guide.ways,
            form=f"/api/v1/guidance/matters/{chosen.matter}/form.pdf?sample=1" if told.has_form else "",
        )

    def _unwritten(self, chosen: Chosen, token: str, guide: MatterGuide) -> ListShown:
        """A matter that nobody has written out: what is not known is empty, not nought."""
        is_english = chosen.language is Language.ENGLISH
        return ListShown(
            token=token,
            path=f"/l/{token}",
            language=chosen.language,
            matter=chosen.matter,
            package="",
            title=_named(is_english, guide.matter.name, guide.matter.name_en),
            department=_name(is_english, guide.department),
            standing=guide.standing,
            is_current=guide.edition is None,
            is_written=False,
            is_whole=True,
            answers=(),
            parts=(),
            materials=(),
            conditions=(),
            statute_workdays=None,
            promise_workdays=guide.guidance.limit_workdays if guide.guidance else None,
            fees=(),
            laws=(),
            phones=(),
            results=(),
            place=_place(guide),
            guidance=guide.guidance,
            stop="",
            ways=guide.ways,
            form="",
        )

    def _package(self, chosen: Chosen, token: str) -> ListShown:
        kind = self.packages.kind(chosen.package)
        found = self.packages.needs(kind, chosen.answers, chosen.part_answers)
        is_english = chosen.language is Language.ENGLISH
        lead = self.packages.lead(kind)
        guide = self.guide.of(lead) if lead else None
        return ListShown(
            token=token,
            path=f"/l/{token}",
            language=chosen.language,
            matter=lead or "",
            package=kind.id,
            title=_named(is_english, kind.name, kind.name_en),
            department=_name(is_english, self.packages.department(kind)),
            standing=Standing.OPEN,
            is_current=True,
            is_written=True,
            is_whole=found.next is None,
            answers=said(found.ask, is_english=is_english),
            parts=tuple(_named(is_english, one.name, one.name_en) for one in found.parts),
            materials=found.materials,
            conditions=(),
            statute_workdays=kind.statute_workdays,
            promise_workdays=kind.promise_workdays,
            fees=found.fees,
            laws=kind.laws,
            phones=(),
            results=(),
            place=_place(guide) if guide else Place(line=None, zone=None, windows=()),
            guidance=None,
            stop="",
            ways=AT_WINDOW,
            form="",
        )


def said(ask: tuple[Asked, ...], *, is_english: bool) -> tuple[Said, ...]:
    """The answers in words."""
    return tuple(
        Said(
            question=_named(is_english, one.text, one.text_en),
            answer=("; " if is_english else "；").join(
                _named(is_english, option.name, option.name_en) for option in one.options if option.id in one.chosen
            ),
        )
        for one in ask
        if one.chosen
    )


def edition_of(shelf: Shelf, matter: str, on: date) -> Edition:
    """The edition that holds on a day.

    Raises:
        NotFound: ``guidance.not_written``: there is none.
    """
    found = shelf.holding(matter, on)
    if found is None:
        raise NotFound("guidance.not_written", matter=matter)
    return found


def _place(guide: MatterGuide) -> Place:
    line = Name(id=guide.line.id, name=guide.line.name, name_en=guide.line.name_en) if guide.line else None
    return Place(line=line, zone=guide.zone, windows=guide.windows)


def _named(is_english: bool, name: str, name_en: str) -> str:
    return (name_en or name) if is_english else name


def _name(is_english: bool, name: Name | None) -> str:
    return _named(is_english, name.name, name.name_en) if name else ""
