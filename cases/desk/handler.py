"""What every handler of the desk has: the desk itself, the case that is meant, and whose window it is."""

from __future__ import annotations

from cases.desk.handing import Handing
from cases.desk.room import Desk
from cases.desk.settling import check_staff
from cases.model import Case
from hall_server.web.handlers import ApiHandler


class DeskHandler(ApiHandler):
    """A handler of this room."""

    desk: Desk
    handing: Handing

    async def caught_up(self) -> None:
        """Wait until the table shows what was just done."""
        await self.desk.server.projector.reached(self.desk.server.journal.committed)

    def check_window(self, case: Case) -> str:
        """Refuse whoever does not serve at a case's window; what came in by itself is every window's. Gives the window.

        Raises:
            Forbidden: ``case_desk.not_here``.
        """
        window = case.window or (min(self.actor.windows, default="") if case.application else "")
        check_staff(self.actor, window)
        return window

    def known(self, case: str) -> Case:
        """A case that is worked on in this hall."""
        return self.desk.room.cases.get(case)
