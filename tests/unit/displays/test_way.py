"""The way through the hall: round what stands there, and told so that somebody who does not see the plan finds it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from displays.screens.demo import FILE, PlanWritten, demonstrate, plan_of
from displays.screens.hall_map import HallMap
from displays.screens.messages import SavePlan
from displays.screens.model import FloorPlan, Place, PlaceKind, Side
from displays.way import Floor, Heading, Start
from displays.way_web import Ways, WayShown
from displays.way_words import Named, steps
from hall_server.directory.directory import Directory
from hall_server.errors import DomainError, NotFound
from hall_server.identity import SYSTEM
from tests.fakes.hall import demo_hall, opened

SIZE = 20


def place(
    kind: PlaceKind, x: int, y: int, w: int = 2, h: int = 2, *, ref: str = "", front: Side | None = None
) -> Place:
    return Place(kind=kind, ref=ref, x=x / SIZE, y=y / SIZE, w=w / SIZE, h=h / SIZE, front=front)


def floor(*places: Place, width_m: float | None = None) -> Floor:
    return Floor(FloorPlan(id="p", name="一层", columns=SIZE, rows=SIZE, places=places, width_m=width_m))


def told(on: Floor, from_: Place, to: Place) -> list[str]:
    names = {
        index: Named(
            zh=one.ref or one.kind, en=one.ref or one.kind, number=int(one.ref[1:]) if one.ref[:1] == "w" else None
        )
        for index, one in enumerate(on.plan.places)
    }
    way = on.way(on.start_at(from_), [to])
    assert way is not None
    return [one.zh for one in steps(way, on, names)]


def test_the_example_of_the_rules() -> None:
    door = place(PlaceKind.ENTRANCE, 9, 18)
    desk = place(PlaceKind.DESK, 6, 14)
    window = place(PlaceKind.WINDOW, 1, 14, ref="w12", front=Side.BOTTOM)
    said = told(floor(door, desk, window), door, window)
    assert said[0].startswith("进门后")
    assert "向左转" in "".join(said)
    assert "右手边的desk" in "".join(said)
    assert said[-1] == "到了：12 号窗口（w12）在您的右手边。"


@pytest.mark.parametrize(
    ("front", "where"),
    [
        (Side.BOTTOM, {"w1": "转身", "w2": "向右转", "w3": "向左转"}),
        (Side.TOP, {"w2": "向左转", "w3": "向右转"}),
    ],
)
def test_turns_are_told_from_where_one_looks_at_the_machine(front: Side, where: dict[str, str]) -> None:
    """One stands at the machine's front and looks at it: from below, the plan's right is at the right."""
    kiosk = place(PlaceKind.KIOSK, 9, 9, 1, 1, ref="k", front=front)
    stands = 10 if front is Side.BOTTOM else 8
    windows = [
        place(PlaceKind.WINDOW, 9, 17, 1, 2, ref="w1", front=Side.TOP),
        place(PlaceKind.WINDOW, 18, stands, 1, 1, ref="w2", front=Side.LEFT),
        place(PlaceKind.WINDOW, 0, stands, 1, 1, ref="w3", front=Side.RIGHT),
    ]
    on = floor(kiosk, *windows)
    for window in (one for one in windows if one.ref in where):
        assert told(on, kiosk, window)[0].startswith(f"面对本机，{where[window.ref]}"), window.ref


def test_one_walks_round_what_stands_there_and_through_it_only_where_there_is_no_other_way() -> None:
    door = place(PlaceKind.ENTRANCE, 9, 18)
    wall = [place(PlaceKind.WINDOW, x, 9, 1, 1, ref=f"w{x}") for x in range(1, 20)]
    goal = place(PlaceKind.WINDOW, 9, 1, ref="w99", front=Side.BOTTOM)
    on = floor(door, *wall, goal)
    way = on.way(on.start_at(door), [goal])
    assert way is not None
    assert any(leg.last[0] == 0 or leg.first[0] == 0 for leg in way.legs), "round the end of the wall"
    shut = floor(door, place(PlaceKind.WINDOW, 0, 9, 1, 1, ref="w0"), *wall, goal)
    through = shut.way(shut.start_at(door), [goal])
    assert through is not None
    assert [leg.heading for leg in through.legs] == [Heading.UP]


def test_the_front_is_where_there_is_room_unless_the_plan_says_so() -> None:
    corner = place(PlaceKind.WINDOW, 0, 0)
    on = floor(corner, place(PlaceKind.WINDOW, 2, 0, ref="w2"))
    assert on.front(corner) is Side.BOTTOM
    assert on.front(place(PlaceKind.WINDOW, 5, 5, front=Side.LEFT)) is Side.LEFT


def test_metres_are_told_where_somebody_has_measured() -> None:
    door, desk = place(PlaceKind.ENTRANCE, 9, 18), place(PlaceKind.DESK, 9, 4, front=Side.BOTTOM)
    assert "约 26 米" in told(floor(door, desk, width_m=40), door, desk)[0]
    assert "米" not in "".join(told(floor(door, desk), door, desk))


def test_one_who_is_there_already_is_told_where_to_look() -> None:
    desk = place(PlaceKind.DESK, 5, 5, front=Side.BOTTOM)
    on = floor(desk)
    way = on.way(Start(cell=on.before(desk, Side.BOTTOM), heading=Heading.RIGHT), [desk])
    assert way is not None
    assert not way.legs
    assert steps(way, on, {0: Named(zh="咨询台", en="the desk")})[0].zh == "到了：咨询台在您的左手边。"


def test_every_window_of_the_demonstration_is_reached_from_every_machine_without_walking_through_anything() -> None:
    directory = Directory()
    for event in demo_hall().events:
        directory.apply(event.item)
    command = plan_of(msgspec.toml.decode(FILE.read_bytes(), type=PlanWritten), directory)
    plan = FloorPlan(id="p", name="一层", columns=command.columns, rows=command.rows, places=command.places, width_m=54)
    on = Floor(plan)
    starts = [one for one in plan.places if one.kind in (PlaceKind.KIOSK, PlaceKind.ENTRANCE, PlaceKind.DESK)]
    windows = [one for one in plan.places if one.kind is PlaceKind.WINDOW]
    assert len(windows) == 20
    for start in starts:
        for window in windows:
            way = on.way(on.start_at(start), [window])
            assert way is not None
            walked = {cell for leg in way.legs for cell in _cells(leg.first, leg.last)}
            assert all(on.is_free(cell) for cell in walked)


def _cells(first: tuple[int, int], last: tuple[int, int]) -> set[tuple[int, int]]:
    xs, ys = sorted((first[0], last[0])), sorted((first[1], last[1]))
    return {(x, y) for x in range(xs[0], xs[1] + 1) for y in range(ys[0], ys[1] + 1)}


@settings(deadline=None, max_examples=25)
@given(
    spots=st.lists(st.tuples(st.integers(0, SIZE - 2), st.integers(0, SIZE - 2)), min_size=1, max_size=40),
    door=st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)),
    fronts=st.lists(st.sampled_from([None, *Side]), min_size=40, max_size=40),
)
def test_whatever_stands_in_a_hall_a_way_leads_from_the_door_to_every_window(
    spots: list[tuple[int, int]], door: tuple[int, int], fronts: list[Side | None]
) -> None:
    entrance = place(PlaceKind.ENTRANCE, *door, 1, 1)
    windows = [place(PlaceKind.WINDOW, x, y, ref=f"w{n}", front=fronts[n]) for n, (x, y) in enumerate(spots)]
    on = floor(entrance, *windows, width_m=30)
    for window in windows[:1]:
        start = on.start_at(entrance)
        way = on.way(start, [window])
        assert way is not None
        ends = [start.cell, *(leg.last for leg in way.legs)]
        assert [leg.first for leg in way.legs] == ends[:-1]
        assert way.end == ends[-1]
        assert all(0 <= x < SIZE and 0 <= y < SIZE for x, y in ends)
        assert all(a.heading is not b.heading for a, b in pairwise(way.legs))
        said = told(on, entrance, window)
        assert len(said) == len(way.legs) + 1
        assert said[-1].startswith("到了：")


@pytest.mark.gen_test
async def test_a_window_on_another_floor_is_told_with_the_floor_first(tmp_path: Path) -> None:
    async with opened(tmp_path, rooms=("hall_queue", "devices", "displays")) as server:
        displays, directory = server.rooms["displays"], server.directory
        register = displays.hung.register
        ways = Ways(register, directory, HallMap(register, displays.screens, directory), server.locales, lambda _: "z1")
        down = (place(PlaceKind.ZONE, 0, 0, 8, 8, ref="z1"),)
        up = (place(PlaceKind.ENTRANCE, 9, 18), place(PlaceKind.WINDOW, 9, 1, ref="w12", front=Side.BOTTOM))
        for name, places in (("一层", down), ("二层", up)):
            await server.execute(SavePlan(name=name, places=places, columns=SIZE, rows=SIZE), actor=SYSTEM)
        asked = ways.asked("device:kiosk-z1", "window:w12")
        said = ways.shown(asked, asked.found())
        assert [one.zh for one in said.steps][:2] == ["先到二层。", "进门后向前直走。"]
        assert said.plan.name == "二层"
        asked = ways.asked("device:kiosk-z1", "zone:z1")
        assert ways.shown(asked, asked.found()).steps[-1].zh == "到了：这里就是企业服务区。"
        with pytest.raises(NotFound) as refused:
            ways.asked("", "window:w01")
        assert refused.value.code == "way.not_drawn"


@pytest.mark.gen_test
async def test_ways_of_a_hall_from_its_machines_and_what_cannot_be_told(tmp_path: Path) -> None:
    async with opened(tmp_path, rooms=("hall_queue", "devices", "displays")) as server:
        displays, directory = server.rooms["displays"], server.directory
        register = displays.hung.register
        ways = Ways(register, directory, HallMap(register, displays.screens, directory), server.locales, lambda _: None)

        def shown(from_: str, to: str) -> WayShown:
            asked = ways.asked(from_, to)
            return ways.shown(asked, asked.found())

        with pytest.raises(NotFound) as refused:
            shown("entrance", "window:w12")
        assert refused.value.code == "way.no_plan"
        await demonstrate(server, ways.register)
        await demonstrate(server, ways.register)
        assert len(ways.register.plans) == 1
        way = shown("device:kiosk-z5", "window:w12")
        assert (way.goal.number, way.lit.windows, way.lit.zones) == (12, ("w12",), ("z3",))
        assert way.here.facing is Side.LEFT
        assert way.steps[0].en.startswith("Facing this machine: turn around")
        assert shown("", "line:tax").goal.ref == "z3"
        assert shown("0.5,0.5,top", "zone:z1").here.facing is Side.TOP
        assert shown("device:unknown", "desk").goal.name == "咨询台"
        for from_, to in (("", "window:no"), ("x", "zone:z1"), ("2,2", "zone:z1")):
            with pytest.raises(DomainError, match="way"):
                shown(from_, to)
