"""Every rule that a manager can set has its words in both languages and stands on one page of docs/rules."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from hall_queue.rule_pictures import RuleAbout, described
from hall_queue.rulebook import NAMES, about

LANGUAGES = ("zh-CN", "en")
SUFFIXES = {"en": "", "zh-CN": ".zh-CN"}
OURS = {"yes": {"en": "yes", "zh-CN": "是"}, "no": {"en": "no", "zh-CN": "否"}}
ROW = re.compile(r"^\| `(\w+)` \| `([^`]+)` \| (\S+) \|", re.MULTILINE)
INDEX_ROW = re.compile(
    r"^\| [\d, ]+ \| (?:\[[^\]]+\]\(([\w-]+?)(?:\.zh-CN)?\.md\)|[^|]*\(`([\w-]+)`\)) \| (.+) \|$", re.M
)
RULES = {one.name: one for one in described()}


def texts(checkout: Path, language: str) -> dict[str, str]:
    """The words of the page."""
    found: dict[str, str] = json.loads(
        (checkout / f"queue/hall_queue/locales/rules.{language}.json").read_text("utf-8")
    )
    return found


def indexed(checkout: Path, language: str) -> dict[str, list[str]]:
    """Page → its settings, as the index has them."""
    text = (checkout / f"docs/rules/index{SUFFIXES[language]}.md").read_text("utf-8")
    return {page or other: re.findall(r"`(\w+)`", names) for page, other, names in INDEX_ROW.findall(text)}


def pages(checkout: Path, language: str) -> dict[str, str]:
    """Page → its text, for those that are there."""
    found = {name: checkout / f"docs/rules/{name}{SUFFIXES[language]}.md" for name in indexed(checkout, language)}
    return {name: path.read_text("utf-8") for name, path in found.items() if path.is_file()}


def needed(rule: RuleAbout) -> set[str]:
    """Keys of the texts that a rule's place on the page shows."""
    own = {f"rules.{rule.name}", f"rules.{rule.name}_hint", f"rules.{rule.name}_more", f"rules.group.{rule.group}"}
    units = {f"rules.unit.{rule.unit}", f"rules.unit_one.{rule.unit}"} if rule.unit else set()
    return own | units | {f"rules.choice.{rule.name}.{choice}" for choice in rule.choices}


def written(default: Any) -> str:
    """A default as the pages write it."""
    if default in (None, [], ()):
        return "none"
    return {True: "yes", False: "no"}[default] if isinstance(default, bool) else str(default)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_rule_has_its_words(checkout: Path, name: str, language: str) -> None:
    known = texts(checkout, language)
    assert needed(RULES[name]) - known.keys() == set()
    assert len(known[f"rules.{name}_hint"]) > 8
    assert known[f"rules.{name}_hint"] != known[f"rules.{name}_more"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_stands_once_in_the_index(checkout: Path, language: str) -> None:
    listed = [name for names in indexed(checkout, language).values() for name in names]
    assert sorted(listed) == sorted(NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_has_the_settings_that_the_index_says_and_no_other_has_them(checkout: Path, language: str) -> None:
    said = indexed(checkout, language)
    found = {page: [row[0] for row in ROW.findall(text)] for page, text in pages(checkout, language).items()}
    assert found == {page: said[page] for page in found}
    assert len(found) > 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_defaults_and_what_lines_may_differ_in_are_the_programs(checkout: Path, language: str) -> None:
    rows = {name: row for text in pages(checkout, language).values() for name, *row in ROW.findall(text)}
    wanted = {
        name: [written(entry["default"]), OURS["yes" if entry["line"] else "no"][language]]
        for name, entry in about().items()
    }
    assert rows == {name: wanted[name] for name in rows}


def test_both_languages_have_the_same_pages_headings_and_flow_charts(checkout: Path) -> None:
    english, chinese = pages(checkout, "en"), pages(checkout, "zh-CN")
    assert english.keys() == chinese.keys()
    for name, text in english.items():
        for what in (r"^#+ ", r"^```mermaid$"):
            counts = [len(re.findall(what, one, re.MULTILINE)) for one in (text, chinese[name])]
            assert counts[0] == counts[1] > 0, name


def test_every_page_of_the_folder_is_in_the_index(checkout: Path) -> None:
    there = {path.name.removesuffix(".md").removesuffix(".zh-CN") for path in (checkout / "docs/rules").glob("*.md")}
    assert there - {"index"} <= indexed(checkout, "en").keys() == indexed(checkout, "zh-CN").keys()
