"""The city's answer to a hall with a card on its reader: the person's cases at all halls; on record, within limits."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec

from cases.model import Case
from cases.progress.messages import CasesAsked, NoteCasesAsked
from cases.progress.of_person import CASES_MOST, KIND, CaseThere, HallNamed, PersonAsked, PersonTold
from cases.progress.persons import Persons
from cases.progress.picture import progress
from hall_queue.people import PersonGiven, checked
from hall_server.errors import Invalid, TooMany
from hall_server.identity import SYSTEM
from hall_server.outcome import Context, Outcome
from hall_server.web.limits import Limiter
from hall_server.web.routes import Limit

if TYPE_CHECKING:
    from cases.neighbours.casework import Casework

log = logging.getLogger(__name__)

PER_HALL = Limit(group="cases of persons, hall", per_s=0.2, burst=60)
"""All readers of a hall together: an hour of a busy one has some hundred cards; more is somebody's list of numbers."""
PER_PERSON = Limit(group="cases of persons, person", per_s=1 / 60, burst=10)
MARK_LENGTH = 16
ONLINE = "网上申报"
"""What came in at no hall."""


class Answering:
    """Answers; what was asked is in the city's journal before anything is said."""

    def __init__(self, city: Any, casework: Casework) -> None:  # `city.server.City`, which stands above this folder
        self._city = city
        self._casework = casework
        self._limiter = Limiter(city.clock)
        self.persons = Persons(city)

    def install(self) -> None:
        """Be asked."""
        self._city.types.add(CasesAsked)
        self._city.handle(NoteCasesAsked, _note)
        self._city.rooms["federation"].answerers[KIND] = self.answer
        self._city.on_start("persons of cases", self.persons.start)

    async def answer(self, hall: str, body: bytes) -> PersonTold:
        """The cases of whoever's card lies on a reader of a hall.

        Raises:
            Invalid: ``body.invalid``, ``person.id_number``. TooMany: ``rate.exceeded``.
        """
        asked, number = _read(body)
        mark = self.persons.mark(number)
        try:
            self._limiter.take(PER_HALL, hall)
            self._limiter.take(PER_PERSON, mark)
        except TooMany:
            log.warning("%s asks for too many persons", hall, extra={"action": "progress.cases_asked_often"})
            raise
        names = {one.id: HallNamed(id=one.id, name=one.name) for one in await self._city.store.halls.everyone()}
        found = await self.persons.of(mark, most=CASES_MOST)
        note = NoteCasesAsked(hall=hall, machine=asked.machine, mark=mark[:MARK_LENGTH], found=len(found))
        await self._city.execute(note, actor=SYSTEM)
        return PersonTold(
            cases=tuple(CaseThere(hall=_hall(names, one), seen=self._seen(one)) for one in found),
            behind=tuple(names[one] for one in await self._unreached() if one in names and one != hall),
        )

    async def _unreached(self) -> list[str]:
        """Halls that work and are not linked now."""
        silent = {"offline", "quarantined"}
        return [one.id for one in await self._city.store.halls.everyone() if one.state.value in silent]

    def _seen(self, case: Case) -> Any:
        casework = self._casework
        return progress(
            case,
            casework.edition(case.edition),
            casework.terms,
            self._city.now(),
            rate="",
            writes_here=False,
            notices=None,
        )


def _hall(names: dict[str, HallNamed], case: Case) -> HallNamed:
    return names.get(case.hall) or HallNamed(id=case.hall, name=case.hall or ONLINE)


def _read(body: bytes) -> tuple[PersonAsked, str]:
    try:
        asked = msgspec.json.decode(body, type=PersonAsked)
    except msgspec.MsgspecError as exc:
        raise Invalid("body.invalid") from exc
    given = checked(PersonGiven(id_number=asked.id_number))
    if given is None or given.id_number is None:
        raise Invalid("person.id_number", id_number="missing")
    return asked, given.id_number


def _note(command: NoteCasesAsked, context: Context) -> Outcome:
    event = CasesAsked(**msgspec.structs.asdict(command))
    return Outcome(events=(event,), reply=lambda: None)
