"""The windows that may serve a matter follow the directory: windows that change, matters that change."""

from __future__ import annotations

import msgspec

from hall_server.directory.model import Express
from tests.fakes.queue_hall import QueueHall


def test_the_windows_of_a_matter_follow_windows_and_matters_that_change(hall: QueueHall) -> None:
    directory, rules = hall.server.directory, hall.room.hall
    matter = directory.matters[hall.matters("business")[0]]
    plain = rules.serving_windows(matter.line, matter.id)
    assert plain == rules.serving_windows(matter.line, None) == directory.windows_of_line(matter.line)

    window = plain[0]
    directory.apply(msgspec.structs.replace(window, express=Express.ONLY))
    assert window.id not in [one.id for one in rules.serving_windows(matter.line, matter.id)]
    directory.apply(msgspec.structs.replace(matter, express=True))
    assert window.id in [one.id for one in rules.serving_windows(matter.line, matter.id)]
    directory.apply(msgspec.structs.replace(window, active=False))
    assert window.id not in [one.id for one in rules.serving_windows(matter.line, matter.id)]
