"""What everybody may see, made anew only when something has happened and not too often: many may look at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from evaluation.figures.period import Period
from evaluation.figures.pictures import FigurePictures

if TYPE_CHECKING:
    from hall_server.server import Server

KEPT_S = 30.0
"""So long a picture is shown although something has happened since."""
MONTHS_KEPT = 24


class _Kept(NamedTuple):
    seq: int
    made_s: float
    body: bytes


class Published:
    """The public pictures as JSON, by month; one is made at a time."""

    def __init__(self, server: Server, pictures: FigurePictures) -> None:
        self._server = server
        self._pictures = pictures
        self._kept: OrderedDict[Period, _Kept] = OrderedDict()
        self._turn = asyncio.Lock()

    async def of(self, month: Period) -> bytes:
        """The picture of a month."""
        async with self._turn:
            known = self._kept.get(month)
            now_s = self._server.clock.monotonic()
            if known and (known.seq == self._server.journal.committed or now_s - known.made_s < KEPT_S):
                return known.body
            await self._server.settled()
            seq = self._server.journal.committed
            await self._server.projector.reached(seq)
            settings = self._server.settings
            picture = await self._pictures.public(
                month, least=settings.ratings_public_least, staff=settings.ratings_public_staff
            )
            body = msgspec.json.encode(picture)
            self._kept[month] = _Kept(seq, now_s, body)
            self._kept.move_to_end(month)
            while len(self._kept) > MONTHS_KEPT:
                self._kept.popitem(last=False)
            return body
