"""Figures of ratings counted again from nothing but the journal's rows: plain Python, no tables, no structs."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hall_server.journal.rows import moment

ZONE = ZoneInfo("Asia/Shanghai")
UNASKED = {"qr", "phone", "terminal", "telephone"}
ROWS = "SELECT seq, at, business_day, type, payload FROM journal ORDER BY seq"


def recount(rows: list[tuple[Any, ...]], matters: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Everything that can be counted: one dictionary a rating, served matter or order.

    Args:
        matters: matter → its department and its line.
    """
    departments = {matter: department for matter, (department, _) in matters.items()}
    tickets: dict[str, dict[str, Any]] = {}
    ratings: dict[str, dict[str, Any]] = {}
    served: dict[tuple[str, str], dict[str, Any]] = {}
    orders: dict[str, dict[str, Any]] = {}
    for seq, at, day, kind, payload in rows:
        event = json.loads(payload)
        if kind == "ticket.issued":
            hour = f"{moment(at).astimezone(ZONE).hour:02d}"
            number = {"hour": hour, "taken": event["channel"], "priority": event["priority"] or ""}
            tickets[event["ticket"]] = number | {"of_visit": event["line"]}
        elif kind == "rating.given":
            matter = event["matter"] or ""
            event |= {"kind": "rating", "day": day, "marks": set(event["marks"]), "matter": matter}
            ratings[event["rating"]] = event | {
                "department": departments.get(matter, ""),
                "staff": event["staff"] or "",
            }
        elif kind in {"rating.detailed", "rating.changed"}:
            names = ("aspects", "reasons", *(["level"] if kind == "rating.changed" else []))
            ratings[event["rating"]] |= {name: event[name] for name in names}
        elif kind == "rating.marked":
            marks = ratings[event["rating"]]["marks"]
            (marks.add if event["on"] else marks.discard)(event["mark"])
        elif kind == "ticket.finished":
            for matter in event["outcomes"] or [""]:
                about = {"kind": "served", "day": day, "window": event["window"], "staff": event["staff"] or ""}
                whose = {"matter": matter, "department": departments.get(matter, ""), "seq": seq}
                served.setdefault((event["ticket"], matter), about | whose)
        elif kind == "order.opened":
            more = {"kind": "order", "day": day, "fixed": None, "contacted": None, "revisited": None, "out": False}
            orders[event["order"]] = event | more | {"back": False, "content": None, "staff": event["staff"] or ""}
        elif kind.startswith("order."):
            _step(orders[event["order"]], kind, event, moment(at))
    for (ticket, matter), one in served.items():
        one["rated"] = any(r["ticket"] == ticket and r["matter"] == matter for r in ratings.values())
        one["ticket"] = ticket
    for one in orders.values():
        given = ratings[one["rating"]]
        one |= {"channel": given["channel"], "matter": given["matter"], "department": one["department"] or ""}
        one |= {name: datetime.fromisoformat(one[name]) for name in ("contact_due", "fix_due")}
    things = [*ratings.values(), *served.values(), *orders.values()]
    for one in things:
        number = tickets[one["ticket"]]
        day = date.fromisoformat(one["day"])
        one |= {**number, "month": one["day"][:7], "weekday": str(day.isoweekday())}
        one["line"] = matters[one["matter"]][1] if one["matter"] else number["of_visit"]
    return things


def _step(order: dict[str, Any], kind: str, event: dict[str, Any], at: datetime) -> None:
    match kind:
        case "order.contacted":
            order["contacted"] = at
        case "order.fixed":
            order["fixed"] = at
        case "order.exclusion_decided" if event["is_excluded"]:
            order |= {"out": True, "fixed": at}
        case "order.revisited":
            order |= {"revisited": at, "content": event["is_satisfied"]}
        case "order.reopened":
            order |= {"fixed": None, "fix_due": event["fix_due"]}
        case "order.taken_back":
            order["back"] = True
        case "order.categorised" | "order.extended" if event.get("fix_due"):
            order["fix_due"] = event["fix_due"]


def figures(things: list[dict[str, Any]], now: datetime, *, raw: bool) -> dict[str, tuple[int, int | None]]:
    """Numerator and denominator of every figure."""
    rated = [one for one in things if one["kind"] == "rating" and (raw or not one["marks"])]
    served = [one for one in things if one["kind"] == "served"]
    orders = [one for one in things if one["kind"] == "order" and not one["back"] and (raw or not one["out"])]
    named = [one for one in orders if one["person"]]
    n, levels = len(rated), Counter(one["level"] for one in rated)
    contact = [one for one in named if one["contacted"] or one["contact_due"] <= now]
    fix = [one for one in orders if one["fixed"] or one["fix_due"] <= now]
    again = [one for one in named if one["fixed"]]
    told = [one for one in orders if one["content"] is not None]
    return {
        "good_rate": (levels[1] + levels[2] + levels[3], n),
        "bad_rate": (levels[4] + levels[5], n),
        "active_rate": (sum(one["channel"] in UNASKED for one in rated), n),
        "unrated_rate": (sum(not one["rated"] for one in served), len(served)),
        "contact_rate": (
            sum(bool(o["contacted"] and o["contacted"] <= o["contact_due"]) for o in contact),
            len(contact),
        ),
        "fixed_rate": (sum(bool(one["fixed"] and one["fixed"] <= one["fix_due"]) for one in fix), len(fix)),
        "revisit_rate": (sum(bool(one["revisited"]) for one in again), len(again)),
        "revisit_content_rate": (sum(one["content"] for one in told), len(told)),
        "ratings": (n, None),
        "marked": (sum(bool(one["marks"]) for one in things if one["kind"] == "rating"), None),
        **{f"level_{level}": (levels[level], None) for level in range(1, 6)},
        "served": (len(served), None),
        "orders": (len(orders), None),
        "aspects": (sum(len(one["aspects"]) for one in rated), None),
        "reasons": (sum(len(one["reasons"]) for one in rated), None),
    }
