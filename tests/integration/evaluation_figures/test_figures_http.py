"""Figures over HTTP: what managers get, what everybody gets, what is refused, and that a rating shows at once."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hall_server.identity import Role
from tests.fakes.hall import HandClock, running
from tests.fakes.visits import ROOMS, Visits

PERIOD = "from=2026-11-23&to=2026-11-23"


@asynccontextmanager
async def hall_with(data: Path, **settings: Any) -> AsyncIterator[Visits]:
    clock = HandClock()
    async with running(data, clock=clock, rooms=ROOMS, **settings) as (server, port):
        yield Visits(server, clock, port)


async def rated(hall: Visits, *levels: int, window: str = "w01", **more: Any) -> list[str]:
    """Visits with these levels; gives the ratings' ids."""
    made = []
    for level in levels:
        ticket = await hall.serve(window=window)
        body = {"ticket": ticket.token, "level": level, "channel": "phone", **more}
        answer = await hall.ask("POST", "/api/v1/ratings", body)
        assert answer.code == 201, answer.body
        made.append(answer.body["id"])
    return made


def figure(found: dict[str, Any], id_: str) -> tuple[int, int | None, float | None]:
    one = next(figure for figure in found["figures"] if figure["id"] == id_)
    return one["numerator"], one["denominator"], one["value"]


@pytest.mark.gen_test
async def test_a_manager_gets_every_figure_with_its_parts_and_its_formula(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await hall.open()
        await rated(hall, 1, 3, 5)
        await hall.serve()
        await hall.sign_in(Role.MANAGER)
        found = (await hall.ask("GET", f"/api/v1/ratings/figures?{PERIOD}")).body
        assert figure(found, "good_rate") == (2, 3, 2 / 3)
        assert figure(found, "active_rate") == (3, 3, 1.0)
        assert figure(found, "unrated_rate") == (1, 4, 0.25)
        assert figure(found, "fixed_rate") == (0, 0, None)
        assert figure(found, "orders") == (1, None, 1.0)
        assert {one["formula"].partition("#")[2] for one in found["figures"]} == {one["id"] for one in found["figures"]}


@pytest.mark.gen_test
async def test_figures_are_told_apart_by_department_window_staff_matter_channel_and_day(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await hall.open()
        await hall.open("w02", "s02")
        await rated(hall, 1, 2)
        await rated(hall, 5, window="w02")
        await hall.sign_in(Role.MANAGER)
        groups = {}
        for by in ("department", "window", "staff", "matter", "channel", "day"):
            groups[by] = (await hall.ask("GET", f"/api/v1/ratings/figures?{PERIOD}&by={by}")).body["groups"]
        assert [(one["key"], one["number"], figure(one, "ratings")[0]) for one in groups["window"]] == [
            ("w01", "1", 2),
            ("w02", "2", 1),
        ]
        assert [(one["key"], figure(one, "bad_rate")[2]) for one in groups["staff"]] == [("s01", 0.0), ("s02", 1.0)]
        assert [(one["key"], figure(one, "ratings")[0]) for one in groups["channel"]] == [("phone", 3)]
        assert figure(groups["channel"][0], "unrated_rate") == (0, 0, None)
        assert [one["key"] for one in groups["day"]] == ["2026-11-23"]
        for by in ("department", "matter"):
            assert sum(figure(one, "ratings")[0] for one in groups[by]) == 3


@pytest.mark.gen_test
async def test_a_period_an_unknown_word_and_a_switch_are_refused_at_their_field(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        for query, code, field in (
            ("from=x", "rating.day_unknown", "from"),
            ("from=2026-11-24&to=2026-11-23", "figures.backwards", "to"),
            ("from=2001-01-01", "figures.too_long", "from"),
            ("by=colour", "figures.by_unknown", "by"),
            ("raw=perhaps", "figures.switch", "raw"),
        ):
            for address in ("figures", "figures.csv"):
                answer = await hall.ask("GET", f"/api/v1/ratings/{address}?{query}")
                assert (answer.code, answer.error) == (400, code)
                assert answer.body["error"]["fields"]["field"] == field
        answer = await hall.ask("GET", "/api/v1/ratings/public?month=2026-13")
        assert (answer.code, answer.error) == (400, "figures.month_unknown")


@pytest.mark.gen_test
async def test_only_managers_read_figures_and_lists_and_everybody_the_published_ones(tmp_path: Path) -> None:
    own = ("figures", "figures.csv", "list.csv", "upward")
    async with hall_with(tmp_path) as hall:
        for address in own:
            assert (await hall.ask("GET", f"/api/v1/ratings/{address}")).code == 401
        for address in ("public", "formulas"):
            assert (await hall.ask("GET", f"/api/v1/ratings/{address}")).code == 200
        for page in ("/ratings", "/ratings/formulas"):
            assert (await hall.ask("GET", page)).code == 200
        assert (await hall.ask("GET", "/manager/ratings")).code == 302
        await hall.sign_in(Role.STAFF)
        for address in own:
            assert (await hall.ask("GET", f"/api/v1/ratings/{address}")).code == 403


@pytest.mark.gen_test
async def test_the_public_sees_no_person_and_no_small_group(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await hall.open()
        for window, person in (("w02", "s02"), ("w03", "s03")):
            await hall.open(window, person)
        await rated(hall, 1, 2, 3, 4, 5, 1)
        await rated(hall, 1, 1, 1, 1, 1, window="w02")
        await rated(hall, 5, 5, window="w03")
        answer = await hall.ask("GET", "/api/v1/ratings/public")
        shown = {one["key"]: bool(one["figures"]) for one in answer.body["windows"]}
        assert shown == {"w01": True, "w02": False, "w03": False}, "the smallest other is hidden with a lone small one"
        assert answer.body["staff"] is None
        assert figure(answer.body, "ratings") == (13, None, 13.0)
        assert "s01" not in str(answer.body)
        assert {one["id"] for one in answer.body["figures"]} & {"marked", "reasons", "aspects"} == set()


@pytest.mark.gen_test
async def test_a_hall_that_publishes_its_people_shows_them(tmp_path: Path) -> None:
    async with hall_with(tmp_path, ratings_public_staff=True, ratings_public_least=1) as hall:
        await hall.open()
        await rated(hall, 1)
        [person] = (await hall.ask("GET", "/api/v1/ratings/public")).body["staff"]
        assert (person["key"], figure(person, "good_rate")) == ("s01", (1, 1, 1.0))
        assert person["number"] == hall.server.directory.staff["s01"].number


@pytest.mark.gen_test
async def test_the_public_figures_are_made_anew_only_now_and_then(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await hall.open()
        await rated(hall, 1)
        first = await hall.ask("GET", "/api/v1/ratings/public")
        await rated(hall, 5)  # a visit takes five minutes
        second = await hall.ask("GET", "/api/v1/ratings/public")
        assert [figure(one.body, "ratings")[0] for one in (first, second)] == [1, 2]


@pytest.mark.gen_test
async def test_the_list_as_csv_computes_nothing_and_says_everything(tmp_path: Path) -> None:
    formula = '=HYPERLINK("http://evil";"x")'
    async with hall_with(tmp_path) as hall:
        await hall.open()
        await rated(hall, 5, text=formula, reasons=["slow"])
        await rated(hall, 1)
        await hall.sign_in(Role.MANAGER)
        content = (await hall.ask("GET", f"/api/v1/ratings/list.csv?{PERIOD}&bad=1&lang=en")).body
        assert content.startswith(b"\xef\xbb\xbf")
        [head, row] = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        said = dict(zip(head, row, strict=True))
        assert said["Comment"] == f"'{formula}"
        assert (said["Level"], said["Reasons"], said["Window"], said["Day"]) == (
            *("Very dissatisfied", "Slow service", "1", "2026-11-23"),
        )


@pytest.mark.gen_test
async def test_the_figures_as_csv_have_a_row_for_each_group_and_figure(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await hall.open()
        await rated(hall, 1, 5)
        await hall.sign_in(Role.MANAGER)
        content = (await hall.ask("GET", f"/api/v1/ratings/figures.csv?{PERIOD}&by=window&lang=en")).body
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        rate = [row for row in rows if row["Figure id"] == "good_rate"]
        assert [(row["Key"], row["Numerator"], row["Denominator"], row["Rate"]) for row in rate] == [
            ("", "1", "2", "0.5"),
            ("w01", "1", "2", "0.5"),
        ]
        nothing = next(row for row in rows if row["Figure id"] == "fixed_rate")
        assert (nothing["Numerator"], nothing["Denominator"], nothing["Rate"]) == ("0", "0", "")


@pytest.mark.gen_test
async def test_the_list_shows_only_marked_ratings_where_it_is_asked(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        await hall.open()
        await rated(hall, 1, 5)
        await hall.sign_in(Role.MANAGER)
        assert (await hall.ask("GET", f"/api/v1/ratings?{PERIOD}&marked=1")).body["total"] == 0
        assert (await hall.ask("GET", f"/api/v1/ratings?{PERIOD}")).body["total"] == 2


@pytest.mark.gen_test
async def test_every_refusal_of_figures_and_of_the_way_upward_has_words(tmp_path: Path) -> None:
    async with hall_with(tmp_path) as hall:
        texts = {language: hall.server.locales.all(language) for language in ("zh-CN", "en")}
        for room in ("figures", "upward"):
            keys = {key for key in texts["zh-CN"] if key.startswith(f"error.{room}.")}
            assert len(keys) >= 3
            assert keys == {key for key in texts["en"] if key.startswith(f"error.{room}.")}
