"""What the web side asks of the server and of whoever shows something."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from hall_server.messages import Command, Recorded

if TYPE_CHECKING:
    from hall_server.bus import Bus
    from hall_server.clock import Clock
    from hall_server.database.tables import Transaction
    from hall_server.directory.directory import Directory
    from hall_server.identity import Actor, Keys
    from hall_server.ids import Ids
    from hall_server.web.live import LiveHub
    from hall_server.web.locales import Locales
    from hall_server.web.routes import Access, Route


class WebSettings(Protocol):
    """The settings that the web side reads."""

    @property
    def demo(self) -> bool: ...
    @property
    def public_url(self) -> str | None: ...
    @property
    def session_idle_s(self) -> float: ...
    @property
    def session_max_s(self) -> float: ...
    @property
    def trusted_hosts(self) -> Sequence[str]: ...


class Tables(Protocol):
    """The database that holds accounts and sessions."""

    async def transact(self, statements: Iterable[tuple[str, Sequence[Sequence[Any]]]]) -> None:
        """Run statements, each for all its rows, in one transaction."""
        ...

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Read and write in one transaction; an exception keeps nothing of it."""
        ...

    async def listen(self, channel: str, listener: Callable[[str], None]) -> None:
        """Hear what is told a channel; an empty payload says that something may have been missed."""
        ...


class DeviceGate(Protocol):
    """Who is known as a device."""

    def generation(self, device_id: str) -> int | None:
        """The generation of its credential; None where the device is unknown or revoked."""
        ...

    def generations(self, device_id: str) -> tuple[int, ...]:
        """The generations whose credentials hold: two while a new one is on its way, none where it is unknown."""
        ...

    def windows(self, device_id: str) -> frozenset[str]:
        """The windows a device stands at, and so may act for: one or none."""
        ...

    def kind(self, device_id: str) -> str | None:
        """What it is; None where the device is unknown or revoked."""
        ...

    def at_window(self, kind: str, window: str) -> tuple[str, ...]:
        """The devices of a kind at a window, by id."""
        ...

    def at_zone(self, kind: str, zone: str) -> tuple[str, ...]:
        """The devices of a kind that belong to a zone and to no window of it, by id."""
        ...


class JournalState(Protocol):
    """How the journal is."""

    @property
    def committed(self) -> int: ...
    @property
    def failure(self) -> BaseException | None: ...


class HallServer(Protocol):
    """The server, as the web side sees it."""

    @property
    def settings(self) -> WebSettings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> Ids: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def bus(self) -> Bus: ...
    @property
    def database(self) -> Tables: ...
    @property
    def journal(self) -> JournalState: ...
    @property
    def ready(self) -> bool: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def device_gate(self) -> DeviceGate: ...
    @property
    def locales(self) -> Locales: ...
    @property
    def routes(self) -> list[Route]: ...
    @property
    def home(self) -> Path | None: ...
    @property
    def live_views(self) -> dict[str, View]: ...

    live: LiveHub

    async def execute(self, command: Command, *, actor: Actor, command_id: str | None = None) -> bytes:
        """Decide, commit, and give the reply as JSON."""
        ...

    async def settled(self) -> None:
        """Wait until everything decided so far is committed."""
        ...


class View(Protocol):
    """Makes the pictures of one kind of topic, such as ``board/{zone}``."""

    @property
    def access(self) -> Access:
        """Who may see it."""
        ...

    def key_ok(self, key: str, actor: Actor) -> bool:
        """Whether there is such a picture for this actor."""
        ...

    def picture(self, key: str) -> object:
        """The whole picture, a value msgspec can encode."""
        ...

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """Keys whose picture this event changed.

        Asked only while somebody watches a picture of this kind: what it must learn from every event is folded.
        """
        ...
