"""Devices: what hangs in a hall, with kind, place and the generation of its credential."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class DeviceKind(StrEnum):
    """What a device is. Source: domain page devices."""

    KIOSK = "kiosk"  # 取号机
    PRINTER = "printer"  # 打印机
    PAGE_PRINTER = "page-printer"  # 文书打印机（A4）
    ID_READER = "idreader"  # 身份证阅读器
    BOARD = "board"  # 综合屏
    WINDOW_SCREEN = "window-screen"  # 窗口屏
    LED = "led"  # 条屏
    SPEAKER = "speaker"  # 音箱
    PAD = "pad"  # 评价器
    HANDSET = "handset"  # 叫号器
    TERMINAL = "terminal"  # 考勤机
    ENQUIRY = "enquiry"  # 查询机
    CAMERA = "camera"  # 高拍仪
    SELF_SERVICE = "selfservice"  # 自助终端


AT_WINDOW = frozenset({DeviceKind.WINDOW_SCREEN, DeviceKind.PAD, DeviceKind.HANDSET, DeviceKind.CAMERA})
"""Kinds that make no sense anywhere but at a window."""

IN_ZONE = frozenset({DeviceKind.KIOSK, DeviceKind.BOARD, DeviceKind.SPEAKER})
"""Kinds that serve a zone; the others may stand anywhere."""


class Renewal(msgspec.Struct, frozen=True, kw_only=True):
    """A credential on its way to its device; until it has arrived the one before holds too.

    Attributes:
        generation: of the new credential.
        since: when it was asked for.
        waits: until the device comes back; False: the old one ends after `renewal.WITHIN_S`.
    """

    generation: int
    since: datetime
    waits: bool = False


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A device (设备).

    Attributes:
        id: also its user name and client id at the broker.
        zone: the zone it belongs to, where it stands at no window.
        window: the window it stands at.
        generation: of its credential; counted up by every rotation and never down.
        active: False once it was revoked.
        issued: the highest generation ever given to it.
        renewed_at: since when its credential holds.
        renewal: of its credential, while it is under way.
        let_in_at: when, and by whom (``let_in_by``, an actor), it was let in.
        has_come: it was heard since then; from now on it is missed when it is not there.
    """

    id: str
    kind: DeviceKind
    name: str
    zone: str | None = None
    window: str | None = None
    generation: int = 1
    active: bool = True
    issued: int = 1
    renewed_at: datetime | None = None
    renewal: Renewal | None = None
    let_in_at: datetime | None = None
    let_in_by: str = ""
    has_come: bool = False
