"""A hall is killed while somebody files: what was kept is there, what was sent is one case, and money is not lost."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cases.applying import filing
from cases.applying.deciding import Deciding
from cases.applying.room import Applying
from cases.messages import CaseReceived
from cases.neighbours import requests as r
from cases.state import query_digest
from hall_server.outcome import Context, Outcome
from tests.fakes.applying import BASE, FEE, ApplyingHall, applying_hall, body_of
from tests.fakes.hall import ROOT, HandClock
from tests.fakes.neighbours import neighbours, places, until

CHILD = """
import asyncio, json, os, signal, sys
from pathlib import Path
from cases.applying import filing
from cases.applying.messages import SubmitApplication
from cases.desk.drafts import Drafts
from tests.fakes.applying import BASE, FORM, applying_hall

def kill():
    os.kill(os.getpid(), signal.SIGKILL)

def in_memory_only():
    kept = {}
    async def keep(self, id_, draft):
        kept[id_] = draft
        return draft
    read = Drafts._read
    async def found(self, id_):
        return kept.get(id_) or await read(self, id_)
    Drafts._keep, Drafts._read = keep, found

def killed_at(place, hall):
    if place == "intent":
        async def finish(self, person, held):
            kill()
        filing.Filing.finish = finish
        return
    execute = hall.server.execute
    async def done(command, **how):
        reply = await execute(command, **how)
        if isinstance(command, SubmitApplication):
            kill()
        return reply
    hall.server.execute = done

async def main(data, mode):
    if mode == "bare":
        in_memory_only()
    async with applying_hall(Path(data)) as hall:
        who = await hall.identified()
        draft = await hall.filled(who)
        path = f"{BASE}/{draft['id']}"
        if mode in {"intent", "case"}:
            print(json.dumps({"id": draft["id"]}), flush=True)
            killed_at(mode, hall)
            await who.ask("POST", f"{path}/submit", {})
        seen = draft["seen"]
        for area in range(1, 10_000):
            answer = await who.ask("PUT", path, {"seen": seen, "form": {**FORM, "area_m2": area}})
            seen = answer.body["seen"]
            print(json.dumps({"id": draft["id"], "area": area}), flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


PAYING = """
import asyncio, json, os, signal, sys
from pathlib import Path
from tests.fakes.applying import BASE, FEE, applying_hall, body_of
from tests.fakes.neighbours import places

async def main(data, port):
    others = Path(data).with_name("others")
    async with applying_hall(Path(data), neighbours={"payment": places(int(port), others)["payment"]}) as hall:
        hall.edition(fees=(FEE,))
        who, clerk = await hall.identified(), await hall.hall.signed_in()
        id_, sent = await hall.sent(who)
        plan = {"material": "plan", "supply": "paper"}
        path = f"/api/v1/cases/{sent['case']}/accept"
        body_of(await clerk.ask("POST", path, {"seen": 1, "given": [plan], "hands_over": False}))
        [asked] = body_of(await who.ask("POST", f"{BASE}/{id_}/pay", {}))["payments"]
        print(json.dumps({"id": id_, "order": asked["order"], "url": asked["pay_url"]}), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(*sys.argv[1:]))
"""


def killed(data: Path, mode: str, *, lines: int, program: str = CHILD, itself: bool = False) -> dict[str, Any]:
    """Let a hall run until it has told of so many lines, or killed itself; gives the last one."""
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'queue'}", "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(
        [sys.executable, "-c", program, str(data), mode], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as running:
        assert running.stdout is not None
        told = [running.stdout.readline() for _ in range(lines)]
        if not (itself or mode in {"intent", "case"}):
            running.kill()
        assert running.wait(timeout=60) == -signal.SIGKILL
    found: dict[str, Any] = json.loads(told[-1])
    return found


def cases_of(hall: ApplyingHall) -> list[Any]:
    return list(hall.server.rooms["cases"].cases.by_id.values())


@pytest.mark.gen_test(timeout=120)
@pytest.mark.parametrize("mode", ["sealed", pytest.param("bare", marks=pytest.mark.long)])
async def test_what_was_filled_in_outlives_a_kill_and_is_its_owners(tmp_path: Path, mode: str) -> None:
    told = killed(tmp_path, mode, lines=12)
    async with applying_hall(tmp_path) as hall:
        who = await hall.identified()
        answer = await who.ask("GET", f"{BASE}/{told['id']}")
        if mode == "bare":  # the control: kept in memory alone, it is gone
            assert answer.error == "applying.unknown"
            return
        found = body_of(answer)
        assert found["form"]["area_m2"] >= told["area"]
        assert (await who.ask("GET", found["pages"][0]["path"])).code == 200
        stranger = await hall.identified("440305199003071236", "13900139000")
        assert (await stranger.ask("GET", f"{BASE}/{told['id']}")).error == "applying.unknown"


@pytest.mark.gen_test(timeout=120)
@pytest.mark.parametrize("place", ["case", pytest.param("intent", marks=pytest.mark.long)])
async def test_what_was_sent_before_a_kill_is_one_case(tmp_path: Path, place: str) -> None:
    told = killed(tmp_path, place, lines=1)
    async with applying_hall(tmp_path) as hall:
        who = await hall.identified()
        found = body_of(await who.ask("GET", f"{BASE}/{told['id']}"))
        [case] = cases_of(hall)
        assert (found["stage"], found["case"]["number"]) == ("sent", case.number)
        again = body_of(await who.ask("POST", f"{BASE}/{told['id']}/submit", {}))
        assert (again["case"], len(cases_of(hall))) == (case.id, 1)
        assert (await who.ask("GET", found["pages"][0]["path"])).code == 200


@pytest.mark.long
@pytest.mark.gen_test(timeout=120)
async def test_without_what_guards_it_a_kill_would_make_two_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = killed(tmp_path, "case", lines=1)

    def unguarded(self: Deciding, command: Any, context: Context) -> Outcome:
        [received] = self._service.receive(command.receive, context)
        assert isinstance(received, CaseReceived)
        assert query_digest(received.number, "") != ""
        return Outcome(events=(received,), reply=lambda: self._cases.get(received.case))

    monkeypatch.setattr(Deciding, "submit", unguarded)
    monkeypatch.setattr(Applying, "_twice", lambda *_: [])
    monkeypatch.setattr(filing, "_command_id", lambda held: f"another-{held.revision}")
    async with applying_hall(tmp_path) as hall:
        who = await hall.identified()
        body_of(await who.ask("GET", f"{BASE}/{told['id']}"))
        assert len(cases_of(hall)) == 2


@pytest.mark.long
@pytest.mark.gen_test(timeout=120)
async def test_money_that_was_taken_while_the_hall_was_dead_is_known_once_or_given_back(tmp_path: Path) -> None:
    clock = HandClock()
    async with neighbours(tmp_path / "others", clock) as (others, port):
        told = await asyncio.to_thread(killed, tmp_path / "hall", str(port), lines=1, program=PAYING, itself=True)
        assert told["url"].startswith("http")
        [order] = await others.books.every("payment:orders")
        held = await others.books.get("payment:orders", order)
        assert held is not None
        await others.books.put("payment:orders", order, {**held, "paid_cents": held["amount_cents"]})
        place = {"payment": places(port, tmp_path / "others")["payment"]}
        clock.forward(minutes=10)
        async with applying_hall(tmp_path / "hall", clock=clock, neighbours=place) as hall:
            hall.edition(fees=(FEE,))
            who = await hall.identified()
            path = f"{BASE}/{told['id']}"
            notice = r.PaymentNotice(
                transaction=told["order"], order=order, amount_cents=held["amount_cents"], is_paid=True
            )
            for _ in range(2):
                clock.forward(seconds=1)
                await others.tell(f"http://127.0.0.1:{hall.port}", "payment", notice, id_="paid-1")
            [paid] = body_of(await who.ask("GET", f"{path}/pay"))["payments"]
            assert (paid["order"], paid["state"]) == (told["order"], "paid")
            assert (await hall.hall.journal_text()).count("case.fee_paid") == 1
            body_of(await who.ask("POST", f"{path}/withdraw", {}))

            async def refunded() -> bool:
                [one] = body_of(await who.ask("GET", f"{path}/pay"))["payments"]
                return bool(one["state"] == "refunded")

            assert await until(refunded)
            back = await others.books.get("payment:orders", order)
            assert back is not None
            assert back["refunded_cents"] == held["amount_cents"]
