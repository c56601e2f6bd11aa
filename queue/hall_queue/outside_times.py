"""When numbers are given to those who are not in the hall yet, and by when they must be there."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from hall_queue.hours import TakingHours
from hall_queue.rulebook import Rules
from hall_server.errors import Refused


class OutsideTimes(msgspec.Struct, frozen=True, kw_only=True):
    """The span around an opening in which numbers are given outside, in hall time.

    Attributes:
        opens: the opening it belongs to; None in a hall without hours, which gives numbers at any time.
        begins, ends: the span; None: without an end.
    """

    opens: datetime | None
    begins: datetime | None
    ends: datetime | None


def times(rules: Rules, taking: TakingHours, now: datetime) -> OutsideTimes | None:
    """The span that holds now or comes next; None where the hall does not open within a month."""
    if taking.is_always:
        return OutsideTimes(opens=None, begins=None, ends=None)
    opens = taking.opening(now)
    if opens is not None and now > opens + timedelta(seconds=rules.outside_after_s):
        opens = taking.next_opening(now) or opens
    elif opens is None:
        opens = taking.next_opening(now)
    if opens is None:
        return None
    before, after = timedelta(seconds=rules.outside_before_s), timedelta(seconds=rules.outside_after_s)
    midnight = opens.replace(hour=0, minute=0, second=0, microsecond=0)  # the number is one of the day of the opening
    return OutsideTimes(opens=opens, begins=max(midnight, opens - before), ends=opens + after)


def check(rules: Rules, taking: TakingHours, line: str, now: datetime) -> None:
    """Refuse a number for somebody outside; every refusal says what to do instead.

    Raises:
        Refused: ``outside.off``, ``outside.not_now`` with ``begins`` (the next time), ``outside.closed``; once the hall
            is open also ``hall.last_ticket``.
    """
    if not rules.outside:
        raise Refused("outside.off", line=line, instead="come")
    found = times(rules, taking, now)
    if found is None:
        raise Refused("outside.closed", instead="appointment")
    if found.begins is None or found.ends is None:
        return
    local = taking.local(now)
    if not found.begins <= local <= found.ends:
        raise Refused("outside.not_now", begins=found.begins, opens=found.opens, ends=found.ends, instead="come")
    if taking.closes(now) is not None:
        taking.check(now)


def here_by(rules: Rules, taking: TakingHours, now: datetime) -> datetime:
    """By when whoever takes a number now must be in the hall: counted from the opening where it is still to come."""
    opens = None if taking.is_always or taking.opening(now) is not None else taking.next_opening(now)
    begin = now if opens is None else max(now, opens)
    return begin + timedelta(seconds=rules.outside_come_s)
