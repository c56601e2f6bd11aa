"""What a hall did to a case goes to its other halls; what does not go together becomes a conflict."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from cases import messages as m
from cases.catalogue.shelf import Shelf
from cases.model import Case
from city import casework
from city.cases_rows import EDITION_CANCELLED, trouble_of
from city.journal import CityOutcome, in_turn
from city.server import City
from city.sql import blocks
from city.store.down import Conflict, Sending
from city.store.files import named
from city.store.halls import HallState
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM
from hall_server.journal import rows
from hall_server.messages import Command, Recorded
from hall_server.outcome import Context, Outcome

log = logging.getLogger(__name__)

GAP = "case.step_gap"


class Place(NamedTuple):
    """Where an event was journalled: a hall and the epoch of its journal, or the city ("")."""

    hall: str
    epoch: int


Stream = list[tuple[Place, Recorded]]


class FindConflict(Command, frozen=True, kw_only=True):
    """Put on record that hall and city did what does not go together."""

    case: str
    about: str


async def read_stream(city: City, subject: str) -> Stream:
    """The events of a case in turn, each with where it was journalled; what halls hold of the city's is left out.

    Raises:
        UnknownEvent: one is of a newer program.
    """
    halls = await city.database.fetch(blocks("events")["stream"], (subject,))
    own = await city.database.fetch(blocks("journal")["stream"], (subject,))
    places = [(Place(row[10], row[11]) if len(row) > 10 else Place("", 0), rows.read(row[:10], city.types))
              for row in (*halls, *own)]  # fmt: skip
    place_of = {id(recorded): place for place, recorded in places}
    turn = in_turn((place.hall, recorded) for place, recorded in places)
    return [(place_of[id(recorded)], recorded) for recorded in turn]


class Relay:
    """Works out what goes down to other halls and which attachments are asked for."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._down = blocks("down")

    def sendings(self, place: Place, stream: Stream, case: Case, seqs: set[int]) -> Iterable[Sending]:
        """What the other halls of a case hear of a hall's events.

        The hall that received it, and those that it was handed to, hear of each; a hall that it is handed to now gets
        the whole case. A step that comes twice changes nothing there.
        """
        if not place.hall:
            return
        recorded = [one for _, one in stream]
        hears: set[str] = {case.hall}
        turns = 0
        for number, (at, one) in enumerate(stream, start=1):
            turn = casework.in_turn([one])
            turns += turn
            goes_to = _goes_to(one)
            if at == place and one.seq in seqs:
                for hall in sorted(hears - {place.hall, ""}):
                    yield from casework.steps(hall, [one], turns - turn + 1)
                if goes_to and goes_to not in hears and goes_to != place.hall:
                    yield from casework.steps(goes_to, recorded[:number], 1)
            if goes_to:
                hears.add(goes_to)

    async def known(self, sendings: Sequence[Sending]) -> list[Sending]:
        """Those for halls that there are; a hall that is closed or was never one is told nothing."""
        if not sendings:
            return []
        halls = {one.id for one in await self._city.store.halls.everyone() if one.state is not HallState.CLOSED}
        return [one for one in sendings if one.hall in halls]

    async def want(self, hall: str, found: Sequence[tuple[Any, ...]]) -> None:
        """Ask a hall for the forms, scans and papers that its events name and that are not here."""
        if not hall:
            return
        attachments = self._city.rooms["federation"].attachments
        wanted = dict.fromkeys(hash_ for row in found for hash_ in named(row[4]))
        missing = [hash_ for hash_ in wanted if not attachments.has(hash_)]
        if missing:
            await self._city.store.want(hall, *missing)

    async def send_again(self) -> None:
        """Send the whole case to a hall that said steps before the one it got are missing there."""
        for conflict in await self._city.store.down.conflicts():
            if conflict.kind == casework.STEP and conflict.error.get("code") == GAP:
                await self._mend(conflict)

    async def _mend(self, conflict: Conflict) -> None:
        case = msgspec.json.decode(conflict.payload, type=m.TakeCityStep).case
        stream = await read_stream(self._city, f"case:{case}")
        sendings = await self.known(list(casework.steps(conflict.hall, [one for _, one in stream], 1)))
        async with self._city.database.transaction() as begun:
            settled = (str(SYSTEM), conflict.hall, conflict.seq)
            if await begun.execute(self._down["settle"], settled):
                await self._city.store.down.put(begun, tuple(sendings))


class Conflicts:
    """Puts conflicts on record that only the city can see."""

    def __init__(self, city: City, shelf: Shelf) -> None:
        self._city = city
        self._shelf = shelf

    def install(self) -> None:
        """Let the city decide on them."""
        self._city.handle_stream(FindConflict, self._decide, subject=lambda one: f"case:{one.case}")

    async def find(self, troubled: Sequence[tuple[str, str]]) -> None:
        """Put on record what the index has found; the city must be the one that writes the case."""
        for case, about in troubled:
            try:
                await self._city.execute(FindConflict(case=case, about=about), actor=SYSTEM)
            except DomainError as exc:
                log.warning("conflict of %s: %s", case, exc.code, extra={"action": "cases.conflict"})

    def _decide(self, stream: list[Recorded], command: FindConflict, context: Context) -> Outcome:
        """Decide on what is known now: it may be on record already."""
        before = casework.folded(stream, self._city.log.zone)
        if trouble_of(before, (one.event for one in stream), self._shelf.get(before.edition)) is None:
            return Outcome()
        event = m.ConflictFound(
            case=before.id,
            conflict=f"{EDITION_CANCELLED}:{before.edition}",
            about=command.about,
            detail=before.edition,
        )
        now = Recorded(seq=0, at=context.now, business_day=context.business_day, event=event, actor=str(context.actor))
        after = casework.folded([*stream, now], self._city.log.zone)
        return CityOutcome(events=(event,), down=tuple(casework.sendings(stream, (event,), after, context)))


def _goes_to(recorded: Recorded) -> str:
    """The hall that an event hands the case to; empty: none."""
    writer = getattr(recorded.event, "writer", None) or ""
    return writer.removeprefix("hall:") if writer.startswith("hall:") else ""
