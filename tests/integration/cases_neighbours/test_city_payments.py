"""Fees where the city goes on with a case: asked for, paid and told down; paid at a hall's counter and told up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from cases import messages as m
from cases.catalogue.model import Fee, Law
from cases.model import Case, ChargeState, Outcome, State
from cases.neighbours import Neighbours as Room
from cases.neighbours import requests as r
from cases.neighbours import wire
from cases.neighbours.payments import cancel_id
from cases.neighbours.simulated.server import Neighbours
from hall_server.errors import Refused
from hall_server.outbox.table import State as Sent
from tests.fakes.case_place import EXAMINER, LEADER, edition
from tests.fakes.hall import HandClock
from tests.fakes.linked_places import Place, linked
from tests.fakes.neighbours import answered, neighbours, places, until

FEE = Fee(id="card", name="工本费", amount_fen=2_000, basis=Law(name="发改价格〔2003〕2322号", article="收费标准"))


@asynccontextmanager
async def town(path: Path, database: str) -> AsyncIterator[tuple[Place, Neighbours, Room]]:
    """A city with a payment platform and a hall without one."""
    async with neighbours(path / "others", HandClock()) as (others, at):
        settings = {"payment": places(at, path / "others")["payment"]}
        async with linked(path, database, neighbours=settings) as place:
            for one in (place.city.rooms["catalogue"], place.halls["a"].rooms["cases"].editions):
                one.take(edition(fees=(FEE,)))
            yield place, others, place.city.rooms["neighbours"]


async def granted(place: Place) -> Case:
    """A case of the hall that the city has granted, and asks to be paid for by itself."""
    case = await place.receive("a")
    case = await place.do("a", m.AcceptCase(case=case.id, seen=case.step))
    case = await place.do("a", m.HandOver(case=case.id, seen=case.step))
    await place.index()
    case = await place.do(
        "", m.ExamineCase(case=case.id, seen=case.step, opinion="符合", proposes=Outcome.GRANTED), EXAMINER
    )
    await place.do("", m.DecideCase(case=case.id, seen=case.step, outcome=Outcome.GRANTED), LEADER)
    return await place.at_hall("a", case.id, lambda one: bool(one.charges))


async def paid_at_city(place: Place, case: str) -> Case:
    """The case, once the city's table knows that it is paid."""

    async def is_so() -> Case | None:
        await place.index()
        found: Case = await place.city.rooms["case_index"].one(case)
        return found if found.charges and found.charges[0].state is ChargeState.PAID else None

    found: Case = await until(is_so)
    return found


@pytest.mark.gen_test(timeout=120)
async def test_what_the_city_asked_for_is_paid_there_and_the_hall_hears_of_it(
    tmp_path: Path, city_database: str
) -> None:
    async with town(tmp_path, city_database) as (place, _others, room):
        case = await granted(place)
        [charge] = case.charges
        with pytest.raises(Refused, match=r"case\.fee_unpaid"):
            await place.do("", m.MakeLicence(case=case.id, seen=case.step, licence="JY1"), LEADER)
        letter = await answered(room, charge.order)
        order = msgspec.json.decode(room.room.answer(letter), type=r.PaymentOrdered).order
        notice = r.PaymentNotice(transaction=charge.order, order=order, amount_cents=2_000)
        told = wire.Tells(id="notice-1", sent_at=place.clock.now(), message=notice)
        assert b'"accepted"' in await room.hearing.heard("payment", told)
        hall = await place.at_hall("a", case.id, lambda one: one.charges[0].state is ChargeState.PAID)
        assert hall.state is State.DECIDED
        made = await place.do("", m.MakeLicence(case=case.id, seen=case.step, licence="JY1"), LEADER)
        assert made.state is State.MADE
        assert (
            len([one for one in await place.city.log.stream(f"case:{case.id}") if one.event.type == "case.fee_asked"])
            == 1
        )


@pytest.mark.gen_test(timeout=120)
async def test_what_is_paid_at_a_halls_counter_lets_the_city_make_the_licence(
    tmp_path: Path, city_database: str
) -> None:
    async with town(tmp_path, city_database) as (place, others, room):
        case = await granted(place)
        await answered(room, case.charges[0].order)
        paid = m.NoteFee(
            case=case.id, seen=0, order=case.charges[0].order, became=ChargeState.PAID, receipt="川财票 000123"
        )
        await place.do("a", paid)
        case = await paid_at_city(place, case.id)
        assert case.charges[0].receipt == "川财票 000123"
        off = cancel_id(case.charges[0].order)
        await until(lambda: room.room.outbox.one(off))
        assert (await answered(room, off)).state is Sent.ACCEPTED, "nobody pays it on the platform too"
        assert all(one["is_cancelled"] for one in (await others.books.every("payment:orders")).values())
        assert (
            await place.do("", m.MakeLicence(case=case.id, seen=case.step, licence="JY1"), LEADER)
        ).state is State.MADE
