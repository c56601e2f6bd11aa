"""A visitor sees on the progress page what is to be paid and where, and afterwards that it is paid."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import expect

from cases.catalogue.model import Fee, FeeDue, Law
from cases.model import Case
from cases.neighbours import requests as r
from cases.neighbours import wire
from tests.browser.chromium import Browsing
from tests.fakes.cases_desk import case_of, desk_hall, food
from tests.fakes.hall import HandClock
from tests.fakes.neighbours import answered, neighbours, places, until

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("NEIGHBOURS_PICTURES", "")
BASIS = Law(name="发改价格〔2003〕2322号", article="收费标准")
FEE = Fee(id="card", name="工本费", amount_fen=2_000, basis=BASIS, due=FeeDue.ACCEPTANCE)


@pytest.mark.gen_test(timeout=180)
async def test_what_is_to_be_paid_stands_on_the_progress_page(tmp_path: Path, browsing: Browsing) -> None:
    clock = HandClock()
    async with neighbours(tmp_path / "others", clock) as (_, at), browsing() as browser:
        only = {"payment": places(at, tmp_path / "others")["payment"]}
        async with desk_hall(tmp_path / "hall", clock=clock, neighbours=only) as hall:
            department = hall.server.directory.matters[hall.matter].department
            priced = food(hall.matter, department=department, fees=(FEE,))
            hall.server.rooms["cases"].editions.take(priced)
            who = await hall.signed_in()
            ticket = await hall.serve()
            body = hall.wanted(ticket, then="accept", hands_over=False)
            found = case_of(await who.ask("POST", "/api/v1/cases", body))
            cases, room = hall.server.rooms["cases"].cases, hall.server.rooms["neighbours"]

            async def asked() -> Case | None:
                case: Case = cases.numbered(found["number"])
                return case if case.charges else None

            case: Case = await until(asked)
            letter = await answered(room, case.charges[0].order)
            code = hall.desk.code_of(case.number)
            for language, size in (("zh-CN", (360, 780)), ("en", (1280, 900))):
                context = await browser.new_context(locale=language, viewport={"width": size[0], "height": size[1]})
                page = await context.new_page()
                page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
                await page.goto(f"http://127.0.0.1:{hall.port}/progress#number={case.number}&code={code}")
                fees = page.locator("#fees")
                await expect(fees).to_contain_text("¥20.00")
                await expect(fees.locator("a.btn")).to_have_attribute("href", room.payments._ordered(letter).pay_url)
                if PICTURES:
                    await page.screenshot(path=f"{PICTURES}/pay-{language}.png", full_page=True)
            order = msgspec.json.decode(room.room.answer(letter), type=r.PaymentOrdered).order
            notice = r.PaymentNotice(transaction=letter.id, order=order, amount_cents=2_000)
            await room.hearing.heard("payment", wire.Tells(id="n", sent_at=clock.now(), message=notice))
            await page.reload()
            await expect(page.locator("#fees")).to_contain_text("Paid")
            await expect(page.locator("#fees a.btn")).to_have_count(0)
