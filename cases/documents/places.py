"""The two places that make documents (the Site port of `cases.documents.site`): a hall and the city."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cases import messages as m
from cases.catalogue.model import Edition
from cases.clocks.terms import Terms
from cases.desk.codes import query_code, verify_code
from cases.documents.model import Institution
from cases.documents.site import Happened, Wanted
from cases.hall import posts_of
from cases.model import Case, Post
from cases.service import CaseService
from cases.state import code_goes_by
from hall_server.federation.attachments import Attachments
from hall_server.host import Host
from hall_server.identity import SYSTEM, Actor
from hall_server.journal import rows
from hall_server.messages import EventTypes, Recorded

if TYPE_CHECKING:
    from cases import Room
    from city.server import City
    from hall_server.federation.room import Room as Federation
    from hall_server.server import Server

DOCUMENTED: tuple[type[m.Documented], ...] = tuple(one for one in m.STEPS if issubclass(one, m.Documented))
_ACTS = frozenset({Post.ACCEPTOR, Post.EXAMINER, Post.APPROVER, Post.HEAD, Post.MAKER, Post.ISSUER})
_COLUMNS = "seq, at, business_day, type, version, subject, actor, command_id, payload, hash"
_OF_CASE = (
    f"SELECT {_COLUMNS} FROM journal WHERE seq IN"  # noqa: S608  # constants only
    " (SELECT seq FROM journal_lasting WHERE subject = ?) ORDER BY seq"
)
_STEPS: tuple[type[m.CaseEvent], ...] = (*DOCUMENTED, m.PaperMade)
_TYPES = ", ".join(f"'{one.type}'" for one in _STEPS)
_RECENT = (
    "SELECT journal.type, journal.payload FROM journal JOIN journal_lasting ON journal_lasting.seq = journal.seq"  # noqa: S608  # constants only
    " WHERE journal_lasting.subject IS NOT NULL AND (journal_lasting.last_day IS NULL OR journal_lasting.last_day >= ?)"
    f" AND journal.type IN ({_TYPES})"
)
_OWN = "SELECT payload FROM journal WHERE subject = ?"


class _About(msgspec.Struct, frozen=True):
    """What of an event says which document it is about."""

    case: str
    document: str = ""


class _Place:
    """What both places share."""

    _host: Host
    _service: CaseService
    _edition: Callable[[str], Edition | None]

    @property
    def terms(self) -> Terms:
        """How days and hours count here."""
        return self._service.terms

    @property
    def place(self) -> Institution:
        """The hall or the city."""
        found = self._host.directory.hall
        return Institution(name=found.name, name_en=found.name_en) if found else Institution(name=self._id())

    def department(self, id_: str) -> Institution:
        """A department; the place itself where it is not in the directory."""
        found = self._host.directory.departments.get(id_)
        return Institution(name=found.name, name_en=found.name_en) if found else self.place

    def receiver(self, event: m.CaseHandedOver) -> Institution:
        """Who takes a case over."""
        found = self._host.directory.departments.get(event.to)
        return Institution(name=found.name, name_en=found.name_en) if found else Institution(name=event.to)

    def window(self, id_: str | None) -> str:
        """A window's number; empty where it is not in the directory."""
        found = self._host.directory.windows.get(id_ or "")
        return str(found.number) if found else ""

    def edition(self, key: str) -> Edition | None:
        """An edition of the catalogue."""
        return self._edition(key)

    def text(self, key: str, language: str, /, **parameters: object) -> str:
        """A text of the locales."""
        return self._host.locales.text(key, language, **parameters)

    def may_read(self, actor: Actor, case: Case) -> bool:
        """Whether somebody acts on cases like it."""
        return not _ACTS.isdisjoint(posts_of(actor, case.department))

    def _id(self) -> str:
        raise NotImplementedError

    @property
    def _attachments(self) -> Attachments:
        found: Attachments = self._host.rooms["federation"].attachments
        return found

    async def read(self, sha256: str) -> bytes:
        """A kept file."""
        return await asyncio.to_thread(self._attachments.read, sha256)

    async def keep(self, content: bytes) -> str:
        """Keep a file sealed; gives its SHA-256."""
        return await asyncio.to_thread(self._attachments.put, content)

    async def drop(self, sha256: str) -> None:
        """Throw a file away that nobody was told of."""
        await asyncio.to_thread(self._attachments.erase, sha256)


class HallSite(_Place):
    """A hall."""

    def __init__(self, server: Server, room: Room) -> None:
        self._host = self._server = server
        self._service, self._edition = room.service, room.editions.get
        self.keys: Path = server.data / "keys"
        self.base = (server.settings.public_url or "").rstrip("/")

    def now(self) -> datetime:
        """The hall's time."""
        return self._server.now()

    def code_of(self, case: Case) -> str:
        """Its own cases' codes are derived from its key."""
        return query_code(self._server.keys.ticket, code_goes_by(case.query_digest, case.number))

    def verify_code(self, document: str) -> str:
        """Derived from the hall's key."""
        return verify_code(self._server.keys.ticket, document)

    async def history(self, case: str) -> list[Happened]:
        """What the hall journalled, and what the city did in between."""
        await self._server.settled()
        found = await self._server.database.fetch(_OF_CASE, (f"case:{case}",))
        return [_happened(rows.read(row, self._server.types), self._server.types) for row in found]

    async def missing(self) -> Iterable[Wanted]:
        """Of all cases whose events are still needed, over or not."""
        wanted: set[Wanted] = set()
        made: set[Wanted] = set()
        for type_, payload in await self._server.database.fetch(_RECENT, (self._server.business_day.isoformat(),)):
            about = msgspec.json.decode(payload, type=_About)
            (made if type_ == m.PaperMade.type else wanted).add(Wanted(about.case, about.document))
        return {one for one in wanted - made if one.document and one.case in self._server.rooms["cases"].cases.by_id}

    async def note(self, command: m.NotePaper, command_id: str) -> None:
        """Put a document on record."""
        await self._server.execute(command, actor=SYSTEM, command_id=command_id)

    async def read(self, sha256: str) -> bytes:
        """A kept file; what was made at the city is brought from there."""
        federation: Federation = self._server.rooms["federation"]
        await federation.fetch(sha256)
        return await super().read(sha256)

    async def kept(self, sha256: str) -> None:
        """The city gets it, now or when there is a link."""
        federation: Federation = self._server.rooms["federation"]
        await federation.bring(sha256)

    def _id(self) -> str:
        return self._server.settings.hall


class Unmade:
    """The city's own documents that are not on record yet (the Fold port of the host)."""

    types = frozenset({m.PaperMade.type, *(one.type for one in DOCUMENTED)})

    def __init__(self) -> None:
        self.wanted: set[Wanted] = set()

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        event = recorded.event
        if isinstance(event, m.PaperMade):
            self.wanted.discard(Wanted(event.case, event.document))
        elif isinstance(event, m.Documented) and event.document:
            self.wanted.add(Wanted(event.case, event.document))


class CitySite(_Place):
    """The city."""

    def __init__(self, city: City, unmade: Unmade) -> None:
        self._host = self._city = city
        self._unmade = unmade
        self._service, self._edition = city.rooms["cases"], city.rooms["catalogue"].get
        self.keys: Path = city.data / "keys"
        self.base = (city.settings.public_url or "").rstrip("/")

    def now(self) -> datetime:
        """The city's time."""
        return self._city.now()

    def code_of(self, case: Case) -> str:
        """A hall's codes are derived from its own key, which the city does not have."""
        return query_code(self._city.keys.ticket, case.number)

    def verify_code(self, document: str) -> str:
        """Derived from the city's key."""
        return verify_code(self._city.keys.ticket, document)

    async def history(self, case: str) -> list[Happened]:
        """What halls and the city journalled."""
        subject = f"case:{case}"
        own = {
            msgspec.json.decode(payload, type=_About).document
            for (payload,) in await self._city.database.fetch(_OWN, (subject,))
        }
        return [
            Happened(
                event=one.event,
                at=one.at,
                actor=one.actor,
                is_own=isinstance(one.event, m.Documented) and one.event.document in own,
            )
            for one in await self._city.log.stream(subject)
            if isinstance(one.event, m.CaseEvent)
        ]

    async def missing(self) -> Iterable[Wanted]:
        """As the city's own journal says."""
        return set(self._unmade.wanted)

    async def note(self, command: m.NotePaper, command_id: str) -> None:
        """Put a document on record."""
        await self._city.execute(command, actor=SYSTEM, command_id=command_id)

    async def kept(self, sha256: str) -> None:
        """Halls ask for what they are told of."""

    def _id(self) -> str:
        return self._city.settings.city


def _happened(recorded: Recorded, types: EventTypes) -> Happened:
    event = recorded.event
    if isinstance(event, m.CityStepTaken):
        inner = types.read(event.step_type, event.step_version, msgspec.json.encode(event.payload))
        if not isinstance(inner, m.CaseEvent):
            raise TypeError(event.step_type)
        return Happened(event=inner, at=event.at, actor=event.actor, is_own=False)
    if not isinstance(event, m.CaseEvent):
        raise TypeError(event.type)
    return Happened(event=event, at=recorded.at, actor=recorded.actor, is_own=True)
