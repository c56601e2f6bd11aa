"""The body of each kind of document, by what the law wants it to say; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time

import msgspec

from cases import messages as m
from cases.catalogue.model import CaseType, Law, Material
from cases.clocks.counting import clock_now
from cases.clocks.limits import LIMITS, LimitKind, last_day
from cases.clocks.model import ClockFacts, ClockKind, Suspension
from cases.clocks.of_case import decision_clock
from cases.documents.content import Told, framed, needed_words
from cases.documents.model import Block, DocumentContent, Facts, Grid, Head, Lines, Said
from cases.flow import PaperKind
from cases.model import Given, Mode
from hall_server.database.vault import masked
from hall_server.errors import Invalid, Refused

CORRECTION_WORKDAYS = 30
"""So long is proposed for corrections; the law sets no limit for the applicant, and the notice says so."""
PAYMENT_WORKDAYS = 15
"""So long is proposed for paying."""
_FEN = 100

Body = Callable[[Told], tuple[Block, ...]]


def _receipt(told: Told) -> tuple[Block, ...]:
    """收件凭证. Source: 行政许可法 32."""
    case, word = told.case, told.word
    is_immediate = case.case_type is CaseType.IMMEDIATE
    due = last_day(LIMITS[LimitKind.NOTICE], told.terms.day(case.received_at), told.terms.calendar)
    notice = (
        word("receipt.immediate") if is_immediate else word("receipt.notice", due=told.due(due), law=told.law("32_4"))
    )
    return (
        Facts(
            rows=_rows(
                (word("fact.case"), case.number),
                (word("fact.matter"), told.matter),
                (word("fact.code"), told.edition.code),
                (word("fact.window"), word("fact.window_n", window=told.window) if told.window else ""),
                *_people(told),
                (word("fact.received_at"), told.time(case.received_at)),
            )
        ),
        Said(text=word("receipt.body", day=told.day(case.received_at), matter=told.matter)),
        _materials(told, tuple(case.given.values())) if case.given else Said(text=word("receipt.nothing")),
        Said(text=notice),
        Said(text=word("receipt.keep")),
        Lines(labels=(word("sign.applicant"), word("sign.clerk"), word("sign.date"), word("sign.date"))),
    )


def _correction(told: Told) -> tuple[Block, ...]:
    """Everything that is missing, once. Source: 行政许可法 32 (四)."""
    case, word = told.case, told.word
    if not isinstance(told.event, m.CorrectionAsked) or not told.event.gaps:
        raise Invalid("case_document.gaps_missing")
    whats: dict[str, list[str]] = {}
    for gap in told.event.gaps:
        known = whats.setdefault(gap.part, [])
        if gap.what not in known:
            known.append(gap.what)
    rows = tuple(
        (str(at), _part_name(told, part), word("gap_joint").join(found), _bring(told, told.edition.material(part)))
        for at, (part, found) in enumerate(whats.items(), 1)
    )
    heads = (word("grid.n"), word("grid.material"), word("grid.what"), word("grid.bring"))
    until = told.terms.calendar.add_workdays(told.terms.day(told.at), CORRECTION_WORKDAYS)
    said = word(
        "correction.body",
        day=told.day(case.received_at),
        matter=told.matter,
        case=case.number,
        law=told.law("32_4"),
    )
    again = (Said(text=word("correction.again")),) if len(case.notices) > 1 else ()
    if case.package:
        again = (Said(text=word("correction.package")), *again)
    return (
        Said(text=said),
        Grid(heads=heads, rows=rows, widths=(0.08, 0.26, 0.4, 0.26)),
        *again,
        Said(text=word("correction.until", until=told.due(until), place=told.place.named(told.language))),
        Said(text=word("correction.after")),
    )


def _acceptance(told: Told) -> tuple[Block, ...]:
    """The acceptance with both limits and their due days. Source: 行政许可法 32 (五), 42, 45, 82."""
    case, word = told.case, told.word
    key = {Mode.NORMAL: "acceptance.body", Mode.GAP: "acceptance.gap", Mode.PLEDGE: "acceptance.pledge"}[case.mode]
    late = "acceptance.late" if told.is_licence else "acceptance.late_other"
    terms = "acceptance.terms" if told.is_licence else "acceptance.terms_other"
    is_immediate = case.case_type is CaseType.IMMEDIATE
    as_of = case.accepted_as_of or told.terms.day(told.at)
    return (
        Said(text=word(key, day=told.day(case.received_at), matter=told.matter, law=told.law("32_5"))),
        *((Said(text=word(late, as_of=told.day(as_of))),) if case.is_late_notice else ()),
        Facts(
            rows=_rows(
                (word("fact.case"), case.number),
                (word("fact.matter"), told.matter),
                *_people(told),
                (word("fact.mode"), word(f"mode.{case.mode.value}")),
                (word("fact.as_of"), told.day(as_of)),
                *_limits(told),
                (word("fact.fees"), _fees(told)),
            )
        ),
        *_owed(told),
        Said(text=word("acceptance.immediate" if is_immediate else terms)),
    )


def _limits(told: Told) -> tuple[tuple[str, str], ...]:
    word = told.word
    rows: list[tuple[str, str]] = []
    for name, kind in (("statute", ClockKind.STATUTE), ("promise", ClockKind.PROMISE)):
        clock = told.clock(kind)
        if clock is None:
            continue
        days = clock.total_workdays
        rows.append((word(f"fact.{name}"), word("workdays", n=days) if days else word("on_the_spot")))
        rows.append((word(f"fact.{name}_due"), told.due(clock.due)))
    return tuple(rows)


def _owed(told: Told) -> tuple[Block, ...]:
    case, word = told.case, told.word
    if not case.owed:
        return ()
    rows = tuple(
        (str(at), _part_name(told, part), _bring(told, told.edition.material(part)))
        for at, part in enumerate(case.owed, 1)
    )
    until = told.day(case.owed_until) if case.owed_until else ""
    heads = (word("grid.n"), word("grid.material"), word("grid.bring"))
    return (Said(text=word("acceptance.owed", until=until)), Grid(heads=heads, rows=rows, widths=(0.08, 0.52, 0.4)))


def _not_accepted(told: Told) -> tuple[Block, ...]:
    """Why not, who is competent, and what remedies there are. Source: 行政许可法 32 (一), (二)."""
    event, word = told.event, told.word
    if not isinstance(event, m.CaseNotAccepted):
        raise TypeError(type(event))
    given = {"day": told.day(told.case.received_at), "matter": told.matter}
    if event.authority:
        said = word("not_accepted.authority", **given, law=told.law("32_2"), authority=event.authority)
    else:
        said = word("not_accepted.body", **given, law=told.law("32_1"))
    return (Said(text=said), *_why(told, event.reason, event.remedies))


def _procedure(told: Told) -> tuple[Block, ...]:
    """The time a special procedure needs, told in writing. Source: 行政许可法 45."""
    event, word, terms = told.event, told.word, told.terms
    if not isinstance(event, m.ProcedureBegun):
        raise TypeError(type(event))
    reason = needed_words(event.reason, "case_document.reason_missing")
    known = told.edition.procedure(event.procedure)
    kind = word(f"kind.{event.kind.value}")
    name = known.name if known is not None and told.language != "en" else kind
    law = _cited(told, known.law) if known is not None and known.law is not None else told.law("45")
    begins = terms.day(told.at)
    ends = terms.calendar.add_workdays(begins, event.workdays)
    key = "procedure.in_limit" if event.in_limit else "procedure.body"
    blocks: list[Block] = [
        Said(text=word(key, matter=told.matter, case=told.case.number, procedure=name, law=law)),
        Facts(
            rows=_rows(
                (word("fact.procedure"), name if name == kind else f"{name}（{kind}）"),
                (word("fact.procedure_days"), word("workdays", n=event.workdays)),
                (word("fact.procedure_begins"), told.day(begins)),
                (word("fact.procedure_ends"), told.due(ends)),
            )
        ),
        Head(text=word("head.reason")),
        Said(text=reason),
    ]
    if not event.in_limit:
        until = datetime.combine(ends, time(), terms.zone)
        statute, promise = (_due_after(told, kind, until) for kind in (ClockKind.STATUTE, ClockKind.PROMISE))
        blocks.append(Said(text=word("procedure.after", statute=statute, promise=promise)))
    return tuple(blocks)


def _due_after(told: Told, kind: ClockKind, until: datetime) -> str:
    """The due day if what stands the clock now ends at ``until``."""
    clock = decision_clock(told.case, kind, terms=told.terms)
    if clock is None:
        return ""
    spans = tuple(Suspension(one.since, one.until or until) for one in clock.suspensions)
    return told.due(_due(told, msgspec.structs.replace(clock, suspensions=spans)))


def _extension(told: Told) -> tuple[Block, ...]:
    """Why it takes longer, who approved it, and the new due day. Source: 行政许可法 42."""
    event, word, case = told.event, told.word, told.case
    if not isinstance(event, m.CaseExtended):
        raise TypeError(type(event))
    reason = needed_words(event.reason, "case_document.reason_missing")
    approver = word("extension.government_head" if case.joint else "extension.agency_head")
    rows: list[tuple[str, str]] = [(word("fact.extension"), word("workdays", n=event.workdays))]
    clock = decision_clock(case, ClockKind.STATUTE, terms=told.terms)
    if clock is not None:
        before = msgspec.structs.replace(clock, extension_workdays=clock.extension_workdays - event.workdays)
        rows.append((word("fact.due_before"), told.due(_due(told, before))))
        rows.append((word("fact.due_after"), told.due(_due(told, clock))))
    said = word(
        "extension.body",
        matter=told.matter,
        case=case.number,
        law=told.law("42"),
        approver=approver,
        n=event.workdays,
    )
    return (Said(text=said), Head(text=word("head.reason")), Said(text=reason), Facts(rows=tuple(rows)))


def _due(told: Told, clock: ClockFacts) -> date:
    return clock_now(clock, terms=told.terms, now=told.at).due


def _granted(told: Told) -> tuple[Block, ...]:
    """Source: 行政许可法 38, 39, 44."""
    event, word, case = told.event, told.word, told.case
    if not isinstance(event, m.CaseDecided):
        raise TypeError(type(event))
    due = told.terms.calendar.add_workdays(told.terms.day(told.at), LIMITS[LimitKind.DELIVERY].workdays)
    names = [(one.name_en if told.language == "en" else "") or one.name for one in told.edition.results]
    result = word("list_comma").join(names) or word("granted.paper")
    said = word(
        "granted.body",
        day=told.day(case.received_at),
        matter=told.matter,
        case=case.number,
        law=told.law("38_1"),
        sort=told.sort,
    )
    deliver = "granted.deliver" if told.is_licence else "granted.deliver_other"
    reasons = (Head(text=word("head.reasons")), Said(text=event.reasons)) if event.reasons else ()
    remedies = (Head(text=word("head.remedies")), Said(text=event.remedies)) if event.remedies else ()
    return (
        Said(text=said),
        Facts(rows=_rows(*_people(told), *_results(told), (word("fact.deliver_by"), told.due(due)))),
        *reasons,
        Said(text=word(deliver, law=told.law("44"), due=told.due(due), result=result)),
        *((Said(text=word("granted.pledge")),) if case.mode is Mode.PLEDGE else ()),
        *remedies,
    )


def _results(told: Told) -> tuple[tuple[str, str], ...]:
    word = told.word
    rows: list[tuple[str, str]] = []
    for one in told.edition.results:
        months = one.valid_months
        rows.append((word("fact.result"), (one.name_en if told.language == "en" else "") or one.name))
        rows.append((word("fact.valid"), word("fact.valid_months", n=months) if months else word("fact.valid_forever")))
    return tuple(rows)


def _denied(told: Told) -> tuple[Block, ...]:
    """A refusal says why, and what may be done against it. Source: 行政许可法 38 (2)."""
    event, word = told.event, told.word
    if not isinstance(event, m.CaseDecided):
        raise TypeError(type(event))
    said = word(
        "denied.body",
        day=told.day(told.case.received_at),
        matter=told.matter,
        case=told.case.number,
        law=told.law("38_2"),
        sort=told.sort,
    )
    return (Said(text=said), *_why(told, event.reasons, event.remedies))


def _why(told: Told, reasons: str, remedies: str) -> tuple[Block, ...]:
    """Reasons and remedies; those of the law stand there in any case.

    Source: 行政复议法 20 (六十日), 行政诉讼法 46 (六个月).
    """
    word = told.word
    return (
        Head(text=word("head.reasons")),
        Said(text=needed_words(reasons, "case_document.reason_missing")),
        Head(text=word("head.remedies")),
        Said(text=needed_words(remedies, "case_document.remedies_missing")),
        Said(text=word("remedies.law")),
    )


def _delivery(told: Told) -> tuple[Block, ...]:
    """送达回证. Source: 行政许可法 44."""
    event, word, case = told.event, told.word, told.case
    if not isinstance(event, m.CaseDelivered):
        raise TypeError(type(event))
    kind = PaperKind.DENIED if case.outcome == "denied" else PaperKind.GRANTED
    title = word(f"title.{kind.value}", sort=told.sort)
    return (
        Said(text=word("delivery.body")),
        Facts(
            rows=_rows(
                (word("fact.case"), case.number),
                (word("fact.matter"), told.matter),
                *_people(told),
                (word("fact.delivered"), word("delivery.decision", title=title)),
                (word("fact.licence"), case.licence),
                (word("fact.how"), word(f"how.{event.how.value}")),
                (word("fact.to"), word(f"delivery.to.{event.to}") if event.to in _COLLECTORS else event.to),
                (word("fact.tracking"), event.receipt if len(event.receipt) <= _TRACKING_MOST else ""),
                (word("fact.delivered_at"), told.time(told.at)),
            )
        ),
        Lines(labels=(word("sign.receiver"), word("sign.deliverer"), word("sign.date"), word("sign.date"))),
        Said(text=word("delivery.note")),
    )


_COLLECTORS = frozenset({"self", "agent"})
"""Whom an issuing window hands to; other places name somebody."""
_TRACKING_MOST = 40
"""A longer receipt is the digest of a signed file, which says nothing to people."""


def _transfer(told: Told) -> tuple[Block, ...]:
    """What goes from hand to hand, and who signs for it."""
    word, case = told.word, told.case
    is_result = case.made_at is not None
    goes_to = told.goes_to.named(told.language) if told.goes_to else ""
    said = word("transfer.result" if is_result else "transfer.body", case=case.number, matter=told.matter)
    facts = Facts(
        rows=_rows(
            (word("fact.from"), told.place.named(told.language)),
            (word("fact.goes_to"), goes_to),
            (word("fact.handed_at"), told.time(told.at)),
            *(((word("fact.licence"), case.licence),) if is_result else ()),
        )
    )
    lists: tuple[Block, ...] = () if is_result else (_materials(told, tuple(case.given.values())),)
    signs = Lines(labels=(word("sign.giver"), word("sign.taker"), word("sign.date"), word("sign.date")))
    return (Said(text=said), facts, *lists, signs)


def payment(told: Told, number: str) -> DocumentContent:
    """The notice of payment of whatever the edition charges, before anything is asked for.

    Raises:
        Refused: ``case_document.no_fees``. Invalid: ``case_document.fee_basis``.
    """
    return framed(told, PaperKind.PAYMENT, number, _payment(told))


def _payment(told: Told) -> tuple[Block, ...]:
    """What is charged, each with its basis. Source: 行政许可法 58, 59."""
    word = told.word
    asked = told.event.fees if isinstance(told.event, m.FeeAsked) else None
    fees = [one for one in told.edition.fees if asked is None or one.id in asked]
    if not fees:
        raise Refused("case_document.no_fees")
    rows: list[tuple[str, ...]] = []
    for at, fee in enumerate(fees, 1):
        if fee.basis is None:
            raise Invalid("case_document.fee_basis", fee=fee.id)
        rows.append((str(at), fee.name, _yuan(fee.amount_fen), _cited(told, fee.basis)))
    total = sum(one.amount_fen for one in fees)
    rows.append(("", word("grid.total"), _yuan(total), ""))
    until = told.terms.calendar.add_workdays(told.terms.day(told.at), PAYMENT_WORKDAYS)
    heads = (word("grid.n"), word("grid.fee"), word("grid.amount"), word("grid.basis"))
    return (
        Said(text=word("payment.body", matter=told.matter, case=told.case.number)),
        Grid(heads=heads, rows=tuple(rows), widths=(0.08, 0.34, 0.18, 0.4)),
        Said(text=word("payment.until", until=told.due(until))),
    )


BODIES: Mapping[PaperKind, Body] = {
    PaperKind.RECEIPT: _receipt,
    PaperKind.TRANSFER: _transfer,
    PaperKind.ACCEPTANCE: _acceptance,
    PaperKind.CORRECTION: _correction,
    PaperKind.NOT_ACCEPTED: _not_accepted,
    PaperKind.PROCEDURE: _procedure,
    PaperKind.EXTENSION: _extension,
    PaperKind.GRANTED: _granted,
    PaperKind.DENIED: _denied,
    PaperKind.DELIVERY: _delivery,
    PaperKind.PAYMENT: _payment,
}
"""The body of each kind that goes with an event."""


# -- parts of bodies


def _rows(*rows: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Those that have a value."""
    return tuple(row for row in rows if row[1])


def _people(told: Told) -> tuple[tuple[str, str], ...]:
    """Who applies; of the number only what is needed to tell two of one name apart."""
    form, word = told.form, told.word
    if form is None:
        return ()
    return (
        (word("fact.applicant"), form.applicant.name),
        (word("fact.represented_by"), form.applicant.represented_by),
        (word("fact.id_number"), masked(form.applicant.id_number, head=6, tail=4) if form.applicant.id_number else ""),
        (word("fact.agent"), form.agent.name if form.agent else ""),
    )


def _materials(told: Told, given: tuple[Given, ...]) -> Grid:
    word = told.word
    names = ("n", "material", "supply", "originals", "copies", "pages", "found")
    rows = []
    for at, one in enumerate(given, 1):
        material = told.edition.material(one.material)
        is_paper = one.supply == "paper"
        rows.append(
            (
                str(at),
                _part_name(told, one.material),
                word(f"supply.{one.supply}"),
                str(material.originals) if material is not None and is_paper else "—",
                str(material.copies) if material is not None and is_paper else "—",
                str(len(one.copies)) if one.copies else "—",
                word("grid.sound" if one.is_sound else "grid.gap"),
            )
        )
    heads = tuple(word(f"grid.{name}") for name in names)
    return Grid(heads=heads, rows=tuple(rows), widths=(0.08, 0.35, 0.14, 0.09, 0.1, 0.1, 0.14))


def _part_name(told: Told, part: str) -> str:
    """A material's name, or the title of a field of the form."""
    material = told.edition.material(part)
    if material is not None:
        return (material.name_en if told.language == "en" else "") or material.name
    properties = told.edition.form.get("properties", {})
    field = properties.get(part.removeprefix("form.").removeprefix("fields."), {})
    return str(field.get("title", part)) if isinstance(field, dict) else part


def _bring(told: Told, material: Material | None) -> str:
    word = told.word
    if material is None:
        return word("bring.package" if told.case.package else "bring.form")
    originals, copies = material.originals, material.copies
    if not {"paper", "scan"} & {one.value for one in material.supplies}:
        brought = word("bring.electronic")
    elif originals and copies:
        brought = word("bring.both", originals=originals, copies=copies)
    else:
        brought = word("bring.copies", copies=copies) if copies else word("bring.originals", originals=originals)
    return f"{brought}\n{material.note}" if material.note else brought


def _fees(told: Told) -> str:
    fees = told.edition.fees
    if not fees:
        return told.word("fact.no_fees")
    return told.word("gap_joint").join(f"{one.name} {told.word('yuan', amount=_yuan(one.amount_fen))}" for one in fees)


def _yuan(fen: int) -> str:
    return f"{fen // _FEN:,}.{fen % _FEN:02d}"


def _cited(told: Told, law: Law) -> str:
    return told.word("law.named", name=law.name, article=law.article).strip()
