"""Decides on policies and complaints; pure."""

from __future__ import annotations

from cases.enquiry import messages as m
from cases.enquiry.model import Complaint
from cases.enquiry.state import Enquiry
from hall_server.directory.directory import Directory
from hall_server.directory.wording import text_fault
from hall_server.errors import Forbidden, Invalid, Refused
from hall_server.identity import Role
from hall_server.outcome import Context, Outcome

TITLE_MOST, SOURCE_MOST, TEXT_MOST, REASON_MOST = 120, 120, 20_000, 200
PAGES_MOST, POLICIES_MOST = 60, 500


class EnquiryService:
    """The handlers."""

    def __init__(self, enquiry: Enquiry, directory: Directory) -> None:
        self._enquiry = enquiry
        self._directory = directory

    def put_up(self, command: m.PutUpPolicy, context: Context) -> Outcome:
        """Show a policy; replies with it.

        Raises:
            Forbidden: ``enquiry.managers_only``. Invalid: ``enquiry.…`` with the ``field``. NotFound: no such policy.
            Refused: ``enquiry.policies_many``.
        """
        _managers_only(context)
        if command.policy:
            self._enquiry.policy(command.policy)
        elif len(self._enquiry.policies) >= POLICIES_MOST:
            raise Refused("enquiry.policies_many", most=POLICIES_MOST)
        self._check(command, context)
        id_ = command.policy or context.ids.new()
        event = m.PolicyPutUp(
            policy=id_,
            title=command.title.strip(),
            title_en=command.title_en.strip(),
            source=command.source.strip(),
            department=command.department,
            text=command.text.strip(),
            text_en=command.text_en.strip(),
            pages=command.pages,
            until=command.until,
        )
        return Outcome(events=(event,), reply=lambda: self._enquiry.policy(id_))

    def take_down(self, command: m.TakeDownPolicy, context: Context) -> Outcome:
        """Show a policy no longer."""
        _managers_only(context)
        self._enquiry.policy(command.policy)
        reason = command.reason.strip()
        if text_fault(reason, limit=REASON_MOST):
            raise Invalid("enquiry.reason_unfit", field="reason", most=REASON_MOST)
        return Outcome(events=(m.PolicyTakenDown(policy=command.policy, reason=reason),), reply=lambda: None)

    def set_picture(self, command: m.SetPicture, context: Context) -> Outcome:
        """Show another picture on the screen saver; the same again changes nothing."""
        _managers_only(context)
        is_new = command.picture != self._enquiry.picture
        return Outcome(events=(m.PictureSet(picture=command.picture),) if is_new else (), reply=lambda: None)

    def make(self, command: m.MakeComplaint, context: Context) -> Outcome:
        """Take a complaint in; replies with it.

        Raises:
            Invalid: ``enquiry.window_unknown``, ``enquiry.department_unknown`` with the ``field``.
        """
        if command.window and command.window not in self._directory.windows:
            raise Invalid("enquiry.window_unknown", field="window")
        self._check_department(command.department)
        id_ = context.ids.new()
        event = m.ComplaintMade(
            complaint=id_,
            number=self._enquiry.next_number(context.business_day),
            about=command.about,
            channel=command.channel,
            window=command.window,
            department=command.department,
            words=command.words,
            phone=command.phone,
        )
        return Outcome(events=(event,), reply=lambda: self._enquiry.complaint(id_))

    def take(self, command: m.TakeComplaint, context: Context) -> Outcome:
        """Look into a complaint.

        Raises:
            Forbidden, NotFound; Refused: ``enquiry.changed``: somebody did something since it was seen.
        """
        known = self._seen(command.complaint, command.seen, context)
        return Outcome(events=(m.ComplaintTaken(complaint=known.id),), reply=lambda: self._enquiry.complaint(known.id))

    def answer(self, command: m.AnswerComplaint, context: Context) -> Outcome:
        """Answer a complaint; as `take`."""
        known = self._seen(command.complaint, command.seen, context)
        event = m.ComplaintAnswered(complaint=known.id, answer=command.answer)
        return Outcome(events=(event,), reply=lambda: self._enquiry.complaint(known.id))

    def _seen(self, id_: str, seen: int, context: Context) -> Complaint:
        _managers_only(context)
        known = self._enquiry.complaint(id_)
        if known.step != seen:
            raise Refused("enquiry.changed", step=known.step)
        return known

    def _check(self, command: m.PutUpPolicy, context: Context) -> None:
        for field, most in (("title", TITLE_MOST), ("title_en", TITLE_MOST), ("source", SOURCE_MOST)):
            said = getattr(command, field).strip()
            if text_fault(said, limit=most, may_be_empty=field != "title"):
                raise Invalid("enquiry.text_unfit", field=field, most=most)
        for field in ("text", "text_en"):
            if len(getattr(command, field)) > TEXT_MOST or "\0" in getattr(command, field):
                raise Invalid("enquiry.text_unfit", field=field, most=TEXT_MOST)
        if not command.text.strip() and not command.pages:
            raise Invalid("enquiry.policy_empty", field="text")
        if len(command.pages) > PAGES_MOST:
            raise Invalid("enquiry.pages_many", field="file", most=PAGES_MOST)
        if command.until is not None and command.until < context.business_day:
            raise Invalid("enquiry.until_past", field="until")
        self._check_department(command.department)

    def _check_department(self, id_: str) -> None:
        if id_ and id_ not in self._directory.departments:
            raise Invalid("enquiry.department_unknown", field="department")


def _managers_only(context: Context) -> None:
    if not context.actor.may(Role.MANAGER, Role.ADMIN):
        raise Forbidden("enquiry.managers_only")
