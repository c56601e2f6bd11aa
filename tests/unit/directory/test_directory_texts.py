"""Every refusal of the directory and every reason of a bad row has its wording in both languages."""

import re
from pathlib import Path

import pytest

import hall_server.directory
from hall_server.directory.wording import text_fault
from hall_server.web.locales import LANGUAGES, Locales

ROOM = Path(str(hall_server.directory.__file__)).parent
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))
RAISED = r'(?:Invalid|Refused|Forbidden|NotFound)\(\s*"((?:directory|catalogue|calendar|hall_file)\.\w+)"'
PAGE = (Path(__file__).resolve().parents[3] / "docs" / "catalogue-import.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def locales() -> Locales:
    """The directory's own texts."""
    texts = Locales()
    texts.add(ROOM / "locales")
    return texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_can_be_worded(locales: Locales, language: str) -> None:
    faults = [text_fault(text, limit=3) for text in ("", "long text", "\n a", "<a>", " a")]
    codes = {*re.findall(RAISED, SOURCE), *(f"directory.{fault}" for fault in faults)}
    assert len(codes) > 35
    assert {code for code in codes if f"error.{code}" not in locales.all(language)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_on_the_operators_page_can_be_worded(locales: Locales, language: str) -> None:
    reasons = {
        name for row in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", PAGE, re.M) for name in re.findall(r"\w+", row)
    }
    reasons -= set(re.findall(r"^\| `(\w+)` \| .* \| (?:yes|no) \|", PAGE, re.M))
    assert len(reasons) > 15
    assert {reason for reason in reasons if f"catalogue.reason.{reason}" not in locales.all(language)} == set()


def test_both_languages_say_the_same_things(locales: Locales) -> None:
    chinese, english = (locales.all(language) for language in LANGUAGES)
    assert chinese.keys() == english.keys()
    for key in chinese:
        assert sorted(re.findall(r"{\w+}", chinese[key])) == sorted(re.findall(r"{\w+}", english[key])), key
