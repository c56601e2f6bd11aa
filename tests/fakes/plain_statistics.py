"""The hall's figures counted a second time: from the raw rows of the journal, with nothing but plain Python."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
Row = tuple[int, int, str, str, str, str]
"""Seq, at (UTC microseconds), business day, type, actor, payload: as `ROWS` reads them."""
ROWS = "SELECT seq, at, business_day, type, actor, payload FROM journal ORDER BY seq"
AWAY = {"held", "requeued", "set_back", "transferred", "forwarded", "finished", "passed", "expired"}
ENDS = {"finished", "passed", "cancelled", "expired"}
STATES = {"issued": "waiting", "called": "walking", "started": "serving", "held": "held"}
SIGNS = {"called", "held", "requeued", "set_back", "transferred", "passed", "started", "finished", "forwarded"}


def micro(text: str) -> int:
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def visits_of(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The visits, each with its spans and stays; a key taken back: the visit is the copy from before it."""
    visits: dict[str, dict[str, Any]] = {}
    before: dict[int, dict[str, Any]] = {}
    for seq, at, day, kind, _, payload in rows:
        room, _, what = kind.partition(".")
        event = json.loads(payload)
        if room != "ticket" or "ticket" not in event:
            continue
        key = event["ticket"]
        if what == "key_undone":
            visits[key] = copy.deepcopy(before[event["undone_seq"]])
            continue
        if what == "issued":
            taken = micro(event["offline_at"]) if event.get("offline_at") else at
            where = {"line": event["line"], "matter": event["matter"] or ""}
            visits[key] = {"ticket": key, "day": day, "issued": taken, **where, "now": where, "stays": [], "end": None}
            visits[key] |= {
                "times": [(taken, "waiting")],
                "holds": 0,
                "in_vain": False,
                "priority": event["priority"] or "",
            }
            visits[key]["channel"] = event["channel"]
            visits[key]["told"] = (event.get("wait_p50_s"), event.get("wait_p90_s"))
            continue
        before[seq] = copy.deepcopy(visits[key])
        happened(visits[key], what, at, event)
    return list(visits.values())


def happened(visit: dict[str, Any], what: str, at: int, event: dict[str, Any]) -> None:
    stays = visit["stays"]
    if what == "recalled":
        stays[-1]["recalls"] += 1
    if what in {"recalled", "near", "pinned", "matter_added"}:
        return
    if what == "called":
        stays.append({**visit["now"], "window": event["window"], "staff": event["staff"] or "", "called": at})
        stays[-1] |= {"issued": visit["issued"], "started": None, "left": None, "end": None, "recalls": 0}
    elif what == "started":
        stays[-1]["started"] = at
    elif what in AWAY and stays and stays[-1]["left"] is None:
        is_true = event.get("outcome") != "inaccurate" or what == "transferred"
        stays[-1] |= {"left": at, "end": what if is_true else "night"}
    visit["end"] = what if what in ENDS else None
    visit["in_vain"] = what == "passed" or (what == "expired" and event["window"] is not None)
    visit["holds"] += what == "held"
    visit["times"].append((at, "over" if what in ENDS else STATES.get(what, "waiting")))
    if "line" in event:
        visit["now"] = {"line": event["line"], "matter": event["matter"] or ""}


def spent(visit: dict[str, Any], state: str) -> int:
    """Microseconds in a state that has ended."""
    times = visit["times"]
    return sum(end - begin for (begin, of), (end, _) in pairwise(times) if of == state)


def is_sign(what: str, event: dict[str, Any]) -> bool:
    """Whether it says that somebody sits at the window."""
    if what == "key_undone":
        return event["undone"] in {"ticket.finished", "ticket.forwarded"}
    return what in SIGNS and (what == "transferred" or event.get("outcome") != "inaccurate")


def sittings_of(rows: Iterable[Row], now: int, today: str) -> list[dict[str, Any]]:
    """Who sat where, open and not paused; what the night closed ends with the last sign of life."""
    found: list[dict[str, Any]] = []
    open_: dict[str, dict[str, Any]] = {}

    def close(window: str, at: int) -> None:
        one = open_.pop(window)
        if one["paused"] is not None:
            one["pauses"] += at - one["paused"]
        one["open"] = at - one["since"] - one["pauses"]

    for _, at, day, kind, actor, payload in rows:
        room, _, what = kind.partition(".")
        event = json.loads(payload)
        window = event.get("window")
        one = open_.get(window)
        if kind == "window.opened":
            is_paused = one is not None and one["paused"] is not None
            if one is not None:
                close(window, at)
            open_[window] = {"day": day, "window": window, "staff": event["staff"] or "", "since": at, "last": at}
            open_[window] |= {"pauses": 0, "paused": at if is_paused else None, "open": 0}
            found.append(open_[window])
        elif one is None:
            continue
        elif kind == "window.closed":
            close(window, one["last"] if actor.startswith("system") else at)
        elif kind == "window.paused":
            one["last"], one["paused"] = at, at if one["paused"] is None else one["paused"]
        elif kind == "window.resumed":
            one["last"] = at
            if one["paused"] is not None:
                one["pauses"], one["paused"] = one["pauses"] + at - one["paused"], None
        elif is_sign(what, event) and room == "ticket":
            one["last"] = at
    for window in list(open_):
        close(window, now if open_[window]["day"] == today else open_[window]["last"])
    return found


def things_of(rows: list[Row], now: int, today: str, departments: dict[str, str]) -> list[dict[str, Any]]:
    """Everything that can be counted, each thing with what it is told apart by."""
    things = []
    for visit in visits_of(rows):
        last = visit["stays"][-1] if visit["stays"] else {"window": "", "staff": ""}
        visit |= {"kind": "visit", "window": last["window"], "staff": last["staff"]}
        of = {name: visit[name] for name in ("day", "channel", "priority")}
        things += [visit, *({**stay, **of, "kind": "stay"} for stay in visit["stays"])]
    things += [{**one, "kind": "sitting"} for one in sittings_of(rows, now, today)]
    for one in things:
        day = date.fromisoformat(one["day"])
        one |= {"hall": "", "month": one["day"][:7], "weekday": str(day.isoweekday())}
        if one["kind"] != "sitting":
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=one["issued"])
            one |= {"hour": f"{at.astimezone(ZONE).hour:02d}", "department": departments.get(one["matter"], "")}
    return things


def edge(wait_us: int) -> int:
    """The upper edge of a wait's bin, seconds."""
    begin = 0
    for end, width in ((600, 15), (3_600, 30), (14_400, 60), (43_200, 300)):
        for upper in (begin, *range(begin + width, end + 1, width)):
            if wait_us <= upper * 1_000_000:
                return upper
        begin = end
    return 86_400


def figures(things: list[dict[str, Any]], goal_min: int) -> dict[str, tuple[float, float | None, float | None]]:
    """Numerator, denominator and value of every figure; means in seconds."""
    visits = [one for one in things if one["kind"] == "visit"]
    stays = [one for one in things if one["kind"] == "stay"]
    called = [one for one in visits if one["stays"]]
    waits = sorted(one["stays"][0]["called"] - one["issued"] for one in called)
    told = [(one["stays"][0]["called"] - one["issued"], *one["told"]) for one in called if one["told"][0] is not None]
    in_vain = [one for one in visits if one["in_vain"]]
    served = [one for one in visits if one["end"] == "finished"]
    gone = [one for one in visits if one["end"] in {"cancelled", "expired"} and not one["in_vain"]]
    held = [one for one in visits if one["holds"]]
    begun = [one for one in stays if one["started"] is not None]
    done = [one for one in begun if one["end"] in {"finished", "forwarded", "transferred", "held"}]
    serve_us = sum(one["left"] - one["started"] for one in done)
    open_us = sum(one["open"] for one in things if one["kind"] == "sitting")

    def count(many: int) -> tuple[float, None, float]:
        return many, None, many

    def rate(top: int, bottom: int) -> tuple[float, float, float | None]:
        return top, bottom, float(Fraction(top, bottom)) if bottom else None

    def mean(top: int, bottom: int) -> tuple[float, float, float | None]:
        return float(Fraction(top, 10**6)), bottom, float(Fraction(top, bottom * 10**6)) if bottom else None

    def rank(share: int) -> tuple[float, float, float | None]:
        place = -(-len(waits) * share // 100)
        return place, len(waits), edge(waits[place - 1]) if waits else None

    return {
        "visits": count(len(visits)),
        "visits_called": count(len(called)),
        "visits_served": count(len(served)),
        "visits_in_vain": count(len(in_vain)),
        "visits_abandoned": count(len(gone)),
        "visits_unended": count(sum(one["end"] is None for one in visits)),
        "wait_mean": mean(sum(waits), len(waits)),
        "wait_median": rank(50),
        "wait_p90": rank(90),
        "wait_on_time": rate(sum(one <= goal_min * 60_000_000 for one in waits), len(waits)),
        "promise_kept": rate(sum(wait <= p90 * 10**6 for wait, _, p90 in told), len(told)),
        "promise_error": mean(sum(abs(wait - p50 * 10**6) for wait, p50, _ in told), len(told)),
        "no_show_rate": rate(len(in_vain), len(called)),
        "abandon_rate": rate(len(gone), len(visits)),
        "hold_rate": rate(len(held), len(called)),
        "held_mean": mean(sum(spent(one, "held") for one in held), len(held)),
        "stays": count(len(stays)),
        "walk_mean": mean(sum(one["started"] - one["called"] for one in begun), len(begun)),
        "service_mean": mean(serve_us, len(done)),
        "recall_rate": rate(sum(one["recalls"] > 0 for one in stays), len(stays)),
        "transfer_rate": rate(sum(one["end"] in {"forwarded", "transferred"} for one in stays), len(stays)),
        "utilisation": (
            float(Fraction(serve_us, 10**6)),
            float(Fraction(open_us, 10**6)),
            float(Fraction(serve_us, open_us)) if open_us else None,
        ),
    }
