"""What managers ask of the way upward over HTTP, and how they are told of what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from hall_server.identity import Role
from tests.fakes.upward_hall import upward_hall


@pytest.mark.gen_test
async def test_a_manager_sees_what_waits_what_was_refused_and_why(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        good, _ = await hall.rate(1)
        bad, _ = await hall.rate(4, has_matter=False)
        hall.later()
        await hall.push()
        await hall.rate(2)
        await hall.visits.sign_in(Role.MANAGER)
        found = (await hall.visits.ask("GET", "/api/v1/ratings/upward")).body
        standing = found["standing"]
        assert found["on"]
        assert (standing["accepted"], standing["refused"], standing["pending"]) == (1, 1, 1)
        [refused] = found["refused"]
        assert (refused["rating"], refused["level"]) == (bad, 4)
        assert refused["number"].startswith("A")
        assert {"field": "taskCode", "message": "不能为空"} in refused["faults"]
        assert good not in str(found["refused"])


@pytest.mark.gen_test
async def test_sending_again_trying_and_comparing_are_for_managers_and_say_what_is_wrong(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        for path in ("again", "try", "compare"):
            assert (await hall.visits.ask("POST", f"/api/v1/ratings/upward/{path}", {})).code == 401
        await hall.visits.sign_in(Role.MANAGER)
        again, compare = "/api/v1/ratings/upward/again", "/api/v1/ratings/upward/compare"
        for path, body, code in (
            (again, {"day": "2026-11-24"}, "upward.day_to_come"),
            (again, {"day": "2026-11-23", "ratings": ["r"]}, "upward.both"),
            (again, {"day": "yesterday"}, "body.invalid"),
            (again, {"ratings": ["x" * 81]}, "body.invalid"),
            (again, {"everything": True}, "body.invalid"),
            (compare, {"first": "2026-11-24", "last": "2026-11-23"}, "figures.backwards"),
            (compare, {"first": "2026-01-01", "last": "2026-11-23"}, "figures.too_long"),
            (compare, {"first": "2026-11-23"}, "body.invalid"),
        ):
            answer = await hall.visits.ask("POST", path, body)
            assert (answer.code, answer.error) == (400, code), (path, body)
        day = {"first": "2026-11-23", "last": "2026-11-23"}
        answer = await hall.visits.ask("POST", compare, day)
        assert answer.body["days"] == [{"day": "2026-11-23", "ours": 0, "theirs": 0, "is_equal": True}]
        assert (await hall.visits.ask("POST", again, {})).code == 200
        assert (await hall.visits.ask("POST", "/api/v1/ratings/upward/try")).code == 200


@pytest.mark.gen_test
async def test_a_hall_without_a_platform_says_so(tmp_path: Path) -> None:
    from tests.fakes.visits import listening

    async with listening(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        found = (await hall.ask("GET", "/api/v1/ratings/upward")).body
        assert (found["on"], found["platform"], found["refused"]) == (False, "", [])
        assert (await hall.ask("POST", "/api/v1/ratings/upward/try")).error == "upward.off"
        day = {"first": "2026-11-23", "last": "2026-11-23"}
        assert (await hall.ask("POST", "/api/v1/ratings/upward/compare", day)).error == "upward.off"


@pytest.mark.gen_test
async def test_a_silent_platform_and_refusals_are_alarms_with_words_and_a_way_there(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.rate(1, has_matter=False)
        hall.later()
        await hall.push()
        await hall.goes_wrong(fail=-1)
        await hall.rate(1)
        hall.later()
        await hall.push()
        hall.clock.forward(hours=25)
        await hall.visits.sign_in(Role.MANAGER)
        found = (await hall.visits.ask("GET", "/api/v1/manager")).body["alarms"]
        mine = {one["code"]: one for one in found if one["code"].startswith("upward.")}
        assert mine.keys() == {"upward.silent", "upward.refused"}
        assert {one["href"] for one in mine.values()} == {"/manager/ratings#upward"}
        for language in ("zh-CN", "en"):
            texts = hall.server.locales.all(language)
            for code in mine:
                assert texts[f"manager.alarm.{code}"]
                assert texts[f"manager.alarm_do.{code}"]
