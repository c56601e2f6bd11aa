"""Commands to devices: each is sent again until it is reported done or its time is over.

Sending again stands here and not in the broker: neither broker keeps messages over a restart, and a command that waits
in a broker's queue cannot grow old.
"""

import heapq
import itertools
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any

import msgspec

from hall_server.clock import Clock
from hall_server.ids import Ids
from hall_server.mqtt.topics import Command, Report

FIRST_AGAIN_S = 2.0
LAST_AGAIN_S = 15.0
LIMIT_PER_DEVICE = 100


class End(StrEnum):
    """How a command ended."""

    DONE = "done"  # the device did it
    FAILED = "failed"  # the device could not do it; the report's detail says why
    EXPIRED = "expired"  # its time was over
    CROWDED = "crowded"  # too many newer ones waited for the same device


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """One command's end."""

    device: str
    id: str
    do: str
    end: End
    detail: dict[str, Any] = {}


class _Pending(msgspec.Struct, kw_only=True):
    device: str
    id: str
    do: str
    args: dict[str, Any]
    deadline: float  # monotonic
    due: float  # monotonic, when to send again
    pause_s: float = FIRST_AGAIN_S


EndListener = Callable[[Ended], None]
Send = Callable[[str, Command], None]


class Commands:
    """What devices were told to do and have not reported yet."""

    def __init__(self, *, clock: Clock, ids: Ids, send: Send) -> None:
        """Args: clock; ids; send(device, command) publishes one."""
        self._clock = clock
        self._ids = ids
        self._send = send
        self._pending: dict[str, OrderedDict[str, _Pending]] = {}
        self._heap: list[tuple[float, int, str, str]] = []
        self._order = itertools.count()
        self._listeners: list[EndListener] = []
        self._begin_listeners: list[Callable[[str], None]] = []

    def on_begin(self, listener: Callable[[str], None]) -> None:
        """Tells `listener` of each device that has just been told to do something."""
        self._begin_listeners.append(listener)

    def listen(self, listener: EndListener) -> None:
        """Tells `listener` how each command ended."""
        self._listeners.append(listener)

    def command(self, device: str, do: str, args: dict[str, Any], *, ttl_s: float) -> str:
        """Tells a device to do something once within `ttl_s` seconds; the command's id."""
        now = self._clock.monotonic()
        pending = _Pending(
            device=device,
            id=self._ids.new(),
            do=do,
            args=args,
            deadline=now + ttl_s,
            due=now,
        )
        waiting = self._pending.setdefault(device, OrderedDict())
        waiting[pending.id] = pending
        if len(waiting) > LIMIT_PER_DEVICE:
            self._end(next(iter(waiting.values())), End.CROWDED)
        self._send_again(pending, now)
        for listener in self._begin_listeners:
            listener(device)
        return pending.id

    def reported(self, device: str, report: Report) -> bool:
        """Ends the command a report is about; whether it was about one that waits."""
        pending = self._found(device, report.id)
        if pending is None or report.what not in (End.DONE, End.FAILED, End.EXPIRED):
            return False
        self._end(pending, End(report.what), report.detail)
        return True

    def back(self, device: str) -> None:
        """The device is here again: sends at once what it may have missed."""
        now = self._clock.monotonic()
        for pending in list(self._pending.get(device, {}).values()):
            pending.pause_s = FIRST_AGAIN_S
            self._expire_or_send(pending, now)

    def all_back(self) -> None:
        """The broker is here again: sends at once what nobody has reported."""
        for device in list(self._pending):
            self.back(device)

    def tick(self) -> float | None:
        """Sends what is due and ends what is over; seconds until the next is due, or None where nothing waits."""
        now = self._clock.monotonic()
        while self._heap and self._heap[0][0] <= now:
            due, _, device, command = heapq.heappop(self._heap)
            pending = self._found(device, command)
            if pending is not None and pending.due == due:
                self._expire_or_send(pending, now)
        return max(0.0, self._heap[0][0] - now) if self._heap else None

    def open(self, device: str) -> list[Command]:
        """The commands a device has not reported yet, as they would be sent now, oldest first."""
        now = self._clock.monotonic()
        return [self._as_sent(one, now) for one in self._pending.get(device, {}).values() if now < one.deadline]

    def waiting(self, device: str) -> list[str]:
        """The ids of the commands a device has not reported yet, oldest first."""
        return list(self._pending.get(device, {}))

    def forget(self, device: str) -> None:
        """Gives up everything for a device."""
        self._pending.pop(device, None)

    def _found(self, device: str, command: str) -> _Pending | None:
        waiting = self._pending.get(device)
        return None if waiting is None else waiting.get(command)

    def _expire_or_send(self, pending: _Pending, now: float) -> None:
        if now >= pending.deadline:
            self._end(pending, End.EXPIRED)
        else:
            self._send_again(pending, now)

    def _send_again(self, pending: _Pending, now: float) -> None:
        command = self._as_sent(pending, now)
        pending.due = min(now + pending.pause_s, pending.deadline)
        pending.pause_s = min(pending.pause_s * 2, LAST_AGAIN_S)
        heapq.heappush(self._heap, (pending.due, next(self._order), pending.device, pending.id))
        self._send(pending.device, command)

    def _as_sent(self, pending: _Pending, now: float) -> Command:
        at = self._clock.now()
        left = timedelta(seconds=pending.deadline - now)
        return Command(id=pending.id, at=at, until=at + left, do=pending.do, args=pending.args)

    def _end(self, pending: _Pending, end: End, detail: dict[str, Any] | None = None) -> None:
        waiting = self._pending[pending.device]
        del waiting[pending.id]
        if not waiting:
            del self._pending[pending.device]
        ended = Ended(device=pending.device, id=pending.id, do=pending.do, end=end, detail=detail or {})
        for listener in self._listeners:
            listener(ended)
