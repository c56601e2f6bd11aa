"""Who looks at a case just now, so that the second is told (the View port of the live feed); within one process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from hall_server.identity import Actor, Role
from hall_server.messages import Recorded
from hall_server.web.routes import Access, roles

if TYPE_CHECKING:
    from city.server import City

DESK = roles(Role.EXAMINER, Role.LEADER)
"""Who works at a department's desk."""
TOPIC_TRAY, TOPIC_CASE = "desk", "desk-case"
STAYS_S = 45.0
"""So long somebody counts as looking after their page said so."""
KEPT_MOST = 5_000


class Looker(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has a case open."""

    id: str
    name: str


class CaseWatched(msgspec.Struct, frozen=True, kw_only=True):
    """What a page that shows a case must know at once.

    Attributes:
        revision: counts the case's changes; another one than before: fetch it anew.
    """

    case: str
    revision: int
    people: tuple[Looker, ...]


class TrayWatched(msgspec.Struct, frozen=True, kw_only=True):
    """A department's tray; ``revision`` counts its changes: fetch it anew."""

    department: str
    revision: int


class Present:
    """Who has which case open, by what their pages say every few seconds; and how often cases changed."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._lookers: dict[str, dict[str, tuple[str, float]]] = {}
        self._departments: dict[str, str] = {}
        self._revisions: dict[str, int] = {}

    def department(self, case: str) -> str:
        """The department of a case that somebody has opened; empty: nobody has."""
        return self._departments.get(case, "")

    def opened(self, case: str, department: str) -> None:
        """A case was fetched."""
        if len(self._departments) >= KEPT_MOST:
            self._departments.pop(next(iter(self._departments)))
        self._departments[case] = department

    def looks(self, case: str, actor: Actor, name: str) -> tuple[Looker, ...]:
        """Somebody's page says that it shows a case; gives who else does."""
        before = {id_ for id_, _ in self._now(case)}
        self._lookers.setdefault(case, {})[actor.id] = (name, self._city.clock.monotonic() + STAYS_S)
        if actor.id not in before:
            self._city.live.refresh(f"{TOPIC_CASE}/{case}")
        return tuple(one for one in self.people(case) if one.id != actor.id)

    def leaves(self, case: str, actor: Actor) -> None:
        """Somebody closed a case."""
        if self._lookers.get(case, {}).pop(actor.id, None) is not None:
            self._city.live.refresh(f"{TOPIC_CASE}/{case}")

    def people(self, case: str) -> tuple[Looker, ...]:
        """Everybody who has a case open."""
        return tuple(Looker(id=id_, name=name) for id_, name in self._now(case))

    def changed(self, case: str, department: str) -> None:
        """A case is another than it was."""
        for key, topic in ((case, f"{TOPIC_CASE}/{case}"), (department, f"{TOPIC_TRAY}/{department}")):
            self._revisions[key] = self._revisions.get(key, 0) + 1
            self._city.live.refresh(topic)

    def revision(self, key: str) -> int:
        """How often a case, or a department's tray, has changed since this process began."""
        return self._revisions.get(key, 0)

    def _now(self, case: str) -> list[tuple[str, str]]:
        known, now = self._lookers.get(case, {}), self._city.clock.monotonic()
        for id_ in [id_ for id_, (_, until) in known.items() if until < now]:
            del known[id_]
        if not known:
            self._lookers.pop(case, None)
        return [(id_, name) for id_, (name, _) in known.items()]


class TrayView:
    """``desk/{department}``: tells a department's people that their tray has changed."""

    access: Access = DESK

    def __init__(self, present: Present) -> None:
        self._present = present

    def key_ok(self, key: str, actor: Actor) -> bool:
        """Only one's own departments."""
        return key in actor.departments

    def picture(self, key: str) -> TrayWatched:
        """Its revision."""
        return TrayWatched(department=key, revision=self._present.revision(key))

    def touched(self, _: Recorded) -> Iterable[str]:
        """Never: the index of cases says when."""
        return ()


class CaseView:
    """``desk-case/{case}``: who else has it open, and that it has changed."""

    access: Access = DESK

    def __init__(self, present: Present) -> None:
        self._present = present

    def key_ok(self, key: str, actor: Actor) -> bool:
        """Only cases of one's own departments that somebody has opened."""
        return self._present.department(key) in actor.departments

    def picture(self, key: str) -> CaseWatched:
        """Its revision, and who looks."""
        return CaseWatched(case=key, revision=self._present.revision(key), people=self._present.people(key))

    def touched(self, _: Recorded) -> Iterable[str]:
        """Never: the index of cases says when."""
        return ()
