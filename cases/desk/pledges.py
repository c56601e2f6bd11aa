"""What an applicant pledges (告知承诺): shown and signed before the case is accepted on it, and kept with the case.

Source: 优化营商环境条例 19; 行政许可法 34 (what is pledged is checked afterwards).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.catalogue.model import Edition
from cases.catalogue.situations import Answers, asked, needs
from cases.desk.requests import Signing
from evaluation.confirmation.model import LABEL_MOST, TITLE_MOST, VALUE_MOST, Sheet, SheetState
from evaluation.confirmation.model import Field as SheetField
from hall_server.errors import Refused
from hall_server.web.locales import LANGUAGES

if TYPE_CHECKING:
    from hall_server.federation.room import Room as Federation
    from hall_server.server import Server

PAPER = "paper"


class Pledges:
    """Finds the signed sheet of a pledge, and keeps it as a PDF beside the form."""

    def __init__(self, server: Server, federation: Federation) -> None:
        self._server = server
        self._federation = federation

    def title(self, edition: Edition, language: str) -> str:
        """What the sheet is headed with; by this the pledge of a matter is known."""
        return self._server.locales.text("case_desk.pledge.title", language, name=edition.name)[:TITLE_MOST]

    def fields(self, edition: Edition, answers: Answers, language: str) -> list[SheetField]:
        """What is pledged: every condition of the situation, and what follows if it is not so."""
        text = self._server.locales.text
        held = {one.id: answers[one.id] for one in asked(edition, answers) if answers.get(one.id)}
        conditions = (*edition.conditions, *needs(edition, held).conditions)
        found = [
            (text("case_desk.pledge.condition", language, n=at), one)
            for at, one in enumerate(dict.fromkeys(conditions), start=1)
        ]
        found.append((text("case_desk.pledge.words_label", language), text("case_desk.pledge.words", language)))
        return [SheetField(label=label[:LABEL_MOST], value=value[:VALUE_MOST]) for label, value in found]

    async def signed(self, edition: Edition, ticket: str | None, how: Signing | None) -> str:
        """How the pledge was signed, as the case keeps it: SHA-256 of the kept PDF, or ``paper``.

        Raises:
            Refused: ``case.pledge_unsigned``.
        """
        if how is Signing.PAPER:
            return PAPER
        sheet = await self._sheet(edition, ticket) if how is Signing.PAD and ticket else None
        if sheet is None:
            raise Refused("case.pledge_unsigned", case="")
        from evaluation.confirmation.taking_out import made  # here: only who pledges needs it

        keeper = self._server.rooms["confirmation"]["keeper"]
        return await self._federation.keep(
            await made(self._server, keeper, sheet, language=LANGUAGES[0], is_copy=False)
        )

    async def _sheet(self, edition: Edition, ticket: str) -> Sheet | None:
        room = self._server.rooms["confirmation"]
        titles = {self.title(edition, one) for one in LANGUAGES}
        sheets: list[Sheet] = [one for one in room["sheets"].by_id.values() if one.ticket == ticket]
        for sheet in reversed(sheets):
            if sheet.state is SheetState.CONFIRMED and (await room["keeper"].content(sheet.id)).title in titles:
                return sheet
        return None
