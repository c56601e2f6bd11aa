"""What is wanted of the device register, and what happens in it; credentials are in neither."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Meta

from devices.model import DeviceKind
from hall_server.messages import Command, Event, LastingEvent

DeviceId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
DeviceName = Annotated[str, Meta(max_length=60)]
AlarmCode = Annotated[str, Meta(pattern=r"^[a-z_.]{1,40}$")]
PlaceId = Annotated[str, Meta(min_length=1, max_length=40)]


class RegisterDevice(Command, frozen=True, kw_only=True):
    """Let a device into the hall; without an id it gets one from its kind and place."""

    kind: DeviceKind
    id: DeviceId | None = None
    name: DeviceName = ""
    zone: PlaceId | None = None
    window: PlaceId | None = None


class ChangeDevice(Command, frozen=True, kw_only=True):
    """Name a device anew and put it where ``zone`` or ``window`` says."""

    device: str
    name: DeviceName
    zone: PlaceId | None = None
    window: PlaceId | None = None


class RotateCredential(Command, frozen=True, kw_only=True):
    """Give a device another credential; the one it has ends at once."""

    device: str


class PairDevice(Command, frozen=True, kw_only=True):
    """Let a device in that has shown its code; with ``replaces`` it takes the place of one that is let in.

    Attributes:
        model, firmware: as it said of itself.
    """

    kind: DeviceKind
    id: DeviceId | None = None
    name: DeviceName = ""
    zone: PlaceId | None = None
    window: PlaceId | None = None
    replaces: str | None = None
    model: str = ""
    firmware: str = ""


class RenewCredential(Command, frozen=True, kw_only=True):
    """Give a device another credential over its own connection.

    Attributes:
        waits: the old one holds until the device has come back and has the new one.
    """

    device: str
    waits: bool = False


class EndRenewal(Command, frozen=True, kw_only=True):
    """The server's own: the new credential holds alone, or it is given up for a reason.

    Attributes:
        why: how it ended: ``done``, ``late`` (the device said nothing in time), or ``failed``.
    """

    device: str
    generation: int
    why: str = "done"
    reason: str = ""


class AcknowledgeAlarm(Command, frozen=True, kw_only=True):
    """Somebody has seen an alarm and takes care of it."""

    device: str
    code: AlarmCode


class EndAlarm(Command, frozen=True, kw_only=True):
    """The server's own: what an acknowledged alarm was about has gone."""

    device: str
    code: AlarmCode


class NoteArrival(Command, frozen=True, kw_only=True):
    """The server's own: a device was heard for the first time since it was let in."""

    device: str


class RevokeDevice(Command, frozen=True, kw_only=True):
    """Shut a device out."""

    device: str


class DeviceEvent(LastingEvent, frozen=True, kw_only=True):
    """Something that happened to a device."""

    device: str

    @property
    def subject(self) -> str:
        """The device."""
        return f"device:{self.device}"


class DeviceRegistered(DeviceEvent, frozen=True, kw_only=True):
    """A device was let in, for the first time or again."""

    type: ClassVar[str] = "device.registered"
    kind: DeviceKind
    name: str
    zone: str | None
    window: str | None
    generation: int


class DeviceChanged(DeviceEvent, frozen=True, kw_only=True):
    """A device was named or placed anew."""

    type: ClassVar[str] = "device.changed"
    name: str
    zone: str | None
    window: str | None


class CredentialRotated(DeviceEvent, frozen=True, kw_only=True):
    """A device's credential was replaced."""

    type: ClassVar[str] = "device.rotated"
    generation: int


class DeviceRevoked(DeviceEvent, frozen=True, kw_only=True):
    """A device was shut out."""

    type: ClassVar[str] = "device.revoked"


class DevicePaired(DeviceEvent, frozen=True, kw_only=True):
    """A device had shown its code, and somebody let it in; the journal's actor says who."""

    type: ClassVar[str] = "device.paired"
    kind: DeviceKind
    model: str
    firmware: str
    replaces: bool


class DeviceCame(DeviceEvent, frozen=True, kw_only=True):
    """A device was heard for the first time since it was let in; from now on it is missed when it is not there."""

    type: ClassVar[str] = "device.came"


class RenewalBegun(DeviceEvent, frozen=True, kw_only=True):
    """A new credential is on its way to its device."""

    type: ClassVar[str] = "device.renewal_begun"
    generation: int
    waits: bool


class RenewalFailed(DeviceEvent, frozen=True, kw_only=True):
    """The device could not take the new credential; the old one stays."""

    type: ClassVar[str] = "device.renewal_failed"
    generation: int
    reason: str


class AlarmAcknowledged(DeviceEvent, frozen=True, kw_only=True):
    """Somebody has seen an alarm; the journal's actor says who."""

    type: ClassVar[str] = "device.alarm_acknowledged"
    code: str
    raised_at: datetime | None


class AlarmOver(DeviceEvent, frozen=True, kw_only=True):
    """What an acknowledged alarm was about has gone; should it come back, it is a new alarm."""

    type: ClassVar[str] = "device.alarm_over"
    code: str


REGISTER: tuple[type[Event], ...] = (
    DeviceRegistered,
    DeviceChanged,
    CredentialRotated,
    DeviceRevoked,
    DeviceCame,
    RenewalBegun,
    RenewalFailed,
)
"""What the register is made of."""

EVENTS: tuple[type[Event], ...] = (*REGISTER, DevicePaired, AlarmAcknowledged, AlarmOver)
