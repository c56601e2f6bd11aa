"""Domain rule 12: what the hall does by itself is told apart from what managers do, whatever reason they write."""

from __future__ import annotations

import msgspec
import pytest

from hall_queue import messages as m
from hall_queue.causes import Cause
from hall_queue.hand.deeds import DeedKind
from hall_queue.hand.messages import SwitchLine
from hall_queue.notices.messages import BroadcastNotice, NoticeBroadcast, WithdrawNotice
from hall_server.errors import Refused
from tests.fakes.hall import manager
from tests.fakes.queue_hall import QueueHall, clerk
from tests.fakes.rule_words import rules

Hall = QueueHall
REASON = "alone"  # as a manager might write it


async def refused(hall: Hall) -> dict[str, object]:
    with hall.refused(Refused, "line.closed") as refusal:
        await hall.issue("farming")
    return refusal.value.fields


def kinds(hall: Hall) -> list[DeedKind]:
    found = hall.server.live_views["hand"]._pictures._log  # type: ignore[attr-defined]  # the fold itself
    return [deed.kind for deed in found.deeds.values()]


def picture(hall: Hall) -> tuple[str, Cause | None]:
    found = hall.room.pictures.line(hall.server.directory.lines["farming"])
    return found.closed_reason, found.closed_cause


@pytest.mark.gen_test
async def test_rule_12_a_line_that_a_manager_closes_alone_stays_closed_when_a_window_opens(hall: Hall) -> None:
    (window, *_) = hall.server.directory.windows_of_line("farming")
    await hall.do(SwitchLine(line="farming", is_open=False, reason=REASON))
    await hall.open(window.id)
    assert await refused(hall) == {"line": "farming", "reason": REASON, "cause": None}
    assert picture(hall) == (REASON, None)


@pytest.mark.gen_test
async def test_rule_12_a_line_that_closes_with_its_last_window_says_so_and_opens_with_the_next(hall: Hall) -> None:
    await rules(hall, closing_alone="stop")
    windows = [one.id for one in hall.server.directory.windows_of_line("farming")]
    await hall.open(windows[0])
    await hall.do(m.CloseWindow(window=windows[0]), clerk(windows[0]))
    assert await refused(hall) == {"line": "farming", "reason": "", "cause": Cause.ALONE}
    assert picture(hall) == ("", Cause.ALONE)
    await hall.open(windows[0])
    assert await hall.issue("farming")


@pytest.mark.gen_test
async def test_rule_21_deeds_of_a_manager_with_that_reason_stand_in_the_log(hall: Hall) -> None:
    until = hall.room.hall.local_now().replace(hour=23)
    reply = await hall.do(BroadcastNotice(zh="请注意", until=until, reason=REASON), manager())
    await hall.do(WithdrawNotice(notice=reply["id"], reason=REASON), manager())
    await hall.do(SwitchLine(line="farming", is_open=False, reason=REASON), manager())
    assert kinds(hall) == [DeedKind.NOTICE_BROADCAST, DeedKind.NOTICE_WITHDRAWN, DeedKind.LINE_CLOSED]


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("reason", "read"), [(REASON, ("", Cause.ALONE)), ("the system is down", ("the system is down", None))]
)
async def test_rule_12_old_events_are_read_as_they_were_meant(
    hall: Hall, reason: str, read: tuple[str, Cause | None]
) -> None:
    old = msgspec.json.encode({"line": "farming", "reason": reason})
    event = hall.server.types.read("line.closed", 1, old)
    assert isinstance(event, m.LineClosed)
    assert (event.reason, event.cause) == read
    notice = {"notice": "n", "zh": "", "en": "", "zones": [], "kind": "info", "until": "2026-01-05T09:00:00Z"}
    told = hall.server.types.read("notice.broadcast", 1, msgspec.json.encode({**notice, "reason": reason}))
    assert isinstance(told, NoticeBroadcast)
    assert (told.reason, told.cause) == read
    assert hall.server.types.read("notice.withdrawn", 1, msgspec.json.encode({"notice": "n", "reason": reason}))
