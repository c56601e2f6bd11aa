"""The neighbours of a place: what is asked of them goes through the outbox, and nothing is asked twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

import msgspec

from cases.neighbours import requests as r
from cases.neighbours.model import Accepted, Kind, Rejected, Reply
from cases.neighbours.port import HttpNeighbour, Neighbour
from cases.neighbours.sealing import Sealer
from hall_server.errors import Invalid, NotFound, Unavailable
from hall_server.outbox.backoff import Jitter, full_jitter
from hall_server.outbox.http import NoAnswer, SignedClient, check_address
from hall_server.outbox.place import NeighbourPlace, read_key
from hall_server.outbox.sender import Dropped, Lane, Verdict
from hall_server.outbox.signing import Checker
from hall_server.outbox.table import CHANNEL, Letter, Outbox, State

if TYPE_CHECKING:
    from hall_server.database.tables import SharedTables
    from hall_server.identity import Keys
    from hall_server.ids import Ids
    from hall_server.outbox.sender import Trouble

log = logging.getLogger(__name__)

PDF = "application/pdf"
WITHIN = timedelta(days=14)
"""A request that says nothing else is tried for so long."""
ASKED_WITHIN = timedelta(minutes=1)
"""A question that somebody waits for is not asked again afterwards."""


class Plan(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="plan"):
    """A request that is only written when it goes out, so that no phone lies about: ``name`` says by whom."""

    name: str
    about: dict[str, str] = {}


class Settings(Protocol):
    """What of a place's settings is read."""

    @property
    def neighbours(self) -> dict[str, NeighbourPlace]: ...
    @property
    def timezone(self) -> str: ...


class Centre(Protocol):
    """A hall or a city."""

    data: Path
    keys: Keys
    ids: Ids
    rooms: dict[str, Any]

    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> SharedTables: ...

    def now(self) -> datetime:
        """The place's time."""
        ...

    def spawn(self, work: Awaitable[object], name: str) -> object:
        """Run a named task."""
        ...


class Way:
    """A neighbour that is set: where, how, and the lane that leads there."""

    def __init__(self, name: str, place: NeighbourPlace, kind: Kind) -> None:
        self.name = name
        self.place = place
        self.kind = kind
        self.neighbour: Neighbour
        self.lane: Lane
        self.checker: Checker
        self.key = b""

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing gets through; None while it answers."""
        return self.lane.trouble


Write = Callable[[Letter, Plan], Awaitable[r.AnyRequest]]
Hear = Callable[[str, r.Told], Awaitable[str]]
After = Callable[[Letter, r.AnyRequest, Reply], Awaitable[None]]
Read = Callable[[str], Awaitable[bytes]]


class Room:
    """``server.rooms["neighbours"]``.

    Attributes:
        ways: the neighbours that are set, by name.
        writers: name of a plan → who writes the request. hearers: type of a message → who takes it; gives a code,
            "" where it was taken. after: told of every answer. read_file: bytes of a kept file.
    """

    def __init__(self, centre: Centre, *, jitter: Jitter = full_jitter) -> None:
        self.centre = centre
        self.zone = ZoneInfo(centre.settings.timezone)
        self.ways = {name: Way(name, place, _kind(name, place)) for name, place in centre.settings.neighbours.items()}
        self.writers: dict[str, Write] = {}
        self.hearers: dict[type[msgspec.Struct], Hear] = {}
        self.after: list[After] = []
        self.read_file: Read | None = None
        self.outbox: Outbox
        self.sealer: Sealer
        self._jitter = jitter
        self._told = asyncio.Event()

    async def start(self) -> None:
        """Open the outbox and begin to send.

        Raises:
            Invalid: a neighbour's address or key cannot be used.
        """
        self.outbox, self.sealer = Outbox(self.centre.database), Sealer(self.centre.keys)
        await self.outbox.open()
        await self.centre.database.listen(CHANNEL, self._answered)
        for way in self.ways.values():
            self._open(way)
            self.centre.spawn(way.lane.run(), f"outbox to {way.name}")

    async def stop(self) -> None:
        """End the connections."""
        for way in self.ways.values():
            if hasattr(way, "neighbour"):
                way.neighbour.close()

    # -- asking

    def named(self, kind: Kind, *, department: str | None = None) -> str | None:
        """The neighbour of a kind, for a department where it is the system of some; None: there is none."""
        fit = (one for one in self.ways.values() if one.kind is kind)
        return next((one.name for one in fit if department is None or department in one.place.departments), None)

    def letter(
        self,
        message: r.AnyRequest | Plan,
        *,
        to: str,
        kind: str,
        subject: str,
        transaction: str | None = None,
        not_before: datetime | None = None,
        within: timedelta = WITHIN,
        awaits: bool = False,
    ) -> Letter:
        """A request as it waits in the outbox.

        Args:
            message: what is asked, or the plan of it.
            to: name of the neighbour. kind: as ``sms.send``. subject: what it is about.
            transaction: its id; the same one is sent once, however often it is put.
            not_before: not sent earlier. within: given up after so long.
            awaits: a result follows.
        """
        now, id_ = self.centre.now(), transaction or self.centre.ids.new()
        begins = max(now, not_before) if not_before is not None else now
        return Letter(
            id=id_,
            neighbour=to,
            kind=kind,
            subject=subject,
            sealed=self.sealer.seal(id_, msgspec.json.encode(message)),
            at=now,
            next_at=begins,
            until_at=begins + within,
            awaits=awaits,
        )

    async def put(self, *letters: Letter, cursor: tuple[str, int] | None = None) -> None:
        """Keep requests and send them soon; one whose transaction is known changes nothing."""
        await self.outbox.put(*letters, cursor=cursor)
        for name in {one.neighbour for one in letters}:
            self.hurry(name)

    async def request(self, request: r.Request, *, subject: str, to: str | None = None, **more: Any) -> str:
        """Put a request into the outbox; gives its transaction.

        Raises:
            Unavailable: ``neighbour.none``: no neighbour of its kind is set.
        """
        name = to or self._fit(request)
        letter = self.letter(
            request,  # type: ignore[arg-type]  # every Request is one of AnyRequest
            to=name,
            kind=_tag(request),
            subject=subject,
            awaits=request.awaits,
            **more,
        )
        await self.put(letter)
        return letter.id

    async def ask(self, request: r.Request, *, subject: str, to: str | None = None) -> Reply:
        """Ask now, once, and wait for the answer; it stands in the outbox like any other.

        Raises:
            Unavailable: ``neighbour.none``; ``neighbour.silent``: no answer.
        """
        name = to or self._fit(request)
        far = self.centre.now() + WITHIN  # the lane must not take it
        letter = self.letter(
            request,  # type: ignore[arg-type]  # as above
            to=name,
            kind=_tag(request),
            subject=subject,
            not_before=far,
            awaits=request.awaits,
        )
        await self.outbox.put(msgspec.structs.replace(letter, until_at=self.centre.now() + ASKED_WITHIN))
        try:
            reply = await self.ways[name].neighbour.send(
                request,  # type: ignore[arg-type]  # as above
                transaction=letter.id,
            )
        except NoAnswer as fault:
            await self.outbox.answered(letter.id, State.GIVEN_UP, reason=fault.reason, at=self.centre.now())
            raise Unavailable("neighbour.silent", neighbour=name, reason=fault.reason) from fault
        verdict = self._verdict(letter.id, reply)
        await self.outbox.answered(
            letter.id, verdict.state, reason=verdict.reason, at=self.centre.now(), answer=verdict.answer
        )
        return reply

    async def held(self, name: str, day: date) -> frozenset[str]:
        """The transactions of a day that a neighbour says it has.

        Raises:
            NoAnswer: it does not say.
        """
        asked = r.AskDay(day=day)
        reply = await self.ways[name].neighbour.send(asked, transaction=f"day-{day}-{self.centre.ids.new()}")
        if isinstance(reply, Rejected):
            raise NoAnswer(reply.code)
        return frozenset(msgspec.json.decode(reply.result, type=r.DayHeld).transactions)

    def hurry(self, name: str | None = None) -> None:
        """Try now, whatever went wrong before."""
        for way in self.ways.values():
            if name in {None, way.name} and hasattr(way, "lane"):
                way.lane.hurry()

    @property
    def next_answer(self) -> asyncio.Event:
        """Set with the next answer to any request, whichever process of the place it reaches."""
        return self._told

    def _answered(self, _transaction: str) -> None:
        self._told.set()
        self._told = asyncio.Event()

    def opened(self, letter: Letter) -> r.AnyRequest | Plan:
        """What a letter says."""
        plain = self.sealer.open(letter.id, letter.sealed)
        message: r.AnyRequest | Plan = msgspec.json.decode(plain, type=r.AnyRequest | Plan)
        return message

    def answer(self, letter: Letter) -> msgspec.Raw:
        """What the neighbour answered; ``{}`` where nothing."""
        return msgspec.Raw(self.sealer.open(letter.id, letter.answer) if letter.answer else b"{}")

    # -- inside

    async def deliver(self, letter: Letter) -> Verdict:
        """Take a request to its neighbour (the Post port of the lanes)."""
        neighbour, message = self.ways[letter.neighbour].neighbour, self.opened(letter)
        try:
            request = await self.writers[message.name](letter, message) if isinstance(message, Plan) else message
        except Dropped as dropped:
            return Verdict(state=State.DROPPED, reason=dropped.reason)
        await self._bring(neighbour, request)
        reply = await neighbour.send(request, transaction=letter.id)
        if isinstance(message, Plan):
            await self.outbox.keep_raw(letter.id, self.sealer.seal(letter.id, msgspec.json.encode(request)))
        for told in self.after:
            await told(letter, request, reply)
        return self._verdict(letter.id, reply)

    async def _bring(self, neighbour: Neighbour, request: r.AnyRequest) -> None:
        """Bring the files that a request names before it goes out.

        Raises:
            NoAnswer: one is not here (yet).
        """
        named = [(one.sha256, one.media) for one in request.files] if isinstance(request, r.PushCase) else []
        if isinstance(request, r.IssueLicence) and request.document:
            named.append((request.document, PDF))
        for sha256, media in named:
            if self.read_file is None:
                raise NoAnswer("no_files")
            try:
                content = await self.read_file(sha256)
            except NotFound as exc:
                raise NoAnswer("file_missing") from exc
            await neighbour.bring(sha256, content, media)

    def _verdict(self, id_: str, reply: Reply) -> Verdict:
        if isinstance(reply, Accepted):
            return Verdict(state=State.ACCEPTED, answer=self.sealer.seal(id_, bytes(reply.result)))
        return Verdict(
            state=State.REJECTED, reason=reply.code, answer=self.sealer.seal(id_, msgspec.json.encode(reply))
        )

    def _fit(self, request: r.Request) -> str:
        department = request.department if isinstance(request, r.PushCase) else None
        name = self.named(request.kind, department=department)
        if name is None:
            raise Unavailable("neighbour.none", kind=request.kind)
        return name

    def _open(self, way: Way) -> None:
        way.key = read_key(way.name, way.place, self.centre.data)
        client = SignedClient(
            way.place.url, way.key, self.clock_s, authority=way.place.authority, answer_s=way.place.answer_s
        )
        way.neighbour = HttpNeighbour(way.kind, client, self.centre.now)
        way.checker = Checker(way.key, self.clock_s)
        way.lane = Lane(
            way.name,
            self.outbox,
            self,
            self.centre.now,
            most_tries=way.place.most_tries,
            jitter=self._jitter,
        )

    def clock_s(self) -> float:
        """Seconds since 1970 by the place's clock."""
        return self.centre.now().timestamp()


def _tag(request: r.Request) -> str:
    return str(type(request).__struct_config__.tag)


def _kind(name: str, place: NeighbourPlace) -> Kind:
    check_address(place.url, setting=f"neighbours.{name}.url")
    try:
        return Kind(place.kind or name)
    except ValueError as exc:
        raise Invalid("settings.invalid", reason=f"neighbours.{name}: unknown kind", file="") from exc
