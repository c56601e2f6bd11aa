"""The live feed's pictures of appointments, and which events change them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from hall_queue.appointments import messages as m
from hall_queue.appointments.keeping import Keeping
from hall_queue.appointments.pictures import AppointmentPictures
from hall_queue.rule_events import RulesSaved
from hall_server.days import DayOpened
from hall_server.directory.events import DirectoryEvent
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.routes import MANAGER, PUBLIC, Access


class PlacesView:
    """``slots/{line}``: the free places that the booking page offers."""

    access: Access = PUBLIC

    def __init__(self, keeping: Keeping, pictures: AppointmentPictures) -> None:
        self._keeping = keeping
        self._pictures = pictures

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a line."""
        return key in self._keeping.hall.directory.lines

    def picture(self, key: str) -> object:
        """Its places."""
        return self._pictures.places(key)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The line of the appointment or plan; every line after a change of hours, rules or day."""
        event = recorded.event
        if isinstance(event, m.AppointmentEvent):
            one = self._keeping.kept.by_id.get(event.appointment)
            return [one.line] if one else []
        if isinstance(event, m.PlanSaved):
            return [event.line]
        if isinstance(event, (DayOpened, RulesSaved, DirectoryEvent)):
            return list(self._keeping.hall.directory.lines)
        return []


class AppointmentView:
    """``appointment/{token}``: a visitor's own page."""

    access: Access = PUBLIC

    def __init__(self, keeping: Keeping, pictures: AppointmentPictures) -> None:
        self._keeping = keeping
        self._pictures = pictures

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether an appointment that is kept has this token."""
        return key in self._keeping.kept.by_token

    def picture(self, key: str) -> object:
        """The page."""
        kept = self._keeping.kept
        return self._pictures.appointment(kept.by_id[kept.by_token[key]])

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The appointment's own page."""
        event = recorded.event
        one = self._keeping.kept.by_id.get(event.appointment) if isinstance(event, m.AppointmentEvent) else None
        return [one.token] if one else []


class DayView:
    """``appointments/{day}``: a day of the manager's list."""

    access: Access = MANAGER

    def __init__(self, keeping: Keeping, pictures: AppointmentPictures) -> None:
        self._keeping = keeping
        self._pictures = pictures

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether it is a date."""
        return _day(key) is not None

    def picture(self, key: str) -> object:
        """The day's list."""
        return self._pictures.day(_day(key) or self._keeping.today())

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The appointment's day; every day with appointments after a change of a plan."""
        event = recorded.event
        if isinstance(event, m.AppointmentEvent):
            one = self._keeping.kept.by_id.get(event.appointment)
            return [one.day.isoformat()] if one else []
        if isinstance(event, (m.PlanSaved, DayOpened)):
            return [day.isoformat() for day in self._keeping.kept.of_day]
        return []


def _day(key: str) -> date | None:
    try:
        return date.fromisoformat(key) if len(key) == 10 else None
    except ValueError:
        return None
