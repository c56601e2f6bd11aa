"""Bad ratings, one by one: each is refused with its field and leaves nothing behind, or is kept as plain text."""

from pathlib import Path

import pytest

from hall_server.identity import Role
from tests.fakes.rated_visits import matters, serve_all
from tests.fakes.visits import Answer, Visits, listening


async def give(hall: Visits, **body: object) -> Answer:
    return await hall.ask("POST", "/api/v1/ratings", {"level": 5, "channel": "phone", **body})


async def assert_nothing_is_kept(hall: Visits) -> None:
    assert hall.ratings.by_id == {}
    assert await hall.server.database.fetch("SELECT count(*) FROM vault") == [(0,)]


def refused(answer: Answer, code: int, error: str, field: str) -> None:
    assert (answer.code, answer.error) == (code, error)
    assert field in answer.body["error"]["fields"], answer.body


@pytest.mark.gen_test
async def test_a_passed_ticket_is_refused(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        passed = await hall.passed()
        refused(await give(hall, ticket=passed.token, text="没等到"), 409, "rating.not_served", "ticket")
        await assert_nothing_is_kept(hall)


@pytest.mark.gen_test
async def test_an_unknown_ticket_is_refused(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        refused(await give(hall, ticket="x" * 22, text="好"), 404, "rating.ticket_unknown", "ticket")
        await assert_nothing_is_kept(hall)


@pytest.mark.gen_test
async def test_an_unknown_matter_is_refused(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await serve_all(hall, matters(hall)[0])
        refused(await give(hall, ticket=ticket.token, matter="none"), 404, "rating.matter_unknown", "matter")
        await assert_nothing_is_kept(hall)


@pytest.mark.gen_test
async def test_a_rated_ticket_is_refused_and_the_first_rating_stands(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        assert (await give(hall, ticket=ticket.token, level=1)).code == 201
        refused(await give(hall, ticket=ticket.token, text="改主意了"), 409, "rating.already", "ticket")
        assert hall.ratings.counts == [1, 0, 0, 0, 0]
        assert await hall.server.database.fetch("SELECT count(*) FROM vault") == [(0,)]


@pytest.mark.gen_test
@pytest.mark.parametrize("level", [6, 0, -1])
async def test_a_level_beyond_the_five_is_refused(tmp_path: Path, level: int) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        refused(await give(hall, ticket=ticket.token, level=level), 400, "rating.level_unknown", "level")
        await assert_nothing_is_kept(hall)


@pytest.mark.gen_test
async def test_a_text_of_five_thousand_characters_is_refused(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        refused(await give(hall, ticket=ticket.token, text="长" * 5000), 400, "rating.text_too_long", "text")
        await assert_nothing_is_kept(hall)


@pytest.mark.gen_test
async def test_markup_is_kept_and_given_back_as_the_text_it_is(tmp_path: Path) -> None:
    words = "<img src=x onerror=alert(1)>&lt;b&gt;"
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        assert (await give(hall, ticket=ticket.token, text=words)).code == 201
        await hall.sign_in(Role.MANAGER)
        [item] = (await hall.ask("GET", "/api/v1/ratings")).body["items"]
        assert item["text"] == words


@pytest.mark.gen_test
@pytest.mark.parametrize("phone", ["12", "phone", "1390000000000", "１３９０００００００", "<script>"])
async def test_a_phone_that_cannot_be_one_is_refused_and_not_repeated(tmp_path: Path, phone: str) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        answer = await give(hall, ticket=ticket.token, phone=phone)
        refused(answer, 400, "person.phone", "phone")
        assert phone not in str(answer.body["error"]["message"])
        await assert_nothing_is_kept(hall)


@pytest.mark.gen_test
async def test_aspects_of_another_channel_are_refused(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        answer = await give(hall, ticket=ticket.token, aspects=["efficiency", "platform"])
        refused(answer, 400, "rating.aspect_foreign", "aspects[1]")
        await assert_nothing_is_kept(hall)


@pytest.mark.gen_test
@pytest.mark.parametrize(("channel", "is_pad"), [("telephone", 0), ("handset", 0), ("phone", 1), ("qr", 1)])
async def test_a_channel_that_is_not_ones_own_is_refused(tmp_path: Path, channel: str, is_pad: int) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        headers = {"Authorization": hall.basic()} if is_pad else {}
        body = {"ticket": ticket.token, "level": 1, "channel": channel}
        refused(await hall.ask("POST", "/api/v1/ratings", body, **headers), 403, "rating.channel_foreign", "channel")
        await assert_nothing_is_kept(hall)


@pytest.mark.gen_test
async def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        answer = await give(hall, ticket=ticket.token, tapped_at="2026-11-23T09:00:00")
        refused(answer, 400, "body.invalid", "tapped_at")


@pytest.mark.gen_test
async def test_a_phone_is_found_by_its_opaque_id_only(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket, other = await hall.serve(), await hall.serve()
        assert (await give(hall, ticket=ticket.token, phone="139-0000-1234")).code == 201
        assert (await give(hall, ticket=other.token)).code == 201
        person = hall.ratings.of(ticket.id).person
        assert (await hall.server.vault.open(person)).phone == "13900001234"
        rows = await hall.server.database.fetch("SELECT payload FROM journal")
        assert all("1234" not in payload.replace(ticket.id, "") for (payload,) in rows if "rating" in payload)
        await hall.sign_in(Role.MANAGER)
        items = (await hall.ask("GET", "/api/v1/ratings")).body["items"]
        assert {one["ticket"]: one["has_phone"] for one in items} == {ticket.id: True, other.id: False}


@pytest.mark.gen_test
async def test_a_phone_may_follow_a_level_that_stands_already(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        await give(hall, ticket=ticket.token)
        assert (await give(hall, ticket=ticket.token, phone="13900001234")).code == 201
        assert hall.ratings.of(ticket.id).person is not None
        assert hall.ratings.counts == [0, 0, 0, 0, 1]
