"""A case at every step that a document goes with, and what the document is made of: for tests of documents."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from cases import messages as m
from cases.catalogue.model import Edition, Fee, Law, Material, Needed, Procedure, ProcedureKind
from cases.documents.bodies import payment
from cases.documents.content import Told, content
from cases.documents.installing import LOCALES
from cases.documents.model import DocumentContent, Institution, Query
from cases.flow import PaperKind
from cases.forms import Form, Party, PartyKind
from cases.model import Case, Copy, Delivery, Gap, Given, Mode, Outcome
from hall_server.web.locales import Locales
from tests.fakes.case_place import EXAMINER, LEADER, TestPlace, edition

HALL = Institution(name="千峰区政务服务中心", name_en="Qianfeng Government Service Centre")
DEPARTMENT = Institution(name="千峰区市场监督管理局", name_en="Qianfeng Administration for Market Regulation")
CODE = "ABCD2345"
PHONE = "0818-12345"
REASON, REMEDIES = "加工操作区与厕所距离不足二十五米。", "可以向千峰区人民政府申请行政复议，或者向千峰区人民法院起诉。"
FORM = Form(
    salt="00",
    edition="food@1",
    applicant=Party(
        kind=PartyKind.ORGANISATION,
        name="清风阁餐饮管理有限公司",
        id_kind="001",
        id_number="91511700MA62XXXX1K",
        represented_by="欧阳清风",
    ),
    agent=Party(name="李四", id_number="511702199001011234"),
)
_PAGES = tuple(Copy(sha256=f"{at}" * 64, size=1, media="image/jpeg", page=at) for at in (1, 2, 3))
GIVEN = (
    Given(material="form", supply="paper", copies=_PAGES[:1]),
    Given(material="id", supply="scan", copies=_PAGES),
    Given(material="plan", supply="paper", is_sound=False, gap="布局图未标注各功能区面积"),
)


class Stage(NamedTuple):
    """A case right after an event that a document goes with."""

    kind: PaperKind
    case: Case
    place: TestPlace
    edition: Edition


def food(**changes: Any) -> Edition:
    """食品经营许可 with all that documents speak of."""
    materials = (
        Material(id="form", name="食品经营许可申请书", name_en="Application form"),
        Material(id="id", name="营业执照", name_en="Business licence", copies=2),
        Material(
            id="plan", name="设备布局图", name_en="Plan", originals=0, copies=1, needed=Needed.LATER, note="加盖公章"
        ),
        Material(id="proxy", name="授权委托书", name_en="Power of attorney", needed=Needed.SITUATIONAL),
    )
    experts = Procedure(id="visit", kind=ProcedureKind.EXPERTS, name="专家评审", limit_workdays=10)
    basis = Law(name="行政事业性收费标准", article="第三条")
    given = {
        "materials": materials,
        "procedures": (experts,),
        "phones": (PHONE, "0818-2"),
        "name_en": "Food business licence",
        "fees": (Fee(id="f", name="证照工本费", amount_fen=1050, basis=basis),),
    }
    return edition(**{**given, **changes})


@cache
def locales() -> Locales:
    """The texts of documents."""
    found = Locales()
    found.add(LOCALES)
    return found


def told(stage: Stage, language: str = "zh-CN", **changes: Any) -> Told:
    """What the document of the last event is made of."""
    event, at, _ = stage.place.log[-1]
    assert isinstance(event, m.Documented)
    number = stage.case.number
    made = Told(
        case=stage.case,
        edition=stage.edition,
        event=event,
        at=at,
        form=FORM,
        terms=stage.place.service.terms,
        place=HALL,
        department=DEPARTMENT,
        goes_to=DEPARTMENT,
        window="3",
        query=Query(url=f"https://hall.example/progress#number={number}&code={CODE}", number=number, code=CODE),
        language=language,
        text=lambda key, /, **parameters: locales().text(key, language, **parameters),
    )
    return replace(made, **changes)


def received(matter: Edition | None = None, **values: Any) -> Stage:
    """Received, with a gap."""
    known = matter or food()
    place = TestPlace(known)
    case = place.receive(given=GIVEN, window="3", **values)
    return Stage(PaperKind.RECEIPT, case, place, known)


def corrected(*gaps: Gap) -> Stage:
    """Told what is missing."""
    stage = received()
    return _next(stage, PaperKind.CORRECTION, m.AskCorrection, gaps=gaps)


def accepted(matter: Edition | None = None, *, day: str | None = None, **values: Any) -> Stage:
    """Accepted, all being there; ``day``: when."""
    known = matter or food()
    place = TestPlace(known)
    case = place.receive(window="3")
    if day is not None:
        place.at(day)
    return _next(Stage(PaperKind.RECEIPT, case, place, known), PaperKind.ACCEPTANCE, m.AcceptCase, **values)


def gap_accepted() -> Stage:
    """Accepted on a promise to bring the plan."""
    return _next(received(), PaperKind.ACCEPTANCE, m.AcceptCase, mode=Mode.GAP, owed_until=date(2026, 12, 10))


def not_accepted(authority: str = "") -> Stage:
    """Refused at the window."""
    values = {"reason": REASON, "remedies": REMEDIES, "authority": authority}
    return _next(received(), PaperKind.NOT_ACCEPTED, m.RefuseCase, **values)


def handed_over() -> Stage:
    """Gone to the department."""
    return _next(accepted(), PaperKind.TRANSFER, m.HandOver)


def examined(matter: Edition | None = None) -> Stage:
    """Examined at the city."""
    stage = _next(accepted(matter), PaperKind.TRANSFER, m.HandOver)
    stage.place.writer = "city"
    stage.place.at("2026-11-25")
    return _next(stage, stage.kind, m.ExamineCase, by=EXAMINER, opinion="符合", proposes=Outcome.GRANTED)


def begun(**changes: Any) -> Stage:
    """In a special procedure of eight working days."""
    known = food(**changes)
    values = {"procedure": "visit", "workdays": 8, "reason": "需要专家评审设备布局。"}
    return _next(examined(known), PaperKind.PROCEDURE, m.BeginProcedure, by=EXAMINER, **values)


def extended() -> Stage:
    """Extended by ten working days."""
    return _next(examined(), PaperKind.EXTENSION, m.ExtendCase, by=LEADER, workdays=10, reason="需要会商。")


def decided(outcome: Outcome) -> Stage:
    """Decided."""
    kind = PaperKind.GRANTED if outcome is Outcome.GRANTED else PaperKind.DENIED
    why = {} if outcome is Outcome.GRANTED else {"reasons": REASON, "remedies": REMEDIES}
    return _next(examined(), kind, m.DecideCase, by=LEADER, outcome=outcome, **why)


def fee_asked() -> Stage:
    """Granted, and to be paid."""
    return _next(decided(Outcome.GRANTED), PaperKind.PAYMENT, m.AskFee, by=LEADER)


def delivered() -> Stage:
    """Handed out at the window."""
    stage = decided(Outcome.GRANTED)
    stage = _next(stage, stage.kind, m.WaiveFee, by=LEADER, reason="低保家庭")
    stage = _next(stage, stage.kind, m.MakeLicence, by=LEADER, licence="JY1511702001")
    stage = _next(stage, PaperKind.TRANSFER, m.SendToHall, by=LEADER, hall="a")
    stage.place.writer = "hall:a"
    how = {"how": Delivery.WINDOW, "to": "李四", "receipt": "f" * 64}
    return _next(stage, PaperKind.DELIVERY, m.DeliverCase, **how)


STAGES: tuple[Callable[[], Stage], ...] = (
    *(received, corrected, accepted, gap_accepted, not_accepted, handed_over, begun, extended),
    *(lambda: decided(Outcome.GRANTED), lambda: decided(Outcome.DENIED), delivered),
)


def every(language: str) -> Iterator[DocumentContent]:
    """Each kind of document, at least once."""
    for stage in STAGES:
        yield content(told(stage(), language))
    yield content(told(fee_asked(), language))
    yield payment(told(accepted(), language), "a缴〔2026〕1123-0001号")


def texts(document: DocumentContent) -> str:
    """All words of a document's body."""
    return "\n".join(str(one) for one in document.blocks)


def _next(stage: Stage, kind: PaperKind, command: type[m.CaseCommand], **values: Any) -> Stage:
    case = stage.place.do(copy.deepcopy(stage.case), command, **values)
    return Stage(kind, case, stage.place, stage.edition)
