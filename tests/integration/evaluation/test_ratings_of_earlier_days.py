"""Ratings of earlier days: how long, once, over midnight and over a restart, and what a caller says."""

from pathlib import Path

import pytest

from evaluation.messages import AddRatingDetail, ChangeRating
from evaluation.model import Level, RatingChannel, Reason
from evaluation.visits import Visits as FoundVisits
from hall_queue import messages as m
from hall_queue import served_store
from hall_server.errors import NotFound, Refused
from hall_server.identity import Role, visitor
from tests.fakes.hall import HandClock, manager
from tests.fakes.rated_visits import matters, next_day, rating, serve_all
from tests.fakes.visits import Visits, listening, visits


def body(ticket: object, level: int = 2, **more: object) -> dict[str, object]:
    return {"ticket": getattr(ticket, "token", ticket), "level": level, "channel": "phone", **more}


async def give(hall: Visits, *args: object, **more: object) -> tuple[int, str]:
    answer = await hall.ask("POST", "/api/v1/ratings", body(*args, **more))  # type: ignore[arg-type]  # as above
    return answer.code, "" if answer.code == 201 else answer.error


@pytest.mark.gen_test
async def test_a_visit_may_be_rated_for_seven_days_and_not_on_the_eighth(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        soon, late = await serve_all(hall, *matters(hall)[:2]), await hall.serve()
        await next_day(hall, 7)
        assert (await give(hall, soon, 4, channel="sms"))[0] == 201
        picture = await hall.ask("GET", f"/api/v1/ratings/visits/{soon.token}")
        assert [one["level"] for one in picture.body["matters"]] == [4, None]
        assert (picture.body["number"], picture.body["possible"]) == (soon.number, True)
        assert picture.body["day"] < picture.body["until"]
        await next_day(hall)
        assert await give(hall, late) == (409, "rating.visit_over")
        assert (await hall.ask("GET", f"/api/v1/ratings/visits/{late.token}")).code == 404


@pytest.mark.gen_test
async def test_each_matter_of_an_earlier_visit_is_rated_once_over_midnights_and_restarts(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await serve_all(hall, *matters(hall)[:2])
        assert await give(hall, ticket, 1) == (201, "")
        await next_day(hall)
        assert await give(hall, ticket, 5, matter=ticket.matters[0].matter) == (409, "rating.already")
        clock = hall.clock
    async with listening(tmp_path, clock) as hall:
        assert await give(hall, ticket, 5, matter=ticket.matters[0].matter) == (409, "rating.already")
        assert await give(hall, ticket, 2) == (201, "")
        assert hall.ratings.counts == [0, 1, 0, 0, 0], "what was given today, whichever day the visit was"
        await next_day(hall)
        clock = hall.clock
    async with listening(tmp_path, clock) as hall:
        assert [await give(hall, ticket, 3) for _ in range(2)] == [(409, "rating.already")] * 2
        rated = [hall.ratings.of(ticket.id, one.matter) for one in ticket.matters]
        assert [(one.level, one.window, one.staff) for one in rated] == [(1, "w01", "s01"), (2, "w01", "s01")]


@pytest.mark.gen_test
async def test_reasons_and_a_change_reach_a_rating_over_midnight_and_a_restart(tmp_path: Path) -> None:
    clock = HandClock()
    async with visits(tmp_path, clock) as hall:
        clock.forward(hours=14, minutes=50)  # ten minutes before midnight in Shanghai
        await hall.open()
        ticket = await hall.serve(minutes=5)
        made = await hall.do(rating(ticket.id, 4), actor=visitor("v"))
        clock.forward(minutes=6)
        await hall.server.roll_day()
        why = AddRatingDetail(rating=made["id"], ticket=ticket.id, reasons=(Reason.SLOW,))
        await hall.do(why, actor=visitor("v"))
        assert hall.ratings.counts == [0] * 5, "it was given yesterday"
    async with visits(tmp_path, clock) as hall:
        assert hall.ratings.of(ticket.id).reasons == (Reason.SLOW,)
        with pytest.raises(Refused) as found:
            await hall.do(why, actor=visitor("v"))
        assert found.value.code == "rating.detailed"
        await hall.do(ChangeRating(rating=made["id"], ticket=ticket.id, level=Level.FAIR), actor=visitor("v"))
        assert (hall.ratings.of(ticket.id).level, hall.ratings.counts) == (Level.FAIR, [0] * 5)


@pytest.mark.gen_test
async def test_a_rating_on_its_way_while_the_day_ends_is_not_lost(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        found = FoundVisits(hall.server, hall.room.queue, hall.room.pictures.served)
        id_, visit = await found.by_secret(ticket.token)
        await next_day(hall)
        await hall.do(rating(id_, 2, visit=visit), actor=visitor("v"))
        assert hall.ratings.of(ticket.id).level == 2


@pytest.mark.gen_test
async def test_a_ticket_that_was_not_served_cannot_be_rated_on_another_day_either(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        passed = await hall.passed()
        await next_day(hall)
        assert await give(hall, passed) == (404, "rating.ticket_unknown")
        assert await give(hall, "x" * 22) == (404, "rating.ticket_unknown")


@pytest.mark.gen_test
async def test_the_table_of_served_matters_follows_a_key_that_is_taken_back(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await serve_all(hall, *matters(hall)[:2])
        await hall.do(m.UndoKey(window="w01"))
        await hall.server.projector.reached(hall.server.journal.committed)
        assert await served_store.by_secret(hall.server.views, ticket.token) == []
        await hall.do(m.FinishService(window="w01"))
        await hall.server.projector.reached(hall.server.journal.committed)
        found = await served_store.by_secret(hall.server.views, ticket.token)
        assert [one.matter for one in found] == matters(hall)[:2]


@pytest.mark.gen_test
async def test_staff_enter_what_a_caller_says_by_number_and_day(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        first, second = await hall.serve(), await hall.serve()
        day = hall.server.business_day.isoformat()
        await hall.sign_in(Role.MANAGER)
        call = {"level": 5, "channel": "telephone", "text": "等了两小时"}
        made = await hall.ask("POST", "/api/v1/ratings", {**call, "number": first.number.lower()})
        assert made.code == 201
        await next_day(hall)
        await hall.sign_in(Role.MANAGER)
        answers = [
            await hall.ask("POST", "/api/v1/ratings", {**call, "number": number, "day": on})
            for number, on in ((second.number, day), (first.number, day), ("Z999", day), (first.number, "2030-01-01"))
        ]
        codes = ["" if one.code == 201 else one.error for one in answers]
        assert codes == ["", "rating.already", "rating.number_unknown", "rating.day_to_come"]
        rows = await hall.server.database.fetch("SELECT actor FROM journal WHERE type = 'rating.given' ORDER BY seq")
        assert rows == [("staff:manager",), ("staff:manager",)], "who entered it stands in the journal"
        given = hall.ratings.of(second.id)
        assert (given.channel, given.marks) == (RatingChannel.TELEPHONE, frozenset())


@pytest.mark.gen_test
async def test_nobody_enters_a_caller_s_word_on_their_own_service(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open("w01", "staff")
        ticket = await hall.serve()
        await hall.sign_in(Role.STAFF)
        call = {"number": ticket.number, "level": 1, "channel": "telephone"}
        answer = await hall.ask("POST", "/api/v1/ratings", call)
        assert (answer.code, answer.error) == (403, "rating.own_service")
        assert hall.ratings.by_id == {}


@pytest.mark.gen_test
async def test_a_number_alone_opens_nothing_to_a_visitor_or_a_pad(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        call = {"number": ticket.number, "level": 1, "channel": "telephone"}
        for headers in ({}, {"Authorization": hall.basic()}):
            answer = await hall.ask("POST", "/api/v1/ratings", call, **headers)
            assert (answer.code, answer.error) == (403, "rating.number_by_staff")
        answer = await hall.ask("POST", "/api/v1/ratings", {"day": "2026-11-23", "level": 1, "channel": "phone"})
        assert answer.error == "rating.no_ticket"


@pytest.mark.gen_test
async def test_what_is_at_hand_of_ratings_ends_with_their_time(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        await hall.do(rating(ticket.id, 1), actor=visitor("v"))
        await next_day(hall, 7)
        assert hall.ratings.of(ticket.id) is not None
        await next_day(hall)
        assert (hall.ratings.by_id, hall.ratings.by_ticket) == ({}, {})
        with pytest.raises(NotFound) as found:
            await hall.do(rating(ticket.id, 1), actor=manager())
        assert found.value.code == "rating.ticket_unknown"
