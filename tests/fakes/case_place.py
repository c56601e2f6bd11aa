"""A place where cases are handled, and a matter with one of everything, for tests of the rules."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cases import messages as m
from cases import numbers
from cases.catalogue.model import (
    CaseType,
    Edition,
    EditionState,
    FlowKind,
    Law,
    Material,
    Needed,
    Node,
    Option,
    Procedure,
    ProcedureKind,
    Question,
    Result,
    Row,
)
from cases.flow import PaperKind
from cases.folding import fold
from cases.hall import posts_of
from cases.model import Case, Given, Post
from cases.service import CaseService
from hall_server.directory.calendar import WorkCalendar, from_years, read_years
from hall_server.identity import Actor, Role
from hall_server.outcome import Context
from tests.fakes.hall import CountedIds

ROOT = Path(__file__).resolve().parents[2]
SHANGHAI = ZoneInfo("Asia/Shanghai")

CLERK = Actor(kind=Role.STAFF, id="clerk", roles=frozenset({Role.STAFF}))
EXAMINER = Actor(
    kind=Role.EXAMINER, id="ex", roles=frozenset({Role.EXAMINER}), departments=frozenset({"market", "health"})
)
LEADER = Actor(kind=Role.LEADER, id="boss", roles=frozenset({Role.LEADER}), departments=frozenset({"market", "health"}))


@cache
def calendar() -> WorkCalendar:
    """The published years, 2007 to 2026."""
    return from_years(read_years(ROOT / "config" / "calendar"))


def edition(**changes: Any) -> Edition:
    """食品经营许可, shortened: 20 working days by law, 9 promised, two situations, one procedure."""
    values: dict[str, Any] = {
        "matter": "food",
        "code": "511Z07001006",
        "name": "食品经营许可",
        "department": "market",
        "statute_workdays": 20,
        "promise_workdays": 9,
        "materials": (
            Material(id="form", name="申请书"),
            Material(id="id", name="身份证明", needed=Needed.REQUIRED),
            Material(id="plan", name="设备布局图", needed=Needed.LATER),
            Material(id="proxy", name="授权委托书", needed=Needed.SITUATIONAL),
        ),
        "nodes": (Node(id="examine", name="审查", limit_workdays=5),),
        "procedures": (Procedure(id="visit", kind=ProcedureKind.VISIT, name="现场核查", limit_workdays=10),),
        "results": (Result(name="食品经营许可证", licence="food-licence"),),
        "questions": (
            Question(
                id="who", text="由谁办理", options=(Option(id="self", name="本人"), Option(id="agent", name="代办"))
            ),
            Question(
                id="where",
                text="在哪里经营",
                options=(Option(id="shop", name="店铺"), Option(id="online", name="网上")),
            ),
        ),
        "rows": (
            Row(when={"who": ("agent",)}, add=("proxy",)),
            Row(when={"where": ("online",)}, drop=("plan",), promise_workdays=5),
        ),
        "laws": (Law(name="中华人民共和国食品安全法", article="第三十五条"),),
        "state": EditionState.PUBLISHED,
        "valid_from": date(2026, 1, 1),
    }
    return Edition(**{**values, **changes})


class TestPlace:
    """A place with a clock in the test's hand (the Place port of `cases.service`)."""

    __test__ = False

    def __init__(self, *editions: Edition, writer: str = "hall:a", now: str = "2026-11-23T01:00:00") -> None:
        self.writer = writer
        self.zone = SHANGHAI
        self.closes = time(17)
        self.calendar = calendar()
        self.editions = {one.key: one for one in editions or (edition(),)}
        self.ids = CountedIds()
        self.now = datetime.fromisoformat(now).replace(tzinfo=UTC)
        self._made: Counter[str] = Counter()
        self.service = CaseService(self)
        self.log: list[tuple[m.CaseEvent, datetime, str]] = []

    def edition(self, key: str) -> Edition | None:
        """One of those given."""
        return self.editions.get(key)

    def posts(self, actor: Actor, department: str) -> frozenset[Post]:
        """As in a hall."""
        return posts_of(actor, department)

    def case_number(self, now: datetime) -> str:
        """The next one."""
        self._made["case"] += 1
        return numbers.case_number("a", now.date(), self._made["case"])

    def document_number(self, kind: PaperKind, now: datetime) -> str:
        """The next one."""
        self._made[kind] += 1
        return numbers.document_number("a", kind, now.date(), self._made[kind])

    def at(self, day: str, hour: int = 10) -> TestPlace:
        """Go on at an hour of a day, by the hall's clock."""
        self.now = datetime.fromisoformat(f"{day}T{hour:02d}:00:00").replace(tzinfo=SHANGHAI).astimezone(UTC)
        return self

    def receive(self, *, by: Actor = CLERK, **values: Any) -> Case:
        """Take an application in; whatever is not said is in order."""
        known = next(iter(self.editions.values()))
        given = {
            "edition": known.key,
            "answers": {"who": ("self",), "where": ("shop",)} if known.questions else {},
            "given": tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan")),
        }
        events = self.service.receive(m.ReceiveCase(**{**given, **values}), self._context(by))
        return self._folded(None, events, by)

    def do(self, case: Case, command: type[m.CaseCommand], *, by: Actor = CLERK, **values: Any) -> Case:
        """Take a step."""
        given = command(case=case.id, **{"seen": case.step, **values})
        return self._folded(case, self.service.decide(case, given, self._context(by)), by)

    def _folded(self, case: Case | None, events: tuple[m.CaseEvent, ...], by: Actor) -> Case:
        for event in events:
            self.log.append((event, self.now, str(by)))
            case = fold(case, event, at=self.now, on=self.now.astimezone(SHANGHAI).date(), actor=str(by))
        assert case is not None
        return case

    def _context(self, by: Actor) -> Context:
        return Context(now=self.now, business_day=self.now.date(), actor=by, ids=self.ids)


IMMEDIATE = {
    "case_type": CaseType.IMMEDIATE,
    "flow": FlowKind.IMMEDIATE,
    "statute_workdays": 0,
    "promise_workdays": 0,
}
"""Changes that make a matter one that is done on the spot (即办件)."""
