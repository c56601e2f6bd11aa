"""Host: what rooms install themselves into, in a hall and in the city alike."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from hall_server.bus import Bus, Listener
from hall_server.clock import Clock, SystemClock
from hall_server.directory.directory import Directory
from hall_server.errors import Unavailable
from hall_server.ids import Ids, RandomIds
from hall_server.messages import Command, EventTypes, Recorded
from hall_server.outcome import Context, Outcome
from hall_server.web.locales import Locales

if TYPE_CHECKING:
    from hall_server.web.live import LiveHub
    from hall_server.web.ports import DeviceGate, View
    from hall_server.web.routes import Route

log = logging.getLogger(__name__)

_CANCELS_MOST = 3
_CANCELLED_WITHIN_S = 1.0

_C = TypeVar("_C", bound=Command)

Start = Callable[[], Awaitable[object]]


class NoDevices:
    """The gate before anybody keeps a register: no device is known."""

    def generation(self, device_id: str) -> int | None:
        """None: unknown."""
        return None

    def generations(self, device_id: str) -> tuple[int, ...]:
        """None: no credential holds."""
        return ()

    def windows(self, device_id: str) -> frozenset[str]:
        """None of the windows."""
        return frozenset()

    def kind(self, device_id: str) -> str | None:
        """None: unknown."""
        return None

    def at_window(self, kind: str, window: str) -> tuple[str, ...]:
        """No device."""
        return ()

    def at_zone(self, kind: str, zone: str) -> tuple[str, ...]:
        """No device."""
        return ()


class Fold(Protocol):
    """A live state made of events.

    Attributes:
        types: the event types it takes.
    """

    types: frozenset[str]

    def apply(self, recorded: Recorded) -> None:
        """Take one event in; never fails."""
        ...


class Host:
    """What a server has installed: handlers, folds, listeners, routes, views, tasks.

    Attributes:
        directory: the live master data.
        failed: set when the server can no longer keep its word and must stop.
        home: the page at "/"; None: the hall's own.
    """

    def __init__(self, *, clock: Clock | None = None, ids: Ids | None = None) -> None:
        self.clock: Clock = clock or SystemClock()
        self.ids: Ids = ids or RandomIds()
        self.types = EventTypes()
        self.bus = Bus()
        self.directory = Directory()
        self.failed: asyncio.Event = asyncio.Event()
        self.ready = False
        self.home: Path | None = None
        self.rooms: dict[str, Any] = {}
        self.routes: list[Route] = []
        self.live_views: dict[str, View] = {}
        self.locales = Locales()
        self.live: LiveHub
        self.device_gate: DeviceGate = NoDevices()
        self._handlers: dict[type[Command], Callable[[Any, Context], Outcome]] = {}
        self._folds: dict[str, list[Callable[[Recorded], None]]] = {}
        self._starts: list[tuple[str, Start]] = []
        self._stops: list[tuple[str, Start]] = []
        self._tasks: set[asyncio.Task[object]] = set()

    # -- what install() calls

    def handle(self, command: type[_C], handler: Callable[[_C, Context], Outcome]) -> None:
        """Let ``handler`` decide commands of this class; there is one per class."""
        if self._handlers.setdefault(command, handler) is not handler:
            raise Unavailable("command.two_handlers", command=command.__name__)

    def fold(self, fold: Fold) -> None:
        """Keep a live state up with the events of its types, from the start."""
        for type_ in fold.types:
            self._folds.setdefault(type_, []).append(fold.apply)

    def listen(self, name: str, listener: Listener, types: Iterable[str] | None = None) -> None:
        """Hear of committed events; must not block and may start tasks."""
        self.bus.listen(name, listener, types)

    def route(self, *routes: Route) -> None:
        """Serve addresses, each with its access."""
        self.routes.extend(routes)

    def view(self, name: str, view: View) -> None:
        """Offer the pictures of the live-feed topics ``name/{key}``."""
        self.live_views[name] = view

    def on_start(self, name: str, start: Start) -> None:
        """Run once the live state is whole, in the order of installation."""
        self._starts.append((name, start))

    def on_stop(self, name: str, stop: Start) -> None:
        """Run at the end, last installed first, while commands are still taken."""
        self._stops.append((name, stop))

    def spawn(self, work: Awaitable[object], name: str) -> asyncio.Task[object]:
        """Run a named task that ends with the server; its failure is logged."""
        task = asyncio.ensure_future(work)
        task.set_name(name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    # -- inside

    def _apply(self, recorded: Recorded) -> None:
        for apply in self._folds.get(recorded.event.type, ()):
            apply(recorded)

    async def _start_all(self) -> None:
        for name, start in self._starts:
            log.debug("starting %s", name, extra={"action": "server.start"})
            await start()

    async def _stop_all(self) -> None:
        for name, stop in reversed(self._stops):
            try:
                await stop()
            except Exception:  # the top of a loop: the others must still be closed
                log.exception("stopping %s failed", name, extra={"action": "server.stop_failed"})
        await self._end_tasks()

    async def _end_tasks(self) -> None:
        """Cancel what runs; a task that swallows that is told again, and named where it still does not end."""
        for _ in range(_CANCELS_MOST):
            pending = set(self._tasks)
            if not pending:
                return
            for task in pending:
                task.cancel()
            await asyncio.wait(pending, timeout=_CANCELLED_WITHIN_S)
        for task in self._tasks:
            log.error("%s does not end", task.get_name(), extra={"action": "server.task_hangs"})

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (exc := task.exception()) is not None:
            log.error("task %s ended: %r", task.get_name(), exc, exc_info=exc, extra={"action": "task.failed"})
