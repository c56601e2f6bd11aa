"""A case as a department's desk shows it: clocks, what was handed in, its history in words, and what may be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from cases import charges
from cases import messages as m
from cases.catalogue.model import Edition, FlowKind, Node
from cases.catalogue.shelf import Shelf
from cases.catalogue.situations import needs
from cases.clocks.model import ClockNow
from cases.clocks.of_case import clocks_now
from cases.clocks.terms import Terms
from cases.flow import allowed
from cases.hall import posts_of
from cases.model import Case, Charge, Copy, Mode, Outcome, Paper, Post, State, Step, Suspension
from cases.own_words import OwnWords
from city import casework
from city.desks.joint import Joint
from city.desks.people import Looker, Present
from city.desks.reading import Forms, FormShown
from city.desks.trays import PackageShown, Trays
from city.store.files import is_hash
from hall_server.errors import Forbidden, NotFound
from hall_server.identity import Actor
from hall_server.messages import Event, Recorded

if TYPE_CHECKING:
    from city.server import City

SAID = frozenset(
    {
        *("opinion", "proposes", "procedure", "workdays", "reason", "result", "authority", "outcome", "reasons"),
        *("remedies", "licence", "document_number", "to", "mode", "is_late_notice", "how", "finding", "is_kept"),
        *("about", "detail", "solution", "channel", "left", "owed", "amount_fen", "receipt", "inspectors"),
    }
)
"""What of an event the history says; nothing of it says who the applicant is."""
OWN_WORDS = "own_words"
"""Said of a step whose reason is in the applicant's own words, which are not shown: ``elsewhere``, or ``masked``."""


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the history.

    Attributes:
        by: name of the person, where the city knows it; ``actor``: as the journal writes it.
    """

    at: datetime
    type: str
    actor: str
    by: str
    said: dict[str, Any]


class MaterialShown(msgspec.Struct, frozen=True, kw_only=True):
    """A material, and what was handed in of it."""

    id: str
    name: str
    name_en: str
    is_given: bool
    is_sound: bool
    is_owed: bool
    gap: str
    supply: str
    copies: tuple[Copy, ...]


class Procedure(msgspec.Struct, frozen=True, kw_only=True):
    """A special procedure that may be begun; ``most``: longest, in working days."""

    id: str
    name: str
    kind: str
    most: int | None
    in_limit: bool


class FeesShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a case costs.

    Attributes:
        names: of the fees; amount_fen: all together. is_unpaid: the licence waits for it.
        waived: why nothing is charged; empty: it is.
    """

    names: tuple[str, ...]
    amount_fen: int
    is_unpaid: bool
    waived: str
    charges: tuple[Charge, ...]


class PledgeShown(msgspec.Struct, frozen=True, kw_only=True):
    """What the applicant promised (告知承诺书).

    Attributes:
        sha256: of the signed sheet; empty: it was signed on paper, which lies at the window.
    """

    sha256: str = ""


class CaseCard(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of a case but whose it is.

    Attributes:
        steps: what this person may do with it now; ``is_separated``: they accepted it and so may not decide it.
        may_extend: most working days of an extension; 0: it has been extended already.
        others: who else has it open.
        pledge: what it was accepted on by promise; None: it was not.
        joint_visit: it stands because of a joint visit, which ends for all of them together.
    """

    id: str
    number: str
    step: int
    edition: str
    matter_name: str
    matter_name_en: str
    department: str
    department_name: str
    department_name_en: str
    hall: str
    hall_name: str
    deliver_at: str
    writer: str
    state: State
    flow: FlowKind
    mode: Mode
    outcome: Outcome | None
    received_at: datetime
    licence: str
    gives_licence: bool
    opinion: str
    extension_asked: int
    may_extend: int
    owed: tuple[str, ...]
    fees: FeesShown | None
    pledge: PledgeShown | None
    conflicts: tuple[str, ...]
    suspensions: tuple[Suspension, ...]
    clocks: tuple[ClockNow, ...]
    nodes: tuple[Node, ...]
    conditions: tuple[str, ...]
    procedures: tuple[Procedure, ...]
    materials: tuple[MaterialShown, ...]
    form: FormShown
    labels: dict[str, str]
    labels_en: dict[str, str]
    papers: tuple[Paper, ...]
    history: tuple[Happened, ...]
    package: PackageShown | None
    joint_visit: bool
    is_separated: bool
    steps: tuple[Step, ...]
    others: tuple[Looker, ...]


class Cards:
    """Makes cards for somebody; the stream is read anew each time, so a card is never behind."""

    def __init__(
        self,
        city: City,
        shelf: Shelf,
        *,
        joint: Joint,
        trays: Trays,
        forms: Forms,
        present: Present,
        terms: Callable[[], Terms],
        name_of: Callable[[str], str],
    ) -> None:
        self._city = city
        self._shelf = shelf
        self._joint = joint
        self._trays = trays
        self._forms = forms
        self._present = present
        self._terms = terms
        self._name_of = name_of
        self._words = OwnWords(city)

    async def case(self, id_: str, actor: Actor) -> Case:
        """A case of one of somebody's departments.

        Raises:
            NotFound: ``case.unknown``. Forbidden: ``desk.other_department``.
        """
        return (await self._read(id_, actor))[1]

    async def card(self, id_: str, actor: Actor) -> CaseCard:
        """The card.

        Raises:
            NotFound: ``case.unknown``. Forbidden: ``desk.other_department``.
        """
        stream, case = await self._read(id_, actor)
        package = await self._package(case, actor)
        edition = self._shelf.get(case.edition)
        name = edition.name if edition else case.matter
        department, department_en = self._trays.department_names(case.department)
        posts = posts_of(actor, case.department)
        is_here = case.writer == casework.CITY
        halls = {one.id: one.name for one in await self._city.store.halls.everyone()}
        return CaseCard(
            id=case.id,
            number=case.number,
            step=case.step,
            edition=case.edition,
            matter_name=name,
            matter_name_en=(edition.name_en if edition else "") or name,
            department=case.department,
            department_name=department,
            department_name_en=department_en,
            hall=case.hall,
            hall_name=halls.get(case.hall, case.hall),
            deliver_at=case.deliver_at,
            writer=case.writer,
            state=case.state,
            flow=case.flow,
            mode=case.mode,
            outcome=case.outcome,
            received_at=case.received_at,
            licence=case.licence,
            gives_licence=bool(edition and any(one.licence for one in edition.results)),
            opinion=case.opinion,
            extension_asked=case.extension_asked,
            may_extend=0 if case.extended else case.extension_workdays,
            owed=case.owed,
            fees=_fees(case, edition),
            pledge=_pledge(case),
            conflicts=case.conflicts,
            suspensions=case.suspensions,
            clocks=clocks_now(case, terms=self._terms(), now=self._city.now(), nodes=edition.nodes if edition else ()),
            nodes=edition.nodes if edition else (),
            conditions=edition.conditions if edition else (),
            procedures=_procedures(edition),
            materials=_materials(case, edition),
            form=await self._forms.shown(case, actor),
            labels=_labels(edition, "title"),
            labels_en=_labels(edition, "x-title-en"),
            papers=case.papers,
            history=tuple([await self._happened(one, actor) for one in stream if isinstance(one.event, m.CaseEvent)]),
            package=package,
            joint_visit=package is not None and _is_visited(case, package),
            is_separated=str(actor) in case.did(Post.ACCEPTOR),
            steps=_steps(case, edition, allowed(case, posts, str(actor))) if is_here else (),
            others=tuple(one for one in self._present.people(case.id) if one.id != actor.id),
        )

    async def _read(self, id_: str, actor: Actor) -> tuple[list[Recorded], Case]:
        stream = await self._city.log.stream(f"case:{id_}")
        case = casework.folded(stream, self._city.log.zone)
        if case.department not in actor.departments:
            raise Forbidden("desk.other_department", department=case.department)
        self._present.opened(case.id, case.department)
        return stream, case

    async def _package(self, case: Case, actor: Actor) -> PackageShown | None:
        if case.package is None:
            return None
        try:
            return await self._trays.package_shown(await self._joint.package(case.package), actor)
        except NotFound:
            return None

    async def _happened(self, recorded: Recorded, actor: Actor) -> Happened:
        raw = msgspec.to_builtins(recorded.event)
        return Happened(
            at=recorded.at,
            type=recorded.event.type,
            actor=recorded.actor,
            by=self._name_of(recorded.actor),
            said={name: value for name, value in raw.items() if name in SAID and value not in ("", None, [])}
            | await self._own_words(recorded.event, actor),
        )

    async def _own_words(self, event: Event, actor: Actor) -> dict[str, str]:
        """Why the applicant took it back: they may name themselves, so it shows like the form, where it lies here."""
        if not isinstance(event, m.CaseWithdrawn) or not event.words:
            return {}
        text = await self._words.read(event.words)
        if not text:
            return {OWN_WORDS: "elsewhere"}
        return {"reason": text} if self._forms.may(actor, event.case) else {OWN_WORDS: "masked"}


def _fees(case: Case, edition: Edition | None) -> FeesShown | None:
    """What it costs; None: nothing."""
    listed = needs(edition, case.answers).fees if edition is not None else ()
    if not listed and not case.charges:
        return None
    return FeesShown(
        names=tuple(one.name for one in listed),
        amount_fen=sum(one.amount_fen for one in listed),
        is_unpaid=bool(charges.unpaid(case, listed)),
        waived=case.fee_waived,
        charges=case.charges,
    )


def _pledge(case: Case) -> PledgeShown | None:
    """The promise that a case was accepted on; None: there is none."""
    return PledgeShown(sha256=case.pledge if is_hash(case.pledge) else "") if case.pledge else None


def _steps(case: Case, edition: Edition | None, found: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps without those about fees where there is nothing to ask for or to waive."""
    listed = needs(edition, case.answers).fees if edition is not None else ()
    idle = set()
    if case.fee_waived or not charges.unasked(case, listed):
        idle.add(Step.ASK_FEE)
    if not charges.unpaid(case, listed):
        idle.add(Step.WAIVE_FEE)
    return tuple(one for one in found if one not in idle)


def _is_visited(case: Case, package: PackageShown) -> bool:
    return package.visit is not None and case.standing is not None


def _procedures(edition: Edition | None) -> tuple[Procedure, ...]:
    return tuple(
        Procedure(id=one.id, name=one.name, kind=one.kind, most=one.limit_workdays, in_limit=one.in_limit)
        for one in (edition.procedures if edition else ())
    )


def _materials(case: Case, edition: Edition | None) -> tuple[MaterialShown, ...]:
    if edition is None:
        return ()
    found = []
    for one in needs(edition, case.answers).materials:
        given = case.given.get(one.id)
        found.append(
            MaterialShown(
                id=one.id,
                name=one.name,
                name_en=one.name_en or one.name,
                is_given=given is not None,
                is_sound=given is not None and given.is_sound,
                is_owed=one.id in case.owed,
                gap=given.gap if given else "",
                supply=given.supply if given else "",
                copies=given.copies if given else (),
            )
        )
    return tuple(found)


def _labels(edition: Edition | None, word: str) -> dict[str, str]:
    """What the fields of the form are called."""
    properties = edition.form.get("properties", {}) if edition else {}
    return {
        name: str(schema[word]) for name, schema in properties.items() if isinstance(schema, dict) and schema.get(word)
    }
