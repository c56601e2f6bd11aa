"""What the pages of the desk are told: a matter's edition, its needs with their days, a case as it stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from cases.catalogue.model import CaseType, Edition, Fee, FlowKind, Law, Material, Node, Question
from cases.catalogue.situations import Answers, asked, needs
from cases.clocks.counting import clock_now
from cases.clocks.limits import LIMITS, LimitKind
from cases.clocks.model import ClockFacts, ClockKind, ClockNow
from cases.clocks.of_case import clocks_now
from cases.clocks.terms import Terms
from cases.desk.drafts import ScanMark
from cases.desk.people import Masked
from cases.flow import allowed
from cases.model import Case, Gap, Post, State, Step
from cases.store import CaseRow

if TYPE_CHECKING:
    from cases import Room
    from hall_server.directory.directory import Directory
    from hall_server.server import Server


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """A clock and its last day.

    Attributes:
        name: of the step, of a step's clock. may_move: a year it runs through is not announced.
    """

    kind: ClockKind
    name: str = ""
    name_en: str = ""
    workdays: int
    due: date
    left_workdays: int
    light: str
    may_move: bool
    ended: bool


class EditionPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A matter in full, as the desk needs it."""

    key: str
    matter: str
    name: str
    name_en: str
    department: str
    department_name: str
    department_name_en: str
    case_type: CaseType
    flow: FlowKind
    statute_workdays: int
    promise_workdays: int
    conditions: tuple[str, ...]
    materials: tuple[Material, ...]
    fees: tuple[Fee, ...]
    questions: tuple[Question, ...]
    form: dict[str, Any]
    laws: tuple[Law, ...]
    phones: tuple[str, ...]


class NeedsPicture(msgspec.Struct, frozen=True, kw_only=True):
    """What the answers so far lead to.

    Attributes:
        asked: questions to answer, answered or not. is_answered: nothing is left to ask.
        clocks: when it would be due if it came in now.
        stop: why nothing can be accepted in this situation; empty: it can.
    """

    asked: tuple[str, ...]
    is_answered: bool
    materials: tuple[Material, ...]
    later: tuple[str, ...]
    conditions: tuple[str, ...]
    promise_workdays: int
    stop: str
    stop_en: str
    clocks: list[Clock]


class PaperPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A document of a case."""

    document: str
    kind: str
    number: str
    at: datetime
    is_made: bool


class CasePicture(msgspec.Struct, frozen=True, kw_only=True):
    """A case as its window sees it: nothing of who it is.

    Attributes:
        query_code: with the number, what a visitor asks with; stands on the receipt; for window staff only.
        gaps: everything found wrong or missing now. steps: what whoever asks may do.
        materials: what the answers ask for. is_here: this hall writes it.
        own_words: why the applicant took it back, where they wrote it here; for window staff only.
        is_intake: it carries the notice of a whole package, which is gone on with together.
    """

    id: str
    number: str
    query_code: str
    edition: str
    matter: str
    name: str
    name_en: str
    department: str
    department_name: str
    department_name_en: str
    state: State
    step: int
    window: str | None
    ticket: str | None
    received_at: datetime
    case: Case
    materials: tuple[Material, ...]
    later: tuple[str, ...]
    gaps: tuple[Gap, ...]
    clocks: list[Clock]
    steps: tuple[Step, ...]
    papers: list[PaperPicture]
    is_here: bool
    own_words: str = ""
    is_intake: bool = False


class CaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list."""

    id: str
    number: str
    matter: str
    matter_name: str
    matter_name_en: str
    window: str | None
    state: State
    received_at: datetime
    ended_at: datetime | None


class CaseList(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/cases`."""

    items: list[CaseLine]
    total: int


class TicketPicture(msgspec.Struct, frozen=True, kw_only=True):
    """Who is served, as far as it may be shown."""

    id: str
    number: str
    state: str
    matter: str | None
    matters: tuple[str, ...]
    person: Masked | None


class DraftPicture(msgspec.Struct, frozen=True, kw_only=True):
    """The draft of the ticket that is served."""

    revision: int
    content: dict[str, Any]
    scans: tuple[ScanMark, ...]


class DeskPicture(msgspec.Struct, frozen=True, kw_only=True):
    """What the page begins with.

    Attributes:
        here: cases of the very ticket that were received already.
        matters: ids of the matters that have a full edition in force today.
        has_city: cases go to the city when they are accepted; city: how the link is, as the federation says it.
        prints: a printer of slips stands at the window.
    """

    window: str
    window_number: int
    window_name: str
    window_name_en: str
    now: datetime
    today: date
    ticket: TicketPicture | None
    draft: DraftPicture | None
    here: list[CasePicture]
    matters: list[str]
    has_city: bool
    is_linked: bool
    prints: bool
    demo: bool


class Pictures:
    """Makes them."""

    def __init__(self, room: Room, server: Server) -> None:
        self._room = room
        self._server = server

    @property
    def _directory(self) -> Directory:
        return self._server.directory

    @property
    def _terms(self) -> Terms:
        return self._room.service.terms

    def edition(self, edition: Edition) -> EditionPicture:
        """A matter in full."""
        name, name_en = self._department(edition.department)
        taken = {one: getattr(edition, one) for one in EditionPicture.__struct_fields__ if hasattr(edition, one)}
        return EditionPicture(**{**taken, "key": edition.key, "department_name": name, "department_name_en": name_en})

    def needs(self, edition: Edition, answers: Answers, now: datetime) -> NeedsPicture:
        """What the answers lead to; those to questions that are no longer asked are passed over."""
        questions = asked(edition, answers)
        held = {one.id: answers[one.id] for one in questions if answers.get(one.id)}
        found = needs(edition, held)
        return NeedsPicture(
            asked=tuple(one.id for one in questions),
            is_answered=len(held) == len(questions),
            materials=found.materials,
            later=tuple(sorted(found.later)),
            conditions=found.conditions,
            promise_workdays=found.promise_workdays,
            stop=found.stop,
            stop_en=found.stop_en,
            clocks=self._expected(edition, found.promise_workdays, now),
        )

    def case(
        self, case: Case, *, code: str, posts: frozenset[Post], who: str, writer: str, now: datetime
    ) -> CasePicture:
        """A case as it stands."""
        edition = self._room.editions.get(case.edition)
        matter = self._directory.matters.get(case.matter)
        needed = needs(edition, case.answers) if edition else None
        nodes = edition.nodes if edition else ()
        is_open = edition is not None and case.state in {State.RECEIVED, State.CORRECTION}
        name, name_en = self._department(case.department)
        return CasePicture(
            id=case.id,
            number=case.number,
            query_code=code,
            edition=case.edition,
            matter=case.matter,
            name=edition.name if edition else (matter.name if matter else case.matter),
            name_en=edition.name_en if edition else (matter.name_en if matter else ""),
            department=case.department,
            department_name=name,
            department_name_en=name_en,
            state=case.state,
            step=case.step,
            window=case.window,
            ticket=case.ticket,
            received_at=case.received_at,
            case=case,
            materials=needed.materials if needed else (),
            later=tuple(sorted(needed.later)) if needed else (),
            gaps=self._room.service.gaps(case) if is_open else case.open_gaps,
            clocks=[
                clock_of(one, next((node for node in nodes if node.id == one.node), None))
                for one in clocks_now(case, terms=self._terms, now=now, nodes=nodes)
                if one.kind is not ClockKind.NODE or one.ended_at is None
            ],
            steps=allowed(case, posts, who) if case.writer == writer else (),
            papers=[
                PaperPicture(
                    document=one.document, kind=one.kind, number=one.number, at=one.at, is_made=bool(one.sha256)
                )
                for one in case.papers
            ],
            is_here=case.writer == writer,
        )

    def line(self, row: CaseRow) -> CaseLine:
        """A case in a list."""
        matter = self._directory.matters.get(row.matter)
        return CaseLine(
            id=row.id,
            number=row.number,
            matter=row.matter,
            matter_name=matter.name if matter else row.matter,
            matter_name_en=(matter.name_en if matter else "") or row.matter,
            window=row.window,
            state=row.state,
            received_at=row.received_at,
            ended_at=row.ended_at,
        )

    def _expected(self, edition: Edition, promise_workdays: int, now: datetime) -> list[Clock]:
        limits = {
            ClockKind.NOTICE: LIMITS[LimitKind.NOTICE].workdays,
            ClockKind.PROMISE: promise_workdays,
            ClockKind.STATUTE: edition.statute_workdays,
        }
        is_on_the_spot = edition.case_type is CaseType.IMMEDIATE
        return [
            clock_of(
                clock_now(
                    ClockFacts(kind=kind, started_at=now, limit_workdays=days, is_on_the_spot=is_on_the_spot),
                    terms=self._terms,
                    now=now,
                )
            )
            for kind, days in limits.items()
        ]

    def _department(self, id_: str) -> tuple[str, str]:
        found = self._directory.departments.get(id_)
        return (found.name, found.name_en) if found else (id_, id_)


def clock_of(found: ClockNow, node: Node | None = None) -> Clock:
    """A clock as pages show it; ``node``: the step whose clock it is."""
    return Clock(
        kind=found.kind,
        name=node.name if node else "",
        name_en=(node.name_en or node.name) if node else "",
        workdays=found.total_workdays,
        due=found.due,
        left_workdays=found.left_workdays,
        light=found.light.value,
        may_move=found.is_beyond_calendar,
        ended=found.ended_at is not None,
    )
