"""A way in words, for those who do not see the plan: which way to turn, what one passes on which hand; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from displays.screens.model import Place, PlaceKind
from displays.way import Floor, Heading, Leg, Way

NEAR = 3
"""Cells: what is further off the way than this is not passed."""
PASSED_MOST = 3


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What something on the plan is called; ``number``: of a window."""

    zh: str
    en: str
    number: int | None = None


Names = dict[int, Named]
"""By the place's index on the plan."""

_HAND = {1: ("右手边", "on your right"), 3: ("左手边", "on your left"), 0: ("正前方", "straight ahead of you")}
_BEHIND = ("身后", "behind you")
_TURN = {
    0: ("向前直走", "Walk straight ahead"),
    1: ("向右转，直走", "Turn right and walk straight on"),
    2: ("转身，直走", "Turn around and walk straight on"),
    3: ("向左转，直走", "Turn left and walk straight on"),
}


def steps(way: Way, floor: Floor, names: Names) -> tuple[Step, ...]:
    """The way as things to do, the last of them says where the goal is.

    Args:
        way: as `Floor.way` gives it.
        floor: the plan it goes over.
        names: of the places; one without a name is not spoken of.
    """
    found = list(_walked(way, floor, names))
    found.append(_there(way, floor, names))
    return tuple(found)


def _walked(way: Way, floor: Floor, names: Names) -> Iterator[Step]:
    looks = way.start.heading
    for at, leg in enumerate(way.legs):
        zh, en = _turned(way, looks, leg, is_first=at == 0)
        far_zh, far_en = _far(floor.metres(leg))
        past = _passed(way, leg, floor, names)
        zh_past = f"，经过{'、'.join(zh for zh, _ in past)}" if past else ""
        en_past = f", passing {_listed([en for _, en in past])}" if past else ""
        until_zh, until_en = _until(way, at, floor, names)
        yield Step(zh=f"{zh}{far_zh}{zh_past}{until_zh}。", en=f"{en}{far_en}{en_past}{until_en}.")
        looks = leg.heading


def _turned(way: Way, looks: Heading | None, leg: Leg, *, is_first: bool) -> tuple[str, str]:
    place = way.start.place
    if looks is None:
        return "沿地图上的路线直走", "Walk along the way on the plan"
    turn = _TURN[(leg.heading - looks) % 4]
    if not is_first or place is None:
        return turn
    if place.kind is PlaceKind.ENTRANCE:
        return f"进门后{turn[0]}", f"Inside the entrance: {turn[1][0].lower()}{turn[1][1:]}"
    if place.kind is PlaceKind.KIOSK:
        return f"面对本机，{turn[0]}", f"Facing this machine: {turn[1][0].lower()}{turn[1][1:]}"
    return turn


def _far(metres: float | None) -> tuple[str, str]:
    if metres is None:
        return "", ""
    rounded = max(1, round(metres))
    return f"约 {rounded} 米", f" for about {rounded} m"


def _passed(way: Way, leg: Leg, floor: Floor, names: Names) -> list[tuple[str, str]]:
    """What one passes on a leg, in order; windows side by side are said together."""
    found = sorted(_beside(way, leg, floor, names), key=lambda one: one[0])
    said: list[tuple[str, str]] = []
    windows: dict[int, list[int]] = {}
    for _, hand, named in found:
        if named.number is not None:
            windows.setdefault(hand, []).append(named.number)
        else:
            said.append((f"{_HAND[hand][0]}的{named.zh}", f"{named.en} {_HAND[hand][1]}"))
    said = said[:PASSED_MOST]
    for hand, numbers in windows.items():
        zh = f"{numbers[0]} 号" if len(numbers) == 1 else f"{numbers[0]} 到 {numbers[-1]} 号"
        en = f"window {numbers[0]}" if len(numbers) == 1 else f"windows {numbers[0]} to {numbers[-1]}"
        said.append((f"{_HAND[hand][0]}的 {zh}窗口", f"{en} {_HAND[hand][1]}"))
    return said


def _beside(way: Way, leg: Leg, floor: Floor, names: Names) -> Iterator[tuple[int, int, Named]]:
    """How far along the leg something stands, on which hand (1 right, 3 left), and what it is."""
    dx, dy = leg.heading.step
    for index, place in enumerate(floor.plan.places):
        named = names.get(index)
        if named is None or place.kind is PlaceKind.ZONE or place is way.goal or place is way.start.place:
            continue
        along, across = [], []
        for x, y in floor.cells(place):
            rx, ry = x - leg.first[0], y - leg.first[1]
            along.append(rx * dx + ry * dy)
            across.append(-rx * dy + ry * dx)  # right of the way is above nought
        middle = (min(along) + max(along)) / 2
        nearest = min(across, key=abs)
        if 0 < middle < leg.cells and 0 < abs(nearest) <= NEAR:
            yield round(middle), 1 if nearest > 0 else 3, named


def _until(way: Way, at: int, floor: Floor, names: Names) -> tuple[str, str]:
    """The zone that a leg leads into, said once."""
    leg = way.legs[at]
    for index, place in enumerate(floor.plan.places):
        named = names.get(index)
        if place.kind is not PlaceKind.ZONE or named is None or place is way.goal:
            continue
        covered = frozenset(floor.cells(place))
        if leg.last in covered and leg.first not in covered:
            return f"，走进{named.zh}", f", into {named.en}"
    return "", ""


def _there(way: Way, floor: Floor, names: Names) -> Step:
    named = names.get(_index(way.goal, floor), Named(zh="目的地", en="the place"))
    what_zh = f"{named.number} 号窗口（{named.zh}）" if named.number is not None else named.zh
    what_en = f"Window {named.number} ({named.en})" if named.number is not None else _capital(named.en)
    looks = way.legs[-1].heading if way.legs else way.start.heading
    if way.goal_lies is None or looks is None:
        return Step(zh=f"到了：这里就是{what_zh}。", en=f"You are there: {what_en}.")
    turn = (way.goal_lies - looks) % 4
    zh, en = _BEHIND if turn == 2 else _HAND[turn]
    return Step(zh=f"到了：{what_zh}在您的{zh}。", en=f"You are there: {what_en} is {en}.")


def _index(place: Place, floor: Floor) -> int:
    return next(index for index, one in enumerate(floor.plan.places) if one is place)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
