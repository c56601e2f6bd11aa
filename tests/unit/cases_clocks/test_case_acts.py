"""Late notices, hearings, inspectors and extensions, with the article of each."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cases.clocks import acts
from cases.clocks.extending import Extension, extended
from cases.clocks.limits import LIMITS, LimitKind
from cases.clocks.model import ClockFacts, ClockKind
from cases.clocks.terms import Terms
from hall_server.directory.calendar import from_years, read_years
from hall_server.errors import DomainError, Invalid, Refused

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = from_years(read_years(Path(__file__).resolve().parents[3] / "config" / "calendar"))
TERMS = Terms(calendar=CALENDAR, zone=ZONE, closes=time(17, 30))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


RECEIVED = at("2026-11-23T09:00")  # a Monday: the notice is due on Monday, the 30th


@pytest.mark.parametrize(
    ("noticed", "now", "as_of"),
    [
        (None, "2026-11-30T17:30", None),
        (None, "2026-11-30T17:31", RECEIVED),  # nobody said anything
        ("2026-11-30T17:30", "2026-12-10T09:00", None),
        ("2026-12-01T09:00", "2026-12-10T09:00", RECEIVED),  # the notice came late
        ("2026-11-23T09:05", "2026-12-10T09:00", None),  # on the spot
    ],
)
def test_a_late_notice_means_accepted_as_of_the_day_of_receipt(
    noticed: str | None, now: str, as_of: datetime | None
) -> None:
    """行政许可法 32(四): 逾期不告知的，自收到申请材料之日起即为受理."""
    given = None if noticed is None else at(noticed)
    assert acts.notice_due(RECEIVED, terms=TERMS) == at("2026-11-30T17:30")
    assert acts.accepted_as_of(received_at=RECEIVED, noticed_at=given, now=at(now), terms=TERMS) == as_of


@pytest.mark.parametrize(
    ("noticed", "accepted", "starts"),
    [
        (None, "2026-11-24T09:00", "2026-11-24T09:00"),
        (None, "2026-12-02T09:00", "2026-11-23T09:00"),  # accepted without a word until after the limit
        ("2026-11-25T09:00", "2026-12-08T09:00", "2026-12-08T09:00"),  # told in time; the applicant took a while
        ("2026-12-01T09:00", "2026-12-08T09:00", "2026-11-23T09:00"),  # told late: nothing the applicant does matters
    ],
)
def test_the_decision_clock_runs_from_receipt_where_the_notice_was_late(
    noticed: str | None, accepted: str, starts: str
) -> None:
    """行政许可法 32(四), 42."""
    given = None if noticed is None else at(noticed)
    found = acts.decision_starts(received_at=RECEIVED, noticed_at=given, accepted_at=at(accepted), terms=TERMS)
    assert found == at(starts)


def test_a_hearing_is_asked_for_held_and_told_in_time() -> None:
    """行政许可法 47, 48(一)."""
    assert acts.hearing_ask_until(RECEIVED, terms=TERMS) == at("2026-11-30T17:30")
    assert acts.hearing_hold_until(RECEIVED, terms=TERMS) == at("2026-12-21T17:30")
    assert acts.hearing_tell_by(date(2026, 12, 21), terms=TERMS) == date(2026, 12, 10)


def test_inspectors_are_named_and_licences_delivered_in_time() -> None:
    """行政许可法 55, 44."""
    assert acts.inspectors_due(RECEIVED, terms=TERMS) == at("2026-11-30T17:30")
    assert acts.delivery_due(RECEIVED, terms=TERMS) == at("2026-12-07T17:30")


def test_a_wrong_hall_clock_is_flagged() -> None:
    """A clock a day behind would make every notice late, or none."""
    most = timedelta(minutes=2)
    assert acts.is_clock_wrong(RECEIVED - timedelta(days=1), RECEIVED, most=most)
    assert acts.is_clock_wrong(RECEIVED + timedelta(minutes=3), RECEIVED, most=most)
    assert not acts.is_clock_wrong(RECEIVED + timedelta(minutes=2), RECEIVED, most=most)


STATUTE = ClockFacts(kind=ClockKind.STATUTE, started_at=at("2026-11-02T09:00"), limit_workdays=20)  # due on 30 November
ASKED = Extension(
    workdays=10, at=at("2026-11-27T16:00"), approver="s01", reason="需补充核查经营场所", document="延〔2026〕12号"
)


def test_an_extension_is_once_before_the_last_day_by_whom_with_reason_and_document() -> None:
    """行政许可法 42."""
    longer = extended(STATUTE, ASKED, limit=LIMITS[LimitKind.DECISION], terms=TERMS)
    assert longer.extension_workdays == 10
    with pytest.raises(Refused, match=r"case\.extended_already"):
        extended(longer, ASKED, limit=LIMITS[LimitKind.DECISION], terms=TERMS)


def test_a_sunday_before_the_last_day_is_before_it() -> None:
    asked = msgspec.structs.replace(ASKED, at=at("2026-11-29T16:00"))
    assert extended(STATUTE, asked, limit=LIMITS[LimitKind.DECISION], terms=TERMS).extension_workdays == 10


@pytest.mark.parametrize(
    ("changes", "limit", "kind", "code", "field"),
    [
        ({"approver": ""}, LimitKind.DECISION, Invalid, "case.extension_incomplete", "approver"),
        ({"reason": "  "}, LimitKind.DECISION, Invalid, "case.extension_incomplete", "reason"),
        ({"document": ""}, LimitKind.DECISION, Invalid, "case.extension_incomplete", "document"),
        ({"workdays": 11}, LimitKind.DECISION, Invalid, "case.extension_length", "workdays"),
        ({"workdays": 0}, LimitKind.DECISION, Invalid, "case.extension_length", "workdays"),
        ({"workdays": 16}, LimitKind.JOINT, Invalid, "case.extension_length", "workdays"),
        ({}, LimitKind.LOWER_LEVEL, Refused, "case.extension_never", "limit"),
        ({"at": at("2026-11-30T09:00")}, LimitKind.DECISION, Refused, "case.extension_late", "due"),
        ({"at": at("2026-12-04T09:00")}, LimitKind.DECISION, Refused, "case.extension_late", "due"),
    ],
)
def test_any_other_extension_is_refused(
    changes: dict[str, object], limit: LimitKind, kind: type[DomainError], code: str, field: str
) -> None:
    """行政许可法 42, 43."""
    asked = msgspec.structs.replace(ASKED, **changes)
    with pytest.raises(kind) as refusal:
        extended(STATUTE, asked, limit=LIMITS[limit], terms=TERMS)
    assert refusal.value.code == code
    assert field in {*refusal.value.fields, refusal.value.fields.get("field")}


def test_a_clock_that_ended_is_not_extended() -> None:
    ended = msgspec.structs.replace(STATUTE, ended_at=at("2026-11-20T09:00"))
    with pytest.raises(Refused, match=r"case\.clock_ended"):
        extended(ended, ASKED, limit=LIMITS[LimitKind.DECISION], terms=TERMS)
