"""Ratings reach the platform above, each revision once, whatever happens on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.upward_hall import TOKEN, upward_hall


@pytest.mark.gen_test
async def test_a_rating_is_sent_once_its_time_to_change_is_over(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        rating, _ = await hall.rate(1)
        await hall.push()
        assert (await hall.ledger()).arrivals == []
        hall.later()
        await hall.push()
        await hall.push()
        ledger = await hall.ledger()
        assert ledger.arrivals == [(f"demo:{rating}:1", "accepted")]
        assert await hall.states() == {"accepted": 1}
        assert hall.pusher.trouble is None


@pytest.mark.gen_test
async def test_a_record_says_what_the_published_data_set_asks_for(tmp_path: Path) -> None:
    async with upward_hall(tmp_path, upward_texts=True) as hall:
        rating, _ = await hall.rate(5, text="窗口没人")
        matter = hall.server.directory.matters[hall.matter()]
        hall.later()
        await hall.push()
        [record] = (await hall.ledger()).records
        number = record["projectNo"].rpartition("-")[2]
        assert record == {
            **{"key": f"demo:{rating}:1", "uniqueId": f"demo:{rating}", "revision": "1", "kind": "original"},
            **{"proDepart": hall.server.directory.departments[matter.department].name},
            **{"proDepartCode": matter.department, "projectNo": f"demo-20261123-{number}", "projectNoKind": "ticket"},
            **{"taskCode": matter.code, "taskName": matter.name, "taskType": f"{int(matter.task_type):02d}"},
            **{
                "promiseTime": record["promiseTime"],
                "winNo": "1",
                "winName": hall.server.directory.windows["w01"].name,
            },
            **{"proManager": hall.server.directory.staff["s01"].number, "pf": "2", "channel": "phone"},
            **{"satisfaction": "1", "evalDetail": "", "writingEvaluation": "窗口没人", "assessNumber": "1"},
            **{"assessTime": "2026-11-23 09:05:00", "isValid": "1", "marks": ""},
        }
        assert number.startswith("A")


@pytest.mark.gen_test
async def test_what_visitors_wrote_stays_here_unless_the_hall_says_so(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        await hall.rate(5, text="张三 13900000000")
        hall.later()
        await hall.push()
        [record] = (await hall.ledger()).records
        assert record["writingEvaluation"] == ""


@pytest.mark.gen_test
async def test_a_rating_changed_before_it_was_sent_arrives_once_as_it_stands(tmp_path: Path) -> None:
    async with upward_hall(tmp_path) as hall:
        rating, ticket = await hall.rate(5)
        await hall.explain(rating, ticket)
        await hall.change(rating, ticket, 2)
        hall.later()
        await hall.push()
        [record] = (await hall.ledger()).records
        assert (record["kind"], record["revision"], record["assessNumber"]) == ("correction", "3", "2")
        assert (record["satisfaction"], record["evalDetail"]) == ("4", "")
        assert await hall.states() == {"accepted": 1, "superseded": 2}


@pytest.mark.gen_test
async def test_a_change_and_a_mark_after_it_was_sent_follow_as_corrections(tmp_path: Path) -> None:
    async with upward_hall(tmp_path, upward_after_s=0) as hall:
        rating, ticket = await hall.rate(5)
        await hall.push()
        await hall.explain(rating, ticket)
        await hall.push()
        await hall.change(rating, ticket, 4)
        await hall.push()
        await hall.mark(rating)
        await hall.push()
        await hall.mark(rating, on=False)
        await hall.push()
        ledger = await hall.ledger()
        told = [(one["kind"], one["revision"], one["assessNumber"], one["isValid"]) for one in ledger.records]
        assert told == [
            *(("original", "1", "1", "1"), ("supplement", "2", "1", "1"), ("correction", "3", "2", "1")),
            *(("mark", "4", "2", "0"), ("mark", "5", "2", "1")),
        ]
        assert [one["evalDetail"] for one in ledger.records] == ["", "slow", "", "", ""]
        assert {one["uniqueId"] for one in ledger.records} == {f"demo:{rating}"}
        assert await hall.states() == {"accepted": 5}


@pytest.mark.gen_test
async def test_many_are_sent_in_batches_in_their_order(tmp_path: Path) -> None:
    async with upward_hall(tmp_path, upward_batch=4) as hall:
        ratings = await hall.rate_many(10)
        hall.later()
        waits = await hall.push()
        assert len(waits) == 4, "three batches and a look that finds nothing"
        ledger = await hall.ledger()
        assert [key.split(":")[1] for key, _ in ledger.arrivals] == ratings


@pytest.mark.gen_test
async def test_ratings_before_the_day_the_hall_begins_with_are_not_sent(tmp_path: Path) -> None:
    async with upward_hall(tmp_path, upward_from="2026-11-24") as hall:
        await hall.rate(1)
        hall.clock.forward(hours=24)
        await hall.server.roll_day()
        await hall.visits.open()
        rating, _ = await hall.rate(2)
        hall.later()
        await hall.push()
        assert (await hall.ledger()).ratings() == {rating}


@pytest.mark.gen_test
async def test_without_a_platform_nothing_is_sent_and_nothing_runs(tmp_path: Path) -> None:
    from tests.fakes.visits import listening

    async with listening(tmp_path) as hall:
        assert hall.server.rooms["upward"].pusher is None
        assert hall.server.rooms["upward"].alarms() == []


@pytest.mark.gen_test
async def test_the_secret_lies_in_a_file_and_goes_with_every_request(tmp_path: Path) -> None:
    from evaluation.upward import _token

    file = tmp_path / "upward.token"
    assert _token(file) is None
    file.write_text(f"{TOKEN}\n", "utf-8")
    file.chmod(0o600)
    assert _token(file) == TOKEN
    async with upward_hall(tmp_path, token="another") as hall:
        await hall.rate(1)
        hall.later()
        assert (await hall.push())[-1] > 0
        assert hall.pusher.trouble is not None
        assert hall.pusher.trouble.reason == "unauthorised"
        assert await hall.states() == {"pending": 1}
