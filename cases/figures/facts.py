"""What the figures need to know of a case: days and counts, nobody's name."""

from __future__ import annotations

from datetime import date

import msgspec

from cases.catalogue.model import CaseType
from cases.clocks.model import ClockNow
from cases.model import Channel, Outcome


class CaseFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One case as its events left it; the days are those of the hall.

    Attributes:
        is_one_window: accepted at the one window (一窗受理), not at a department's own.
        closed_on: when it was over in whatever way; None: it is open.
        is_withdrawn: 撤回: it counts in no rate.
        promise_workdays: the statute's where nothing was promised.
        used_workdays: from acceptance to decision net of special procedures; None: not decided.
        early_workdays: before the promise's last day; 0 where it was not early.
        is_over_promise, is_over_statute: when it was decided; of an open case: by now.
        notices: given for corrections (补正告知). is_notice_late: it came after its limit, or never.
        visits: how often the applicant came to the hall for it (跑动次数).
        materials_listed: that the matter's list names for this situation.
        materials_brought: of these, that the applicant had to bring.
    """

    case: str
    matter: str
    department: str
    hall: str = ""
    case_type: CaseType
    channel: Channel
    is_one_window: bool = True
    received_on: date
    accepted_on: date | None = None
    decided_on: date | None = None
    closed_on: date | None = None
    outcome: Outcome | None = None
    is_withdrawn: bool = False
    statute_workdays: int = 0
    promise_workdays: int = 0
    used_workdays: int | None = None
    suspended_workdays: int = 0
    early_workdays: int = 0
    is_over_promise: bool = False
    is_over_statute: bool = False
    notices: int = 0
    is_notice_late: bool = False
    visits: int = 1
    materials_listed: int = 0
    materials_brought: int = 0

    @property
    def is_immediate(self) -> bool:
        """Whether it is done on the spot (即办件)."""
        return self.case_type is CaseType.IMMEDIATE


def with_clocks(facts: CaseFacts, *, promise: ClockNow | None, statute: ClockNow) -> CaseFacts:
    """The facts with what the two decision clocks say; without a promise the statute's limit is the promise."""
    nearer = promise or statute
    return msgspec.structs.replace(
        facts,
        used_workdays=nearer.used_workdays if nearer.is_ended else None,
        suspended_workdays=nearer.suspended_workdays,
        early_workdays=max(0, nearer.ended_early_workdays or 0),
        is_over_promise=nearer.is_overdue,
        is_over_statute=statute.is_overdue,
    )
