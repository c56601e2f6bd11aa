"""What the decoder says about one field, in a person's words."""

from __future__ import annotations

import re

from hall_server.web.locales import Locales

_KINDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^Expected `str` of length >= 1$"), "missing"),
    (re.compile(r"^Expected `str` of length <= (?P<n>\d+)$"), "too_long"),
    (re.compile(r"^Expected `str` of length >= (?P<n>\d+)$"), "too_short"),
    (re.compile(r"^Expected `\w+` of length <= (?P<n>\d+)$"), "too_many"),
    (re.compile(r"^Expected `\w+` of length >= (?P<n>\d+)$"), "too_few"),
    (re.compile(r"^Expected `(?:int|float)` >=? (?P<n>-?[\d.]+)$"), "too_small"),
    (re.compile(r"^Expected `(?:int|float)` <=? (?P<n>-?[\d.]+)$"), "too_great"),
    (re.compile(r"^Expected `str` matching regex "), "form"),
    (re.compile(r"^Invalid RFC3339 encoded date$"), "date"),
    (re.compile(r"^Invalid RFC3339 encoded "), "time"),
    (re.compile(r"^Invalid enum value "), "choice"),
    (re.compile(r"^Expected `[^`]+`, got `"), "kind"),
)
"""msgspec's words of a ValidationError, and the text ``error.field.…`` that says it."""


def in_words(reason: str, locales: Locales, language: str) -> str:
    """A complaint in the caller's language; what is not known stays as it is."""
    if locales.has(f"error.field.{reason}"):
        return locales.text(f"error.field.{reason}", language)
    for pattern, kind in _KINDS:
        if found := pattern.search(reason):
            return locales.text(f"error.field.{kind}", language, **found.groupdict())
    return reason
