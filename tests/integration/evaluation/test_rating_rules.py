"""Who may rate what, how often and until when."""

from pathlib import Path

import msgspec
import pytest

from evaluation.messages import AddRatingDetail, ChangeRating, GiveRating
from evaluation.model import Level, RatingChannel, Reason
from hall_queue import messages as m
from hall_server.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from hall_server.identity import visitor
from tests.fakes.visits import Visits, pad, visits


def rating(ticket: str | None, level: int = 1, **more: object) -> GiveRating:
    given = {"ticket": ticket, "level": Level(level), "channel": RatingChannel.PHONE, **more}
    return GiveRating(**given)  # type: ignore[arg-type]  # the fields are named above


async def refused(hall: Visits, command: object, kind: type[DomainError], actor: object = None) -> str:
    with pytest.raises(kind) as found:
        await hall.do(command, actor=actor or visitor("v"))  # type: ignore[arg-type]  # any command
    return found.value.code


@pytest.mark.gen_test
async def test_a_served_visit_is_rated_and_counted_for_its_window_and_staff(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        made = await hall.do(rating(ticket.id, 2), actor=visitor("v"))
        found = hall.ratings.of(ticket.id)
        assert (made["id"], made["level"]) == (found.id, 2)
        assert (found.window, found.staff) == ("w01", "s01")
        assert hall.ratings.counts == [0, 1, 0, 0, 0]
        assert hall.ratings.window_counts == {"w01": [0, 1, 0, 0, 0]}
        assert hall.room.pictures.ticket(ticket).rating.level == 2


@pytest.mark.gen_test
async def test_only_a_visit_that_was_served_is_rated(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        passed = await hall.passed()
        waiting = await hall.issue()
        cancelled = await hall.issue()
        await hall.do(m.CancelTicket(ticket=cancelled.id))
        for ticket in (passed, waiting, cancelled):
            assert await refused(hall, rating(ticket.id), Refused) == "rating.not_served"
        assert await refused(hall, rating("nobody"), NotFound) == "rating.ticket_unknown"
        assert await refused(hall, rating(None), Invalid) == "rating.no_ticket"
        assert hall.ratings.by_id == {}


@pytest.mark.gen_test
async def test_a_visit_is_rated_once(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        await hall.do(rating(ticket.id, 5), actor=visitor("v"))
        assert await refused(hall, rating(ticket.id, 1), Refused) == "rating.already"
        assert await refused(hall, rating(ticket.id, 5), Refused) == "rating.already"
        assert hall.ratings.counts == [0, 0, 0, 0, 1]


@pytest.mark.gen_test
async def test_the_same_command_again_gets_the_first_reply(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        first = await hall.do(rating(ticket.id, 3), actor=visitor("v"), command_id="key-0001")
        again = await hall.do(rating(ticket.id, 3), actor=visitor("v"), command_id="key-0001")
        assert first == again
        assert hall.ratings.counts == [0, 0, 1, 0, 0]


@pytest.mark.gen_test
async def test_reasons_follow_a_bare_level_once(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        made = await hall.do(rating(ticket.id, 4), actor=visitor("v"))
        why = AddRatingDetail(rating=made["id"], ticket=ticket.id, reasons=(Reason.SLOW,))
        nothing = AddRatingDetail(rating=made["id"], ticket=ticket.id)
        assert await refused(hall, nothing, Invalid) == "rating.nothing_added"
        await hall.do(why, actor=visitor("v"))
        assert tuple(hall.ratings.of(ticket.id).reasons) == (Reason.SLOW,)
        assert await refused(hall, why, Refused) == "rating.detailed"


@pytest.mark.gen_test
async def test_a_second_rating_of_the_same_level_with_reasons_completes_the_first(tmp_path: Path) -> None:
    """The pad records the level at once; what is chosen on its next page comes in the same shape."""
    async with visits(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        first = await hall.do(rating(ticket.id, 5), actor=visitor("v"))
        elsewhere = rating(ticket.id, 5, reasons=(Reason.WAITING,))
        assert await refused(hall, elsewhere, Refused, visitor("other")) == "rating.already"
        then = await hall.do(rating(ticket.id, 5, reasons=(Reason.WAITING,)), actor=visitor("v"))
        assert (then["id"], hall.ratings.counts) == (first["id"], [0, 0, 0, 0, 1])
        assert await refused(hall, rating(ticket.id, 5, reasons=(Reason.PLACE,)), Refused) == "rating.already"


@pytest.mark.gen_test
async def test_a_visitor_may_change_the_rating_for_ten_minutes(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        made = await hall.do(rating(ticket.id, 5), actor=visitor("v"))
        change = ChangeRating(rating=made["id"], ticket=ticket.id, level=Level.FAIR)
        hall.clock.forward(minutes=10)
        assert (await hall.do(change, actor=visitor("v")))["level"] == 3
        assert hall.ratings.counts == [0, 0, 1, 0, 0]
        hall.clock.forward(seconds=1)
        late = msgspec.structs.replace(change, level=Level.SATISFIED)
        assert await refused(hall, late, Refused) == "rating.too_late"


@pytest.mark.gen_test
async def test_nobody_changes_anothers_rating(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        one, other = await hall.serve(), await hall.serve()
        made = await hall.do(rating(one.id, 1), actor=visitor("v"))
        change = ChangeRating(rating=made["id"], ticket=other.id, level=Level.VERY_DISSATISFIED)
        assert await refused(hall, change, NotFound) == "rating.unknown"


@pytest.mark.gen_test
async def test_a_pad_rates_the_visit_that_ended_at_its_window_last(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await hall.serve()
        ticket = await hall.serve()
        command = GiveRating(window="w01", level=Level.SATISFIED, channel=RatingChannel.PAD)
        assert await refused(hall, command, Forbidden, pad("w02")) == "rating.not_this_window"
        assert await refused(hall, command, Forbidden) == "rating.not_this_window"
        await hall.do(command, actor=pad("w01"))
        assert hall.ratings.of(ticket.id).level is Level.SATISFIED
        assert await refused(hall, command, Refused, pad("w01")) == "rating.already"


@pytest.mark.gen_test
async def test_a_pad_rates_nobody_once_the_next_is_called_or_the_question_is_over(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        command = GiveRating(window="w01", level=Level.SATISFIED, channel=RatingChannel.PAD)
        assert await refused(hall, command, Refused, pad("w01")) == "rating.nobody"
        await hall.serve()
        hall.clock.forward(seconds=61)
        assert await refused(hall, command, Refused, pad("w01")) == "rating.nobody"
        await hall.serve()
        await hall.call()
        assert await refused(hall, command, Refused, pad("w01")) == "rating.nobody"


@pytest.mark.gen_test
async def test_a_pad_that_was_cut_off_hands_its_rating_in_for_the_visit_it_names(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await hall.open("w02", "s02")
        ticket, elsewhere = await hall.serve(), await hall.serve(window="w02")
        await hall.call()
        hall.clock.forward(minutes=30)
        kept = {"window": "w01", "channel": RatingChannel.PAD}
        await hall.do(rating(ticket.id, 4, **kept), actor=pad("w01"))
        assert hall.ratings.of(ticket.id).level is Level.DISSATISFIED
        assert await refused(hall, rating(elsewhere.id, 4, **kept), Refused, pad("w01")) == "rating.other_window"


@pytest.mark.gen_test
async def test_ratings_come_back_after_a_restart_and_end_with_their_day(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        made = await hall.do(rating(ticket.id, 5, reasons=(Reason.SLOW,)), actor=visitor("v"))
        await hall.do(ChangeRating(rating=made["id"], ticket=ticket.id, level=Level.FAIR), actor=visitor("v"))
        clock = hall.clock
    async with visits(tmp_path, clock) as hall:
        found = hall.ratings.of(ticket.id)
        assert (found.level, found.reasons, hall.ratings.counts) == (Level.FAIR, (), [0, 0, 1, 0, 0])
        assert hall.room.pictures.ticket(hall.ticket(ticket.id)).rating.level == 3
        clock.forward(days=1)
        await hall.server.roll_day()
        assert (hall.ratings.counts, list(hall.ratings.recent)) == ([0] * 5, [])
        assert hall.ratings.of(ticket.id).level is Level.FAIR, "at hand for some days, so that nobody rates it twice"
        assert await refused(hall, rating(ticket.id), NotFound) == "rating.ticket_unknown"
