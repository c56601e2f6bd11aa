"""Brings matters from files into a hall without a city, and begins a city's catalogue with them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cases.catalogue import messages as m
from cases.catalogue.city import CatalogueCity, CityRoom
from cases.catalogue.faults import errors
from cases.catalogue.matters_file import MattersRead, read_folder, read_toml
from cases.catalogue.model import Edition, EditionState
from cases.catalogue.service import content_of
from cases.catalogue.shelf import Shelf
from cases.catalogue.xlsx_in import read_xlsx
from hall_server.errors import Invalid, Refused
from hall_server.identity import SYSTEM

if TYPE_CHECKING:
    from hall_server.server import Server

_replace = msgspec.structs.replace


def read(path: Path) -> MattersRead:
    """The matters of a workbook, a TOML file, or a folder of them."""
    if path.is_dir():
        return read_folder(path)
    return read_xlsx(path.read_bytes()) if path.suffix.lower() == ".xlsx" else read_toml(path)


async def import_matters(server: Server, path: Path, *, valid_from: date | None = None) -> tuple[list[str], bool]:
    """Take the matters of a file or folder over in a hall; nothing where one of them has an error.

    Args:
        server: an open hall. path: XLSX, TOML or a folder.
        valid_from: the day from which they hold; None: the hall's today.

    Returns:
        What to tell the operator, and whether all went in.
    """
    found = await asyncio.to_thread(read, path)
    lines = [f"{fault.weight}: {fault}" for fault in found.faults]
    wrong = errors(found.faults)
    if wrong or not found.editions:
        return [*lines, f"{len(wrong)} errors; nothing was imported"], False
    shelf: Shelf = server.rooms["cases"].editions
    begins = valid_from or server.business_day
    news = [one for edition in found.editions for one in _next(shelf, edition, begins)]
    taken = 0
    if news:
        taken = msgspec.json.decode(await server.execute(m.TakeEditions(editions=tuple(news)), actor=SYSTEM), type=int)
    new = sum(one.state is EditionState.PUBLISHED for one in news)
    return [*lines, f"{new} new editions, {len(found.editions) - new} unchanged, {taken} records"], True


def _next(shelf: Shelf, edition: Edition, begins: date) -> Iterator[Edition]:
    """The edition after the one that the hall has, and that one as it ends; none where nothing is new."""
    known = shelf.newest(edition.matter)
    if known is not None and content_of(known) == content_of(edition):
        return
    if known is not None and known.state is EditionState.PUBLISHED:
        until = begins - timedelta(days=1)
        yield _replace(known, state=EditionState.REPLACED, valid_until=until)
    number = 1 if known is None else known.number + 1
    yield _replace(edition, number=number, state=EditionState.PUBLISHED, valid_from=begins)


async def found_hall(server: Server, folder: Path) -> None:
    """Give a demonstration hall that has neither a city nor matters those of a folder.

    Raises:
        Invalid: ``edition.import``: the folder has errors.
    """
    has_any = len(server.rooms["cases"].editions) > 0
    if not server.settings.demo or server.settings.city_url is not None or has_any:
        return
    lines, is_whole = await import_matters(server, folder)
    if not is_whole:
        raise Invalid("edition.import", first=lines[0] if lines else "")


async def found_city(city: CatalogueCity, folder: Path) -> int:
    """Begin a city's empty catalogue with the matters of a folder, from today on; gives how many.

    Raises:
        Invalid: ``edition.import``: the folder has errors.
    """
    room: CityRoom = city.rooms["editions"]
    if room.catalogue.matters():
        return 0
    found = await asyncio.to_thread(read_folder, folder)
    if wrong := errors(found.faults):
        raise Invalid("edition.import", first=str(wrong[0]))
    command = m.FoundCatalogue(editions=found.editions, valid_from=city.business_day)
    try:
        await city.execute(command, actor=SYSTEM)
    except Refused:  # another process of the city was first
        return 0
    return len(found.editions)
