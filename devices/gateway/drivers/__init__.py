"""The drivers by name; each is a module of this package that is loaded only where gateway.toml names it.

A driver module ``drivers/<name>.py`` offers

* ``KIND: DeviceKind``: what the hall registers it as,
* ``Options``: a frozen msgspec struct of the driver's own lines in gateway.toml (unknown fields refused),
* ``made(address: str, options: Options, around: Surroundings) -> Driver``: a fresh driver; opens nothing yet,
* optionally ``check(address: str, options: Options) -> None``: raises ValueError where the address makes no sense.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devices.gateway.ports import Driver
from devices.model import DeviceKind
from hall_server.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the agent gives every driver.

    Attributes:
        web: address of the hall's pages, for drivers that fetch something; None where none is configured.
        ca: certificate file for it; None: the system's.
    """

    clock: Clock
    web: str | None = None
    ca: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverKind:
    """A driver module, as the agent uses it."""

    name: str
    kind: DeviceKind
    options: type
    made: Callable[[str, Any, Surroundings], Driver]
    check: Callable[[str, Any], None]


class UnknownDriver(Exception):
    """There is no driver of that name; ``known`` are those there are."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.known = tuple(known())


def known() -> list[str]:
    """The names of all drivers."""
    return sorted(one.name for one in pkgutil.iter_modules(__path__) if not one.ispkg)


def driver_kind(name: str) -> DriverKind:
    """The driver of a name.

    Raises:
        UnknownDriver: there is none.
    """
    if name not in known():
        raise UnknownDriver(name)
    module = importlib.import_module(f"{__name__}.{name}")
    check = getattr(module, "check", lambda address, options: None)
    return DriverKind(name=name, kind=module.KIND, options=module.Options, made=module.made, check=check)
