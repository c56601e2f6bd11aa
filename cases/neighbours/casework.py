"""What neighbours, notices and progress need of cases, the same at a hall and at the city."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

import msgspec

from cases import messages as m
from cases import store
from cases.catalogue.model import Edition
from cases.clocks.terms import Terms
from cases.folding import fold
from cases.forms import Form
from cases.model import Case, State
from cases.service import CaseService
from hall_server.errors import NotFound
from hall_server.federation.attachments import Attachments
from hall_server.identity import Actor
from hall_server.journal import rows
from hall_server.messages import EventTypes, Recorded

_ID_OF = "SELECT id FROM cases WHERE number = ?"
_DIGEST_OF = "SELECT query_digest FROM cases WHERE number = ?"
_STREAM = (
    "SELECT seq, at, business_day, type, version, subject, actor, command_id, payload, hash FROM journal"
    " WHERE seq IN (SELECT seq FROM journal_lasting WHERE subject = ?) ORDER BY seq"
)


class PartCase(NamedTuple):
    """A case that a part of a joint package has become."""

    number: str
    edition: str
    matter: str
    state: State


class Casework(Protocol):
    """Cases of a place.

    Attributes:
        hall: of the cases it took in itself; "" at the city.
        writer: as what it writes cases: ``hall:ID`` or ``city``.
    """

    @property
    def hall(self) -> str: ...
    @property
    def writer(self) -> str: ...
    @property
    def service(self) -> CaseService: ...
    @property
    def terms(self) -> Terms: ...

    async def numbered(self, number: str) -> Case | None:
        """The case with a number, however old; None: unknown here."""
        ...

    async def digest(self, number: str) -> str | None:
        """What is kept of the query code of a number; takes as long whether it is known or not."""
        ...

    async def case(self, id_: str) -> Case:
        """A case.

        Raises:
            NotFound: ``case.unknown``.
        """
        ...

    async def open_cases(self) -> list[Case]:
        """Those that this place took in and that are not over."""
        ...

    async def of_package(self, package: str) -> list[PartCase]:
        """The cases of a joint package, in the order in which they began."""
        ...

    async def held(self) -> list[Case]:
        """Those that this place hands out, wherever they came in."""
        ...

    def edition(self, key: str) -> Edition | None:
        """The edition a case stands under."""
        ...

    async def execute(self, command: m.CaseCommand, *, actor: Actor, command_id: str) -> None:
        """Take a step."""
        ...

    async def read(self, sha256: str) -> bytes:
        """A file that is kept.

        Raises:
            NotFound: it is not here (yet).
        """
        ...

    async def keep(self, content: bytes) -> str:
        """Keep a file; gives its SHA-256."""
        ...


async def form_of(casework: Casework, case: Case) -> Form:
    """The sealed form of a case.

    Raises:
        NotFound: it is not here (yet), or was erased.
    """
    if not case.form:
        raise NotFound("federation.attachment_unknown", hash="")
    return msgspec.json.decode(await casework.read(case.form), type=Form)


class HallCasework:
    """Cases of a hall: the open ones in memory, older ones read from the journal."""

    def __init__(self, server: Any) -> None:  # a hall's server; Any, because its rooms are
        self._server = server
        self._room = server.rooms["cases"]
        self._zone = ZoneInfo(server.settings.timezone)
        self.hall: str = server.settings.hall
        self.writer = f"hall:{self.hall}"

    @property
    def service(self) -> CaseService:
        """The rules of cases here."""
        found: CaseService = self._room.service
        return found

    @property
    def terms(self) -> Terms:
        """How days count here."""
        return self.service.terms

    async def numbered(self, number: str) -> Case | None:
        """The case with a number."""
        await self._server.settled()  # nothing is shown that a power cut could still undo
        found: Case | None = self._room.cases.numbered(number)
        known = await self._server.views.fetch(_ID_OF, (number,)) if "cases_desk" in self._server.rooms else []
        if found is not None or not known:
            return found
        return await self._folded(known[0][0])

    async def digest(self, number: str) -> str | None:
        """Looked for in both places, wherever it is."""
        await self._server.settled()
        here: Case | None = self._room.cases.numbered(number)
        has_table = "cases_desk" in self._server.rooms
        kept = await self._server.views.fetch(_DIGEST_OF, (number,)) if has_table else []
        found = here.query_digest if here is not None else ""
        return found or (kept[0][0] if kept else "") or None

    async def case(self, id_: str) -> Case:
        """A case."""
        found: Case | None = self._room.cases.by_id.get(id_) or await self._folded(id_)
        if found is None:
            raise NotFound("case.unknown", case=id_)
        return found

    async def of_package(self, package: str) -> list[PartCase]:
        """From the table, which has those too that the city began."""
        found = await store.of_package(self._server.views, package)
        return [PartCase(one.number, one.edition, one.matter, one.state) for one in found]

    async def open_cases(self) -> list[Case]:
        """Those that came in here."""
        return [one for one in self._room.cases.by_id.values() if one.hall == self.hall and not one.is_over]

    async def held(self) -> list[Case]:
        """Those that it goes on with."""
        return [one for one in self._room.cases.by_id.values() if one.writer == self.writer and not one.is_over]

    def edition(self, key: str) -> Edition | None:
        """An edition."""
        found: Edition | None = self._room.editions.get(key)
        return found

    async def execute(self, command: m.CaseCommand, *, actor: Actor, command_id: str) -> None:
        """Take a step."""
        await self._server.execute(command, actor=actor, command_id=command_id)

    async def read(self, sha256: str) -> bytes:
        """A file."""
        return await asyncio.to_thread(self._server.rooms["federation"].attachments.read, sha256)

    async def keep(self, content: bytes) -> str:
        """Keep a file."""
        sha256: str = await self._server.rooms["federation"].keep(content)
        return sha256

    async def _folded(self, id_: str) -> Case | None:
        found = await self._server.database.fetch(_STREAM, (f"case:{id_}",))
        return folded([rows.read(row, self._server.types) for row in found], self._server.types, self._zone)


def folded(stream: list[Recorded], types: EventTypes, zone: ZoneInfo) -> Case | None:
    """A case of its events as a hall's journal has them, steps of the city among them."""
    case: Case | None = None
    for recorded in stream:
        event, at, actor = recorded.event, recorded.at, recorded.actor
        if isinstance(event, m.CityStepTaken):
            at, actor = event.at, event.actor
            event = types.read(event.step_type, event.step_version, msgspec.json.encode(event.payload))
        if isinstance(event, m.CaseEvent) and (case is not None or isinstance(event, m.CaseReceived)):
            case = fold(case, event, at=at, on=at.astimezone(zone).date(), actor=actor)
    return case


class CityCasework:
    """Cases of the city: its index, its streams, its attachments."""

    hall, writer = "", "city"

    def __init__(self, city: Any) -> None:  # `city.server.City`, which stands above this folder
        self._city = city

    @property
    def service(self) -> CaseService:
        """The rules of cases here."""
        found: CaseService = self._city.rooms["cases"]
        return found

    @property
    def terms(self) -> Terms:
        """How days count here."""
        return self.service.terms

    async def numbered(self, number: str) -> Case | None:
        """The case with a number."""
        found: Case | None = await self._city.rooms["case_index"].numbered(number)
        return found

    async def digest(self, number: str) -> str | None:
        """From the index."""
        kept = await self._city.database.fetch(_DIGEST_OF, (number,))
        return (str(kept[0][0]) if kept else "") or None

    async def case(self, id_: str) -> Case:
        """A case."""
        found: Case = await self._city.rooms["case_index"].one(id_)
        return found

    async def of_package(self, package: str) -> list[PartCase]:
        """From the index."""
        found: list[Case] = await self._city.rooms["case_index"].of_package(package)
        found.sort(key=lambda one: (one.received_at, one.id))
        return [PartCase(one.number, one.edition, one.matter, one.state) for one in found]

    async def open_cases(self) -> list[Case]:
        """Those that came in online."""
        sql = "SELECT id FROM cases WHERE hall = '' AND is_over = 0"
        return [await self.case(id_) for (id_,) in await self._city.database.fetch(sql)]

    async def held(self) -> list[Case]:
        """None: halls hand results out."""
        return []

    def edition(self, key: str) -> Edition | None:
        """An edition."""
        found: Edition | None = self._city.rooms["catalogue"].get(key)
        return found

    async def execute(self, command: m.CaseCommand, *, actor: Actor, command_id: str) -> None:
        """Take a step."""
        await self._city.execute(command, actor=actor, command_id=command_id)

    async def read(self, sha256: str) -> bytes:
        """A file."""
        return await asyncio.to_thread(self._attachments.read, sha256)

    async def keep(self, content: bytes) -> str:
        """Keep a file."""
        return await asyncio.to_thread(self._attachments.put, content)

    @property
    def _attachments(self) -> Attachments:
        return Attachments(self._city.data / "blobs", self._city.secrets.blobs)
