"""Texts in both languages, and the error codes that have one."""

import re
from pathlib import Path

import pytest

import hall_server
from hall_server.web.locales import Locales, choose_language

BASE = Path(hall_server.__file__).parent
RAISED = re.compile(
    r"\b(?:Invalid|Unauthenticated|Forbidden|NotFound|Refused|TooLarge|TooMany|Unavailable|Unanswered|Fault|error)"
    r'\(\s*"([a-z_]+\.[a-z_]+)"'
)


@pytest.fixture
def texts():
    made = Locales()
    made.add(BASE / "web" / "locales")
    return made


def test_both_languages_have_the_same_keys(texts):
    assert set(texts.all("zh-CN")) == set(texts.all("en"))


def test_every_code_that_the_web_side_raises_has_a_wording(texts):
    codes = {code for path in (BASE / "web").glob("*.py") for code in RAISED.findall(path.read_text(encoding="utf-8"))}
    assert len(codes) > 25
    assert {code for code in codes if not texts.has(f"error.{code}")} == set()


def test_parameters_are_put_in_and_what_is_missing_stays(texts):
    assert texts.text("error.rate.exceeded", "en", retry_s=3) == "Too many requests; try again in 3 s"
    assert texts.text("error.rate.exceeded", "zh-CN") == "操作过于频繁，请 {retry_s} 秒后再试"


def test_an_unknown_key_reads_as_itself(texts):
    assert texts.text("error.nothing.here", "en") == "error.nothing.here"


def test_two_texts_for_one_key_are_refused(tmp_path, texts):
    (tmp_path / "other.zh-CN.json").write_text('{"error.body.broken": "别的"}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"error\.body\.broken"):
        texts.add(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "header", "language"),
    [
        (None, None, "zh-CN"),
        (None, "en-GB", "en"),
        (None, "de, en;q=0.7, zh;q=0.9", "zh-CN"),
        (None, "en;q=0, de", "zh-CN"),
        ("en", "zh-CN", "en"),
        ("xx", "en", "en"),
        (None, "en;q=nonsense", "zh-CN"),
    ],
)
def test_the_language_is_what_the_caller_likes_best_of_ours(wanted, header, language):
    assert choose_language(wanted, header) == language
