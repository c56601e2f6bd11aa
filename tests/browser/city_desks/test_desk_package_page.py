"""A joint visit at the desks: who goes, what each department found and signed, on the package and on its cases."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from cases import messages as m
from cases.catalogue.model import FlowKind, Procedure, ProcedureKind
from cases.model import Channel, Delivery, Mode
from cases.packages import messages as p
from cases.packages.kinds import Rule
from cases.packages.model import Part
from hall_server.identity import SYSTEM
from hall_server.outcome import Context, Outcome
from tests.browser.chromium import Browsing
from tests.fakes.city_desks import WINDOW, Desks, desks, matter

pytestmark = pytest.mark.browser

EXAMINER, LEADER, OTHER = "xzspj-examiner", "xzspj-leader", "gafj-examiner"
VISIT = (Procedure(id="visit", kind=ProcedureKind.VISIT, name="现场核查"),)
PACK = "01joint"
OUTSIDE = """() => [...document.querySelectorAll("button, a, h1, h2, h3, .badge, textarea, input, select, p")]
  .filter((node) => node.getBoundingClientRect().width && !node.closest(".tabs"))
  .filter((node) => node.getBoundingClientRect().right > innerWidth + 1 || node.getBoundingClientRect().left < -1)
  .map((node) => `${node.className} ${node.textContent}`)"""
UNTRANSLATED = """() => document.body.innerText.match(/\\b(dept|error|cases|common)\\.[a-z_.-]+/g) ?? []"""


def editions() -> tuple[Any, Any]:
    shop = matter(procedures=VISIT, flow=FlowKind.PLEDGE)
    police = matter("gafj", matter="lodging", name="旅馆业特种行业许可", name_en="Hotel licence", procedures=VISIT)
    return shop, police


async def package(place: Desks) -> tuple[str, str]:
    """A package of two cases, the first accepted on a signed pledge; gives their ids."""
    sheet = place.city.rooms["federation"].attachments.put(b"%PDF-1.7 pledge")
    wanted = {"package": PACK, "hall": "h1"}
    second = await place.case(key="lodging@1", **wanted)
    known = (await place.city.rooms["case_index"].one(second)).form
    given = (await place.city.rooms["case_index"].one(second)).given
    receive = m.ReceiveCase(
        edition="food@1",
        answers={"who": ("self",), "where": ("shop",)},
        given=tuple(given.values()),
        form=known,
        deliver_at="h1",
        **wanted,
    )
    first = await place.do(receive, WINDOW)
    accept = m.AcceptCase(case=first.id, seen=first.step, mode=Mode.PLEDGE, pledge=sheet)
    await place.do(accept, WINDOW)
    parts = (
        Part(
            id="food", name="食品经营许可", name_en="Food licence", edition="food@1", department="xzspj", case=first.id
        ),
        Part(id="inn", name="旅馆许可", name_en="Hotel licence", edition="lodging@1", department="gafj", case=second),
    )
    opened = p.PackageOpened(
        package=PACK,
        number="H1-P-20261123-0001A",
        kind="hotel",
        name="开宾馆",
        name_en="Open a hotel",
        lead="xzspj",
        rule=Rule.ALL,
        hall="h1",
        ticket=None,
        window=None,
        channel=Channel.WINDOW,
        applicant=None,
        agent=None,
        form=known,
        mode=Mode.NORMAL,
        owed_until=None,
        delivery=Delivery.WINDOW,
        deliver_at="h1",
        statute_workdays=45,
        extension_workdays=15,
        promise_workdays=3,
        opened_on=date(2026, 11, 23),
        parts=parts,
    )

    def decide(_: object, __: Context) -> Outcome:
        return Outcome(events=(opened,))

    await place.city.log.commit(decide, subject=f"package:{PACK}", actor=SYSTEM)  # type: ignore[arg-type]  # pure
    await place.caught_up()
    return first.id, second


async def page_of(
    browser: Browser, place: Desks, who: str, at: str, size: tuple[int, int] = (1366, 900), language: str = "zh-CN"
) -> tuple[Page, list[str]]:
    caller = await place.caller(who)
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=language)
    address = f"http://127.0.0.1:{place.port}"
    await context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in caller.cookies.items()]
    )
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    await page.goto(f"{address}/desk#{at}")
    return page, wrong


async def seen(page: Page, name: str) -> None:
    """Nothing hangs out and nothing is untranslated; a picture, where a folder is named for it."""
    assert await page.evaluate(OUTSIDE) == []
    assert await page.evaluate(UNTRANSLATED) == []
    if folder := os.environ.get("DESK_PICTURES"):
        await page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.gen_test(timeout=240)
async def test_each_department_says_what_it_found_and_the_case_shows_it(browsing: Browsing, tmp_path: Path) -> None:
    async with browsing() as browser, desks(tmp_path, *editions()) as place:
        first, _ = await package(place)
        lead, wrong = await page_of(browser, place, EXAMINER, f"package:{PACK}")
        await expect(lead.locator("[data-beyond=food]")).to_be_visible()  # its own promise is longer than the joint one
        await lead.locator("#step-visit").click()
        await lead.locator("#f-crew-xzspj").fill("川01 川02")
        await lead.locator("#f-crew-gafj").fill("川11、川12")
        await lead.locator("#f-reason").fill("核对经营场所")
        await lead.locator("#send").click()
        await expect(lead.locator(".dvisit [data-department=gafj]")).to_contain_text("尚未出具意见")
        await lead.locator("#step-finding").click()
        await lead.locator("#f-came").fill("川01、川02")
        await lead.locator("#f-finding").fill("操作间与图纸一致。")
        await seen(lead, "package-finding")
        await lead.locator("#send").click()
        await expect(lead.locator(".dvisit [data-department=xzspj]")).to_contain_text("操作间与图纸一致")
        await lead.locator("#step-end-visit").click()
        await lead.locator("#f-result").fill("符合要求")
        await lead.locator("#send").click()
        await expect(lead.locator("[role=alert] .notice--bad")).to_contain_text("未出具勘验意见")
        police, also = await page_of(browser, place, OTHER, f"package:{PACK}")
        await police.locator("#step-finding").click()
        await police.locator("[name=is_sound][value=false]").check()
        await police.locator("#f-came").fill("川11 川12")
        await police.locator("#f-finding").fill("缺前台监控。")
        await police.locator("#send").click()
        await expect(police.locator(".dvisit [data-department=gafj]")).to_contain_text("缺前台监控")
        boss, more = await page_of(browser, place, LEADER, f"package:{PACK}")
        await boss.locator("#step-sign-finding").click()
        await boss.locator("#send").click()
        await expect(boss.locator(".dvisit [data-department=xzspj]")).to_contain_text("傅国栋")
        await seen(boss, "package-signed")
        mine, last = await page_of(browser, place, EXAMINER, first)
        await expect(mine.locator(".dvisit [data-department=gafj]")).to_contain_text("缺前台监控")
        await expect(mine.locator("#pledge")).to_contain_text("签字屏")
        await expect(mine.locator("#look-pledge")).to_be_disabled()  # it names the applicant
        await seen(mine, "case-visit")
        await place.post(EXAMINER, f"desk/cases/{first}/unmask", reason="核对")
        await mine.reload()
        await expect(mine.locator("#look-pledge")).to_be_enabled()
        card = await place.get(EXAMINER, f"desk/cases/{first}")
        caller = await place.caller(EXAMINER)
        sheet = place.city.rooms["federation"].attachments.read(card["pledge"]["sha256"])
        assert sheet == b"%PDF-1.7 pledge"
        assert caller is not None
        assert [*wrong, *also, *more, *last] == [one for one in wrong if "409" in one]
        english, strange = await page_of(browser, place, EXAMINER, first, (360, 740), "en")
        await expect(english.locator("#pledge")).to_be_visible()
        await seen(english, "case-phone-en")
        assert strange == []
