"""What came in by itself and waits for a window: the list, live, and what the applicant filled in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from cases import messages as m
from cases.applying.carrying import names_of
from cases.applying.messages import OwnUse, UseOwnData
from cases.catalogue.model import Channel
from cases.forms import Party
from cases.model import Case, State
from hall_server.errors import NotFound
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.routes import SIGNED_IN, Access

if TYPE_CHECKING:
    from cases.applying.room import Applying

TOPIC = "applications-in"
KEY = "all"
PAGE, PAGE_MOST = 50, 200
_CHANGES = frozenset(
    one.type
    for one in (
        m.CaseReceived,
        m.MaterialsChecked,
        m.CorrectionAsked,
        m.CorrectionSupplied,
        m.CaseAccepted,
        m.CaseNotAccepted,
        m.CaseWithdrawn,
        m.CaseTerminated,
    )
)


class CameIn(msgspec.Struct, frozen=True, kw_only=True):
    """An application that waits.

    Attributes:
        since: when what now lies there came in: the application, or the corrections of it.
        notice_due: last day for telling everything that is missing; None: it waits for the applicant.
        changed: what the corrections changed, by part; is_new: nobody has looked it through yet.
    """

    id: str
    number: str
    matter: str
    name: str
    name_en: str
    channel: Channel
    state: State
    since: datetime
    notice_due: date | None
    changed: tuple[str, ...]
    is_new: bool


class TrayPicture(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/applications-in`: those to look through, the oldest first; then those that wait for corrections.

    Attributes:
        items: a page of them; the live feed has the first. total: how many there are.
        count: how many there are to look through.
    """

    items: list[CameIn]
    total: int
    count: int


class FiledPart(msgspec.Struct, frozen=True, kw_only=True):
    """A field as it was filled in; ``was``: before the corrections, where it is different."""

    part: str
    name: str
    name_en: str
    value: Any
    was: Any = None
    is_changed: bool = False


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /api/v1/applications-in/{case}/form`: what the applicant filled in.

    Attributes:
        changed: parts that the corrections changed, materials among them.
    """

    applicant: Party
    agent: Party | None
    fields: list[FiledPart]
    changed: tuple[str, ...]
    answers: dict[str, tuple[str, ...]]


class Tray:
    """The list, for whoever serves at a window (the View port of the live feed)."""

    access: Access = SIGNED_IN

    def __init__(self, applying: Applying) -> None:
        self._applying = applying
        self._cases = applying.room.cases

    def key_ok(self, key: str, actor: Actor) -> bool:
        """One list for all windows: one window takes everything (一窗受理)."""
        return key == KEY and bool(actor.windows)

    def picture(self, key: str = KEY) -> TrayPicture:
        """The beginning of the list."""
        return self.page(limit=PAGE, offset=0)

    def page(self, *, limit: int, offset: int) -> TrayPicture:
        """A part of the list."""
        found = sorted(self._cases.came_in(), key=lambda one: (one.state is State.CORRECTION, _since(one)))
        return TrayPicture(
            items=[self._line(one) for one in found[offset : offset + limit]],
            total=len(found),
            count=sum(one.state is State.RECEIVED for one in found),
        )

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """What came in, was looked through, or is decided."""
        return (KEY,) if recorded.event.type in _CHANGES else ()

    async def filed(self, case_id: str, actor: Actor) -> Filed:
        """What an applicant filled in, and what their corrections changed; that it was shown is journalled first.

        Raises:
            NotFound: ``case.unknown``, ``case_desk.form_gone``.
        """
        case = self._cases.get(case_id)
        if not case.application:
            raise NotFound("case.unknown", case=case_id)
        command = UseOwnData(use=OwnUse.SHOWN, person=case.applicant or "", case=case.id, application=case.application)
        await self._applying.server.execute(command, actor=actor)
        people = self._applying.desk.people
        form = await people.form(case.form)
        before = await people.form(case.first_form) if case.first_form not in {"", case.form} else None
        return Filed(
            applicant=form.applicant,
            agent=form.agent,
            fields=self._fields(case, form.fields, before.fields if before else None),
            changed=tuple(sorted(case.touched)) if case.notices else (),
            answers=case.answers,
        )

    def _fields(self, case: Case, fields: dict[str, Any], before: dict[str, Any] | None) -> list[FiledPart]:
        names = names_of(self._applying.room.editions.get(case.edition))
        found = []
        for name in {**(before or {}), **fields}:
            title = names.get(f"form.{name}", (name, name))
            was = before.get(name) if before is not None else None
            found.append(
                FiledPart(
                    part=f"form.{name}",
                    name=title[0],
                    name_en=title[1],
                    value=fields.get(name),
                    was=was,
                    is_changed=before is not None and was != fields.get(name),
                )
            )
        return found

    def _line(self, case: Case) -> CameIn:
        edition = self._applying.room.editions.get(case.edition)
        name = edition.name if edition else case.matter
        waits = case.state is State.CORRECTION
        return CameIn(
            id=case.id,
            number=case.number,
            matter=case.matter,
            name=name,
            name_en=(edition.name_en if edition else "") or name,
            channel=case.channel,
            state=case.state,
            since=_since(case),
            notice_due=None if waits else self._applying.room.service.notice_due(case),
            changed=tuple(sorted(case.touched)) if case.notices else (),
            is_new=not case.notices,
        )


def _since(case: Case) -> datetime:
    """When what now lies there came in."""
    return case.supplied_at if case.supplied_at is not None and case.notices else case.received_at
