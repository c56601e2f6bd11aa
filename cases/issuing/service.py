"""Decides what is handed out: several results of one person at once, by the very rules of the single steps."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime

import msgspec

from cases import messages as m
from cases import numbers
from cases.flow import PaperKind
from cases.issuing import messages as i
from cases.issuing.ports import Locker
from cases.model import Case, Delivery, State
from cases.packages.counting import OneDecision
from cases.packages.opening import folded
from cases.service import CaseService, Place
from cases.state import Cases
from hall_server.days import DayOpened
from hall_server.errors import Forbidden, Invalid, Refused
from hall_server.identity import Actor, Role
from hall_server.messages import Event, Recorded
from hall_server.outcome import Context, Outcome


class Boxes:
    """Which result lies in which box (the Fold port of the server)."""

    types = frozenset({i.BoxFilled.type, i.BoxEmptied.type})

    def __init__(self) -> None:
        self.of_case: dict[str, str] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case i.BoxFilled() as event:
                self.of_case[event.case] = event.box
            case i.BoxEmptied() as event:
                self.of_case.pop(event.case, None)


class HandedOut:
    """At which window a result was handed out today (the Fold port of the server)."""

    types = frozenset({m.CaseDelivered.type, DayOpened.type})

    def __init__(self) -> None:
        self.at_window: dict[str, str | None] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case m.CaseDelivered() as event:
                self.at_window[event.case] = event.window
            case DayOpened():
                self.at_window.clear()


class BoxesFilled(msgspec.Struct, frozen=True, kw_only=True):
    """Which box each result lies in, and what opens it."""

    boxes: dict[str, str]
    codes: dict[str, str]


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """What was handed out, by case: the number of its 送达回执, and the id of that document."""

    receipts: dict[str, str]
    documents: dict[str, str] = {}


class GivenUp(msgspec.Struct, frozen=True, kw_only=True):
    """What nobody wants, by case."""

    cases: tuple[str, ...]


class IssuingService:
    """Handlers of the issuing window's commands (the Handler port of the server)."""

    def __init__(
        self,
        cases: Cases,
        boxes: Boxes,
        locker: Locker,
        place: Callable[[], Place],
        hall: str,
        handed_out: HandedOut,
    ) -> None:
        """``place``: the hall, as the rules of cases see it."""
        self._handed_out = handed_out
        self._cases = cases
        self._boxes = boxes
        self._locker = locker
        self._place = place
        self._hall = hall

    def issue(self, command: i.IssueCases, context: Context) -> Outcome:
        """Hand them out.

        Raises:
            Forbidden: ``issuing.not_here``. Invalid: ``issuing.nothing``, ``issuing.label``. DomainError: as the steps.
        """
        if not self._is_by_itself(command, context.actor):
            check_window(context.actor, command.window)
        if not command.items or len({one.case for one in command.items}) != len(command.items):
            raise Invalid("issuing.nothing", field="items")
        service = CaseService(OneDecision(self._place(), self._number))
        events: list[Event] = []
        receipts: dict[str, str] = {}
        documents: dict[str, str] = {}
        for item in command.items:
            made = self._handed(item, command, service, context)
            events += made
            delivered = next(one for one in made if isinstance(one, m.CaseDelivered))
            receipts[item.case], documents[item.case] = delivered.document_number, delivered.document
            if (box := self._boxes.of_case.get(item.case)) is not None:
                is_collected = command.how is Delivery.LOCKER
                events.append(i.BoxEmptied(case=item.case, box=box, is_collected=is_collected))
        return Outcome(events=tuple(events), reply=lambda: Issued(receipts=receipts, documents=documents))

    def give_up(self, command: i.GiveUpResults, context: Context) -> Outcome:
        """Close them without handing them out; a box that held one is free.

        Raises:
            Forbidden: ``issuing.not_here``. Invalid: ``issuing.nothing``, ``case.text_missing``.
            DomainError: as the step.
        """
        check_window(context.actor, command.window)
        if not command.items or len({one.case for one in command.items}) != len(command.items):
            raise Invalid("issuing.nothing", field="items")
        service = CaseService(self._place())
        events: list[Event] = []
        for item in command.items:
            case = self._cases.get(item.case)
            events += service.decide(case, m.GiveUpResult(case=case.id, seen=item.seen, reason=command.reason), context)
            if (box := self._boxes.of_case.get(item.case)) is not None:
                events.append(i.BoxEmptied(case=item.case, box=box, is_collected=False))
        closed = tuple(one.case for one in command.items)
        return Outcome(events=tuple(events), reply=lambda: GivenUp(cases=closed))

    def fill(self, command: i.FillBoxes, context: Context) -> Outcome:
        """Put them into boxes.

        Raises:
            Refused: ``issuing.locker_full``, ``issuing.boxed``, ``case.not_now``.
        """
        check_window(context.actor, command.window)
        taken = dict(self._boxes.of_case)
        boxes: dict[str, str] = {}
        for item in command.items:
            case = self._cases.get(item.case)
            if item.case in taken:
                raise Refused("issuing.boxed", case=item.case, box=taken[item.case])
            if not is_ready(case, self._hall):
                raise Refused("case.not_now", case=case.id, step="deliver", state=case.state)
            boxes[item.case] = taken[item.case] = self._locker.free(taken.values())
        events = tuple(i.BoxFilled(case=case, box=box) for case, box in boxes.items())
        codes = {case: self._locker.code(case, box) for case, box in boxes.items()}
        return Outcome(events=events, reply=lambda: BoxesFilled(boxes=boxes, codes=codes))

    def empty(self, command: i.EmptyBox, context: Context) -> Outcome:
        """Take it back out.

        Raises:
            Refused: ``issuing.not_boxed``.
        """
        check_window(context.actor, command.window)
        box = self._boxes.of_case.get(command.case)
        if box is None:
            raise Refused("issuing.not_boxed", case=command.case)
        event = i.BoxEmptied(case=command.case, box=box, is_collected=False)
        return Outcome(events=(event,), reply=lambda: BoxesFilled(boxes={}, codes={}))

    def read(self, command: i.ReadResult, context: Context) -> Outcome:
        """Put on record that a window reads a result that lies ready here, or that it handed out today.

        Raises:
            Forbidden: ``issuing.not_here``. NotFound: ``case.unknown``. Refused: ``issuing.not_ready``.
        """
        check_window(context.actor, command.window)
        case = self._cases.get(command.case)
        is_handed_out = self._handed_out.at_window.get(case.id) == command.window
        if not is_ready(case, self._hall) and not is_handed_out:
            raise Refused("issuing.not_ready", case=case.id)
        return Outcome(events=(i.ResultRead(window=command.window, case=case.id, file=command.file),))

    def _handed(
        self, item: i.Item, command: i.IssueCases, service: CaseService, context: Context
    ) -> tuple[m.CaseEvent, ...]:
        case = copy.deepcopy(self._cases.get(item.case))
        is_parcel = command.how is Delivery.COURIER
        label = item.label.strip()
        if is_parcel and not label:
            raise Invalid("issuing.label", field="label")
        step = m.DeliverCase(
            case=case.id,
            seen=item.seen,
            how=command.how,
            to=command.collector,
            receipt=label if is_parcel else command.receipt,
            ticket=command.ticket,
            window=command.window or None,
        )
        events = service.decide(case, step, context)
        if is_parcel:  # it is closed when it has arrived
            return events
        case = folded(case, events, context, day=context.business_day)
        return (*events, *service.decide(case, m.CloseCase(case=case.id, seen=case.step), context))

    def boxed(self, case: str) -> tuple[str, str] | None:
        """The box that a result lies in, and what opens it; None: it lies in none."""
        box = self._boxes.of_case.get(case)
        return (box, self._locker.code(case, box)) if box is not None else None

    def _is_by_itself(self, command: i.IssueCases, actor: Actor) -> bool:
        """Whether no window hands it out: a box whose code the hall saw, or what a terminal has printed."""
        if actor.kind is not Role.SYSTEM:
            return False
        lies = all(one.case in self._boxes.of_case for one in command.items)
        return lies if command.how is Delivery.LOCKER else command.how is Delivery.ELECTRONIC and not lies

    def _number(self, kind: str, now: datetime, before: int) -> str:
        day = now.astimezone(self._place().zone).date()
        return numbers.document_number(self._hall, PaperKind(kind), day, self._cases.serial(kind) + before)


def is_ready(case: Case, hall: str) -> bool:
    """Whether a result lies ready in this hall."""
    return case.state is State.MADE and case.writer == f"hall:{hall}"


def check_window(actor: Actor, window: str) -> None:
    """Refuse whoever does not serve at the window.

    Raises:
        Forbidden: ``issuing.not_here``.
    """
    if actor.kind is not Role.STAFF or window not in actor.windows:
        raise Forbidden("issuing.not_here", window=window)
