"""What other rooms give screens to show: a picture of the live feed and the element that draws it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from displays.screens.model import Screen
from displays.screens.page_version import page_version


class ScreenModule(msgspec.Struct, frozen=True, kw_only=True):
    """A content that another room brings, told apart by its id; its name is the text ``screens.module.{id}``.

    Attributes:
        tag: a custom element with ``show(view, layout)`` and, where it names the page, ``titleOf(view)``.
        script: address of the ES module that defines it. styles: addresses of its style sheets.
        topic: of the live feed, public; its picture is the view.
    """

    id: str
    tag: str
    script: str
    styles: tuple[str, ...] = ()
    topic: str


class ScreenModules:
    """The contents that other rooms have brought, by id.

    Attributes:
        version: of the pages that screens load, these among them.
    """

    def __init__(self, version: str) -> None:
        """``version``: of the displays' own pages."""
        self.version = version
        self._found: dict[str, ScreenModule] = {}
        self._page: Callable[[str, str], None] = lambda address, screen: None

    def __contains__(self, id_: object) -> bool:
        return id_ in self._found

    def __iter__(self) -> Iterator[ScreenModule]:
        return iter(self._found.values())

    def open_pages_with(self, page: Callable[[str, str], None]) -> None:
        """``page(address, screen)`` makes a screen's page at an address of its own."""
        self._page = page

    def add(self, module: ScreenModule, *, folder: Path, page: str | None = None) -> None:
        """Offer a content to the screens, while rooms are installed.

        Args:
            module: the content.
            folder: of its files; screens load themselves anew when one of them changes.
            page: an address at which it is shown without being hung; None: it has none.
        """
        self._found[module.id] = module
        both = f"{self.version} {page_version((folder,))}"
        self.version = hashlib.sha256(both.encode()).hexdigest()[:16]
        if page is not None:
            self._page(page, usual_key(module.id))

    def of(self, screen: Screen) -> tuple[ScreenModule, ...]:
        """Those that a screen shows: its content's first, then those of its playlist."""
        wanted: Iterable[str | None] = (screen.module, *(item.module for item in screen.playlist))
        return tuple(self._found[id_] for id_ in dict.fromkeys(wanted) if id_ is not None and id_ in self._found)


OWN_MODULE = "module."
"""A content at its usual page, that nobody has hung."""


def usual_key(module: str) -> str:
    """The key of a content's usual screen."""
    return OWN_MODULE + module
