"""Hands committed events to their listeners; one that fails does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from hall_server.messages import Recorded

_T = TypeVar("_T")

log = logging.getLogger(__name__)

Listener = Callable[[Recorded], None]
BatchListener = Callable[[list[Recorded]], None]


class Bus:
    """Listeners by event type, called in the order in which they were added."""

    def __init__(self) -> None:
        self._listeners: list[tuple[str, frozenset[str] | None, Listener]] = []
        self._of_type: dict[str, list[tuple[str, Listener]]] = {}  # looked up once for each type
        self._batches: list[tuple[str, BatchListener]] = []

    def listen(self, name: str, listener: Listener, types: Iterable[str] | None = None) -> None:
        """Call ``listener`` for each event of ``types`` (all where None)."""
        self._listeners.append((name, None if types is None else frozenset(types), listener))
        self._of_type.clear()

    def listen_batch(self, name: str, listener: BatchListener) -> None:
        """Call ``listener`` once per commit with all its events, after the single listeners."""
        self._batches.append((name, listener))

    def hand_on(self, batch: list[Recorded]) -> None:
        """Give a committed batch to everybody."""
        for recorded in batch:
            for name, listener in self._concerned(recorded.event.type):
                _call(name, listener, recorded)
        for name, batch_listener in self._batches:
            _call(name, batch_listener, batch)

    def _concerned(self, type_: str) -> list[tuple[str, Listener]]:
        found = self._of_type.get(type_)
        if found is None:
            found = self._of_type[type_] = [
                (name, listener) for name, types, listener in self._listeners if types is None or type_ in types
            ]
        return found


def _call(name: str, listener: Callable[[_T], None], argument: _T) -> None:
    try:
        listener(argument)
    except Exception:  # the top of a loop: one follower's fault must not reach the others
        log.exception("listener failed: %s", name, extra={"action": "bus.listener_failed"})
