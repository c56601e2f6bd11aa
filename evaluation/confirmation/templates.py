"""Which fields a matter's sheet had the last time: labels and title only, in the vault, for labels are typed too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from evaluation.confirmation.model import Content

if TYPE_CHECKING:
    from hall_server.server import Server

KIND = "confirmation template"


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """What the next sheet of a matter begins with."""

    title: str = ""
    labels: tuple[str, ...] = ()


class Templates:
    """One for each matter, the last one that was sent."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._written: dict[str, Template] = {}

    async def of(self, matter: str | None) -> Template | None:
        """The matter's, if there is one; sheets without a matter have one together."""
        found = await self._server.vault.text(KIND, _id(matter))
        return msgspec.json.decode(found, type=Template) if found else None

    async def keep(self, matter: str | None, content: Content) -> None:
        """Remember what was shown; the same again writes nothing."""
        template = Template(title=content.title, labels=tuple(one.label for one in content.fields))
        if self._written.get(_id(matter)) == template:
            return
        await self._server.vault.keep_text(KIND, _id(matter), msgspec.json.encode(template).decode())
        self._written[_id(matter)] = template


def _id(matter: str | None) -> str:
    return f"confirmation-template-{matter or 'none'}"
