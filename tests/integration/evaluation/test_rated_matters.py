"""One rating for each matter (一事一评): where it counts, what is asked next, and what cannot be rated."""

from pathlib import Path

import pytest

from evaluation.messages import GiveRating
from evaluation.model import Level, RatingChannel
from hall_queue import messages as m
from hall_server.errors import DomainError, NotFound, Refused
from hall_server.identity import visitor
from tests.fakes.hall import manager, staff
from tests.fakes.rated_visits import come, matters, rating, serve_all
from tests.fakes.visits import Visits, listening, pad, visits


async def refused(hall: Visits, command: GiveRating, kind: type[DomainError], actor: object = None) -> DomainError:
    with pytest.raises(kind) as found:
        await hall.do(command, actor=actor or visitor("v"))  # type: ignore[arg-type]  # any actor
    return found.value


@pytest.mark.gen_test
async def test_a_visit_with_three_matters_is_rated_three_times_and_no_fourth(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        wanted = matters(hall)[:3]
        ticket = await serve_all(hall, *wanted)
        for level, matter in zip((1, 4, 2), wanted, strict=True):
            made = await hall.do(rating(ticket.id, level, matter=matter), actor=visitor("v"))
            assert made["matter"] == matter
        assert hall.ratings.counts == [1, 1, 0, 1, 0]
        assert [hall.ratings.of(ticket.id, matter).level for matter in wanted] == [1, 4, 2]
        for matter in (*wanted, None):
            assert (await refused(hall, rating(ticket.id, 3, matter=matter), Refused)).code == "rating.already"
        mark = hall.room.pictures.ticket(ticket).rating
        assert (mark.possible, [one.level for one in mark.matters]) == (False, [1, 4, 2])


@pytest.mark.gen_test
async def test_where_no_matter_is_named_the_first_unrated_one_is_meant(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        wanted = matters(hall)[:2]
        ticket = await serve_all(hall, *wanted)
        await hall.do(rating(ticket.id, 5, matter=wanted[1]), actor=visitor("v"))
        made = await hall.do(rating(ticket.id, 2), actor=visitor("v"))
        assert made["matter"] == wanted[0]


@pytest.mark.gen_test
async def test_a_matter_that_the_visit_did_not_have_is_unknown(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        here, other = matters(hall)[:2]
        ticket = await serve_all(hall, here)
        found = await refused(hall, rating(ticket.id, 1, matter=other), NotFound)
        assert (found.code, found.fields["field"]) == ("rating.matter_unknown", "matter")
        assert (await refused(hall, rating(ticket.id, 1, matter="nothing"), NotFound)).code == "rating.matter_unknown"


@pytest.mark.gen_test
async def test_each_matter_counts_for_the_window_and_the_person_who_served_it(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await hall.open("w04", "s04")
        here, there = matters(hall)[0], matters(hall, "transport")[0]
        ticket = await come(hall, here, there)
        await hall.do(m.FinishService(window="w01"))
        await hall.do(rating(ticket.id, 2, matter=here), actor=visitor("v"))
        assert (await refused(hall, rating(ticket.id, 2, matter=there), NotFound)).code == "rating.matter_unknown"
        for key in (m.CallNext, m.StartService, m.FinishService):
            await hall.do(key(window="w04"))
        await hall.do(rating(ticket.id, 5), actor=visitor("v"))
        found = [hall.ratings.of(ticket.id, matter) for matter in (here, there)]
        assert [(one.window, one.staff, one.level) for one in found] == [("w01", "s01", 2), ("w04", "s04", 5)]


@pytest.mark.gen_test
async def test_what_was_served_may_be_rated_although_the_visitor_did_not_come_to_the_next_window(
    tmp_path: Path,
) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await hall.open("w04", "s04")
        here, there = matters(hall)[0], matters(hall, "transport")[0]
        ticket = await come(hall, here, there)
        await hall.do(m.FinishService(window="w01"))
        await hall.do(m.CallNext(window="w04"))
        hall.clock.forward(seconds=60)
        await hall.do(m.RecallTicket(window="w04"))
        await hall.do(m.PassTicket(window="w04"))
        assert (await hall.do(rating(ticket.id, 1), actor=visitor("v")))["matter"] == here
        assert (await refused(hall, rating(ticket.id, 1, matter=there), NotFound)).code == "rating.matter_unknown"


@pytest.mark.gen_test
async def test_a_windows_pad_rates_its_own_matters_one_after_the_other(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        wanted = matters(hall)[:3]
        ticket = await serve_all(hall, *wanted)
        served = hall.room.pictures.served
        ended = hall.clock.now()
        for place, level in enumerate((1, 2, 3), start=1):
            asked = served.asked("w01", 30)
            assert (asked.place, asked.of, len(asked.left)) == (place, 3, 4 - place)
            assert asked.left[0].matter == wanted[place - 1]
            hall.clock.forward(seconds=20)
            command = GiveRating(window="w01", level=Level(level), channel=RatingChannel.PAD)
            await hall.do(command, actor=pad("w01"))
        assert (hall.clock.now() - ended).total_seconds() == 60, "each question stands for its own half minute"
        assert served.asked("w01", 30).left == ()
        assert [hall.ratings.of(ticket.id, one).level for one in wanted] == [1, 2, 3]
        assert all(not hall.ratings.of(ticket.id, one).marks for one in wanted)


@pytest.mark.gen_test
async def test_a_key_may_be_taken_back_while_only_what_ended_before_it_was_rated(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await hall.open("w04", "s04")
        here, there = matters(hall)[0], matters(hall, "transport")[0]
        ticket = await come(hall, here, there)
        await hall.do(m.FinishService(window="w01"))
        await hall.do(rating(ticket.id, 2), actor=visitor("v"))
        for key in (m.CallNext, m.StartService, m.FinishService, m.UndoKey):
            await hall.do(key(window="w04"), actor=staff("s04", "w04"))
        assert [one.matter for one in hall.room.pictures.served.of(ticket.id)] == [here]
        await hall.do(m.FinishService(window="w04"))
        await hall.do(rating(ticket.id, 2), actor=visitor("v"))
        with pytest.raises(Refused) as found:
            await hall.do(m.UndoKey(window="w04"), actor=manager())
        assert found.value.code == "undo.rated"


@pytest.mark.gen_test
async def test_the_question_comes_back_when_the_call_that_ended_it_is_taken_back(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        ticket = await serve_all(hall, *matters(hall)[:2])
        served = hall.room.pictures.served
        before = served.asked("w01", 30)
        await hall.issue()
        await hall.do(m.CallNext(window="w01"))
        assert served.asked("w01", 30) is None
        await hall.do(m.UndoKey(window="w01"))
        assert (served.asked("w01", 30), before.ticket.id) == (before, ticket.id)


@pytest.mark.gen_test
async def test_reasons_for_one_matter_are_not_added_to_another(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        first, second = matters(hall)[:2]
        ticket = await serve_all(hall, first, second)
        body = {"ticket": ticket.token, "channel": "phone"}
        await hall.ask("POST", "/api/v1/ratings", {**body, "level": 4, "matter": first})
        await hall.ask("POST", "/api/v1/ratings", {**body, "level": 4, "matter": second})
        more = {**body, "level": 4, "matter": second, "reasons": ["slow"], "aspects": ["skill"]}
        assert (await hall.ask("POST", "/api/v1/ratings", more)).code == 201
        assert hall.ratings.of(ticket.id, first).reasons == ()
        assert hall.ratings.of(ticket.id, second).reasons == ("slow",)


@pytest.mark.gen_test
async def test_the_case_of_a_matter_goes_with_its_rating(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        wanted = matters(hall)[:1]
        hall.room.pictures.served.case_of = lambda ticket, matter: f"case of {matter}"
        ticket = await serve_all(hall, *wanted)
        await hall.do(rating(ticket.id, 2), actor=visitor("v"))
        assert hall.ratings.of(ticket.id).case == f"case of {wanted[0]}"
        assert hall.room.pictures.ticket(ticket).rating.matters[0].case == f"case of {wanted[0]}"
