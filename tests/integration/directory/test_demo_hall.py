"""The shipped halls are whole: every matter has a line, every line a window, and the kiosk something to say."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from hall_server.directory.calendar import read_years
from hall_server.directory.catalogue_import import plan, read
from hall_server.directory.checks import save
from hall_server.directory.directory import Directory
from hall_server.directory.hall_file import DemoHall, load_demo
from hall_server.directory.search import MatterSearch
from hall_server.errors import Invalid
from hall_server.settings import load as load_settings

CONFIG = Path(__file__).resolve().parents[3] / "config"


@pytest.fixture(scope="module")
def demo() -> DemoHall:
    """The demonstration hall's file, read with its catalogue and calendar."""
    return load_demo(CONFIG / "demo_hall.toml")


@pytest.fixture(scope="module")
def hall(demo: DemoHall) -> Directory:
    """The demonstration hall, built from its events with every check on."""
    directory = Directory()
    for event in demo.events:
        save(directory, event.item)
    return directory


def test_the_real_catalogue_is_all_there(hall: Directory) -> None:
    assert len(hall.matters) == 1135
    assert len(hall.departments) == 34
    assert len({matter.id for matter in hall.matters.values()}) == 1135
    assert all(hall.matters_of_department(department) for department in hall.departments)


def test_every_line_is_served_and_every_matter_can_be_called(hall: Directory) -> None:
    assert (len(hall.zones), len(hall.lines), len(hall.windows)) == (5, 10, 20)
    assert all(hall.windows_of_line(line) for line in hall.lines)
    assert all(hall.windows_of_matter(matter) for matter in hall.matters.values())


def test_a_window_calls_only_to_its_own_zone(hall: Directory) -> None:
    for window in hall.windows.values():
        assert {line.zone for line in hall.lines_of_window(window.id)} == {window.zone}


def test_everything_has_an_english_name(hall: Directory) -> None:
    assert hall.hall is not None
    assert hall.hall.demo
    named = [hall.hall, *hall.hall.priorities, *hall.zones.values(), *hall.lines.values()]
    for item in [*named, *hall.windows.values(), *hall.departments.values(), *hall.frequent_matters()]:
        assert item.name_en, item


def test_frequent_matters_tell_what_to_bring(hall: Directory) -> None:
    frequent = hall.frequent_matters()
    assert 10 <= len(frequent) <= 16
    assert len({matter.line for matter in frequent}) >= 5
    for matter in frequent:
        assert matter.guidance is not None
        assert matter.guidance.materials
        assert matter.guidance.limit_workdays is not None


def test_every_window_has_its_own_person(demo: DemoHall, hall: Directory) -> None:
    sitting = [window for person in demo.accounts for window in person.windows]
    assert sorted(sitting) == sorted(hall.windows)
    assert len({person.display_name for person in demo.accounts}) == len(demo.accounts) == 22
    assert {role for person in demo.accounts for role in person.roles} == {"staff", "manager", "admin"}


def test_names_of_people_stay_out_of_the_events(demo: DemoHall) -> None:
    journalled = msgspec.json.encode([event.item for event in demo.events]).decode()
    assert not [person for person in demo.accounts if person.display_name in journalled]


def test_importing_the_catalogue_again_changes_nothing(demo: DemoHall, hall: Directory) -> None:
    file = read(CONFIG / "catalogue" / "catalogue_qianfeng.csv")
    assert plan(hall, file.rows, demo.grouping).events == ()


def test_reading_the_hall_twice_gives_the_same_events(demo: DemoHall) -> None:
    assert load_demo(CONFIG / "demo_hall.toml").events == demo.events


def test_the_calendar_is_whole(hall: Directory) -> None:
    assert sorted(hall.calendar.years) == list(range(2007, 2028))
    assert list(hall.calendar.years.values()) == list(read_years(CONFIG / "calendar"))


def test_the_hall_is_searched_by_its_departments_too(hall: Directory) -> None:
    search = MatterSearch()
    names = {department.id: department.name for department in hall.departments.values()}
    search.rebuild(hall.matters.values(), names)
    assert search.find("气象")[0].department == "qxj"


@pytest.mark.parametrize("name", ["demo_hall.toml", "hall.toml"])
def test_a_hall_files_settings_are_settings(name: str) -> None:
    settings = load_settings(CONFIG / name)
    founded = next(iter(load_demo(CONFIG / name).events))
    assert founded.subject == f"hall:{settings.hall}"


def test_the_example_of_a_real_hall_is_read() -> None:
    example = load_demo(CONFIG / "hall.toml")
    assert example.accounts == ()
    directory = Directory()
    for event in example.events:
        save(directory, event.item)
    assert directory.hours is not None
    assert directory.hours.last_ticket_minutes == 10


@pytest.mark.parametrize("name", ["demo_hall.toml", "hall.toml"])
def test_a_hall_file_has_no_misspelt_key(name: str) -> None:
    from hall_server.directory import model

    records = {
        "hall": model.Hall,
        "hours": model.Hours,
        "zones": model.Zone,
        "lines": model.Line,
        "windows": model.Window,
        "departments": model.Department,
    }
    content = tomllib.loads((CONFIG / name).read_text(encoding="utf-8"))
    for table, record in records.items():
        entries = content.get(table, [])
        for entry in entries if isinstance(entries, list) else [entries]:
            assert set(entry) <= set(record.__struct_fields__), table


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('prefix = "B"', 'prefix = "A"', "directory.prefix_taken"),
        ('zone = "z3"', 'zone = "z33"', "directory.zone_unknown"),
        ("511F82001002-", "599F82001002-", "'matters'"),
        ('number = "1001"', 'number = "1002"', "directory.staff_number_taken"),
        ("[[staff]]", "[[stuff]]", "stuff"),
        ("[hall]", "[hall", "unreadable"),
    ],
)
def test_a_mistake_in_a_hall_file_is_named(tmp_path: Path, old: str, new: str, reason: str) -> None:
    text = (CONFIG / "demo_hall.toml").read_text(encoding="utf-8").replace('"catalogue/', f'"{CONFIG}/catalogue/')
    path = tmp_path / "hall.toml"
    path.write_text(text.replace('"calendar"', f'"{CONFIG}/calendar"').replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Invalid) as refusal:
        load_demo(path)
    assert reason in f"{refusal.value.code} {refusal.value.fields}"


def test_a_hall_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="unreadable"):
        load_demo(tmp_path / "none.toml")
