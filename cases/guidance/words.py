"""The fixed words of lists and samples on paper, from the same files as the pages'."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from cases.catalogue.model import Fee, Law
from cases.guidance.needs import MaterialNeeded
from cases.guidance.picture import Ways
from cases.guidance.tokens import Language

Say = Callable[..., str]
"""``say("paper.bring", n=3)``: a text of ``guide.…`` in the list's language."""


class Texts(Protocol):
    """Where texts come from (the hall's locales)."""

    def text(self, key: str, language: str, /, **params: object) -> str:
        """A text with its gaps filled."""
        ...


def speaker(texts: Texts, language: Language) -> Say:
    """Says things in a language."""

    def say(key: str, **params: object) -> str:
        return texts.text(f"guide.{key}", language.value, **params)

    return say


def is_english(language: Language) -> bool:
    """Whether names are said in English where they have one."""
    return language is Language.ENGLISH


def named(language: Language, name: str, name_en: str) -> str:
    """A name in a language; the Chinese one where there is no other."""
    return (name_en or name) if is_english(language) else name


def sheets(material: MaterialNeeded, say: Say) -> str:
    """How many of a material: ``原件 1 份、复印件 2 份``."""
    found = []
    if material.originals:
        found.append(say("originals", n=material.originals))
    if material.copies:
        found.append(say("copies", n=material.copies))
    return say("and").join(found)


def law_text(law: Law) -> str:
    """A law as it is cited: 《中华人民共和国食品安全法》第三十五条."""
    name = law.name if law.name.startswith("《") else f"《{law.name}》"
    return f"{name}{law.article}"


def money(fee: Fee, say: Say) -> str:
    """What a fee is: ``工本费：20 元``; without an amount: free."""
    yuan = f"{fee.amount_fen / 100:.2f}".removesuffix(".00")
    amount = say("yuan", n=yuan) if fee.amount_fen else say("free")
    return f"{fee.name}{say('colon')}{amount}"


def elsewhere(ways: Ways, say: Say) -> str:
    """Where it can be applied for besides the windows: ``网上、手机``; at a window only."""
    found = [say(f"by.{name}") for name in ("online", "phone", "terminal") if getattr(ways, name)]
    return say("listing").join(found) or say("by.window_only")


def days(workdays: int | None, say: Say) -> str:
    """A limit: on the spot, so many working days, or not known."""
    if workdays is None:
        return say("unknown")
    return say("workdays", n=workdays) if workdays else say("at_once")
