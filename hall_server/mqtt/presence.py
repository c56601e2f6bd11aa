"""How every device is, by what it says and by how long it has said nothing."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from hall_server.clock import Clock
from hall_server.mqtt.topics import State, Status

SILENCE_S = 25.0
"""A device that said nothing for so long is taken for hung: it speaks every 10 s."""


class Standing(StrEnum):
    """How a device stands with the hall."""

    UNKNOWN = "unknown"  # the broker remembers it; it has not been heard since
    ONLINE = "online"
    FAULT = "fault"  # connected, but cannot do its work
    OFFLINE = "offline"  # gone, or hung


class LastFault(msgspec.Struct, frozen=True, kw_only=True):
    """The last thing that was wrong with a device, kept when it has gone.

    Attributes:
        until: when it had gone; None: it has not.
        detail: what the device said of it.
    """

    since: datetime
    until: datetime | None = None
    detail: dict[str, Any] = {}


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one device.

    Attributes:
        is_hung: gone without a word: neither goodbye nor last will came, it only fell silent.
    """

    device: str
    status: Standing
    since: datetime
    last_seen: datetime | None = None
    kind: str | None = None
    model: str | None = None
    firmware: str | None = None
    clock_skew_s: float | None = None  # the device's clock minus the hall's
    detail: dict[str, Any] = {}
    is_hung: bool = False
    last_fault: LastFault | None = None


PresenceListener = Callable[[Presence], None]


class PresenceTable:
    """Keeps the presence of every device and tells of each change of status, kind, model, firmware or detail."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, Presence] = {}
        self._heard_at: dict[str, float] = {}
        self._expected: dict[str, float] = {}
        self._listeners: list[PresenceListener] = []

    def listen(self, listener: PresenceListener) -> None:
        """Tells `listener` of every change from now on."""
        self._listeners.append(listener)

    def of(self, device: str) -> Presence | None:
        """One device, or None where it was never heard of."""
        return self._known.get(device)

    def all(self) -> list[Presence]:
        """Every device ever heard of."""
        return list(self._known.values())

    def state(self, device: str, state: State) -> None:
        """The device, or its last will, says how it is, now."""
        now = self._clock.now()
        is_gone = state.status is Status.OFFLINE
        before = self._known.get(device)
        if is_gone:
            self._heard_at.pop(device, None)
        else:
            self._heard_at[device] = self._clock.monotonic()
        after = self._described(device, state, Standing(state.status))
        self._change(
            before,
            msgspec.structs.replace(
                after,
                last_seen=(before.last_seen if before else None) if is_gone else now,
                clock_skew_s=round((state.at - now).total_seconds(), 1) if state.at and not is_gone else None,
            ),
        )

    def remembered(self, device: str, state: State) -> None:
        """The broker had kept this: it names the device, but tells nothing of the present, except that it had gone."""
        before = self._known.get(device)
        if before is not None and before.status is not Standing.UNKNOWN:
            return
        is_gone = state.status is Status.OFFLINE
        if not is_gone:
            self._heard_at.setdefault(device, self._clock.monotonic())
        self._change(before, self._described(device, state, Standing.OFFLINE if is_gone else Standing.UNKNOWN))

    def expect(self, device: str, *, within_s: float) -> None:
        """The device was here before: unless it is heard of in this time, it is offline."""
        if device not in self._known:
            self._expected[device] = self._clock.monotonic() + within_s

    def heard(self, device: str) -> None:
        """The device said something else: it is alive."""
        before = self._known.get(device)
        self._heard_at[device] = self._clock.monotonic()
        now = self._clock.now()
        if before is None:
            self._change(None, Presence(device=device, status=Standing.ONLINE, since=now, last_seen=now))
            return
        alive = before.status in (Standing.ONLINE, Standing.FAULT)
        self._change(
            before,
            msgspec.structs.replace(
                before, status=before.status if alive else Standing.ONLINE, last_seen=now, is_hung=False
            ),
        )

    def sweep(self) -> None:
        """Takes every device that was silent for too long, or has not come back, for gone."""
        now = self._clock.monotonic()
        for device in [device for device, until in self._expected.items() if until <= now or device in self._known]:
            del self._expected[device]
            if device not in self._known:
                self._change(None, Presence(device=device, status=Standing.OFFLINE, since=self._clock.now()))
        limit = self._clock.monotonic() - SILENCE_S
        for device in [device for device, at in self._heard_at.items() if at <= limit]:
            del self._heard_at[device]
            before = self._known[device]
            self._change(before, msgspec.structs.replace(before, status=Standing.OFFLINE, is_hung=True))

    def forget(self, device: str) -> None:
        """Takes a device out of the table."""
        self._known.pop(device, None)
        self._heard_at.pop(device, None)
        self._expected.pop(device, None)

    def _described(self, device: str, state: State, status: Standing) -> Presence:
        old = self._known.get(device)
        return Presence(
            device=device,
            status=status,
            since=self._clock.now(),
            kind=state.kind or (old.kind if old else None),
            model=state.model or (old.model if old else None),
            firmware=state.firmware or (old.firmware if old else None),
            detail=state.detail,
        )

    def _change(self, before: Presence | None, after: Presence) -> None:
        if before is not None:
            is_same = before.status is after.status
            after = msgspec.structs.replace(after, since=before.since if is_same else self._clock.now())
        after = msgspec.structs.replace(after, last_fault=self._fault(before, after))
        self._known[after.device] = after
        if before is None or _told(before) != _told(after):
            for listener in self._listeners:
                listener(after)

    def _fault(self, before: Presence | None, after: Presence) -> LastFault | None:
        """A fault begins, goes on or has gone; who goes away with one still has it."""
        old, now = before.last_fault if before else None, self._clock.now()
        if after.status is Standing.FAULT:
            since = old.since if old is not None and old.until is None else now
            return LastFault(since=since, detail=after.detail)
        if after.status is Standing.ONLINE and old is not None and old.until is None:
            return msgspec.structs.replace(old, until=now)
        return old


def _told(presence: Presence) -> tuple[object, ...]:
    return (presence.status, presence.is_hung, presence.kind, presence.model, presence.firmware, presence.detail)
