"""A hall in a process of its own that takes cases through until it is killed: some cost money, some give licences."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec

from cases import messages as m
from cases.catalogue.model import Edition, Fee, Law
from cases.forms import Form, Party, digest, new_salt, sealed_bytes
from cases.model import Case, Given, Outcome
from hall_server.server import Server
from tests.fakes.case_place import CLERK, EXAMINER, LEADER, edition
from tests.fakes.hall import HandClock, running
from tests.fakes.neighbours import places

ROOMS = ("hall_queue", "displays", "evaluation", "cases")
ASKED = ("payment", "licence")
FEE = Fee(id="card", name="工本费", amount_fen=2_000, basis=Law(name="发改价格〔2003〕2322号", article="收费标准"))
ANSWERS: Any = {"who": ("self",), "where": ("shop",)}


def editions() -> tuple[Edition, Edition]:
    """A matter that costs something, and one that costs nothing."""
    return edition(fees=(FEE,)), edition(matter="plain", code="511Z07001007")


async def through(server: Server) -> None:
    """Take cases through for ever; says the id of each."""
    for one in editions():
        server.rooms["cases"].editions.take(one)
    while True:
        for matter in ("food", "plain"):
            print(await _granted(server, matter), flush=True)


async def _granted(server: Server, matter: str) -> str:
    form = Form(salt=new_salt(), edition=f"{matter}@1", applicant=Party(name="张三丰", id_number="11010519491231002X"))
    await server.rooms["federation"].keep(sealed_bytes(form))
    given = tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan"))
    receive = m.ReceiveCase(edition=f"{matter}@1", answers=ANSWERS, given=given, form=digest(form))
    case = await _do(server, receive, CLERK)
    case = await _do(server, m.AcceptCase(case=case.id, seen=case.step), CLERK)
    examine = m.ExamineCase(case=case.id, seen=case.step, opinion="符合", proposes=Outcome.GRANTED)
    case = await _do(server, examine, EXAMINER)
    case = await _do(server, m.DecideCase(case=case.id, seen=case.step, outcome=Outcome.GRANTED), LEADER)
    if matter == "plain":
        case = await _do(server, m.MakeLicence(case=case.id, seen=case.step, licence=f"L-{case.number}"), LEADER)
    return case.id


async def _do(server: Server, command: Any, by: Any) -> Case:
    return msgspec.json.decode(await server.execute(command, actor=by), type=Case)


def settings(port: int, others: Path) -> dict[str, Any]:
    """The neighbours that are asked."""
    every = places(port, others)
    return {name: every[name] for name in ASKED}


async def hall(data: Path, port: int, others: Path) -> None:
    """Run until the end."""
    async with running(data, clock=HandClock(), rooms=ROOMS, neighbours=settings(port, others)) as (server, _):
        for name in ASKED:
            server.rooms["neighbours"].room.ways[name].lane._jitter = lambda most: 0.0
        await through(server)


if __name__ == "__main__":
    asyncio.run(hall(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
