"""The bodies of the HTTP routes of those who file by themselves."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cases.applying.sessions import Machine
from cases.desk.requests import Answers, Body, Id, Text
from cases.forms import Party
from cases.model import Delivery
from evaluation.requests import Said

Number = Annotated[str, Meta(max_length=40)]


class CodeWanted(Body, frozen=True, kw_only=True):
    """`POST /api/v1/applicant/code`; ``name`` where the place asks the identity platform.

    Attributes:
        id_number: "": of the card that was read for the session.
    """

    id_number: Number = ""
    phone: Number
    name: Annotated[str, Meta(max_length=80)] = ""


class SessionWanted(Body, frozen=True, kw_only=True):
    """`POST /api/v1/applicant/session`: ID number and code, or the word of the reader beside the machine.

    Attributes:
        phone: the one the code was sent to; without it the last code for this number counts.
    """

    id_number: Number = ""
    code: Annotated[str, Meta(max_length=12)] = ""
    phone: Number = ""
    card: Annotated[str, Meta(max_length=64)] = ""
    machine: Machine = Machine.PHONE


class PhoneProved(Body, frozen=True, kw_only=True):
    """`POST /api/v1/applicant/phone`: the code that was sent to it."""

    phone: Number
    code: Annotated[str, Meta(max_length=12)]


class ApplicationWanted(Body, frozen=True, kw_only=True):
    """`POST /api/v1/applications`."""

    matter: Id
    answers: Answers = msgspec.field(default_factory=dict)


class ApplicationSaved(Body, frozen=True, kw_only=True):
    """`PUT /api/v1/applications/{id}`: what is filled in; null: it stays. ``seen``: the revision the page had.

    Attributes:
        applicant: name, phone, address of the person themselves, or an organisation; then ``agent`` is the person.
        shared: materials that the departments have already.
    """

    seen: Annotated[int, Meta(ge=0)]
    answers: Answers | None = None
    applicant: Party | None = None
    agent: Party | None = None
    form: dict[str, Any] | None = None
    shared: Annotated[tuple[Id, ...], Meta(max_length=200)] | None = None
    delivery: Delivery | None = None


class LicenceWanted(Body, frozen=True, kw_only=True):
    """`POST …/reuse`: a licence, as its holder agrees, or the form of an earlier case."""

    licence: Id | None = None
    case: Id | None = None
    consent: bool = False


class Nothing(Body, frozen=True, kw_only=True):
    """A body that says nothing."""


class WithdrawWanted(Body, frozen=True, kw_only=True):
    """`POST …/withdraw`: why; may be empty."""

    reason: Text = ""


class BoxCode(Body, frozen=True, kw_only=True):
    """`POST …/collect`: what opens the box."""

    code: Annotated[str, Meta(min_length=1, max_length=12)]


class CaseRated(Said, frozen=True, kw_only=True):
    """`POST …/rating`: 1 very satisfied to 5 very dissatisfied, and what is said beside it."""

    level: int


class WindowNamed(Body, frozen=True, kw_only=True):
    """A body that names the window alone."""

    window: Id
