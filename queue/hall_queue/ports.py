"""What the queue asks other parts of the hall before it decides; each is filled by whoever knows the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hall_server.errors import Refused
from hall_server.identity import Actor


def _no_readers(card: str, actor: Actor, command_id: str | None) -> str:
    raise Refused("identity.unknown")


def _no_cards(card: str, actor: Actor) -> None:
    raise Refused("identity.unknown")


@dataclass(slots=True)
class Ports:
    """Questions with the answer of a hall in which nothing is the matter.

    Attributes:
        has_paper: whether a kiosk can print.
        check_person: raises Refused where a person may have no number now.
        check_issuing: raises Refused where the hall gives no numbers, in an emergency.
        check_calling: raises Refused where nobody may be called.
        books: whether appointments can be booked.
        number_of_card: the ID number behind the word a kiosk was given for a card; raises Refused.
        use_card: uses such a word up while the number is decided on; raises Refused where it is used already.
    """

    has_paper: Callable[[Actor], bool] = lambda _: True
    check_person: Callable[[str, datetime], None] = lambda person, now: None
    check_issuing: Callable[[], None] = lambda: None
    check_calling: Callable[[], None] = lambda: None
    books: Callable[[], bool] = lambda: False
    number_of_card: Callable[[str, Actor, str | None], str] = _no_readers
    use_card: Callable[[str, Actor], None] = _no_cards
