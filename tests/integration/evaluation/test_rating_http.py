"""Ratings over HTTP and as a device asks for them: what is taken, what is refused, and where written words go."""

from pathlib import Path

import msgspec
import pytest

from hall_server.errors import Forbidden, Invalid
from hall_server.identity import Role
from tests.fakes.visits import Visits, listening, pad, visits


async def text_rows(hall: Visits) -> int:
    [(count,)] = await hall.server.database.fetch("SELECT count(*) FROM vault")
    return int(count)


@pytest.mark.gen_test
async def test_whoever_holds_the_tickets_token_may_rate(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        body = {"ticket": ticket.token, "level": 1, "channel": "phone"}
        made = await hall.ask("POST", "/api/v1/ratings", body, Idempotency_Key="key-000001")
        assert (made.code, made.body["level"]) == (201, 1)
        again = await hall.ask("POST", "/api/v1/ratings", body, Idempotency_Key="key-000001")
        assert again.body == made.body
        page = await hall.ask("GET", f"/api/v1/tickets/{ticket.token}")
        one = {"matter": None, "name": "", "name_en": "", "case": None, "level": 1}
        assert page.body["rating"] == {"possible": False, "level": 1, "is_own": True, "matters": [one]}
        twice = await hall.ask("POST", "/api/v1/ratings", body)
        assert (twice.code, twice.error) == (409, "rating.already")
        assert made.body["id"] not in str(twice.body), "the rating's id would let its token's next holder change it"


@pytest.mark.gen_test
async def test_bad_input_is_refused_by_field_and_changes_nothing(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket, passed = await hall.serve(), await hall.passed()
        good = {"ticket": ticket.token, "level": 5, "channel": "phone"}
        cases: list[tuple[dict[str, object], int, str, str]] = [
            ({**good, "level": 6}, 400, "rating.level_unknown", "level"),
            ({**good, "level": 0}, 400, "rating.level_unknown", "level"),
            ({**good, "level": "5"}, 400, "body.invalid", "level"),
            ({**good, "level": True}, 400, "body.invalid", "level"),
            ({**good, "text": "长" * 5000}, 400, "rating.text_too_long", "text"),
            ({**good, "reasons": ["ugly"]}, 400, "body.invalid", "reasons[0]"),
            ({**good, "reasons": ["slow"] * 11}, 400, "body.invalid", "reasons"),
            ({**good, "stars": 5}, 400, "body.invalid", "stars"),
            ({"ticket": ticket.token}, 400, "body.invalid", "level"),
            ({"level": 1}, 400, "rating.no_ticket", "ticket"),
            ({**good, "ticket": "x" * 22}, 404, "rating.ticket_unknown", "ticket"),
            ({**good, "ticket": ticket.id}, 404, "rating.ticket_unknown", "ticket"),
            ({**good, "ticket": passed.token}, 409, "rating.not_served", "number"),
            ({"window": "w01", "level": 1}, 403, "rating.not_this_window", "window"),
        ]
        for body, code, error, field in cases:
            answer = await hall.ask("POST", "/api/v1/ratings", body)
            assert (answer.code, answer.error, body) == (code, error, body)
            assert field in answer.body["error"]["fields"], answer.body
        assert (hall.ratings.by_id, await text_rows(hall)) == ({}, 0)


@pytest.mark.gen_test
async def test_every_refusal_has_words_in_both_languages(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        texts = {language: hall.server.locales.all(language) for language in ("zh-CN", "en")}
        keys = {key for key in texts["zh-CN"] if key.startswith("error.rating.")}
        assert keys == {key for key in texts["en"] if key.startswith("error.rating.")}
        assert len(keys) == 25


@pytest.mark.gen_test
async def test_written_words_stay_out_of_the_journal_and_reach_the_manager_as_they_were_written(tmp_path: Path) -> None:
    words = "<script>alert('张三 13900000000')</script>"
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        body = {"ticket": ticket.token, "level": 5, "text": f"  {words} ", "reasons": ["slow", "slow"], "channel": "qr"}
        made = await hall.ask("POST", "/api/v1/ratings", body)
        rows = await hall.server.database.fetch("SELECT payload FROM journal WHERE type = 'rating.given'")
        sealed = await hall.server.database.fetch("SELECT sealed FROM vault")
        assert len(rows) == len(sealed) == 1
        assert "13900000000" not in rows[0][0]
        assert b"13900000000" not in sealed[0][0]
        await hall.sign_in(Role.MANAGER)
        found = await hall.ask("GET", "/api/v1/ratings?bad=1")
        [item] = found.body["items"]
        assert (item["id"], item["text"], item["reasons"]) == (made.body["id"], words, ["slow"])
        assert (found.body["total"], found.body["counts"], found.body["rate"]) == (1, [0, 0, 0, 0, 1], 0.0)


@pytest.mark.gen_test
async def test_a_text_whose_rating_is_refused_is_not_kept(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        body = {"ticket": ticket.token, "level": 5, "text": "慢", "channel": "phone"}
        key = {"Idempotency_Key": "key-000001"}
        await hall.ask("POST", "/api/v1/ratings", body, **key)
        assert (await hall.ask("POST", "/api/v1/ratings", body, **key)).code == 201
        assert (await hall.ask("POST", "/api/v1/ratings", body)).error == "rating.already"
        reused = await hall.ask("POST", "/api/v1/ratings", {**body, "text": "快"}, **key)
        assert reused.error == "command.reused"
        assert await text_rows(hall) == 1
        rating = hall.ratings.of(ticket.id)
        assert await hall.server.rooms["evaluation"].intake.text(rating.text) == "慢"


@pytest.mark.gen_test
async def test_reasons_and_a_change_of_mind_need_the_tickets_token(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket, other = await hall.serve(), await hall.serve()
        made = await hall.ask("POST", "/api/v1/ratings", {"ticket": ticket.token, "level": 4, "channel": "pad"})
        path = f"/api/v1/ratings/{made.body['id']}"
        assert (await hall.ask("POST", f"{path}/detail", {"reasons": ["slow"]})).code == 403
        foreign = await hall.ask("POST", f"{path}/detail", {"ticket": other.token, "reasons": ["slow"]})
        assert foreign.error == "rating.unknown"
        more = {"ticket": ticket.token, "aspects": ["efficiency"], "reasons": ["slow"], "text": "排队太久"}
        assert (await hall.ask("POST", f"{path}/detail", more)).code == 200
        changed = await hall.ask("PATCH", path, {"ticket": ticket.token, "level": 2})
        assert (changed.code, changed.body["level"]) == (200, 2)
        assert (await hall.ask("PATCH", path, {"ticket": other.token, "level": 5})).error == "rating.unknown"
        assert hall.ratings.counts == [0, 1, 0, 0, 0]


@pytest.mark.gen_test
async def test_a_pad_with_its_credential_names_its_window_instead_of_the_ticket(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        body = {"window": "w01", "level": 4, "channel": "pad"}
        made = await hall.ask("POST", "/api/v1/ratings", body, Authorization=hall.basic())
        assert made.code == 201
        more = await hall.ask(
            "POST", f"/api/v1/ratings/{made.body['id']}/detail", {"reasons": ["attitude"]}, Authorization=hall.basic()
        )
        assert (more.code, hall.ratings.of(ticket.id).reasons) == (200, ("attitude",))
        foreign = await hall.ask("POST", "/api/v1/ratings", {**body, "window": "w02"}, Authorization=hall.basic())
        assert (foreign.code, foreign.error) == (403, "rating.not_this_window")


@pytest.mark.gen_test
async def test_only_managers_read_ratings(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        assert (await hall.ask("GET", "/api/v1/ratings")).code == 401
        await hall.sign_in(Role.STAFF)
        assert (await hall.ask("GET", "/api/v1/ratings")).code == 403
        await hall.sign_in(Role.MANAGER)
        assert (await hall.ask("GET", "/api/v1/ratings?from=yesterday")).error == "rating.day_unknown"


@pytest.mark.gen_test
async def test_the_list_follows_changes_pages_and_windows(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        await hall.open("w02", "s02")
        for level, window in ((1, "w01"), (5, "w02"), (4, "w01")):
            ticket = await hall.serve(window=window)
            body = {"ticket": ticket.token, "level": level, "channel": "phone"}
            last = await hall.ask("POST", "/api/v1/ratings", body)
        await hall.ask("PATCH", f"/api/v1/ratings/{last.body['id']}", {"ticket": ticket.token, "level": 3})
        await hall.sign_in(Role.MANAGER)
        everything = await hall.ask("GET", "/api/v1/ratings?limit=2")
        assert [one["level"] for one in everything.body["items"]] == [3, 5]
        assert (everything.body["total"], everything.body["counts"]) == (3, [1, 0, 1, 0, 1])
        here = await hall.ask("GET", "/api/v1/ratings?window=w01&offset=1")
        assert [one["level"] for one in here.body["items"]] == [1]
        other_day = await hall.ask("GET", "/api/v1/ratings?from=2026-01-01&to=2026-01-31")
        assert (other_day.body["items"], other_day.body["rate"]) == ([], None)


@pytest.mark.gen_test
async def test_the_pads_page_and_its_files_are_served(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        assert (await hall.ask("GET", "/pad/w01")).code == 200
        assert (await hall.ask("GET", "/pages/evaluation/pad.js")).code == 200


@pytest.mark.gen_test
async def test_a_device_rates_over_mqtt_the_visit_at_its_window(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        give = hall.server.requests["rating.give"]
        first = await give(pad("w01"), "request-1", {"level": 5, "text": "慢"})
        again = await give(pad("w01"), "request-1", {"level": 5, "text": "慢"})
        assert msgspec.json.decode(first) == msgspec.json.decode(again)
        assert (hall.ratings.of(ticket.id).level, hall.ratings.of(ticket.id).channel) == (5, "mqtt")
        with pytest.raises(Forbidden):
            await give(pad("w01"), "request-2", {"level": 5, "window": "w02"})
        with pytest.raises(Invalid) as refused:
            await give(pad("w01"), "request-3", {"level": "best"})
        assert "level" in refused.value.fields
