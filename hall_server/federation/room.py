"""The link as a room of the hall: others hand it what shall happen with items, attachments and the hall's picture."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import ssl
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hall_server.errors import Invalid, NotFound, Unavailable
from hall_server.federation.asking import ANSWER_S
from hall_server.federation.attachments import Attachments
from hall_server.federation.state import LinkAlarm, LinkState

if TYPE_CHECKING:
    from hall_server.federation.link import DownHandler, Link
    from hall_server.federation.progress import Progress
    from hall_server.federation.raw_journal import RawJournal
    from hall_server.server import Server
    from hall_server.settings import Settings

log = logging.getLogger(__name__)

TOKEN = Path("keys") / "city.token"
BLOBS = "blobs"
FETCH_S = 10.0
"""So long somebody waits for an attachment from the city."""


@dataclass
class Room:
    """``server.rooms["federation"]``; without a city it keeps attachments and nothing else.

    Attributes:
        attachments: this hall's attachments; there once the server has started.
        picture: what `tell_now` was given. wait: lets time pass between two tries.
    """

    server: Server
    attachments: Attachments = field(init=False)
    picture: Callable[[], object] | None = None
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep
    _handlers: dict[str, DownHandler] = field(default_factory=dict)
    _link: Link | None = None
    _journal: RawJournal | None = None
    _progress: Progress | None = None
    _running: asyncio.Task[object] | None = None

    def on_down(self, kind: str, handler: DownHandler) -> None:
        """Let ``handler(payload, command_id)`` take the city's items of a kind.

        It executes a command with just this id, so that an item that comes twice happens once. A `DomainError` goes
        back to the city as a conflict; an `Unavailable` makes the item come again.

        Raises:
            Unavailable: somebody else takes them.
        """
        if self._handlers.setdefault(kind, handler) is not handler:
            raise Unavailable("command.two_handlers", command=kind)

    def tell_now(self, picture: Callable[[], object]) -> None:
        """Give the city the hall's picture every 5 s: waiting, windows open, called. Not kept anywhere."""
        self.picture = picture

    async def keep(self, content: bytes) -> str:
        """Keep an attachment; gives its name, the SHA-256 in hexadecimal."""
        return await asyncio.to_thread(self.attachments.put, content)

    async def bring(self, hash_: str) -> None:
        """Bring an attachment to the city, now or when there is a link; survives a restart."""
        if self._progress is not None:
            await self._progress.offer(hash_)
        if self._link is not None:
            self._link.offered()

    async def fetch(self, hash_: str, *, within_s: float = FETCH_S) -> None:
        """Get an attachment from the city, where it is not here.

        Raises:
            NotFound: ``federation.attachment_unknown``: there is no city, or it does not have it either.
            Unavailable: ``federation.attachment_late``: it did not come in time; it may still come.
        """
        if await asyncio.to_thread(self.attachments.has, hash_):
            return
        if self._link is None:
            raise NotFound("federation.attachment_unknown", hash=hash_)
        try:
            async with asyncio.timeout(within_s):
                await self._link.fetch(hash_)
        except TimeoutError as exc:
            raise Unavailable("federation.attachment_late", hash=hash_) from exc
        if not await asyncio.to_thread(self.attachments.has, hash_):
            raise NotFound("federation.attachment_unknown", hash=hash_)

    async def ask(self, kind: str, body: bytes, *, within_s: float = ANSWER_S) -> bytes:
        """Ask the city something that it answers at once, as JSON.

        Raises:
            Unavailable: there is no city, no link, no answer in time. DomainError: the city refuses.
        """
        if self._link is None:
            raise Unavailable("federation.unlinked")
        try:
            async with asyncio.timeout(within_s):
                return await self._link.ask(kind, body)
        except TimeoutError as exc:
            raise Unavailable("federation.unlinked") from exc

    @property
    def has_city(self) -> bool:
        """Whether this hall belongs to a city."""
        return self.server.settings.city_url is not None

    def state(self) -> LinkState:
        """How the link is."""
        return self._link.state if self._link is not None else LinkState()

    async def reached(self, seq: int) -> None:
        """Wait until everything up to a seq of the journal is safe at the city; at once where there is none."""
        if self._link is not None:
            await self._link.reached(seq)

    def alarms(self) -> Iterable[LinkAlarm]:
        """What the manager should look at."""
        if self._link is None:
            return ()
        return self._link.state.alarms(self.server.now(), self.server.journal.committed)

    async def start(self, *, pace: int | None = None) -> None:
        """Begin to link up, where a city is set; ``pace``: another one than the setting's."""
        from hall_server.federation.progress import Progress

        self.attachments = Attachments(self.server.data / BLOBS, self.server.keys.blobs)
        self._progress = Progress(self.server.database)
        await self._progress.open()
        if self.server.settings.city_url is not None:
            await self._link_up(self.server.settings, pace)

    async def _link_up(self, settings: Settings, pace: int | None) -> None:
        from hall_server.federation.link import Link, Means  # a hall without a city loads no client
        from hall_server.federation.raw_journal import RawJournal

        assert self._progress is not None  # noqa: S101  # start() has just made it
        token = await asyncio.to_thread(_token, Path(settings.city_token_file or self.server.data / TOKEN))
        means = Means(
            hall=settings.hall,
            url=settings.city_url or "",
            token=token,
            tls=await asyncio.to_thread(_tls, settings),
            certificate_until=await asyncio.to_thread(_until, settings.city_certificate),
            pace=settings.city_pace if pace is None else pace,
        )
        self._journal = await RawJournal.open(self.server.data / "hall.db")
        self._link = Link(
            self.server,
            means,
            journal=self._journal,
            progress=self._progress,
            attachments=self.attachments,
            handlers=self._handlers,
            now=self.picture,
            wait=self.wait,
        )
        self._running = self.server.spawn(self._link.run(), "link to the city")

    def news(self) -> None:
        """Something was committed."""
        if self._link is not None:
            self._link.news()

    async def stop(self) -> None:
        """End the link; the journal keeps what was not sent."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = self._link = None
        if self._journal is not None:
            await self._journal.close()
            self._journal = None


def check_address(url: str) -> None:
    """Refuse an address that would send the journal in the clear.

    Raises:
        Invalid: ``settings.invalid``.
    """
    parts = urlsplit(url)
    is_safe = parts.scheme == "wss" or (parts.scheme == "ws" and _is_loopback(parts.hostname or ""))
    if not is_safe or not parts.hostname or parts.query or parts.username:
        raise Invalid("settings.invalid", reason="city_url must be wss://, or ws:// to this machine", file="")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """How the city's certificate is checked and which one is shown to it.

    Raises:
        Invalid: a file cannot be read.
    """
    if urlsplit(settings.city_url or "").scheme != "wss":
        return None
    try:
        context = ssl.create_default_context(cafile=settings.city_authority)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if settings.city_certificate is not None:
            context.load_cert_chain(settings.city_certificate, settings.city_key)
    except (OSError, ssl.SSLError) as exc:
        raise Invalid("settings.invalid", reason=f"city_certificate or city_authority: {exc}", file="") from exc
    return context


def _until(certificate: str | None) -> datetime | None:
    """When the hall's own certificate ends."""
    if certificate is None:
        return None
    from cryptography import x509  # only a hall with a certificate pays for it

    return x509.load_pem_x509_certificate(Path(certificate).read_bytes()).not_valid_after_utc


def _token(path: Path) -> str | None:
    """The hall's secret at the city; None where there is no file."""
    if not path.is_file():
        return None
    if path.stat().st_mode & 0o077:
        log.warning("%s can be read by others: chmod 600", path.name, extra={"action": "federation.open_token"})
    return path.read_text("utf-8").strip() or None
