"""Every refusal that the program can make has its words in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import run
from hall_queue.appointments.model import AppointmentState
from hall_queue.model import TicketState
from hall_server.errors import DomainError
from hall_server.settings import Settings
from hall_server.web.locales import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("hall_server", "queue/hall_queue", "devices", "displays", "evaluation", "attendance", "cases", "dashboards")
FAULTS_OF_TEXT = ("empty", "too_long", "control", "markup", "untrimmed")

COMPOSED = {
    "f'ticket.is_{ticket.state.value}'": [f"ticket.is_{state.value}" for state in TicketState],
    "f'appointment.is_{one.state.value}'": [f"appointment.is_{state.value}" for state in AppointmentState],
    "f'directory.{fault}'": [f"directory.{fault}" for fault in FAULTS_OF_TEXT],
    "'session.expired' if has_cookie else 'session.missing'": ["session.expired", "session.missing"],
    "exc.code": [
        *("voice.take_no_wave", "voice.take_silent", "voice.take_clipped", "voice.take_cut", "voice.take_noisy"),
        *("voice.take_quiet", "voice.take_short", "voice.take_long"),
    ],
    "code": [
        *("recall.too_soon", "pass.too_soon"),
        *("slots.ends_before_begin", "slots.too_short", "slots.uneven", "slots.overlap", "slots.outside_hours"),
        *("slots.plans_overlap", "slots.plan_ends_first", "slots.day_twice"),
        *("review.not_now", "review.extended_already", "review.overdue", "review.no_phone", "review.revisit_owed"),
        *("review.appeal_open", "review.appealed_already", "review.no_appeal"),
    ],
}
"""Codes that are put together where they are raised, by the expression that does it."""


def _subclasses(kind: type) -> Iterator[type]:
    yield kind
    for one in kind.__subclasses__():
        yield from _subclasses(one)


def _codes() -> Iterator[tuple[str, ast.expr]]:
    """Where an error is made, and the expression of its code."""
    run.compose(Settings(), ROOT)  # every module with an error of its own has been imported
    names = {kind.__name__ for kind in _subclasses(DomainError)} | {"error"}
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name) and node.func.id in names:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.args[0]


def _literal() -> dict[str, str]:
    return {code.value: place for place, code in _codes() if isinstance(code, ast.Constant)}


def _composed() -> dict[str, str]:
    return {ast.unparse(code): place for place, code in _codes() if not isinstance(code, ast.Constant)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_its_words(language: str) -> None:
    texts = run.compose(Settings(), ROOT).locales.all(language)
    codes = {**_literal(), **{code: "composed" for listed in COMPOSED.values() for code in listed}}
    assert len(codes) > 150
    assert {code: place for code, place in codes.items() if f"error.{code}" not in texts} == {}


def test_every_composed_code_is_listed() -> None:
    assert set(_composed()) == set(COMPOSED)


@pytest.mark.parametrize("key", ["missing", "unknown"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_be_wrong_with_a_field_has_its_words(language: str, key: str) -> None:
    assert f"error.field.{key}" in run.compose(Settings(), ROOT).locales.all(language)
