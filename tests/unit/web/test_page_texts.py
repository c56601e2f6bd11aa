"""What pages say exists in both languages, and no page takes markup for text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ROOMS = [path for path in ROOT.glob("**/locales") if ".venv" not in path.parts and "var" not in path.parts]
SCRIPTS = [
    path for pattern in ("hall_server/web/**/*.js", "queue/hall_queue/pages/*.js") for path in ROOT.glob(pattern)
]
NAMED = re.compile(r"""\bt\(\s*"([a-z_]+\.[\w.]+)"|data-t(?:-\w+)?="([a-z_]+\.[\w.]+)\"""")
FIELD = re.compile(r"\{\w+\}")
FORBIDDEN = re.compile(r"\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write\b|\beval\(|new Function\b")


def texts(language: str) -> dict[str, str]:
    """All texts of a language."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for path in [*room.glob(f"*.{language}.json"), *room.glob(f"{language}.json")]:
            found |= json.loads(path.read_text(encoding="utf-8"))
    return found


def named_texts() -> Iterator[tuple[str, str]]:
    """(file, key) of every text a script names outright."""
    for script in SCRIPTS:
        for match in NAMED.finditer(script.read_text(encoding="utf-8")):
            yield script.name, match[1] or match[2]


def test_both_languages_have_the_same_texts() -> None:
    assert sorted(texts("zh-CN").keys() ^ texts("en").keys()) == []


def test_the_visitors_texts_take_the_same_parameters_in_both_languages() -> None:
    rooms = ("common.", "start.", "kiosk.", "phone.")
    differing = [
        key
        for key, text in texts("zh-CN").items()
        if key.startswith(rooms) and sorted(FIELD.findall(text)) != sorted(FIELD.findall(texts("en")[key]))
    ]
    assert differing == []


def test_every_text_a_script_names_exists() -> None:
    known = texts("zh-CN")
    assert sorted({f"{name}: {key}" for name, key in named_texts() if key not in known}) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_never_take_markup_for_text(script: Path) -> None:
    assert FORBIDDEN.findall(script.read_text(encoding="utf-8")) == []


def test_pages_have_no_inline_script_or_style() -> None:
    pages = [path for path in ROOT.glob("**/pages/*.html") if ".venv" not in path.parts]
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son\w+=", re.IGNORECASE)
    assert [path.name for path in pages if inline.search(path.read_text(encoding="utf-8"))] == []
