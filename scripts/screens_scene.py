"""Hangs screens of every kind in a demonstration hall, with a floor plan of it: for pictures and for a first look."""

from __future__ import annotations

from typing import Any

from scripts.hall_process import Caller

ZONE, WINDOW = "z2", "w05"
NOTE = {
    **{"kind": "text", "zh": "国庆节放假安排", "en": "National Day"},
    "body_zh": "10月1日至7日停止对外服务，10月8日恢复。\n自助服务区24小时开放。",
    "body_en": "Closed 1 to 7 October, open again on the 8th.\nThe self-service area is open around the clock.",
}


def hang(manager: Caller) -> dict[str, str]:
    """Hang them; gives their ids by what they show."""
    plan = manager.post("floor-plans", {"name": "一层平面图", "name_en": "Ground floor", "places": _places(manager)})
    board = {"content": "board", "zone": ZONE}
    wanted: dict[str, dict[str, Any]] = {
        "board": {**board, "name": "社会保障区综合屏"},
        "light": {**board, "name": "社会保障区东侧屏", "look": "light"},
        "split": {**board, "name": "社会保障区分屏", "arrangement": "split", "playlist": [NOTE]},
        "overview": {"content": "overview", "name": "入口排队总览"},
        "map": {"content": "map", "name": "入口平面图", "plan": plan["id"], "here": {"x": 0.5, "y": 0.83}},
        "media": {"content": "playlist", "name": "宣传屏", "zone": ZONE, "arrangement": "full", "playlist": [NOTE]},
        "window": {"content": "window", "name": "5号窗口屏", "window": WINDOW},
        "led": {"content": "led", "name": "社会保障区条屏", "zone": ZONE, "led_rows": 4},
    }
    return {name: str(manager.post("screens", body)["id"]) for name, body in wanted.items()}


def _places(manager: Caller) -> list[dict[str, Any]]:
    """Windows along three walls, the zones' seats in the middle, signs at the door."""
    hall = manager.get("hall")
    ids = [window["id"] for window in hall["windows"]]
    top = [_place("window", ref, 0.06 + at * 0.09, 0.06, 0.07, 0.12) for at, ref in enumerate(ids[:10])]
    right = [_place("window", ref, 0.92, 0.24 + at * 0.12, 0.06, 0.1) for at, ref in enumerate(ids[10:15])]
    left = [_place("window", ref, 0.02, 0.24 + at * 0.12, 0.06, 0.1) for at, ref in enumerate(ids[15:20])]
    zones = [
        _place("zone", zone["id"], 0.13 + at * 0.155, 0.3, 0.14, 0.28) for at, zone in enumerate(hall["zones"][:5])
    ]
    signs = [
        ("entrance", 0.46, 0.88),
        ("exit", 0.02, 0.87),
        ("kiosk", 0.35, 0.72),
        ("desk", 0.56, 0.7),
        ("toilet", 0.82, 0.87),
    ]
    return [*zones, *top, *right, *left, *(_place(kind, "", x, y, 0.08, 0.11) for kind, x, y in signs)]


def _place(kind: str, ref: str, x: float, y: float, w: float, h: float) -> dict[str, Any]:
    return {"kind": kind, "ref": ref, "x": x, "y": y, "w": w, "h": h}
