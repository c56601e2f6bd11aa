"""What is wanted of the device register, and what happens in it; credentials are in neither."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from devices.model import DeviceKind
from hall_server.messages import Command, Event, LastingEvent

DeviceId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
DeviceName = Annotated[str, Meta(max_length=60)]
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


EVENTS: tuple[type[Event], ...] = (DeviceRegistered, DeviceChanged, CredentialRotated, DeviceRevoked)
