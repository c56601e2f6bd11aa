"""Sends what waits in the outbox, batch after batch, for as long as it takes: a platform may be down for a week."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from evaluation.orders.public_text import without_numbers
from evaluation.upward import table
from evaluation.upward.client import BatchRefused, Fault, Platform, PlatformFault, Result
from evaluation.upward.messages import FieldFault, NoteAnswer, Refusal, Sent
from evaluation.upward.record import Record, record
from evaluation.upward.table import Row, Standing
from hall_server.identity import SYSTEM
from hall_server.outbox.backoff import Jitter, full_jitter, wait_s

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

IDLE_S = 15.0
"""So often the outbox is looked at while nothing is due."""
SILENT = timedelta(days=1)
"""Ratings wait and nothing was accepted for so long: the manager is told."""
_TEXT_FIELDS = frozenset({"writingevaluation", "writing_evaluation"})
_FIELD = re.compile(r"[A-Za-z][\w.\[\]-]{0,39}")
_MESSAGE_MOST = 200

Text = Callable[[str | None], Awaitable[str | None]]


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """What the manager should look at; shaped as the dashboards' alarms."""

    code: str
    since: datetime | None
    fields: dict[str, str | int | None]
    href: str | None = "/manager/ratings#upward"


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing gets through.

    Attributes:
        reason: a word, as `PlatformFault.reason`.
        since: from when.
        tries: in a row. next_at: the next one.
    """

    reason: str
    since: datetime
    tries: int
    next_at: datetime


class Pusher:
    """The way upward. A record is sent until the platform says that it has it or will not have it.

    Attributes:
        standing: how the outbox stood when it was looked at last; what is done is not counted.
        trouble: None while the platform answers.
    """

    def __init__(self, server: Server, platform: Platform, text: Text, *, jitter: Jitter | None = None) -> None:
        """Take what it stands on.

        Args:
            server: the hall.
            platform: what takes ratings.
            text: id in the vault → what the visitor wrote.
            jitter: a most → how long to wait, up to it; random where None.
        """
        settings = server.settings
        self._server = server
        self._platform = platform
        self._text = text
        self._jitter = jitter or full_jitter
        self._zone = ZoneInfo(settings.timezone)
        self._after = timedelta(seconds=settings.upward_after_s)
        self._since = settings.upward_from or ""
        self._most = self._size = settings.upward_batch
        self._wake = asyncio.Event()
        self.standing = Standing()
        self.trouble: Trouble | None = None

    async def run(self) -> None:
        """Send for ever."""
        while True:
            try:
                pause_s = await self.round()
            except Exception:  # the top of a loop: what is wrong with one batch must not end the way upward
                log.exception("sending upward failed", extra={"action": "upward.failed"})
                pause_s = self._failed(PlatformFault("internal"))
            await self._pause(pause_s)

    def hurry(self) -> None:
        """Try now, whatever went wrong before."""
        self._wake.set()

    async def round(self) -> float:
        """Send one batch; gives after how many seconds the next look is due, 0 where more waits."""
        rows = await self._due()
        if not rows:
            await self._look()
            return IDLE_S
        records = await self._records(rows)
        try:
            results = await self._platform.send(records)
        except BatchRefused as refused:
            return await self._smaller(rows, refused)
        except PlatformFault as fault:
            await self._look()
            return self._failed(fault)
        return await self._take(rows, records, results)

    def alarms(self) -> list[Alarm]:
        """What is wrong: nothing gets through for a day, or the platform does not take some records as they are."""
        found, standing, now = [], self.standing, self._server.now()
        if standing.oldest_pending_at is not None:
            waits_since = standing.oldest_pending_at + self._after
            since = max(waits_since, standing.last_accepted_at or waits_since)
            if now - since >= SILENT:
                reason = self.trouble.reason if self.trouble else ""
                fields: dict[str, str | int | None] = {"waiting": standing.pending, "reason": reason}
                found.append(Alarm(code="upward.silent", since=since, fields=fields))
        if standing.refused:
            found.append(Alarm(code="upward.refused", since=None, fields={"refused": standing.refused}))
        return found

    # -- inside

    async def _due(self) -> list[Row]:
        await self._server.settled()
        await self._server.projector.reached(self._server.journal.committed)
        before = self._server.now() - self._after
        return await table.due(self._server.views, before=before, since=self._since, limit=self._size)

    async def _look(self) -> None:
        self.standing = await table.standing(self._server.views, since=self._since, is_whole=False)

    async def _records(self, rows: Sequence[Row]) -> list[Record]:
        """What is sent; a text is read here and goes nowhere else."""
        numbers = await table.numbers(self._server.views, sorted({row.ticket for row in rows}))
        may_write = self._server.settings.upward_texts
        return [
            record(
                row,
                hall=self._server.settings.hall,
                directory=self._server.directory,
                zone=self._zone,
                number=numbers.get(row.ticket),
                text=await self._text(row.text) if may_write else None,
            )
            for row in rows
        ]

    async def _take(self, rows: Sequence[Row], records: Sequence[Record], results: Sequence[Result]) -> float:
        said = {result.key: result for result in results}
        accepted, refused = [], []
        for row, sent in zip(rows, records, strict=True):
            result = said.get(sent.key)
            if result is None or result.state == "later":
                continue
            if result.state == "refused":
                refused.append(_refusal(row, sent, result.errors))
            else:
                accepted.append(Sent(rating=row.rating, revision=row.revision))
        if not accepted and not refused:
            await self._look()
            return self._failed(PlatformFault("unanswered"))
        await self._note(NoteAnswer(accepted=tuple(accepted), refused=tuple(refused)))
        self._size = min(self._most, self._size * 2)
        return 0.0

    async def _smaller(self, rows: Sequence[Row], fault: BatchRefused) -> float:
        """Halve the batch; a single record that is refused alone is to blame itself."""
        if len(rows) > 1:
            self._size = len(rows) // 2
            return 0.0
        refusal = Refusal(
            rating=rows[0].rating,
            revision=rows[0].revision,
            faults=(FieldFault(field="", message=fault.reason),),
        )
        await self._note(NoteAnswer(refused=(refusal,)))
        self._size = min(self._most, 2)
        return 0.0

    async def _note(self, command: NoteAnswer) -> None:
        self.trouble = None
        await self._server.execute(command, actor=SYSTEM)
        await self._server.projector.reached(self._server.journal.committed)
        await self._look()

    def _failed(self, fault: PlatformFault) -> float:
        """How long to wait: full jitter over a doubling most, no less than the platform asks for."""
        tries = self.trouble.tries + 1 if self.trouble else 1
        since = self.trouble.since if self.trouble else self._server.now()
        pause_s = wait_s(tries, asked_s=fault.after_s, jitter=self._jitter)
        next_at = self._server.now() + timedelta(seconds=pause_s)
        self.trouble = Trouble(reason=fault.reason, since=since, tries=tries, next_at=next_at)
        log.warning(
            "the platform above took nothing (%s), try %d", fault.reason, tries, extra={"action": "upward.no_answer"}
        )
        return pause_s

    async def _pause(self, pause_s: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), max(pause_s, 0.001))
        except TimeoutError:
            return
        self._wake.clear()


def _refusal(row: Row, sent: Record, faults: Sequence[Fault]) -> Refusal:
    found = tuple(_kept(fault, sent.writing_evaluation) for fault in faults[:20])
    return Refusal(rating=row.rating, revision=row.revision, faults=found or (FieldFault(field="", message=""),))


def _kept(fault: Fault, text: str) -> FieldFault:
    """What may be journalled of the platform's words: they must not bring back what a visitor wrote, or a number."""
    field = fault.field if _FIELD.fullmatch(fault.field) else ""
    message = " ".join(fault.message.split())
    if field.replace("-", "_").casefold() in _TEXT_FIELDS or _shares(message, text):
        message = ""
    return FieldFault(field=field, message=without_numbers(message)[:_MESSAGE_MOST])


def _shares(message: str, text: str, *, letters: int = 4) -> bool:
    """Whether the message quotes the text: so many letters in a row are the same (a shorter text: all of it)."""
    plain = "".join(text.split())
    if not plain:
        return False
    said = "".join(message.split())
    span = min(letters, len(plain))
    return any(plain[place : place + span] in said for place in range(len(plain) - span + 1))
