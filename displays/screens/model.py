"""What hangs where: a screen with its place, content, look and playlist, and the floor plan of the hall."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Content(StrEnum):
    """What a screen is for."""

    BOARD = "board"  # 综合屏: the board of a zone
    WINDOW = "window"  # 窗口屏: the screen above a window
    LED = "led"  # 条屏: rows of characters
    MAP = "map"  # 大厅平面图
    OVERVIEW = "overview"  # 排队总览: all lines of the hall
    PLAYLIST = "playlist"  # 宣传屏: media, interrupted by the calls of its zone where it has one
    MODULE = "module"  # what another room brings (``modules``)


class Orientation(StrEnum):
    """How the panel hangs; a page whose output lies the other way turns its picture."""

    AUTO = "auto"  # as the output lies
    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


class Look(StrEnum):
    """The colours; see ``themes``."""

    BLUE = "blue"  # 政务蓝
    NIGHT = "night"  # 深色
    LIGHT = "light"  # 浅色
    CONTRAST = "contrast"  # 高对比度


class Size(StrEnum):
    """From how far it is read: further away, fewer things stand larger."""

    NEAR = "near"  # 4 m
    HALL = "hall"  # 10 m
    FAR = "far"  # 16 m


class Arrangement(StrEnum):
    """Where the playlist is shown."""

    PLAIN = "plain"  # nowhere
    SPLIT = "split"  # beside the content
    FULL = "full"  # over the content, between calls


class Language(StrEnum):
    """A language that a screen shows."""

    ZH = "zh"
    EN = "en"


class MediaKind(StrEnum):
    """What a file of the playlist is."""

    PICTURE = "picture"
    VIDEO = "video"


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A file in the media folder, named by what is in it.

    Attributes:
        id: 32 hexadecimal digits of its SHA-256, and its extension.
        name: what the manager's file was called.
        width, height: in pixels; 0 where a video does not say.
        seconds: how long a video lasts; None for pictures and where it does not say.
    """

    id: str
    kind: MediaKind
    name: str
    media_type: str
    bytes: int
    width: int
    height: int
    seconds: float | None = None


class ItemKind(StrEnum):
    """What a place in a playlist shows."""

    PICTURE = "picture"
    VIDEO = "video"
    TEXT = "text"
    MODULE = "module"  # what another room brings


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of a playlist.

    Attributes:
        zh, en: heading of a text page, or what is written below a picture.
        body_zh, body_en: the words of a text page.
        module: id of what another room brings.
        seconds: how long it is shown; a video at most to its end.
        days: weekdays on which it is shown, 1 is Monday.
        begin, end: hours in hall time, "HH:MM"; "24:00" is the end of the day.
    """

    kind: ItemKind
    media: Media | None = None
    zh: str = ""
    en: str = ""
    body_zh: str = ""
    body_en: str = ""
    module: str | None = None
    seconds: int = 10
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    begin: str = "00:00"
    end: str = "24:00"


class Dimming(msgspec.Struct, frozen=True, kw_only=True):
    """Between ``begin`` and ``end`` (hall time, over midnight too) the picture is ``percent`` darker."""

    begin: str
    end: str
    percent: int


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A point of a floor plan, as shares of its width and height."""

    x: float
    y: float


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """A screen that hangs in the hall, at ``/screen/{id}``.

    Attributes:
        zone: whose calls it shows; where a window's screen hangs follows from the window.
        window: for the content ``window``, and for an LED bar above a window.
        accent: the hall's own colour, "#rrggbb"; None: the look's.
        call_s: how long calls stay before the playlist goes on.
        led_chars, led_rows: what an LED bar has room for, in Chinese characters and rows.
        plan: the floor plan of the content ``map``; ``here``: where on it the screen hangs.
        module: id of what another room brings, of the content ``module``.
        device: the paired device that shows it.
        revision: counted up by each change; a change of an older one is refused.
    """

    id: str
    name: str
    content: Content
    zone: str | None = None
    window: str | None = None
    orientation: Orientation = Orientation.AUTO
    look: Look = Look.BLUE
    accent: str | None = None
    logo: Media | None = None
    languages: tuple[Language, ...] = (Language.ZH, Language.EN)
    size: Size = Size.HALL
    dimming: Dimming | None = None
    arrangement: Arrangement = Arrangement.PLAIN
    playlist: tuple[Item, ...] = ()
    call_s: int = 15
    led_chars: int = 8
    led_rows: int = 1
    plan: str | None = None
    here: Spot | None = None
    module: str | None = None
    device: str | None = None
    revision: int = 0

    def media(self) -> frozenset[str]:
        """The files it needs."""
        found = {item.media.id for item in self.playlist if item.media}
        return frozenset(found | ({self.logo.id} if self.logo else set()))


class PlaceKind(StrEnum):
    """What is marked on a floor plan."""

    WINDOW = "window"
    ZONE = "zone"
    ENTRANCE = "entrance"  # 入口
    EXIT = "exit"  # 安全出口
    KIOSK = "kiosk"  # 取号机
    DESK = "desk"  # 咨询台
    TOILET = "toilet"  # 卫生间
    LABEL = "label"  # words of the hall's own


class Side(StrEnum):
    """A side of something on a floor plan, as the plan is drawn."""

    TOP = "top"
    RIGHT = "right"
    BOTTOM = "bottom"
    LEFT = "left"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Something on a floor plan: its upper left corner and extent, as shares of the plan.

    Attributes:
        ref: id of the window or zone; of a machine, the id of its device.
        zh, en: the words of a label.
        front: the side at which visitors stand; None: the one with the most room before it.
    """

    kind: PlaceKind
    ref: str = ""
    zh: str = ""
    en: str = ""
    x: float
    y: float
    w: float
    h: float
    front: Side | None = None


class FloorPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A floor of the hall: an uploaded picture, or a drawn grid where there is none.

    Attributes:
        columns, rows: of the grid to which places snap; without a picture they are the plan's proportions.
        width_m: metres from its left to its right edge; None: nobody has measured, and ways are told without metres.
    """

    id: str
    name: str
    name_en: str = ""
    picture: Media | None = None
    columns: int = 32
    rows: int = 18
    places: tuple[Place, ...] = ()
    width_m: float | None = None
    revision: int = 0

    def media(self) -> frozenset[str]:
        """The file it needs."""
        return frozenset({self.picture.id} if self.picture else ())
