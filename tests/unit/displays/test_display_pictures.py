"""What boards and window screens show at each moment of a visit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from displays.pictures import BoardPicture, WindowScreen
from hall_queue import messages as q
from hall_server.directory.commands import SaveZone
from hall_server.directory.model import Zone
from hall_server.errors import NotFound
from tests.fakes.hall import HandClock, opened, staff
from tests.fakes.visits import Visits

CLERK = staff("s01", "w01")


class Shown(Visits):
    def board(self, zone: str = "z1") -> BoardPicture:
        board: BoardPicture = self.server.rooms["displays"].screens.board(zone)
        return board

    def window(self, window: str = "w01") -> WindowScreen:
        screen: WindowScreen = self.server.rooms["displays"].screens.window(window)
        return screen


@asynccontextmanager
async def shown(data: Path) -> AsyncIterator[Shown]:
    clock = HandClock()
    async with opened(data, clock=clock, rooms=("hall_queue", "devices", "displays", "evaluation")) as server:
        hall = Shown(server, clock)
        await hall.open()
        yield hall


def numbers(calls: Any) -> list[tuple[str, str]]:
    return [(call.number, call.window) for call in calls]


@pytest.mark.gen_test
async def test_an_empty_board_names_its_own_lines_and_windows_only(tmp_path: Path) -> None:
    async with shown(tmp_path) as hall:
        board, directory = hall.board(), hall.server.directory
        assert (board.zone.name, board.hall.name_en) == ("企业服务区", "OneDoor District Service Hall")
        assert [window.id for window in board.windows] == [w.id for w in directory.windows_of_zone("z1")]
        assert {line.id for line in board.lines} == {line.id for line in directory.lines_of_zone("z1")}
        assert (board.calling, board.recent, board.notices) == ((), (), ())


@pytest.mark.gen_test
async def test_the_newest_call_stands_first_and_a_recall_brings_it_up_again(tmp_path: Path) -> None:
    async with shown(tmp_path) as hall:
        await hall.open("w02", "s02")
        await hall.call(window="w01")
        hall.clock.forward(seconds=20)
        await hall.call(window="w02")
        assert numbers(hall.board().calling) == [("A002", "w02"), ("A001", "w01")]
        hall.clock.forward(seconds=20)
        await hall.do(q.RecallTicket(window="w01"))
        assert numbers(hall.board().calling) == [("A001", "w01"), ("A002", "w02")]
        assert hall.board().calling[0].calls == 2


@pytest.mark.gen_test
async def test_who_is_served_leaves_the_calls_and_stands_at_the_window(tmp_path: Path) -> None:
    async with shown(tmp_path) as hall:
        await hall.call()
        await hall.do(q.StartService(window="w01"))
        board = hall.board()
        assert (board.calling, numbers(board.recent)) == ((), [("A001", "w01")])
        window = next(window for window in board.windows if window.id == "w01")
        assert (window.number, window.state, window.lines) == ("A001", "serving", ("A",))


@pytest.mark.gen_test
async def test_at_most_eight_past_calls_are_kept_and_passed_ones_are_among_them(tmp_path: Path) -> None:
    async with shown(tmp_path) as hall:
        await hall.passed()
        for _ in range(9):
            await hall.serve(minutes=1)
        assert [call.number for call in hall.board().recent] == [f"A{n:03d}" for n in range(10, 2, -1)]


@pytest.mark.gen_test
async def test_a_ticket_that_went_on_to_another_window_is_told_there(tmp_path: Path) -> None:
    async with shown(tmp_path) as hall:
        await hall.open("w02", "s02")
        await hall.call()
        await hall.do(q.TransferTicket(window="w01", to_window="w02"))
        assert numbers([*hall.board().calling, *hall.board().recent]) == []
        await hall.do(q.CallNext(window="w02"))
        assert numbers(hall.board().calling) == [("A001", "w02")]


@pytest.mark.gen_test
async def test_calls_of_other_zones_are_not_shown(tmp_path: Path) -> None:
    async with shown(tmp_path) as hall:
        await hall.call()
        board = hall.board("z2")
        assert (board.calling, board.recent) == ((), ())


@pytest.mark.gen_test
async def test_a_window_screen_follows_the_visit(tmp_path: Path) -> None:
    async with shown(tmp_path) as hall:
        assert (hall.window().window.state, hall.window().ticket) == ("idle", None)
        await hall.call()
        ticket = hall.window().ticket
        assert ticket is not None
        assert (ticket.number, ticket.state, ticket.calls) == ("A001", "called", 1)
        assert hall.window("w02").window.state == "closed"


@pytest.mark.gen_test
async def test_a_rating_is_asked_for_after_the_visit_until_its_time_is_over(tmp_path: Path) -> None:
    async with shown(tmp_path) as hall:
        ticket = await hall.serve()
        rating = hall.window().rating
        assert rating is not None
        assert (rating.ticket, rating.number) == (ticket.token, "A001")
        hall.clock.forward(seconds=29)
        assert hall.window().rating == rating
        hall.clock.forward(seconds=1)
        assert hall.window().rating is None


@pytest.mark.gen_test
async def test_no_rating_is_asked_for_a_passed_ticket_or_once_the_next_is_called(tmp_path: Path) -> None:
    async with shown(tmp_path) as hall:
        await hall.passed()
        assert hall.window().rating is None
        await hall.serve()
        await hall.call()
        assert hall.window().rating is None


@pytest.mark.gen_test
async def test_who_has_rated_on_the_phone_is_not_asked_at_the_window(tmp_path: Path) -> None:
    from evaluation.messages import GiveRating
    from evaluation.model import Level, RatingChannel
    from hall_server.identity import visitor

    async with shown(tmp_path) as hall:
        ticket = await hall.serve()
        rating = GiveRating(ticket=ticket.id, level=Level.VERY_SATISFIED, channel=RatingChannel.PHONE)
        await hall.do(rating, visitor())
        assert hall.window().rating is None


@pytest.mark.gen_test
async def test_what_is_not_there_is_said_by_name(tmp_path: Path) -> None:
    async with shown(tmp_path) as hall:
        with pytest.raises(NotFound, match=r"board\.zone_unknown"):
            hall.board("z99")
        with pytest.raises(NotFound, match=r"window\.unknown"):
            hall.window("w99")


@pytest.mark.gen_test
async def test_a_new_zone_has_an_empty_board(tmp_path: Path) -> None:
    async with shown(tmp_path) as hall:
        made = await hall.do(SaveZone(item=Zone(name="二楼")))
        board = hall.board(made["id"])
        assert (board.windows, board.lines, board.zone.name_en) == ((), (), "")
