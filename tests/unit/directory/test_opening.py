"""The hall's hours: spans of the day, the last ticket, holidays and adjusted weekends."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hall_server.directory.calendar import from_years, read_years
from hall_server.directory.model import Hours, Span
from hall_server.directory.opening import Opening

CHINA = ZoneInfo("Asia/Shanghai")
CALENDAR = from_years(read_years(Path(__file__).resolve().parents[3] / "config" / "calendar"))
DAY = (Span(open="09:00", close="12:00"), Span(open="13:30", close="17:00"))
OFFICE = Opening(Hours(days=(DAY,) * 5 + ((), ()), last_ticket_minutes=10), CALENDAR)
ALWAYS = Opening(Hours(days=((Span(open="00:00", close="24:00"),),) * 7, follows_calendar=False), CALENDAR)
WEEKEND = Opening(Hours(days=(DAY,) * 6 + ((),)), CALENDAR)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def test_open_in_its_spans_and_closed_at_noon() -> None:
    assert OFFICE.span_at(at("2026-11-23 08:59:59")) is None
    morning = OFFICE.span_at(at("2026-11-23 09:00"))
    assert morning is not None
    assert (morning.closes, morning.last_ticket) == (at("2026-11-23 12:00"), at("2026-11-23 11:50"))
    assert OFFICE.span_at(at("2026-11-23 12:00")) is None
    assert OFFICE.closes_for_the_day(at("2026-11-23 08:00")) == at("2026-11-23 17:00")


def test_no_ticket_in_the_last_minutes() -> None:
    assert OFFICE.takes_tickets(at("2026-11-23 11:49:59"))
    assert not OFFICE.takes_tickets(at("2026-11-23 11:50"))
    assert OFFICE.span_at(at("2026-11-23 11:50")) is not None


def test_closed_on_weekends_and_holidays_and_open_on_adjusted_ones() -> None:
    assert not OFFICE.takes_tickets(at("2026-11-22 10:00"))  # Sunday
    assert not OFFICE.takes_tickets(at("2026-10-01 10:00"))  # National Day, a Thursday
    assert OFFICE.takes_tickets(at("2026-01-04 10:00"))  # a Sunday that is worked
    assert OFFICE.closes_for_the_day(at("2026-10-01 10:00")) is None


def test_a_hall_open_on_saturdays_still_closes_on_a_holiday() -> None:
    assert WEEKEND.takes_tickets(at("2026-11-21 10:00"))
    assert not WEEKEND.takes_tickets(at("2026-01-03 10:00"))  # a Saturday within New Year


def test_the_demonstration_is_open_at_any_moment() -> None:
    moment = at("2026-10-01 00:00")
    assert all(ALWAYS.takes_tickets(moment + timedelta(minutes=minutes)) for minutes in range(0, 3 * 1440, 7))


def test_the_next_opening_steps_over_a_holiday() -> None:
    assert OFFICE.next_opening(at("2026-11-23 12:30")) == at("2026-11-23 13:30")
    assert OFFICE.next_opening(at("2026-11-20 18:00")) == at("2026-11-23 09:00")
    assert OFFICE.next_opening(at("2026-09-30 18:00")) == at("2026-10-08 09:00")
    assert Opening(Hours(days=((),) * 7, follows_calendar=False), CALENDAR).next_opening(at("2026-11-20 18:00")) is None
