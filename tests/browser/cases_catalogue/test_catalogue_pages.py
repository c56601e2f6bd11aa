"""The catalogue's pages in a browser: from draft to publication by two people, files, and what a hall reads."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from scripts import hall_process
from scripts.hall_process import Caller, HallProcess

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[3]
ANSWERS_S = 60
EXTENT = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class CityAlone:
    """`run.py city --demo` on a free port."""

    def __init__(self, data: Path) -> None:
        command = [sys.executable, str(ROOT / "run.py"), "city", "--demo", "--data", str(data), "--port", "0"]
        with data.with_suffix(".log").open("w") as log:
            self.process = hall_process.begin(command, log=log)
        assert self.process.stdout is not None
        first = self.process.stdout.readline().split()
        assert first[:1] == ["listening"], data.with_suffix(".log").read_text()
        self.port = int(first[1].removeprefix("http="))
        self.address = f"http://127.0.0.1:{self.port}"
        accounts = json.loads((data / "demo-accounts.json").read_text("utf-8"))
        self.people = {one["name"]: one for one in (accounts["admin"], *accounts["staff"])}

    def as_(self, name: str) -> Caller:
        return Caller(self.port).sign_in(self.people[name])

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=ANSWERS_S)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CityAlone]:
    found = CityAlone(tmp_path_factory.mktemp("city") / "data")
    yield found
    found.stop()


@pytest.fixture
def at_city(city: CityAlone, opener: Callable[..., Any]) -> Callable[..., Any]:
    return opener(city)


def matter(city: CityAlone, word: str) -> dict[str, Any]:
    found = city.as_("editor").get(f"editions?q={word}")["items"]
    one: dict[str, Any] = found[0]
    return one


def test_a_matter_goes_from_its_draft_to_the_halls_by_two_people(city: CityAlone, at_city: Any) -> None:
    known = matter(city, "511A0007700001")
    writes = at_city(size=(1440, 900), session=city.as_("editor"))
    page: Page = writes.open("/catalogue")
    page.locator("#find").fill("卖鞭炮")
    page.locator("#find").press("Enter")
    expect(page.locator(".cat__table tbody tr")).to_have_count(1)
    page.locator(".cat__table a").click()
    page.locator('a[href^="#e/"]').click()
    promise = page.locator("[data-field=promise_workdays]")
    promise.fill("30")
    expect(page.locator("[data-code=promise_over_statute]")).to_be_visible()
    expect(promise).to_have_attribute("aria-invalid", "true")
    promise.fill("9")
    expect(page.locator("#fault-sums")).to_have_attribute("data-ok", "true")
    page.locator("#keep").click()
    expect(page.locator("[data-step=review]")).to_be_disabled()  # who wrote it does not review it
    expect(page.locator("[data-step=discard]")).to_be_enabled()
    assert writes.complaints == []

    reviews = at_city(size=(1440, 900), language="en", session=city.as_("admin"))
    page = reviews.open(f"/catalogue#m/{known['matter']}")
    page.get_by_role("tab", name="Compare").click()
    expect(page.locator(".cat__compare tbody tr")).to_have_count(1)
    for step in ("review", "publish"):
        page.locator(f"[data-step={step}]").click()
        page.locator("#step-yes").click()
        expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("[data-step=suspend]")).to_be_visible()
    assert reviews.complaints == []
    after = city.as_("editor").get(f"editions/{known['matter']}")
    assert [one["state"] for one in after["editions"]] == ["replaced", "published"]
    assert after["editions"][1]["promise_workdays"] == 9


def test_a_new_matter_is_told_what_is_missing(city: CityAlone, at_city: Any) -> None:
    visit = at_city(size=(1440, 900), session=city.as_("editor"))
    page = visit.open("/catalogue#new")
    expect(page.locator("[data-code=law_missing]")).to_be_visible()
    page.locator("[data-code=law_missing] button").click()  # leads to the part, which opens
    page.locator("[data-add=laws]").click()
    page.locator("[data-part=laws-1] [data-inner=name]").fill("中华人民共和国行政许可法")
    expect(page.locator("[data-code=law_missing]")).to_have_count(0)
    expect(page.locator("[data-code=phone_missing]")).to_be_visible()
    assert visit.complaints == []


def test_a_workbook_goes_out_and_comes_back_as_drafts(city: CityAlone, at_city: Any, tmp_path: Path) -> None:
    visit = at_city(size=(1440, 900), session=city.as_("editor"))
    page = visit.open("/catalogue")
    with page.expect_download() as download:
        page.locator("a[download]").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    sheet = book["事项"]
    names = [cell.value for cell in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2) if "护士" in row[names.index("事项名称")].value)
    cell = row[names.index("承诺时限（工作日）")]
    for value, is_good in ((99, False), (4, True)):
        cell.value = value
        book.save(tmp_path / "matters.xlsx")
        page.locator("#file").set_input_files(tmp_path / "matters.xlsx")
        expect(page.locator("#take-file")).to_be_enabled(enabled=is_good)
        if not is_good:
            expect(page.locator("#file-shown [data-code=promise_over_statute]")).to_contain_text(
                f"事项!{cell.coordinate}"
            )
            page.locator("#file-shown").get_by_role("button", name="取消").click()
    page.locator("#take-file").click()
    expect(page.locator("#file-shown")).to_have_count(0)
    assert matter(city, "护士")["state"] == "draft"
    assert visit.complaints == []


def test_matters_are_merged_and_a_matter_is_suspended_with_a_reason(city: CityAlone, at_city: Any) -> None:
    one, other, into = (matter(city, word)["matter"] for word in ("511F3000100011", "513A0011200068", "511A0014300001"))
    visit = at_city(size=(1440, 900), session=city.as_("editor"))
    page = visit.open(f"/catalogue#m/{one}")
    page.locator("[data-step=merge]").click()
    page.locator("[name=others]").fill(other)
    page.locator("[name=into]").fill(into)
    page.locator("[name=reason]").fill("两个事项并入一个")
    page.locator("#step-yes").click()
    expect(page.locator("[data-step]")).to_have_count(0)
    assert [city.as_("editor").get(f"editions/{id_}")["editions"][-1]["successors"] for id_ in (one, other)] == [
        [into]
    ] * 2
    page = visit.open("/sign-in")
    page = visit.open(f"/catalogue#m/{into}")
    page.locator("[data-step=suspend]").click()
    page.locator("[name=reason]").fill("系统维护")
    page.locator("#step-yes").click()
    expect(page.locator("[data-step=resume]")).to_be_visible()
    page.get_by_role("tab", name="经过").click()
    expect(page.locator(".cat__history li").first).to_contain_text("系统维护")
    assert visit.complaints == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [(1440, 900), (360, 780)])
def test_the_pages_fit_and_say_everything(city: CityAlone, at_city: Any, language: str, size: tuple[int, int]) -> None:
    known = matter(city, "511A0005200004")
    visit = at_city(size=size, language=language, session=city.as_("editor"))
    for hash_, there in (("", ".cat__table"), (f"#m/{known['matter']}", ".cat__shown"), ("#new", ".cat__editor")):
        page = visit.open("/sign-in")
        page = visit.open(f"/catalogue{hash_}")
        expect(page.locator(there)).to_be_visible()
        assert page.evaluate(EXTENT) <= 0
        said = page.locator("body").inner_text()
        assert "catalogue." not in said
        assert "undefined" not in said
    assert visit.complaints == []


def test_a_clerk_of_a_hall_reads_what_a_situation_needs(hall: HallProcess, opener: Any) -> None:
    session = hall.caller().sign_in(hall.accounts["staff"][0])
    for size in ((1366, 768), (360, 780)):
        seen = opener(hall)(size=size, session=session)
        page = seen.open("/manager/matters")
        page.locator("#find").fill("开饭店")
        page.locator("#find").press("Enter")
        expect(page.locator(".cat__card")).to_have_count(4)
        page.locator(".cat__card", has_text="食品").click()
        page.locator("#q-who-agent").click()
        expect(page.locator("[data-material=proxy]")).to_be_visible()
        page.locator("#q-kind-packaged").click()
        expect(page.locator(".notice--bad")).to_be_visible()
        page.locator("#q-kind-catering").click()
        expect(page.locator("[data-material=health]")).to_be_visible()
        assert page.evaluate(EXTENT) <= 0
        assert seen.complaints == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_year_of_holidays_is_looked_at_then_published(city: CityAlone, at_city: Any, language: str) -> None:
    year = 2031 if language == "en" else 2030
    one = at_city(size=(1366, 768), language=language, session=city.as_("editor"))
    page: Page = one.open("/catalogue#years")
    holidays = {
        "year": year,
        "papers": ["https://www.gov.cn/notice"],
        "days": [{"date": f"{year}-01-01", "isOffDay": True}, {"date": f"{year}-02-02", "isOffDay": True}],
    }
    content = json.dumps(holidays).encode()
    page.locator("#year-file").set_input_files({"name": "y.json", "mimeType": "application/json", "buffer": content})
    day = page.locator(f'[id="day-{year}-01-01"]')
    expect(day).to_have_class(re.compile("years__day--off"))
    other = page.locator(f'[id="day-{year}-05-01"]')
    other.click()
    expect(other).to_have_attribute("aria-pressed", "true")
    page.locator("#year-look").click()
    expect(page.locator("#years-changed_days")).not_to_have_text("0")
    expect(page.locator("#years-open_cases")).to_have_text("0")
    page.locator("#year-publish").click()
    page.locator("dialog[open] .btn--primary").click()
    expect(page.locator("#year-publish")).to_have_count(0)
    years = {one["year"]: one for one in city.as_("editor").get("calendar-years")["years"]}
    assert years[year]["papers"] == ["https://www.gov.cn/notice"]
    assert f"{year}-05-01" in years[year]["off"] + years[year]["work"]
    assert page.evaluate(EXTENT) <= 0
    assert one.complaints == []
