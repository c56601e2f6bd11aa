"""Certificates on A4 at a terminal: for who surely is the person, on record, bounded, handed out once they are out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from cases.model import Delivery, State
from cases.selfservice.prints import COPIES_MOST
from tests.fakes.applying import BASE, body_of
from tests.fakes.cases_desk import NUMBER
from tests.fakes.confirming import Who, lying
from tests.fakes.terminal_hall import ADDRESS, LICENCE, NAME, TerminalHall, terminal_hall


async def printed(who: Who, id_: str, document: str = "licence") -> dict[str, Any]:
    """Print, and how it ended."""
    answer = await who.ask("POST", f"{BASE}/{id_}/prints", {"document": document})
    assert answer.code == 202, answer.body
    seen: dict[str, Any] = answer.body
    while seen["state"] in ("sent", "printing"):
        await asyncio.sleep(0.02)
        seen = body_of(await who.ask("GET", f"{BASE}/{id_}/prints/{seen['id']}"))
    return seen


def case_now(hall: TerminalHall, id_: str) -> Any:
    return hall.server.rooms["cases"].cases.get(id_)


@pytest.mark.gen_test(timeout=100)
async def test_a_certificate_is_collected_once_it_is_out_and_not_before(tmp_path: Path) -> None:
    async with terminal_hall(tmp_path / "data") as hall:
        who = await hall.at_terminal()
        id_, case = await hall.with_certificate(who)
        prints = f"{BASE}/{id_}/prints"
        assert body_of(await who.ask("GET", prints))["printer"] == "away"  # nobody has switched it on
        assert (await printed(who, id_))["reason"] == "offline"
        async with hall.printing(tmp_path / "tray") as printer:
            await printer.hand("paper 0")
            await hall.heard("paper_out")
            assert body_of(await who.ask("GET", "/api/v1/selfservice/printer")) == {"printer": "out"}
            failed = await printed(who, id_)
            assert (failed["state"], failed["reason"], failed["is_begun"]) == ("failed", "paper_out", False)
            assert (case_now(hall, case.id).state, failed["left"]) == (State.MADE, COPIES_MOST)
            await printer.hand("paper 9")
            await hall.heard("")

            seen = await printed(who, id_)
            assert (seen["state"], seen["left"], seen["is_handed_out"]) == ("printed", COPIES_MOST - 1, True)
            (page,) = await printer.printed(1)
            assert page.read_bytes().startswith(b"%PDF")
            now = case_now(hall, case.id)
            assert (now.state, now.delivery) == (State.CLOSED, Delivery.ELECTRONIC)

            # bounded, each by itself; a receipt is another document
            for _ in range(COPIES_MOST - 1):
                await printed(who, id_)
            assert (await who.ask("POST", prints, {"document": "licence"})).error == "selfservice.prints_many"
            shown = {one["kind"]: one for one in body_of(await who.ask("GET", prints))["documents"]}
            assert (shown["licence"]["left"], shown["receipt"]["left"]) == (0, COPIES_MOST)
            assert (await printed(who, id_, shown["receipt"]["document"]))["state"] == "printed"
            assert len(await printer.printed(COPIES_MOST + 2)) == COPIES_MOST + 2  # a receipt has two pages
            assert (await who.ask("POST", prints, {"document": "nothing"})).error == "case.paper_unknown"

        # each is on record, nobody's data are, and no file of it lies anywhere unsealed
        journal = await hall.hall.journal_text()
        assert journal.count("selfservice.print_begun") == journal.count("selfservice.print_ended") == COPIES_MOST + 3
        assert [secret for secret in (NUMBER, NAME, ADDRESS) if secret in journal] == []
    assert [name for name, content in lying(tmp_path / "data").items() if LICENCE[200:400] in content] == []


@pytest.mark.gen_test(timeout=100)
async def test_a_sheet_that_jams_is_no_certificate_and_nobody_else_prints_it(tmp_path: Path) -> None:
    async with terminal_hall(tmp_path / "data") as hall, hall.printing(tmp_path / "tray") as printer:
        who = await hall.at_terminal()
        id_, case = await hall.with_certificate(who, "window")
        await printer.hand("hold 0")
        printing = asyncio.create_task(printed(who, id_))
        while not hall.server.rooms["page_printing"].jobs._jobs:  # noqa: ASYNC110  # nobody tells of it
            await asyncio.sleep(0.02)
        (job,) = hall.server.rooms["page_printing"].jobs._jobs
        await printer.took(job)
        await printer.hand("jam 0")
        assert (await printing)["reason"] == "jam"
        await printer.hand("clear")
        await printer.hand("go")
        await hall.heard("")
        seen = await printed(who, id_)
        assert (seen["state"], seen["is_handed_out"]) == ("printed", False)
        assert case_now(hall, case.id).state is State.MADE  # the original waits at the window, as they wanted it
        assert len(printer.pages) == 1

        # another machine, another person, somebody by a code alone
        phone = Who(hall.port)
        assert body_of(await phone.ask("GET", "/api/v1/selfservice/printer")) == {"printer": None}
        assert (await phone.ask("POST", f"{BASE}/{id_}/prints", {"document": "licence"})).error == "applying.nobody"
        other = await hall.at_terminal("440305199003071236")
        assert (await other.ask("POST", f"{BASE}/{id_}/prints", {"document": "licence"})).error == "applying.unknown"
        job_file = await phone.ask("GET", f"/api/v1/print-files/{job}")
        assert job_file.error == "print.unknown_job"
