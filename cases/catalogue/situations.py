"""What a matter asks of one applicant: its decision table, answered (情形)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from cases.catalogue.model import Edition, Fee, Material, Needed, Question
from hall_server.errors import Invalid

Answers = Mapping[str, tuple[str, ...]]


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What the answers come to.

    Attributes:
        materials: everything to bring, in the edition's order.
        later: those of them that may follow on a written promise, by id.
        fees: what it costs.
        stop, stop_en: why nothing can be accepted in this situation; empty: it can.
    """

    materials: tuple[Material, ...]
    later: frozenset[str]
    conditions: tuple[str, ...]
    promise_workdays: int
    fees: tuple[Fee, ...] = ()
    stop: str = ""
    stop_en: str = ""


def asked(edition: Edition, answers: Answers) -> tuple[Question, ...]:
    """The questions that these answers lead to, answered or not, in order."""
    found: list[Question] = []
    for question in edition.questions:
        if _holds(question.asked_if, answers, {one.id for one in found}):
            found.append(question)
    return tuple(found)


def check_answers(edition: Edition, answers: Answers) -> None:
    """Refuse answers that are missing, unknown, or to a question that was not asked.

    Raises:
        Invalid: ``situation.unanswered``, ``situation.option_unknown``, ``situation.not_asked``.
    """
    questions = {one.id: one for one in asked(edition, answers)}
    for id_ in answers:
        if id_ not in questions:
            raise Invalid("situation.not_asked", field=f"answers.{id_}")
    for id_, question in questions.items():
        chosen = answers.get(id_, ())
        if not chosen:
            raise Invalid("situation.unanswered", field=f"answers.{id_}", question=question.text)
        unknown = set(chosen) - {one.id for one in question.options}
        if unknown:
            raise Invalid("situation.option_unknown", field=f"answers.{id_}", value=min(unknown))


def needs(edition: Edition, answers: Answers) -> Needs:
    """What is needed with these answers; questions that are not answered yet change nothing."""
    wanted = {one.id for one in edition.materials if one.needed is not Needed.SITUATIONAL}
    charged = {one.id for one in edition.fees} - {id_ for row in edition.rows for id_ in row.fees}
    conditions, promise, stop, stop_en = list(edition.conditions), edition.promise_workdays, "", ""
    for row in edition.rows:
        if not _holds(row.when, answers, None):
            continue
        wanted = (wanted | set(row.add)) - set(row.drop)
        charged |= set(row.fees)
        conditions += row.conditions
        promise = promise if row.promise_workdays is None else row.promise_workdays
        stop, stop_en = (stop or row.stop), (stop_en or row.stop_en)
    materials = tuple(one for one in edition.materials if one.id in wanted)
    return Needs(
        materials=materials,
        later=frozenset(one.id for one in materials if one.needed is Needed.LATER),
        conditions=tuple(conditions),
        promise_workdays=promise,
        fees=tuple(one for one in edition.fees if one.id in charged and one.amount_fen),
        stop=stop,
        stop_en=stop_en,
    )


def missing(needed: Needs, given: Iterable[str]) -> tuple[Material, ...]:
    """What is needed and was not handed in."""
    there = frozenset(given)
    return tuple(one for one in needed.materials if one.id not in there)


def _holds(when: Answers, answers: Answers, known: set[str] | None) -> bool:
    return all(
        (known is None or question in known) and not frozenset(options).isdisjoint(answers.get(question, ()))
        for question, options in when.items()
    )
