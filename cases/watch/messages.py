"""What is asked of supervision, and what happened to its cards; no event names a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

import msgspec

from cases.supervision.cards import CardDeed
from cases.supervision.daily import DepartmentDay
from cases.supervision.judging import Details, Finding
from cases.supervision.rules import Family, Severity, Tell
from hall_server.messages import Command, LastingEvent


class RaiseCards(Command, frozen=True, kw_only=True):
    """Raise a card for each finding that has none; ``involved``: case → everybody who acted in it."""

    findings: tuple[Finding, ...]
    involved: dict[str, frozenset[str]]


class DealWithCard(Command, frozen=True, kw_only=True):
    """Do something with a card; ``seen``: how many deeds of it the caller has seen."""

    card: str
    deed: CardDeed
    words: str = ""
    seen: int


class TotalDay(Command, frozen=True, kw_only=True):
    """Keep what a working day came to."""

    day: date
    departments: tuple[DepartmentDay, ...]


class TakeCard(Command, frozen=True, kw_only=True):
    """Take over what happened to a card at the city (down-link): its event, raw."""

    card: str
    at: datetime
    type: str
    version: int
    actor: str
    payload: dict[str, Any]


class CardEvent(LastingEvent, frozen=True, kw_only=True):
    """Something happened to a card; it is never deleted, so every start reads it."""

    card: str

    @property
    def subject(self) -> str:
        """The card."""
        return f"card:{self.card}"


class CardRaised(CardEvent, frozen=True, kw_only=True):
    """A case broke a rule.

    Attributes:
        tell: whom the rule names.
        involved: opaque ids of everybody who acted in the case.
    """

    type: ClassVar[str] = "card.raised"
    key: str
    rule: str
    family: Family
    severity: Severity
    case: str
    number: str
    department: str
    hall: str
    raised_at: datetime
    reply_due: datetime
    involved: tuple[str, ...]
    tell: tuple[Tell, ...]
    details: Details = msgspec.field(default_factory=dict)


class CardDealt(CardEvent, frozen=True, kw_only=True):
    """A deed was done with a card; ``deed`` says which, for `card.upheld` has two."""

    deed: CardDeed
    words: str = ""


class CardExplained(CardDealt, frozen=True, kw_only=True):
    """The department said how it came about."""

    type: ClassVar[str] = "card.explained"


class CardAppealed(CardDealt, frozen=True, kw_only=True):
    """The department said that it is not so."""

    type: ClassVar[str] = "card.appealed"


class CardUpheld(CardDealt, frozen=True, kw_only=True):
    """It was found to be so; with the deed ``lapse`` because nobody answered in time."""

    type: ClassVar[str] = "card.upheld"


class CardWithdrawn(CardDealt, frozen=True, kw_only=True):
    """It was found not to be so."""

    type: ClassVar[str] = "card.withdrawn"


class CardClosed(CardDealt, frozen=True, kw_only=True):
    """Nothing more is to be done."""

    type: ClassVar[str] = "card.closed"


class CardTold(CardEvent, frozen=True, kw_only=True):
    """The city raised a card about a case of this hall, or somebody did something with it there: its event, raw."""

    type: ClassVar[str] = "card.told"
    is_echo: ClassVar[bool] = True
    at: datetime
    card_type: str
    card_version: int
    actor: str
    payload: dict[str, Any]


class DayTotalled(LastingEvent, frozen=True, kw_only=True):
    """A working day closed with these totals."""

    type: ClassVar[str] = "supervision.day_totalled"
    day: date
    departments: tuple[DepartmentDay, ...]

    @property
    def subject(self) -> str:
        """The day."""
        return f"supervised-day:{self.day.isoformat()}"


DEALT: dict[CardDeed, type[CardDealt]] = {
    CardDeed.EXPLAIN: CardExplained,
    CardDeed.APPEAL: CardAppealed,
    CardDeed.LAPSE: CardUpheld,
    CardDeed.UPHOLD: CardUpheld,
    CardDeed.WITHDRAW: CardWithdrawn,
    CardDeed.CLOSE: CardClosed,
}
OF_CARD: tuple[type[CardEvent], ...] = (CardRaised, *dict.fromkeys(DEALT.values()))
"""What happens to a card."""
EVENTS: tuple[type[LastingEvent], ...] = (*OF_CARD, CardTold, DayTotalled)
