"""What follows from a limit that passed, and when a hearing may be: notice, acceptance, hearing, inspectors."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from cases.clocks.limits import LIMITS, LimitKind, last_day
from cases.clocks.terms import Terms


def notice_due(received_at: datetime, *, terms: Terms) -> datetime:
    """Until when the one notice of everything missing must be given. Source: 行政许可法 32(四)."""
    return _close(LimitKind.NOTICE, received_at, terms)


def accepted_as_of(
    *, received_at: datetime, noticed_at: datetime | None, now: datetime, terms: Terms
) -> datetime | None:
    """When an application counts as accepted because the notice came too late, or not at all: when it was received.

    Source: 行政许可法 32(四) (逾期不告知的，自收到申请材料之日起即为受理).

    Args:
        received_at: of a corrected application when the corrections were handed in.
        noticed_at: when the notice, the acceptance or the refusal to accept was given; None: not yet.

    Returns:
        None while the limit runs, and where it was kept.
    """
    return received_at if (noticed_at or now) > notice_due(received_at, terms=terms) else None


def decision_starts(
    *, received_at: datetime, noticed_at: datetime | None, accepted_at: datetime, terms: Terms
) -> datetime:
    """From when the decision clocks run: from acceptance, or from receipt where the notice came too late.

    Args:
        noticed_at: None: nothing was missing and acceptance was the first answer.
    """
    first_answer = accepted_at if noticed_at is None else noticed_at
    return accepted_as_of(received_at=received_at, noticed_at=first_answer, now=first_answer, terms=terms) or (
        accepted_at
    )


def hearing_ask_until(told_at: datetime, *, terms: Terms) -> datetime:
    """Until when a hearing may be asked for, after its right was told. Source: 行政许可法 47."""
    return _close(LimitKind.HEARING_ASK, told_at, terms)


def hearing_hold_until(asked_at: datetime, *, terms: Terms) -> datetime:
    """Until when a hearing must be held. Source: 行政许可法 47."""
    return _close(LimitKind.HEARING_HOLD, asked_at, terms)


def hearing_tell_by(hearing: date, *, terms: Terms) -> date:
    """The last day to tell when and where a hearing is: seven working days before. Source: 行政许可法 48(一)."""
    return last_day(LIMITS[LimitKind.HEARING_TELL], hearing, terms.calendar)


def inspectors_due(accepted_at: datetime, *, terms: Terms) -> datetime:
    """Until when two or more inspectors must be named. Source: 行政许可法 55."""
    return _close(LimitKind.INSPECTORS, accepted_at, terms)


def delivery_due(decided_at: datetime, *, terms: Terms) -> datetime:
    """Until when a licence must be made and delivered. Source: 行政许可法 44."""
    return _close(LimitKind.DELIVERY, decided_at, terms)


def is_clock_wrong(said_at: datetime, known_at: datetime, *, most: timedelta) -> bool:
    """Whether a hall's clock is too far from the city's for its moments to be believed unseen.

    Args:
        said_at: the moment by the hall. known_at: the same moment by the city (of a live connection).
    """
    return abs(said_at - known_at) > most


def _close(kind: LimitKind, start: datetime, terms: Terms) -> datetime:
    return terms.close_of(last_day(LIMITS[kind], terms.day(start), terms.calendar))
