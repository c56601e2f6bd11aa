"""The calling order as a person would write it down: one sort of everybody by the words of the rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hall_queue.model import Rank, Ticket
from hall_queue.rulebook import Rulebook
from hall_server.directory.model import Express, Window

BY_CLASS = (Rank.PRIORITY, Rank.DUE, Rank.NORMAL)  # who is neither sent for, nor pinned, nor too long here


@dataclass
class PlainOrder:
    """Everybody who waits; slow, and written from the rule, not from the product.

    Attributes:
        turns: so many of the window's next calls go to the longest wait.
    """

    tickets: Iterable[Ticket]
    now: datetime
    rules: Rulebook
    turns: int = 0

    def order(self, window: Window, staff: str | None) -> list[tuple[Rank, Ticket]]:
        """Everybody the window may take, with the class, first to last."""
        able = sorted((t for t in self.tickets if self.may_take(window, staff, t)), key=lambda t: self.key(window, t))
        free = [t for t in able if self.rank(t) in BY_CLASS]
        longest = sorted(free, key=lambda t: (t.arrival, t.serial))[: self.turns]
        fixed = [(self.rank(t), t) for t in able if t not in free]
        return [*fixed, *((Rank.TURN, t) for t in longest), *((self.rank(t), t) for t in free if t not in longest)]

    def next(self, window: Window, staff: str | None) -> tuple[Rank, Ticket] | None:
        """Who is called: the first whom the window has not put back to take another first, else the first at all."""
        everybody = list(self.tickets)
        for those in ([t for t in everybody if t.skipped_by != window.id], everybody):
            if found := PlainOrder(those, self.now, self.rules, self.turns).order(window, staff):
                return found[0]
        return None

    def is_favoured(self, window: Window, staff: str | None, rank: Rank, called: Ticket) -> bool:
        """Whether somebody of these classes, whom the window may take now, has waited longer."""
        if self.rules.hall.ratio is None or rank not in BY_CLASS:
            return False
        others = [t for t in self.tickets if t.skipped_by != window.id and self.may_take(window, staff, t)]
        mine = (called.arrival, called.serial)
        return any(self.rank(t) in BY_CLASS and (t.arrival, t.serial) < mine for t in others)

    def may_take(self, window: Window, staff: str | None, t: Ticket) -> bool:
        """Whether the ticket may be called there now."""
        if self.is_barred(window, t) or self.is_to_come(t):
            return False
        if t.directed_window:
            return t.directed_window == window.id
        if t.directed_staff:
            return t.directed_staff == staff and self.has_skill(window, t)
        return t.line in window.lines and self.has_skill(window, t)

    def is_barred(self, window: Window, t: Ticket) -> bool:
        """Whether this window gave it away and may not yet have it back."""
        return t.barred_window == window.id and (t.barred_until is None or self.now <= t.barred_until)

    def is_to_come(self, t: Ticket) -> bool:
        """Whether its slot has not begun; a hand that pins or directs it does not ask for that."""
        by_hand = t.pinned or t.directed_window or t.directed_staff
        return t.due is not None and t.due > self.now and not by_hand

    def has_skill(self, window: Window, t: Ticket) -> bool:
        """Whether the window serves its matter; who has no matter yet may come to any that takes all sorts."""
        if window.express is Express.ONLY and not t.express:
            return False
        return not window.matters or t.matter is None or t.matter in window.matters

    def rank(self, t: Ticket) -> Rank:
        """The class of a ticket, turns left aside."""
        if t.directed_window:
            return Rank.RETURNED if t.returned else Rank.DIRECTED
        if t.directed_staff:
            return Rank.DIRECTED
        if t.pinned:
            return Rank.PINNED
        ageing_s = self.rules.of(t.line).ageing_s
        if ageing_s and self.now - t.arrival >= timedelta(seconds=ageing_s):
            return Rank.AGED
        if t.priority:
            return Rank.PRIORITY
        return Rank.DUE if t.due else Rank.NORMAL

    def key(self, window: Window, t: Ticket) -> tuple[int, bool, int, datetime, int]:
        """Class; within the last three what takes a moment and what the window prefers; then the wait."""
        rank = self.rank(t)
        by_class = rank in BY_CLASS
        is_later = by_class and window.express is Express.FIRST and not t.express
        tier = window.lines.index(t.line) if by_class and self.rules.hall.preference else 0
        return (rank, is_later, tier, t.arrival, t.serial)
