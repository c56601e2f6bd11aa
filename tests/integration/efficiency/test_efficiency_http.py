"""The efficiency board over HTTP and the live feed: the figures of other rooms, no small group, nobody in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from dashboards.efficiency.messages import SetPublication
from dashboards.efficiency.model import HonoursOf, People, Publication
from hall_queue import messages as m
from hall_server.days import OpenDay
from hall_server.identity import SYSTEM, Role, visitor
from hall_server.web.accounts import Account
from tests.fakes.hall import ROOMS, HandClock, running
from tests.fakes.visits import Visits

ADDRESS = "/api/v1/efficiency"
TUESDAY = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
EASY = Publication(served_least=3, good_least_percent=50, on_time_least_percent=50)
NAME, PHONE, ID_NUMBER, WORDS = "欧阳金丝雀", "13912345678", "11010519491231002X", "等了太久啊金丝雀"


@asynccontextmanager
async def hall_with(data: Path, clock: HandClock | None = None, **settings: Any) -> AsyncIterator[Visits]:
    clock = clock or HandClock(TUESDAY)
    given = {"tickets_per_minute": 100_000, **settings}
    async with running(data, clock=clock, rooms=ROOMS, **given) as (server, port):
        yield Visits(server, clock, port)


async def served(hall: Visits, window: str, *levels: int | None, minutes: float = 3) -> None:
    """Visits at a window, each with its rating or without."""
    for level in levels:
        line = hall.server.directory.windows[window].lines[0]
        matters = [one.id for one in hall.server.directory.matters.values() if one.line == line]
        made = await hall.do(m.IssueTicket(matter=matters[0]) if matters else m.IssueTicket(line=line))
        hall.clock.forward(minutes=minutes)
        await hall.do(m.CallNext(window=window))
        await hall.do(m.StartService(window=window))
        hall.clock.forward(minutes=1)
        await hall.do(m.FinishService(window=window))
        if level is not None:
            body = {"ticket": hall.ticket(made["id"]).token, "level": level, "channel": "phone"}
            answer = await hall.ask("POST", "/api/v1/ratings", body)
            assert answer.code == 201, answer.body


async def two_windows(hall: Visits) -> None:
    """Many visits at two windows and two at a third."""
    for window, person in (("w01", "s01"), ("w02", "s02"), ("w03", "s03")):
        await hall.open(window, person)
    await served(hall, "w01", 1, 1, 2, 4, 1, 1, None)
    await served(hall, "w02", 1, 2, 1, 1, 3, None, minutes=25)
    await served(hall, "w03", 5, 1)


def counting(hall: Visits) -> Any:
    """The board that counts in the background."""
    return hall.server.live_views["efficiency"]


async def board(hall: Visits, query: str = "") -> Any:
    answer = await hall.ask("GET", ADDRESS + query)
    assert answer.code == 200, answer.body
    return answer.body


def parts(figures: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    return {one["id"]: (one["numerator"], one["denominator"], one["value"]) for one in figures}


def of_span(picture: Any, span: str) -> Any:
    return next(one for one in picture["periods"] if one["span"] == span)


@pytest.mark.gen_test
async def test_every_figure_is_that_of_statistics_and_of_the_public_ratings(tmp_path: Path) -> None:
    async with hall_with(tmp_path, ratings_public_least=1) as hall:
        await two_windows(hall)
        picture = await board(hall)
        await hall.sign_in(Role.MANAGER)
        rated = (await hall.ask("GET", "/api/v1/ratings/public")).body
        for period in picture["periods"]:
            days = f"from={period['first']}&to={period['last']}"
            whole = (await hall.ask("GET", f"/api/v1/statistics?{days}")).body["found"]["figures"]
            known = {**parts(whole), **parts(rated["figures"])}
            assert list(parts(period["figures"])) == [
                *("visits", "visits_served", "wait_mean", "wait_on_time", "good_rate", "ratings"),
            ]
            for by, kind in (("department", "departments"), ("window", "windows")):
                found = (await hall.ask("GET", f"/api/v1/statistics?{days}&by={by}")).body["found"]["groups"]
                groups = {one["key"]: parts(one["figures"]) for one in found}
                for one in rated[kind]:
                    groups[one["key"]] |= parts(one["figures"])
                assert {one["key"] for one in period[kind]} == set(groups) - {""}
                for one in period[kind]:
                    assert parts(one["figures"]).items() <= groups[one["key"]].items()
                    assert tuple(parts(one["figures"])) == tuple(period["columns"])
            assert parts(period["figures"]).items() <= known.items()
        assert parts(of_span(picture, "day")["figures"])["wait_on_time"] == (9, 15, 0.6)


@pytest.mark.gen_test
@pytest.mark.parametrize(("least", "hides"), [(5, {"w02", "w03"}), (1, set())])
async def test_small_groups_are_hidden_and_the_smallest_other_with_a_lone_one(
    tmp_path: Path, least: int, hides: set[str]
) -> None:
    async with hall_with(tmp_path, ratings_public_least=least) as hall:
        await two_windows(hall)
        week = of_span(await board(hall), "week")
        shown = {one["key"]: set(parts(one["figures"])) for one in week["windows"]}
        assert {key for key, ids in shown.items() if "good_rate" not in ids} == hides
        assert {key for key, ids in shown.items() if "wait_mean" not in ids} == hides
        assert all("visits_served" in ids for ids in shown.values()), "how many were served tells of nobody"


@pytest.mark.gen_test
async def test_of_today_no_rating_is_told_of_a_window_which_would_tell_who_gave_it(tmp_path: Path) -> None:
    async with hall_with(tmp_path, ratings_public_least=1) as hall:
        await two_windows(hall)
        picture = await board(hall)
        told = {
            period["span"]: {id_ for one in period["windows"] for id_ in parts(one["figures"])}
            for period in picture["periods"]
        }
        assert "good_rate" not in told["day"]
        assert "good_rate" in told["week"] & told["month"]
        assert "good_rate" in parts(of_span(picture, "day")["figures"]), "of the whole hall it is"


@pytest.mark.gen_test
async def test_a_hall_with_fewer_ratings_than_the_least_shows_no_rate(tmp_path: Path) -> None:
    async with hall_with(tmp_path, ratings_public_least=5) as hall:
        await hall.open()
        await served(hall, "w01", 1, 5, 1, 1)
        assert "good_rate" not in parts(of_span(await board(hall), "day")["figures"])
        await served(hall, "w01", 1)
        hall.clock.forward(minutes=1)
        assert parts(of_span(await board(hall), "day")["figures"])["good_rate"] == (4, 5, 0.8)


@pytest.mark.gen_test
async def test_a_day_without_visits_has_no_figures_instead_of_zeros(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        day = of_span(await board(hall), "day")
        assert (day["is_empty"], day["figures"], day["windows"]) == (True, [], [])


async def last_week(hall: Visits) -> None:
    """Tuesday's visits, and the Tuesday after."""
    await two_windows(hall)
    hall.clock.forward(days=7)
    await hall.do(OpenDay(day=date(2026, 12, 1)), actor=SYSTEM)


@pytest.mark.gen_test
async def test_the_roll_is_of_the_last_whole_week_and_names_windows_by_number(tmp_path: Path) -> None:
    async with hall_with(tmp_path, ratings_public_least=2) as hall:
        await two_windows(hall)
        await hall.do(SetPublication(publication=EASY, reason="试行"))
        assert (await board(hall))["roll"]["windows"] == [], "the week is not over"
    async with hall_with(tmp_path / "later", ratings_public_least=2) as hall:
        await hall.do(SetPublication(publication=EASY, reason="试行"))
        await last_week(hall)
        roll = (await board(hall))["roll"]
        assert (roll["first"], roll["last"], roll["of"]) == ("2026-11-23", "2026-11-29", "week")
        assert [(one["place"], one["number"]) for one in roll["windows"]] == [(1, "1")], "w02 called late, w03 served 2"
        assert [one["id"] for one in roll["windows"][0]["figures"]] == ["good_rate", "wait_on_time", "visits_served"]
        assert roll["people"] == []


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("people", "settings", "named", "has_figures"),
    [
        (People.NONE, {}, None, False),
        (People.NUMBER, {"ratings_public_staff": True}, ("", "1001"), True),
        (People.NAME, {}, (NAME, ""), False),
        (People.NAME, {"ratings_public_staff": True}, (NAME, ""), True),
        (People.NAME, {"pad_staff": "number"}, ("", "1001"), False),
    ],
)
async def test_people_stand_on_the_roll_only_as_the_manager_and_the_window_screens_allow(
    tmp_path: Path, people: People, settings: dict[str, Any], named: tuple[str, str] | None, has_figures: bool
) -> None:
    async with hall_with(tmp_path, ratings_public_least=2, **settings) as hall:
        account = Account(id="s01", name="s01", display_name=NAME, number="1001", password="", roles=(Role.STAFF,))
        await hall.server.rooms["web"].accounts.save(account, password="correct horse battery")
        await hall.do(SetPublication(publication=msgspec.structs.replace(EASY, people=people), reason="试行"))
        await last_week(hall)
        picture = await board(hall)
        shown = [(one["name"], one["number"], bool(one["figures"])) for one in picture["roll"]["people"]]
        number = hall.server.directory.staff["s01"].number
        expected = [] if named is None else [(named[0], number if named[1] else "", has_figures)]
        assert shown == expected
        assert (NAME in str(picture)) is (named is not None and named[0] == NAME)
        assert "s01" not in str(picture)


@pytest.mark.gen_test
async def test_nothing_of_anybody_who_came_or_works_here_is_in_any_frame(tmp_path: Path) -> None:
    async with hall_with(tmp_path, ratings_public_least=1) as hall:
        account = Account(id="s01", name="s01", display_name=NAME, number="1001", password="", roles=(Role.STAFF,))
        await hall.server.rooms["web"].accounts.save(account, password="correct horse battery")
        await hall.open()
        socket = await watching(hall)
        frames = [await socket.read_message()]
        person = {"id_number": ID_NUMBER, "phone": PHONE}
        body = {"line": "business", "channel": "kiosk", "person": person}
        ticket = (await hall.ask("POST", "/api/v1/tickets", body)).body
        await hall.do(m.CallNext(window="w01"))
        await hall.do(m.StartService(window="w01"))
        await hall.do(m.FinishService(window="w01"))
        rating = {"ticket": ticket["token"], "level": 5, "channel": "phone", "text": WORDS, "phone": PHONE}
        assert (await hall.ask("POST", "/api/v1/ratings", rating)).code == 201
        await counting(hall).renew()
        while b'"numerator":1' not in str(frames[-1]).encode():
            frames.append(await socket.read_message())
        for query in ("", "?period=day", "?period=week", "?period=month"):
            frames.append(msgspec.json.encode(await board(hall, query)).decode())
        said = "\n".join(map(str, frames))
        canaries = (NAME, PHONE, ID_NUMBER, WORDS, ticket["token"], ticket["id"], ticket["number"], "s01", "1001")
        assert [one for one in canaries if one in said] == []
        await hall.sign_in(Role.MANAGER)
        other = (await hall.ask("GET", "/api/v1/manager")).body
        assert ticket["number"] in str(other), "the control: the canaries were there to be found"
        socket.close()


async def watching(hall: Visits) -> Any:
    url = f"ws://127.0.0.1:{hall.port}/api/v1/live?topics=efficiency/hall"
    return await websocket_connect(HTTPRequest(url))


@pytest.mark.gen_test
async def test_many_walls_cost_one_counting(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await two_windows(hall)
        await board(hall)
        walls = [await watching(hall) for _ in range(20)]
        first = [msgspec.json.decode(await wall.read_message()) for wall in walls]
        await counting(hall).renew()
        frames = [msgspec.json.decode(await wall.read_message()) for wall in walls]
        assert {one["topic"] for one in first} == {"efficiency/hall"}
        assert len({one["seq"] for one in frames}) == 1
        assert len({one["event"]["view"]["at"] for one in frames}) == 1
        for wall in walls:
            wall.close()


@pytest.mark.gen_test
async def test_a_wall_that_watches_is_told_of_what_happens_without_asking(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await hall.open()
        wall = await watching(hall)
        counted = 0
        while counted != 1:
            frame = msgspec.json.decode(await wall.read_message())
            view = frame.get("snapshot") or frame["event"]["view"]
            if view["at"] is not None and of_span(view, "day")["is_empty"]:
                await served(hall, "w01", 1)
                counting(hall).rule_changed(None)  # does not wait for the fifteen seconds
            counted = next((one["value"] for one in of_span(view, "day")["figures"]), 0) if view["periods"] else 0
        wall.close()


@pytest.mark.gen_test
async def test_what_is_published_is_the_managers_word_and_outlives_a_restart(tmp_path: Path) -> None:
    less = {"figures": ["visits"], "honours": "none", "windows": False}
    async with hall_with(tmp_path) as hall:
        await hall.open()
        await served(hall, "w01", 1)
        body = {"publication": less, "reason": "先公示取号"}
        assert (await hall.ask("GET", ADDRESS + "/publication")).code == 401
        await hall.sign_in(Role.STAFF)
        assert (await hall.ask("PUT", ADDRESS + "/publication", body)).code == 403
        await hall.sign_in(Role.MANAGER)
        found = (await hall.ask("GET", ADDRESS + "/publication")).body
        assert found["publication"]["people"] == "none"
        assert "visits" in found["choices"]
        assert (await hall.ask("PUT", ADDRESS + "/publication", body)).code == 200
        day = of_span(await board(hall), "day")
        assert (list(parts(day["figures"])), day["columns"], day["windows"]) == (["visits"], [], [])
        assert (await board(hall))["roll"] is None
        for wrong, field in (
            ({**body, "reason": " "}, "reason"),
            ({**body, "publication": {**less, "figures": ["pay"]}}, "publication.figures"),
            ({**body, "publication": {**less, "honours": "week"}}, "publication.honours"),
        ):
            refused = await hall.ask("PUT", ADDRESS + "/publication", wrong)
            assert (refused.code, refused.body["error"]["fields"]["field"]) == (400, field)
    async with hall_with(tmp_path) as hall:
        assert list(parts(of_span(await board(hall), "day")["figures"])) == ["visits"]


@pytest.mark.gen_test
async def test_a_picture_of_before_a_change_is_not_shown_after_it(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await hall.open()
        await served(hall, "w01", 1)
        await board(hall)
        view = counting(hall)
        assert view.picture("hall").periods != ()
        nothing = Publication(figures=("visits",), honours=HonoursOf.NONE, departments=False, windows=False)
        await hall.do(SetPublication(publication=nothing, reason="暂停"))
        ids = {figure.id for period in view.picture("hall").periods for figure in period.figures}
        assert ids <= {"visits"}


@pytest.mark.gen_test
async def test_an_unknown_period_or_parameter_is_refused_at_its_field(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        for query, code, field in (
            ("?period=year", "efficiency.period_unknown", "period"),
            ("?from=2026-11-24", "efficiency.query_unknown", "from"),
        ):
            answer = await hall.ask("GET", ADDRESS + query)
            assert (answer.code, answer.error) == (400, code)
            assert answer.body["error"]["fields"]["field"] == field
        assert [one["span"] for one in (await board(hall, "?period=week"))["periods"]] == ["week"]


@pytest.mark.gen_test
async def test_the_board_hangs_on_screens_and_in_playlists_and_has_an_address_of_its_own(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        page = (await hall.ask("GET", "/efficiency")).body.decode()
        assert 'data-screen="module.efficiency"' in page
        own = msgspec.json.decode(hall.server.live.picture("screen", "module.efficiency", visitor()))
        assert own["topics"] == ["efficiency/hall"]
        assert own["modules"][0]["tag"] == "efficiency-board"
        assert 'data-screen=""' in (await hall.ask("GET", "/board/z1")).body.decode()
        await hall.sign_in(Role.MANAGER)
        wanted = {"name": "东墙", "content": "module", "module": "efficiency"}
        assert (await hall.ask("POST", "/api/v1/screens", wanted)).code == 201
        item = {"kind": "module", "module": "efficiency", "seconds": 30}
        listed = {"name": "西墙", "content": "board", "zone": "z1", "arrangement": "full", "playlist": [item]}
        made = (await hall.ask("POST", "/api/v1/screens", listed)).body
        shown = msgspec.json.decode(hall.server.live.picture("screen", made["id"], visitor()))
        assert shown["topics"] == ["board/z1", "voice/z1", "efficiency/hall"]
        for wrong, field in (
            ({**wanted, "module": "weather"}, "module"),
            ({**wanted, "module": None}, "module"),
            ({**listed, "playlist": [{**item, "module": "weather"}]}, "playlist.0.module"),
        ):
            refused = await hall.ask("POST", "/api/v1/screens", wrong)
            assert (refused.code, refused.error) == (400, "screen.module_unknown")
            assert refused.body["error"]["fields"]["field"] == field
