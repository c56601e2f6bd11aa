"""A changed rule holds from the next ticket or call on, for its line alone, over a restart, and never half way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hall_queue import messages as m
from hall_queue.rule_events import RulesSaved, SaveRules
from hall_server.directory.commands import SaveLine
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from tests.fakes.hall import manager
from tests.fakes.queue_hall import QueueHall, clerk

Hall = QueueHall


async def change(hall: Hall, line: str | None = None, **values: Any) -> Any:
    return await hall.do(SaveRules(line=line, values=values, reason="试行"))


@pytest.mark.gen_test
async def test_rule_01_a_quota_set_at_noon_counts_what_was_given_in_the_morning(hall: Hall) -> None:
    for _ in range(2):
        await hall.issue("business")
    await change(hall, "business", quota_day=2)
    with hall.refused(Refused, "line.quota_used"):
        await hall.issue("business")
    await hall.issue("tax")  # no other line is concerned
    await change(hall, "business", quota_day=3)
    await hall.issue("business")


@pytest.mark.gen_test
async def test_rule_01_a_line_without_a_quota_gives_numbers_where_the_halls_are_used(
    open_hall: Callable[..., Any],
) -> None:
    hall = await open_hall()
    await change(hall, quota_day=0)
    await change(hall, "tax", quota_day="none")
    for is_again in (False, True):
        if is_again:
            hall = await open_hall()
        assert await hall.issue("tax")
        with hall.refused(Refused, "line.quota_used"):
            await hall.issue("business")
    picture = msgspec.json.decode(hall.server.live.picture("rules", "hall", manager()))
    (shown,) = [one for one in picture["rules"] if one["about"]["name"] == "quota_day"]
    assert (shown["value"], shown["lines"]) == (0, {"tax": "none"})
    await change(hall, "tax", quota_day=None)
    with hall.refused(Refused, "line.quota_used"):
        await hall.issue("tax")


@pytest.mark.gen_test
async def test_rule_06_a_call_keeps_the_rules_it_was_made_under(hall: Hall) -> None:
    await hall.open("w01")
    await hall.issue()
    await hall.call("w01")
    await change(hall, pass_after_calls=1, pass_after_s=0)
    with hall.refused(Refused, "pass.too_few_calls"):
        await hall.do(m.PassTicket(window="w01"), clerk("w01"))
    await hall.do(m.StartService(window="w01"), clerk("w01"))
    await hall.do(m.FinishService(window="w01"), clerk("w01"))
    await hall.issue()
    await hall.call("w01")
    await hall.do(m.PassTicket(window="w01"), clerk("w01"))


@pytest.mark.gen_test
async def test_the_rules_are_the_same_after_a_restart(open_hall: Callable[..., Any]) -> None:
    hall = await open_hall()
    bands = [{"begin": "09:00", "end": "10:00", "tickets": 5}]
    await change(hall, quota_bands=bands, ratio={"favoured": 2, "oldest": 1})
    await change(hall, "tax", hold_s=60)
    before = hall.room.hall.rulebook
    hall = await open_hall()
    after = hall.room.hall.rulebook
    assert after is not before
    assert (after.hall, after.of("tax"), after.changed) == (before.hall, before.of("tax"), before.changed)
    assert after.hall.quota_bands[0].begin == "09:00"
    seq = hall.server.journal.committed
    await change(hall, quota_bands=bands)  # the same again
    assert hall.server.journal.committed == seq


@pytest.mark.gen_test
async def test_only_managers_change_rules_and_only_with_a_reason(hall: Hall) -> None:
    with hall.refused(Forbidden, "rules.managers_only"):
        await hall.do(SaveRules(values={"hold_s": 60}, reason="x"), clerk("w01"))
    for reason, code in (("", "needs_reason"), (" \n", "needs_reason"), ("a\u202eb", "reason_unfit")):
        with hall.refused(Invalid, f"rules.{code}"):
            await hall.do(SaveRules(values={"hold_s": 60}, reason=reason))
    with hall.refused(NotFound, "line.unknown"):
        await change(hall, "nowhere", hold_s=60)
    assert hall.room.hall.rulebook.changed == {}


@pytest.mark.gen_test
async def test_the_guide_line_is_one_that_exists_and_is_in_use(hall: Hall) -> None:
    line = hall.server.directory.lines["general"]
    await hall.do(SaveLine(item=type(line)(**{**_fields(line), "active": False})))
    for wrong in ("general", "nowhere"):
        with hall.refused(Invalid, "rules.line_unknown"):
            await change(hall, guide_line=wrong)
    await change(hall, guide_line="business")
    assert hall.room.hall.rulebook.hall.guide_line == "business"


@pytest.mark.gen_test
async def test_one_save_of_several_places_is_one_moment(hall: Hall) -> None:
    command = SaveRules(values={"near_at": 5}, lines={"tax": {"near_at": 1}, "business": {"near_at": 0}}, reason="x")
    seen: list[int] = []
    hall.server.listen("test", lambda recorded: seen.append(recorded.seq), types=[RulesSaved.type])
    await hall.do(command, manager(), id_="once-0001")
    await hall.do(command, manager(), id_="once-0001")  # the network repeats it
    assert len(seen) == 3
    book = hall.room.hall.rulebook
    assert [book.of(line).near_at for line in (None, "tax", "business")] == [5, 1, 0]


def _fields(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__struct_fields__}
