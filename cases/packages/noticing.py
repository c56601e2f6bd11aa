"""A package from which something is missing: one notice with everything, over all its matters (一次性告知); pure.

The first part that waits for nothing, of the lead department where there is one, becomes a case at once and carries the
notice for all of them: it has the number, the clocks, the paper and the messages. The package is opened when everything
is there, and that case becomes its part then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from cases import messages as m
from cases.catalogue.model import Edition
from cases.model import Case, Gap, Given, Mode, State
from cases.packages import messages as p
from cases.packages.kinds import Member
from cases.packages.merging import MergedMaterial
from cases.packages.opening import folded
from cases.service import CaseService, Events, Place
from hall_server.errors import Refused
from hall_server.outcome import Context

OPEN = frozenset({State.RECEIVED, State.CORRECTION})
"""A case that carries a notice waits in one of these."""


def carrier_of(members: Iterable[Member], editions: Mapping[str, Edition], lead: str) -> str:
    """The part whose case carries the notice.

    Raises:
        Refused: ``package.parts``: every part waits for another.
    """
    free = [one.id for one in members if not one.after and one.id in editions]
    led = [one for one in free if editions[one].department == lead]
    for one in (*led, *free):
        return one
    raise Refused("package.parts", field="editions")


def others_gaps(merged: Iterable[MergedMaterial], given: Iterable[Given], carrier: str) -> tuple[Gap, ...]:
    """What is missing or wrong of things that the carrying part does not use itself, each named once.

    What it does use the rules of its own case find. A gap goes by the thing's name: other parts have other ids.

    Args:
        merged: the package's list. given: what was handed in, by merged ids.
    """
    found: dict[str, Gap] = {}
    handed = {one.material: one for one in given}
    for one in merged:
        if any(use.part == carrier for use in one.uses):
            continue
        held = handed.get(one.id)
        if held is None or not held.is_sound:
            name = one.name if one.name not in found else f"{one.name}（{one.id}）"
            found[name] = Gap(part=name, what=held.gap if held is not None and held.gap else one.name)
    return tuple(found.values())


def touched(merged: Iterable[MergedMaterial], before: Iterable[Given], now: Iterable[Given]) -> tuple[str, ...]:
    """Names of the things that were handed in anew since an earlier notice."""
    old = {one.material: one for one in before}
    fresh = {one.material for one in now if one.material not in old or old[one.material].copies != one.copies}
    return tuple(dict.fromkeys(one.name for one in merged if one.id in fresh))


def notice(
    command: p.NoticePackage, carrier: str, known: Case | None, context: Context, place: Place, *, digest: str
) -> tuple[Events, Case]:
    """What happens to the carrying case: it comes in, or comes again, and is told everything that is missing.

    Args:
        known: the case that carried an earlier notice; None: it is the first.
        digest: what is kept of the package's query code.

    Raises:
        DomainError: as of the single case; a second notice names nothing that was there to be seen the first time.
    """
    service = CaseService(place)
    if known is None:
        events: Events = service.receive(_received(command, carrier, context.ids.new(), digest), context)
        events = tuple(
            msgspec.structs.replace(one, query_digest=digest) if isinstance(one, m.CaseReceived) else one
            for one in events
        )
        case = folded(None, events, context, day=context.business_day)
    else:
        case, events = supplied(known, command, carrier, context, place)
    asked = m.AskCorrection(case=case.id, seen=case.step, gaps=command.gaps)
    told = service.decide(case, asked, context)
    return (*events, *told), folded(case, told, context, day=context.business_day)


def supplied(known: Case, command: p.OpenPackage, carrier: str, context: Context, place: Place) -> tuple[Case, Events]:
    """The carrying case with what was handed in since.

    Raises:
        Refused: ``package.intake_other``: it is another matter's, or was answered otherwise; ``case.not_now``;
            ``case.second_notice``: something was found sound, is the same, and is said to be wrong now.
    """
    is_same = known.edition == command.editions.get(carrier) and known.answers == command.part_answers.get(carrier, {})
    if not is_same or known.package is None:
        raise Refused("package.intake_other", case=known.id)
    if known.state not in OPEN:
        raise Refused("case.not_now", case=known.id, step="supply", state=known.state)
    given = tuple(one for one in command.given.get(carrier, ()) if known.given.get(one.material) != one)
    if again := [one.material for one in given if _was_seen_sound(known, one)]:
        raise Refused("case.second_notice", case=known.id, parts=", ".join(again))
    parts = command.touched if isinstance(command, p.NoticePackage) else ()
    check = m.CheckMaterials(
        case=known.id,
        seen=known.step,
        given=given,
        form=command.forms.get(carrier, "") if known.state is State.CORRECTION else "",
        parts=parts,
    )
    events = CaseService(place).decide(known, check, context)
    return folded(known, events, context, day=context.business_day), events


def completed(known: Case, command: p.OpenPackage, carrier: str, context: Context, place: Place) -> tuple[Case, Events]:
    """The carrying case when everything is there: corrected, accepted and handed over like the other parts."""
    service = CaseService(place)
    case, events = supplied(known, command, carrier, context, place)
    mode = Mode.GAP if service.gaps(case) else Mode.NORMAL
    for step in (
        lambda one: m.AcceptCase(case=one.id, seen=one.step, mode=mode, owed_until=command.owed_until),
        lambda one: m.HandOver(case=one.id, seen=one.step),
    ):
        made = service.decide(case, step(case), context)
        case, events = folded(case, made, context, day=context.business_day), (*events, *made)
    return case, events


def _was_seen_sound(known: Case, one: Given) -> bool:
    old = known.given.get(one.material)
    return old is not None and old.is_sound and not one.is_sound and old.copies == one.copies


def _received(command: p.NoticePackage, carrier: str, package: str, digest: str) -> m.ReceiveCase:
    return m.ReceiveCase(
        edition=command.editions[carrier],
        ticket=command.ticket,
        window=command.window,
        channel=command.channel,
        applicant=command.applicant,
        agent=command.agent,
        form=command.forms.get(carrier, ""),
        answers=command.part_answers.get(carrier, {}),
        given=command.given.get(carrier, ()),
        package=package,
        delivery=command.delivery,
        deliver_at=command.deliver_at,
        query_digest=digest,
    )
