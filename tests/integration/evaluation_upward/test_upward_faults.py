"""The platform fails, is slow, loses answers, forgets and refuses: every rating is there in the end, and once."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from evaluation.upward.messages import SendAgain
from hall_server.identity import SYSTEM
from tests.fakes.hall import HandClock, manager
from tests.fakes.upward_hall import UpwardHall, upward_hall

WEEK_S = 7 * 86_400


async def lose_answers(hall: UpwardHall) -> None:
    """Three ratings are stored by a platform whose answer is lost, and sent again."""
    await hall.rate_many(3)
    hall.later()
    assert (await hall.push())[-1] > 0
    assert hall.pusher.trouble is not None
    await hall.push()


@pytest.mark.gen_test
async def test_after_a_lost_answer_a_record_is_sent_again_and_stored_once(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.goes_wrong(lose=1)
        await lose_answers(hall)
        ledger = await hall.ledger()
        assert [state for _, state in ledger.arrivals] == ["accepted"] * 3 + ["duplicate"] * 3
        assert (len(ledger.records), ledger.doubles()) == (3, [])
        assert await hall.states() == {"accepted": 3}


@pytest.mark.gen_test
async def test_negative_control_the_ledger_sees_doubles_where_keys_are_ignored(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.goes_wrong(lose=1, ignore_keys=True)
        await lose_answers(hall)
        assert len((await hall.ledger()).doubles()) == 3


@pytest.mark.gen_test
async def test_a_platform_that_is_down_for_a_week_gets_everything_afterwards(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.goes_wrong(fail=-1, status=503)
        ratings: list[str] = []
        tries = 0
        waited_s = 0.0
        while waited_s < WEEK_S:
            if len(ratings) < 14 and waited_s >= len(ratings) * WEEK_S / 14:
                ratings.append((await hall.rate(1 + len(ratings) % 5))[0])
            wait_s = (await hall.push())[-1]
            tries += 1
            step = max(wait_s, 3_600.0)  # the test looks once an hour
            hall.clock.forward(seconds=step)
            waited_s += step
            await hall.server.roll_day()
            await hall.visits.open() if not hall.visits.desk().staff else None
        assert hall.pusher.trouble is not None
        assert hall.pusher.trouble.tries > 100
        assert (await hall.ledger()).arrivals == []
        await hall.goes_wrong()
        hall.later()
        await hall.push()
        assert (await hall.ledger()).ratings() == set(ratings)
        assert hall.pusher.trouble is None


@pytest.mark.gen_test
async def test_waits_double_up_to_a_quarter_of_an_hour_and_begin_anew_after_success(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.rate(1)
        hall.later()
        await hall.goes_wrong(fail=12)
        waits = [(await hall.push())[-1] for _ in range(12)]
        assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900]
        assert (await hall.push())[0] == 0
        await hall.rate(1)
        hall.later()
        await hall.goes_wrong(fail=1)
        assert (await hall.push())[-1] == 5


@pytest.mark.gen_test
async def test_a_platform_that_asks_for_time_gets_it(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.rate(1)
        hall.later()
        await hall.goes_wrong(fail=-1, status=429, after_s=600)
        assert (await hall.push())[-1] == 600
        await hall.goes_wrong(fail=-1, status=429, after_s=10_000_000)
        assert (await hall.push())[-1] == 3_600


@pytest.mark.gen_test
async def test_one_refused_record_holds_no_other_up_and_its_field_is_shown(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        good, _ = await hall.rate(1)
        bad, _ = await hall.rate(4, has_matter=False)
        last, _ = await hall.rate(2)
        hall.later()
        await hall.push()
        assert (await hall.ledger()).ratings() == {good, last}
        assert await hall.states() == {"accepted": 2, "refused": 1}
        [(faults,)] = await hall.server.views.fetch("SELECT faults FROM upward WHERE rating = ?", (bad,))
        assert '"field":"taskCode"' in faults
        assert "不能为空" in faults
        assert [alarm.code for alarm in hall.pusher.alarms()] == ["upward.refused"]


@pytest.mark.gen_test
async def test_after_mending_the_manager_sends_the_refused_ones_again(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.goes_wrong(refuse={"winName": "未备案"})
        ratings = await hall.rate_many(2)
        hall.later()
        await hall.push()
        assert await hall.states() == {"refused": 2}
        assert (await hall.push()) == [15.0], "nothing is sent again by itself"
        await hall.goes_wrong()
        await hall.visits.do(SendAgain(ratings=(ratings[0],)), actor=manager())
        await hall.push()
        assert await hall.states() == {"accepted": 1, "refused": 1}
        await hall.visits.do(SendAgain(), actor=manager())
        await hall.push()
        assert (await hall.ledger()).ratings() == set(ratings)


@pytest.mark.gen_test
async def test_a_record_refused_as_it_was_is_replaced_by_its_newer_revision(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.goes_wrong(refuse={"satisfaction": "错误"})
        rating, _ = await hall.rate(5)
        hall.later()
        await hall.push()
        await hall.goes_wrong()
        await hall.mark(rating)
        await hall.push()
        assert await hall.states() == {"accepted": 1, "superseded": 1}
        assert (await hall.ledger()).last(rating)["isValid"] == "0"


@pytest.mark.gen_test
@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_batch_refused_as_a_whole_is_halved_until_it_passes(tmp_path: Path, status: int) -> None:
    async with upward_hall(tmp_path) as hall:
        ratings = await hall.rate_many(9)
        hall.later()
        if status == 413:
            await hall.goes_wrong(most=2)
        else:
            await hall.goes_wrong(fail=3, status=status)
        await hall.push()
        ledger = await hall.ledger()
        assert (ledger.ratings(), ledger.doubles()) == (set(ratings), [])


@pytest.mark.gen_test
async def test_a_single_record_that_is_refused_alone_is_put_aside(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.rate(1)
        hall.later()
        await hall.goes_wrong(fail=1, status=422)
        await hall.push()
        assert await hall.states() == {"refused": 1}


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("how", "reason"), [({"garbage": True}, "unreadable"), ({"omit": 1}, "unanswered"), ({"fail": -1}, "status_500")]
)
async def test_an_answer_that_says_nothing_leaves_everything_waiting(
    tmp_path: Path, how: dict[str, object], reason: str
) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.rate(1)
        hall.later()
        await hall.goes_wrong(**how)
        assert (await hall.push())[-1] > 0
        assert hall.pusher.trouble is not None
        assert hall.pusher.trouble.reason == reason
        assert await hall.states() == {"pending": 1}


@pytest.mark.gen_test
async def test_records_the_answer_leaves_out_are_asked_about_again(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.rate_many(4)
        hall.later()
        await hall.goes_wrong(omit=2)
        await hall.pusher.round()
        assert await hall.states() == {"accepted": 2, "pending": 2}
        await hall.goes_wrong()
        await hall.push()
        assert await hall.states() == {"accepted": 4}
        assert (await hall.ledger()).doubles() == []


@pytest.mark.gen_test
async def test_a_platform_nobody_listens_at_is_named_unreached(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.rate(1)
        hall.later()
        assert hall.platform._http is not None
        hall.platform._http.stop()
        await hall.platform._http.close_all_connections()
        assert (await hall.push())[-1] > 0
        assert hall.pusher.trouble is not None
        assert hall.pusher.trouble.reason == "unreached"


@pytest.mark.gen_test
async def test_what_is_known_of_the_way_upward_outlives_a_restart_and_a_rebuild(tmp_path: Path) -> None:
    clock = HandClock()
    async with upward_hall(tmp_path, clock=clock) as hall:
        kept = await hall.rate_many(2)
        hall.later()
        await hall.push()
        refused, _ = await hall.rate(1, has_matter=False)
        hall.later()
        await hall.push()
        waiting, _ = await hall.rate(3)
        assert (await hall.states())["pending"] == 1
        before = await hall.server.views.fetch("SELECT * FROM upward ORDER BY rating, revision")
    for name in ("views.db", "views.db-wal", "views.db-shm"):
        (tmp_path / "hall" / name).unlink(missing_ok=True)
    async with upward_hall(tmp_path, clock=clock) as hall:
        await hall.server.projector.reached(hall.server.journal.committed)
        assert await hall.server.views.fetch("SELECT * FROM upward ORDER BY rating, revision") == before
        hall.later()
        await hall.push()
        ledger = await hall.ledger()
        assert [key.split(":")[1] for key, _ in ledger.arrivals] == [*kept, refused, waiting]
        assert ledger.doubles() == []


@pytest.mark.gen_test
async def test_nothing_a_visitor_wrote_comes_back_into_the_journal(tmp_path: Path) -> None:
    words = "张三丰，电话 13900000000，窗口态度差"
    async with upward_hall(tmp_path, upward_texts=True) as hall:
        await hall.goes_wrong(quote=True)
        await hall.rate(5, text=words)
        hall.later()
        await hall.push()
        rows = await hall.server.database.fetch("SELECT payload FROM journal")
        journal = "\n".join(payload for (payload,) in rows)
        assert '"field":"projectNo"' in journal
        assert "13900000000" not in journal
        assert "张三丰" not in journal
        assert "态度差" not in journal


@pytest.mark.gen_test
async def test_a_day_without_anything_accepted_is_an_alarm_only_while_something_waits(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.push()
        hall.clock.forward(days=3)
        assert hall.pusher.alarms() == [], "nothing waits"
        await hall.goes_wrong(fail=-1)
        await hall.rate(1)
        hall.later()
        await hall.push()
        hall.clock.forward(hours=23)
        assert hall.pusher.alarms() == []
        hall.clock.forward(hours=2)
        [alarm] = hall.pusher.alarms()
        assert (alarm.code, alarm.fields) == ("upward.silent", {"waiting": 1, "reason": "status_500"})
        await hall.goes_wrong()
        await hall.push()
        assert hall.pusher.alarms() == []


@pytest.mark.gen_test
async def test_the_days_are_compared_and_a_day_the_platform_lost_is_sent_again(tmp_path: Path) -> None:
    today = date(2026, 11, 23)
    async with upward_hall(tmp_path) as hall:
        ratings = await hall.rate_many(3)
        hall.later()
        await hall.push()
        found = await hall.reconciler.compare(today - timedelta(days=1), today)
        assert [(one.ours, one.theirs, one.is_equal) for one in found.days] == [(0, 0, True), (3, 3, True)]
        await hall.goes_wrong(forget=today.isoformat())
        found = await hall.reconciler.compare(today, today)
        assert [(one.ours, one.theirs, one.is_equal) for one in found.days] == [(3, 0, False)]
        await hall.visits.do(SendAgain(day=today), actor=manager())
        await hall.push()
        ledger = await hall.ledger()
        assert (ledger.ratings(), ledger.doubles()) == (set(ratings), [])
        assert (await hall.reconciler.compare(today, today)).days[0].is_equal


@pytest.mark.gen_test
async def test_a_comparison_the_platform_does_not_answer_says_why(tmp_path: Path) -> None:
    async with upward_hall(tmp_path, token="another") as hall:
        found = await hall.reconciler.compare(date(2026, 11, 23), date(2026, 11, 23))
        assert (found.fault, found.days) == ("unauthorised", ())


@pytest.mark.gen_test
async def test_only_managers_send_again(tmp_path: Path) -> None:
    from hall_server.errors import Forbidden, Invalid
    from tests.fakes.hall import staff

    async with upward_hall(tmp_path) as hall:
        with pytest.raises(Forbidden):
            await hall.visits.do(SendAgain(), actor=staff("s01", "w01"))
        with pytest.raises(Invalid) as both:
            await hall.visits.do(SendAgain(ratings=("r",), day=date(2026, 11, 23)), actor=SYSTEM)
        assert both.value.code == "upward.both"
        with pytest.raises(Invalid) as early:
            await hall.visits.do(SendAgain(day=date(2026, 11, 24)), actor=SYSTEM)
        assert early.value.code == "upward.day_to_come"


@pytest.mark.gen_test
async def test_a_slow_platform_holds_nothing_up_and_is_given_up_after_a_while(tmp_path: Path) -> None:
    async with upward_hall(tmp_path, answer_s=2) as hall:
        await hall.rate(1)
        hall.later()
        await hall.goes_wrong(slow_s=4)
        sending = asyncio.ensure_future(hall.push())
        await hall.platform.busy.wait()
        assert (await hall.visits.ask("GET", "/api/v1/hall")).code == 200
        await hall.serve()
        assert (await sending)[-1] > 0
        assert hall.pusher.trouble is not None
        assert hall.pusher.trouble.reason == "timeout"
        assert await hall.states() == {"pending": 1}
        await hall.goes_wrong()
        await hall.push()
        assert await hall.states() == {"accepted": 1}
