"""The table of all cases in views.db, made of events: where each stands, for lists and search; people are ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from cases import messages as m
from cases.model import State
from hall_server.database.connections import Database
from hall_server.database.projections import Change
from hall_server.journal.rows import microseconds, moment
from hall_server.messages import Recorded

_INSERT = (
    "INSERT OR REPLACE INTO cases (id, number, business_day, received_at, received_on, window, ticket, staff, edition,"
    " matter, department, hall, applicant, form, package, query_digest, writer, state, before)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_STATE = "UPDATE cases SET before = state, state = ? WHERE id = ?"
_BACK = "UPDATE cases SET state = before WHERE id = ?"
_ACCEPTED = "UPDATE cases SET before = state, state = ?, accepted_at = ? WHERE id = ?"
_ENDED = "UPDATE cases SET before = state, state = ?, ended_at = ? WHERE id = ?"
_WRITER = "UPDATE cases SET writer = ? WHERE id = ?"
_COLUMNS = (
    "id, number, business_day, received_at, received_on, window, ticket, staff, edition, matter, department, hall,"
    " applicant, form, package, writer, state, accepted_at, ended_at"
)
_ONE = f"SELECT {_COLUMNS} FROM cases WHERE id = ?"  # noqa: S608  # constants only
_WHERE = (
    "(:window IS NULL OR window = :window) AND (:day IS NULL OR business_day = :day)"
    " AND (:number IS NULL OR number LIKE :number ESCAPE '!') AND (:applicant IS NULL OR applicant = :applicant)"
)
_LIST = f"SELECT {_COLUMNS} FROM cases WHERE {_WHERE} ORDER BY received_at DESC, id DESC LIMIT :limit OFFSET :offset"  # noqa: S608  # as above
_OF_PACKAGE = f"SELECT {_COLUMNS} FROM cases WHERE package = ? ORDER BY received_at, id"  # noqa: S608  # as above
_TOTAL = f"SELECT count(*) FROM cases WHERE {_WHERE}"  # noqa: S608  # as above

_STATES: Mapping[str, State] = {
    m.CorrectionAsked.type: State.CORRECTION,
    m.CorrectionSupplied.type: State.RECEIVED,
    m.CaseAccepted.type: State.ACCEPTED,
    m.CaseNotAccepted.type: State.NOT_ACCEPTED,
    m.CaseExamined.type: State.EXAMINED,
    m.ProcedureBegun.type: State.SUSPENDED,
    m.CaseForwarded.type: State.FORWARDED,
    m.CaseDecided.type: State.DECIDED,
    m.LicenceMade.type: State.MADE,
    m.CaseDelivered.type: State.DELIVERED,
    m.CaseWithdrawn.type: State.WITHDRAWN,
    m.CaseTerminated.type: State.TERMINATED,
    m.CaseClosed.type: State.CLOSED,
    m.ResultGivenUp.type: State.CLOSED,
}
"""Event → the state after it; what is not here leaves it, and the end of a procedure gives the one before back."""


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list; ``applicant`` and ``form`` say who it is to nobody."""

    id: str
    number: str
    business_day: date
    received_at: datetime
    received_on: date
    window: str | None
    ticket: str | None
    staff: str
    edition: str
    matter: str
    department: str
    hall: str
    applicant: str | None
    form: str
    package: str | None
    writer: str
    state: State
    accepted_at: datetime | None
    ended_at: datetime | None


class CasesAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases are meant; ``number``: some of its letters, from the beginning or the end."""

    window: str | None = None
    day: date | None = None
    number: str | None = None
    applicant: str | None = None
    limit: int = 50
    offset: int = 0

    def parameters(self) -> Any:  # sqlite3 takes a mapping where the port says sequence
        """What the queries take."""
        found = msgspec.structs.asdict(self)
        escaped = "".join(f"!{one}" if one in "!%_" else one for one in (self.number or "").upper())
        number = f"%{escaped}%" if self.number else None
        return {**found, "day": self.day.isoformat() if self.day else None, "number": number}


class CaseTable:
    """One row a case that came in at this hall, or that the city began for a package of this hall.

    Moments in UTC microseconds, steps of the city taken in as they come.
    """

    name = "cases"
    types = frozenset(one.type for one in m.EVENTS)
    version = 3
    tables: tuple[str, ...] = ("cases",)
    schema = """
        CREATE TABLE IF NOT EXISTS cases (
            id TEXT PRIMARY KEY, number TEXT NOT NULL, business_day TEXT NOT NULL, received_at INTEGER NOT NULL,
            received_on TEXT NOT NULL, window TEXT, ticket TEXT, staff TEXT NOT NULL, edition TEXT NOT NULL,
            matter TEXT NOT NULL, department TEXT NOT NULL, hall TEXT NOT NULL, applicant TEXT, form TEXT NOT NULL,
            package TEXT, query_digest TEXT NOT NULL, writer TEXT NOT NULL, state TEXT NOT NULL, before TEXT NOT NULL,
            accepted_at INTEGER, ended_at INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS cases_day ON cases (business_day, window);
        CREATE INDEX IF NOT EXISTS cases_number ON cases (number);
        CREATE INDEX IF NOT EXISTS cases_applicant ON cases (applicant, received_at);
        CREATE INDEX IF NOT EXISTS cases_package ON cases (package) WHERE package IS NOT NULL;
        CREATE INDEX IF NOT EXISTS cases_query ON cases (query_digest);
    """

    def __init__(self, hall: str) -> None:
        """``hall``: its id."""
        self._hall = hall

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """What an event changes in the table."""
        match recorded.event:
            case m.CaseReceived() as event:
                yield _INSERT, _row(event, recorded.business_day, recorded.actor)
            case m.CityStepTaken(step_type=m.CaseReceived.type) as step:
                if step.payload.get("hall") == self._hall:
                    event = msgspec.convert(step.payload, m.CaseReceived)
                    yield _INSERT, _row(event, recorded.business_day, step.actor)
            case m.CityStepTaken() as step:
                yield from _changes(step.case, step.step_type, step.at, step.payload)
            case m.CaseEvent() as event:
                payload = {"writer": event.writer} if isinstance(event, m.CaseHandedOver) else {}
                yield from _changes(event.case, event.type, recorded.at, payload)
            case _:
                return


def _row(event: m.CaseReceived, day: date, actor: str) -> tuple[Any, ...]:
    return (
        *(event.case, event.number, day.isoformat(), microseconds(event.received_at)),
        *(event.received_on.isoformat(), event.window, event.ticket, actor, event.edition, event.matter),
        *(event.department, event.hall, event.applicant, event.form, event.package, event.query_digest),
        *(event.first_writer, State.RECEIVED.value, State.RECEIVED.value),
    )


def _changes(case: str, type_: str, at: datetime, payload: Mapping[str, Any]) -> Iterable[Change]:
    state = _STATES.get(type_)
    if type_ == m.ProcedureEnded.type:
        yield _BACK, (case,)
    elif type_ == m.CaseHandedOver.type:
        yield _WRITER, (payload.get("writer", "city"), case)
    elif state is State.ACCEPTED:
        yield _ACCEPTED, (state.value, microseconds(at), case)
    elif state is not None and type_ in m.ENDING:
        yield _ENDED, (state.value, microseconds(at), case)
    elif state is not None:
        yield _STATE, (state.value, case)


async def one(views: Database, case: str) -> CaseRow | None:
    """A case of any day."""
    found = await views.fetch(_ONE, (case,))
    return _read(found[0]) if found else None


async def of_package(views: Database, package: str) -> list[CaseRow]:
    """The cases that the parts of a package have become, the first one first."""
    return [_read(row) for row in await views.fetch(_OF_PACKAGE, (package,))]


async def some(views: Database, asked: CasesAsked) -> tuple[list[CaseRow], int]:
    """The cases that are meant, the newest first, and how many there are in all."""
    parameters = asked.parameters()
    rows = await views.fetch(_LIST, parameters)
    total = await views.fetch(_TOTAL, parameters)
    return [_read(row) for row in rows], int(total[0][0])


def _read(row: tuple[Any, ...]) -> CaseRow:
    named = dict(zip(_COLUMNS.replace("\n", "").split(", "), row, strict=True))
    for name in ("received_at", "accepted_at", "ended_at"):
        named[name] = moment(named[name]) if named[name] is not None else None
    named["business_day"] = date.fromisoformat(named["business_day"])
    named["received_on"] = date.fromisoformat(named["received_on"])
    return CaseRow(**{**named, "state": State(named["state"])})
