"""What 电子监察 hears: every step of every case, without names, a letter a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases import messages as m
from cases.neighbours import requests as r
from cases.neighbours.casework import Casework
from cases.neighbours.model import Kind
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from cases.neighbours.room import Room
    from hall_server.outbox.table import Letter


class Feed:
    """Makes letters of events (the ``make`` of a follower)."""

    def __init__(self, room: Room, casework: Casework) -> None:
        self._room = room
        self._casework = casework

    async def letters(self, batch: list[Recorded]) -> list[Letter]:
        """One letter for a batch, where somebody supervises; none where nothing happened to cases."""
        to = self._room.named(Kind.SUPERVISION)
        steps = [await self._step(one) for one in batch if isinstance(one.event, m.CaseEvent)] if to else []
        known = tuple(one for one in steps if one is not None)
        if to is None or not known:
            return []
        id_ = f"feed-{batch[0].seq}-{batch[-1].seq}"
        request = r.FeedSteps(steps=known)
        return [self._room.letter(request, to=to, kind="supervision.feed", subject="feed", transaction=id_)]

    async def _step(self, recorded: Recorded) -> r.SupervisedStep | None:
        """A step; the city's own are fed by the city."""
        event = recorded.event
        if not isinstance(event, m.CaseEvent) or isinstance(event, m.CityStepTaken):
            return None
        case = await self._casework.case(event.case)
        return r.SupervisedStep(
            case_number=case.number,
            matter=case.matter,
            department=case.department,
            step=event.type,
            at=recorded.at,
            state=case.state,
        )
