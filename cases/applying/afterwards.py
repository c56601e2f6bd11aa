"""What follows for whoever filed: paying, the licence as a file, the box it lies in, and rating what was done."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

import msgspec

from cases.issuing.messages import IssueCases, Item
from cases.issuing.ports import Receipt
from cases.model import Case, Delivery, Outcome, Post, State
from cases.neighbours.payments import PaymentShown
from evaluation.model import Level, RatingChannel
from evaluation.requests import RatingWanted
from evaluation.visited import Part, Visit
from hall_server.errors import NotFound, Refused
from hall_server.identity import SYSTEM, Actor

if TYPE_CHECKING:
    from cases.applying.room import Applying
    from hall_server.server import Server

WAIT_S = 10.0
BY_ONESELF = "case-"
"""Before a case's id: what stands for the ticket of somebody who had none."""
RATED = frozenset({State.DELIVERED, State.CLOSED, State.NOT_ACCEPTED})
"""After these a case can be rated (一事一评)."""
NO_WINDOW = "-"
"""Where nobody at a window had to do with it."""


class BoxSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A box of the wall, and what opens it."""

    box: str
    code: str


class Afterwards:
    """Of one's own cases."""

    def __init__(self, applying: Applying) -> None:
        self._applying = applying

    @property
    def _server(self) -> Server:
        return self._applying.server

    # -- paying

    async def payments(self, case: Case, *, within_s: float = 0.0) -> tuple[PaymentShown, ...]:
        """Every order of a case, the oldest first."""
        found: tuple[PaymentShown, ...] = await self._server.rooms["neighbours"].payments.payable(
            case.id, within_s=within_s
        )
        return found

    async def pay(self, case: Case) -> tuple[PaymentShown, ...]:
        """What is to be paid and where; a fee that is due and was not asked for yet is asked for now, once.

        Raises:
            Refused: ``applying.nothing_due``.
        """
        payments = self._server.rooms["neighbours"].payments
        await payments.ask_where_due(case)
        found = await self.payments(case, within_s=WAIT_S)
        if not found:
            raise Refused("applying.nothing_due")
        return found

    # -- the result

    async def licence(self, case: Case) -> bytes:
        """The licence or decision as the department made it.

        Raises:
            NotFound: ``applying.no_licence``. Unavailable: ``federation.attachment_late``.
        """
        if not case.licence_file or case.outcome is not Outcome.GRANTED:
            raise NotFound("applying.no_licence")
        federation = self._server.rooms["federation"]
        await federation.fetch(case.licence_file)
        content, _ = await self._applying.scans.read(case.licence_file)
        return content

    def box(self, case: Case) -> BoxSeen | None:
        """Where a result waits; None: in no box."""
        found = self._server.rooms["issuing"]["service"].boxed(case.id)
        return BoxSeen(box=found[0], code=found[1]) if found and case.state is State.MADE else None

    async def collect(self, case: Case, code: str, actor: Actor) -> BoxSeen:
        """Take a result out of its box with its code; it counts as handed out.

        Raises:
            Refused: ``issuing.not_boxed``, ``applying.box_code``.
        """
        found = self.box(case)
        if found is None:
            raise Refused("issuing.not_boxed", case=case.id)
        if not hmac.compare_digest(found.code.encode(), code.strip().encode()):
            raise Refused("applying.box_code", field="code")
        federation = self._server.rooms["federation"]
        receipt = Receipt(cases=(case.id,), collector=f"box {found.box}", by=str(actor), at=self._server.now())
        sha256 = await federation.keep(msgspec.json.encode(receipt))
        await federation.bring(sha256)
        item = Item(case=case.id, seen=case.step)
        command = IssueCases(window="", items=(item,), how=Delivery.LOCKER, receipt=sha256)
        await self._server.execute(command, actor=SYSTEM, command_id=f"box-{case.id}-{case.step}")
        return found

    # -- rating

    def level(self, case: Case) -> Level | None:
        """How it was rated; None: not."""
        found = self._server.rooms["evaluation"].ratings.of(ticket_of(case), case.matter)
        return found.level if found is not None else None

    async def rate(self, case: Case, wanted: RatingWanted, actor: Actor, command_id: str | None) -> bytes:
        """Rate what was done; the reply is that of a rating.

        Raises:
            Refused: ``applying.rate_later``: it is not over. DomainError: as of a rating.
        """
        if case.state not in RATED:
            raise Refused("applying.rate_later")
        reply: bytes = await self._server.rooms["evaluation"].intake.give(
            wanted, actor=actor, command_id=command_id, of=self._visit(case)
        )
        return reply

    def _visit(self, case: Case) -> Visit:
        ended = case.ended_at or case.delivered_at or self._server.now()
        clerk = next((one for one in sorted(case.did(Post.ACCEPTOR)) if one.startswith("staff:")), "")
        staff = clerk.removeprefix("staff:") or None
        matter = self._server.directory.matters.get(case.matter)
        part = Part(
            matter=case.matter,
            window=self._window(staff),
            staff=staff,
            line=(matter.line if matter else "") or "",
            ended_at=ended,
        )
        return Visit(
            ticket=ticket_of(case), number=case.number, day=case.ended_on or self._server.business_day, parts=(part,)
        )

    def _window(self, staff: str | None) -> str:
        """Where whoever accepted it serves."""
        account = self._server.rooms["web"].accounts.get(staff) if staff else None
        return min(account.windows, default=NO_WINDOW) if account is not None else NO_WINDOW


def ticket_of(case: Case) -> str:
    """The ticket a case came in on, or what stands for one."""
    return case.ticket or BY_ONESELF + case.id


def channel_of(machine: str) -> RatingChannel:
    """From where somebody rates."""
    return RatingChannel.TERMINAL if machine == "terminal" else RatingChannel.PHONE
