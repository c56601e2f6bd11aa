"""Puts the sheets of a month together: one of a department, or one for each of the hall's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from attendance.board import Board
from attendance.sheet import Sheets
from attendance.sheet_table import Book, Person, Sheet, Words, book, sheet
from attendance.state import Roster
from hall_server.errors import NotFound

if TYPE_CHECKING:
    from hall_server.directory.model import Department, Hall, Staff
    from hall_server.server import Server

_DAY = timedelta(days=1)


class SheetBooks:
    """Makes books."""

    def __init__(self, server: Server, board: Board, sheets: Sheets, roster: Roster) -> None:
        self._server, self._board, self._sheets, self._roster = server, board, sheets, roster

    def people(self, department: str = "") -> list[Staff]:
        """The active staff of a department, or of the whole hall, by number.

        Raises:
            NotFound: ``attendance.no_department``.
        """
        directory = self._server.directory
        if department and department not in directory.departments:
            raise NotFound("attendance.no_department", department=department)
        found = [one for one in directory.staff.values() if one.active]
        found = [one for one in found if not department or self._roster.departments.get(one.id) == department]
        return sorted(found, key=lambda one: (len(one.number), one.number))

    async def made(self, first: date, last: date, department: str, language: str) -> Book:
        """The book of some days of a department; of the hall, with a sheet for each department, where none is named.

        Raises:
            NotFound: ``attendance.no_department``.
        """
        people = self.people(department)
        found = await self._sheets.days([one.id for one in people], first, last)
        persons = {
            one.id: Person(number=one.number, name=self._board.name(one.id), days=found[one.id]) for one in people
        }
        words = self._words(language)
        days = [first + _DAY * n for n in range((last - first).days + 1)]
        sheets = list[Sheet]()
        for place, some in self._grouped(people, department):
            them = [persons[one.id] for one in some]
            sheets.append(await asyncio.to_thread(self._sheet, place, days, them, words, language))
        return book(sheets, words)

    def _grouped(self, people: list[Staff], department: str) -> list[tuple[Department | Hall | None, list[Staff]]]:
        """Departments in the directory's order with their people; last those who are on no department's sheet."""
        directory = self._server.directory
        by_place: dict[str, list[Staff]] = {}
        for one in people:
            by_place.setdefault(self._roster.departments.get(one.id, ""), []).append(one)
        found: list[tuple[Department | Hall | None, list[Staff]]] = [
            (place, by_place[id_]) for id_, place in directory.departments.items() if id_ in by_place
        ]
        if department:
            return found or [(directory.departments[department], [])]
        known = {id_ for id_ in by_place if id_ in directory.departments}
        others = [one for one in people if self._roster.departments.get(one.id, "") not in known]
        return [*found, *([(directory.hall, others)] if others or not found else [])]

    def _sheet(
        self,
        place: Department | Hall | None,
        days: Sequence[date],
        people: list[Person],
        words: Words,
        language: str,
    ) -> Sheet:
        name = "" if place is None else place.name if language.startswith("zh") else place.name_en or place.name
        locales = self._server.locales
        title = locales.text("attendance.sheet.title", language, name=name, month=f"{days[0]:%Y-%m}")
        calendar = self._server.directory.calendar
        today = self._server.business_day
        return sheet(name, title, days, people, words, today=today, is_workday=calendar.is_workday)

    def _words(self, language: str) -> Words:
        locales = self._server.locales
        return lambda key: locales.text(_key(key), language)


def _key(key: str) -> str:
    return f"attendance.{key}" if key.startswith("state.") else f"attendance.sheet.{key}"
