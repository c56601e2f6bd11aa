"""The departments' desks over HTTP: trays, approvals, cases, every step, files, packages, and the page.

Why this long: one short handler for each address, beside the one table of steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cases import messages as m
from cases.model import Case, State, Step
from cases.packages import messages as p
from cases.packages.model import Package
from city.desks import requests as r
from city.desks.cards import Cards, CaseCard
from city.desks.joint import Joint
from city.desks.people import DESK, Looker, Present
from city.desks.reading import PDF_MOST, Forms, FormShown
from city.desks.trays import PackageShown, Tray, Trays, Waiting
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import Route, Verb, api

if TYPE_CHECKING:
    from city.server import City

PAGES = Path(__file__).parent / "pages"
BASE = "/api/v1/desk"
_MEDIA = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase that is often written; ``zh`` goes into the document."""

    zh: str
    en: str


Phrases = dict[str, tuple[Phrase, ...]]


class DeskDepartment(msgspec.Struct, frozen=True, kw_only=True):
    """One of somebody's departments."""

    id: str
    name: str
    name_en: str


class DeskHall(msgspec.Struct, frozen=True, kw_only=True):
    """A hall that can hand results out."""

    id: str
    name: str


class DeskShown(msgspec.Struct, frozen=True, kw_only=True):
    """What the page begins with."""

    id: str
    name: str
    roles: tuple[str, ...]
    departments: tuple[DeskDepartment, ...]
    halls: tuple[DeskHall, ...]
    phrases: Phrases


class CaseFound(msgspec.Struct, frozen=True, kw_only=True):
    """The id of a case that was looked for by its number."""

    id: str


class FileKept(msgspec.Struct, frozen=True, kw_only=True):
    """A file that lies sealed."""

    sha256: str


class PackagesShown(msgspec.Struct, frozen=True, kw_only=True):
    """Packages that are led."""

    items: tuple[PackageShown, ...]


class LookersShown(msgspec.Struct, frozen=True, kw_only=True):
    """Who else has a case open."""

    people: tuple[Looker, ...]


class DeskHandler(ApiHandler):
    """A handler of this room."""

    city: City
    cards: Cards
    trays: Trays
    forms: Forms
    joint: Joint
    present: Present
    phrases: Phrases


class StartHandler(DeskHandler):
    """What the page begins with."""

    async def get(self) -> None:
        """Answer with it."""
        account = self.web.accounts.get(self.actor.id)
        halls = await self.city.store.halls.everyone()
        departments = []
        for id_ in sorted(self.actor.departments):
            name, name_en = self.trays.department_names(id_)
            departments.append(DeskDepartment(id=id_, name=name, name_en=name_en))
        self.answer(
            DeskShown(
                id=self.actor.id,
                name=account.display_name if account else self.actor.id,
                roles=tuple(sorted(self.actor.roles)),
                departments=tuple(departments),
                halls=tuple(DeskHall(id=one.id, name=one.name) for one in halls),
                phrases=self.phrases,
            )
        )


class TrayHandler(DeskHandler):
    """A department's cases."""

    async def get(self, department: str) -> None:
        """Answer with a page of them.

        Raises:
            Invalid: ``query.invalid``.
        """
        state = self.words("state")
        if state and state not in set(State):
            raise Invalid("query.invalid", field="state")
        self.answer(
            await self.trays.tray(
                department,
                self.actor,
                is_over=self.words("over") == "true",
                state=state,
                typed=self.words("q"),
                limit=self.number("limit", default=100, least=1, most=500),
                offset=self.number("offset", default=0, most=100_000),
            )
        )


class ApprovalsHandler(DeskHandler):
    """What waits for a leader."""

    async def get(self) -> None:
        """Answer with it."""
        self.answer(await self.trays.waiting(self.actor))


class FindHandler(DeskHandler):
    """A case by its number."""

    async def get(self) -> None:
        """Answer with its id.

        Raises:
            NotFound: ``case.unknown``: there is none, or it is another department's.
        """
        found: Case | None = await self.city.rooms["case_index"].numbered(self.words("number").strip().upper())
        if found is None or found.department not in self.actor.departments:
            raise NotFound("case.unknown")
        self.answer(CaseFound(id=found.id))


class CardHandler(DeskHandler):
    """A case."""

    async def get(self, case: str) -> None:
        """Answer with everything but whose it is."""
        self.answer(await self.cards.card(case, self.actor))


class StepHandler(DeskHandler):
    """A step of a case."""

    command: type[m.CaseCommand]
    body: type[r.StepWanted]

    async def post(self, case: str) -> None:
        """Take it."""
        wanted = self.read(self.body)
        found = await self.cards.case(case, self.actor)
        if self.command is m.EndProcedure and found.package is not None:
            await self._check_visit(found)
        if self.command is m.SendToHall:
            await self._check_hall(msgspec.to_builtins(wanted)["hall"])
        fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
        await self.run(self.command(case=case, **fields))

    async def _check_visit(self, case: Case) -> None:
        """A joint visit ends for all of its cases together.

        Raises:
            Refused: ``package.joint_visit``.
        """
        package = await self.joint.package(case.package or "")
        if package.visit is not None and case.id in package.visit.cases:
            raise Refused("package.joint_visit", case=case.id, package=package.id)

    async def _check_hall(self, hall: str) -> None:
        """Refuse a hall that there is not.

        Raises:
            Invalid: ``desk.hall_unknown``.
        """
        if hall not in {one.id for one in await self.city.store.halls.everyone()}:
            raise Invalid("desk.hall_unknown", field="hall", value=hall)


class UnmaskHandler(DeskHandler):
    """Whose case it is."""

    async def post(self, case: str) -> None:
        """Show it, once it is on record who wanted to know and why."""
        found = await self.cards.case(case, self.actor)
        await self.forms.unmask(case, self.read(r.WhyWanted).reason, self.actor, self.command_id)
        self.answer(await self.forms.shown(found, self.actor))


class FileHandler(DeskHandler):
    """A scan, a paper or a licence."""

    async def get(self, case: str, file: str) -> None:
        """Send it."""
        found = await self.cards.case(case, self.actor)
        content = await self.forms.scan(found, file, self.actor)
        media = next((kind for start, kind in _MEDIA.items() if content.startswith(start)), "application/octet-stream")
        self.set_header("Content-Type", media)
        self.set_header("Content-Disposition", "inline" if media != "application/octet-stream" else "attachment")
        self.set_header("Cache-Control", "no-store")
        self.finish(content)


class KeepHandler(DeskHandler):
    """The file of a licence."""

    async def post(self, case: str) -> None:
        """Seal it; `make` names it.

        Raises:
            Forbidden: ``case.not_yours``: they may not make this case's licence now.
        """
        card = await self.cards.card(case, self.actor)
        if Step.MAKE not in card.steps:
            raise Forbidden("case.not_yours", case=case, step=Step.MAKE)
        self.answer(FileKept(sha256=await self.forms.keep_pdf(self.raw_body)))


class LookHandler(DeskHandler):
    """A page shows a case; an idle one keeps no session alive."""

    keeps_session = False

    async def post(self, case: str) -> None:
        """Note it, and say who else does."""
        wanted = self.read(r.LookWanted)
        if self.present.department(case) not in self.actor.departments:
            raise NotFound("case.unknown")
        account = self.web.accounts.get(self.actor.id)
        if not wanted.is_open:
            self.present.leaves(case, self.actor)
            self.answer(LookersShown(people=()))
            return
        name = account.display_name if account else self.actor.id
        self.answer(LookersShown(people=self.present.looks(case, self.actor, name)))


class PackagesHandler(DeskHandler):
    """Packages."""

    async def get(self) -> None:
        """Answer with those that one's departments lead."""
        self.answer(PackagesShown(items=tuple(await self.trays.packages(self.actor))))


class PackageHandler(DeskHandler):
    """A package."""

    async def get(self, package: str) -> None:
        """Answer with it: to whoever leads it or has a part in it."""
        found = await self.joint.package(package)
        check_party(found, self.actor.departments)
        self.answer(await self.trays.package_shown(found, self.actor))


class PackageStepHandler(DeskHandler):
    """A step of a package."""

    command: type[p.PackageStep]
    body: type[r.StepWanted]

    async def post(self, package: str) -> None:
        """Take it."""
        wanted = self.read(self.body)
        found = await self.joint.package(package)
        check_party(found, self.actor.departments)
        fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
        command = self.command(package=package, cases=found.cases, **fields)
        await self.city.execute(command, actor=self.actor, command_id=self.command_id)
        self.answer(await self.trays.package_shown(await self.joint.package(package), self.actor))


def check_party(package: Package, departments: frozenset[str]) -> None:
    """Refuse whoever neither leads a package nor has a part in it.

    Raises:
        Forbidden: ``desk.other_department``.
    """
    if departments.isdisjoint({package.lead, *(one.part.department for one in package.parts.values())}):
        raise Forbidden("desk.other_department", department=package.lead)


STEPS: Mapping[str, tuple[type[m.CaseCommand], type[r.StepWanted], str]] = {
    "examine": (m.ExamineCase, r.ExamineWanted, "Put the opinion of the examination on record"),
    "suspend": (m.BeginProcedure, r.SuspendWanted, "Begin a special procedure"),
    "resume": (m.EndProcedure, r.ResultWanted, "End the special procedure"),
    "ask-extension": (m.AskExtension, r.ExtensionWanted, "Ask for more time"),
    "extend": (m.ExtendCase, r.ExtensionWanted, "Give more time"),
    "forward": (m.ForwardCase, r.ForwardWanted, "Send it to the authority above"),
    "decide": (m.DecideCase, r.DecideWanted, "Decide it"),
    "ask-fee": (m.AskFee, r.StepWanted, "Ask the applicant to pay"),
    "take-fee": (m.NoteFee, r.PaidWanted, "It was paid at a counter"),
    "cancel-fee": (m.NoteFee, r.CallOffWanted, "Call an order off that nobody is to pay"),
    "waive-fee": (m.WaiveFee, r.ReasonWanted, "Charge nothing"),
    "make": (m.MakeLicence, r.MakeWanted, "The licence is made"),
    "send-to-hall": (m.SendToHall, r.HallWanted, "Send the result to the hall that hands it out"),
    "check-pledge": (m.CheckPledge, r.PledgeWanted, "What the check of a promise found"),
    "withdraw": (m.WithdrawCase, r.ReasonWanted, "The applicant takes it back"),
    "terminate": (m.TerminateCase, r.ReasonWanted, "End it without a decision"),
    "close": (m.CloseCase, r.StepWanted, "Close and archive it"),
    "solve": (m.SolveConflict, r.ConflictWanted, "What became of a conflict between hall and city"),
}
"""The address of each is ``/api/v1/desk/cases/{case}/{step}``."""
PACKAGE_STEPS: Mapping[str, tuple[type[p.PackageStep], type[r.StepWanted], str]] = {
    "visit": (p.BeginVisit, r.VisitWanted, "Begin a joint visit of all running cases of a package"),
    "finding": (
        p.NoteFinding,
        r.FindingWanted,
        "Put on record what a department found at the joint visit, and sign it",
    ),
    "sign-finding": (p.SignFinding, r.SignWanted, "Sign what another of one's department found"),
    "end-visit": (p.EndVisit, r.ResultWanted, "End the joint visit for all of them"),
    "extend": (p.ExtendPackage, r.ExtensionWanted, "Give the joint clock more time"),
    "decide": (p.DecidePackage, r.OutcomeWanted, "The lead department decides the package"),
    "withdraw": (p.WithdrawPackage, r.ReasonWanted, "The applicant takes the package back"),
}
"""The address of each is ``/api/v1/desk/packages/{package}/{step}``."""


def routes(options: dict[str, Any]) -> list[Route]:
    """The room's addresses and its page; ``options`` are the handlers' attributes."""

    def get(path: str, handler: type[DeskHandler], summary: str, reply: Any, **query: str) -> Route:
        verb = Verb(access=DESK, summary=summary, reply=reply, query=query)
        return Route(f"{BASE}{path}", handler, {"GET": verb}, options=options)

    def post(path: str, handler: type[DeskHandler], summary: str, takes: Any, reply: Any, **more: Any) -> Route:
        verb = Verb(access=DESK, summary=summary, request=takes, reply=reply)
        return Route(f"{BASE}{path}", handler, {"POST": verb}, options={**options, **more})

    page = {"over": "true: those that are over", "state": "only in this state", "q": "letters of number or matter"}
    file = Verb(access=DESK, summary="A scan or a paper of a case, once it is unmasked", media="application/pdf")
    keep = Verb(access=DESK, summary="Seal the PDF of a licence: the body is the file", reply=FileKept, status=201)
    kept = api(f"{BASE}/cases/{{case}}/files", KeepHandler, post=keep, body_limit=PDF_MOST)
    return [
        get("", StartHandler, "What a department's desk begins with", DeskShown),
        get(
            "/trays/{department}",
            TrayHandler,
            "A department's cases, the most urgent first",
            Tray,
            **page,
            limit="at most so many",
            offset="after so many",
        ),
        get("/approvals", ApprovalsHandler, "What waits for a leader", Waiting),
        get("/find", FindHandler, "A case by its number", CaseFound, number="办件编号"),
        get("/cases/{case}", CardHandler, "A case with its clocks, materials and history", CaseCard),
        post("/cases/{case}/unmask", UnmaskHandler, "See whose case it is, and say why", r.WhyWanted, FormShown),
        post("/cases/{case}/look", LookHandler, "A page shows a case", r.LookWanted, LookersShown),
        Route(kept.path, kept.handler, kept.verbs, kept.kind, kept.body_limit, options),
        Route(f"{BASE}/cases/{{case}}/files/{{file:[0-9a-f]{{64}}}}", FileHandler, {"GET": file}, options=options),
        *(
            post(f"/cases/{{case}}/{step}", StepHandler, summary, body, Case, command=command, body=body)
            for step, (command, body, summary) in STEPS.items()
        ),
        get("/packages", PackagesHandler, "Packages that one's departments lead", PackagesShown),
        get("/packages/{package}", PackageHandler, "A package with its parts", PackageShown),
        *(
            post(
                f"/packages/{{package}}/{step}",
                PackageStepHandler,
                summary,
                body,
                PackageShown,
                command=command,
                body=body,
            )
            for step, (command, body, summary) in PACKAGE_STEPS.items()
        ),
        *page_routes("desk", PAGES, {"/desk": "desk.html"}, access=DESK),
        file_route("desk", PAGES),
    ]
