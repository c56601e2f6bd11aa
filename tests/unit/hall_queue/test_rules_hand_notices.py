"""Domain rule 21: notices, and the emergency stop that can be lifted; with a reason, and lasting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hall_queue import messages as m
from hall_queue.notices import messages as n
from hall_queue.notices.model import DEFAULTS, EmergencyKind, NoticeKind
from hall_queue.notices.state import Notices
from hall_queue.notices.view import NoticePictures
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from tests.fakes.queue_hall import QueueHall, clerk


def notices(hall: QueueHall) -> Notices:
    return hall.room.notices


async def broadcast(hall: QueueHall, **more: Any) -> str:
    wanted = {"zh": "三点开会", "until": hall.clock.now() + timedelta(hours=1), "reason": "会议", **more}
    return str((await hall.do(n.BroadcastNotice(**wanted)))["id"])


async def emergency(hall: QueueHall, kind: EmergencyKind = EmergencyKind.FIRE, **more: Any) -> str:
    return str((await hall.do(n.RaiseEmergency(kind=kind, **{"reason": "烟雾", **more})))["id"])


@pytest.mark.gen_test
async def test_a_notice_is_shown_until_its_time_is_over(hall: QueueHall) -> None:
    id_ = await broadcast(hall)
    assert [one.id for one in notices(hall).shown(hall.clock.now())] == [id_]
    hall.clock.forward(hours=1)
    assert notices(hall).shown(hall.clock.now()) == []


@pytest.mark.gen_test
async def test_a_notice_of_a_zone_is_not_shown_elsewhere(hall: QueueHall) -> None:
    here, there, *_ = hall.server.directory.zones
    await broadcast(hall, zones=(here,))
    assert len(notices(hall).shown(hall.clock.now(), here)) == 1
    assert notices(hall).shown(hall.clock.now(), there) == []


@pytest.mark.gen_test
async def test_warnings_come_first_then_the_newest(hall: QueueHall) -> None:
    first = await broadcast(hall, zh="一")
    warning = await broadcast(hall, zh="二", kind=NoticeKind.WARNING)
    last = await broadcast(hall, zh="三")
    assert [one.id for one in notices(hall).shown(hall.clock.now())] == [warning, last, first]


@pytest.mark.gen_test
async def test_a_withdrawn_notice_is_gone_and_cannot_be_withdrawn_twice(hall: QueueHall) -> None:
    id_ = await broadcast(hall)
    await hall.do(n.WithdrawNotice(notice=id_, reason="取消"))
    assert notices(hall).notices == {}
    with hall.refused(NotFound, "notice.unknown"):
        await hall.do(n.WithdrawNotice(notice=id_, reason="取消"))


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"reason": ""}, "text.missing", "reason"),
        ({"reason": " \n "}, "text.missing", "reason"),
        ({"zh": ""}, "text.missing", "zh"),
        ({"zh": "长" * 5000}, "text.too_long", "zh"),
        ({"en": "x" * 5000}, "text.too_long", "en"),
        ({"reason": "长" * 5000}, "text.too_long", "reason"),
        ({"zones": ("nowhere",)}, "notice.zone_unknown", "zones"),
    ],
)
@pytest.mark.gen_test
async def test_a_bad_notice_is_refused_with_its_field(
    hall: QueueHall, more: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await broadcast(hall, **more)
    assert (refused.value.code, refused.value.fields["field"]) == (code, field)
    assert notices(hall).notices == {}


@pytest.mark.parametrize(
    ("hours", "code"), [(-1, "notice.until_over"), (0, "notice.until_over"), (24 * 40, "notice.until_too_far")]
)
@pytest.mark.gen_test
async def test_a_notice_ends_later_than_now_and_not_in_a_year(hall: QueueHall, hours: int, code: str) -> None:
    with hall.refused(Invalid, code):
        await broadcast(hall, until=hall.clock.now() + timedelta(hours=hours))


@pytest.mark.gen_test
async def test_a_time_without_a_zone_is_refused(hall: QueueHall) -> None:
    with hall.refused(Invalid, "notice.until_without_zone"):
        await broadcast(hall, until=(hall.clock.now() + timedelta(hours=1)).replace(tzinfo=None))


@pytest.mark.gen_test
async def test_markup_stays_text_and_what_cannot_be_seen_goes(hall: QueueHall) -> None:
    await broadcast(hall, zh="<script>\x00alert(1)\u202e</script>\n二行")
    assert [one.zh for one in notices(hall).notices.values()] == ["<script> alert(1) </script> 二行"]


@pytest.mark.gen_test
async def test_only_managers_speak_to_the_hall(hall: QueueHall) -> None:
    until = hall.clock.now() + timedelta(hours=1)
    for command in (
        n.BroadcastNotice(zh="x", until=until, reason="x"),
        n.WithdrawNotice(notice="x", reason="x"),
        n.RaiseEmergency(kind=EmergencyKind.FIRE, reason="x"),
        n.LiftEmergency(reason="x"),
    ):
        with hall.refused(Forbidden, "hand.managers_only"):
            await hall.do(command, clerk("w01"))


@pytest.mark.gen_test
async def test_no_more_notices_than_somebody_reads(hall: QueueHall) -> None:
    for _ in range(20):
        await broadcast(hall)
    with hall.refused(Refused, "notice.too_many"):
        await broadcast(hall)


@pytest.mark.parametrize("kind", list(EmergencyKind))
@pytest.mark.gen_test
async def test_an_emergency_says_what_to_do_without_a_word_typed(hall: QueueHall, kind: EmergencyKind) -> None:
    await emergency(hall, kind)
    found = notices(hall).emergency
    assert found is not None
    assert (found.zh, found.en, found.do_zh, found.do_en) == DEFAULTS[kind][:4]


@pytest.mark.gen_test
async def test_own_words_stand_in_place_of_the_usual_ones(hall: QueueHall) -> None:
    await emergency(hall, zh="三号门封闭", do_zh="请走一号门")
    found = notices(hall).emergency
    assert found is not None
    assert (found.zh, found.en, found.do_zh, found.do_en) == ("三号门封闭", "", "请走一号门", "")


@pytest.mark.gen_test
async def test_an_emergency_stops_what_it_says_and_lifting_it_lets_go(hall: QueueHall) -> None:
    await emergency(hall)
    with hall.refused(Refused, "hall.emergency"):
        notices(hall).check_issuing()
    with hall.refused(Refused, "hall.emergency"):
        notices(hall).check_calling()
    await hall.do(n.LiftEmergency(reason="排除"))
    notices(hall).check_issuing()
    notices(hall).check_calling()
    with hall.refused(Refused, "emergency.none"):
        await hall.do(n.LiftEmergency(reason="排除"))


@pytest.mark.gen_test
async def test_an_emergency_may_leave_issuing_or_calling_alone(hall: QueueHall) -> None:
    await emergency(hall, EmergencyKind.NETWORK, stops_issuing=False, stops_calling=True)
    notices(hall).check_issuing()
    with hall.refused(Refused, "hall.emergency"):
        notices(hall).check_calling()
    await emergency(hall, EmergencyKind.NETWORK, stops_issuing=True, stops_calling=False)
    notices(hall).check_calling()


@pytest.mark.gen_test
async def test_in_an_emergency_nobody_is_called_to_a_window_again_but_service_may_end(hall: QueueHall) -> None:
    await hall.open("w01")
    await hall.issue()
    ticket = await hall.call("w01")
    hall.clock.forward(minutes=1)
    await emergency(hall)
    with hall.refused(Refused, "hall.emergency"):
        await hall.do(m.RecallTicket(window="w01"), clerk("w01"))
    assert hall.ticket(ticket).calls == 1
    await hall.do(m.StartService(window="w01"), clerk("w01"))
    await hall.do(m.FinishService(window="w01"), clerk("w01"))
    await hall.do(n.LiftEmergency(reason="排除"))


@pytest.mark.gen_test
async def test_the_newest_word_counts(hall: QueueHall) -> None:
    await emergency(hall, EmergencyKind.POWER)
    last = await emergency(hall, EmergencyKind.EVACUATION)
    found = notices(hall).emergency
    assert found is not None
    assert (found.id, found.kind) == (last, EmergencyKind.EVACUATION)


@pytest.mark.gen_test
async def test_both_outlast_restart_and_midnight(open_hall: Callable[..., Any]) -> None:
    hall: QueueHall = await open_hall()
    id_ = await emergency(hall)
    notice = await broadcast(hall, until=hall.clock.now() + timedelta(days=2))
    hall.clock.forward(days=1)
    hall = await open_hall()
    found = notices(hall).emergency
    assert found is not None
    assert (found.id, found.by, found.reason) == (id_, "staff:m01", "烟雾")
    assert list(notices(hall).notices) == [notice]
    await hall.do(n.LiftEmergency(reason="排除"))
    hall = await open_hall()
    assert notices(hall).emergency is None


@pytest.mark.gen_test
async def test_the_public_picture_tells_neither_who_nor_why(hall: QueueHall) -> None:
    await emergency(hall)
    await broadcast(hall)
    picture = NoticePictures(notices(hall), hall.server.directory, hall.server.now).hall()
    assert picture.emergency is not None
    for shown in (picture.emergency, *picture.notices):
        assert {"by", "reason"}.isdisjoint(shown.__struct_fields__)
