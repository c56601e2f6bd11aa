"""Starts a hall as run.py does, with a full edition for the first matter of each line: for pages of acceptance."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "queue")]

import cases  # noqa: E402  # a program: its path comes first
from cases.catalogue.model import Channel  # noqa: E402  # a program: its path comes first
from hall_server.server import Server  # noqa: E402  # a program: its path comes first
from tests.fakes.cases_desk import food  # noqa: E402  # a program: its path comes first

_install = cases.install


def install(server: Server) -> None:
    """As the room, then the editions."""
    _install(server)
    shelf = server.rooms["cases"].editions

    async def fill() -> None:
        lines: dict[str, Any] = {}
        for matter in server.directory.matters.values():
            if matter.active:
                lines.setdefault(matter.line, matter)
        for matter in lines.values():
            if not shelf.of_matter(matter.id):
                about = {"name": matter.name, "name_en": matter.name_en, "department": matter.department}
                shelf.take(food(matter.id, channels=tuple(Channel), **about))

    server.on_start("editions of a test", fill)


def take_in_package(view: Any, kind: str = "restaurant") -> str:
    """Take a joint package in on an open page of acceptance; gives its number (`tests.fakes.package_typing`, by steps).

    The hall needs a ``city_url``; see ``tests/browser/cases_desk/test_accept_packages.py``.
    """
    from tests.fakes.package_typing import take_in_package as typed  # a hall that runs needs no browser

    return typed(view, kind)


if __name__ == "__main__":
    cases.install = install  # before run.py takes it

    import run

    sys.exit(run.main())
