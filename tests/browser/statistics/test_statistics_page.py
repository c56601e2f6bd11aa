"""The page of statistics: every chart drawn under the pages' policy, figures as the API has them, any question kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboards.charts.model import ChartId
from dashboards.figures import shown as how
from scripts.hall_process import Caller, HallProcess
from tests.browser.waiting import resized, wrong_at_last
from tests.fakes.hall_days import MANAGER, fill

pytestmark = pytest.mark.browser

Seen = Callable[..., Any]
SIZES = {"wall": (1920, 1080), "desk": (1366, 768), "phone": (360, 780)}
DAYS = 9
UNITS = {"count": how.Unit.COUNT, "rate": how.Unit.RATE}
DRAWN = "#charts[data-drawn]"
DRAWN_WITHIN_MS = 90_000
"""Eight charts are asked for one after the other, and drawn by a library of five megabytes."""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def last() -> date:
    """The last working day that is over, by the hall's clock."""
    day = (datetime.now(UTC) + timedelta(hours=8)).date() - timedelta(days=1)
    while day.isoweekday() > 5:
        day -= timedelta(days=1)
    return day


@pytest.fixture(scope="module")
def past_hall(quick_hall: Path, tmp_path_factory: pytest.TempPathFactory, last: date) -> Iterator[HallProcess]:
    """A hall with nine days behind it, one of them far too full."""
    data = tmp_path_factory.mktemp("past") / "data"
    asyncio.run(fill(data, last, DAYS, crowds=(0.3, 0.3, 0.25, 0.35, 0.3, 0.3, 0.25, 0.9, 0.3)))
    hall = HallProcess(data, config=quick_hall).start()
    yield hall
    assert hall.stop() == 0


@pytest.fixture(scope="module")
def manager(past_hall: HallProcess) -> Caller:
    return past_hall.caller().sign_in(MANAGER)


@pytest.fixture
def seen(past_hall: HallProcess, opener: Callable[[HallProcess], Seen], manager: Caller) -> Seen:
    """`seen(size, language)`: a page of this hall with its manager signed in."""
    visit = opener(past_hall)
    return lambda size="desk", language="en": visit(SIZES[size], language, manager)


@pytest.fixture(scope="module")
def days(last: date) -> str:
    return f"from={last - timedelta(days=20)}&to={last}"


def shown(figure: dict[str, Any]) -> str:
    return how.shown(figure["value"], UNITS.get(figure["kind"], how.Unit.SPAN))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_chart_is_drawn_and_every_figure_is_that_of_the_api(
    manager: Caller, seen: Seen, days: str, language: str
) -> None:
    one = seen("wall", language)
    page: Page = one.open(f"/manager/statistics?{days}&by=line&compare=before")
    page.wait_for_selector(DRAWN, timeout=DRAWN_WITHIN_MS)
    found = manager.get(f"statistics?{days}&by=line&compare=before")["found"]
    for name in ChartId:
        place = page.locator(f"#chart-{name} .chart__place")
        expect(place).to_have_attribute("data-drawn", "true")
        assert place.locator(".main-svg").count() > 0
        assert page.evaluate(f"() => document.querySelector('#chart-{name} .main-svg').childElementCount") > 1
        assert place.get_attribute("aria-label")
    for figure in found["figures"]:
        expect(page.locator(f"#figures [data-figure={figure['id']}] .figure__value")).to_have_text(shown(figure))
    for group in found["groups"]:
        row = page.locator(f"#groups tr[data-key={group['key']}]")
        for figure in group["figures"]:
            cell = row.locator(f"td[data-figure={figure['id']}]")
            assert cell.count() == 0 or cell.inner_text() == shown(figure)
    for size in SIZES.values():
        resized(page, size)
        assert wrong_at_last(page, lambda: max(0, page.evaluate(WIDER))) == 0, size
    assert one.complaints == []


def test_the_difference_is_that_of_the_numbers_shown_and_says_better_or_worse(
    manager: Caller, seen: Seen, last: date
) -> None:
    query = f"from={last}&to={last}&compare={last - timedelta(days=20)},{last - timedelta(days=1)}"
    page = seen().open(f"/manager/statistics?{query}")
    found = manager.get(f"statistics?{query}")
    before = {one["id"]: one["value"] for one in found["compared"]["figures"]}
    expect(page.locator("#figures [data-figure=visits] td")).to_have_count(3)
    for figure in found["found"]["figures"]:
        unit = UNITS.get(figure["kind"], how.Unit.SPAN)
        text = page.locator(f"#figures [data-figure={figure['id']}] td").nth(2).inner_text()
        by = how.difference(figure["value"], before[figure["id"]], unit)
        expected = how.shown_change(by, unit).replace("-", "−")
        assert expected in text, figure["id"]
    wait = page.locator("#figures [data-figure=wait_mean] td").nth(2)
    expect(wait).to_contain_text("better")


def test_a_figure_explains_itself_with_formula_events_and_numbers(manager: Caller, seen: Seen, days: str) -> None:
    page = seen().open(f"/manager/statistics?{days}")
    figure = next(one for one in manager.get(f"statistics?{days}")["found"]["figures"] if one["id"] == "wait_on_time")
    page.locator("#figures [data-figure=wait_on_time] button").click()
    about = page.locator("#about-wait_on_time")
    expect(about).to_be_visible()
    expect(about).to_contain_text("visits called within the goal ÷ called visits")
    expect(about).to_contain_text(f"{figure['numerator']:,} ÷ {figure['denominator']:,} = {shown(figure)}")
    expect(about).to_contain_text("ticket.called")
    page.locator("#ratings [data-figure=good_rate] button").click()
    expect(page.locator("#about-good_rate a")).to_have_attribute("href", "/ratings/formulas#good_rate")


def test_the_address_is_the_question(manager: Caller, seen: Seen, days: str) -> None:
    page = seen().open(f"/manager/statistics?{days}")
    page.locator("#by").select_option("window")
    expect(page.locator("#groups tbody tr").first).to_be_visible()
    page.locator("#filter-line summary").click()
    page.locator("#line-business").check()
    page.wait_for_url("**line=business**")
    expect(page.locator("#filter-line .filter__said")).to_contain_text("Business")
    value = page.locator("#figures [data-figure=visits] .figure__value")
    found = manager.get(f"statistics?{days}&line=business")["found"]
    narrowed = shown(next(one for one in found["figures"] if one["id"] == "visits"))
    expect(value).to_have_text(narrowed)
    page.reload()
    expect(value).to_have_text(narrowed)
    expect(page.locator("#by")).to_have_value("window")
    page.locator("#no-filters").click()
    expect(value).not_to_have_text(narrowed)
    page.go_back()
    expect(value).to_have_text(narrowed)


def test_ratings_are_narrowed_as_everything_else_and_attendance_says_what_it_cannot_be_narrowed_by(
    manager: Caller, seen: Seen, days: str
) -> None:
    query = f"{days}&by=window&line=business&hour=10,11"
    page = seen().open(f"/manager/statistics?{query}")
    rated = manager.get(f"ratings/figures?{query}")
    whole = manager.get(f"ratings/figures?{days}")
    many = [next(one["value"] for one in found["figures"] if one["id"] == "ratings") for found in (rated, whole)]
    assert 0 < many[0] < many[1]
    for one in rated["figures"]:
        kind = how.Unit.COUNT if one["denominator"] is None else how.Unit.RATE
        cell = page.locator(f"#ratings [data-figure={one['id']}] .figure__value")
        expect(cell).to_have_text(how.shown(one["value"], kind))
    for group in rated["groups"]:
        value = next(one["value"] for one in group["figures"] if one["id"] == "good_rate")
        row = page.locator(f"#groups tr[data-key='{group['key']}']")
        expect(row.locator("td[data-figure=good_rate]")).to_have_text(how.shown(value, how.Unit.RATE))
    expect(page.locator("#duty .note")).to_contain_text("not applied here: Line, Hour")
    expect(page.locator("#duty .note")).to_contain_text("not told apart by Window")
    page.goto(page.url.replace("&line=business&hour=10,11", "&weekday=1").replace("by=window", "by=staff"))
    duty = manager.get(f"statistics/duty?{days}&by=staff&weekday=1")
    expect(page.locator("#duty [data-figure=work_days] .figure__value")).to_have_text(f"{duty['days']['work_days']:,}")
    expect(page.locator("#duty-groups tbody tr")).to_have_count(len(duty["groups"]))
    page.locator("#duty [data-figure=late_rate] button").click()
    expect(page.locator("#about-late_rate")).to_contain_text("late days ÷ days to be worked")


def test_numbers_of_a_chart_stand_in_a_table_behind_a_button(manager: Caller, seen: Seen, days: str) -> None:
    page = seen().open(f"/manager/statistics?{days}")
    page.wait_for_selector(DRAWN, timeout=DRAWN_WITHIN_MS)
    (chart,) = manager.get(f"statistics/charts?{days}&chart=control&lang=en")["charts"]
    box = page.locator("#chart-control")
    expect(box.locator("table")).to_have_count(0)
    box.locator("button[aria-controls=table-control]").click()
    rows = box.locator("tbody tr")
    expect(rows).to_have_count(DAYS)
    assert [row.locator("th, td").all_inner_texts() for row in rows.all()] == chart["table"]["shown"]
    assert any("upper limit" in row[2] for row in chart["table"]["shown"]), "the day that was far too full"


WRONG = [
    ("from=2026-11-20&to=2026-11-19", "to", "before"),
    ("window=w99", "window", "w99"),
    ("by=moon", "by", "hall"),
    ("compare=2026-11-20,2026-11-19", "compare", "before"),
    ("from=2026-01-01&to=2026-11-20&by=hour&window=w01", "from", "31"),
]


@pytest.mark.parametrize(("query", "field", "word"), WRONG)
def test_what_cannot_be_asked_is_said_at_its_field(seen: Seen, query: str, field: str, word: str) -> None:
    page = seen().open(f"/manager/statistics?{query}")
    expect(page.locator(f"[data-error={field}]")).to_be_visible()
    expect(page.locator(f"[data-error={field}]")).to_contain_text(word)
    expect(page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#refused")).to_be_visible()
    page.locator("#period-last_month").click()
    expect(page.locator(f"[data-error={field}]")).to_be_hidden() if field in {"from", "to"} else None


def test_a_year_with_no_data_says_where_there_is_some(seen: Seen, last: date) -> None:
    one = seen()
    page = one.open("/manager/statistics?from=2024-01-01&to=2024-12-31")
    expect(page.locator("#nothing")).to_contain_text("Nothing happened")
    page.locator("#show-known").click()
    page.wait_for_url(f"**from={last}**")
    expect(page.locator("#figures [data-figure=visits] .figure__value")).not_to_have_text("0")
    assert one.complaints == []


def test_the_same_question_is_a_file(past_hall: HallProcess, manager: Caller, seen: Seen, days: str) -> None:
    page = seen().open(f"/manager/statistics?{days}&by=line")
    for format_ in ("csv", "xlsx"):
        with page.expect_download() as download:
            page.locator(f"#file-{format_}").click()
        assert download.value.suggested_filename.endswith(f".{format_}")
        assert Path(download.value.path()).stat().st_size > 500


def test_the_managers_page_leads_there_and_back(seen: Seen) -> None:
    page = seen("wall").open("/manager")
    expect(page.locator("a[href='/manager/statistics']").first).to_be_attached()
    page = seen().open("/manager/statistics")
    page.locator("#back").click()
    page.wait_for_url("**/manager*")
