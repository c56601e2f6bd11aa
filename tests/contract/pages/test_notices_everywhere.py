"""No page may be without the emergency: each loads what shows it, and says what its readers are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "hall_server/web/static"
PAGES = sorted(page for page in ROOT.glob("**/pages/*.html") if "node_modules" not in page.parts)
AUDIENCES = {"staff", "quiet", "home", "board"}


def _label(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=_label)
def test_every_page_loads_the_notices(page: Path) -> None:
    html = page.read_text("utf-8")
    assert '<script type="module" src="/static/notices.js"></script>' in html
    assert '<link rel="stylesheet" href="/static/notices.css">' in html


@pytest.mark.parametrize("page", PAGES, ids=_label)
def test_a_page_names_an_audience_that_there_is(page: Path) -> None:
    named = re.findall(r'<html[^>]*\sdata-notices="([^"]*)"', page.read_text("utf-8"))
    assert set(named) <= AUDIENCES


@pytest.mark.parametrize("script", sorted(STATIC.glob("notices*.js")), ids=_label)
def test_what_managers_write_is_never_markup(script: Path) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", script.read_text("utf-8"))


def test_nothing_flashes() -> None:
    assert not re.search(r"animation|transition|@keyframes", (STATIC / "notices.css").read_text("utf-8"))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_words_around_an_emergency_exist(language: str) -> None:
    known = json.loads((ROOT / f"hall_server/web/locales/notices.{language}.json").read_text("utf-8"))
    wanted = {
        key
        for script in STATIC.glob("notices*.js")
        for key in re.findall(r"""(?:words|say)\(\s*["'](notices\.\w+)""", script.read_text("utf-8"))
    }
    assert wanted == known.keys()
