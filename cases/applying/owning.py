"""What somebody may see of a person's applications: all of them for the person, for others what their phone began."""

from __future__ import annotations

import msgspec

from cases.applying.messages import How
from cases.applying.model import Application
from cases.applying.sessions import Session


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """How far a session sees.

    A card, or a code to a phone that the person has proved, shows that it is the person. A code to any other phone
    shows that somebody has this phone, and no more: they see what was begun with it.

    Attributes:
        is_sure: it is the person. phone: the code went to it; "" with a card.
        proved: the phones that the person has proved.
        bound: the phone of drafts that were begun before drafts knew theirs; "" for none.
    """

    is_sure: bool
    phone: str = ""
    proved: frozenset[str] = frozenset()
    bound: str = ""

    def shows(self, application: Application) -> bool:
        """Whether this session may see an application of the person."""
        return self.is_sure or self._began(application)

    def goes_on(self, application: Application) -> bool:
        """Whether it is gone on with unasked; what an unproved phone began is opened by its own phone only."""
        return self._began(application) or (self.is_sure and not self.is_foreign(application))

    def is_foreign(self, application: Application) -> bool:
        """Whether a phone began it that the person has not proved, and that is not this session's."""
        phone = application.phone or (self.bound if application.how is How.CODE else "")
        return bool(phone) and phone != self.phone and phone not in self.proved

    def claimed(self, session: Session, application: Application) -> Application:
        """The application as its owner goes on with it: from then on the phone that began it sees it no longer."""
        if not (self.is_sure and self.is_foreign(application)):
            return application
        return msgspec.structs.replace(application, how=session.how, phone=session.phone)

    def _began(self, application: Application) -> bool:
        if application.how is not How.CODE or not self.phone:
            return False
        return self.phone == (application.phone or self.bound)
