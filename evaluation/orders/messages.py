"""What is wanted of work orders, and what happens to them; every word is an id in the vault, save what is published."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from evaluation.model import Level
from evaluation.orders.model import Category, Clock, FixLimit, How, Result
from hall_server.messages import Command, Event, LastingEvent


class OrderCommand(Command, frozen=True, kw_only=True):
    """Something to be done with an order.

    Attributes:
        seen: the step of the order that the caller has seen; another one since then refuses the command.
    """

    order: str
    seen: int


class TakeOrder(OrderCommand, frozen=True, kw_only=True):
    """Take an order over."""


class ContactVisitor(OrderCommand, frozen=True, kw_only=True):
    """Put on record that the visitor was contacted, or that it was tried."""

    how: How
    is_reached: bool
    note: str


class Categorise(OrderCommand, frozen=True, kw_only=True):
    """Say what kind of bad review it is.

    Attributes:
        note: what was found; for a complex matter the explanation and the plan; for an exclusion the evidence.
        until: the deadline of a complex matter's plan.
        files: evidence.
    """

    category: Category
    note: str
    until: date | None = None
    files: tuple[str, ...] = ()


class DecideExclusion(OrderCommand, frozen=True, kw_only=True):
    """Say whether the rating counts."""

    is_excluded: bool
    note: str


class ExtendOrder(OrderCommand, frozen=True, kw_only=True):
    """Give more time, once."""

    until: date
    note: str


class FixOrder(OrderCommand, frozen=True, kw_only=True):
    """Put on record what was put right, or how it was explained."""

    note: str


class RevisitVisitor(OrderCommand, frozen=True, kw_only=True):
    """Put on record what the visitor says of it now."""

    how: How
    result: Result
    note: str


class CloseOrder(OrderCommand, frozen=True, kw_only=True):
    """Say that it is done."""


class PublishResult(OrderCommand, frozen=True, kw_only=True):
    """Tell the public; ``text`` is the text itself and names nobody."""

    text: str


class WithholdResult(OrderCommand, frozen=True, kw_only=True):
    """Do not tell the public, and say why."""

    note: str


class AnswerAppeal(OrderCommand, frozen=True, kw_only=True):
    """Answer the person rated."""

    is_upheld: bool
    note: str


class OpenPhone(Command, frozen=True, kw_only=True):
    """See the visitor's phone, and say what for."""

    order: str
    note: str


class MakeAppeal(Command, frozen=True, kw_only=True):
    """Say, as the person rated, what is wrong with the rating."""

    order: str
    note: str


class CheckClocks(Command, frozen=True, kw_only=True):
    """Say of every clock what is due to be said."""


class SetReviewRules(Command, frozen=True, kw_only=True):
    """Set within which time bad reviews are put right; orders that are open keep their limits."""

    fix: FixLimit
    reason: str


class OrderEvent(LastingEvent, frozen=True, kw_only=True):
    """Something that happened to an order; ``note`` is an id in the vault."""

    order: str

    @property
    def subject(self) -> str:
        """The order."""
        return f"order:{self.order}"


class OrderOpened(OrderEvent, frozen=True, kw_only=True):
    """A bad rating opened a work order."""

    type: ClassVar[str] = "order.opened"
    rating: str
    ticket: str
    level: Level
    window: str
    staff: str | None
    department: str | None
    matter: str | None
    person: str | None
    contact_due: datetime
    fix_due: datetime
    fix_limit: FixLimit


class OrderLevelChanged(OrderEvent, frozen=True, kw_only=True):
    """The visitor changed the rating to another bad one."""

    type: ClassVar[str] = "order.level_changed"
    level: Level


class OrderNamed(OrderEvent, frozen=True, kw_only=True):
    """The visitor left a phone after rating; ``person`` is an id in the vault."""

    type: ClassVar[str] = "order.named"
    person: str


class OrderTakenBack(OrderEvent, frozen=True, kw_only=True):
    """The visitor changed the rating to a good one: nothing is left to be put right."""

    type: ClassVar[str] = "order.taken_back"


class OrderTakenOver(OrderEvent, frozen=True, kw_only=True):
    """A manager took it."""

    type: ClassVar[str] = "order.taken_over"


class ContactTried(OrderEvent, frozen=True, kw_only=True):
    """The visitor was not reached."""

    type: ClassVar[str] = "order.contact_tried"
    how: How
    note: str


class VisitorContacted(OrderEvent, frozen=True, kw_only=True):
    """The visitor was contacted; not ``is_reached``: it was tried often enough."""

    type: ClassVar[str] = "order.contacted"
    how: How
    is_reached: bool
    note: str


class OrderCategorised(OrderEvent, frozen=True, kw_only=True):
    """It was said what kind it is; a complex matter's plan has its own ``fix_due``."""

    type: ClassVar[str] = "order.categorised"
    category: Category
    note: str
    fix_due: datetime | None = None
    files: tuple[str, ...] = ()


class ExclusionAsked(OrderEvent, frozen=True, kw_only=True):
    """It was asked that the rating does not count; ``note`` and ``files`` are the evidence."""

    type: ClassVar[str] = "order.exclusion_asked"
    category: Category
    note: str
    files: tuple[str, ...] = ()


class ExclusionDecided(OrderEvent, frozen=True, kw_only=True):
    """Another manager decided."""

    type: ClassVar[str] = "order.exclusion_decided"
    is_excluded: bool
    note: str


class OrderExtended(OrderEvent, frozen=True, kw_only=True):
    """It has more time."""

    type: ClassVar[str] = "order.extended"
    fix_due: datetime
    note: str


class OrderFixed(OrderEvent, frozen=True, kw_only=True):
    """It was put right."""

    type: ClassVar[str] = "order.fixed"
    note: str


class RevisitTried(OrderEvent, frozen=True, kw_only=True):
    """The visitor was not reached for the revisit."""

    type: ClassVar[str] = "order.revisit_tried"
    how: How
    note: str


class OrderRevisited(OrderEvent, frozen=True, kw_only=True):
    """The visitor was asked; ``is_satisfied`` None: tried often enough."""

    type: ClassVar[str] = "order.revisited"
    how: How
    is_satisfied: bool | None
    note: str


class OrderReopened(OrderEvent, frozen=True, kw_only=True):
    """The visitor was not satisfied: it begins anew, once."""

    type: ClassVar[str] = "order.reopened"
    fix_due: datetime


class OrderClosed(OrderEvent, frozen=True, kw_only=True):
    """It is done."""

    type: ClassVar[str] = "order.closed"


class ResultPublished(OrderEvent, frozen=True, kw_only=True):
    """The public is told; ``text`` was looked through for what may name somebody."""

    type: ClassVar[str] = "order.published"
    text: str


class ResultWithheld(OrderEvent, frozen=True, kw_only=True):
    """The public is not told."""

    type: ClassVar[str] = "order.withheld"
    note: str


class AppealMade(OrderEvent, frozen=True, kw_only=True):
    """The person rated objected."""

    type: ClassVar[str] = "order.appealed"
    note: str


class AppealAnswered(OrderEvent, frozen=True, kw_only=True):
    """A manager answered."""

    type: ClassVar[str] = "order.appeal_answered"
    is_upheld: bool
    note: str


class OrderReminded(OrderEvent, frozen=True, kw_only=True):
    """A limit comes near."""

    type: ClassVar[str] = "order.reminded"
    clock: Clock


class OrderEscalated(OrderEvent, frozen=True, kw_only=True):
    """A limit has passed: the hall's director is to look at it."""

    type: ClassVar[str] = "order.escalated"
    clock: Clock


class PhoneOpened(Event, frozen=True, kw_only=True):
    """Somebody saw the visitor's phone; ``note`` is what for."""

    type: ClassVar[str] = "order.phone_opened"
    order: str
    note: str

    @property
    def subject(self) -> str:
        """The order."""
        return f"order:{self.order}"


class ReviewRulesSet(LastingEvent, frozen=True, kw_only=True):
    """The hall's limit for putting right was set."""

    type: ClassVar[str] = "review_rules.set"
    fix: FixLimit
    reason: str

    @property
    def subject(self) -> str:
        """The rules of bad reviews."""
        return "rules:reviews"


EVENTS: tuple[type[Event], ...] = (
    *(OrderOpened, OrderLevelChanged, OrderNamed, OrderTakenBack, OrderTakenOver, ContactTried, VisitorContacted),
    *(OrderCategorised, ExclusionAsked, ExclusionDecided, OrderExtended, OrderFixed, RevisitTried, OrderRevisited),
    *(OrderReopened, OrderClosed, ResultPublished, ResultWithheld, AppealMade, AppealAnswered, OrderReminded),
    *(OrderEscalated, PhoneOpened, ReviewRulesSet),
)
