"""A manager's command becomes an event with the whole record; others are refused, and nothing is said twice."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec
import pytest
from msgspec.structs import replace

from hall_server.directory.catalogue_file import CatalogueFile, CatalogueRow, RowFault
from hall_server.directory.commands import (
    SAVE_COMMANDS,
    FoundHall,
    ImportCatalogue,
    SaveHours,
    SaveMatter,
    SaveStaff,
    SaveWindow,
    SaveZone,
)
from hall_server.directory.directory import Directory
from hall_server.directory.events import DIRECTORY_EVENTS, saved
from hall_server.directory.model import Hours, Matter, Staff, TaskType, Window, Zone
from hall_server.directory.service import DirectoryFold, DirectoryService, ImportReport
from hall_server.errors import Forbidden, Invalid, Refused
from hall_server.identity import SYSTEM, Actor, Role
from hall_server.ids import RandomIds
from hall_server.messages import Command, Event, EventTypes, Recorded
from hall_server.outcome import Context, Outcome

MANAGER = Actor(kind=Role.STAFF, id="m1", roles=frozenset({Role.STAFF, Role.MANAGER}))
ADMIN = Actor(kind=Role.STAFF, id="a1", roles=frozenset({Role.ADMIN}))
CLERK = Actor(kind=Role.STAFF, id="s1", roles=frozenset({Role.STAFF}))
Decide = Callable[..., Outcome]


def recorded(event: Event) -> Recorded:
    return Recorded(
        seq=1, at=datetime(2026, 11, 23, tzinfo=UTC), business_day=date(2026, 11, 23), event=event, actor=""
    )


@pytest.fixture
def decide(small_hall: Directory) -> Decide:
    """Give a command to its handler and fold what it decides."""
    handlers = DirectoryService(small_hall).handlers()
    fold = DirectoryFold(small_hall)

    def run(command: Command, actor: Actor = MANAGER) -> Outcome:
        now = datetime(2026, 11, 23, tzinfo=UTC)
        context = Context(now=now, business_day=now.date(), actor=actor, ids=RandomIds())
        outcome = handlers[type(command)](command, context)
        for event in outcome.events:
            fold.apply(recorded(event))
        return outcome

    return run


def test_a_saved_record_is_an_event_and_the_reply(decide: Decide, small_hall: Directory) -> None:
    outcome = decide(SaveZone(item=Zone(id="z1", name="新名", name_en="New")))
    assert [(event.type, event.subject) for event in outcome.events] == [("directory.zone_saved", "zone:z1")]
    assert outcome.reply() == small_hall.zones["z1"] == Zone(id="z1", name="新名", name_en="New")


def test_saving_the_same_again_says_nothing(decide: Decide, small_hall: Directory) -> None:
    outcome = decide(SaveZone(item=small_hall.zones["z1"]))
    assert outcome.events == ()
    assert outcome.reply() == small_hall.zones["z1"]


def test_a_record_without_an_id_gets_one(decide: Decide, small_hall: Directory) -> None:
    zone = decide(SaveZone(item=Zone(name="新区"))).reply()
    assert isinstance(zone, Zone)
    assert small_hall.zones[zone.id] == zone
    decide(SaveWindow(item=Window(number=7, name="七窗", zone="z1", lines=("tax",))))
    assert small_hall.windows["w07"].number == 7
    matter = Matter(code="C5", name="事", department="rsj", line="labour", task_type=TaskType.LICENCE)
    made = decide(SaveMatter(item=matter)).reply()
    assert isinstance(made, Matter)
    assert made.id.startswith("m")
    again = decide(SaveMatter(item=replace(matter, name="改名"))).reply()
    assert isinstance(again, Matter)
    assert again.id == made.id


def test_clerks_and_visitors_may_not_change_the_hall(decide: Decide, small_hall: Directory) -> None:
    for actor in (CLERK, Actor(kind=Role.DEVICE, id="k1", roles=frozenset({Role.DEVICE}))):
        with pytest.raises(Forbidden):
            decide(SaveZone(item=Zone(id="z9", name="区")), actor)
        with pytest.raises(Forbidden):
            decide(ImportCatalogue(file=CatalogueFile()), actor)
        with pytest.raises(Forbidden):
            decide(FoundHall(events=()), actor)
    assert "z9" not in small_hall.zones


def test_a_manager_cannot_make_or_unmake_an_administrator(decide: Decide, small_hall: Directory) -> None:
    boss = Staff(id="a1", number="9000", roles=("admin",))
    with pytest.raises(Forbidden):
        decide(SaveStaff(item=boss))
    decide(SaveStaff(item=boss), ADMIN)
    with pytest.raises(Forbidden):
        decide(SaveStaff(item=replace(boss, roles=("staff",))))
    with pytest.raises(Forbidden):
        decide(SaveStaff(item=replace(boss, active=False)))
    assert small_hall.staff["a1"] == boss


def test_an_unfit_record_is_refused_and_nothing_changes(decide: Decide, small_hall: Directory) -> None:
    with pytest.raises(Invalid):
        decide(SaveHours(item=Hours(days=())))
    assert small_hall.hours is None


def test_a_hall_is_founded_once(decide: Decide, small_hall: Directory) -> None:
    with pytest.raises(Refused):
        decide(FoundHall(events=()), SYSTEM)
    small_hall.hall = None
    decide(FoundHall(events=(saved(Zone(id="z5", name="五区")),)), SYSTEM)
    assert small_hall.zones["z5"].name == "五区"


ROW = CatalogueRow(row=2, department="区人社局", name="新事", code="N1", task_type=TaskType.LICENCE)
FAULT = RowFault(row=3, column="item_name", reason="empty")


def test_a_good_file_is_imported_and_reported(decide: Decide, small_hall: Directory) -> None:
    outcome = decide(ImportCatalogue(file=CatalogueFile(rows=(ROW,))))
    assert outcome.reply() == ImportReport(rows=1, departments_added=0, added=1, changed=0, unchanged=0)
    assert small_hall.matter_by_code("N1") is not None
    again = decide(ImportCatalogue(file=CatalogueFile(rows=(ROW,))))
    assert again.events == ()
    assert again.reply() == ImportReport(rows=1, departments_added=0, added=0, changed=0, unchanged=1)


def test_a_broken_file_imports_nothing_unless_told(decide: Decide, small_hall: Directory) -> None:
    file = CatalogueFile(rows=(ROW,), faults=(FAULT,))
    with pytest.raises(Invalid) as refusal:
        decide(ImportCatalogue(file=file))
    assert refusal.value.fields["faults"] == [FAULT]
    assert small_hall.matter_by_code("N1") is None
    report = decide(ImportCatalogue(file=file, skip_bad=True)).reply()
    assert isinstance(report, ImportReport)
    assert (report.added, report.skipped) == (1, (FAULT,))


def test_a_file_that_is_no_catalogue_is_refused_even_then(decide: Decide) -> None:
    file = CatalogueFile(faults=(RowFault(row=1, column="item_code", reason="column_missing"),), is_fatal=True)
    with pytest.raises(Invalid, match="unreadable"):
        decide(ImportCatalogue(file=file, skip_bad=True))


def test_new_departments_wait_in_the_line_named_for_them(decide: Decide, small_hall: Directory) -> None:
    file = CatalogueFile(rows=(replace(ROW, department="区新局"),))
    with pytest.raises(Invalid):
        decide(ImportCatalogue(file=file))
    decide(ImportCatalogue(file=file, fallback_line="tax"))
    department = small_hall.department_by_name("区新局")
    assert department is not None
    assert department.line == "tax"


def test_every_event_survives_the_journal(small_hall: Directory) -> None:
    types = EventTypes()
    types.add(*DIRECTORY_EVENTS)
    for item in small_hall.items():
        event = saved(item)
        assert types.read(event.type, event.version, msgspec.json.encode(event)) == event
    assert len(types.known()) == len(DIRECTORY_EVENTS) == len(SAVE_COMMANDS)
