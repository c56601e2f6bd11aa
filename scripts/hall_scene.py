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
    """What there is to see, and who sees it."""

    manager: Caller
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
