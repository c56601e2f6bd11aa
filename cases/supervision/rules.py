"""A supervision rule as data, and the file that a city keeps them in; everything is checked when it is read."""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import msgspec

from cases.catalogue.model import CaseType
from cases.clocks.lights import OVER
from cases.clocks.model import Light
from cases.model import Outcome
from cases.supervision.conditions import AnyCondition, Lit, Silent, Skipped
from hall_server.errors import Invalid

RULES_FILE = Path(__file__).resolve().parents[2] / "config" / "supervision.toml"
"""The rules that come with the program."""
_PLACE = re.compile(r" - at `(?:key in )?`?\$\.?(?P<field>[^`]*)`")
_NAMED = re.compile(r"field `(?P<field>\w+)`")
Word: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Id: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Family(StrEnum):
    """What a rule watches over."""

    TIME = "time"  # 时限
    FLOW = "flow"  # 流程
    PAPERS = "papers"  # 文书
    FEES = "fees"  # 收费
    RESULTS = "results"  # 结果
    SERVICE = "service"  # 服务
    DATA = "data"  # 数据


class Severity(StrEnum):
    """How grave it is."""

    WARNING = "warning"  # 预警: somebody is told, no card
    YELLOW = "yellow"  # 黄牌
    RED = "red"  # 红牌

    @property
    def raises_card(self) -> bool:
        """Whether it must be answered."""
        return self is not Severity.WARNING


class Tell(StrEnum):
    """Whom to tell."""

    HANDLER = "handler"  # 经办人
    HEAD = "head"  # 部门负责人
    SUPERVISOR = "supervisor"  # 监察员
    LEADER = "leader"  # 分管领导
    OPERATOR = "operator"  # 系统管理员


class Scope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which cases a rule is about; what is empty takes in all."""

    departments: tuple[Word, ...] = ()
    matters: tuple[Word, ...] = ()
    halls: tuple[Word, ...] = ()
    case_types: tuple[CaseType, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    is_joint: bool | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule.

    Attributes:
        id: stable: cards name it.
        name, name_en: what went wrong, in a few words.
        reply_workdays: within so many working days a card is explained or appealed.
        source: what it rests on.
        is_active: switched off it raises nothing; cards that stand keep standing.
    """

    id: Id
    family: Family
    name: Word
    name_en: Word
    scope: Scope = Scope()
    condition: AnyCondition
    severity: Severity
    tell: Annotated[tuple[Tell, ...], msgspec.Meta(min_length=1)]
    reply_workdays: Annotated[int, msgspec.Meta(ge=1, le=30)] = 3
    source: str = ""
    is_active: bool = True


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rules: tuple[Rule, ...] = ()


def read_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a file (TOML).

    Raises:
        Invalid: ``supervision.rules_unreadable`` (no TOML), ``supervision.rule_form`` (a field is missing, unknown or
            of another kind), ``supervision.rule_twice``, ``supervision.rule_never`` (it would hold of nothing, or of
            everything), each with the field as ``rules[3].condition.clock``.
    """
    try:
        file = msgspec.convert(tomllib.loads(text), type=_File)
    except tomllib.TOMLDecodeError as exc:
        raise Invalid("supervision.rules_unreadable", field="rules", reason=str(exc)) from exc
    except msgspec.ValidationError as exc:
        raise _misformed(str(exc)) from exc
    seen: set[str] = set()
    for index, rule in enumerate(file.rules):
        if rule.id in seen:
            raise Invalid("supervision.rule_twice", field=f"rules[{index}].id", rule=rule.id)
        seen.add(rule.id)
        _check(rule, f"rules[{index}].condition")
    return file.rules


def default_rules() -> tuple[Rule, ...]:
    """The rules that come with the program."""
    return read_rules(RULES_FILE.read_text(encoding="utf-8"))


def _check(rule: Rule, field: str) -> None:
    """Refuse a condition that can never be, or always is."""
    match rule.condition:
        case Lit(clock=clock, least=least) if least is Light.GREEN or not OVER[clock].is_at_least(least):
            raise Invalid("supervision.rule_never", field=f"{field}.least", rule=rule.id)
        case Skipped(step=step, before=before) if step is before:
            raise Invalid("supervision.rule_never", field=f"{field}.before", rule=rule.id)
        case Silent(after=after, until=until) if after in until:
            raise Invalid("supervision.rule_never", field=f"{field}.until", rule=rule.id)


def _misformed(message: str) -> Invalid:
    """The field that a message of msgspec names: where it is, and which one is missing or unknown there."""
    place, named = _PLACE.search(message), _NAMED.search(message)
    reason = message[: place.start()] if place else message
    parts = [place.group("field") if place else "", named.group("field") if named else ""]
    return Invalid("supervision.rule_form", field=".".join(part for part in parts if part) or "rules", reason=reason)
