"""Bad ratings of cases become events of the case, so that supervision sees them wherever it is."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from cases import messages as m
from cases.neighbours.casework import HallCasework
from evaluation.messages import RatingChanged, RatingGiven
from evaluation.orders.messages import OrderClosed, OrderFixed, OrderTakenBack
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

_HANDLED = (OrderFixed, OrderClosed, OrderTakenBack)


class CaseRatings:
    """Hears of ratings in a hall, and looks at the start for those it did not hear of."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def install(self) -> None:
        """Hear."""
        types = (RatingGiven.type, RatingChanged.type, *(one.type for one in _HANDLED))
        self._server.listen("bad ratings of cases", self.heard, types=types)
        self._server.on_start("bad ratings of cases", self.begin)

    async def begin(self) -> None:
        """What was rated and not put on record before the hall went down; what is on record changes nothing."""
        room = self._server.rooms.get("evaluation")
        for rating in list(room.ratings.by_id.values()) if room is not None else ():
            if rating.case and rating.level.is_bad:
                self._server.spawn(self._note(rating.case, rating.id, int(rating.level)), "bad rating of a case")

    def heard(self, recorded: Recorded) -> None:
        """Note what a rating or its work order says of a case."""
        event = recorded.event
        if isinstance(event, RatingGiven | RatingChanged):
            rating = self._rating(event.rating)
            if rating is not None and rating.case and rating.level.is_bad:
                self._server.spawn(self._note(rating.case, rating.id, int(rating.level)), "bad rating of a case")
        elif isinstance(event, _HANDLED):
            order = self._server.rooms["evaluation"].orders.orders.by_id.get(event.order)
            if order is not None:
                self._server.spawn(self._handled(order.rating), "bad rating put right")

    async def _handled(self, rating: str) -> None:
        """A work order may end weeks after its rating: whose it was stands in the table."""
        found = await self._server.views.fetch("SELECT case_number FROM ratings WHERE id = ?", (rating,))
        if found and found[0][0]:
            await self._note(str(found[0][0]), rating, 0, is_handled=True)

    def _rating(self, id_: str) -> Any:
        return self._server.rooms["evaluation"].ratings.by_id.get(id_)

    async def _note(self, number: str, rating: str, level: int, *, is_handled: bool = False) -> None:
        case = await HallCasework(self._server).numbered(number)
        if case is None:
            return
        command = m.NoteRating(case=case.id, seen=0, rating=rating, level=level, is_handled=is_handled)
        word = "handled" if is_handled else "rated"
        try:
            await self._server.execute(command, actor=SYSTEM, command_id=f"{word}:{rating}")
        except DomainError as exc:
            log.warning("rating of a case: %s", exc.code, extra={"action": "supervision.rating"})
