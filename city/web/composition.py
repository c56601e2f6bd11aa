"""Composes a city: directory, accounts, catalogue, cases, the halls' link and figures, board and pages."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dashboards.figures
import evaluation.figures
from cases.catalogue.shelf import Shelf
from city import casework, figures
from city.cases_index import CaseIndex
from city.server import City
from city.settings import CitySettings
from city.web import board, calendar_preview, halls_web, link, place
from hall_server import base
from hall_server.clock import Clock
from hall_server.directory.grouping import Grouping
from hall_server.ids import Ids
from hall_server.web.pages import file_route

HERE = Path(__file__).parent.parent
ROOMS = (
    "cases.documents",
    "city.desks",
    "cases.watch",
    "cases.neighbours",
    "cases.packages",
    "cases.notices",
    "cases.progress",
    "cases.applying",
)
"""Rooms of a city beside what is composed here: each that is there is given the city with ``install_city``."""


def compose(
    settings: CitySettings,
    data: Path,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    grouping: Grouping | None = None,
) -> City:
    """A city's server with all its rooms installed, not yet open."""
    city = City(settings, data, clock=clock, ids=ids)
    city.home = HERE / "pages" / "city-home.html"
    city.locales.add(HERE / "locales")
    for room in (dashboards.figures, evaluation.figures):  # the words of the halls' figures
        city.locales.add(Path(room.__file__ or "").parent / "locales")
    base.install_directory(city, grouping=grouping)
    shelf = _catalogue(city)
    city.rooms["catalogue"] = shelf
    city.rooms["cases"] = casework.install(city, shelf.get)
    base.install_web(city)
    place.install(city)
    link.install(city)
    figures.install(city)
    city.rooms["case_index"] = CaseIndex.install(city, shelf)
    board.install(city)
    city.route(*halls_web.routes(city), *calendar_preview.routes(city), file_route("city", HERE / "pages"))
    for name in ROOMS:
        _install(name, city)
    return city


def _catalogue(city: City) -> Shelf:
    """The city's catalogue; an empty shelf where the program has none."""
    install = _found("cases.catalogue", "install_city")
    if install is None:
        return Shelf()
    shelf: Shelf = install(city)
    return shelf


def _install(name: str, city: City) -> None:
    install = _found(name, "install_city") or (_found(name, "install") if name.startswith("city.") else None)
    if install is not None:
        install(city)


def _found(module: str, function: str) -> Callable[[City], Any] | None:
    """A function of a room that may not be there."""
    if find_spec(module) is None:
        return None
    return getattr(importlib.import_module(module), function, None)
