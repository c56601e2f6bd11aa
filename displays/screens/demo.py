"""The floor plan of a demonstration hall, from a file, so that ways can be shown from the first start."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from displays.screens.messages import SavePlan
from displays.screens.model import Place, PlaceKind, Side
from displays.screens.register import ScreenRegister
from hall_server.directory.directory import Directory
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

FILE = Path(__file__).resolve().parents[2] / "config" / "demo_plan.toml"


class PlaceWritten(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place in cells of the grid."""

    kind: PlaceKind
    ref: str = ""
    zh: str = ""
    en: str = ""
    x: float
    y: float
    w: float
    h: float
    front: Side | None = None


class PlanWritten(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan as the file has it."""

    name: str
    name_en: str = ""
    columns: int
    rows: int
    width_m: float | None = None
    places: tuple[PlaceWritten, ...] = ()


async def demonstrate(server: Server, register: ScreenRegister, file: Path = FILE) -> None:
    """Draw the plan in a demonstration hall that has none; a hall whose places are others keeps those it has."""
    if not server.settings.demo or server.directory.hall is None or register.plans:
        return
    written = await asyncio.to_thread(lambda: msgspec.toml.decode(file.read_bytes(), type=PlanWritten))
    command = plan_of(written, server.directory)
    if not any(one.kind is PlaceKind.WINDOW for one in command.places):
        return
    try:
        await server.execute(command, actor=SYSTEM)
    except DomainError as exc:  # a hall that is not the demonstration's own
        log.info("no floor plan: %s", exc.code, extra={"action": "screens.demo"})


def plan_of(written: PlanWritten, directory: Directory) -> SavePlan:
    """The command that draws a plan, without what the hall does not have."""
    known = {PlaceKind.WINDOW: frozenset(directory.windows), PlaceKind.ZONE: frozenset(directory.zones)}
    places = tuple(
        Place(
            kind=one.kind,
            ref=one.ref,
            zh=one.zh,
            en=one.en,
            x=one.x / written.columns,
            y=one.y / written.rows,
            w=one.w / written.columns,
            h=one.h / written.rows,
            front=one.front,
        )
        for one in written.places
        if one.kind not in known or one.ref in known[one.kind]
    )
    return SavePlan(
        name=written.name,
        name_en=written.name_en,
        columns=written.columns,
        rows=written.rows,
        width_m=written.width_m,
        places=places,
    )
