"""Suspicious ratings are kept, marked and shown both ways; managers set marks and lift them, and say why."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from evaluation.model import RatingChannel
from hall_server.identity import Actor, Role, visitor
from tests.fakes.hall import staff
from tests.fakes.rated_visits import next_day, rating
from tests.fakes.visits import Visits, listening, pad, visits

NOTHING: frozenset[str] = frozenset()


async def given(hall: Visits, actor: Actor, *, many: int, apart_s: float = 2, **more: object) -> list[frozenset[str]]:
    """The marks of so many visits of one window, rated by one actor."""
    tickets = [await hall.serve() for _ in range(many)]
    for ticket in tickets:
        hall.clock.forward(seconds=apart_s)
        await hall.do(rating(ticket.id, 1, **more), actor=actor)
    return [hall.ratings.of(ticket.id).marks for ticket in tickets]


@pytest.mark.gen_test
async def test_four_visits_of_a_window_rated_from_one_address_within_seconds_are_marked_all_four(
    tmp_path: Path,
) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        assert await given(hall, visitor("there"), many=3) == [NOTHING] * 3
        hall.clock.forward(seconds=60)
        assert await given(hall, visitor("there"), many=4) == [{"burst"}] * 4
        assert (hall.ratings.counts, hall.ratings.valid_counts) == ([7, 0, 0, 0, 0], [3, 0, 0, 0, 0])


@pytest.mark.gen_test
async def test_visitors_of_their_own_addresses_or_at_their_own_time_are_not_marked(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        for number in range(5):
            assert await given(hall, visitor(f"phone {number}"), many=1) == [NOTHING]
        assert await given(hall, visitor("there"), many=5, apart_s=11) == [NOTHING] * 5


@pytest.mark.gen_test
async def test_a_pad_that_was_offline_hands_in_its_ratings_without_a_mark(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        kept = {"channel": RatingChannel.PAD, "window": "w01"}
        assert await given(hall, pad("w01"), many=8, apart_s=0.2, **kept) == [NOTHING] * 8
        assert hall.ratings.valid_counts == hall.ratings.counts == [8, 0, 0, 0, 0]


@pytest.mark.gen_test
async def test_a_pad_at_which_visits_end_within_seconds_is_marked(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        tickets = []
        for _ in range(4):
            tickets.append(await hall.serve(minutes=0.05))
            await hall.do(rating(None, 1, channel=RatingChannel.PAD, window="w01"), actor=pad("w01"))
        assert [hall.ratings.of(ticket.id).marks for ticket in tickets] == [{"burst"}] * 4


@pytest.mark.gen_test
async def test_marks_come_back_after_a_restart(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await given(hall, visitor("there"), many=4)
        clock = hall.clock
    async with visits(tmp_path, clock) as hall:
        assert (hall.ratings.counts, hall.ratings.valid_counts) == ([4, 0, 0, 0, 0], [0] * 5)


@pytest.mark.gen_test
async def test_a_rating_by_somebody_of_the_staff_is_marked_as_the_windows_own(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        assert await given(hall, staff("s01", "w01"), many=1) == [{"own_window"}]
        assert (await given(hall, staff("s02", "w02"), many=1, channel=RatingChannel.TELEPHONE)) == [NOTHING]


@asynccontextmanager
async def console_at(data: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Visits]:
    """A hall where s01 is signed in and serves, and loopback counts as an address like any other."""
    monkeypatch.setattr("evaluation.consoles._is_this_machine", lambda remote_ip: False)
    async with listening(data) as hall:
        await hall.open("w01", "staff")
        await hall.sign_in(Role.STAFF)
        assert (await hall.ask("GET", "/api/v1/session")).code == 200
        hall.session = {}
        yield hall


@pytest.mark.gen_test
async def test_a_rating_from_the_address_of_the_windows_console_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console_at(tmp_path, monkeypatch) as hall:
        ticket = await hall.serve()
        await hall.ask("POST", "/api/v1/ratings", {"ticket": ticket.token, "level": 1, "channel": "phone"})
        assert hall.ratings.of(ticket.id).marks == {"own_window"}


@pytest.mark.gen_test
async def test_the_paired_pad_beside_the_console_and_everybody_behind_a_proxy_are_not_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console_at(tmp_path, monkeypatch) as hall:
        beside = await hall.serve()
        body = {"window": "w01", "level": 1, "channel": "pad"}
        await hall.ask("POST", "/api/v1/ratings", body, Authorization=hall.basic())
        await hall.sign_in(Role.MANAGER)  # a second person from the same address: it is a proxy's
        assert (await hall.ask("GET", "/api/v1/session")).code == 200
        hall.session = {}
        behind = await hall.serve()
        await hall.ask("POST", "/api/v1/ratings", {"ticket": behind.token, "level": 1, "channel": "phone"})
        assert [hall.ratings.of(one.id).marks for one in (beside, behind)] == [NOTHING, NOTHING]


@pytest.mark.gen_test
async def test_raw_and_valid_counts_are_both_answered_and_unasked_ratings_apart(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        for level, channel in ((1, "phone"), (5, "phone"), (5, "pad"), (2, "sms")):
            ticket = await hall.serve()
            body = {"ticket": ticket.token, "level": level, "channel": channel}
            last = await hall.ask("POST", "/api/v1/ratings", body)
            hall.clock.forward(minutes=1)
            if channel == "pad":
                bad = last.body["id"]
        await hall.sign_in(Role.MANAGER)
        wanted = {"mark": "own_window", "on": True, "reason": "录像显示是窗口自己点的"}
        marked = await hall.ask("POST", f"/api/v1/ratings/{bad}/marks", wanted)
        assert (marked.code, marked.body) == (200, {"id": bad, "marks": ["own_window"]})
        found = (await hall.ask("GET", "/api/v1/ratings")).body
        assert (found["counts"], found["valid_counts"]) == ([1, 1, 0, 0, 2], [1, 1, 0, 0, 1])
        assert (found["rate"], found["valid_rate"]) == (0.5, pytest.approx(2 / 3))
        assert found["active_counts"] == [1, 0, 0, 0, 1]
        assert [one["marks"] for one in found["items"] if one["id"] == bad] == [["own_window"]]
        await hall.ask("POST", f"/api/v1/ratings/{bad}/marks", {**wanted, "on": False, "reason": "看错了"})
        assert (await hall.ask("GET", "/api/v1/ratings")).body["valid_counts"] == [1, 1, 0, 0, 2]


@pytest.mark.gen_test
async def test_who_marks_says_why_and_the_words_stay_out_of_the_journal(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        made = await hall.ask("POST", "/api/v1/ratings", {"ticket": ticket.token, "level": 5, "channel": "phone"})
        path = f"/api/v1/ratings/{made.body['id']}/marks"
        wanted = {"mark": "burst", "on": True, "reason": "张三刷的"}
        assert (await hall.ask("POST", path, wanted)).code == 401
        await hall.sign_in(Role.MANAGER)
        cases = [
            ({**wanted, "reason": "  "}, 400, "rating.reason_required"),
            ({**wanted, "reason": "长" * 5000}, 400, "rating.text_too_long"),
            ({**wanted, "mark": "excluded"}, 409, "rating.mark_by_review"),
            ({**wanted, "mark": "ugly"}, 400, "body.invalid"),
            ({"mark": "burst", "on": True}, 400, "body.invalid"),
        ]
        for body, code, error in cases:
            answer = await hall.ask("POST", path, body)
            assert (answer.code, answer.error) == (code, error)
        unknown = await hall.ask("POST", "/api/v1/ratings/nothing/marks", wanted)
        assert (unknown.code, unknown.error) == (404, "rating.unknown")
        assert (await hall.ask("POST", path, wanted)).code == 200
        rows = await hall.server.database.fetch("SELECT payload FROM journal WHERE type = 'rating.marked'")
        assert len(rows) == 1
        assert "张三" not in rows[0][0]
        event_why = rows[0][0].split('"why":"')[1].split('"')[0]
        assert await hall.server.rooms["evaluation"].intake.why(event_why) == "张三刷的"
        kept = await hall.server.database.fetch("SELECT count(*) FROM vault")
        assert kept == [(1,)], "a reason whose mark was refused is not kept"


@pytest.mark.gen_test
async def test_nobody_marks_a_rating_of_their_own_service(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open("w01", "manager")
        ticket = await hall.serve()
        made = await hall.ask("POST", "/api/v1/ratings", {"ticket": ticket.token, "level": 5, "channel": "phone"})
        await hall.sign_in(Role.MANAGER)
        wanted = {"mark": "burst", "on": True, "reason": "不公平"}
        answer = await hall.ask("POST", f"/api/v1/ratings/{made.body['id']}/marks", wanted)
        assert (answer.code, answer.error) == (403, "rating.own_service")


@pytest.mark.gen_test
async def test_a_rating_older_than_those_at_hand_is_marked_too(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        made = await hall.ask("POST", "/api/v1/ratings", {"ticket": ticket.token, "level": 5, "channel": "phone"})
        day = hall.server.business_day.isoformat()
        await next_day(hall, 9)
        await hall.sign_in(Role.MANAGER)
        path = f"/api/v1/ratings/{made.body['id']}/marks"
        answer = await hall.ask("POST", path, {"mark": "burst", "on": True, "reason": "核查"})
        assert answer.body["marks"] == ["burst"]
        found = (await hall.ask("GET", f"/api/v1/ratings?from={day}&to={day}")).body
        assert (found["counts"], found["valid_counts"]) == ([0, 0, 0, 0, 1], [0] * 5)
        again = await hall.ask("POST", path, {"mark": "burst", "on": True, "reason": "核查"})
        assert again.code == 200
        rows = await hall.server.database.fetch("SELECT seq FROM journal WHERE type = 'rating.marked'")
        assert len(rows) == 1, "a mark that stands already is not set again"
