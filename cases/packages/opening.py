"""Takes a package in: parts that wait for nothing become cases at once, the others when their turn comes; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import msgspec

from cases import messages as m
from cases.catalogue.model import Edition
from cases.catalogue.situations import check_answers, missing, needs
from cases.folding import fold
from cases.model import Case, Mode
from cases.packages import messages as p
from cases.packages.graph import in_turn
from cases.packages.kinds import Member, PackageKind, among
from cases.packages.model import Part
from cases.service import CaseService, Events, Place
from hall_server.errors import Invalid, NotFound, Refused
from hall_server.messages import Event
from hall_server.outcome import Context


def editions_of(
    kind: PackageKind,
    answers: dict[str, tuple[str, ...]],
    find: Callable[[tuple[str, ...]], Edition | None],
) -> dict[str, Edition]:
    """The editions of the parts that are needed, in turn.

    Raises:
        NotFound: ``package.matter_unknown``: nothing in the catalogue goes by one of a part's names.
    """
    found: dict[str, Edition] = {}
    members = {one.id: one for one in kind.needed(answers)}
    for id_ in in_turn({one.id: one.after for one in members.values()}):
        edition = find(members[id_].matters)
        if edition is None and members[id_].apart:
            continue
        if edition is None:
            raise NotFound("package.matter_unknown", part=members[id_].name)
        found[id_] = edition
    return found


def open_package(
    kind: PackageKind,
    command: p.OpenPackage,
    context: Context,
    place: Place,
    *,
    number: str,
    day: date,
    begun: Mapping[str, Events] | None = None,
    package: str = "",
) -> tuple[Event, ...]:
    """What happens when a package comes in: all of it, or nothing.

    Args:
        place: one that gives several numbers in one decision.
        number: of the package. day: today, where it comes in.
        begun: parts whose cases were there before, with what happens to them now. package: its id, where it has one.

    Raises:
        Invalid: ``package.parts``, the parts are not those that the answers need.
        Refused: ``package.gaps``: something of a part is missing. DomainError: as of the single cases.
    """
    members = {one.id: one for one in members_of(kind, command)}
    package = package or context.ids.new()
    parts: list[Part] = []
    events: list[Event] = []
    for id_ in in_turn({one.id: one.after for one in members.values()}):
        part = _part(members[id_], command, place)
        if not part.after:
            made = (begun or {}).get(id_) or begin(part, package, command, context, place, waits_for=())
            events += made
            part = _with_case(part, made)
        parts.append(part)
    opened = _opened(kind, command, place, package, number, day, tuple(parts))
    return (opened, *events)


def members_of(kind: PackageKind, command: p.OpenPackage) -> tuple[Member, ...]:
    """The parts that come in.

    Raises:
        Invalid: ``package.parts``, they are not those that the answers need.
    """
    needed = kind.needed(command.answers)
    must = {one.id for one in needed if not one.apart}
    if not must <= set(command.editions) <= {one.id for one in needed} or not command.editions:
        raise Invalid("package.parts", field="editions")
    return among(needed, set(command.editions))


def begin(
    part: Part,
    package: str,
    wanted: p.OpenPackage,
    context: Context,
    place: Place,
    *,
    waits_for: tuple[str, ...],
    edition: str = "",
    query_digest: str = "",
    hall: str = "",
) -> Events:
    """Receive, accept and, from a hall, hand over the case of a part.

    Args:
        edition: another one than the part's, where that is no longer in force.
        query_digest: of the package's code. hall: that took the package in, where the city begins the part.

    Raises:
        DomainError: as of the single case.
    """
    command = m.ReceiveCase(
        edition=edition or part.edition,
        ticket=wanted.ticket,
        window=wanted.window,
        channel=wanted.channel,
        applicant=wanted.applicant,
        agent=wanted.agent,
        form=part.form,
        answers=part.answers,
        given=part.given,
        package=package,
        waits_for=waits_for,
        delivery=wanted.delivery,
        deliver_at=wanted.deliver_at,
        query_digest=query_digest,
        hall=hall,
    )
    service = CaseService(place)
    events: Events = service.receive(command, context)
    case = folded(None, events, context, day=context.business_day)
    mode = Mode.GAP if service.gaps(case) else Mode.NORMAL
    accepted = service.decide(
        case, m.AcceptCase(case=case.id, seen=case.step, mode=mode, owed_until=wanted.owed_until), context
    )
    case, events = folded(case, accepted, context, day=context.business_day), (*events, *accepted)
    if case.writer != "city":
        events = (*events, *service.decide(case, m.HandOver(case=case.id, seen=case.step), context))
    return events


def folded(case: Case | None, events: Events, context: Context, *, day: date) -> Case:
    """A case after what is decided now."""
    for event in events:
        case = fold(case, event, at=context.now, on=day, actor=str(context.actor))
    if case is None:
        raise TypeError("no events")
    return case


def _part(member: Member, command: p.OpenPackage, place: Place) -> Part:
    key = command.editions[member.id]
    edition = place.edition(key)
    if edition is None:
        raise NotFound("edition.unknown", edition=key)
    answers, given = command.part_answers.get(member.id, {}), command.given.get(member.id, ())
    check_answers(edition, answers)
    needed = needs(edition, answers)
    if needed.stop:
        raise Refused("case.outside_situation", reason=needed.stop, reason_en=needed.stop_en)
    sound = {one.material for one in given if one.is_sound}
    gaps = [one for one in missing(needed, sound) if command.owed_until is None or one.id not in needed.later]
    if gaps:
        raise Refused("package.gaps", part=member.name, parts=", ".join(one.name for one in gaps))
    return Part(
        id=member.id,
        name=member.name,
        name_en=member.name_en,
        edition=key,
        department=edition.department,
        after=member.after,
        answers=answers,
        given=given,
        form=command.forms.get(member.id, ""),
    )


def _with_case(part: Part, events: Events) -> Part:
    return msgspec.structs.replace(part, case=events[0].case)


def _opened(
    kind: PackageKind,
    command: p.OpenPackage,
    place: Place,
    package: str,
    number: str,
    day: date,
    parts: tuple[Part, ...],
) -> p.PackageOpened:
    hall = place.writer.removeprefix("hall:") if place.writer != "city" else ""
    return p.PackageOpened(
        package=package,
        number=number,
        kind=kind.id,
        name=kind.name,
        name_en=kind.name_en,
        lead=kind.lead,
        rule=kind.rule,
        hall=hall,
        ticket=command.ticket,
        window=command.window,
        channel=command.channel,
        applicant=command.applicant,
        agent=command.agent,
        form=command.form,
        mode=Mode.GAP if command.owed_until is not None else Mode.NORMAL,
        owed_until=command.owed_until,
        delivery=command.delivery,
        deliver_at=command.deliver_at or hall,
        statute_workdays=kind.statute_workdays,
        extension_workdays=kind.extension_workdays,
        promise_workdays=kind.promise_workdays,
        opened_on=day,
        parts=parts,
    )
