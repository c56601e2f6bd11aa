"""The way through the hall: a graph over the cells of a floor plan, walked round what stands there; pure."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from displays.screens.model import FloorPlan, Place, PlaceKind, Side, Spot

STANDS = frozenset({PlaceKind.WINDOW, PlaceKind.KIOSK, PlaceKind.DESK, PlaceKind.TOILET})
"""What one walks round; zones, entrances and words on the plan are walked through."""
THROUGH = 60.0
"""What a step through something costs more: only where there is no other way."""
TURN, CLOSE = 2.5, 0.2
"""What a turn costs, in steps; and a step along something, so that ways keep to the middle."""

Cell = tuple[int, int]


class Heading(IntEnum):
    """Where one looks on the plan, clockwise."""

    UP = 0
    RIGHT = 1
    DOWN = 2
    LEFT = 3

    @property
    def step(self) -> Cell:
        """One cell on."""
        return _STEPS[self]

    def turned(self, quarters: int) -> Heading:
        """So many quarters clockwise."""
        return Heading((self + quarters) % 4)


_STEPS = ((0, -1), (1, 0), (0, 1), (-1, 0))
OUTWARD: Mapping[Side, Heading] = {
    Side.TOP: Heading.UP,
    Side.RIGHT: Heading.RIGHT,
    Side.BOTTOM: Heading.DOWN,
    Side.LEFT: Heading.LEFT,
}

_At = tuple[Cell, Heading | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where one stands: cell, and where one looks (None: nobody knows). ``place``: what one stands before."""

    cell: Cell
    heading: Heading | None
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A straight piece of a way, from its first to its last cell."""

    heading: Heading
    first: Cell
    last: Cell

    @property
    def cells(self) -> int:
        """Steps of a cell."""
        return abs(self.last[0] - self.first[0]) + abs(self.last[1] - self.first[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way: its legs in order (none: one stands there already), and where the goal lies seen from its end."""

    start: Start
    legs: tuple[Leg, ...]
    goal: Place
    end: Cell
    goal_lies: Heading | None


class Floor:
    """A floor plan as cells."""

    def __init__(self, plan: FloorPlan) -> None:
        self.plan = plan
        self.columns, self.rows = plan.columns, plan.rows
        self._taken: dict[Cell, Place] = {}
        self._costs: dict[Cell, float] = {}
        for place in plan.places:
            if place.kind in STANDS:
                self._taken.update(dict.fromkeys(self.cells(place), place))

    def cells(self, place: Place) -> list[Cell]:
        """The cells that something covers; at least one."""
        left, right = _span(place.x, place.w, self.columns)
        top, bottom = _span(place.y, place.h, self.rows)
        return [(x, y) for y in range(top, bottom) for x in range(left, right)]

    def cell_of(self, spot: Spot) -> Cell:
        """The cell of a point."""
        return (
            min(max(int(spot.x * self.columns), 0), self.columns - 1),
            min(max(int(spot.y * self.rows), 0), self.rows - 1),
        )

    def spot(self, cell: Cell) -> Spot:
        """The middle of a cell, as shares of the plan."""
        return Spot(x=round((cell[0] + 0.5) / self.columns, 5), y=round((cell[1] + 0.5) / self.rows, 5))

    def metres(self, leg: Leg) -> float | None:
        """How long a leg is; None where nobody has measured the hall."""
        if self.plan.width_m is None:
            return None
        high = self.plan.width_m * self._ratio
        across = leg.heading in (Heading.LEFT, Heading.RIGHT)
        return leg.cells * (self.plan.width_m / self.columns if across else high / self.rows)

    def is_free(self, cell: Cell) -> bool:
        """Whether one can stand there."""
        return 0 <= cell[0] < self.columns and 0 <= cell[1] < self.rows and cell not in self._taken

    def front(self, place: Place) -> Side:
        """The side at which visitors stand: as the plan says, else where there is most room."""
        if place.front is not None:
            return place.front
        return max(Side, key=lambda side: (self._room(place, side), side is Side.BOTTOM))

    def before(self, place: Place, side: Side) -> Cell:
        """The cell before the middle of a side."""
        covered = self.cells(place)
        xs, ys = sorted({x for x, _ in covered}), sorted({y for _, y in covered})
        x, y = xs[len(xs) // 2], ys[len(ys) // 2]
        at = {
            Side.TOP: (x, ys[0] - 1),
            Side.BOTTOM: (x, ys[-1] + 1),
            Side.LEFT: (xs[0] - 1, y),
            Side.RIGHT: (xs[-1] + 1, y),
        }
        return at[side]

    def start_at(self, place: Place) -> Start:
        """Where one stands who uses a machine or a desk, looking at it; in an entrance, looking into the hall."""
        if place.kind in STANDS:
            side = self.front(place)
            cell = self.before(place, side)
            if not (0 <= cell[0] < self.columns and 0 <= cell[1] < self.rows):
                cell = self._middle(place)
            return Start(cell=cell, heading=OUTWARD[side].turned(2), place=place)
        middle = self._middle(place)
        edges = {
            Heading.DOWN: middle[1] / self.rows,
            Heading.UP: 1 - middle[1] / self.rows,
            Heading.RIGHT: middle[0] / self.columns,
            Heading.LEFT: 1 - middle[0] / self.columns,
        }
        inward = min(edges, key=lambda one: edges[one])
        return Start(cell=middle, heading=inward if place.kind is PlaceKind.ENTRANCE else None, place=place)

    def _middle(self, place: Place) -> Cell:
        covered = self.cells(place)
        xs, ys = sorted({x for x, _ in covered}), sorted({y for _, y in covered})
        return xs[len(xs) // 2], ys[len(ys) // 2]

    def _room(self, place: Place, side: Side) -> int:
        (dx, dy), (x, y) = OUTWARD[side].step, self.before(place, side)
        room = 0
        while self.is_free((x, y)):
            room, x, y = room + 1, x + dx, y + dy
        return room

    def _cost(self, cell: Cell) -> float:
        found = self._costs.get(cell)
        if found is None:
            x, y = cell
            is_close = any(not self.is_free((x + dx, y + dy)) for dx, dy in _STEPS)
            found = 1.0 + (THROUGH if cell in self._taken else CLOSE if is_close else 0.0)
            self._costs[cell] = found
        return found

    @property
    def _ratio(self) -> float:
        picture = self.plan.picture
        return picture.height / picture.width if picture else self.rows / self.columns

    # -- walking

    def way(self, start: Start, goals: Iterable[Place]) -> Way | None:
        """The way to the nearest of some places; None where there are none.

        To a window one walks up to its front, to a zone into its middle.
        """
        ends = {cell: (place, lies) for place in goals for cell, lies in [self._end(place)]}
        if not ends:
            return None
        cells = self._walked(start, frozenset(ends))
        goal, lies = ends[cells[-1]]
        return Way(start=start, legs=_legs(cells), goal=goal, end=cells[-1], goal_lies=lies)

    def _end(self, place: Place) -> tuple[Cell, Heading | None]:
        if place.kind not in STANDS:
            return self._into(place), None
        side = self.front(place)
        cell = self.before(place, side)
        if not (0 <= cell[0] < self.columns and 0 <= cell[1] < self.rows):
            return self._middle(place), None
        return cell, OUTWARD[side].turned(2)

    def _into(self, place: Place) -> Cell:
        middle = self._middle(place)
        free = [cell for cell in self.cells(place) if self.is_free(cell)]
        return min(free, key=lambda one: (math.dist(one, middle), one)) if free else middle

    def _walked(self, start: Start, ends: frozenset[Cell]) -> list[Cell]:
        """The cheapest cells from the start to one of the ends (A* over cell and heading)."""

        def rest(cell: Cell) -> int:
            return min(abs(cell[0] - x) + abs(cell[1] - y) for x, y in ends)

        first: _At = (start.cell, None)
        costs: dict[_At, float] = {first: 0.0}
        came: dict[_At, _At] = {}
        waiting: list[tuple[float, int, _At]] = [(rest(start.cell), 0, first)]
        counted, settled = 0, set[_At]()
        while waiting:
            _, _, at = heapq.heappop(waiting)
            if at[0] in ends:
                return _back(at, came)
            if at in settled:
                continue
            settled.add(at)
            for to, price in self._onward(at, costs[at]):
                if price < costs.get(to, math.inf):
                    costs[to], came[to] = price, at
                    counted += 1
                    heapq.heappush(waiting, (price + rest(to[0]), counted, to))
        raise AssertionError("every cell of a plan can be walked to")

    def _onward(self, at: _At, cost: float) -> Iterator[tuple[_At, float]]:
        """One step further, and what the way has cost by then."""
        (x, y), looks = at
        for heading, (dx, dy) in zip(Heading, _STEPS, strict=True):
            cell = (x + dx, y + dy)
            if 0 <= cell[0] < self.columns and 0 <= cell[1] < self.rows:
                is_turn = looks is not None and heading is not looks
                yield (cell, heading), cost + self._cost(cell) + (TURN if is_turn else 0.0)


def _span(begin: float, extent: float, count: int) -> tuple[int, int]:
    first = min(max(math.floor(begin * count + 1e-6), 0), count - 1)
    last = min(max(math.ceil((begin + extent) * count - 1e-6), first + 1), count)
    return first, last


def _back(at: _At, came: Mapping[_At, _At]) -> list[Cell]:
    found = [at[0]]
    while at in came:
        at = came[at]
        found.append(at[0])
    return found[::-1]


def _legs(cells: list[Cell]) -> tuple[Leg, ...]:
    found: list[Leg] = []
    for a, b in pairwise(cells):
        heading = Heading(_STEPS.index((b[0] - a[0], b[1] - a[1])))
        if found and found[-1].heading is heading:
            found[-1] = Leg(heading=heading, first=found[-1].first, last=b)
        else:
            found.append(Leg(heading=heading, first=a, last=b))
    return tuple(found)
