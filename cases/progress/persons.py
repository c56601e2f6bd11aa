"""Whose a case is, at the city: by a keyed digest of the ID number in its form; the number itself is not kept."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import msgspec

from cases.forms import Form
from cases.model import Case
from hall_server.database.vault import Person
from hall_server.errors import DomainError

if TYPE_CHECKING:
    from hall_server.federation.attachments import Attachments

log = logging.getLogger(__name__)

BATCH = 500
LOOK_AGAIN_S = 30.0
IDENTITY_CARD = "111"
"""Source: GA/T 517, the kind of a resident's identity card."""
_TABLE = "CREATE TABLE IF NOT EXISTS case_people (case_id TEXT PRIMARY KEY, mark TEXT NOT NULL)"
_INDEX = "CREATE INDEX IF NOT EXISTS case_people_mark ON case_people (mark)"
_PUT = "INSERT INTO case_people (case_id, mark) VALUES (?, ?) ON CONFLICT (case_id) DO NOTHING"
_UNKNOWN = (
    "SELECT c.id FROM cases c LEFT JOIN case_people p ON p.case_id = c.id WHERE p.case_id IS NULL AND c.id > ?"
    " ORDER BY c.id LIMIT ?"
)
_HAS = "SELECT 1 FROM case_people WHERE case_id = ?"
_BODY = "SELECT body FROM cases WHERE id = ?"
_OF = (
    "SELECT c.body FROM case_people p JOIN cases c ON c.id = p.case_id WHERE p.mark = ?"
    " ORDER BY c.received_at DESC, c.id DESC LIMIT ?"
)


class Persons:
    """Follows the table of cases; a case whose form is still on its way is looked at again."""

    def __init__(self, city: Any) -> None:  # `city.server.City`, which stands above this folder
        self._city = city
        self._waiting: dict[str, None] = {}
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()
        self._is_all_stale = True

    async def start(self) -> None:
        """Make the table and begin to follow."""
        await self._city.database.transact([(_TABLE, [()]), (_INDEX, [()])])
        self._city.rooms["case_index"].on_changed.append(self._changed)
        self._city.spawn(self._run(), "persons of cases")

    def mark(self, id_number: str) -> str:
        """What stands for a person here."""
        mark: bytes = self._city.vault.mark(Person(id_number=id_number))
        return mark.hex()

    async def of(self, mark: str, *, most: int) -> list[Case]:
        """The cases of a person, the newest first."""
        await self.catch_up()
        found = await self._city.database.fetch(_OF, (mark, most))
        return [msgspec.json.decode(body, type=Case) for (body,) in found]

    async def catch_up(self) -> None:
        """Take in what is here by now."""
        async with self._turn:
            if self._is_all_stale:
                self._is_all_stale = False
                await self._find_all()
            waiting, self._waiting = self._waiting, {}
            for case in waiting:
                if not await self._known(case):
                    self._waiting[case] = None

    def _changed(self, case: str) -> None:
        if case:
            self._waiting[case] = None
        else:
            self._is_all_stale = True
        self._news.set()

    async def _run(self) -> None:
        while True:
            self._news.clear()
            try:
                await self.catch_up()
            except DomainError as exc:
                log.warning("the persons of cases are behind: %s", exc, extra={"action": "progress.persons_behind"})
            except Exception:  # the top of a loop: the next news tries again
                log.exception("the persons of cases failed", extra={"action": "progress.persons_failed"})
            try:
                await asyncio.wait_for(self._news.wait(), LOOK_AGAIN_S)
            except TimeoutError:
                continue

    async def _find_all(self) -> None:
        last = ""
        while found := await self._city.database.fetch(_UNKNOWN, (last, BATCH)):
            self._waiting |= dict.fromkeys(id_ for (id_,) in found)
            last = found[-1][0]

    async def _known(self, id_: str) -> bool:
        """Whether it is known whose a case is; so that it need not be looked at again."""
        if await self._city.database.fetch(_HAS, (id_,)):
            return True
        rows = await self._city.database.fetch(_BODY, (id_,))
        if not rows:
            return True  # it was made anew under another id, or never was one
        case = msgspec.json.decode(rows[0][0], type=Case)
        mark = await asyncio.to_thread(self._read, case.form) if case.form else ""
        if mark is None:
            return False
        await self._city.database.transact([(_PUT, [(id_, mark)])])
        return True

    def _read(self, form: str) -> str | None:
        """The mark of a form's applicant; "" of an organisation's, None: the form is not here yet."""
        attachments: Attachments = self._city.rooms["federation"].attachments
        if not attachments.has(form):
            return None
        try:
            applicant = msgspec.json.decode(attachments.read(form), type=Form).applicant
        except (DomainError, msgspec.MsgspecError):
            return ""
        is_person = applicant.id_kind == IDENTITY_CARD and applicant.id_number
        return self.mark(applicant.id_number.strip().upper()) if is_person else ""
