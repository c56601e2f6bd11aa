"""An order with its whole history and what the one who looks may do with it; and what somebody sees of their own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from evaluation.intake import TEXT_KIND
from evaluation.model import Aspect, Level, Mark, RatingChannel, Reason
from evaluation.orders import clocks, store
from evaluation.orders import messages as m
from evaluation.orders.board import Lines, OrderLine, Said
from evaluation.orders.model import EXTENSION_MOST, PLAN_MOST, AppealState, Category, Deed, How, Order, State
from evaluation.orders.opening import TermsNow
from evaluation.orders.public_text import without_numbers
from evaluation.orders.service import deeds, is_rated
from evaluation.orders.state import Orders
from evaluation.orders.store import Meant, RatingSeen, ReviewRow, StepRow
from evaluation.orders.words import Words
from hall_server.database.vault import masked
from hall_server.errors import NotFound
from hall_server.identity import Actor
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from hall_server.server import Server

OWN_DAYS = 180
OWN_MOST = 200
_FOR_THE_RATED = frozenset({m.AppealMade.type, m.AppealAnswered.type, m.ResultPublished.type})
_BY_VISITORS = frozenset({m.OrderOpened.type, m.OrderLevelChanged.type, m.OrderNamed.type, m.OrderTakenBack.type})
"""Whoever handed the rating in (a caller's words, typed by somebody) is not who gave it."""
_NUMBER = "SELECT number FROM tickets WHERE id = ?"


class FileShown(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a step; ``href`` gives it."""

    name: str
    media: str
    bytes: int
    href: str


class StepShown(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the history.

    Attributes:
        type: the event's. by: who did it; None: the server, or the visitor.
        note: what was written; None: nothing, or it is not for the one who looks.
        due: the limit that was set.
        yes: reached, excluded, satisfied or upheld, by the type.
    """

    at: datetime
    type: str
    by: Said | None
    note: str | None = None
    how: How | None = None
    category: Category | None = None
    due: datetime | None = None
    yes: bool | None = None
    level: Level | None = None
    clock: str | None = None
    files: tuple[FileShown, ...] = ()


class RatingShown(msgspec.Struct, frozen=True, kw_only=True):
    """The rating behind an order; ``text`` is what the visitor wrote."""

    level: Level
    channel: RatingChannel
    aspects: tuple[Aspect, ...]
    reasons: tuple[Reason, ...]
    text: str | None
    at: datetime
    case: str | None
    marks: tuple[Mark, ...]
    number: str


class OrderCard(msgspec.Struct, frozen=True, kw_only=True):
    """An order as somebody sees it who may work on it, or was rated.

    Attributes:
        phone: the visitor's, masked; None: none was left, or it is not for the one who looks.
        deeds: what the one who looks may do now.
        is_own: it is about the one who looks.
        plan, extension: first and last date that may be set as the deadline.
    """

    order: OrderLine
    rating: RatingShown | None
    phone: str | None
    published_text: str | None
    steps: list[StepShown]
    deeds: list[Deed]
    is_own: bool
    plan: tuple[date, date]
    extension: tuple[date, date]


class OwnOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What the person rated sees of an order."""

    id: str
    state: State
    category: Category | None
    excluded: bool
    appeal: AppealState
    appeal_text: str | None
    answer: str | None
    published_text: str | None
    may_appeal: bool


class OwnShown(msgspec.Struct, frozen=True, kw_only=True):
    """A rating somebody was given; what looks like a number in the visitor's words is starred."""

    id: str
    at: datetime
    window: str
    window_number: int | None
    matter: Said | None
    level: Level
    aspects: tuple[Aspect, ...]
    reasons: tuple[Reason, ...]
    text: str | None
    marks: tuple[Mark, ...]
    order: OwnOrder | None


class OwnPage(msgspec.Struct, frozen=True, kw_only=True):
    """One's own ratings since a day, the newest first; ``counts``: of levels 1 to 5, those that count."""

    since: date
    counts: list[int]
    items: list[OwnShown]


class RowShown(msgspec.Struct, frozen=True, kw_only=True):
    """An order in the list of those that are over."""

    id: str
    opened_at: datetime
    window_number: int | None
    level: Level
    state: State
    category: Category | None
    excluded: bool
    staff: Said | None
    department: Said | None
    closed_at: datetime | None
    published_text: str | None


class Cards:
    """Makes cards from the tables and the vault; whoever was rated gets no words of others and no phone."""

    def __init__(self, server: Server, orders: Orders, lines: Lines, words: Words, terms: TermsNow) -> None:
        self._server = server
        self._orders = orders
        self._lines = lines
        self._words = words
        self._terms = terms

    async def card(self, id_: str, actor: Actor) -> OrderCard:
        """An order, over or not.

        Raises:
            NotFound: ``review.unknown``.
        """
        steps = await store.steps(self._server.views, id_)
        order = self._folded(id_, steps)
        own, terms = is_rated(order, actor), self._terms()
        row = await store.one(self._server.views, id_)
        live, now = self._orders.by_id.get(id_), self._server.now()
        return OrderCard(
            order=self._lines.line(order),
            rating=await self._rating(order, own=own),
            phone=None if own else await self._masked(order),
            published_text=row.published_text if row else None,
            steps=[await self._step(id_, one, own=own) for one in steps],
            deeds=list(deeds(live, actor, now)) if live is not None else [],
            is_own=own,
            plan=clocks.until_limits(order.opened_at, now, PLAN_MOST, terms),
            extension=clocks.until_limits(order.fix_due, order.fix_due, EXTENSION_MOST, terms),
        )

    async def over(self, meant: Meant) -> tuple[list[RowShown], int]:
        """The orders that are over, the newest first."""
        rows, total = await store.found(self._server.views, meant)
        return [self._row(row) for row in rows], total

    async def own(self, actor: Actor) -> OwnPage:
        """One's own ratings and what became of the bad ones."""
        since = self._server.business_day - timedelta(days=OWN_DAYS)
        rated = await store.own_ratings(self._server.views, actor.id, since, limit=OWN_MOST)
        meant = Meant(first=since, last=self._server.business_day, staff=actor.id, limit=OWN_MOST)
        rows, _ = await store.found(self._server.views, meant)
        latest = {row.rating: row for row in reversed(rows)}
        counts = [sum(one.level == level and not one.marks for one in rated) for level in Level]
        items = [await self._own(one, latest.get(one.id), actor) for one in rated]
        return OwnPage(since=since, counts=counts, items=items)

    # -- inside

    def _folded(self, id_: str, steps: list[StepRow]) -> Order:
        """The order as its own history makes it: the same for one that is open and one long over."""
        fold = Orders()
        for step in steps:
            event = self._server.types.read(step.type, 1, msgspec.json.encode(step.payload))
            if event.type in fold.types:
                day = self._server.days.local_date(step.at)
                fold.apply(Recorded(seq=step.seq, at=step.at, business_day=day, event=event, actor=step.actor))
        found = fold.by_id.get(id_)
        if found is None:
            raise NotFound("review.unknown", order=id_)
        return found

    async def _rating(self, order: Order, *, own: bool) -> RatingShown | None:
        seen: RatingSeen | None = await store.rating(self._server.views, order.rating)
        if seen is None:
            return None
        numbers = await self._server.views.fetch(_NUMBER, (order.ticket,))
        return RatingShown(
            level=seen.level,
            channel=seen.channel,
            aspects=seen.aspects,
            reasons=seen.reasons,
            text=await self._said(seen.text, starred=own),
            at=self._local(seen.at),
            case=None if own else seen.case,
            marks=seen.marks,
            number=numbers[0][0] if numbers else "",
        )

    async def _said(self, id_: str | None, *, starred: bool) -> str | None:
        text = await self._server.vault.text(TEXT_KIND, id_) if id_ else None
        return without_numbers(text) if text and starred else text

    async def _masked(self, order: Order) -> str | None:
        if order.person is None:
            return None
        try:
            person = await self._server.vault.open(order.person)
        except NotFound:
            return None  # it was erased
        return masked(person.phone or "")

    async def _step(self, id_: str, step: StepRow, *, own: bool) -> StepShown:
        payload, is_for_all = step.payload, not own or step.type in _FOR_THE_RATED
        due = payload.get("fix_due")
        yes = next((payload[name] for name in _YES if name in payload), None)
        kind, _, who = step.actor.partition(":")
        return StepShown(
            at=self._local(step.at),
            type=step.type,
            by=self._lines.person(who) if kind == "staff" and step.type not in _BY_VISITORS else None,
            note=await self._words.text(payload.get("note")) if is_for_all else None,
            how=payload.get("how"),
            category=payload.get("category"),
            due=self._local(datetime.fromisoformat(due)) if due else None,
            yes=yes,
            level=Level(payload["level"]) if "level" in payload else None,
            clock=payload.get("clock"),
            files=await self._files(id_, payload.get("files", ())) if is_for_all else (),
        )

    async def _files(self, id_: str, files: list[str]) -> tuple[FileShown, ...]:
        found = [(file, await self._words.about(file)) for file in files]
        return tuple(
            FileShown(name=one.name, media=one.media, bytes=one.bytes, href=f"/api/v1/reviews/{id_}/files/{file}")
            for file, one in found
            if one is not None
        )

    def _row(self, row: ReviewRow) -> RowShown:
        window = self._server.directory.windows.get(row.window)
        department = self._server.directory.departments.get(row.department or "")
        return RowShown(
            id=row.id,
            opened_at=self._local(row.opened_at),
            window_number=window.number if window else None,
            level=row.level,
            state=row.state,
            category=row.category,
            excluded=row.is_excluded,
            staff=self._lines.person(row.staff),
            department=Said(id=department.id, name=department.name, name_en=department.name_en) if department else None,
            closed_at=self._local(row.closed_at) if row.closed_at else None,
            published_text=row.published_text,
        )

    async def _own(self, one: store.OwnRating, row: ReviewRow | None, actor: Actor) -> OwnShown:
        window = self._server.directory.windows.get(one.window)
        matter = self._server.directory.matters.get(one.matter or "")
        return OwnShown(
            id=one.id,
            at=self._local(one.at),
            window=one.window,
            window_number=window.number if window else None,
            matter=Said(id=matter.id, name=matter.name, name_en=matter.name_en or matter.name) if matter else None,
            level=one.level,
            aspects=one.aspects,
            reasons=one.reasons,
            text=await self._said(one.text, starred=True),
            marks=one.marks,
            order=await self._own_order(row, actor) if row is not None else None,
        )

    async def _own_order(self, row: ReviewRow, actor: Actor) -> OwnOrder:
        words = {}
        if row.appeal is not AppealState.NONE:
            for step in await store.steps(self._server.views, row.id):
                if step.type in _FOR_THE_RATED and "note" in step.payload:
                    words[step.type] = await self._words.text(step.payload["note"])
        live = self._orders.by_id.get(row.id)
        return OwnOrder(
            id=row.id,
            state=row.state,
            category=row.category,
            excluded=row.is_excluded,
            appeal=row.appeal,
            appeal_text=words.get(m.AppealMade.type),
            answer=words.get(m.AppealAnswered.type),
            published_text=row.published_text,
            may_appeal=live is not None and Deed.APPEAL in set(deeds(live, actor, self._server.now())),
        )

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._terms().zone)


_YES = ("is_reached", "is_excluded", "is_satisfied", "is_upheld")
