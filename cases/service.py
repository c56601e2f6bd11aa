"""Decides what may be done with a case; pure, the same in halls and in the city.

Why this long: one short method for every command of a case, beside the table that names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from cases import charges, notes
from cases import messages as m
from cases.catalogue.model import CaseType, Channel, Edition, FlowKind
from cases.catalogue.situations import Needs, check_answers, missing, needs
from cases.clocks import acts
from cases.clocks.counting import clock_now
from cases.clocks.model import ClockKind
from cases.clocks.of_case import decision_clock
from cases.clocks.terms import Terms
from cases.flow import PaperKind, check_person, move
from cases.model import Case, Charge, ChargeState, Gap, Given, Mode, Outcome, Post, State, Step
from hall_server.directory.calendar import WorkCalendar
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Actor
from hall_server.outcome import Context

EXTENSION, JOINT_EXTENSION = 10, 15
"""Longest extension of a decision, in working days. Source: 行政许可法 42."""
TEXT_MOST = 2_000

Events = tuple[m.CaseEvent, ...]


class Place(Protocol):
    """Where cases are handled: a hall or the city."""

    @property
    def writer(self) -> str:
        """``hall:ID`` or ``city``."""
        ...

    @property
    def calendar(self) -> WorkCalendar:
        """The working days as they are known today."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which a day is a day."""
        ...

    @property
    def closes(self) -> time:
        """When the working day ends there."""
        ...

    def edition(self, key: str) -> Edition | None:
        """An edition of the catalogue by ``matter@number``; None where this place does not have it."""
        ...

    def posts(self, actor: Actor, department: str) -> frozenset[Post]:
        """As what somebody may act on cases of a department."""
        ...

    def case_number(self, now: datetime) -> str:
        """The next 办件编号."""
        ...

    def document_number(self, kind: PaperKind, now: datetime) -> str:
        """The next number of a kind of document."""
        ...


class CaseService:
    """One method a command; ``decide`` finds it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._ways: Mapping[type[m.CaseCommand], tuple[Step, Callable[[Case, Any, Context], m.CaseEvent]]] = {
            m.CheckMaterials: (Step.SUPPLY, self._check),
            m.AskCorrection: (Step.ASK_CORRECTION, self._ask_correction),
            m.AcceptCase: (Step.ACCEPT, self._accept),
            m.RefuseCase: (Step.REFUSE, self._refuse),
            m.HandOver: (Step.HAND_OVER, self._hand_over),
            m.SendToHall: (Step.SEND_TO_HALL, self._send_to_hall),
            m.ExamineCase: (Step.EXAMINE, self._examine),
            m.BeginProcedure: (Step.SUSPEND, self._begin_procedure),
            m.EndProcedure: (Step.RESUME, self._end_procedure),
            m.AskExtension: (Step.ASK_EXTENSION, self._ask_extension),
            m.ExtendCase: (Step.EXTEND, self._extend),
            m.ForwardCase: (Step.FORWARD, self._forward),
            m.DecideCase: (Step.DECIDE, self._decide),
            m.AskFee: (Step.ASK_FEE, self._ask_fee),
            m.WaiveFee: (Step.WAIVE_FEE, self._waive_fee),
            m.MakeLicence: (Step.MAKE, self._make),
            m.DeliverCase: (Step.DELIVER, self._deliver),
            m.GiveUpResult: (Step.GIVE_UP, self._give_up),
            m.SupplyLater: (Step.SUPPLY_LATER, self._supply_later),
            m.CheckPledge: (Step.CHECK_PLEDGE, self._check_pledge),
            m.WithdrawCase: (Step.WITHDRAW, self._withdraw),
            m.TerminateCase: (Step.TERMINATE, self._terminate),
            m.CloseCase: (Step.CLOSE, self._close),
        }

    @property
    def commands(self) -> tuple[type[m.CaseCommand], ...]:
        """The commands about a case that is there."""
        return (*self._ways, m.NotePaper, *notes.COMMANDS, m.SolveConflict)

    # -- a new case

    def receive(self, command: m.ReceiveCase, context: Context) -> Events:
        """Take an application in.

        Raises:
            NotFound: ``edition.unknown``. Invalid: answers or materials do not fit the edition.
            Refused: ``edition.not_in_force``; ``case.outside_situation`` with why. Forbidden: ``case.not_yours``.
        """
        edition = self._in_force(command.edition, self._day(command.received_at or context.now))
        posts = self._place.posts(context.actor, edition.department)
        by_oneself = Post.APPLICANT in posts and command.channel in set(edition.channels) - {Channel.WINDOW}
        if Post.ACCEPTOR not in posts and not by_oneself:
            raise Forbidden("case.not_yours", step=Step.RECEIVE)
        check_answers(edition, command.answers)
        needed = needs(edition, command.answers)
        if needed.stop:
            raise Refused("case.outside_situation", reason=needed.stop, reason_en=needed.stop_en)
        _check_given(edition, command.given)
        received_at = min(command.received_at or context.now, context.now)
        case = context.ids.new()
        return (
            m.CaseReceived(
                case=case,
                number=self._place.case_number(context.now),
                document=context.ids.new(),
                document_number=self._place.document_number(PaperKind.RECEIPT, context.now),
                edition=edition.key,
                matter=edition.matter,
                department=edition.department,
                hall=self._place.writer.removeprefix("hall:") if self._place.writer != "city" else command.hall,
                writer=self._place.writer if command.hall else None,
                flow=edition.flow,
                case_type=edition.case_type,
                statute_workdays=edition.statute_workdays,
                promise_workdays=needed.promise_workdays,
                extension_workdays=JOINT_EXTENSION if edition.joint else EXTENSION,
                joint=edition.joint,
                channel=command.channel,
                ticket=command.ticket,
                window=command.window,
                applicant=command.applicant,
                agent=command.agent,
                form=command.form,
                answers=command.answers,
                given=command.given,
                package=command.package,
                waits_for=command.waits_for,
                delivery=command.delivery,
                deliver_at=command.deliver_at,
                query_digest=command.query_digest,
                received_at=received_at,
                received_on=self._day(received_at),
            ),
        )

    # -- a case that is there

    def decide(self, case: Case, command: m.CaseCommand, context: Context) -> Events:
        """What a command does to a case.

        Raises:
            Refused: ``case.changed`` (another step was taken since), ``case.elsewhere`` (somebody else writes it now),
                ``case.not_now``, and what the step itself says.
            Forbidden: ``case.not_yours``, ``case.separated``.
        """
        if isinstance(command, m.NotePaper):
            return self._note_paper(case, command)
        if isinstance(command, m.NoteFee):
            return self._note_fee(case, command, context)
        if isinstance(command, notes.COMMANDS):
            return self._note(case, command, context)
        if case.writer != self._place.writer:
            raise Refused("case.elsewhere", case=case.id, writer=case.writer)
        if isinstance(command, m.SolveConflict):
            return self._solve(case, command)
        if command.seen != case.step:
            raise Refused("case.changed", case=case.id, step=case.step)
        step, way = self._ways[type(command)]
        row = move(case, step)
        check_person(case, row, self._place.posts(context.actor, case.department), str(context.actor))
        return (way(case, command, context),)

    def _check(self, case: Case, command: m.CheckMaterials, context: Context) -> m.CaseEvent:
        _check_given(self._edition(case), command.given)
        if case.state is State.CORRECTION:
            return m.CorrectionSupplied(case=case.id, given=command.given, form=command.form, parts=command.parts)
        return m.MaterialsChecked(case=case.id, given=command.given)

    def _ask_correction(self, case: Case, command: m.AskCorrection, context: Context) -> m.CaseEvent:
        """One notice with everything; what was there to be seen the first time cannot be asked for again."""
        if self._late_since(case, context.now) is not None:
            raise Refused("case.notice_too_late", case=case.id, due=self.notice_due(case).isoformat())
        gaps = self.gaps(case, command.gaps)
        if not gaps:
            raise Invalid("case.no_gaps", field="gaps")
        if case.notices:
            known = {gap.part for notice in case.notices for gap in notice.gaps}
            again = [gap.part for gap in gaps if gap.part not in case.touched and gap.part not in known]
            if again:
                raise Refused("case.second_notice", case=case.id, parts=", ".join(again))
        return m.CorrectionAsked(case=case.id, gaps=gaps, **self._paper(PaperKind.CORRECTION, context))

    def _accept(self, case: Case, command: m.AcceptCase, context: Context) -> m.CaseEvent:
        edition = self._in_force(case.edition, case.received_on)
        owed = self._owed(case, command, self._needs(case, edition), context)
        if command.mode is Mode.PLEDGE and edition.flow is not FlowKind.PLEDGE:
            raise Refused("case.no_pledge", case=case.id)
        if command.mode is Mode.PLEDGE and not command.pledge:
            raise Refused("case.pledge_unsigned", case=case.id)
        late = self._late_since(case, context.now)
        return m.CaseAccepted(
            case=case.id,
            mode=command.mode,
            as_of=self._day(late or context.now),
            is_late_notice=late is not None,
            owed=owed,
            owed_until=command.owed_until if owed else None,
            pledge=command.pledge if command.mode is Mode.PLEDGE else "",
            **self._paper(PaperKind.ACCEPTANCE, context),
        )

    def _owed(self, case: Case, command: m.AcceptCase, needed: Needs, context: Context) -> tuple[str, ...]:
        gaps = self.gaps(case)
        hard = [gap.part for gap in gaps if command.mode is not Mode.GAP or gap.part not in needed.later]
        if hard:
            raise Refused("case.gaps", case=case.id, parts=", ".join(hard))
        if command.mode is not Mode.GAP:
            return ()
        if not gaps:
            raise Invalid("case.nothing_owed", field="mode")
        if command.owed_until is None or command.owed_until <= self._day(context.now):
            raise Invalid("case.owed_until", field="owed_until")
        return tuple(gap.part for gap in gaps)

    def _refuse(self, case: Case, command: m.RefuseCase, context: Context) -> m.CaseEvent:
        return m.CaseNotAccepted(
            case=case.id,
            reason=_text(command.reason, "reason"),
            authority=_text(command.authority, "authority", may_be_empty=True),
            remedies=_text(command.remedies, "remedies"),
            **self._paper(PaperKind.NOT_ACCEPTED, context),
        )

    def _hand_over(self, case: Case, command: m.HandOver, context: Context) -> m.CaseEvent:
        if case.writer == "city":
            raise Refused("case.not_now", case=case.id, step=Step.HAND_OVER, state=case.state)
        paper = self._paper(PaperKind.TRANSFER, context)
        return m.CaseHandedOver(case=case.id, to=case.department, writer="city", **paper)

    def _send_to_hall(self, case: Case, command: m.SendToHall, context: Context) -> m.CaseEvent:
        paper = self._paper(PaperKind.TRANSFER, context)
        hall = _text(command.hall, "hall")
        return m.CaseHandedOver(case=case.id, to=hall, writer=f"hall:{hall}", **paper)

    def _examine(self, case: Case, command: m.ExamineCase, context: Context) -> m.CaseEvent:
        opinion = _text(command.opinion, "opinion")
        return m.CaseExamined(case=case.id, opinion=opinion, proposes=command.proposes)

    def _begin_procedure(self, case: Case, command: m.BeginProcedure, context: Context) -> m.CaseEvent:
        procedure = self._edition(case).procedure(command.procedure)
        if procedure is None:
            raise Invalid("case.procedure_unknown", field="procedure", value=command.procedure)
        most = procedure.limit_workdays
        if command.workdays < 1 or (most is not None and command.workdays > most):
            raise Invalid("case.procedure_days", field="workdays", most=most or "")
        return m.ProcedureBegun(
            case=case.id,
            procedure=procedure.id,
            kind=procedure.kind,
            workdays=command.workdays,
            in_limit=procedure.in_limit,
            reason=_text(command.reason, "reason"),
            inspectors=tuple(dict.fromkeys(_text(one, "inspectors") for one in command.inspectors)),
            **self._paper(PaperKind.PROCEDURE, context),
        )

    def _end_procedure(self, case: Case, command: m.EndProcedure, context: Context) -> m.CaseEvent:
        """A procedure is not closed without its result."""
        standing = case.standing
        if standing is None:
            raise Refused("case.not_now", case=case.id, step=Step.RESUME, state=case.state)
        return m.ProcedureEnded(case=case.id, procedure=standing.procedure, result=_text(command.result, "result"))

    def _ask_extension(self, case: Case, command: m.AskExtension, context: Context) -> m.CaseEvent:
        self._may_extend(case, command.workdays, context.now)
        return m.ExtensionAsked(case=case.id, workdays=command.workdays, reason=_text(command.reason, "reason"))

    def _extend(self, case: Case, command: m.ExtendCase, context: Context) -> m.CaseEvent:
        self._may_extend(case, command.workdays, context.now)
        return m.CaseExtended(
            case=case.id,
            workdays=command.workdays,
            reason=_text(command.reason, "reason"),
            **self._paper(PaperKind.EXTENSION, context),
        )

    def _may_extend(self, case: Case, workdays: int, now: datetime) -> None:
        """Once, before the due day, not for longer than the law lets. Source: 行政许可法 42."""
        if case.extended:
            raise Refused("case.extended_already", case=case.id)
        if not 1 <= workdays <= case.extension_workdays:
            raise Invalid("case.extension_days", field="workdays", most=case.extension_workdays)
        due = self.decision_due(case, now)
        if due is not None and self._day(now) > due:
            raise Refused("case.overdue", case=case.id, due=due.isoformat())

    def _forward(self, case: Case, command: m.ForwardCase, context: Context) -> m.CaseEvent:
        authority, opinion = _text(command.authority, "authority"), _text(command.opinion, "opinion")
        return m.CaseForwarded(case=case.id, authority=authority, opinion=opinion)

    def _decide(self, case: Case, command: m.DecideCase, context: Context) -> m.CaseEvent:
        """A refusal without reasons or remedies is not issued. Source: 行政许可法 38."""
        denied = command.outcome is Outcome.DENIED
        if case.owed and case.mode is Mode.GAP and not denied:
            raise Refused("case.owed", case=case.id, parts=", ".join(case.owed))
        kind = PaperKind.DENIED if denied else PaperKind.GRANTED
        return m.CaseDecided(
            case=case.id,
            outcome=command.outcome,
            reasons=_text(command.reasons, "reasons", may_be_empty=not denied),
            remedies=_text(command.remedies, "remedies", may_be_empty=not denied),
            **self._paper(kind, context),
        )

    def _ask_fee(self, case: Case, command: m.AskFee, context: Context) -> m.CaseEvent:
        """What the edition charges in this situation, nothing else. Source: 行政许可法 58, 59."""
        listed = self._needs(case, self._edition(case)).fees
        open_ = charges.unasked(case, listed)
        chosen = tuple(one for one in open_ if not command.fees or one.id in command.fees)
        if unknown := set(command.fees) - {one.id for one in listed}:
            raise Invalid("case.fee_unknown", field="fees", value=min(unknown))
        if case.fee_waived:
            raise Refused("case.fee_waived", case=case.id)
        if not chosen or set(command.fees) - {one.id for one in chosen}:
            if not listed:
                raise Refused("case.no_fee", case=case.id)
            raise Refused("case.fee_asked_already", case=case.id)
        if baseless := [one for one in chosen if one.basis is None]:
            raise Refused("case.fee_basis", case=case.id, fee=baseless[0].name)
        return m.FeeAsked(
            case=case.id,
            order=context.ids.new(),
            fees=tuple(one.id for one in chosen),
            amount_fen=sum(one.amount_fen for one in chosen),
            **self._paper(PaperKind.PAYMENT, context),
        )

    def _waive_fee(self, case: Case, command: m.WaiveFee, context: Context) -> m.CaseEvent:
        if not self._needs(case, self._edition(case)).fees:
            raise Refused("case.no_fee", case=case.id)
        if case.fee_waived or any(one.state is ChargeState.PAID for one in case.charges):
            raise Refused("case.fee_settled", case=case.id)
        return m.FeeWaived(case=case.id, reason=_text(command.reason, "reason"))

    def _note_fee(self, case: Case, command: m.NoteFee, context: Context) -> Events:
        """The same told twice is one event; whoever sits at a counter says only some of it."""
        charge = charges.ordered(case, command.order)
        if charge is None:
            raise NotFound("case.fee_order_unknown", case=case.id, order=command.order)
        posts = self._place.posts(context.actor, case.department)
        if Post.SYSTEM not in posts:
            self._check_cashier(case, charge, command, posts)
        if not charges.may_become(charge.state, command.became):
            return ()
        return (charges.noted(command, charge.amount_fen, is_over=case.is_over),)

    def _check_cashier(self, case: Case, charge: Charge, command: m.NoteFee, posts: frozenset[Post]) -> None:
        """At a counter a payment is noted, with its receipt; an order that nobody has paid is called off, with why."""
        open_ = {
            ChargeState.PAID: {ChargeState.ASKED, ChargeState.REFUSED},
            ChargeState.CANCELLING: {ChargeState.ASKED},
        }
        if not posts & charges.CASHIERS or command.became not in open_:
            raise Forbidden("case.not_yours", case=case.id, step=Step.ASK_FEE)
        if charge.state not in open_[command.became]:
            raise Refused("case.fee_settled", case=case.id)
        if command.became is ChargeState.PAID:
            _text(command.receipt, "receipt")
        else:
            _text(command.reason, "reason")

    def _note(self, case: Case, command: m.CaseCommand, context: Context) -> Events:
        """The same told twice is one event."""
        if Post.SYSTEM not in self._place.posts(context.actor, case.department):
            raise Forbidden("case.not_yours", case=case.id, step=Step.CLOSE)
        event = notes.event_of(command, is_over=case.is_over)
        return () if notes.is_noted(case, event) else (event,)

    def note_of_past(self, command: m.CaseCommand, context: Context) -> Events:
        """What is noted of a case that is over since before today and not here any more.

        Raises:
            NotFound: ``case.unknown``.
        """
        if Post.SYSTEM not in self._place.posts(context.actor, ""):
            raise NotFound("case.unknown", case=command.case)
        return (notes.event_of(command, is_over=True),)

    def _make(self, case: Case, command: m.MakeLicence, context: Context) -> m.CaseEvent:
        granted = case.outcome is Outcome.GRANTED and any(one.licence for one in self._edition(case).results)
        licence = _text(command.licence, "licence", may_be_empty=not granted)
        unpaid = charges.unpaid(case, self._needs(case, self._edition(case)).fees)
        if unpaid and case.outcome is Outcome.GRANTED:
            raise Refused("case.fee_unpaid", case=case.id, fees=", ".join(one.name for one in unpaid))
        return m.LicenceMade(case=case.id, licence=licence, sha256=command.sha256)

    def _deliver(self, case: Case, command: m.DeliverCase, context: Context) -> m.CaseEvent:
        if not command.receipt:
            raise Invalid("case.receipt_missing", field="receipt")
        return m.CaseDelivered(
            case=case.id,
            how=command.how,
            to=command.to,
            receipt=command.receipt,
            ticket=command.ticket,
            window=command.window,
            **self._paper(PaperKind.DELIVERY, context),
        )

    def _give_up(self, case: Case, command: m.GiveUpResult, context: Context) -> m.CaseEvent:
        return m.ResultGivenUp(case=case.id, reason=_text(command.reason, "reason"))

    def _supply_later(self, case: Case, command: m.SupplyLater, context: Context) -> m.CaseEvent:
        _check_given(self._edition(case), command.given)
        sound = {one.material for one in command.given if one.is_sound}
        if not sound & set(case.owed):
            raise Invalid("case.not_owed", field="given")
        left = tuple(one for one in case.owed if one not in sound)
        return m.OwedSupplied(case=case.id, given=command.given, left=left)

    def _check_pledge(self, case: Case, command: m.CheckPledge, context: Context) -> m.CaseEvent:
        return m.PledgeChecked(case=case.id, is_kept=command.is_kept, finding=_text(command.finding, "finding"))

    def _withdraw(self, case: Case, command: m.WithdrawCase, context: Context) -> m.CaseEvent:
        reason = _text(command.reason, "reason", may_be_empty=True)
        return m.CaseWithdrawn(case=case.id, reason=reason, words=command.words)

    def _terminate(self, case: Case, command: m.TerminateCase, context: Context) -> m.CaseEvent:
        return m.CaseTerminated(case=case.id, reason=_text(command.reason, "reason"))

    def _close(self, case: Case, command: m.CloseCase, context: Context) -> m.CaseEvent:
        return m.CaseClosed(case=case.id)

    def _note_paper(self, case: Case, command: m.NotePaper) -> Events:
        if all(one.document != command.document for one in case.papers):
            raise NotFound("case.paper_unknown", case=case.id, document=command.document)
        return (m.PaperMade(case=case.id, document=command.document, sha256=command.sha256, is_over=case.is_over),)

    def _solve(self, case: Case, command: m.SolveConflict) -> Events:
        if command.conflict not in case.conflicts:
            raise NotFound("case.conflict_unknown", case=case.id, conflict=command.conflict)
        solution = _text(command.solution, "solution")
        return (m.ConflictSolved(case=case.id, conflict=command.conflict, solution=solution),)

    # -- what the rules say of a case

    def gaps(self, case: Case, more: Iterable[Gap] = ()) -> tuple[Gap, ...]:
        """Everything missing or wrong: found by the clerk, not handed in, and what is named beside that."""
        edition = self._edition(case)
        lacking = missing(self._needs(case, edition), case.given)
        found = [*case.open_gaps, *(Gap(part=one.id, what=one.name) for one in lacking)]
        known = {gap.part for gap in found}
        named = [Gap(part=one.part, what=_text(one.what, "gaps")) for one in more if one.part not in known]
        return (*found, *named)

    def notice_due(self, case: Case) -> date:
        """The last day for telling what is missing. Source: 行政许可法 32."""
        return self._day(acts.notice_due(_begun(case), terms=self.terms))

    def decision_due(self, case: Case, now: datetime) -> date | None:
        """The last day for deciding by law, special procedures and extension taken in; None before acceptance."""
        clock = decision_clock(case, ClockKind.STATUTE, terms=self.terms)
        return clock_now(clock, terms=self.terms, now=now).due if clock is not None else None

    @property
    def terms(self) -> Terms:
        """How days and hours count here."""
        return Terms(calendar=self._place.calendar, zone=self._place.zone, closes=self._place.closes)

    def _late_since(self, case: Case, now: datetime) -> datetime | None:
        """From when it counts as accepted because nothing was told in time; None where it was, or still can be."""
        if case.case_type is CaseType.IMMEDIATE:
            return None
        begun = _begun(case)
        told = next((one.at for one in case.notices if one.at >= begun), None)
        return acts.accepted_as_of(received_at=begun, noticed_at=told, now=now, terms=self.terms)

    def _needs(self, case: Case, edition: Edition) -> Needs:
        return needs(edition, case.answers)

    def _edition(self, case: Case) -> Edition:
        edition = self._place.edition(case.edition)
        if edition is None:
            raise NotFound("edition.unknown", edition=case.edition)
        return edition

    def _in_force(self, key: str, on: date) -> Edition:
        """The edition, if it may be accepted under on a day; a replaced one still may for what came in before."""
        edition = self._place.edition(key)
        if edition is None:
            raise NotFound("edition.unknown", edition=key)
        if not edition.accepts_on(on):
            raise Refused("edition.not_in_force", edition=key, state=edition.state)
        return edition

    def _paper(self, kind: PaperKind, context: Context) -> dict[str, str]:
        number = self._place.document_number(kind, context.now)
        return {"document": context.ids.new(), "document_number": number}

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._place.zone).date()


def _begun(case: Case) -> datetime:
    """When what now lies on the desk came in: the application, or the corrections of it."""
    return case.supplied_at if case.supplied_at is not None and case.notices else case.received_at


def _check_given(edition: Edition, given: tuple[Given, ...]) -> None:
    """Refuse materials the edition does not know, ways in which they may not be given, and gaps without words."""
    for one in given:
        material = edition.material(one.material)
        if material is None:
            raise Invalid("case.material_unknown", field="given", value=one.material)
        if one.supply not in material.supplies:
            raise Invalid("case.supply_unknown", field="given", value=one.supply, material=material.name)
        if one.is_sound == bool(one.gap):
            raise Invalid("case.gap_words", field="given", material=material.name)


def _text(text: str, field: str, *, may_be_empty: bool = False) -> str:
    cleaned = text.strip()
    if not cleaned and not may_be_empty:
        raise Invalid("case.text_missing", field=field)
    if len(cleaned) > TEXT_MOST:
        raise Invalid("case.text_too_long", field=field, most=TEXT_MOST)
    return cleaned
