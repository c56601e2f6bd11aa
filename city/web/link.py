"""The halls' link at the city: mounted beside the pages; what a hall tells of this moment reaches every process."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from city.server import City
from dashboards.told import HallNow
from hall_server.errors import Invalid
from hall_server.federation import wire
from hall_server.federation.acceptor import Acceptor, LinkHandler
from hall_server.federation.asking import Answerer
from hall_server.federation.attachments import Attachments
from hall_server.web.routes import PUBLIC, Kind, Route, Verb

CHANNEL = "now"
NOTICE_BYTES = 7_900
"""PostgreSQL carries no longer notice."""
BLOBS = "blobs"


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What a hall said of itself, and when."""

    hall: str
    at: datetime
    now: HallNow


@dataclass
class LinkRoom:
    """``city.rooms["federation"]``.

    Attributes:
        heard: the newest picture of each hall, from whichever process it is linked to.
        on_heard: told which hall spoke. on_taken: told of which hall rows were taken in.
        attachments: forms, scans and papers, by their SHA-256; there once the city has started.
        answerers: who answers which kind of a hall's questions; given before the city starts.
    """

    city: City
    attachments: Attachments = field(init=False)
    acceptor: Acceptor = field(init=False)
    heard: dict[str, Heard] = field(default_factory=dict)
    on_heard: list[Callable[[Heard], None]] = field(default_factory=list)
    on_taken: list[Callable[[str], None]] = field(default_factory=list)
    answerers: dict[str, Answerer] = field(default_factory=dict)

    async def start(self) -> None:
        """Begin to take halls in."""
        city = self.city
        self.attachments = Attachments(city.data / BLOBS, city.secrets.blobs)
        self.acceptor = Acceptor(
            city.store,
            self.attachments,
            city.clock,
            draining=city.settings.halls_draining,
            answerers=self.answerers,
        )
        self.acceptor.on_now = self._said
        await city.database.listen("hall_events", self._taken)
        await city.database.listen(CHANNEL, self._told)
        await self.acceptor.start()

    async def stop(self) -> None:
        """End every link; the halls come again by themselves."""
        await self.acceptor.stop()

    def _taken(self, hall: str) -> None:
        for listener in self.on_taken:
            listener(hall)

    def _said(self, hall: str) -> None:
        """A hall of this process spoke; the other processes are told where there are any."""
        told = self.acceptor.now.get(hall)
        if told is None:
            return
        try:
            now = msgspec.json.decode(told.picture, type=HallNow)
        except msgspec.MsgspecError:
            return  # a newer hall: its figures still come with its journal
        heard = Heard(hall=hall, at=told.at, now=now)
        self._keep(heard)
        if self.city.database.engine == "postgresql" and len(text := msgspec.json.encode(heard)) <= NOTICE_BYTES:
            self.city.spawn(self._pass_on(text.decode()), "picture of a hall")

    async def _pass_on(self, text: str) -> None:
        async with self.city.database.transaction() as begun:
            await begun.notify(CHANNEL, text)

    def _told(self, text: str) -> None:
        if text:
            self._keep(msgspec.json.decode(text, type=Heard))

    def _keep(self, heard: Heard) -> None:
        known = self.heard.get(heard.hall)
        if known is not None and known.at >= heard.at:
            return
        self.heard[heard.hall] = heard
        for listener in self.on_heard:
            listener(heard)


class CityLinkHandler(LinkHandler):
    """``/federation/v1`` of a city, whose acceptor is made when it starts."""

    def initialize(self, *, room: LinkRoom, **_: object) -> None:  # type: ignore[override]  # the room holds the acceptor
        """Take what the route gives."""
        self.acceptor = room.acceptor


def install(city: City) -> LinkRoom:
    """Install the link; others find it as ``city.rooms["federation"]``."""
    room = city.rooms["federation"] = LinkRoom(city)
    verb = Verb(access=PUBLIC, summary="Halls send their journals and take the city's items; they prove who they are")
    city.route(Route(wire.PATH, CityLinkHandler, {"GET": verb}, kind=Kind.LIVE, options={"room": room}))
    city.on_start("federation", room.start)
    city.on_stop("federation", room.stop)
    return room


def tls(city: City) -> ssl.SSLContext | None:
    """How the city speaks TLS itself; None where a proxy in front of it does.

    Raises:
        Invalid: a file cannot be read.
    """
    settings = city.settings
    if settings.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.tls_certificate, settings.tls_key)
        if settings.tls_halls is not None:
            context.load_verify_locations(settings.tls_halls)
            context.verify_mode = ssl.CERT_OPTIONAL
    except (OSError, ssl.SSLError) as exc:
        raise Invalid("settings.invalid", reason=f"TLS: {exc}", file="") from exc
    return context
