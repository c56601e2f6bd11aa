"""Applications in the vault: sealed, one row each, so that a power cut leaves the one before or the one after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from cases.applying.model import Application, Held, Stage
from cases.desk.drafts import Draft, Drafts, ScanMark
from hall_server.errors import NotFound, Refused

KIND = "application"
LEFT_LYING = timedelta(days=30)
"""A draft that nobody has touched for so long is forgotten, with its pages."""
REMEMBERED = timedelta(days=400)
"""So long somebody finds what they have sent."""

Change = Callable[[Held], Application]


class Applications:
    """Of one person each; nobody finds another one's."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    async def get(self, person: str, id_: str) -> Held:
        """One of a person's.

        Raises:
            NotFound: ``applying.unknown``: there is none, or it is another person's.
        """
        return _held(id_, await self._drafts.get(person, id_))

    async def of(self, person: str) -> list[Held]:
        """All of a person's, what was changed last first."""
        found = [_held(id_, draft) for id_, draft in (await self._drafts.of(person)).items()]
        return sorted(found, key=lambda one: one.application.changed_at, reverse=True)

    async def put(self, person: str, held: Held, application: Application) -> Held:
        """Keep it; the revision goes on.

        Raises:
            Refused: ``applying.changed``: it was changed since ``held`` was read.
        """

        def change(known: Draft) -> Draft:
            if known.revision != held.revision:
                raise Refused("applying.changed", seen=known.revision)
            return _draft(application, known.revision + 1, known.scans)

        return _held(held.id, await self._drafts.change(person, held.id, change))

    async def wipe(self, person: str, held: Held) -> None:
        """Forget it with the pages that no case has."""
        await self._drafts.wipe(person, held.id)

    async def sending(self) -> list[tuple[str, Held]]:
        """Those whose answer nobody has seen: a power cut came between."""
        every = [(person, _held(id_, draft)) for person, id_, draft in await self._drafts.every() if draft.content]
        return [(person, held) for person, held in every if held.application.stage is Stage.SENDING]

    async def sweep(self, now: datetime) -> None:
        """Forget what was left lying; the pages of what was sent are the case's."""
        await self._drafts.sweep(kept=LEFT_LYING, spares=_is_sent)
        for person, id_, draft in await self._drafts.every():
            if draft.content and _held(id_, draft).application.changed_at < now - REMEMBERED:
                await self._drafts.wipe(person, id_, used=frozenset(one.sha256 for one in draft.scans))


def put_into(material: str) -> Callable[[Draft, tuple[ScanMark, ...]], Draft]:
    """Lays pages behind those of a material (for `Scans.take`), in the very write that keeps them."""

    def put(known: Draft, marks: tuple[ScanMark, ...]) -> Draft:
        application = _held("", known).application
        pages = (*application.pages.get(material, ()), *(one.sha256 for one in marks))
        changed = msgspec.structs.replace(application, pages={**application.pages, material: pages})
        return _draft(changed, known.revision + 1, (*known.scans, *marks))

    return put


def _draft(application: Application, revision: int, scans: tuple[ScanMark, ...]) -> Draft:
    return Draft(revision=revision, content=msgspec.to_builtins(application), scans=scans)


def _held(id_: str, draft: Draft) -> Held:
    if not draft.content:
        raise NotFound("applying.unknown")
    application = msgspec.convert(draft.content, type=Application)
    return Held(id=id_, revision=draft.revision, application=application, scans=draft.scans)


def _is_sent(draft: Draft) -> bool:
    return bool(draft.content) and _held("", draft).application.stage is not Stage.DRAFT
