"""Which line a department's matters wait in, and what the hall adds to an imported matter (guidance, English name)."""

import msgspec

from hall_server.directory.model import Department, Guidance


class MatterNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the hall knows of a matter beyond the catalogue's file; ``line`` where it differs from the department's."""

    code: str
    name_en: str = ""
    line: str | None = None
    frequent: bool = False
    express: bool = False
    guidance: Guidance | None = None


class Grouping(msgspec.Struct, frozen=True, kw_only=True):
    """How an import places what it has not seen before; what the hall already has stays where its manager put it.

    Attributes:
        departments: by Chinese name.
        notes: by item code.
        fallback_line: the line of departments that are not named; None refuses their rows.
    """

    departments: dict[str, Department] = {}
    notes: dict[str, MatterNote] = {}
    fallback_line: str | None = None
