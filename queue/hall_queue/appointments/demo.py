"""Slots for a demonstration hall, so that its booking page has something to offer from the first start."""

from __future__ import annotations

from hall_queue.appointments.messages import SavePlan
from hall_queue.appointments.model import LinePlan, Plan, WeekRow
from hall_server.directory.directory import Directory

_WEEKDAYS = (1, 2, 3, 4, 5)
_LINES = 4


def demo_plans(directory: Directory) -> list[SavePlan]:
    """Half hours in the morning and in the afternoon for the first lines; the others give numbers only."""
    rows = (
        WeekRow(weekdays=_WEEKDAYS, begin="09:00", end="12:00", minutes=30, quota=4),
        WeekRow(weekdays=_WEEKDAYS, begin="13:30", end="17:00", minutes=30, quota=3),
    )
    plan = LinePlan(plans=(Plan(rows=rows),))
    lines = directory.lines_in_order()[:_LINES]
    return [SavePlan(line=line.id, plan=plan, reason="演示 demonstration") for line in lines]
