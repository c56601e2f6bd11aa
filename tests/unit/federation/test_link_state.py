"""What the manager's board says of the link."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hall_server.federation.state import LinkState, LinkStatus

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_a_hall_without_a_city_has_no_alarm() -> None:
    assert LinkState().alarms(NOW, 1_000) == []


def test_a_short_break_is_no_alarm_and_a_long_one_says_what_waits() -> None:
    state = LinkState(status=LinkStatus.OFFLINE, reason="unreached", since=NOW, acknowledged=40)
    assert state.alarms(NOW + timedelta(minutes=9), 100) == []
    [alarm] = state.alarms(NOW + timedelta(minutes=10), 100)
    assert (alarm.code, alarm.fields, alarm.since) == (
        "federation.offline",
        {"behind": 60, "reason": "unreached"},
        NOW,
    )


def test_what_needs_somebody_is_an_alarm_at_once() -> None:
    for reason in ("federation.unknown", "federation.certificate_expired", "federation.city_certificate"):
        state = LinkState(status=LinkStatus.OFFLINE, reason=reason, since=NOW)
        assert [alarm.fields["reason"] for alarm in state.alarms(NOW, 0)] == [reason]


def test_quarantine_refused_items_and_a_wrong_clock_stand_beside_each_other() -> None:
    state = LinkState(
        status=LinkStatus.QUARANTINED, since=NOW, refused=2, last_refused="case.step", clock_off_s=-86_400
    )
    assert [alarm.code for alarm in state.alarms(NOW, 7)] == [
        "federation.quarantined",
        "federation.refused",
        "federation.clock",
    ]
