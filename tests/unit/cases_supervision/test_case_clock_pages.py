"""docs/case-clocks.md says what the program does: every figure, rule and condition, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from cases.clocks.limits import LIMITS
from cases.figures.formulas import FORMULAS
from cases.supervision.cards import CardDeed, CardState
from cases.supervision.conditions import AnyCondition
from cases.supervision.rules import Family, Severity, Tell, default_rules

ROOT = Path(__file__).resolve().parents[3]
PAGES = {"en": ROOT / "docs" / "case-clocks.md", "zh-CN": ROOT / "docs" / "case-clocks.zh-CN.md"}


def words(language: str, name: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((ROOT / "cases" / "locales" / f"{name}.{language}.json").read_text("utf-8"))
    return texts


@pytest.mark.parametrize("language", PAGES)
def test_every_figure_stands_there_with_its_formula(language: str) -> None:
    page, said = PAGES[language].read_text("utf-8"), words(language, "case_figures")
    for one in FORMULAS:
        key = f"case_figures.{one.id}"
        assert f"| `{one.id}` | {said[key]} | {said[f'{key}.formula']} |" in page


@pytest.mark.parametrize("language", PAGES)
def test_every_rule_and_condition_stands_there(language: str) -> None:
    page = PAGES[language].read_text("utf-8")
    for rule in default_rules():
        assert f"| `{rule.id}` | " in page
        assert f" | {rule.name_en if language == 'en' else rule.name} | " in page
    for condition in get_args(AnyCondition):
        assert f"| `{condition.__struct_config__.tag}` |" in page


@pytest.mark.parametrize("language", PAGES)
def test_every_limit_stands_there_with_its_article(language: str) -> None:
    rows = [line for line in PAGES[language].read_text("utf-8").splitlines() if "行政许可法" in line and "|" in line]
    for limit in LIMITS.values():
        article = re.match(r"行政许可法 \d+", limit.source)
        assert article is not None
        assert any(row.rstrip(" |").endswith(article.group()) and str(limit.workdays) in row for row in rows)


def test_both_languages_have_the_same_headings_and_rows() -> None:
    shapes = [re.findall(r"^(#+ |\| )", page.read_text("utf-8"), re.MULTILINE) for page in PAGES.values()]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("language", PAGES)
def test_everything_of_supervision_has_its_words(language: str) -> None:
    said = words(language, "supervision")
    for kind, prefix in (
        *((Family, "family"), (Severity, "severity"), (Tell, "tell")),
        *((CardState, "card"), (CardDeed, "deed")),
    ):
        assert {f"supervision.{prefix}.{one.value}" for one in kind} <= said.keys()
