"""What every page's source must keep to: the page policy, texts in both languages, imports that exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "hall_server/web/static"
ROOMS = {
    "web": ROOT / "hall_server/web",
    "hall_queue": ROOT / "queue/hall_queue",
    "displays": ROOT / "displays",
    "devices": ROOT / "devices",
    "evaluation": ROOT / "evaluation",
    "confirmation": ROOT / "evaluation/confirmation",
    "figures": ROOT / "evaluation/figures",
    "reviews": ROOT / "evaluation/orders",
    "upward": ROOT / "evaluation/upward",
    "attendance": ROOT / "attendance",
    "dashboards": ROOT / "dashboards",
    "catalogue": ROOT / "cases/catalogue",
}
PAGES = [page for room in ROOMS.values() for page in sorted((room / "pages").glob("*.html"))]
SCRIPTS = [script for room in ROOMS.values() for script in sorted((room / "pages").glob("*.js"))]
LOCALES = [(room, path) for room in ROOMS.values() for path in sorted((room / "locales").glob("*zh-CN.json"))]

_TEXT = re.compile(r"""\b(?:t|both|has)\(\s*["']([a-z_]+(?:\.[a-z0-9_-]+)+)["']""")
_DATA_TEXT = re.compile(r'data-t(?:-label|-title|-placeholder)?="([^"]+)"')
_IMPORT = re.compile(r"""import\s+(?:(\{[^}]*\})\s+from\s+)?["']([^"']+)["']""")
_EXPORT = re.compile(r"^export\s+(?:async\s+)?(?:function|class|const|let)\s+([\w$]+)", re.MULTILINE)


def _label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _texts(language: str) -> dict[str, str]:
    merged: dict[str, str] = {}
    for room in ROOMS.values():
        for path in (room / "locales").glob(f"*{language}.json"):
            merged.update(json.loads(path.read_text("utf-8")))
    return merged


def _file(specifier: str, beside: Path) -> Path:
    if specifier.startswith("/static/"):
        return STATIC / specifier.removeprefix("/static/")
    if specifier.startswith("/pages/"):
        _, _, room, *rest = specifier.split("/")
        return ROOMS[room] / "pages" / "/".join(rest)
    return (beside.parent / specifier).resolve()


@pytest.mark.parametrize("page", PAGES, ids=_label)
def test_page_needs_no_inline_code_and_nothing_from_outside(page: Path) -> None:
    html = page.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", html), "inline script"
    assert not re.search(r"<style|\sstyle=|\son\w+=", html), "inline style or listener"
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", html), "something from outside"
    for asset in re.findall(r"""(?:src|href)=["'](/(?:static|pages)/[^"']+)["']""", html):
        assert _file(asset, page).is_file(), asset


@pytest.mark.parametrize("script", SCRIPTS, ids=_label)
def test_script_writes_text_never_markup(script: Path) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", script.read_text("utf-8"))


@pytest.mark.parametrize("script", SCRIPTS, ids=_label)
def test_script_imports_what_exists(script: Path) -> None:
    for names, specifier in _IMPORT.findall(script.read_text("utf-8")):
        target = _file(specifier, script)
        assert target.is_file(), specifier
        exported = set(_EXPORT.findall(target.read_text("utf-8")))
        wanted = {name.split(" as ")[0].strip() for name in names.strip("{} \n").split(",") if name.strip()}
        assert wanted <= exported, specifier


@pytest.mark.parametrize("source", [*PAGES, *SCRIPTS], ids=_label)
def test_every_text_stands_in_both_languages(source: Path) -> None:
    text = source.read_text("utf-8")
    wanted = {*_TEXT.findall(text), *_DATA_TEXT.findall(text)}
    for language in ("zh-CN", "en"):
        known = _texts(language)
        assert not {key for key in wanted if key not in known}, language


@pytest.mark.parametrize(("room", "path"), LOCALES, ids=lambda value: _label(value))
def test_both_languages_have_the_same_texts_and_places(room: Path, path: Path) -> None:
    chinese = json.loads(path.read_text("utf-8"))
    english = json.loads((room / "locales" / path.name.replace("zh-CN", "en")).read_text("utf-8"))
    assert chinese.keys() == english.keys()
    holes = re.compile(r"\{(\w+?)(?:_en)?\}")  # {line} and {line_en} are one thing's two names
    assert {k: set(holes.findall(v)) for k, v in chinese.items()} == {
        k: set(holes.findall(v)) for k, v in english.items()
    }


# Keys that code puts together: a family here, and every member must have its text.
_ACTIONS = (ROOMS["hall_queue"] / "pages/console-actions.js").read_text("utf-8")
FAMILIES = {
    "console.act.": re.findall(r'id: "(\w+)", keys', _ACTIONS),
    "console.state.": ["closed", "idle", "calling", "serving", "paused"],
    "board.state.": ["closed", "idle", "calling", "serving", "paused"],
    "windowscreen.state.": ["closed", "idle", "calling", "serving", "paused"],
    "manager.state.": ["closed", "idle", "calling", "serving", "paused"],
    "manager.total.": ["issued", "waiting", "called", "serving", "held", "done", "passed", "cancelled", "expired"],
    "booked.": ["booked", "claimed", "cancelled", "void", "missed", "cancelled_text", "void_text", "missed_text"],
    "book.step_": ["time", "person"],
    "slots.state.": ["booked", "claimed", "cancelled", "void", "missed"],
    "slots.by_": ["id_number", "phone", "ticket", "system"],
    "pad.level.": ["1", "2", "3", "4", "5"],
    "catalogue.state.": ["draft", "reviewed", "published", "suspended", "cancelled", "replaced"],
    "catalogue.flow.": ["standard", "immediate", "pledge", "forwarded"],
    "catalogue.step.": ["review", "return", "discard", "publish", "suspend", "resume", "cancel", "split", "merge"],
    "catalogue.done.": ["review", "return", "discard", "publish", "suspend", "resume", "cancel", "split", "merge"],
}


@pytest.mark.parametrize(("family", "members"), FAMILIES.items())
def test_texts_put_together_in_code_exist(family: str, members: list[str]) -> None:
    known = _texts("zh-CN")
    assert not [member for member in members if family + member not in known]
