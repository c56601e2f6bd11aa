"""The city's pages name every setting as the program has it, and say the same in both languages."""

import re
from pathlib import Path

from city.settings import CitySettings
from hall_server import settings

HEADINGS = re.compile(r"^#+ ", re.MULTILINE)


def page(checkout: Path, language: str) -> str:
    return (checkout / "docs" / f"city{language}.md").read_text(encoding="utf-8")


def test_every_setting_of_a_city_stands_in_both_pages_with_what_it_does(checkout: Path) -> None:
    for name, type_, default, unit, help_ in settings.table(CitySettings):
        cells = (f"`{name}`", *(cell.replace("|", "\\|") for cell in (type_, default, unit, help_)))
        row = "| " + " | ".join(cells) + " |"
        assert row in page(checkout, ""), name
        assert row in page(checkout, ".zh-CN"), name


def test_both_languages_have_the_same_sections_and_commands(checkout: Path) -> None:
    english, chinese = page(checkout, ""), page(checkout, ".zh-CN")
    assert len(HEADINGS.findall(english)) == len(HEADINGS.findall(chinese))
    for verb in ("add", "renew", "list", "epoch", "close", "place"):
        assert re.search(rf"`(city-hall )?{verb}", english), verb
        assert re.search(rf"`(city-hall )?{verb}", chinese), verb
