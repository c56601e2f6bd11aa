"""The catalogue in memory: at the city with drafts and who wrote them, in a hall what it was sent."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

import msgspec

from cases.catalogue import messages as m
from cases.catalogue.model import Edition, EditionState
from cases.catalogue.shelf import Shelf
from hall_server.messages import Recorded

OUTSIDE = frozenset({EditionState.DRAFT, EditionState.REVIEWED})
"""States of which no hall hears."""


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """What was done with a matter, by whom and when."""

    at: datetime
    day: date
    by: str
    type: str
    number: int
    state: EditionState
    reason: str = ""


class CityCatalogue:
    """All editions of the city, folded from its journal.

    Attributes:
        shelf: editions that were published, as the rest of the program sees them.
        halls: those that get every change.
    """

    types = frozenset(event.type for event in m.CITY_EVENTS)

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.halls: dict[str, None] = {}
        self._drafts: dict[str, Edition] = {}
        self._writers: defaultdict[str, set[str]] = defaultdict(set)
        self._deeds: defaultdict[str, list[Deed]] = defaultdict(list)

    # -- questions

    def newest(self, matter: str) -> Edition | None:
        """The draft of a matter, else its newest edition."""
        return self._drafts.get(matter) or self.shelf.newest(matter)

    def edition(self, matter: str, number: int) -> Edition | None:
        """An edition, published or not."""
        draft = self._drafts.get(matter)
        if draft is not None and draft.number == number:
            return draft
        return self.shelf.get(f"{matter}@{number}")

    def editions(self, matter: str) -> tuple[Edition, ...]:
        """All of a matter, oldest first, the draft last."""
        draft = self._drafts.get(matter)
        return (*self.shelf.of_matter(matter), *((draft,) if draft is not None else ()))

    def matters(self) -> tuple[str, ...]:
        """All matters that have editions or drafts."""
        return tuple(dict.fromkeys((*self.shelf.matters(), *self._drafts)))

    def writers(self, matter: str) -> frozenset[str]:
        """Who has written the draft."""
        return frozenset(self._writers.get(matter, ()))

    def revision(self, matter: str) -> int:
        """How often something happened to a matter."""
        return len(self._deeds.get(matter, ()))

    def deeds(self, matter: str) -> tuple[Deed, ...]:
        """What was done with a matter, oldest first."""
        return tuple(self._deeds.get(matter, ()))

    # -- changes

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case m.HallWelcomed() as welcomed:
                self.halls[welcomed.hall] = None
            case m.CatalogueEvent() as event:
                for edition in (event.edition, *event.also):
                    self._take(edition, event, recorded)

    def _take(self, edition: Edition, event: m.CatalogueEvent, recorded: Recorded) -> None:
        matter = edition.matter
        if isinstance(event, m.DraftDiscarded):
            self._drafts.pop(matter, None)
            self._writers.pop(matter, None)
        elif edition.state in OUTSIDE:
            self._drafts[matter] = edition
            if isinstance(event, m.EditionDrafted):
                self._writers[matter].add(recorded.actor)
        else:
            self.shelf.take(edition)
            if matter in self._drafts and self._drafts[matter].number == edition.number:
                self._drafts.pop(matter)
                self._writers.pop(matter, None)
        deed = Deed(
            at=recorded.at,
            day=recorded.business_day,
            by=recorded.actor,
            type=event.type,
            number=edition.number,
            state=edition.state,
            reason=event.reason,
        )
        self._deeds[matter].append(deed)


class HallCatalogue:
    """The editions that a hall has."""

    types = frozenset(event.type for event in m.HALL_EVENTS)

    def __init__(self) -> None:
        self.shelf = Shelf()

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        if isinstance(recorded.event, m.EditionTaken):
            self.shelf.take(recorded.event.edition)
