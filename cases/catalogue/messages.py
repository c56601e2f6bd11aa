"""What editors want of the catalogue, and what happened to it; every event carries the editions as they stand after."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from cases.catalogue.model import Edition
from hall_server.directory.model import CalendarYear
from hall_server.messages import Command, LastingEvent


class DraftEdition(Command, frozen=True, kw_only=True):
    """Write the next edition of a matter, or change the one that is not published yet.

    Attributes:
        edition: its number, state and dates are the service's to say.
        seen: the matter's revision that the editor has seen; 0 for a matter without editions.
    """

    edition: Edition
    seen: int


class DraftEditions(Command, frozen=True, kw_only=True):
    """Take a file of matters over: a draft for each that differs from the newest edition; the others stay."""

    editions: tuple[Edition, ...]


class EditionCommand(Command, frozen=True, kw_only=True):
    """Something to be done with the newest edition of a matter.

    Attributes:
        seen: the matter's revision that the caller has seen; another one since then refuses the command.
    """

    matter: str
    seen: int


class DiscardDraft(EditionCommand, frozen=True, kw_only=True):
    """Throw a draft away."""


class ReviewEdition(EditionCommand, frozen=True, kw_only=True):
    """Find a draft in order; by another person than those who wrote it."""


class ReturnEdition(EditionCommand, frozen=True, kw_only=True):
    """Give a reviewed edition back to be written again."""

    reason: str


class PublishEdition(EditionCommand, frozen=True, kw_only=True):
    """Let a reviewed edition hold from a day on; the one before it is replaced from that day."""

    valid_from: date


class SuspendMatter(EditionCommand, frozen=True, kw_only=True):
    """Accept nothing for a while, from a day on."""

    from_day: date
    reason: str


class ResumeMatter(EditionCommand, frozen=True, kw_only=True):
    """Accept again."""

    reason: str = ""


class CancelMatter(EditionCommand, frozen=True, kw_only=True):
    """Accept nothing any more from a day on; ``successors``: the matters that take its place, if any."""

    from_day: date
    reason: str
    successors: tuple[str, ...] = ()


class SplitMatter(EditionCommand, frozen=True, kw_only=True):
    """Put several matters in the place of one; each must be published to begin by that day."""

    from_day: date
    reason: str
    into: tuple[str, ...]


class MergeMatters(Command, frozen=True, kw_only=True):
    """Put one matter in the place of several; ``seen``: the revision of each."""

    matters: tuple[str, ...]
    seen: tuple[int, ...]
    into: str
    from_day: date
    reason: str


class FoundCatalogue(Command, frozen=True, kw_only=True):
    """Begin an empty catalogue with editions that hold from a day on; the server itself only."""

    editions: tuple[Edition, ...]
    valid_from: date


class WelcomeHall(Command, frozen=True, kw_only=True):
    """Send a hall the whole published catalogue and the calendar; the server itself only."""

    hall: str


class PublishYear(Command, frozen=True, kw_only=True):
    """Publish the holidays of a year for the city and its halls."""

    item: CalendarYear


class TakeEdition(Command, frozen=True, kw_only=True):
    """Take an edition over in a hall; the server itself only."""

    edition: Edition


class TakeEditions(Command, frozen=True, kw_only=True):
    """Take a file of editions over in a hall that has no city; the server itself only."""

    editions: tuple[Edition, ...]


class CatalogueEvent(LastingEvent, frozen=True, kw_only=True):
    """Something happened to a matter of the catalogue.

    Attributes:
        edition: as it stands after.
        also: other editions that it changed, as they stand after.
    """

    edition: Edition
    also: tuple[Edition, ...] = ()
    reason: str = ""

    @property
    def subject(self) -> str:
        """The matter."""
        return f"catalogue:{self.edition.matter}"


class EditionDrafted(CatalogueEvent, frozen=True, kw_only=True):
    """An edition was written or changed (草稿)."""

    type: ClassVar[str] = "catalogue.edition_drafted"


class DraftDiscarded(CatalogueEvent, frozen=True, kw_only=True):
    """A draft was thrown away."""

    type: ClassVar[str] = "catalogue.draft_discarded"


class EditionReviewed(CatalogueEvent, frozen=True, kw_only=True):
    """Somebody else found it in order (审核)."""

    type: ClassVar[str] = "catalogue.edition_reviewed"


class EditionReturned(CatalogueEvent, frozen=True, kw_only=True):
    """It was given back to be written again."""

    type: ClassVar[str] = "catalogue.edition_returned"


class EditionPublished(CatalogueEvent, frozen=True, kw_only=True):
    """It holds from a day on (发布)."""

    type: ClassVar[str] = "catalogue.edition_published"


class MatterSuspended(CatalogueEvent, frozen=True, kw_only=True):
    """Nothing is accepted for a while (暂停)."""

    type: ClassVar[str] = "catalogue.matter_suspended"


class MatterResumed(CatalogueEvent, frozen=True, kw_only=True):
    """It is accepted again (恢复)."""

    type: ClassVar[str] = "catalogue.matter_resumed"


class MatterCancelled(CatalogueEvent, frozen=True, kw_only=True):
    """Nothing is accepted any more from a day on (取消)."""

    type: ClassVar[str] = "catalogue.matter_cancelled"


class MatterSplit(CatalogueEvent, frozen=True, kw_only=True):
    """Several matters took its place (拆分)."""

    type: ClassVar[str] = "catalogue.matter_split"


class MatterMerged(CatalogueEvent, frozen=True, kw_only=True):
    """It went into another matter (合并); ``edition`` and ``also`` are those that ended."""

    type: ClassVar[str] = "catalogue.matter_merged"


class HallWelcomed(LastingEvent, frozen=True, kw_only=True):
    """A hall was sent the whole catalogue; from now on it gets every change."""

    type: ClassVar[str] = "catalogue.hall_welcomed"
    hall: str

    @property
    def subject(self) -> str:
        """The hall."""
        return f"hall:{self.hall}"


class EditionTaken(LastingEvent, frozen=True, kw_only=True):
    """A hall has an edition, new or as it stands now."""

    type: ClassVar[str] = "catalogue.edition_taken"
    edition: Edition

    @property
    def subject(self) -> str:
        """The matter."""
        return f"catalogue:{self.edition.matter}"


CITY_EVENTS: tuple[type[CatalogueEvent] | type[HallWelcomed], ...] = (
    EditionDrafted,
    DraftDiscarded,
    EditionReviewed,
    EditionReturned,
    EditionPublished,
    MatterSuspended,
    MatterResumed,
    MatterCancelled,
    MatterSplit,
    MatterMerged,
    HallWelcomed,
)
HALL_EVENTS: tuple[type[EditionTaken], ...] = (EditionTaken,)
