"""What rules look at beside a case's events: what it costs and was charged, and what its department's system said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from cases.catalogue.model import Edition
from cases.catalogue.situations import needs
from cases.model import Case, ChargeState
from cases.supervision.facts import Done
from cases.supervision.of_case import Beside

Pushes = Mapping[str, tuple[Done, ...]]
"""Case → when it was pushed, acknowledged, and read back."""


class Neighbours(Protocol):
    """What is asked of the neighbours (``rooms["neighbours"]``)."""

    async def pushes(self, cases: Sequence[str]) -> Pushes:
        """What was pushed to departments' systems of these cases."""
        ...


class BesideCases:
    """Asks the catalogue and the neighbours of a place; a place without either knows nothing."""

    def __init__(self, rooms: dict[str, Any], edition: Callable[[str], Edition | None]) -> None:
        self._rooms = rooms
        self._edition = edition

    async def pushes(self, cases: Sequence[str]) -> Pushes:
        """What departments' systems were sent and said."""
        neighbours: Neighbours | None = self._rooms.get("neighbours")
        return await neighbours.pushes(cases) if neighbours is not None else {}

    def of(self, case: Case, pushed: tuple[Done, ...] = ()) -> Beside:
        """All of a case; what was paid twice counts twice until it went back."""
        edition = self._edition(case.edition)
        listed = needs(edition, case.answers).fees if edition is not None else ()
        known = [one for one in case.charges if one.state is ChargeState.PAID]
        return Beside(
            done=pushed,
            fee_listed_fen=sum(one.amount_fen for one in listed) if listed else None,
            fee_charged_fen=sum(one.amount_fen for one in known),
            nodes=edition.nodes if edition is not None else (),
        )
