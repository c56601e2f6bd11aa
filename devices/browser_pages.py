"""Which page of the hall a device opens that is a browser."""

from __future__ import annotations

from urllib.parse import quote

from devices.model import Device, DeviceKind

BROWSER_KINDS = frozenset(
    {
        DeviceKind.KIOSK,
        DeviceKind.BOARD,
        DeviceKind.WINDOW_SCREEN,
        DeviceKind.PAD,
        DeviceKind.SPEAKER,
        DeviceKind.ENQUIRY,
        DeviceKind.SELF_SERVICE,
    }
)
"""Kinds that may be a browser; others are paired by their own program or a gateway."""


def page_of(device: Device) -> str | None:
    """The page that does what the device is for, at its place; None where there is none."""
    zone, window = quote(device.zone or "", safe=""), quote(device.window or "", safe="")
    match device.kind:
        case DeviceKind.ENQUIRY:
            return "/enquiry"
        case DeviceKind.SELF_SERVICE:
            return "/selfservice"
        case DeviceKind.KIOSK:
            return f"/kiosk?zone={zone}" if zone else "/kiosk"
        case DeviceKind.BOARD:
            return f"/board/{zone}"
        case DeviceKind.WINDOW_SCREEN:
            return f"/window-screen/{window}"
        case DeviceKind.PAD:
            return f"/pad/{window}"
        case DeviceKind.SPEAKER:
            return f"/speaker/{zone}"
        case _:
            return None
