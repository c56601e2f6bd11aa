"""Attendance counted again from the journal's rows alone: one shift from nine to five, punches, a manager's word."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN, END = time(9), time(17)
Row = tuple[Any, ...]
"""seq, at, business_day, type, payload."""


def days_of(rows: Iterable[Row], first: date, last: date) -> list[dict[str, Any]]:
    """What each day was for each person that has a rota: a dictionary a person and day."""
    rotas: dict[str, tuple[date, list[list[str]]]] = {}
    departments: dict[str, str] = {}
    punches: dict[tuple[str, date], list[datetime]] = {}
    absent: set[tuple[str, date]] = set()
    for _, _, _, kind, payload in rows:
        event = json.loads(payload)
        if kind == "attendance.rota_set":
            rotas[event["staff"]] = (date.fromisoformat(event["rota"]["from_day"]), event["rota"]["week"])
        elif kind == "attendance.department_set":
            departments[event["staff"]] = event["department"]
        elif kind == "attendance.day_decided" and event["word"] == "absent":
            absent.add((event["staff"], date.fromisoformat(event["day"])))
        elif kind == "attendance.punches_taken":
            for one in event["punches"]:
                if one["staff"] and one["counts_at"]:
                    at = datetime.fromisoformat(one["counts_at"]).astimezone(ZONE)
                    punches.setdefault((one["staff"], at.date()), []).append(at)
    found = []
    for staff, (since, week) in rotas.items():
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            works = day >= since and bool(week[day.weekday()])
            of = {"staff": staff, "department": departments.get(staff, ""), "day": day}
            of |= {"weekday": str(day.isoweekday()), "works": works}
            found.append(of | _judged(works, sorted(punches.get((staff, day), [])), (staff, day) in absent))
    return found


def _judged(works: bool, stamps: list[datetime], is_absent: bool) -> dict[str, int]:
    was = dict.fromkeys(("normal", "late", "early", "missing", "no_punch", "absent", "overtime"), 0)
    was |= {"late_min": 0, "early_min": 0, "overtime_min": 0}
    if not works:
        minutes = int((stamps[-1] - stamps[0]).total_seconds() // 60) if stamps else 0
        return was | ({"overtime": 1, "overtime_min": minutes} if minutes >= 30 else {})
    if not stamps:
        return was | ({"absent": 1} if is_absent else {"no_punch": 1})
    begin = stamps[0].replace(hour=BEGIN.hour, minute=0, second=0)
    end = stamps[0].replace(hour=END.hour, minute=0, second=0)
    first, last = stamps[0], stamps[-1] if len(stamps) > 1 else None
    late, early = int((first - begin).total_seconds() // 60), 0
    if late >= 1:
        was |= {"late": 1, "late_min": late}
    if last is None:
        was["missing"] = 1
    elif last < end:
        early = max(1, int((end - last).total_seconds() // 60))
        was |= {"early": 1, "early_min": early}
    elif (over := int((last - end).total_seconds() // 60)) >= 30:
        was |= {"overtime": 1, "overtime_min": over}
    was["normal"] = int(not any(was[name] for name in ("late", "early", "missing", "overtime")))
    return was


def figures(days: list[dict[str, Any]]) -> dict[str, tuple[int, int | None]]:
    """Numerator and denominator of every figure."""
    work = sum(one["works"] for one in days)

    def n(name: str) -> int:
        return sum(one[name] for one in days)

    counts = ("normal", "late", "early", "missing", "no_punch", "absent", "overtime", *_MINUTES)
    return {
        "people": (len({one["staff"] for one in days if one["works"]}), None),
        "work_days": (work, None),
        **{name: (n(name), None) for name in counts},
        **{f"{name}_rate": (n(name), work) for name in ("normal", "late", "early", "no_punch", "absent")},
        **{name: (0, None) for name in ("leave", "trip")},
    }


_MINUTES = ("late_min", "early_min", "overtime_min")
