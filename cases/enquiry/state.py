"""Policies and complaints in memory, folded from events."""

from __future__ import annotations

from datetime import date

import msgspec

from cases.enquiry import messages as m
from cases.enquiry.model import Complaint, ComplaintState, Policy
from hall_server.errors import NotFound
from hall_server.messages import Recorded


class Enquiry:
    """What stands (the Fold port of the server).

    Attributes:
        policies, complaints: by id. by_number: complaints by what the visitor asks after. picture: of the screen saver.
    """

    def __init__(self) -> None:
        self.types = frozenset(event.type for event in m.EVENTS)
        self.policies: dict[str, Policy] = {}
        self.complaints: dict[str, Complaint] = {}
        self.by_number: dict[str, str] = {}
        self.picture = ""
        self._of_day: dict[date, int] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case m.PolicyPutUp() as event:
                self.policies[event.policy] = _policy(event, recorded)
            case m.PolicyTakenDown() as event:
                self.policies.pop(event.policy, None)
            case m.PictureSet() as event:
                self.picture = event.picture
            case m.ComplaintMade() as event:
                self._made(event, recorded)
            case m.ComplaintTaken() as event:
                self._step(event.complaint, state=ComplaintState.TAKEN, taken_at=recorded.at, by=recorded.actor)
            case m.ComplaintAnswered() as event:
                self._step(
                    event.complaint,
                    state=ComplaintState.ANSWERED,
                    answered_at=recorded.at,
                    answer=event.answer,
                    by=recorded.actor,
                )

    def next_number(self, day: date) -> str:
        """What the next complaint of a day is asked after by: TS20261122-001."""
        return f"TS{day:%Y%m%d}-{self._of_day.get(day, 0) + 1:03d}"

    def shown(self, today: date) -> list[Policy]:
        """Policies that are shown, the newest first."""
        return sorted(
            (one for one in self.policies.values() if one.is_shown(today)), key=lambda one: one.at, reverse=True
        )

    def policy(self, id_: str) -> Policy:
        """A policy.

        Raises:
            NotFound: ``enquiry.policy_unknown``.
        """
        if id_ not in self.policies:
            raise NotFound("enquiry.policy_unknown", policy=id_[:60])
        return self.policies[id_]

    def complaint(self, id_: str) -> Complaint:
        """A complaint.

        Raises:
            NotFound: ``enquiry.complaint_unknown``.
        """
        if id_ not in self.complaints:
            raise NotFound("enquiry.complaint_unknown")
        return self.complaints[id_]

    def _made(self, event: m.ComplaintMade, recorded: Recorded) -> None:
        day = recorded.business_day
        self._of_day[day] = self._of_day.get(day, 0) + 1
        self.by_number[event.number] = event.complaint
        self.complaints[event.complaint] = Complaint(
            id=event.complaint,
            number=event.number,
            about=event.about,
            channel=event.channel,
            window=event.window,
            department=event.department,
            words=event.words,
            phone=event.phone,
            at=recorded.at,
        )

    def _step(self, id_: str, **changes: object) -> None:
        known = self.complaints.get(id_)
        if known is not None:  # one that is long over may come without its beginning
            self.complaints[id_] = msgspec.structs.replace(known, step=known.step + 1, **changes)


def _policy(event: m.PolicyPutUp, recorded: Recorded) -> Policy:
    said = {name: getattr(event, name) for name in Policy.__struct_fields__ if name not in ("id", "at")}
    return Policy(id=event.policy, at=recorded.at, **said)
