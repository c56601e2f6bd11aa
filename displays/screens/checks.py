"""Refuses screens and floor plans that cannot be: each refusal names the field and says what would be possible."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import Protocol

from displays.screens import themes
from displays.screens.messages import ItemWanted, SavePlan, SaveScreen
from displays.screens.model import (
    Arrangement,
    Content,
    Dimming,
    Item,
    ItemKind,
    Media,
    MediaKind,
    Place,
    PlaceKind,
    Spot,
)
from hall_server.directory.directory import Directory
from hall_server.directory.wording import text_fault
from hall_server.errors import Invalid

NAME_MOST, HEADING_MOST, BODY_MOST = 60, 60, 400
ITEMS_MOST, PLACES_MOST = 60, 300
ITEM_S, CALL_S = (3, 3600), (5, 120)
DARKEST_PERCENT = 85
"""More would be a black screen, which nobody can tell from a broken one."""
LED_CHARS = (8, 12)
LED_ROWS = (1, 8)
GRID = (4, 120)
WIDTH_M = (2, 2000)
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_WEEK = frozenset(range(1, 8))


class Shelf(Protocol):
    """Where the files of playlists lie."""

    def find(self, id_: str) -> Media | None:
        """The file, if it is there."""
        ...


def check_screen(wanted: SaveScreen, directory: Directory, plans: Iterable[str], modules: Container[str] = ()) -> None:
    """Refuse what a screen cannot be.

    Args:
        plans, modules: the ids that there are.

    Raises:
        Invalid: ``screen.…`` with the ``field``.
    """
    _check_text(wanted.name, "name", NAME_MOST)
    _check_place(wanted, directory, plans)
    if wanted.content is Content.MODULE and wanted.module not in modules:
        raise Invalid("screen.module_unknown", field="module", module=(wanted.module or "")[:60])
    if not wanted.languages or len(set(wanted.languages)) != len(wanted.languages):
        raise Invalid("screen.languages", field="languages")
    if wanted.dimming is not None:
        _check_dimming(wanted.dimming)
    _check_accent(wanted)
    _check_arrangement(wanted)
    _check_range(wanted.call_s, "call_s", CALL_S)
    if wanted.led_chars not in LED_CHARS:
        raise Invalid("screen.led_chars", field="led_chars", fits=list(LED_CHARS))
    _check_range(wanted.led_rows, "led_rows", LED_ROWS)


def items(wanted: tuple[ItemWanted, ...], shelf: Shelf, modules: Container[str] = ()) -> tuple[Item, ...]:
    """The playlist with its files.

    Raises:
        Invalid: ``screen.…`` with the ``field``, such as ``playlist.2.end``.
    """
    if len(wanted) > ITEMS_MOST:
        raise Invalid("screen.playlist_too_long", field="playlist", most=ITEMS_MOST)
    for at, one in enumerate(wanted):
        if one.kind is ItemKind.MODULE and one.module not in modules:
            raise Invalid("screen.module_unknown", field=f"playlist.{at}.module", module=(one.module or "")[:60])
    return tuple(_item(one, f"playlist.{at}", shelf) for at, one in enumerate(wanted))


def picture(id_: str | None, field: str, shelf: Shelf) -> Media | None:
    """The picture that a logo or a floor plan is.

    Raises:
        Invalid: ``screen.media_unknown`` or ``screen.media_kind``.
    """
    return _media(id_, field, shelf, MediaKind.PICTURE) if id_ else None


def check_plan(wanted: SavePlan, directory: Directory) -> None:
    """Refuse what a floor plan cannot be.

    Raises:
        Invalid: ``plan.…`` or ``screen.…`` with the ``field``.
    """
    _check_text(wanted.name, "name", NAME_MOST)
    _check_text(wanted.name_en, "name_en", NAME_MOST, may_be_empty=True)
    _check_range(wanted.columns, "columns", GRID)
    _check_range(wanted.rows, "rows", GRID)
    if wanted.width_m is not None and not WIDTH_M[0] <= wanted.width_m <= WIDTH_M[1]:
        raise Invalid("screen.out_of_range", field="width_m", least=WIDTH_M[0], most=WIDTH_M[1])
    if len(wanted.places) > PLACES_MOST:
        raise Invalid("plan.too_many_places", field="places", most=PLACES_MOST)
    seen: set[tuple[PlaceKind, str]] = set()
    for at, place in enumerate(wanted.places):
        _check_on_plan(place, f"places.{at}", directory)
        if place.ref and (place.kind, place.ref) in seen:
            raise Invalid("plan.place_twice", field=f"places.{at}", place=place.ref)
        seen.add((place.kind, place.ref))


def is_time(text: str, *, is_end: bool = False) -> bool:
    """Whether it is "HH:MM" of a day; "24:00" only as an end."""
    return _TIME.fullmatch(text) is not None or (is_end and text == "24:00")


# -- inside


def _check_text(text: str, field: str, most: int, *, may_be_empty: bool = False) -> None:
    fault = text_fault(text, limit=most, may_be_empty=may_be_empty)
    if fault == "empty":
        raise Invalid("screen.text_missing", field=field)
    if fault:
        raise Invalid("screen.text_unfit", field=field, most=most)


def _check_range(value: int, field: str, bounds: tuple[int, int]) -> None:
    least, most = bounds
    if not least <= value <= most:
        raise Invalid("screen.out_of_range", field=field, least=least, most=most)


def _check_place(wanted: SaveScreen, directory: Directory, plans: Iterable[str]) -> None:
    needs_zone = wanted.content is Content.BOARD or (wanted.content is Content.LED and wanted.window is None)
    if needs_zone and not wanted.zone:
        raise Invalid("screen.zone_needed", field="zone")
    if wanted.zone is not None and wanted.zone not in directory.zones:
        raise Invalid("screen.zone_unknown", field="zone", zone=wanted.zone[:60])
    if wanted.content is Content.WINDOW and not wanted.window:
        raise Invalid("screen.window_needed", field="window")
    if wanted.window is not None and wanted.window not in directory.windows:
        raise Invalid("screen.window_unknown", field="window", window=wanted.window[:60])
    if wanted.content is Content.MAP and wanted.plan not in set(plans):
        raise Invalid("screen.plan_needed", field="plan")
    if wanted.here is not None:
        _check_spot(wanted.here)


def _check_spot(spot: Spot) -> None:
    if not (0 <= spot.x <= 1 and 0 <= spot.y <= 1):
        raise Invalid("screen.here_outside", field="here")


def _check_dimming(dimming: Dimming) -> None:
    for field, text in (("dimming.begin", dimming.begin), ("dimming.end", dimming.end)):
        if not is_time(text, is_end=True):
            raise Invalid("screen.time_unfit", field=field)
    if dimming.begin == dimming.end:
        raise Invalid("screen.dimming_no_time", field="dimming.end")
    _check_range(dimming.percent, "dimming.percent", (5, DARKEST_PERCENT))


def _check_accent(wanted: SaveScreen) -> None:
    if wanted.accent is None:
        return
    if not themes.is_colour(wanted.accent):
        raise Invalid("screen.accent_unfit", field="accent")
    ratio = themes.accent_contrast(wanted.look, wanted.accent)
    if ratio < themes.LEAST_CONTRAST:
        better = themes.better_accent(wanted.look, wanted.accent)
        least = f"{themes.LEAST_CONTRAST:g}"
        raise Invalid("screen.accent_contrast", field="accent", ratio=f"{ratio:.1f}", least=least, better=better)


def _check_arrangement(wanted: SaveScreen) -> None:
    if wanted.content is Content.LED and (wanted.arrangement is not Arrangement.PLAIN or wanted.playlist):
        raise Invalid("screen.led_text_only", field="arrangement")
    if wanted.content is Content.PLAYLIST and wanted.arrangement is not Arrangement.FULL:
        raise Invalid("screen.playlist_is_full", field="arrangement")
    if wanted.arrangement is not Arrangement.PLAIN and not wanted.playlist:
        raise Invalid("screen.playlist_empty", field="playlist")


def _item(wanted: ItemWanted, field: str, shelf: Shelf) -> Item:
    _check_range(wanted.seconds, f"{field}.seconds", ITEM_S)
    if not wanted.days or not set(wanted.days) <= _WEEK or len(set(wanted.days)) != len(wanted.days):
        raise Invalid("screen.item_days", field=f"{field}.days")
    if not is_time(wanted.begin) or not is_time(wanted.end, is_end=True):
        raise Invalid("screen.time_unfit", field=f"{field}.begin" if not is_time(wanted.begin) else f"{field}.end")
    if wanted.begin >= wanted.end:
        raise Invalid("screen.item_hours", field=f"{field}.end")
    for name, text in (("zh", wanted.zh), ("en", wanted.en)):
        _check_text(text, f"{field}.{name}", HEADING_MOST * 2 if name == "en" else HEADING_MOST, may_be_empty=True)
    for name, text in (("body_zh", wanted.body_zh), ("body_en", wanted.body_en)):
        _check_body(text, f"{field}.{name}", BODY_MOST * 2 if name == "body_en" else BODY_MOST)
    return Item(
        kind=wanted.kind,
        media=_item_media(wanted, field, shelf),
        module=wanted.module if wanted.kind is ItemKind.MODULE else None,
        zh=wanted.zh,
        en=wanted.en,
        body_zh=wanted.body_zh,
        body_en=wanted.body_en,
        seconds=wanted.seconds,
        days=tuple(sorted(wanted.days)),
        begin=wanted.begin,
        end=wanted.end,
    )


def _check_body(text: str, field: str, most: int) -> None:
    """Lines may be broken in the words of a text page."""
    for line in text.split("\n"):
        _check_text(line.strip(), field, most, may_be_empty=True)
    if len(text) > most:
        raise Invalid("screen.text_unfit", field=field, most=most)


def _item_media(wanted: ItemWanted, field: str, shelf: Shelf) -> Media | None:
    if wanted.kind is ItemKind.TEXT:
        if not any((wanted.zh, wanted.en, wanted.body_zh, wanted.body_en)):
            raise Invalid("screen.text_missing", field=f"{field}.zh")
        return None
    if wanted.kind is ItemKind.MODULE:
        return None
    if not wanted.media:
        raise Invalid("screen.media_needed", field=f"{field}.media")
    return _media(wanted.media, f"{field}.media", shelf, MediaKind(wanted.kind.value))


def _media(id_: str, field: str, shelf: Shelf, kind: MediaKind) -> Media:
    found = shelf.find(id_)
    if found is None:
        raise Invalid("screen.media_unknown", field=field)
    if found.kind is not kind:
        raise Invalid("screen.media_kind", field=field)
    return found


def _check_on_plan(place: Place, field: str, directory: Directory) -> None:
    sizes = (place.w, place.h)
    inside = place.x >= 0 and place.y >= 0 and place.x + place.w <= 1.0001 and place.y + place.h <= 1.0001
    if not inside or min(sizes) <= 0:
        raise Invalid("plan.place_outside", field=field)
    is_gone = (place.kind is PlaceKind.WINDOW and place.ref not in directory.windows) or (
        place.kind is PlaceKind.ZONE and place.ref not in directory.zones
    )
    if is_gone:
        raise Invalid("plan.place_unknown", field=field, place=place.ref[:60])
    for text in (place.zh, place.en, place.ref):
        _check_text(text, field, HEADING_MOST, may_be_empty=True)
    if place.kind is PlaceKind.LABEL and not place.zh:
        raise Invalid("screen.text_missing", field=field)
