"""Extending a limit (延长): once, before the last day, by who may, with a reason and a document."""

from __future__ import annotations

from datetime import datetime

import msgspec

from cases.clocks.counting import due_day
from cases.clocks.limits import Limit
from cases.clocks.model import ClockFacts
from cases.clocks.terms import Terms
from hall_server.errors import Invalid, Refused


class Extension(msgspec.Struct, frozen=True, kw_only=True):
    """An extension that was asked for.

    Attributes:
        approver: who approved it, the head of the agency (of the government for joint handling). 行政许可法 42.
        reason: told to the applicant. document: number of the 延长期限通知书.
    """

    workdays: int
    at: datetime
    approver: str
    reason: str
    document: str


def extended(facts: ClockFacts, extension: Extension, *, limit: Limit, terms: Terms) -> ClockFacts:
    """The clock with the extension.

    Source: 行政许可法 42 (延长一次).

    Raises:
        Invalid: ``case.extension_incomplete`` or ``case.extension_length``, naming the field.
        Refused: ``case.extension_never``, ``case.clock_ended``, ``case.extended_already``, ``case.extension_late``.
    """
    for field in ("approver", "reason", "document"):
        if not getattr(extension, field).strip():
            raise Invalid("case.extension_incomplete", field=field)
    if not limit.extension_workdays:
        raise Refused("case.extension_never", limit=limit.kind.value)
    if not 1 <= extension.workdays <= limit.extension_workdays:
        raise Invalid("case.extension_length", field="workdays", most=limit.extension_workdays)
    if facts.ended_at is not None:
        raise Refused("case.clock_ended")
    if facts.extension_workdays:
        raise Refused("case.extended_already")
    due = due_day(facts, terms=terms, now=extension.at)
    if terms.day(extension.at) >= due:
        raise Refused("case.extension_late", due=due.isoformat())
    return msgspec.structs.replace(facts, extension_workdays=extension.workdays)
