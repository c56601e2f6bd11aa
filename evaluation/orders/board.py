"""The managers' board of work orders, made from the live state: one line an order, with its clock as a light."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from evaluation.model import Level
from evaluation.orders import clocks
from evaluation.orders import messages as m
from evaluation.orders.model import ENDED, AppealState, Category, Clock, FixLimit, Order, State
from evaluation.orders.opening import TermsNow
from evaluation.orders.state import Orders
from hall_server.days import DayOpened
from hall_server.directory.events import DirectoryEvent
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.routes import MANAGER, Access

if TYPE_CHECKING:
    from hall_server.server import Server

TOPIC = "reviews"


class Light(StrEnum):
    """How urgent an order is."""

    GREEN = "green"  # there is time
    AMBER = "amber"  # the limit comes near
    RED = "red"  # it has passed; the director is to look at it


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A thing of the hall by its id and what people call it in both languages; empty where it is not known."""

    id: str
    name: str
    name_en: str


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """An order on the board; nothing the visitor wrote or left.

    Attributes:
        step: what an act on it must have seen.
        handler: staff id of the manager who has it in hand.
        clock: the limit that runs out first; due: when; light: how urgent. None: no limit runs.
        owes_revisit: the visitor is to be asked before it is closed.
    """

    id: str
    rating: str
    level: Level
    state: State
    step: int
    opened_at: datetime
    window: Said
    window_number: int | None
    department: Said | None
    matter: Said | None
    staff: Said | None
    handler: Said | None
    named: bool
    category: Category | None
    excluded: bool
    reopened: bool
    appeal: AppealState
    owes_revisit: bool
    clock: Clock | None
    due: datetime | None
    light: Light | None
    escalated: bool


class BoardPicture(msgspec.Struct, frozen=True, kw_only=True):
    """All orders that are not over, the most urgent first, and the limit that new ones have."""

    now: datetime
    fix: FixLimit
    orders: tuple[OrderLine, ...]


class Overdue(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm of the manager's page, as the dashboards take it."""

    code: str
    since: datetime
    fields: dict[str, str | int | None]
    href: str
    acknowledged_by: str | None = None


class Lines:
    """Makes lines of orders."""

    def __init__(self, server: Server, orders: Orders, terms: TermsNow) -> None:
        self._server = server
        self._orders = orders
        self._terms = terms

    def line(self, order: Order) -> OrderLine:
        """An order as the board shows it."""
        now, terms = self._server.now(), self._terms()
        window = self._server.directory.windows.get(order.window)
        first = min(order.running(), key=order.due, default=None)
        due = order.due(first) if first is not None else None
        return OrderLine(
            id=order.id,
            rating=order.rating,
            level=order.level,
            state=order.state,
            step=order.step,
            opened_at=order.opened_at.astimezone(terms.zone),
            window=_said(order.window, window),
            window_number=window.number if window else None,
            department=self._of("departments", order.department),
            matter=self._of("matters", order.matter),
            staff=self.person(order.staff),
            handler=self.person(order.handler.partition(":")[2] if order.handler else None),
            named=order.named,
            category=order.category,
            excluded=order.excluded,
            reopened=order.reopened,
            appeal=order.appeal,
            owes_revisit=order.owes_revisit,
            clock=first,
            due=due.astimezone(terms.zone) if due is not None else None,
            light=light(order, now, terms),
            escalated=bool(order.escalated & set(order.running())),
        )

    def board(self) -> BoardPicture:
        """The whole board."""
        shown = [self.line(order) for order in self._orders.by_id.values() if order.state not in ENDED]
        shown.sort(key=lambda one: (one.due is None, one.due or one.opened_at, one.id))
        zone = self._terms().zone
        return BoardPicture(now=self._server.now().astimezone(zone), fix=self._orders.fix_limit, orders=tuple(shown))

    def alarms(self) -> list[Overdue]:
        """The limits that have passed, the oldest first."""
        now = self._server.now()
        late = [
            (order.due(clock), clock, order) for order in self._orders.by_id.values() for clock in order.overdue(now)
        ]
        return [self._overdue(order, clock) for _, clock, order in sorted(late, key=lambda one: (one[0], one[2].id))]

    def person(self, staff: str | None) -> Said | None:
        """Somebody of the staff by name."""
        if not staff:
            return None
        name = str(self._server.rooms["hall_queue"].pictures.staff_name(staff) or staff)
        return Said(id=staff, name=name, name_en=name)

    def _of(self, kind: str, id_: str | None) -> Said | None:
        return _said(id_, getattr(self._server.directory, kind).get(id_)) if id_ else None

    def _overdue(self, order: Order, clock: Clock) -> Overdue:
        window = self._server.directory.windows.get(order.window)
        named = _said(order.window, window)
        fields: dict[str, str | int | None] = {
            "id": order.id,
            "window": named.name,
            "window_en": named.name_en,
            "window_number": window.number if window else None,
            "level": int(order.level),
        }
        return Overdue(
            code=f"review.{clock}_overdue", since=order.due(clock), fields=fields, href=f"/manager/reviews#{order.id}"
        )


class BoardView:
    """``reviews``: the board, for managers."""

    access: Access = MANAGER

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a picture: there is one, and it has no key."""
        return not key

    def picture(self, _: str) -> BoardPicture:
        """The board."""
        return self._lines.board()

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The one picture, after anything that happened to an order or changed what things are called."""
        kinds = (m.OrderEvent, m.ReviewRulesSet, DirectoryEvent, DayOpened)
        return ("",) if isinstance(recorded.event, kinds) else ()


def light(order: Order, now: datetime, terms: clocks.Terms) -> Light | None:
    """How urgent an order is; None: no limit runs."""
    running = order.running()
    if not running:
        return None
    if order.overdue(now):
        return Light.RED
    near = any(now >= clocks.remind_from(clock, order.due(clock), terms) for clock in running)
    return Light.AMBER if near else Light.GREEN


def _said(id_: str, thing: Any) -> Said:
    name = thing.name if thing is not None else id_
    return Said(id=id_, name=name, name_en=getattr(thing, "name_en", "") or name)
