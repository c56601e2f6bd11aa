"""The life of a work order: its states, who may do what in which, and the order as it stands; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from evaluation.model import Level

TEXT_MOST = 2000
"""Longest words of one step, characters."""
TRIES_ENOUGH = 3
"""After so many tries on record a visitor who is not reached counts as contacted, or as revisited without a result."""
PLAN_MOST = timedelta(days=60)
"""Longest time a plan for a complex matter may take. Source: 信访工作条例 (2022), 办结期限 60 日."""
EXTENSION_MOST = timedelta(days=30)
"""Longest extension; there is one. Source: 信访工作条例 (2022), 延长期限不得超过 30 日."""


class State(StrEnum):
    """Where a work order stands."""

    OPENED = "opened"  # 待联系: the visitor is to be contacted
    CONTACTED = "contacted"  # 待认定: it is to be said what kind it is
    UNDER_WAY = "under_way"  # 整改中: it is being put right or explained
    REVIEW = "review"  # 待审核: another manager decides whether the rating counts
    FIXED = "fixed"  # 待回访: put right; the visitor is to be asked, where they left a phone
    REVISITED = "revisited"  # 待办结: the visitor was asked
    CLOSED = "closed"  # 待公开: done; what the public is told is to be written
    PUBLISHED = "published"  # 已公开
    UNPUBLISHED = "unpublished"  # 不公开: a manager said why not
    TAKEN_BACK = "taken_back"  # 已撤回: the visitor changed the rating to a good one


class Deed(StrEnum):
    """What somebody does with a work order."""

    TAKE = "take"  # 接手
    CONTACT = "contact"  # 联系
    CATEGORISE = "categorise"  # 认定
    DECIDE = "decide"  # 审核 (exclusion)
    EXTEND = "extend"  # 延期
    FIX = "fix"  # 整改完成
    REVISIT = "revisit"  # 回访
    CLOSE = "close"  # 办结
    PUBLISH = "publish"  # 公开
    WITHHOLD = "withhold"  # 不公开
    APPEAL = "appeal"  # 申诉, by the person rated
    ANSWER = "answer"  # 答复申诉
    PHONE = "phone"  # 查看电话


class Category(StrEnum):
    """What kind of bad review it is. Source: domain page, evaluation."""

    CLEAR = "clear"  # 事实清楚: put right
    COMPLEX = "complex"  # 情况复杂: explain, plan, own deadline
    NO_BASIS = "no_basis"  # 无法定依据: explain
    MISTAKEN = "mistaken"  # 误评: not counted after a review
    MALICIOUS = "malicious"  # 恶意评价: not counted after a review

    @property
    def asks_exclusion(self) -> bool:
        """Whether the rating shall not count."""
        return self in {Category.MISTAKEN, Category.MALICIOUS}


class Clock(StrEnum):
    """A limit that runs."""

    CONTACT = "contact"
    FIX = "fix"


class How(StrEnum):
    """How a visitor was spoken to."""

    PHONE = "phone"
    IN_PERSON = "in_person"
    MESSAGE = "message"
    LOOKED_INTO = "looked_into"  # nobody left a phone: the visit was looked into without them


class Result(StrEnum):
    """What a revisit brought."""

    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    NOT_REACHED = "not_reached"


_ALWAYS = frozenset({Deed.TAKE, Deed.APPEAL, Deed.ANSWER, Deed.PHONE})

ALLOWED: Mapping[State, frozenset[Deed]] = {
    State.OPENED: _ALWAYS | {Deed.CONTACT},
    State.CONTACTED: _ALWAYS | {Deed.CATEGORISE, Deed.EXTEND},
    State.UNDER_WAY: _ALWAYS | {Deed.CATEGORISE, Deed.EXTEND, Deed.FIX},
    State.REVIEW: _ALWAYS | {Deed.DECIDE},
    State.FIXED: _ALWAYS | {Deed.REVISIT, Deed.CLOSE},
    State.REVISITED: _ALWAYS | {Deed.CLOSE},
    State.CLOSED: frozenset({Deed.PUBLISH, Deed.WITHHOLD}),
    State.PUBLISHED: frozenset(),
    State.UNPUBLISHED: frozenset(),
    State.TAKEN_BACK: frozenset(),
}
"""What may be done in which state; what else it takes is in `faults` of the service."""

ENDED = frozenset({State.PUBLISHED, State.UNPUBLISHED, State.TAKEN_BACK})
DONE = ENDED | {State.CLOSED}
"""No clock runs, and a rating that is changed now opens an order of its own."""
