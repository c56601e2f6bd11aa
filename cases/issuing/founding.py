"""The line 出件 and its matter: made by a manager, and by the demonstration's halls that are linked to a city."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from cases.issuing.finding import PICKUP
from hall_server.directory.commands import SaveLine, SaveMatter, SaveWindow
from hall_server.directory.model import Line, Matter, TaskType
from hall_server.identity import SYSTEM, Actor

if TYPE_CHECKING:
    from hall_server.server import Server

PREFIX = "Z"
WINDOWS = 2
"""So many windows of a demonstration hall hand out, those of one zone."""


async def set_up(
    server: Server, *, zone: str, department: str, windows: Iterable[str], prefix: str = PREFIX, actor: Actor
) -> None:
    """Make the line and the matter, and let windows serve them.

    Raises:
        DomainError: as of the master data.
    """
    line = Line(id=PICKUP, name="统一出件", name_en="Collect results", prefix=prefix, zone=zone)
    matter = Matter(
        id=PICKUP,
        code="PICKUP",
        name="领取办理结果（出件）",
        name_en="Collect a result",
        department=department,
        line=PICKUP,
        task_type=TaskType.PUBLIC_SERVICE,
        frequent=True,
        express=True,
    )
    await server.execute(SaveLine(item=line), actor=actor)
    await server.execute(SaveMatter(item=matter), actor=actor)
    for id_ in windows:
        known = server.directory.windows[id_]
        if PICKUP not in known.lines:
            item = msgspec.structs.replace(known, lines=(*known.lines, PICKUP))
            await server.execute(SaveWindow(item=item), actor=actor)


async def found_hall(server: Server) -> None:
    """Give a demonstration hall that is linked to a city its issuing windows; one that has them is left alone."""
    directory, settings = server.directory, server.settings
    if not settings.demo or settings.city_url is None or PICKUP in directory.matters or not directory.windows:
        return
    first = next(iter(directory.windows.values()))
    windows = [one.id for one in directory.windows.values() if one.zone == first.zone][:WINDOWS]
    department = next(iter(directory.departments))
    await set_up(server, zone=first.zone, department=department, windows=windows, actor=SYSTEM)
