"""窗口办事确认: staff put a sheet before the visitor, who reads it, says what is wrong, or confirms and signs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.confirmation import messages as c
from evaluation.confirmation import office_web, web
from evaluation.confirmation.clocks import Clocks
from evaluation.confirmation.documents import Documents
from evaluation.confirmation.keeping import Keeper
from evaluation.confirmation.screens import Screens
from evaluation.confirmation.sealed_files import SealedFiles
from evaluation.confirmation.service import ConfirmationService
from evaluation.confirmation.state import Sheets
from evaluation.confirmation.store import SheetTable
from evaluation.confirmation.views import ConfirmationView
from hall_queue import messages as m
from hall_server.days import DayOpened
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from hall_server.server import Server

FOLDER = "confirmations"
MOVING = frozenset(one.type for one in m.EVENTS if one.type.startswith(("ticket.", "window."))) | {DayOpened.type}
"""Events after which a ticket may no longer be at its window."""
CONSOLE_MODULE = "/pages/confirmation/console-confirm.js"


def install(server: Server) -> None:
    """Install confirmations after the queue; others find them as ``server.rooms["confirmation"]``."""
    queue = server.rooms["hall_queue"]
    sheets = Sheets()
    service = ConfirmationService(
        queue.queue, sheets, at_window=lambda kind, window: server.device_gate.at_window(kind, window)
    )
    files = SealedFiles(server.data / FOLDER, lambda: server.vault)
    keeper = Keeper(server, queue, service, files, Documents(files))
    clocks = Clocks(server, queue.queue, sheets, keeper)
    screens = Screens(
        sheets,
        now=server.now,
        left_s=clocks.left_s,
        changed=lambda window: server.live.refresh(f"confirmation/{window}"),
    )
    clocks.screens = lambda: screens
    server.types.add(*c.EVENTS)
    server.fold(sheets)  # after the queue, whose state the handlers read
    server.project(SheetTable())
    _handle(server, service)
    server.days.at_end(service.at_day_end)
    server.listen("confirmations of tickets that leave", clocks.heard, types=MOVING)
    server.listen("screens of confirmations", _telling(screens, sheets))
    server.view("confirmation", ConfirmationView(sheets, screens, server.directory, clocks.left_s))
    options: dict[str, Any] = {
        **{"hall": server, "queue": queue, "keeper": keeper},
        **{"service": service, "sheets": sheets, "screens": screens},
    }
    server.route(*web.routes(options), *office_web.routes(options))
    server.locales.add(Path(__file__).parent / "locales")
    queue.console_modules.append(CONSOLE_MODULE)
    server.rooms["confirmation"] = {"clocks": clocks, **options}
    server.on_start("confirmations", clocks.start)

    async def stop() -> None:
        screens.stop()

    server.on_stop("confirmations", stop)


def _handle(server: Server, service: ConfirmationService) -> None:
    server.handle(c.SendSheet, service.send)
    server.handle(c.NoteShown, service.shown)
    server.handle(c.ConfirmSheet, service.confirm)
    server.handle(c.DisputeSheet, service.dispute)
    server.handle(c.RefuseSheet, service.refuse)
    server.handle(c.WithdrawSheet, service.withdraw)
    server.handle(c.TimeOutSheet, service.time_out)
    server.handle(c.NoteRead, service.note_read)
    server.handle(c.EraseSheets, service.erase)


def _telling(screens: Screens, sheets: Sheets) -> Any:
    def tell(recorded: Recorded) -> None:
        event = recorded.event
        window = getattr(event, "window", None)
        if isinstance(event, c.SheetEvent) and window:
            sheet = sheets.by_id.get(event.confirmation)
            if sheet is not None and not sheet.state.is_open:
                screens.forget(sheet.id)
            screens.told(window)

    return tell
