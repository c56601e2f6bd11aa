"""What the enquiry table shows: windows with who sits there, fees with what they rest on, policies, complaints."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from cases.catalogue.model import Law
from cases.enquiry.model import About, Channel, Complaint, ComplaintState, Policy, PolicyPage
from cases.progress.picture import ProgressSeen
from hall_queue.model import WindowState
from hall_queue.picture_types import StaffMark

if TYPE_CHECKING:
    from cases.catalogue.shelf import Shelf
    from hall_queue.room import Room as Queue
    from hall_server.directory.directory import Directory
    from hall_server.directory.model import Window


class WindowSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A window as its own screen shows it.

    Attributes:
        ticket: number that is called or served; lines: names of what it serves.
        staff: who sits there, as far as the hall's rule `pad_staff` says; None: nobody.
    """

    id: str
    number: int
    name: str
    name_en: str
    zone: str
    zone_name: str
    zone_name_en: str
    state: WindowState
    ticket: str
    lines: tuple[str, ...]
    lines_en: tuple[str, ...]
    staff: StaffMark | None


class WindowsSeen(msgspec.Struct, frozen=True, kw_only=True):
    """All windows of the hall, by number."""

    windows: tuple[WindowSeen, ...]


class FeeSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A fee, in fen, with the rule that sets it."""

    name: str
    amount_fen: int
    basis: Law | None


class MatterFees(msgspec.Struct, frozen=True, kw_only=True):
    """What a matter costs; nothing: it is free."""

    matter: str
    name: str
    name_en: str
    department: str
    department_name: str
    department_name_en: str
    fees: tuple[FeeSeen, ...]


class FeeList(msgspec.Struct, frozen=True, kw_only=True):
    """Every matter whose full description the hall has; of the others nothing is said.

    Attributes:
        unwritten: how many these are.
    """

    matters: tuple[MatterFees, ...]
    unwritten: int


class PolicyListed(msgspec.Struct, frozen=True, kw_only=True):
    """A policy without its text; ``pages``: how many pictures of pages it has."""

    id: str
    title: str
    title_en: str
    source: str
    department: str
    department_name: str
    department_name_en: str
    at: datetime
    until: date | None
    pages: int
    is_shown: bool = True


class PolicyList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the policies, the newest first, and how many there are."""

    policies: tuple[PolicyListed, ...]
    total: int


class PolicyPageSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A page: its address and size in pixels."""

    src: str
    width: int
    height: int


class PolicySeen(msgspec.Struct, frozen=True, kw_only=True):
    """A policy in full."""

    about: PolicyListed
    text: str
    text_en: str
    pages: tuple[PolicyPageSeen, ...]


class PolicyHeld(PolicySeen, frozen=True, kw_only=True):
    """A policy as its manager sees it; ``kept``: its pages, to be sent back with a change."""

    kept: tuple[PolicyPage, ...]


class Missing(StrEnum):
    """Why cases of other halls may be missing."""

    NOTHING = ""
    CITY = "city"  # it is out of reach
    LATER = "later"  # it was asked too often


class CasesSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The cases of whoever's card lies on the reader, the newest first.

    Attributes:
        halls: number of a case that came in elsewhere → name of the hall.
        missing: why the cases of other halls are not among them.
        behind: halls whose newest steps are missing, for the city does not reach them.
    """

    masked: str
    cases: tuple[ProgressSeen, ...]
    halls: dict[str, str] = {}
    missing: Missing = Missing.NOTHING
    behind: tuple[str, ...] = ()


class ComplaintReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a visitor asks after a complaint with."""

    number: str
    code: str


class ComplaintSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint as whoever made it sees it.

    Attributes:
        hotline: how far it is at 12345: ``waiting``, ``given``, ``answered``, ``refused``; "" where it is not theirs.
        order: the hotline's own number.
    """

    number: str
    about: About
    channel: Channel
    state: ComplaintState
    at: datetime
    taken_at: datetime | None
    answered_at: datetime | None
    answer: str
    hotline: str = ""
    order: str = ""


class ComplaintHeld(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint as managers see it; the words are there until they are erased."""

    id: str
    step: int
    window: str
    window_number: int | None
    department_name: str
    words: str
    phone: str
    seen: ComplaintSeen


class ComplaintsHeld(msgspec.Struct, frozen=True, kw_only=True):
    """A page of them, what waits for an answer first.

    Attributes:
        total: how many there are; waiting: of them without an answer.
    """

    complaints: tuple[ComplaintHeld, ...]
    total: int
    waiting: int


class Saver(msgspec.Struct, frozen=True, kw_only=True):
    """What the screen saver shows beside time, waits and notices; ``picture``: its address, empty: none."""

    picture: str
    has_hotline: bool
    kinds: tuple[About, ...] = tuple(About)


def windows_seen(queue: Queue, directory: Directory, staff_shown: str) -> WindowsSeen:
    """The windows that are in use, by number."""
    in_use = sorted((one for one in directory.windows.values() if one.active), key=lambda one: one.number)
    return WindowsSeen(windows=tuple(_window(queue, directory, one, staff_shown) for one in in_use))


def _window(queue: Queue, directory: Directory, window: Window, staff_shown: str) -> WindowSeen:
    desk, ticket = queue.pictures.desk_window(window), queue.hall.queue.current(window.id)
    zone = directory.zones.get(window.zone)
    lines = [directory.lines[one] for one in window.lines if one in directory.lines]
    return WindowSeen(
        id=window.id,
        number=window.number,
        name=window.name,
        name_en=window.name_en or window.name,
        zone=window.zone,
        zone_name=zone.name if zone else "",
        zone_name_en=(zone.name_en or zone.name) if zone else "",
        state=desk.state,
        ticket=ticket.number if ticket else "",
        lines=tuple(one.name for one in lines),
        lines_en=tuple(one.name_en or one.name for one in lines),
        staff=_staff(desk.staff, staff_shown),
    )


def _staff(mark: StaffMark | None, shown: str) -> StaffMark | None:
    """Whoever sits there, with no more of their name and number than the hall shows."""
    if mark is None:
        return None
    return StaffMark(
        number=mark.number if shown in {"number", "both"} else "",
        name=mark.name if shown in {"name", "both"} else "",
        marks=mark.marks,
        photo=mark.photo,
    )


def fee_list(shelf: Shelf, directory: Directory, today: date) -> FeeList:
    """What matters cost, those with fees first, by department."""
    found, unwritten = [], 0
    for matter in directory.matters.values():
        if not matter.active:
            continue
        edition = shelf.holding(matter.id, today)
        if edition is None:
            unwritten += 1
            continue
        department = directory.departments.get(matter.department)
        found.append(
            MatterFees(
                matter=matter.id,
                name=edition.name,
                name_en=edition.name_en or edition.name,
                department=matter.department,
                department_name=department.name if department else "",
                department_name_en=(department.name_en or department.name) if department else "",
                fees=tuple(FeeSeen(name=f.name, amount_fen=f.amount_fen, basis=f.basis) for f in edition.fees),
            )
        )
    found.sort(key=lambda one: (not one.fees, one.department_name, one.name))
    return FeeList(matters=tuple(found), unwritten=unwritten)


def listed(policy: Policy, directory: Directory, today: date) -> PolicyListed:
    """A policy in the list."""
    department = directory.departments.get(policy.department)
    return PolicyListed(
        id=policy.id,
        title=policy.title,
        title_en=policy.title_en or policy.title,
        source=policy.source,
        department=policy.department,
        department_name=department.name if department else "",
        department_name_en=(department.name_en or department.name) if department else "",
        at=policy.at,
        until=policy.until,
        pages=len(policy.pages),
        is_shown=policy.is_shown(today),
    )


def in_full(policy: Policy, directory: Directory, today: date) -> PolicySeen:
    """A policy with its text and the addresses of its pages."""
    where = f"/api/v1/enquiry/policies/{policy.id}/pages"
    return PolicySeen(
        about=listed(policy, directory, today),
        text=policy.text,
        text_en=policy.text_en,
        pages=tuple(
            PolicyPageSeen(src=f"{where}/{place}-{one.sha256[:12]}", width=one.width, height=one.height)
            for place, one in enumerate(policy.pages)
        ),
    )


def complaint_seen(known: Complaint, answer: str, hotline: str, order: str) -> ComplaintSeen:
    """A complaint as its maker sees it."""
    return ComplaintSeen(
        number=known.number,
        about=known.about,
        channel=known.channel,
        state=known.state,
        at=known.at,
        taken_at=known.taken_at,
        answered_at=known.answered_at,
        answer=answer,
        hotline=hotline,
        order=order,
    )
