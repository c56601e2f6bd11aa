"""What supervision shows: lights by department, open cards, ranking, 光荣榜 and 曝光台; who may see which part."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from cases.clocks.model import Light
from cases.clocks.terms import Terms
from cases.figures.facts import CaseFacts
from cases.figures.sums import Days
from cases.supervision.cards import OF_SUPERVISOR, Card, CardDeed
from cases.supervision.daily import DepartmentDay, Exposed, Honoured, Ranked, daily, exposed, honours, overdue_ranking
from cases.supervision.judging import Finding
from cases.supervision.rules import Rule, Severity, Tell
from cases.watch import messages as m
from cases.watch.lights import CaseLight
from cases.watch.state import Cards
from cases.watch.watching import ALL, Recount, Watch
from hall_server.identity import Actor, Role
from hall_server.messages import Recorded
from hall_server.web.routes import Access, roles

if TYPE_CHECKING:
    from hall_server.directory.directory import Directory

WATCHERS = roles(Role.SUPERVISOR, Role.MANAGER, Role.ADMIN, Role.LEADER, Role.EXAMINER)
_SEE_ALL = (Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)
CLOSED_DAYS = 30
CASES_MOST, CARDS_MOST = 300, 300


class RuleShown(msgspec.Struct, frozen=True, kw_only=True):
    """A rule's words."""

    id: str
    family: str
    name: str
    name_en: str
    severity: Severity
    reply_workdays: int
    source: str
    tell: tuple[Tell, ...]


class CardShown(msgspec.Struct, frozen=True, kw_only=True):
    """A card; ``deeds``: what the one who asks may do with it now; ``is_late``: nobody answered in time."""

    card: Card
    tell: tuple[Tell, ...]
    deeds: tuple[CardDeed, ...]
    is_late: bool


class Lit(msgspec.Struct, frozen=True, kw_only=True):
    """The open cases of a department by their lights."""

    department: str
    open: int
    lights: dict[Light, int]
    cards: int
    provisional: int


class SupervisionShown(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page.

    Attributes:
        is_raising: whether cards are raised here, or at the city.
        days: totals of past working days, the newest first.
    """

    now: datetime
    is_raising: bool
    only: tuple[str, ...] | None
    departments: dict[str, str]
    departments_en: dict[str, str]
    matters: dict[str, str]
    rules: tuple[RuleShown, ...]
    lit: tuple[Lit, ...]
    urgent: tuple[CaseLight, ...]
    cards: tuple[CardShown, ...]
    closed_cards: tuple[CardShown, ...]
    warnings: tuple[Finding, ...]
    ranking: tuple[Ranked, ...]
    honours: tuple[Honoured, ...]
    exposed: tuple[Exposed, ...]
    days: dict[date, tuple[DepartmentDay, ...]]
    recount: Recount | None


PAGE = "/supervision"


class SupervisionAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """What the boards of a place show, shaped as the dashboards' alarms.

    Attributes:
        code: ``supervision.red`` (red cards that are open), ``supervision.unanswered`` (cards nobody answered in
            time), ``supervision.over_law`` (open cases over the limit by law).
    """

    code: str
    since: datetime | None
    fields: dict[str, str | int | None]
    href: str | None = PAGE


class Pictures:
    """Makes the page's picture."""

    def __init__(
        self,
        watch: Watch,
        cards: Cards,
        rules: Iterable[Rule],
        directory: Directory,
        terms: Callable[[], Terms],
        now: Callable[[], datetime],
        matters: Callable[[], dict[str, str]],
    ) -> None:
        self._watch = watch
        self._cards = cards
        self._rules = tuple(_shown(rule) for rule in rules)
        self._directory = directory
        self._terms = terms
        self._now = now
        self._matters = matters
        self._known: tuple[tuple[int, Days], list[CaseFacts]] | None = None

    async def page(self, actor: Actor) -> SupervisionShown:
        """The picture for somebody: supervisors and managers see all, departments their own."""
        terms, now = self._terms(), self._now()
        today = terms.day(now)
        month = Days(first=today.replace(day=1), last=today)
        facts = await self._facts(month)
        every = tuple(self._watch.lights.values())
        cards = tuple(self._cards.by_id.values())
        warnings = self._watch.held.warned()
        return await asyncio.to_thread(self._page, actor, terms, now, month, facts, every, cards, warnings)

    def _page(
        self,
        actor: Actor,
        terms: Terms,
        now: datetime,
        month: Days,
        facts: list[CaseFacts],
        every_light: tuple[CaseLight, ...],
        every: tuple[Card, ...],
        warnings: Iterable[tuple[Finding, ...]],
    ) -> SupervisionShown:
        """In another thread: there may be a hundred thousand lights."""
        today, is_mine = terms.day(now), _mine(actor)
        lights = [one for one in every_light if is_mine(one.department)]
        cards = [card for card in every if is_mine(card.department)]
        totals = daily(facts, {one.case: one.light for one in every_light}, every, day=today, terms=terms)
        used = {one.matter for one in lights}
        return SupervisionShown(
            now=now,
            is_raising=self._watch.raises,
            only=None if actor.may(*_SEE_ALL) else tuple(sorted(actor.departments)),
            departments={id_: one.name for id_, one in self._directory.departments.items()},
            departments_en={id_: one.name_en or one.name for id_, one in self._directory.departments.items()},
            matters={id_: name for id_, name in self._matters().items() if id_ in used},
            rules=self._rules,
            lit=_lit(lights, cards),
            urgent=tuple(sorted((one for one in lights if one.light is not Light.GREEN), key=_urgency))[:CASES_MOST],
            cards=tuple(self._card(card, actor, now) for card in _open(cards))[:CARDS_MOST],
            closed_cards=tuple(self._card(card, actor, now) for card in _closed(cards, now))[:CARDS_MOST],
            warnings=tuple(islice((one for some in warnings for one in some if is_mine(one.department)), CARDS_MOST)),
            ranking=overdue_ranking(totals),
            honours=honours(facts, every, days=month, terms=terms),
            exposed=exposed(every, days=month, terms=terms),
            days=dict(sorted(self._cards.days.items(), reverse=True)[:CLOSED_DAYS]),
            recount=self._watch.recount,
        )

    def alarms(self) -> tuple[SupervisionAlarm, ...]:
        """For the boards of the place; counted as things change, so that a picture costs nothing."""
        cards, unanswered = self._cards, self._cards.unanswered(self._now())
        found = {
            "supervision.red": cards.open[Severity.RED],
            "supervision.unanswered": unanswered,
            "supervision.over_law": self._watch.held.lit()[Light.DOUBLE_RED],
        }
        since = {"supervision.unanswered": cards.oldest_reply()}
        return tuple(
            SupervisionAlarm(code=code, since=since.get(code), fields={"count": count})
            for code, count in found.items()
            if count
        )

    async def _facts(self, days: Days) -> list[CaseFacts]:
        """The facts of the month; counted again only where something changed or was looked at again."""
        key = (self._watch.version, days)
        if self._known is None or self._known[0] != key:
            self._known = (key, await self._watch.facts_by_now(days))
        return self._known[1]

    def _card(self, card: Card, actor: Actor, now: datetime) -> CardShown:
        return CardShown(
            card=card,
            tell=self._cards.tell.get(card.id, ()),
            deeds=tuple(deed for deed in card.allowed if self._watch.raises and _may(actor, card, deed, now)),
            is_late=card.is_reply_late(now),
        )


class SupervisionView:
    """``supervision/{all or a department}``: only that something changed; the page asks for what it may see."""

    access: Access = WATCHERS

    def __init__(self, watch: Watch, cards: Cards) -> None:
        self._watch = watch
        self._cards = cards

    def key_ok(self, key: str, actor: Actor) -> bool:
        """All for who sees all, a department for who belongs to it."""
        return actor.may(*_SEE_ALL) if key == ALL else key in actor.departments

    def picture(self, key: str) -> dict[str, object]:
        """Counts that change with what is to be seen."""
        held, of_department = self._watch.held, self._cards.of_department
        lit = held.lit(None if key == ALL else key)
        counts = of_department.values() if key == ALL else (of_department.get(key, (0, 0)),)
        lights = {light.value: many for light, many in lit.items() if many}
        cards, deeds = (sum(some) for some in zip((0, 0), *counts, strict=True))
        return {"open": sum(lights.values()), "lights": lights, "cards": cards, "deeds": deeds}

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """A card changed."""
        if isinstance(recorded.event, m.CardEvent):
            card = self._cards.by_id.get(recorded.event.card)
            return (ALL,) if card is None else (ALL, card.department)
        return (ALL,) if isinstance(recorded.event, m.DayTotalled) else ()


def _mine(actor: Actor) -> Callable[[str], bool]:
    if actor.may(*_SEE_ALL):
        return lambda department: True
    return lambda department: department in actor.departments


def _may(actor: Actor, card: Card, deed: CardDeed, now: datetime) -> bool:
    if deed in OF_SUPERVISOR:
        is_due = deed is not CardDeed.LAPSE or card.is_reply_late(now)
        return actor.may(Role.SUPERVISOR) and str(actor) not in card.involved and is_due
    return actor.may(Role.EXAMINER, Role.LEADER) and card.department in actor.departments


def _lit(lights: list[CaseLight], cards: list[Card]) -> tuple[Lit, ...]:
    departments = sorted({one.department for one in lights} | {one.department for one in cards if one.is_open})
    return tuple(_department(one, lights, cards) for one in departments)


def _department(department: str, lights: list[CaseLight], cards: list[Card]) -> Lit:
    own = [one for one in lights if one.department == department]
    counts = Counter(one.light for one in own)
    return Lit(
        department=department,
        open=len(own),
        lights={light: counts[light] for light in Light},
        cards=sum(card.is_open for card in cards if card.department == department),
        provisional=sum(one.is_provisional for one in own),
    )


def _urgency(one: CaseLight) -> tuple[int, int, date, str]:
    return -one.light.rank, -one.over_workdays, one.due or date.max, one.number


def _open(cards: list[Card]) -> list[Card]:
    return sorted(
        (one for one in cards if one.is_open), key=lambda one: (one.severity is not Severity.RED, one.reply_due, one.id)
    )


def _closed(cards: list[Card], now: datetime) -> list[Card]:
    since = now - timedelta(days=CLOSED_DAYS)
    ended = [one for one in cards if not one.is_open and one.history and one.history[-1].at >= since]
    return sorted(ended, key=lambda one: one.history[-1].at, reverse=True)


def _shown(rule: Rule) -> RuleShown:
    return RuleShown(
        id=rule.id, family=rule.family.value, name=rule.name, name_en=rule.name_en, severity=rule.severity,
        reply_workdays=rule.reply_workdays, source=rule.source, tell=rule.tell,
    )  # fmt: skip
