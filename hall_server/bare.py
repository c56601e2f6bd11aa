"""Runs a module without what its room installs: ``python -m hall_server.bare MODULE ROOM …``, for children of the hall.

A room's ``__init__`` imports everything the room is made of, a second's work; a child needs a few of its files.
``=PACKAGE`` means that one package and none of those in it.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

MODULE = "hall_server.bare"
ONE = "="


class BareRooms(MetaPathFinder):
    """Finds the packages of rooms as plain folders; their ``__init__`` does not run."""

    def __init__(self, rooms: Sequence[str]) -> None:
        self._rooms = frozenset(room for room in rooms if not room.startswith(ONE))
        self._packages = frozenset(room.removeprefix(ONE) for room in rooms if room.startswith(ONE))

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A package of a room without its code; None: others find it."""
        if fullname.partition(".")[0] not in self._rooms and fullname not in self._packages:
            return None
        found = PathFinder.find_spec(fullname, path, target)
        if found is None or found.submodule_search_locations is None:
            return None
        bare = ModuleSpec(fullname, None, is_package=True)
        bare.submodule_search_locations = list(found.submodule_search_locations)
        return bare


def main(arguments: Sequence[str]) -> None:
    """Run the module as a program."""
    module, *rooms = arguments
    sys.meta_path.insert(0, BareRooms(rooms))
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
