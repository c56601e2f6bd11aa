"""Whether a case breaks a rule: one function for each condition, all of them pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import combinations

import msgspec

from cases.clocks.model import ClockNow
from cases.clocks.terms import Terms
from cases.supervision import conditions as c
from cases.supervision.facts import Done, Happening, Supervised
from cases.supervision.rules import Family, Rule, Scope, Severity

Details = dict[str, str | int]
"""What a finding says beside its rule; no names of people."""


class Finding(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A case breaks a rule.

    Attributes:
        part: which of several like things (the step of a node's clock); empty: the case.
        details: of what was found, for the words of a card.
    """

    rule: str
    family: Family
    severity: Severity
    case: str
    number: str
    department: str
    hall: str
    seen_at: datetime
    part: str = ""
    details: Details = {}

    @property
    def key(self) -> str:
        """The same breach has the same key however often it is looked at: it raises one card."""
        return f"{self.rule}:{self.case}:{self.part}"


def judge(rule: Rule, case: Supervised, *, terms: Terms, now: datetime) -> Finding | None:
    """Whether a case breaks a rule; the first breach where there are several."""
    return next(_findings(rule, case, terms, now), None)


def judged(rules: Iterable[Rule], case: Supervised, *, terms: Terms, now: datetime) -> Iterator[Finding]:
    """Every breach of every rule."""
    for rule in rules:
        yield from _findings(rule, case, terms, now)


def _findings(rule: Rule, case: Supervised, terms: Terms, now: datetime) -> Iterator[Finding]:
    if not rule.is_active or not _is_about(rule.scope, case):
        return
    for part, details in _breaches(rule.condition, case, terms, now):
        yield Finding(
            rule=rule.id,
            family=rule.family,
            severity=rule.severity,
            case=case.case,
            number=case.number,
            department=case.department,
            hall=case.hall,
            seen_at=now,
            part=part,
            details=details,
        )


def _is_about(scope: Scope, case: Supervised) -> bool:
    wanted = (
        (scope.departments, case.department),
        (scope.matters, case.matter),
        (scope.halls, case.hall),
        (scope.case_types, case.case_type),
        (scope.outcomes, case.outcome),
    )
    is_joint = scope.is_joint is None or scope.is_joint == case.is_joint
    return is_joint and all(not among or one in among for among, one in wanted)


def _breaches(
    condition: c.AnyCondition, case: Supervised, terms: Terms, now: datetime
) -> Iterator[tuple[str, Details]]:
    match condition:
        case c.Lit():
            yield from _lit(condition, case)
        case c.Skipped(step=step, before=before):
            yield from _skipped(case, step, before)
        case c.SamePerson(steps=steps):
            yield from _same_person(case, steps)
        case c.MoreThan(count=count, most=most):
            if case.counts.get(count, 0) > most:
                yield "", {"count": count.value, "found": case.counts[count], "most": most}
        case c.FewerThan(count=count, least=least, after=after):
            if case.first(after) is not None and case.counts.get(count, 0) < least:
                yield "", {"count": count.value, "found": case.counts.get(count, 0), "least": least}
        case c.Without(proof=proof, after=after):
            if case.first(after) is not None and proof not in case.proofs:
                yield "", {"proof": proof.value, "after": after.value}
        case c.Silent():
            yield from _silent(condition, case, terms, now)
        case c.Overcharged():
            if case.fee_charged_fen > (case.fee_listed_fen or 0):
                yield "", {"charged_fen": case.fee_charged_fen, "listed_fen": case.fee_listed_fen or 0}
        case c.ClockOff(most_s=most_s):
            if case.clock_off_s is not None and abs(case.clock_off_s) > most_s:
                yield "", {"off_s": case.clock_off_s, "most_s": most_s}


def _lit(condition: c.Lit, case: Supervised) -> Iterator[tuple[str, Details]]:
    for clock in case.clocks:
        is_meant = clock.kind is condition.clock and condition.node in {"", clock.node}
        if is_meant and clock.light.is_at_least(condition.least):
            yield clock.node, _of_clock(clock)


def _of_clock(clock: ClockNow) -> Details:
    return {
        "clock": clock.kind.value,
        "node": clock.node,
        "light": clock.light.value,
        "due": clock.due.isoformat(),
        "left_workdays": clock.left_workdays,
    }


def _skipped(case: Supervised, step: Happening, before: Happening) -> Iterator[tuple[str, Details]]:
    for one in case.done:
        if one.what is step:
            return
        if one.what is before:
            yield "", {"step": step.value, "before": before.value}
            return


def _same_person(case: Supervised, steps: tuple[Happening, ...]) -> Iterator[tuple[str, Details]]:
    people = {step: {one.by for one in case.done if one.what is step and one.by} for step in steps}
    for first, second in combinations(dict.fromkeys(steps), 2):
        if people[first] & people[second]:
            yield f"{first.value}+{second.value}", {"step": first.value, "other": second.value}


def _silent(condition: c.Silent, case: Supervised, terms: Terms, now: datetime) -> Iterator[tuple[str, Details]]:
    begun = case.last(condition.after)
    if begun is None or any(_follows(one, begun, condition.until) for one in case.done):
        return
    if now > terms.close_of(terms.calendar.add_workdays(terms.day(begun.at), condition.workdays)):
        yield "", {"after": condition.after.value, "workdays": terms.workdays_between(begun.at, now)}


def _follows(one: Done, begun: Done, until: tuple[Happening, ...]) -> bool:
    return one.what in until and one.at >= begun.at
