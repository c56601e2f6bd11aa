"""The devices of a demonstration hall: a kiosk, a board and a speaker per zone, a screen and a pad per window."""

from __future__ import annotations

from dataclasses import dataclass

from devices.messages import RegisterDevice
from devices.model import DeviceKind
from hall_server.directory.directory import Directory

PER_ZONE = {DeviceKind.KIOSK: "取号机", DeviceKind.BOARD: "综合屏", DeviceKind.SPEAKER: "音箱"}
PER_WINDOW = {DeviceKind.WINDOW_SCREEN: "窗口屏", DeviceKind.PAD: "评价器"}


@dataclass(slots=True, kw_only=True)
class DemoDevice:
    """A device to be registered."""

    id: str
    kind: str
    name: str
    window: str | None = None
    zone: str | None = None
    generation: int = 1

    def registration(self) -> RegisterDevice:
        """The command that lets it in."""
        return RegisterDevice(
            id=self.id, kind=DeviceKind(self.kind), name=self.name, zone=self.zone, window=self.window
        )


def demo_devices(directory: Directory) -> list[DemoDevice]:
    """The demonstration's devices, for its active zones and windows."""
    zones = [zone for zone in directory.zones.values() if zone.active]
    windows = [window for window in directory.windows.values() if window.active]
    return [
        *(
            _device(kind, zone.id, f"{zone.name}{name}", zone=zone.id)
            for zone in zones
            for kind, name in PER_ZONE.items()
        ),
        *(
            _device(kind, window.id, f"{window.name}{name}", window=window.id)
            for window in windows
            for kind, name in PER_WINDOW.items()
        ),
    ]


def _device(
    kind: DeviceKind, place: str, name: str, *, zone: str | None = None, window: str | None = None
) -> DemoDevice:
    return DemoDevice(id=f"{kind}-{place}".replace("_", "-"), kind=kind, name=name[:60], zone=zone, window=window)
