"""The queue overview (排队总览): every line of the hall with who waits and where it is served, for the entrance."""

from __future__ import annotations

import msgspec

from displays.pictures import BoardCall, BoardLine, BoardPicture, Notice, Screens
from hall_queue.model import WindowState
from hall_queue.notices.view import EmergencyShown
from hall_queue.picture_types import HallName, Name
from hall_server.directory.directory import Directory

CALLS_SHOWN = 12


class OverviewZone(msgspec.Struct, frozen=True, kw_only=True):
    """A zone with its lines; ``windows`` are the numbers of those that are open, by the line's prefix."""

    zone: Name
    lines: tuple[BoardLine, ...]
    windows: dict[str, tuple[int, ...]]


class OverviewPicture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the queue overview shows."""

    hall: HallName
    zones: tuple[OverviewZone, ...]
    waiting: int
    calling: tuple[BoardCall, ...]
    notices: tuple[Notice, ...]
    emergency: EmergencyShown | None


def overview(screens: Screens, directory: Directory) -> OverviewPicture:
    """What the queue overview shows now."""
    boards = [screens.board(zone.id) for zone in directory.zones.values() if zone.active]
    calls = sorted((call for board in boards for call in board.calling), key=lambda call: str(call.at), reverse=True)
    notices = {(one.zh, one.en): one for board in boards for one in board.notices}
    return OverviewPicture(
        hall=screens.hall_name(),
        zones=tuple(_zone(board) for board in boards if board.lines),
        waiting=sum(line.waiting for board in boards for line in board.lines),
        calling=tuple(calls[:CALLS_SHOWN]),
        notices=tuple(notices.values()),
        emergency=screens.emergency(),
    )


def _zone(board: BoardPicture) -> OverviewZone:
    windows: dict[str, tuple[int, ...]] = {}
    for line in board.lines:
        windows[line.prefix] = tuple(
            window.window_number
            for window in board.windows
            if line.prefix in window.lines and window.state is not WindowState.CLOSED
        )
    return OverviewZone(zone=board.zone, lines=board.lines, windows=windows)
