"""Decides about cards: which are raised, and who may do what with them; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from cases.clocks.terms import Terms
from cases.supervision.cards import OF_SUPERVISOR, raised, stepped
from cases.supervision.rules import Rule
from cases.watch import messages as m
from cases.watch.state import Cards
from hall_server.errors import Forbidden, Invalid, Refused
from hall_server.identity import Actor, Role
from hall_server.outcome import Context, Outcome

WORDS_MOST = 1_000


class CardService:
    """One method a command."""

    def __init__(self, cards: Cards, rules: Iterable[Rule], terms: Callable[[], Terms], *, raises: bool = True) -> None:
        """``raises``: cards are raised and answered here; else at the city."""
        self._raises = raises
        self._cards = cards
        self._rules: Mapping[str, Rule] = {rule.id: rule for rule in rules}
        self._terms = terms

    def raise_cards(self, command: m.RaiseCards, context: Context) -> Outcome:
        """A card for each finding whose breach has none; a second look raises nothing."""
        _server_only(context.actor)
        fresh = {one.key: one for one in command.findings if one.key not in self._cards.keys}
        events = []
        for finding in fresh.values():
            rule = self._rules.get(finding.rule)
            if rule is None or not rule.severity.raises_card:
                continue
            involved = command.involved.get(finding.case, frozenset())
            card = raised(context.ids.new(), finding, rule, involved=involved, terms=self._terms())
            events.append(
                m.CardRaised(
                    card=card.id,
                    key=card.key,
                    rule=card.rule,
                    family=card.family,
                    severity=card.severity,
                    case=card.case,
                    number=card.number,
                    department=card.department,
                    hall=card.hall,
                    raised_at=card.raised_at,
                    reply_due=card.reply_due,
                    involved=tuple(sorted(involved)),
                    tell=rule.tell,
                    details=card.details,
                )
            )
        return Outcome(events=tuple(events), reply=lambda: [event.card for event in events])

    def deal(self, command: m.DealWithCard, context: Context) -> Outcome:
        """Do something with a card; replies with it.

        Raises:
            NotFound: ``card.unknown``. Refused: ``card.at_city``, ``card.changed``, and what `stepped` refuses.
            Forbidden: ``card.supervisors_only``, ``card.department_only``, ``card.involved``.
            Invalid: ``card.words_missing``, ``card.words_long``.
        """
        card = self._cards.get(command.card)
        if not self._raises:
            raise Refused("card.at_city", card=card.id)
        if command.seen != len(card.history):
            raise Refused("card.changed", seen=command.seen, now=len(card.history))
        if len(command.words) > WORDS_MOST:
            raise Invalid("card.words_long", field="words", most=WORDS_MOST)
        _check_post(context.actor, is_of_supervisor=command.deed in OF_SUPERVISOR, department=card.department)
        stepped(card, command.deed, by=str(context.actor), at=context.now, words=command.words)
        event = m.DEALT[command.deed](card=card.id, deed=command.deed, words=command.words.strip())
        return Outcome(events=(event,), reply=lambda: self._cards.get(card.id))

    def total(self, command: m.TotalDay, context: Context) -> Outcome:
        """Keep a day's totals, once."""
        _server_only(context.actor)
        if command.day in self._cards.days:
            return Outcome()
        return Outcome(events=(m.DayTotalled(day=command.day, departments=command.departments),))


def _check_post(actor: Actor, *, is_of_supervisor: bool, department: str) -> None:
    """Who supervises judges; who belongs to the department answers (受理、审批、监管分离)."""
    if is_of_supervisor:
        if not actor.may(Role.SUPERVISOR):
            raise Forbidden("card.supervisors_only")
    elif not actor.may(Role.EXAMINER, Role.LEADER) or department not in actor.departments:
        raise Forbidden("card.department_only")


def _server_only(actor: Actor) -> None:
    if not actor.may(Role.SYSTEM):
        raise Forbidden("card.server_only")
