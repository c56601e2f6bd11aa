"""A small hall to change: two zones, two lines, two windows, a department and a matter."""

from collections.abc import Callable

import pytest

from hall_server.directory.checks import save
from hall_server.directory.directory import Directory
from hall_server.directory.model import Department, Hall, Line, Matter, Staff, TaskType, Window, Zone


@pytest.fixture
def matter_of() -> Callable[..., Matter]:
    """Make matters by name; everything else has a default."""

    def make(name: str, **fields: object) -> Matter:
        code = str(fields.pop("code", f"C-{name}"))
        defaults: dict[str, object] = {
            "id": f"m{abs(hash(code)) % 10**9}",
            "department": "rsj",
            "line": "labour",
            "task_type": TaskType.PUBLIC_SERVICE,
        }
        return Matter(name=name, code=code, **{**defaults, **fields})

    return make


@pytest.fixture
def small_hall() -> Directory:
    """The small hall, every record checked."""
    directory = Directory()
    for item in (
        Hall(id="h1", name="大厅"),
        Zone(id="z1", name="一区"),
        Zone(id="z2", name="二区"),
        Line(id="labour", name="社保", prefix="A", zone="z1"),
        Line(id="tax", name="税务", prefix="B", zone="z2"),
        Department(id="rsj", name="区人社局", line="labour"),
        Department(id="swj", name="区税务局", line="tax"),
        Matter(
            id="card",
            code="C1",
            name="社会保障卡申领",
            department="rsj",
            line="labour",
            task_type=TaskType.PUBLIC_SERVICE,
        ),
        Window(id="w01", number=1, name="一窗", zone="z1", lines=("labour", "tax")),
        Window(id="w02", number=2, name="二窗", zone="z2", lines=("tax",)),
        Staff(id="s01", number="1001", roles=("staff",), windows=("w01",)),
    ):
        save(directory, item)
    return directory
