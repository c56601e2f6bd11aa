"""The tables of steps: which step leads from which state to which, who may take it, and what paper goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from cases.catalogue.model import FlowKind
from cases.model import UNDECIDED, Case, Post, State, Step
from hall_server.errors import Forbidden, Refused


class PaperKind(StrEnum):
    """Documents of a case, each numbered, dated and sealed. Source: domain page, cases."""

    RECEIPT = "receipt"  # 接收回执
    TRANSFER = "transfer"  # 物料流转凭证
    ACCEPTANCE = "acceptance"  # 受理通知书
    CORRECTION = "correction"  # 补正告知书
    NOT_ACCEPTED = "not_accepted"  # 不予受理通知书
    PROCEDURE = "procedure"  # 特殊程序期限告知书
    EXTENSION = "extension"  # 延长期限通知书
    GRANTED = "granted"  # 准予决定书
    DENIED = "denied"  # 不予决定书
    DELIVERY = "delivery"  # 送达回执
    PAYMENT = "payment"  # 缴费通知书


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table.

    Attributes:
        to: the state after it; None: the state stays, or the step says itself where it leads.
        posts: who may take it; one of them is enough.
        never: who acted in one of these posts on the same case may not take it (受理、审批、监管分离).
    """

    step: Step
    start: frozenset[State]
    to: State | None
    posts: frozenset[Post]
    never: frozenset[Post] = frozenset()
    paper: PaperKind | None = None


Flow = Mapping[Step, Move]


def _rows(*moves: Move) -> Flow:
    return {move.step: move for move in moves}


def _move(
    step: Step,
    start: State | frozenset[State],
    to: State | None,
    *posts: Post,
    never: frozenset[Post] = frozenset(),
    paper: PaperKind | None = None,
) -> Move:
    begins = frozenset({start}) if isinstance(start, State) else start
    return Move(step=step, start=begins, to=to, posts=frozenset(posts), never=never, paper=paper)


_OPEN_AT_WINDOW = frozenset({State.RECEIVED, State.CORRECTION})
_JUDGED = frozenset({Post.ACCEPTOR, Post.SUPERVISOR})
"""Whoever accepted may not decide, and whoever decides may not supervise."""
_OUT = frozenset({State.DECIDED, State.MADE})
_PAYS = frozenset({State.RECEIVED, *UNDECIDED, State.DECIDED})
"""While something may be asked to be paid: it has come in, and the licence is not made."""
_LIVE = frozenset({State.PRECHECK, *_OPEN_AT_WINDOW, *UNDECIDED})

_STANDARD = _rows(
    _move(Step.RECEIVE, State.PRECHECK, State.RECEIVED, Post.ACCEPTOR, paper=PaperKind.RECEIPT),
    _move(Step.PRECHECK, State.PRECHECK, None, Post.ACCEPTOR),
    _move(Step.ASK_CORRECTION, State.RECEIVED, State.CORRECTION, Post.ACCEPTOR, paper=PaperKind.CORRECTION),
    _move(Step.SUPPLY, _OPEN_AT_WINDOW, State.RECEIVED, Post.ACCEPTOR, Post.APPLICANT),
    _move(Step.ACCEPT, State.RECEIVED, State.ACCEPTED, Post.ACCEPTOR, paper=PaperKind.ACCEPTANCE),
    _move(Step.REFUSE, _OPEN_AT_WINDOW, State.NOT_ACCEPTED, Post.ACCEPTOR, paper=PaperKind.NOT_ACCEPTED),
    _move(Step.HAND_OVER, State.ACCEPTED, None, Post.ACCEPTOR, Post.SYSTEM, paper=PaperKind.TRANSFER),
    _move(
        Step.EXAMINE,
        frozenset({State.ACCEPTED, State.EXAMINED}),
        State.EXAMINED,
        Post.EXAMINER,
        never=frozenset({Post.SUPERVISOR}),
    ),
    _move(
        Step.SUSPEND,
        frozenset({State.ACCEPTED, State.EXAMINED}),
        State.SUSPENDED,
        Post.EXAMINER,
        Post.APPROVER,
        paper=PaperKind.PROCEDURE,
    ),
    _move(Step.RESUME, State.SUSPENDED, None, Post.EXAMINER, Post.APPROVER),
    _move(Step.ASK_EXTENSION, UNDECIDED, None, Post.EXAMINER, Post.APPROVER),
    _move(Step.EXTEND, UNDECIDED, None, Post.HEAD, never=frozenset({Post.ACCEPTOR}), paper=PaperKind.EXTENSION),
    _move(Step.DECIDE, State.EXAMINED, State.DECIDED, Post.APPROVER, never=_JUDGED),
    _move(
        Step.ASK_FEE,
        _PAYS,
        None,
        *(Post.ACCEPTOR, Post.EXAMINER, Post.APPROVER, Post.MAKER, Post.APPLICANT, Post.SYSTEM),
        paper=PaperKind.PAYMENT,
    ),
    _move(Step.WAIVE_FEE, _PAYS, None, Post.APPROVER, Post.HEAD, never=frozenset({Post.SUPERVISOR})),
    _move(Step.MAKE, State.DECIDED, State.MADE, Post.MAKER),
    _move(Step.SEND_TO_HALL, State.MADE, None, Post.MAKER, Post.SYSTEM, paper=PaperKind.TRANSFER),
    _move(Step.DELIVER, State.MADE, State.DELIVERED, Post.ISSUER, paper=PaperKind.DELIVERY),
    _move(Step.GIVE_UP, State.MADE, State.CLOSED, Post.ISSUER),
    _move(Step.SUPPLY_LATER, UNDECIDED | _OUT, None, Post.ACCEPTOR, Post.EXAMINER),
    _move(Step.WITHDRAW, _LIVE, State.WITHDRAWN, Post.APPLICANT, Post.ACCEPTOR, Post.EXAMINER, Post.SYSTEM),
    _move(Step.TERMINATE, _LIVE, State.TERMINATED, Post.APPROVER, Post.HEAD, never=frozenset({Post.SUPERVISOR})),
    _move(Step.CLOSE, State.DELIVERED, State.CLOSED, Post.ISSUER, Post.MAKER, Post.SYSTEM),
)
_AT_ONCE = frozenset({State.ACCEPTED, State.EXAMINED})

FLOWS: Mapping[FlowKind, Flow] = {
    FlowKind.STANDARD: _STANDARD,
    FlowKind.IMMEDIATE: {
        **_STANDARD,
        Step.DECIDE: _move(Step.DECIDE, _AT_ONCE, State.DECIDED, Post.APPROVER, never=_JUDGED),
    },
    FlowKind.PLEDGE: {
        **_STANDARD,
        Step.DECIDE: _move(Step.DECIDE, _AT_ONCE, State.DECIDED, Post.APPROVER, never=_JUDGED),
        Step.CHECK_PLEDGE: _move(
            Step.CHECK_PLEDGE,
            frozenset({State.DECIDED, State.MADE, State.DELIVERED, State.CLOSED}),
            None,
            Post.EXAMINER,
            never=frozenset({Post.APPROVER}),
        ),
    },
    FlowKind.FORWARDED: {
        **_STANDARD,
        Step.FORWARD: _move(Step.FORWARD, State.EXAMINED, State.FORWARDED, Post.APPROVER, never=_JUDGED),
        Step.DECIDE: _move(Step.DECIDE, State.FORWARDED, State.DECIDED, Post.APPROVER, never=_JUDGED),
    },
}
"""Flow → its table. A case keeps the name of its flow; a table that changes what running cases need gets a new name."""


def move(case: Case, step: Step) -> Move:
    """The row of a step that may be taken now, the person aside.

    Raises:
        Refused: ``case.not_now``.
    """
    row = FLOWS[case.flow].get(step)
    if row is None or case.state not in row.start:
        raise Refused("case.not_now", case=case.id, step=step, state=case.state)
    return row


def check_person(case: Case, row: Move, posts: frozenset[Post], who: str) -> Post:
    """The post in which somebody takes the step.

    Raises:
        Forbidden: ``case.not_yours``; ``case.separated`` where they acted in a post that this one is kept apart from.
    """
    fitting = row.posts & posts
    if not fitting:
        raise Forbidden("case.not_yours", case=case.id, step=row.step)
    if who in case.did(*row.never):
        raise Forbidden("case.separated", case=case.id, step=row.step)
    return min(fitting, key=list(Post).index)


def allowed(case: Case, posts: frozenset[Post], who: str) -> tuple[Step, ...]:
    """The steps that somebody may take now, in the table's order."""
    return tuple(
        row.step
        for row in FLOWS[case.flow].values()
        if case.state in row.start and row.posts & posts and who not in case.did(*row.never)
    )
