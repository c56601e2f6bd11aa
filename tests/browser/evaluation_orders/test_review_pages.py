"""The managers' board of bad reviews, an order's card and one's own ratings, in a real browser."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess
from tests.browser.waiting import resized

pytestmark = pytest.mark.browser

SIZES = [(1920, 1080), (1440, 900), (1024, 768), (360, 740)]
OFFICE, PHONE = (1440, 900), (360, 740)
NUMBER = "13812345678"
PDF = b"%PDF-1.4\n%%EOF\n"
Seen = Callable[..., Any]


class Scene:
    """A hall in which visitors are served at the first windows and say what they think."""

    def __init__(self, hall: HallProcess) -> None:
        self.hall = hall
        self.boss = hall.caller().sign_in(hall.accounts["manager"])
        self.director = hall.caller().sign_in(hall.accounts["admin"])
        self.clerk = hall.caller().sign_in(hall.accounts["staff"][0])
        self.window = hall.accounts["staff"][0]["window"]
        lines = self.boss.get(f"windows/{self.window}")["lines"]
        matters = self.boss.get("matters?limit=200")["matters"]
        self.matter = next(one["id"] for one in matters if one["line"] in lines)
        self.clerk.post(f"windows/{self.window}/open")

    def rate(self, level: int, **more: Any) -> str:
        """Serve somebody who then rates; gives the order, where there is one."""
        before = {one["id"] for one in self.boss.get("reviews")["orders"]}
        ticket = self.boss.post("tickets", {"matter": self.matter, "channel": "console"})
        for key in ("call", "start", "finish"):
            self.clerk.post(f"windows/{self.window}/{key}")
        body = {"ticket": ticket["token"], "level": level, "channel": "phone", **more}
        self.hall.caller().post("ratings", body)
        return next((one["id"] for one in self.boss.get("reviews")["orders"] if one["id"] not in before), "")

    def step(self, order: str, deed: str, by: Caller | None = None, **fields: Any) -> None:
        """A step of a manager who has seen the order as it stands."""
        caller = by or self.boss
        seen = caller.get(f"reviews/{order}")["order"]["step"]
        caller.post(f"reviews/{order}/{deed}", {"seen": seen, **fields})


@pytest.fixture(scope="module")
def scene(hall: HallProcess) -> Scene:
    return Scene(hall)


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody asks for them (PICTURES=folder)."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def assert_whole(one: Any, page: Page, name: str) -> None:
    """Nothing failed, nothing runs off the side at any size, and no key stands where a word should."""
    for size in (*SIZES, OFFICE):
        resized(page, size)
        said = page.locator("body").inner_text()
        assert "reviews." not in said
        assert "undefined" not in said
        assert page.locator("html").evaluate("(node) => node.scrollWidth <= node.clientWidth"), size
        picture(page, f"{name}-{size[0]}")
    assert one.complaints == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_board_card_and_own_page_are_whole(visit: Seen, scene: Scene, language: str) -> None:
    if not scene.boss.get("reviews")["orders"]:
        scene.rate(5, text="等了一个多小时，请打我电话 13812345678", phone=NUMBER, reasons=["waiting"])
        order = scene.rate(4, reasons=["materials"])
        scene.step(order, "contact", how="looked_into", is_reached=True, note="已核查")
    one = visit(OFFICE, language, scene.boss)
    page = one.open("/manager/reviews")
    expect(page.locator(".line").first).to_be_visible()
    assert_whole(one, page, f"reviews-{language}")
    page.locator(".line").first.click()
    expect(page.locator("#act form")).to_be_visible()
    assert_whole(one, page, f"review-{language}")
    page.locator("#close-card").click()
    page.locator("#tab-over").click()
    expect(page.locator(".rev__over, .empty").first).to_be_visible()
    assert_whole(one, page, f"reviews-over-{language}")
    own = visit(OFFICE, language, scene.clerk)
    page = own.open("/my-reviews")
    expect(page.locator(".own__one").first).to_be_visible()
    assert NUMBER not in page.locator("body").inner_text()
    assert_whole(own, page, f"my-reviews-{language}")


def test_a_bad_rating_comes_up_by_itself_and_raises_an_alarm_that_leads_there(visit: Seen, scene: Scene) -> None:
    board = visit(OFFICE, "zh-CN", scene.boss).open("/manager/reviews")
    expect(board.locator("#tab-board")).to_be_visible()
    order = scene.rate(5)
    expect(board.locator(f"#column-opened #order-{order}")).to_be_visible()
    page = visit(OFFICE, "zh-CN", scene.boss).open("/manager")
    page.locator("[data-alarm='rating.bad'] a").first.click()
    expect(page.locator(f"#order-{order}")).to_be_visible()


def test_an_order_is_worked_through_by_keys_alone(visit: Seen, scene: Scene) -> None:
    order = scene.rate(5)
    page = visit(OFFICE, "zh-CN", scene.boss).open(f"/manager/reviews#{order}")
    expect(page.locator("#deed-contact[aria-pressed=true]")).to_be_visible()

    def write(deed: str, words: str) -> None:
        expect(page.locator(f"#form-{deed}")).to_be_visible()
        page.locator("#f-note, #f-text").first.focus()
        page.keyboard.type(words)
        page.locator("#send").press("Enter")

    write("contact", "核查了录像")
    write("categorise", "情况属实")
    write("fix", "增开一个窗口")
    expect(page.locator("#form-close")).to_be_visible()
    page.locator("#close-card").focus()
    page.keyboard.press("1")
    expect(page.locator("#send")).to_be_focused()
    page.keyboard.press("Enter")
    write("publish", "请致电 138 1234 5678")
    expect(page.locator("[data-error=text]")).to_contain_text("像电话")
    picture(page, "review-personal")
    page.locator("#f-text").fill("已增开一个窗口。")
    page.locator("#send").press("Enter")
    expect(page.locator("#act")).to_contain_text("已增开一个窗口。")
    expect(page.locator("#deed-publish")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(f"#order-{order}")).to_have_count(0)
    page.locator("#tab-over").click()
    expect(page.locator(f"#order-{order}")).to_be_visible()


def test_arrows_walk_over_the_cards_and_enter_opens(visit: Seen, scene: Scene) -> None:
    scene.rate(4)
    page = visit(OFFICE, "zh-CN", scene.boss).open("/manager/reviews")
    expect(page.locator(".line").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".line").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("dialog#card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(".line").first).to_be_focused()
    page.keyboard.press("o")
    expect(page.locator("#only-late")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".line")).to_have_count(0)


def test_the_second_of_two_managers_is_told_and_keeps_what_was_written(visit: Seen, scene: Scene) -> None:
    order = scene.rate(5)
    page = visit(OFFICE, "zh-CN", scene.boss).open(f"/manager/reviews#{order}")
    page.locator("#f-note").fill("我的记录")
    is_card = re.compile(rf"/api/v1/reviews/{order}$")
    page.route(is_card, lambda route: route.abort())  # so that the card stays as it was
    scene.step(order, "take", scene.director)
    page.locator("#send").click()
    expect(page.locator("#act [role=alert] .notice--bad")).to_contain_text("刚有人处理过")
    expect(page.locator("#f-note")).to_have_value("我的记录")
    picture(page, "review-moved-on")
    page.unroute(is_card)
    scene.step(order, "take")  # the board tells, the card follows, the words stay
    expect(page.locator(".steps")).to_contain_text("接手")
    expect(page.locator("#f-note")).to_have_value("我的记录")
    page.locator("#send").click()
    expect(page.locator("#form-categorise")).to_be_visible()


def test_an_exclusion_is_asked_with_a_file_and_decided_by_the_other_manager(
    visit: Seen, scene: Scene, tmp_path: Path
) -> None:
    order = scene.rate(4)
    scene.step(order, "contact", how="looked_into", is_reached=True, note="已核查")
    file = tmp_path / "监控.pdf"
    file.write_bytes(PDF)
    page = visit(OFFICE, "zh-CN", scene.boss).open(f"/manager/reviews#{order}")
    page.locator("#f-category").select_option("malicious")
    page.locator("#f-note").fill("录像里没有此事")
    page.locator("#f-files").set_input_files(file)
    expect(page.locator(".form__files")).to_contain_text("监控.pdf")
    page.locator("#send").click()
    expect(page.locator("#deed-decide")).to_have_count(0)
    expect(page.locator(".steps")).to_contain_text("监控.pdf")
    other = visit(OFFICE, "zh-CN", scene.director).open(f"/manager/reviews#{order}")
    other.locator("input[name=is_excluded][value=true]").check()
    other.locator("#f-note").fill("同意")
    with other.expect_download() as download:
        other.locator(".steps a").click()
    assert Path(download.value.path()).read_bytes() == PDF
    other.locator("#send").click()
    expect(other.locator(".rcard__head")).to_contain_text("不计入")
    expect(other.locator(f"#column-revisited #order-{order}")).to_have_count(
        1
    )  # it owes no revisit: it is to be closed
    picture(other, "review-excluded")


def test_the_phone_is_seen_with_a_reason_alone(visit: Seen, scene: Scene) -> None:
    order = scene.rate(5, phone=NUMBER)
    page = visit(OFFICE, "zh-CN", scene.boss).open(f"/manager/reviews#{order}")
    expect(page.locator(".rcard__facts")).to_contain_text("138******78")
    page.locator("#deed-phone").click()
    page.locator("#send").click()
    expect(page.locator("[data-error=note]")).not_to_be_empty()
    page.locator("#f-note").fill("联系群众")
    page.locator("#send").click()
    expect(page.locator(".rcard__facts")).to_contain_text(NUMBER)
    expect(page.locator(".steps")).to_contain_text("联系群众")


def test_whoever_was_rated_appeals_on_a_phone_and_reads_the_answer(visit: Seen, scene: Scene) -> None:
    order = scene.rate(5, phone=NUMBER, text=f"态度差，电话 {NUMBER}")
    page = visit(PHONE, "zh-CN", scene.clerk).open("/my-reviews")
    page.locator(f"#appeal-{order}").click()
    page.locator("#f-note").fill("当天我不在这个窗口")
    page.locator("#send").click()
    expect(page.locator(".own__one").first).to_contain_text("申诉待答复")
    manager = visit(OFFICE, "zh-CN", scene.boss).open(f"/manager/reviews#{order}")
    manager.locator("input[name=is_upheld][value=true]").check()
    manager.locator("#f-note").fill("已核实，与你无关")
    manager.locator("#send").click()
    expect(manager.locator(".steps")).to_contain_text("答复申诉：成立")
    page.reload()
    expect(page.locator(".own__one").first).to_contain_text("已核实，与你无关")
    assert NUMBER not in page.locator("body").inner_text()


def test_ones_name_at_the_console_leads_to_ones_own_ratings(visit: Seen, scene: Scene) -> None:
    scene.rate(1)
    page = visit(OFFICE, "en", scene.clerk).open(f"/console?window={scene.window}")
    page.locator("#my-reviews").click()
    expect(page.locator(".own__one").first).to_be_visible()


def test_the_halls_limit_is_set_with_a_reason(visit: Seen, scene: Scene) -> None:
    page = visit(OFFICE, "zh-CN", scene.boss).open("/manager/reviews")
    page.locator("#limit").click()
    page.locator("input[value='7d']").check()
    page.locator("#limit-box button[type=submit]").click()
    expect(page.locator("[data-error=reason]")).not_to_be_empty()
    page.locator("#f-reason").fill("市里的规定")
    page.locator("#limit-box button[type=submit]").click()
    expect(page.locator("#limit")).to_contain_text("7 天")
    assert scene.boss.get("review-rules")["fix"] == "7d"
