"""Which documents were printed at terminals, and how often each may be: decided here, folded from the journal."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from cases.selfservice import messages as s
from hall_server.days import DayOpened
from hall_server.errors import NotFound, Refused
from hall_server.messages import Recorded
from hall_server.outcome import Context, Outcome

COPIES_MOST = 3
"""Of one document within `messages.DAYS`: one to keep, one to hand in, one that was spoilt."""
TRIES_MOST = 8
"""Together with prints that failed with some of it perhaps on paper."""


class Print(msgspec.Struct, kw_only=True):
    """One print.

    Attributes:
        hands_out: the case is handed out once it is printed.
        is_over: its end is known. is_printed: all of it came out; is_begun: some of it may have.
    """

    id: str
    case: str
    document: str
    day: date
    hands_out: bool = False
    is_over: bool = False
    is_printed: bool = False
    is_begun: bool = True
    reason: str = ""


class Prints:
    """Of the last days (the Fold port of the server), and the Handler of the two commands."""

    types = frozenset({s.PrintBegun.type, s.PrintEnded.type, DayOpened.type})

    def __init__(self) -> None:
        self._by_id: dict[str, Print] = {}
        self._of: dict[tuple[str, str], list[str]] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in; an end may come without its beginning, which is too long ago."""
        match recorded.event:
            case s.PrintBegun() as event:
                self._by_id[event.print] = Print(
                    id=event.print,
                    case=event.case,
                    document=event.document,
                    day=recorded.business_day,
                    hands_out=event.hands_out,
                )
                self._of.setdefault((event.case, event.document), []).append(event.print)
            case s.PrintEnded() as event:
                if (found := self._by_id.get(event.print)) is not None:
                    found.is_over, found.is_printed = True, event.is_printed
                    found.is_begun, found.reason = event.is_begun, event.reason
            case DayOpened():
                self._forget(recorded.business_day - timedelta(days=s.DAYS))

    def get(self, id_: str) -> Print:
        """A print.

        Raises:
            NotFound: ``selfservice.print_unknown``.
        """
        found = self._by_id.get(id_)
        if found is None:
            raise NotFound("selfservice.print_unknown", print=id_)
        return found

    def all(self) -> tuple[Print, ...]:
        """Those of the last days, the oldest first."""
        return tuple(self._by_id.values())

    def left(self, case: str, document: str) -> int:
        """How often a document may still be printed; one whose end is not known counts as printed."""
        known = [self._by_id[one] for one in self._of.get((case, document), ())]
        printed = sum(one.is_printed or not one.is_over for one in known)
        tried = sum(one.is_begun or one.is_printed for one in known)
        return max(0, min(COPIES_MOST - printed, TRIES_MOST - tried))

    def begin(self, command: s.BeginPrint, context: Context) -> Outcome:
        """Put on record that a document goes to a printer.

        Raises:
            Refused: ``selfservice.prints_many``.
        """
        if not self.left(command.case, command.document):
            raise Refused("selfservice.prints_many", most=COPIES_MOST, days=s.DAYS)
        event = s.PrintBegun(
            print=command.print,
            case=command.case,
            document=command.document,
            machine=command.machine,
            printer=command.printer,
            hands_out=command.hands_out,
        )
        return Outcome(events=(event,))

    def end(self, command: s.EndPrint, context: Context) -> Outcome:
        """Put on record how it ended, once.

        Raises:
            NotFound: ``selfservice.print_unknown``.
        """
        found = self.get(command.print)
        if found.is_over:
            return Outcome(events=())
        event = s.PrintEnded(
            print=found.id,
            case=found.case,
            document=found.document,
            is_printed=command.is_printed,
            is_begun=command.is_begun,
            reason=command.reason,
            sheets=command.sheets,
        )
        return Outcome(events=(event,))

    def _forget(self, before: date) -> None:
        old = [one for one in self._by_id.values() if one.day < before]
        for one in old:
            del self._by_id[one.id]
            self._of[one.case, one.document].remove(one.id)
        self._of = {key: ids for key, ids in self._of.items() if ids}
