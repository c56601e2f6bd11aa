"""The city's board: pictures of all halls, made of tables and of what halls tell, shown live and of any period."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from city.cases_index import Counts
from city.figures.day_sums import DaySums
from city.store.halls import HallRecord, HallState
from city.web.alarms import Alarms
from city.web.board_types import (
    BoardPicture,
    CityAlarm,
    HallCard,
    Severity,
    Totals,
    added,
    counted,
    shown,
)
from evaluation.figures.period import Period
from hall_server.errors import DomainError, Unavailable
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.routes import SIGNED_IN, Access

if TYPE_CHECKING:
    from city.server import City

log = logging.getLogger(__name__)

TOPIC = "city"
PAUSE_S = 2.0
"""The board is made anew at most so often; halls speak every few seconds each."""
QUIET_S = 15.0
"""And at least so often while somebody watches: what only time changes."""
SPOKE = timedelta(seconds=60)
"""What a hall said longer ago is not shown as the present."""


class BoardPictures:
    """Makes the board."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._alarms = Alarms(city)

    async def of(self, period: Period) -> BoardPicture:
        """The board, with the figures of a period."""
        city, now = self._city, self._city.now()
        halls = [one for one in await city.store.halls.everyone() if one.state is not HallState.CLOSED]
        names = {one.id: self._names(one) for one in halls}
        sums = await city.rooms["figures"].days.between(period.first, period.last)
        cases = await city.rooms["case_index"].counts()
        alarms = await self._alarms.all(halls, names)
        cards = [self._card(one, names[one.id], sums, cases, alarms, now) for one in halls]
        record = city.directory.hall
        return BoardPicture(
            name=record.name if record else city.settings.city,
            name_en=(record.name_en or record.name) if record else city.settings.city,
            at=now,
            first=period.first,
            last=period.last,
            totals=_totals(cards, [sums[one.id] for one in halls if one.id in sums], list(cases.values())),
            halls=tuple(sorted(cards, key=lambda card: (card.name, card.id))),
            alarms=alarms,
        )

    def _names(self, hall: HallRecord) -> tuple[str, str]:
        facts = self._city.rooms["figures"].known(hall.id)
        return hall.name, (facts.name_en if facts else "") or hall.name

    def _card(
        self,
        hall: HallRecord,
        names: tuple[str, str],
        sums: dict[str, DaySums],
        cases: dict[str, Counts],
        alarms: tuple[CityAlarm, ...],
        now: datetime,
    ) -> HallCard:
        heard = self._city.rooms["federation"].heard.get(hall.id)
        is_fresh = heard is not None and now - heard.at < SPOKE and hall.state is HallState.LINKED
        facts = self._city.rooms["figures"].known(hall.id)
        return HallCard(
            id=hall.id,
            name=names[0],
            name_en=names[1],
            state=hall.state,
            since=hall.since,
            heard_at=hall.heard_at,
            behind=hall.behind,
            waiting_down=hall.waiting_down,
            clock_off_s=hall.clock_off_s,
            latitude=facts.latitude if facts else None,
            longitude=facts.longitude if facts else None,
            now=heard.now if heard is not None and is_fresh else None,
            now_at=heard.at if heard is not None and is_fresh else None,
            figures=shown(sums.get(hall.id)),
            cases=cases.get(hall.id, Counts()),
            severity=_worst(one.severity for one in alarms if one.hall == hall.id),
        )


class BoardView:
    """``city``: the board of today, kept ready; made while somebody watches."""

    access: Access = SIGNED_IN

    def __init__(self, city: City) -> None:
        self._city = city
        self._pictures = BoardPictures(city)
        self._newest: BoardPicture | None = None
        self._news = asyncio.Event()

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a picture: there is one, and it has no key."""
        return not key

    def picture(self, _: str) -> BoardPicture:
        """The newest board.

        Raises:
            Unavailable: there was none yet.
        """
        if self._newest is None:
            raise Unavailable("city.board_not_ready")
        return self._newest

    def touched(self, _: Recorded) -> Iterable[str]:
        """Nothing at once: the board is made in the background."""
        self._news.set()
        return ()

    async def start(self) -> None:
        """Begin to follow what the board is made of."""
        city = self._city
        for channel in ("halls", "conflicts", "hall_days"):
            await city.database.listen(channel, lambda _: self._news.set())
        city.rooms["federation"].on_heard.append(lambda _: self._news.set())
        city.rooms["case_index"].on_changed.append(lambda _: self._news.set())
        await self.make()
        city.spawn(self._run(), "board of the city")

    async def make(self) -> BoardPicture:
        """Make it now."""
        today = self._city.business_day
        self._newest = await self._pictures.of(Period(first=today, last=today))
        self._city.live.refresh(TOPIC)
        return self._newest

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), QUIET_S)
            self._news.clear()
            try:
                await self.make()
            except DomainError as exc:
                log.warning("the board was not made: %s", exc, extra={"action": "board.behind"})
            except Exception:  # the top of a loop: the next news tries again
                log.exception("the board failed", extra={"action": "board.failed"})
            await asyncio.sleep(PAUSE_S)


def install(city: City) -> BoardView:
    """Install the board after figures and cases; others find it as ``city.rooms["board"]``."""
    view = city.rooms["board"] = BoardView(city)
    city.view(TOPIC, view)
    city.on_start("board", view.start)
    return view


def _worst(severities: Iterable[Severity]) -> Severity:
    found = set(severities)
    return next((one for one in (Severity.BAD, Severity.WARN) if one in found), Severity.OK)


def _totals(cards: list[HallCard], sums: list[DaySums], cases: list[Counts]) -> Totals:
    said = [card.now for card in cards if card.now is not None]
    return Totals(
        halls=len(cards),
        linked=sum(card.state is HallState.LINKED for card in cards),
        waiting=sum(now.waiting for now in said),
        windows_open=sum(now.windows_open for now in said),
        windows=sum(now.windows for now in said),
        figures=shown(added(sums)),
        cases=counted(cases),
    )
