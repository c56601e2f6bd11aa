"""What hangs where: saved, changed, refused at the field, and the same again after a restart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from displays.screens import messages as s
from displays.screens.messages import ItemWanted, SavePlan, SaveScreen
from displays.screens.model import (
    Arrangement,
    Content,
    Dimming,
    ItemKind,
    Look,
    Media,
    Place,
    PlaceKind,
    Screen,
    Spot,
)
from displays.screens.room import ScreenRoom
from hall_server.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Actor
from hall_server.messages import Command
from hall_server.server import Server
from tests.fakes.hall import manager, opened, staff

ROOMS = ("hall_queue", "devices", "displays")


class Hung:
    """A hall whose screens a test hangs."""

    def __init__(self, server: Server) -> None:
        self.server = server

    @property
    def room(self) -> ScreenRoom:
        room: ScreenRoom = self.server.rooms["displays"].hung
        return room

    async def do(self, command: Command, actor: Actor | None = None) -> Any:
        return msgspec.json.decode(await self.server.execute(command, actor=actor or manager()))

    async def hang(self, **fields: Any) -> Screen:
        return self.room.register.screens[(await self.do(board(**fields)))["id"]]

    def picture(self, topic: str) -> Any:
        name, _, key = topic.partition("/")
        return self.server.live_views[name].picture(key)

    def upload(self, folder: Path, colour: str = "red") -> Media:
        part = folder / "some.part"
        Image.new("RGB", (40, 30), colour).save(part, "PNG")
        return self.room.library.take(part, f"{colour}.png")


def board(**fields: Any) -> SaveScreen:
    return SaveScreen(**{"name": "东侧综合屏", "content": Content.BOARD, "zone": "z1", **fields})


def text(**fields: Any) -> ItemWanted:
    return ItemWanted(**{"kind": ItemKind.TEXT, "zh": "放假通知", **fields})


@asynccontextmanager
async def hung(data: Path) -> AsyncIterator[Hung]:
    async with opened(data, rooms=ROOMS) as server:
        hall = Hung(server)
        hall.room.library.open()
        yield hall


@pytest.mark.gen_test
async def test_a_screen_hangs_and_its_address_shows_its_whole_layout(tmp_path: Path) -> None:
    async with hung(tmp_path) as hall:
        screen = await hall.hang(look=Look.LIGHT, accent="#083A75")
        shown = hall.picture(f"screen/{screen.id}")
        assert shown.topics == ("board/z1", "voice/z1")
        assert (shown.zone.name, shown.is_dark, shown.colours["accent"]) == ("企业服务区", False, "#083a75")
        assert (screen.revision, shown.version == hall.picture("screen/board.z1").version) == (1, True)


@pytest.mark.gen_test
async def test_everything_is_as_before_after_a_restart(tmp_path: Path) -> None:
    async with hung(tmp_path) as hall:
        kept = await hall.hang(playlist=(text(),), arrangement=Arrangement.FULL)
        gone = await hall.hang(name="旧屏")
        await hall.do(s.RemoveScreen(screen=gone.id))
        plan = await hall.do(SavePlan(name="一层", places=(place("w01"),)))
    async with hung(tmp_path) as hall:
        assert hall.room.register.screens == {kept.id: kept}
        assert [one.id for one in hall.room.register.plans.values()] == [plan["id"]]


@pytest.mark.gen_test
async def test_places_without_a_screen_of_their_own_have_their_usual_one(tmp_path: Path) -> None:
    async with hung(tmp_path) as hall:
        assert hall.picture("screen/board.z2").topics == ("board/z2", "voice/z2")
        assert hall.picture("screen/window.w05").topics == ("window/w05",)
        for nowhere in ("board.z99", "window.w99", "nothing"):
            assert not hall.server.live_views["screen"].key_ok(nowhere, manager())


IMPOSSIBLE: dict[str, tuple[dict[str, Any], str, str]] = {
    "no name": ({"name": " "}, "screen.text_missing", "name"),
    "a name with markup": ({"name": "<b>"}, "screen.text_unfit", "name"),
    "a name too long": ({"name": "屏" * 61}, "screen.text_unfit", "name"),
    "no zone": ({"zone": None}, "screen.zone_needed", "zone"),
    "another zone": ({"zone": "z99"}, "screen.zone_unknown", "zone"),
    "no window": ({"content": Content.WINDOW}, "screen.window_needed", "window"),
    "another window": ({"content": Content.WINDOW, "window": "w99"}, "screen.window_unknown", "window"),
    "no plan": ({"content": Content.MAP}, "screen.plan_needed", "plan"),
    "nowhere on the plan": ({"here": Spot(x=1.2, y=0)}, "screen.here_outside", "here"),
    "no language": ({"languages": ()}, "screen.languages", "languages"),
    "dark at no hour": ({"dimming": Dimming(begin="7", end="08:00", percent=40)}, "screen.time_unfit", "dimming.begin"),
    "dark for no time": (
        {"dimming": Dimming(begin="07:00", end="07:00", percent=40)},
        "screen.dimming_no_time",
        "dimming.end",
    ),
    "black": ({"dimming": Dimming(begin="19:00", end="07:00", percent=100)}, "screen.out_of_range", "dimming.percent"),
    "no colour": ({"accent": "blue"}, "screen.accent_unfit", "accent"),
    "a colour nobody reads": ({"accent": "#0a2a66"}, "screen.accent_contrast", "accent"),
    "media without a list": ({"arrangement": Arrangement.SPLIT}, "screen.playlist_empty", "playlist"),
    "a media screen beside nothing": (
        {"content": Content.PLAYLIST, "playlist": (text(),), "arrangement": Arrangement.SPLIT},
        "screen.playlist_is_full",
        "arrangement",
    ),
    "a film on lamps": ({"content": Content.LED, "playlist": (text(),)}, "screen.led_text_only", "arrangement"),
    "lamps of another width": ({"led_chars": 9}, "screen.led_chars", "led_chars"),
    "calls for a moment": ({"call_s": 1}, "screen.out_of_range", "call_s"),
    "a device nobody knows": ({"device": "board-z99"}, "screen.device_unfit", "device"),
    "a page without words": ({"playlist": (text(zh=""),)}, "screen.text_missing", "playlist.0.zh"),
    "a picture without a file": (
        {"playlist": (text(), text(kind=ItemKind.PICTURE))},
        "screen.media_needed",
        "playlist.1.media",
    ),
    "a file that is gone": (
        {"playlist": (text(kind=ItemKind.PICTURE, media="0" * 32 + ".jpg"),)},
        "screen.media_unknown",
        "playlist.0.media",
    ),
    "on no day": ({"playlist": (text(days=()),)}, "screen.item_days", "playlist.0.days"),
    "on an eighth day": ({"playlist": (text(days=(8,)),)}, "screen.item_days", "playlist.0.days"),
    "ending before it begins": (
        {"playlist": (text(begin="12:00", end="09:00"),)},
        "screen.item_hours",
        "playlist.0.end",
    ),
    "at half past": ({"playlist": (text(begin="9:30"),)}, "screen.time_unfit", "playlist.0.begin"),
    "for no time": ({"playlist": (text(seconds=0),)}, "screen.out_of_range", "playlist.0.seconds"),
    "too many": ({"playlist": (text(),) * 61}, "screen.playlist_too_long", "playlist"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
@pytest.mark.gen_test
async def test_an_impossible_setting_is_refused_at_its_field(tmp_path: Path, name: str) -> None:
    fields, code, field = IMPOSSIBLE[name]
    async with hung(tmp_path) as hall:
        with pytest.raises(Invalid) as refused:
            await hall.do(board(**fields))
        assert (refused.value.code, refused.value.fields["field"]) == (code, field)
        assert hall.room.register.screens == {}


@pytest.mark.gen_test
async def test_an_accent_is_refused_with_one_that_would_do(tmp_path: Path) -> None:
    async with hung(tmp_path) as hall:
        with pytest.raises(Invalid) as refused:
            await hall.do(board(accent="#1a5fb4"))
        screen = await hall.hang(accent=refused.value.fields["better"])
        assert screen.accent == refused.value.fields["better"]


@pytest.mark.gen_test
async def test_only_managers_hang_screens(tmp_path: Path) -> None:
    async with hung(tmp_path) as hall:
        screen = await hall.hang()
        for command in (board(), s.RemoveScreen(screen=screen.id), SavePlan(name="x"), s.RemovePlan(plan="x")):
            with pytest.raises(Forbidden):
                await hall.do(command, staff("s01", "w01"))


@pytest.mark.gen_test
async def test_a_change_of_an_older_state_does_not_overwrite_what_somebody_else_did(tmp_path: Path) -> None:
    async with hung(tmp_path) as hall:
        first = await hall.hang()
        await hall.do(board(id=first.id, name="新名", revision=1))
        with pytest.raises(Refused) as refused:
            await hall.do(board(id=first.id, name="别的", revision=1))
        assert refused.value.code == "screen.changed_meanwhile"
        assert hall.room.register.screens[first.id].name == "新名"
        seq = hall.server.journal.seq
        await hall.do(board(id=first.id, name="新名", revision=2))  # nothing changed: nothing is journalled
        assert hall.server.journal.seq == seq
        with pytest.raises(NotFound):
            await hall.do(board(id="nothing"))


@pytest.mark.gen_test
async def test_files_go_when_the_last_screen_that_uses_them_does(tmp_path: Path) -> None:
    async with hung(tmp_path) as hall:
        media = hall.upload(tmp_path)
        item = text(kind=ItemKind.PICTURE, media=media.id)
        both = [await hall.hang(playlist=(item,), arrangement=Arrangement.FULL, name=name) for name in ("一", "二")]
        file = tmp_path / "media" / media.id
        for screen, is_left in zip(both, (True, False), strict=True):
            await hall.do(s.RemoveScreen(screen=screen.id))
            await hall.server.settled()
            hall.room.library.sweep(hall.room.register.media())
            assert file.exists() is is_left
        assert hall.room.library.find(media.id) is None


def place(window: str, **fields: Any) -> Place:
    spot = {"kind": PlaceKind.WINDOW, "ref": window, "x": 0.1, "y": 0.1, "w": 0.1, "h": 0.1}
    return Place(**{**spot, **fields})


@pytest.mark.parametrize(
    ("places", "code"),
    [
        ((place("w99"),), "plan.place_unknown"),
        ((place("w01", x=0.95),), "plan.place_outside"),
        ((place("w01", w=0),), "plan.place_outside"),
        ((place("w01"), place("w01", x=0.5)), "plan.place_twice"),
        ((place("", kind=PlaceKind.LABEL),), "screen.text_missing"),
        ((place("z99", kind=PlaceKind.ZONE),), "plan.place_unknown"),
        ((place("", kind=PlaceKind.EXIT),) * 301, "plan.too_many_places"),
    ],
)
@pytest.mark.gen_test
async def test_what_cannot_stand_on_a_plan_is_refused(tmp_path: Path, places: tuple[Place, ...], code: str) -> None:
    async with hung(tmp_path) as hall:
        with pytest.raises(DomainError) as refused:
            await hall.do(SavePlan(name="一层", places=places))
        assert refused.value.code == code


@pytest.mark.gen_test
async def test_a_plan_that_a_screen_shows_is_not_thrown_away(tmp_path: Path) -> None:
    async with hung(tmp_path) as hall:
        plan = await hall.do(SavePlan(name="一层", places=(place("w01"),)))
        screen = await hall.hang(content=Content.MAP, plan=plan["id"], here=Spot(x=0.5, y=0.9))
        assert hall.picture(f"screen/{screen.id}").topics == (f"plan/{plan['id']}",)
        with pytest.raises(Refused):
            await hall.do(s.RemovePlan(plan=plan["id"]))
        await hall.do(s.RemoveScreen(screen=screen.id))
        await hall.do(s.RemovePlan(plan=plan["id"]))
        assert hall.room.register.plans == {}


@pytest.mark.gen_test
async def test_the_overview_names_every_line_of_the_hall_once(tmp_path: Path) -> None:
    async with hung(tmp_path) as hall:
        shown = hall.picture("overview/hall")
        lines = [line.id for zone in shown.zones for line in zone.lines]
        assert sorted(lines) == sorted(hall.server.directory.lines)
        assert (shown.waiting, shown.calling) == (0, ())
