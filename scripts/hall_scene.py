"""A plausible morning in a demonstration hall, made through its HTTP interface: for pictures and for tests of pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scripts.hall_process import Caller, HallProcess

OPEN = ("w01", "w02", "w03", "w05", "w06", "w08", "w10", "w11", "w13", "w16", "w18", "w19")
LEVELS = (1, 1, 2, 1, 1, 3, 1, 2)
SERVED_AT = ("w05", "w06", "w01", "w16", "w10", "w08", "w05", "w18")
SERVING_AT = ("w01", "w06", "w10", "w13", "w16")
CALLED_AT = ("w03", "w08", "w05")
PAUSED_AT = "w19"


@dataclass
class Scene:
    """What there is to see, and who sees it; ``tickets``: as they were given, by id."""

    manager: Caller
    tickets: dict[str, Any] = field(default_factory=dict)
    waiting: dict[str, Any] = field(default_factory=dict)
    called: dict[str, Any] = field(default_factory=dict)
    done: dict[str, Any] = field(default_factory=dict)


def play(hall: HallProcess) -> Scene:
    """Open windows, let people come, serve and rate some of them, call others; the newest call is at w05."""
    manager = hall.caller().sign_in(hall.accounts["manager"])
    scene = Scene(manager)
    for window in OPEN:
        manager.post(f"windows/{window}/open", {"staff": f"s{window[1:]}"})
    shown = manager.get("hall")
    tickets = _come(hall.caller(), shown)
    for window, level in zip(SERVED_AT, LEVELS, strict=True):
        scene.done = _served(manager, window, tickets)
        hall.caller().post("ratings", {"ticket": scene.done["token"], "level": level, "channel": "phone"})
    tickets |= _come(hall.caller(), shown)
    scene.tickets = tickets
    for window in SERVING_AT:
        manager.post(f"windows/{window}/call")
        manager.post(f"windows/{window}/start")
    manager.post("windows/w19/call")
    manager.post("windows/w19/hold", {"minutes": 15})
    manager.post(f"windows/{PAUSED_AT}/pause", {"reason": "break", "anyway": True})
    for window in CALLED_AT:
        scene.called = tickets[manager.post(f"windows/{window}/call")["ticket"]["id"]]
    scene.waiting = next(one for one in reversed(tickets.values()) if one["line"] == "business")
    return scene


def office(hall: HallProcess, scene: Scene) -> str:
    """What managers have to do: two bad reviews, one of them contacted, and a sheet that w16's visitor is to sign.

    Gives the id of the order that is under way.
    """
    for window, level, reason in (("w01", 4, "waiting"), ("w06", 5, "returned")):
        desk = scene.manager.post(f"windows/{window}/finish")
        ticket = scene.tickets[desk["recent"][0]["id"]]
        rating = {"ticket": ticket["token"], "level": level, "reasons": [reason], "channel": "phone"}
        hall.caller().post("ratings", {**rating, "text": "材料跑了两趟才交齐", "phone": "13900000000"})
    order = scene.manager.get("reviews")["orders"][0]
    contact = {"seen": order["step"], "how": "phone", "is_reached": True, "note": "已电话致歉并了解情况"}
    scene.manager.post(f"reviews/{order['id']}/contact", contact)
    clerk = next(one for one in hall.accounts["staff"] if one["window"] == "w16")
    staff = hall.caller().sign_in(clerk)
    fields = [{"label": "姓名", "value": "张小明"}, {"label": "证件号码", "value": "11010519491231002X"}]
    fields += [{"label": "地址", "value": "一门区幸福路1号"}, {"label": "联系电话", "value": "13900000000"}]
    served = staff.get("windows/w16")["ticket"]
    sheet = {"ticket": served["id"], "title": f"{served['matter_name']}申请表", "fields": fields}
    staff.post("windows/w16/confirmations", {**sheet, "materials": ["户口簿原件", "居民身份证原件"]})
    return str(order["id"])


def _come(visitor: Caller, shown: dict[str, Any]) -> dict[str, Any]:
    """One visitor for each frequent matter and one for each line; gives their tickets by id."""
    matters = [{"matter": one["id"], "channel": "kiosk"} for one in shown["frequent"]]
    lines = [{"line": one["id"], "channel": "kiosk"} for one in shown["lines"]]
    first = shown["priorities"][-1]["id"] if shown["priorities"] else None
    wanted = [*matters, *lines, *matters[:4]]
    wanted[1] = {**wanted[1], "priority": first}
    issued = [visitor.post("tickets", one) for one in wanted]
    return {one["id"]: one for one in issued}


def _served(manager: Caller, window: str, tickets: dict[str, Any]) -> dict[str, Any]:
    called = manager.post(f"windows/{window}/call")["ticket"]["id"]
    manager.post(f"windows/{window}/start")
    manager.post(f"windows/{window}/finish")
    ticket: dict[str, Any] = tickets[called]
    return ticket
