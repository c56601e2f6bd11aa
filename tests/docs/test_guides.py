"""The guides name keys, buttons and alarms as the pages do, and say the same in both languages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

GUIDES = ("visitor", "staff", "manager")
LANGUAGES = {"zh-CN": ".zh-CN", "en": ""}
ACTIONS = "queue/hall_queue/pages/console-actions.js"
LANGUAGE_BUTTONS = ("English", "中文")  # each language names itself, so these are in no catalogue
HEADINGS = re.compile(r"^#+ ", re.MULTILINE)


def guide(checkout: Path, name: str, language: str) -> str:
    return (checkout / "docs" / f"guide-{name}{LANGUAGES[language]}.md").read_text(encoding="utf-8")


def texts(checkout: Path, language: str) -> dict[str, str]:
    """Every text of the pages, by its key."""
    files = [path for path in checkout.glob("**/locales/*.json") if ".venv" not in path.parts]
    mine = [path for path in files if path.name.removesuffix(".json").endswith(language)]
    return {key: text for path in mine for key, text in json.loads(path.read_text(encoding="utf-8")).items()}


def labels(text: str) -> Iterator[str]:
    """What a guide quotes from a page: words in bold, without keys and what begins a line."""
    for line in text.splitlines():
        for found in re.finditer(r"\*\*([^*]+)\*\*", line):
            if line[: found.start()].strip(" *") and len(found.group(1)) > 1:
                yield from (part.strip() for part in found.group(1).split(" / "))


@pytest.mark.parametrize("name", GUIDES)
def test_both_languages_have_the_same_sections_and_pictures(checkout: Path, name: str) -> None:
    chinese, english = guide(checkout, name, "zh-CN"), guide(checkout, name, "en")
    assert len(HEADINGS.findall(chinese)) == len(HEADINGS.findall(english))
    pictures = [re.findall(r"pictures/([\w-]+)", text) for text in (chinese, english)]
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_of_the_console_is_in_the_guide(checkout: Path, language: str) -> None:
    script = (checkout / ACTIONS).read_text(encoding="utf-8")
    keys = set(re.findall(r'"(\w+)"', " ".join(re.findall(r"keys: \[([^\]]*)\]", script))))
    table = [line.split("|")[1] for line in guide(checkout, "staff", language).splitlines() if line.startswith("|")]
    shown = {key.strip().lower() for row in table for key in re.split("[、,]", row)}
    named = {"enter": {"zh-CN": "回车", "en": "enter"}[language]}
    hidden = {"s", "o", "f2"}  # second ways to what Space does already
    assert {key for key in keys - hidden if named.get(key, key) not in shown} == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", GUIDES)
def test_what_a_guide_quotes_stands_on_a_page(checkout: Path, name: str, language: str) -> None:
    known = "\n".join([*texts(checkout, language).values(), *LANGUAGE_BUTTONS]).casefold()
    quoted = set(labels(guide(checkout, name, language)))
    assert len(quoted) > 3
    assert {one for one in quoted if one.casefold() not in known} == set()
