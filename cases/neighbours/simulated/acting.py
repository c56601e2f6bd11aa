"""How each simulated neighbour answers what it is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from cases.neighbours import requests as r
from cases.neighbours.simulated.books import Books

Answer = msgspec.Struct | str
"""A result, or the code of a refusal."""
Act = Callable[[Books, str, str, Any], Awaitable[Answer]]


def mark(*words: str) -> str:
    """An id that is the same each time for the same words."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


async def _verify(books: Books, name: str, id_: str, request: r.VerifyPerson) -> Answer:
    """Knows everybody, and takes those for false whose number ends with 0."""
    return r.PersonVerified(matches=not request.id_number.endswith("0"), level=3)


async def _find(books: Books, name: str, id_: str, request: r.FindLicences) -> Answer:
    held = await books.every(f"{name}:licences")
    mine = [one for one in held.values() if one["holder"] == mark(request.holder_id_number) and not one["revoked"]]
    found = [
        r.LicenceHeld(id=one["id"], licence=one["licence"], name=one["licence"], number=one["number"]) for one in mine
    ]
    return r.LicencesFound(licences=tuple(found)) if request.consent else "no_consent"


async def _issue(books: Books, name: str, id_: str, request: r.IssueLicence) -> Answer:
    licence = mark(name, request.licence, request.number)
    if await books.get(f"{name}:licences", licence) is not None:
        return "number_taken"
    await books.put(
        f"{name}:licences",
        licence,
        {
            "id": licence,
            "licence": request.licence,
            "number": request.number,
            "holder": mark(request.holder_id_number),
            "revoked": False,
        },
    )
    return r.LicenceIssued(id=licence)


async def _revoke(books: Books, name: str, id_: str, request: r.RevokeLicence) -> Answer:
    held = await books.get(f"{name}:licences", request.id)
    if held is None:
        return "unknown_licence"
    await books.put(f"{name}:licences", request.id, {**held, "revoked": True})
    return r.Result()


async def _order(books: Books, name: str, id_: str, request: r.OrderPayment) -> Answer:
    order = mark(name, id_)
    about = {"transaction": id_, "order": order, "amount_cents": request.amount_cents, "day": books.today()}
    fresh = {**about, "paid_cents": 0, "refunded_cents": 0, "is_cancelled": False}
    await books.put(f"{name}:orders", order, fresh)
    return r.PaymentOrdered(order=order, pay_url=f"https://pay.example/{order}")


async def _cancel(books: Books, name: str, id_: str, request: r.CancelPayment) -> Answer:
    order = mark(name, request.ordered)
    held = await books.get(f"{name}:orders", order)
    if held is None:
        return r.UNKNOWN_ORDER
    if held["paid_cents"]:
        return r.PAID
    await books.put(f"{name}:orders", order, {**held, "is_cancelled": True})
    return r.PaymentCancelled(order=order)


async def _refund(books: Books, name: str, id_: str, request: r.RefundPayment) -> Answer:
    held = await books.get(f"{name}:orders", request.order)
    if held is None:
        return "unknown_order"
    back = held["refunded_cents"] + request.amount_cents
    if back > held["paid_cents"]:
        return "too_much"
    await books.put(f"{name}:orders", request.order, {**held, "refunded_cents": back})
    return r.Refunded(refunded_cents=back)


async def _payments(books: Books, name: str, id_: str, request: r.PaymentsOfDay) -> Answer:
    held = await books.every(f"{name}:orders")
    mine = [one for one in held.values() if one["day"] == request.day.isoformat()]
    return r.PaymentsFound(payments=tuple(msgspec.convert(one, r.Paid) for one in mine))


async def _label(books: Books, name: str, id_: str, request: r.OrderLabel) -> Answer:
    number = f"SF{mark(name, id_).upper()[:12]}"
    await books.put(f"{name}:parcels", number, {"state": "ordered", "transaction": id_})
    return r.LabelMade(number=number)


async def _track(books: Books, name: str, id_: str, request: r.TrackParcel) -> Answer:
    held = await books.get(f"{name}:parcels", request.number)
    if held is None:
        return "unknown_parcel"
    return r.ParcelTracked(state=held["state"], steps=(r.ParcelStep(at=books.now(), text=held["state"]),))


async def _message(books: Books, name: str, id_: str, request: r.SendMessage) -> Answer:
    if not (request.phone.isascii() and request.phone.isdigit() and len(request.phone) == 11):
        return "bad_phone"
    return r.MessageTaken(parts=1 + len(request.text) // 68)


async def _hand(books: Books, name: str, id_: str, request: r.HandToHotline) -> Answer:
    return r.HotlineOrder(order=mark(name, id_))


async def _fine(books: Books, name: str, id_: str, request: msgspec.Struct) -> Answer:
    return r.Result()


async def _ask(books: Books, name: str, id_: str, request: r.AskData) -> Answer:
    ticket = mark(name, id_)
    await books.put(f"{name}:data", ticket, {"state": "checking", "transaction": id_})
    return r.DataAsked(ticket=ticket)


async def _data(books: Books, name: str, id_: str, request: r.ReadData) -> Answer:
    held = await books.get(f"{name}:data", request.ticket)
    if held is None:
        return "unknown_ticket"
    rows: tuple[dict[str, Any], ...] = ({"valid": True},) if held["state"] == "delivered" else ()
    return r.DataRead(state=held["state"], rows=rows)


async def _feed(books: Books, name: str, id_: str, request: r.FeedSteps) -> Answer:
    return r.StepsTaken(taken=len(request.steps))


async def _tasks(books: Books, name: str, id_: str, request: r.AskTasks) -> Answer:
    task = r.Task(task=mark(name, "1"), title="核查超期办件", department="market", due=date(2026, 12, 31))
    return r.TasksFound(tasks=(task,))


async def _push(books: Books, name: str, id_: str, request: r.PushCase) -> Answer:
    """Takes a case whose files are all here."""
    known = {sha256 for (sha256,) in await books.database.fetch("SELECT sha256 FROM files")}
    if any(one.sha256 not in known for one in request.files):
        return "file_missing"
    await books.put(f"{name}:cases", request.case_number, {"transaction": id_})
    return r.CasePushed(receipt=f"D{mark(name, id_)[:8].upper()}")


async def _results(books: Books, name: str, id_: str, request: r.ReadResults) -> Answer:
    found = await books.results(name, request.after)
    results = tuple(msgspec.convert(one, r.DepartmentResult) for _, one in found)
    return r.ResultsFound(results=results, next=found[-1][0] if found else request.after)


async def _day(books: Books, name: str, id_: str, request: r.AskDay) -> Answer:
    return r.DayHeld(transactions=tuple(await books.of_day(name, request.day.isoformat())))


ACTS: Mapping[type[msgspec.Struct], Act] = {
    r.VerifyPerson: _verify,
    r.FindLicences: _find,
    r.IssueLicence: _issue,
    r.RevokeLicence: _revoke,
    r.OrderPayment: _order,
    r.CancelPayment: _cancel,
    r.RefundPayment: _refund,
    r.PaymentsOfDay: _payments,
    r.OrderLabel: _label,
    r.TrackParcel: _track,
    r.SendMessage: _message,
    r.HandToHotline: _hand,
    r.CloseHotline: _fine,
    r.AskData: _ask,
    r.ReadData: _data,
    r.FeedSteps: _feed,
    r.AskTasks: _tasks,
    r.ReportTask: _fine,
    r.PushCase: _push,
    r.ReadResults: _results,
    r.AskDay: _day,
}
