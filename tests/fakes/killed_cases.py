"""A hall in a process of its own that takes cases through until it is killed; they call for every kind of neighbour."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from cases import messages as m
from cases.catalogue.model import Edition, Fee, Law, Material, Supply
from cases.forms import Form, Party, digest, new_salt, sealed_bytes
from cases.model import Case, Delivery, Given, Outcome
from cases.neighbours.model import Kind
from hall_server.server import Server
from tests.fakes.case_place import CLERK, EXAMINER, LEADER, edition
from tests.fakes.hall import HandClock, running
from tests.fakes.neighbours import places

ROOMS = ("hall_queue", "displays", "evaluation", "cases")
SHARED = Material(id="plan", name="设备布局图", supplies=(Supply.SHARED, Supply.PAPER))
FEE = Fee(id="card", name="工本费", amount_fen=2_000, basis=Law(name="发改价格〔2003〕2322号", article="收费标准"))
APPLICANT = Party(name="张三丰", id_number="11010519491231002X", phone="13800138000", address="牌坊路7号")
ANSWERS: Any = {"who": ("self",), "where": ("shop",)}


def editions() -> tuple[Edition, Edition]:
    """A matter that costs something, and one that costs nothing; a department has the plan already."""
    materials = tuple(SHARED if one.id == SHARED.id else one for one in edition().materials)
    return edition(fees=(FEE,), materials=materials), edition(matter="plain", code="511Z07001007", materials=materials)


async def through(server: Server) -> None:
    """Take cases through for ever; says the id of each."""
    for one in editions():
        server.rooms["cases"].editions.take(one)
    while True:
        for matter in ("food", "plain"):
            print(await _granted(server, matter), flush=True)


async def _granted(server: Server, matter: str) -> str:
    form = Form(salt=new_salt(), edition=f"{matter}@1", applicant=APPLICANT)
    await server.rooms["federation"].keep(sealed_bytes(form))
    supplies = {"form": "paper", "id": "paper", "plan": "shared"}
    receive = m.ReceiveCase(
        edition=f"{matter}@1",
        answers=ANSWERS,
        given=tuple(Given(material=one, supply=how) for one, how in supplies.items()),
        form=digest(form),
        delivery=Delivery.COURIER,
    )
    case = await _do(server, receive, CLERK)
    case = await _do(server, m.AcceptCase(case=case.id, seen=case.step), CLERK)
    examine = m.ExamineCase(case=case.id, seen=case.step, opinion="符合", proposes=Outcome.GRANTED)
    case = await _do(server, examine, EXAMINER)
    case = await _do(server, m.DecideCase(case=case.id, seen=case.step, outcome=Outcome.GRANTED), LEADER)
    if matter == "plain":
        case = await _do(server, m.MakeLicence(case=case.id, seen=case.step, licence=f"L-{case.number}"), LEADER)
        send = m.SendToHall(case=case.id, seen=case.step, hall=server.settings.hall)
        case = await _do(server, send, LEADER)
    if server.rooms["neighbours"].room.named(Kind.HOTLINE):
        await server.rooms["neighbours"].complaints.hand(case.number, "等了太久")
    return case.id


async def _do(server: Server, command: Any, by: Any) -> Case:
    return msgspec.json.decode(await server.execute(command, actor=by), type=Case)


def settings(port: int, others: Path, kinds: Sequence[str]) -> dict[str, Any]:
    """The neighbours that are asked."""
    every = places(port, others, departments=("market",))
    return {name: every[name] for name in kinds}


async def hall(data: Path, port: int, others: Path, kinds: Sequence[str]) -> None:
    """Run until the end."""
    asked = settings(port, others, kinds)
    async with running(data, clock=HandClock(), rooms=ROOMS, neighbours=asked) as (server, _):
        for name in kinds:
            server.rooms["neighbours"].room.ways[name].lane._jitter = lambda most: 0.0
        await through(server)


if __name__ == "__main__":
    asyncio.run(hall(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:]))
