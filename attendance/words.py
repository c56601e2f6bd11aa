"""What people write (why they are away, what they object to, a manager's answer) lies in the vault and in no event."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import msgspec

from attendance.board import RequestShown
from attendance.records import Request
from hall_server.directory.wording import text_fault
from hall_server.errors import DomainError, Invalid, Unavailable
from hall_server.identity import Actor, keyed_text

if TYPE_CHECKING:
    from hall_server.server import Server

KIND = "attendance words"
MOST = 500


class Words:
    """Keeps what is written and gives it back; what was refused is erased again."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @contextlib.asynccontextmanager
    async def kept(
        self, text: str, field: str, actor: Actor, command_id: str | None, *, may_be_empty: bool = False
    ) -> AsyncIterator[str]:
        """The vault's id while a command is decided; "" where nothing was written.

        Raises:
            Invalid: ``attendance.bad_text`` at the field.
        """
        if fault := text_fault(text, limit=MOST, may_be_empty=may_be_empty):
            raise Invalid("attendance.bad_text", **{field: fault})
        if not text:
            yield ""
            return
        id_ = self._id(text, actor, command_id)
        await self._server.vault.keep_text(KIND, id_, text)
        try:
            yield id_
        except Unavailable:
            raise  # whether it was decided is not known: it stays
        except DomainError as exc:
            if exc.code != "command.reused":  # then they are the words of the command that it stood for
                await self._server.vault.erase(id_)
            raise

    async def told(self, request: Request) -> Request:
        """A request with its words in place of their ids; words that were erased are empty."""
        reason, answer = await self._text(request.reason), await self._text(request.answer)
        return msgspec.structs.replace(request, reason=reason, answer=answer)

    async def shown(self, found: list[RequestShown]) -> list[RequestShown]:
        """The same for many."""
        return [msgspec.structs.replace(one, request=await self.told(one.request)) for one in found]

    async def _text(self, id_: str) -> str:
        return (await self._server.vault.text(KIND, id_) or "") if id_ else ""

    def _id(self, text: str, actor: Actor, command_id: str | None) -> str:
        """The same for the same command, which must be the same command when it comes again."""
        if command_id is None:
            return self._server.ids.new()
        return keyed_text(self._server.keys.lookup, f"{KIND}\n{actor}\n{command_id}\n{text}")
