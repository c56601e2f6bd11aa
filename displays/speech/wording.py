"""The hall's own sentences: checked when they are saved, filled when a number is called."""

from __future__ import annotations

import re

from displays.voice import PLACES
from displays.voice.spoken import HANZI_LANGUAGES
from hall_server.directory.wording import text_fault
from hall_server.errors import Invalid

LONGEST = 200
_BRACED = re.compile(r"\{([^{}]*)\}")
_HANZI = re.compile(r"[\u3400-\u9fff]")


def check_template(template: str, language: str) -> None:
    """Accept a sentence of a call.

    Raises:
        Invalid: ``voice.template_*``, with the language and, for a place that there is not, its name.
    """
    about = {"field": "templates", "language": str(language)}
    if text_fault(template, limit=LONGEST):
        raise Invalid("voice.template_unfit", **about, limit=LONGEST)
    found = _BRACED.findall(template)
    unknown = next((name for name in found if name not in PLACES), None)
    if unknown is not None:
        raise Invalid("voice.template_place", **about, placeholder=f"{{{unknown[:40]}}}", placeholders=_named(PLACES))
    rest = _BRACED.sub("", template)
    if any(mark in rest for mark in "{}[]|"):
        raise Invalid("voice.template_braces", **about)
    if "number" not in found:
        raise Invalid("voice.template_number", **about)
    if language not in HANZI_LANGUAGES and _HANZI.search(rest):
        raise Invalid("voice.template_hanzi", **about)


def _named(places: tuple[str, ...]) -> str:
    return " ".join(f"{{{place}}}" for place in places)
