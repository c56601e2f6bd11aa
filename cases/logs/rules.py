"""Which rules of supervision a log can tell of: the others would find what was never recorded."""

from __future__ import annotations

from collections.abc import Iterable

from cases.clocks.model import ClockKind
from cases.logs.mapping import Mapping
from cases.supervision import conditions as c
from cases.supervision.facts import Counted, Happening
from cases.supervision.rules import Rule

_COUNTED = {Counted.NOTICES: Happening.ASK_CORRECTION, Counted.EXTENSIONS: Happening.EXTEND}


def usable(rules: Iterable[Rule], mapping: Mapping) -> tuple[Rule, ...]:
    """The rules that the mapping names, or those whose steps and clocks the log has."""
    if mapping.rules:
        return tuple(rule for rule in rules if rule.id in mapping.rules)
    told = set(mapping.marks) | {Happening.RECEIVE}
    return tuple(rule for rule in rules if _is_told(rule.condition, told))


def _is_told(condition: c.AnyCondition, told: set[Happening]) -> bool:
    match condition:
        case c.Lit(clock=clock):
            return clock in {ClockKind.PROMISE, ClockKind.STATUTE}
        case c.Skipped(step=step, before=before):
            return {step, before} <= told
        case c.SamePerson(steps=steps):
            return set(steps) <= told
        case c.MoreThan(count=count):
            return _COUNTED.get(count) in told
        case c.Silent(after=after, until=until):
            return after in told and bool(told.intersection(until))
        case _:
            return False
