"""Every situation that a matter's questions lead to: which answers, what they ask for, what can never happen."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cases.catalogue.model import Edition
from cases.catalogue.situations import Needs, asked, needs

MOST = 20_000
"""So many situations are looked at; a matter with more should be split."""

Chosen = dict[str, tuple[str, ...]]


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """Answers that somebody may give, and what they come to."""

    answers: Chosen
    needs: Needs


class TooManySituations(Exception):
    """There are more than anybody can look at."""


def situations(edition: Edition, *, most: int = MOST) -> Iterator[Situation]:
    """Every way through the questions, one answer each.

    Raises:
        TooManySituations: there are more than ``most``.
    """
    for count, answers in enumerate(_ways(edition, {}), start=1):
        if count > most:
            raise TooManySituations
        yield Situation(answers=answers, needs=needs(edition, answers))


def _ways(edition: Edition, answers: Chosen) -> Iterator[Chosen]:
    following = next((one for one in asked(edition, answers) if one.id not in answers), None)
    if following is None:
        yield answers
        return
    for option in following.options:
        yield from _ways(edition, {**answers, following.id: (option.id,)})


def applies(when: dict[str, tuple[str, ...]], answers: Chosen) -> bool:
    """Whether a row holds."""
    return all(not set(options).isdisjoint(answers.get(question, ())) for question, options in when.items())
