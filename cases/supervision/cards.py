"""The life of a card (督办件): a table of what may be done in which state; a card is never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

import msgspec

from cases.clocks.terms import Terms
from cases.supervision.judging import Details, Finding
from cases.supervision.rules import Family, Rule, Severity
from hall_server.errors import Forbidden, Invalid, Refused


class CardState(StrEnum):
    """Where a card stands."""

    RAISED = "raised"  # 已发出: an answer is due
    EXPLAINED = "explained"  # 已说明
    APPEALED = "appealed"  # 已申诉
    UPHELD = "upheld"  # 已认定
    WITHDRAWN = "withdrawn"  # 已撤销: it was not so, or not their doing
    CLOSED = "closed"  # 已办结


class CardDeed(StrEnum):
    """What is done with a card."""

    EXPLAIN = "explain"  # 说明: the department
    APPEAL = "appeal"  # 申诉: the department
    LAPSE = "lapse"  # 逾期未答复: the supervisor, when the time for an answer is over
    UPHOLD = "uphold"  # 认定: the supervisor
    WITHDRAW = "withdraw"  # 撤销: the supervisor
    CLOSE = "close"  # 办结: the supervisor


NEXT: Mapping[tuple[CardState, CardDeed], CardState] = MappingProxyType(
    {
        (CardState.RAISED, CardDeed.EXPLAIN): CardState.EXPLAINED,
        (CardState.RAISED, CardDeed.APPEAL): CardState.APPEALED,
        (CardState.RAISED, CardDeed.LAPSE): CardState.UPHELD,
        (CardState.EXPLAINED, CardDeed.UPHOLD): CardState.UPHELD,
        (CardState.EXPLAINED, CardDeed.WITHDRAW): CardState.WITHDRAWN,
        (CardState.APPEALED, CardDeed.UPHOLD): CardState.UPHELD,
        (CardState.APPEALED, CardDeed.WITHDRAW): CardState.WITHDRAWN,
        (CardState.UPHELD, CardDeed.CLOSE): CardState.CLOSED,
        (CardState.WITHDRAWN, CardDeed.CLOSE): CardState.CLOSED,
    }
)
"""State and deed → the next state; what is not in it is refused."""
OF_SUPERVISOR = frozenset({CardDeed.LAPSE, CardDeed.UPHOLD, CardDeed.WITHDRAW, CardDeed.CLOSE})
"""What only somebody may do who had no part in the case (受理、审批、监管分离)."""
_NEEDS_WORDS = frozenset({CardDeed.EXPLAIN, CardDeed.APPEAL, CardDeed.UPHOLD, CardDeed.WITHDRAW})


class CardStep(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was done with a card; ``by`` is an opaque id."""

    deed: CardDeed
    state: CardState
    at: datetime
    by: str
    words: str = ""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A card as it stands.

    Attributes:
        key: of its finding: a second look raises no second card.
        reply_due: until when it is explained or appealed.
        involved: opaque ids of everybody who acted in the case: they may not judge.
        history: everything done with it, in order.
    """

    id: str
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
    involved: frozenset[str]
    details: Details = {}
    state: CardState = CardState.RAISED
    history: tuple[CardStep, ...] = ()

    @property
    def allowed(self) -> tuple[CardDeed, ...]:
        """What may be done with it."""
        return tuple(deed for state, deed in NEXT if state is self.state)

    @property
    def is_upheld(self) -> bool:
        """Whether it was found to be so, closed or not."""
        return any(step.state is CardState.UPHELD for step in self.history)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done with it."""
        return self.state is not CardState.CLOSED

    def is_reply_late(self, now: datetime) -> bool:
        """Whether its answer is overdue."""
        return self.state is CardState.RAISED and now > self.reply_due


def raised(id_: str, finding: Finding, rule: Rule, *, involved: frozenset[str], terms: Terms) -> Card:
    """The card of a finding; its day is not counted into the time for an answer (民法典 201).

    Raises:
        Refused: ``card.warning_only``: the rule raises no cards.
    """
    if not rule.severity.raises_card:
        raise Refused("card.warning_only", rule=rule.id)
    due = terms.calendar.add_workdays(terms.day(finding.seen_at), rule.reply_workdays)
    return Card(
        id=id_,
        key=finding.key,
        rule=finding.rule,
        family=finding.family,
        severity=finding.severity,
        case=finding.case,
        number=finding.number,
        department=finding.department,
        hall=finding.hall,
        raised_at=finding.seen_at,
        reply_due=terms.close_of(due),
        involved=involved,
        details=finding.details,
    )


def stepped(card: Card, deed: CardDeed, *, by: str, at: datetime, words: str = "") -> Card:
    """The card after something was done with it.

    Raises:
        Refused: ``card.not_now`` (with what may be done instead), ``card.reply_open`` (it is too early to lapse).
        Forbidden: ``card.involved``: who had a part in the case, or answered for it, may not judge.
        Invalid: ``card.words_missing``.
    """
    state = NEXT.get((card.state, deed))
    if state is None:
        raise Refused(
            "card.not_now", deed=deed.value, state=card.state.value, allowed=[one.value for one in card.allowed]
        )
    if deed in OF_SUPERVISOR and by in card.involved | _answered(card):
        raise Forbidden("card.involved")
    if deed is CardDeed.LAPSE and not card.is_reply_late(at):
        raise Refused("card.reply_open", until=card.reply_due.isoformat())
    if deed in _NEEDS_WORDS and not words.strip():
        raise Invalid("card.words_missing", field="words")
    step = CardStep(deed=deed, state=state, at=at, by=by, words=words.strip())
    return msgspec.structs.replace(card, state=state, history=(*card.history, step))


def _answered(card: Card) -> frozenset[str]:
    return frozenset(step.by for step in card.history if step.deed not in OF_SUPERVISOR)
