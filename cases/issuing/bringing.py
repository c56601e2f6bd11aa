"""Brings down what handing out needs of cases made elsewhere (form, papers, licence), and lets forms go after."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from cases import messages as m
from cases.issuing.service import is_ready
from cases.model import Case
from cases.state import Cases
from hall_server.days import DayOpened
from hall_server.errors import NotFound, Unavailable
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from hall_server.federation.room import Room as Federation
    from hall_server.server import Server

log = logging.getLogger(__name__)

WITHIN_S = 600.0
"""So long one round waits for a file; a hall that is cut off asks on when the link is back."""
AGAIN_S = 60.0
"""What the city does not have either (its hall is cut off) is asked for again after this."""
_OVER = (
    f"SELECT payload FROM case_streams WHERE type = '{m.CaseReceived.type}' AND id IN (SELECT id FROM case_streams"  # noqa: S608  # constants only
    f" WHERE type IN ({', '.join(repr(one) for one in sorted(m.ENDING))}))"
)
_MOVES = frozenset({m.CaseHandedOver.type, m.PaperMade.type, m.LicenceMade.type})


class _Received(msgspec.Struct, frozen=True):
    hall: str
    form: str


class Bringing:
    """Keeps the files of results that lie in this hall at hand, so that they go out with the city unreachable.

    A form of another hall's case is here for as long as the case is open: it says whose the result is. On the day after
    it is over the form is erased; the receipt and the journal stay.
    """

    def __init__(self, server: Server, cases: Cases, came: Callable[[], None]) -> None:
        """``came``: told that a file came."""
        self._server = server
        self._cases = cases
        self._came = came
        self._news = asyncio.Event()
        self._is_new_day = True

    def heard(self, recorded: Recorded) -> None:
        """Look again after what hands results on (listener of the bus)."""
        event = recorded.event
        type_ = event.step_type if isinstance(event, m.CityStepTaken) else event.type
        if type_ in _MOVES or isinstance(event, DayOpened):
            self._is_new_day |= isinstance(event, DayOpened)
            self._news.set()

    async def start(self) -> None:
        """Begin; what a stop left is asked for now."""
        self._server.spawn(self._run(), "files of results")

    async def let_go(self) -> None:
        """Erase forms of other halls' cases that are over."""
        erase, own = self._federation.attachments.erase, self._server.settings.hall
        found = [msgspec.json.decode(payload, type=_Received) for (payload,) in await self._server.views.fetch(_OVER)]
        forms = [one.form for one in found if one.hall != own and one.form]
        await asyncio.to_thread(lambda: [erase(form) for form in forms])

    async def _run(self) -> None:
        while True:
            self._news.clear()
            if self._is_new_day:
                self._is_new_day = False
                await self.let_go()
            missing = await self._missing()
            asking = [asyncio.create_task(self._bring(one), name="file of a result") for one in missing]
            news = asyncio.create_task(self._news.wait(), name="news of results")
            try:
                await asyncio.wait([news], timeout=AGAIN_S if asking else None)
            finally:
                for task in (news, *asking):
                    task.cancel()
                await asyncio.gather(news, *asking, return_exceptions=True)

    async def _missing(self) -> list[str]:
        """What results that lie here name and this hall does not have."""
        hall, has = self._server.settings.hall, self._federation.attachments.has
        ready = [one for one in self._cases.by_id.values() if is_ready(one, hall)]
        named = dict.fromkeys(hash_ for one in ready for hash_ in files_of(one))
        return await asyncio.to_thread(lambda: [one for one in named if not has(one)])

    async def _bring(self, hash_: str) -> None:
        try:
            await self._federation.fetch(hash_, within_s=WITHIN_S)
        except (NotFound, Unavailable) as exc:
            log.info("file of a result: %s", exc.code, extra={"action": "issuing.file_late"})
            return
        self._came()

    @property
    def _federation(self) -> Federation:
        found: Federation = self._server.rooms["federation"]
        return found


def files_of(case: Case) -> Iterable[str]:
    """What handing a result out needs: whose it is, what it says, and the papers about it."""
    return filter(None, (case.form, case.licence_file, *(paper.sha256 for paper in case.papers)))
