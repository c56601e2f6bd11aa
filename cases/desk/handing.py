"""What the visitor is handed: the sheet on the pad that shows what was filled in, and the slip with number and code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cases.catalogue.model import Edition
from cases.desk.pledges import Pledges
from cases.desk.requests import SheetWanted as DeskSheet
from cases.model import Case
from devices.gateway.printing.slip import Language, Listing
from evaluation.confirmation.model import FIELDS_MOST, LABEL_MOST, MATERIAL_MOST, TITLE_MOST, VALUE_MOST
from evaluation.confirmation.model import Field as SheetField
from evaluation.confirmation.requests import SheetWanted
from hall_server.errors import Refused
from hall_server.identity import Actor

if TYPE_CHECKING:
    from hall_server.server import Server

SHORT = 80
PRINTER = "printer"
_PARTY = ("name", "id_number", "phone", "address", "represented_by")


class Handing:
    """Gives the pad and the printer of a window what they show."""

    def __init__(self, server: Server, pledges: Pledges) -> None:
        self._server = server
        self._pledges = pledges

    async def sheet(
        self, window: str, wanted: DeskSheet, edition: Edition, *, actor: Actor, command_id: str | None
    ) -> bytes:
        """Put what was filled in before the visitor, to be read, confirmed and signed; gives the reply as JSON.

        Raises:
            DomainError: as the room of confirmations says.
        """
        ticket = self._server.rooms["hall_queue"].queue.tickets.get(wanted.ticket)
        matters = {ticket.matter, *(one.matter for one in ticket.matters)} if ticket else set()
        matter = edition.matter if edition.matter in matters else None
        title, pledged = edition.name, tuple[SheetField, ...]()
        if wanted.pledge:
            title = self._pledges.title(edition, wanted.language)
            pledged = tuple(self._pledges.fields(edition, wanted.answers, wanted.language))
        return await self.show(
            window,
            wanted,
            matter=matter,
            title=title,
            form=edition.form,
            more=pledged,
            actor=actor,
            command_id=command_id,
        )

    async def show(
        self,
        window: str,
        wanted: DeskSheet,
        *,
        matter: str | None,
        title: str,
        form: dict[str, Any],
        more: tuple[SheetField, ...] = (),
        actor: Actor,
        command_id: str | None,
    ) -> bytes:
        """As `sheet`, of any form: that of a package is no single matter's.

        Args:
            matter: one of the ticket's. form: its JSON Schema, whose titles are the labels.
            more: what stands before the form.
        """
        sheet = SheetWanted(
            ticket=wanted.ticket,
            matter=matter,
            title=title[:TITLE_MOST],
            fields=(*more, *self._fields(wanted, form))[:FIELDS_MOST],
            materials=tuple(one[:MATERIAL_MOST] for one in wanted.materials),
            replaces=wanted.replaces,
        )
        keeper = self._server.rooms["confirmation"]["keeper"]
        reply: bytes = await keeper.send(window, sheet, actor=actor, command_id=command_id)
        return reply

    def printers(self, window: str) -> tuple[str, ...]:
        """The printers of slips at a window."""
        found: tuple[str, ...] = self._server.device_gate.at_window(PRINTER, window)
        return found

    def print_slip(self, window: str, case: Case, name: str, code: str, *, language: str) -> None:
        """Print number and query code at the window.

        Raises:
            Refused: ``case_desk.no_printer``.
        """
        printers, printing = self.printers(window), self._server.rooms.get("printing")
        if not printers or printing is None:
            raise Refused("case_desk.no_printer", window=window)
        tongue = Language.ENGLISH if language.startswith("en") else Language.CHINESE
        say = self._say(tongue)
        hall = self._server.directory.hall
        lines = (
            say("case_desk.slip.matter", name=name),
            say("case_desk.slip.number", number=case.number),
            say("case_desk.slip.code", code=code),
            say("case_desk.slip.keep"),
        )
        slip = Listing(
            language=tongue,
            hall=(hall.name if hall else "")[:SHORT],
            title=say("case_desk.slip.title"),
            lines=tuple(one[:SHORT] for one in lines),
        )
        printing.send(printers[0], "print.text", slip)

    def _fields(self, wanted: DeskSheet, form: dict[str, Any]) -> Iterator[SheetField]:
        say = self._say(Language.ENGLISH if wanted.language.startswith("en") else Language.CHINESE)
        for name in _PARTY:
            if value := str(getattr(wanted.applicant, name)):
                yield SheetField(label=say(f"accept.party.{name}")[:LABEL_MOST], value=value[:VALUE_MOST])
        for path, label in labels(form):
            for value in _values(wanted.fields, path):
                yield SheetField(label=label[:LABEL_MOST], value=value[:VALUE_MOST])

    def _say(self, language: Language) -> Any:
        def say(key: str, **values: str) -> str:
            return self._server.locales.text(key, language.value).format(**values)

        return say


def labels(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every field of a form with its label, in the schema's order; rows of an array are one path."""
    for name, one in schema.get("properties", {}).items():
        inner = one.get("items", one) if one.get("type") == "array" else one
        if isinstance(inner, dict) and inner.get("properties"):
            yield from labels(inner, (*path, name))
        else:
            yield (*path, name), str(one.get("title", name))


def _values(held: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(held, list):
        for one in held:
            yield from _values(one, path)
    elif path:
        if isinstance(held, dict) and path[0] in held:
            yield from _values(held[path[0]], path[1:])
    elif held is not None and held != "":
        yield {True: "是", False: "否"}.get(held, "") if isinstance(held, bool) else str(held)
