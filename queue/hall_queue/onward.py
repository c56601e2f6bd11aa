"""Where a visitor goes from a window: on to matters that others serve, or back to a window that wants them."""

from __future__ import annotations

from collections.abc import Container

from hall_queue.model import Desk, Ticket, WindowState
from hall_queue.rules import Hall
from hall_server.directory.model import Matter, Window


def left_for_others(hall: Hall, window: Window, ticket: Ticket, decided: Container[str] = ()) -> list[Matter]:
    """The open matters of a visit that other windows serve and this one cannot; ``decided`` have an outcome by now."""
    open_ids = [one.matter for one in ticket.matters if one.outcome is None and one.matter not in decided]
    matters = [found for id_ in open_ids if (found := hall.directory.matters.get(id_)) is not None]
    elsewhere = [(one, hall.serving_windows(one.line, one.id)) for one in matters if one.id != ticket.matter]
    return [one for one, windows in elsewhere if windows and window not in windows]


def wanted_back(hall: Hall, desk: Desk, ticket: Ticket) -> str | None:
    """The window that sent the visitor here to come back, while it is not closed."""
    back = ticket.return_to
    is_there = back not in {None, desk.id} and hall.queue.desk(back or "").state is not WindowState.CLOSED
    return back if is_there else None


def kept_for(hall: Hall, back: str, ticket: Ticket, decided: Container[str] = ()) -> list[Matter]:
    """The open matters that the window which wants the visitor back has kept for itself."""
    window = hall.window(back)
    open_ids = [one.matter for one in ticket.matters if one.outcome is None and one.matter not in decided]
    matters = [found for id_ in open_ids if (found := hall.directory.matters.get(id_)) is not None]
    mine = [one for one in matters if one.id != ticket.matter]
    return [one for one in mine if window in hall.serving_windows(one.line, one.id)]
