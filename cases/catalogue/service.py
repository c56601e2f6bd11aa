"""Decides about the catalogue at the city: draft, review, publication, and the end of matters; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from cases.catalogue import messages as m
from cases.catalogue.checks import check
from cases.catalogue.codes import CodeScheme, national_scheme
from cases.catalogue.faults import Fault, errors
from cases.catalogue.model import Edition, EditionState, Pause
from cases.catalogue.state import CityCatalogue
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Actor, Role
from hall_server.outcome import Context

TEXT_MOST = 500
_DAY = timedelta(days=1)
_HOLDING = frozenset({EditionState.PUBLISHED, EditionState.SUSPENDED})
_UNPUBLISHED = frozenset({EditionState.DRAFT, EditionState.REVIEWED})

Events = tuple[m.CatalogueEvent, ...]
_replace = msgspec.structs.replace


class CatalogueService:
    """One method a command."""

    def __init__(self, catalogue: CityCatalogue, *, scheme: CodeScheme = national_scheme) -> None:
        self._catalogue = catalogue
        self._scheme = scheme
        self._checked: dict[str, tuple[Edition, tuple[Fault, ...]]] = {}

    def faults(self, edition: Edition) -> tuple[Fault, ...]:
        """What is wrong with an edition, by itself and beside the others."""
        found = list(self._check(edition))
        for matter in self._catalogue.matters():
            other = self._catalogue.newest(matter)
            if other is not None and matter != edition.matter and other.code == edition.code:
                found.insert(0, Fault(matter=edition.name, field="code", code="code_taken", value=other.name))
        return tuple(found)

    def _check(self, edition: Edition) -> tuple[Fault, ...]:
        """What an edition that is kept comes to is worked out once: a list asks for hundreds."""
        known = self._checked.get(edition.key)
        if known is not None and known[0] is edition:
            return known[1]
        found = check(edition, scheme=self._scheme)
        if self._catalogue.edition(edition.matter, edition.number) is edition:
            self._checked[edition.key] = edition, found
        return found

    # -- writing

    def draft(self, command: m.DraftEdition, context: Context) -> Events:
        """Write or change the edition that is not published.

        Raises:
            Forbidden: ``edition.editors_only``. Refused: ``edition.changed``; ``edition.cancelled``.
            Invalid: ``edition.matter_empty``.
        """
        _only(context.actor, Role.EDITOR)
        self._seen(command.edition.matter, command.seen)
        return (self._drafted(command.edition),)

    def take_file(self, command: m.DraftEditions, context: Context) -> Events:
        """A draft for each matter of a file that says something new.

        Raises:
            Invalid: ``edition.twice``.
        """
        _only(context.actor, Role.EDITOR)
        matters = [one.matter for one in command.editions]
        if len(set(matters)) != len(matters):
            raise Invalid("edition.twice", field="editions")
        return tuple(self._drafted(one) for one in command.editions if self.is_new(one))

    def is_new(self, edition: Edition) -> bool:
        """Whether an edition says something else than the newest of its matter."""
        known = self._catalogue.newest(edition.matter)
        return known is None or content_of(known) != content_of(edition)

    def _drafted(self, edition: Edition) -> m.EditionDrafted:
        if not edition.matter.strip():
            raise Invalid("edition.matter_empty", field="matter")
        known = self._catalogue.newest(edition.matter)
        if known is not None and known.state is EditionState.CANCELLED:
            raise Refused("edition.cancelled", matter=edition.matter)
        again = known is not None and known.state in _UNPUBLISHED
        number = 1 if known is None else known.number + (not again)
        return m.EditionDrafted(edition=_replace(content_of(edition), number=number))

    def discard(self, command: m.DiscardDraft, context: Context) -> Events:
        """Throw a draft away.

        Raises:
            Refused: ``edition.not_now``.
        """
        _only(context.actor, Role.EDITOR, Role.ADMIN)
        edition = self._newest(command, EditionState.DRAFT, EditionState.REVIEWED)
        return (m.DraftDiscarded(edition=_replace(edition, state=EditionState.DRAFT)),)

    # -- review and publication

    def review(self, command: m.ReviewEdition, context: Context) -> Events:
        """Find a draft in order.

        Raises:
            Forbidden: ``edition.own_review``: who wrote it does not review it.
            Invalid: ``edition.faults`` with how many and the first.
        """
        edition = self._newest(command, EditionState.DRAFT)
        self._another(edition.matter, context.actor)
        if wrong := errors(self.faults(edition)):
            raise Invalid("edition.faults", count=len(wrong), first=str(wrong[0]))
        return (m.EditionReviewed(edition=_replace(edition, state=EditionState.REVIEWED)),)

    def give_back(self, command: m.ReturnEdition, context: Context) -> Events:
        """Give it back to be written again."""
        edition = self._newest(command, EditionState.DRAFT, EditionState.REVIEWED)
        self._another(edition.matter, context.actor)
        reason = _text(command.reason)
        return (m.EditionReturned(edition=_replace(edition, state=EditionState.DRAFT), reason=reason),)

    def publish(self, command: m.PublishEdition, context: Context) -> Events:
        """Let it hold from a day on; the one before is replaced from that day, running cases keep it.

        Raises:
            Invalid: ``edition.day_past``.
        """
        edition = self._newest(command, EditionState.REVIEWED)
        self._another(edition.matter, context.actor)
        _not_past(command.valid_from, context, "valid_from")
        return (self._published(edition, command.valid_from),)

    def _published(self, edition: Edition, begins: date) -> m.EditionPublished:
        published = _replace(edition, state=EditionState.PUBLISHED, valid_from=begins, valid_until=None)
        return m.EditionPublished(edition=published, also=self._cut(edition, begins))

    def _cut(self, edition: Edition, day: date) -> tuple[Edition, ...]:
        """The matter's other editions that would hold on a day or later: they end before it."""
        others = [one for one in self._catalogue.shelf.of_matter(edition.matter) if one.number != edition.number]
        return tuple(
            _replace(one, state=EditionState.REPLACED, valid_until=_before(one, day), suspended_from=None)
            for one in others
            if one.state in _HOLDING or (one.state is EditionState.REPLACED and _until(one) >= day)
        )

    # -- halts and ends

    def suspend(self, command: m.SuspendMatter, context: Context) -> Events:
        """Accept nothing for a while.

        Raises:
            Refused: ``edition.begins_later``: on that day the edition before it still holds.
        """
        _only(context.actor, Role.EDITOR, Role.ADMIN)
        edition = self._held(command, EditionState.PUBLISHED)
        _not_past(command.from_day, context, "from_day")
        if not edition.accepts_on(command.from_day):
            raise Refused("edition.begins_later", edition=edition.key)
        suspended = _replace(edition, state=EditionState.SUSPENDED, suspended_from=command.from_day)
        return (m.MatterSuspended(edition=suspended, reason=_text(command.reason)),)

    def resume(self, command: m.ResumeMatter, context: Context) -> Events:
        """Accept again from today on; the days in between stay closed."""
        _only(context.actor, Role.EDITOR, Role.ADMIN)
        edition = self._held(command, EditionState.SUSPENDED)
        first, last = edition.suspended_from, context.business_day - _DAY
        pauses = edition.pauses
        if first is not None and first <= last:
            pauses = (*pauses, Pause(first=first, last=last))
        resumed = _replace(edition, state=EditionState.PUBLISHED, suspended_from=None, pauses=pauses)
        return (m.MatterResumed(edition=resumed, reason=command.reason.strip()[:TEXT_MOST]),)

    def cancel(self, command: m.CancelMatter, context: Context) -> Events:
        """Accept nothing any more from a day on."""
        _only(context.actor, Role.EDITOR, Role.ADMIN)
        ended = self._ended(command, command.from_day, command.successors, context)
        cut = self._cut(ended, command.from_day)
        return (m.MatterCancelled(edition=ended, also=cut, reason=_text(command.reason)),)

    def split(self, command: m.SplitMatter, context: Context) -> Events:
        """Put several matters in the place of one.

        Raises:
            Invalid: ``edition.split_into``: fewer than two.
        """
        _only(context.actor, Role.EDITOR, Role.ADMIN)
        if len(set(command.into)) < 2:  # a split has two parts at least
            raise Invalid("edition.split_into", field="into")
        ended = self._ended(command, command.from_day, command.into, context)
        cut = self._cut(ended, command.from_day)
        return (m.MatterSplit(edition=ended, also=cut, reason=_text(command.reason)),)

    def merge(self, command: m.MergeMatters, context: Context) -> Events:
        """Put one matter in the place of several.

        Raises:
            Invalid: ``edition.merge_of``: fewer than two, one twice, or the one they go into.
        """
        _only(context.actor, Role.EDITOR, Role.ADMIN)
        matters = command.matters
        if len(set(matters)) < 2 or len(matters) != len(command.seen) or command.into in matters:  # two
            raise Invalid("edition.merge_of", field="matters")
        asked = [m.EditionCommand(matter=matter, seen=seen) for matter, seen in zip(matters, command.seen, strict=True)]
        ended = [self._ended(one, command.from_day, (command.into,), context) for one in asked]
        also = (*ended[1:], *(cut for one in ended for cut in self._cut(one, command.from_day)))
        return (m.MatterMerged(edition=ended[0], also=also, reason=_text(command.reason)),)

    def found(self, command: m.FoundCatalogue, context: Context) -> Events:
        """Begin an empty catalogue.

        Raises:
            Forbidden: ``edition.server_only``. Refused: ``edition.founded``. Invalid: ``edition.faults``.
        """
        server_only(context.actor)
        if self._catalogue.matters():
            raise Refused("edition.founded")
        wrong = [fault for one in command.editions for fault in errors(self.faults(one))]
        if wrong:
            raise Invalid("edition.faults", count=len(wrong), first=str(wrong[0]))
        return tuple(
            self._published(_replace(content_of(one), number=1), command.valid_from) for one in command.editions
        )

    # -- inside

    def _ended(self, command: m.EditionCommand, from_day: date, successors: Iterable[str], context: Context) -> Edition:
        edition = self._held(command, EditionState.PUBLISHED, EditionState.SUSPENDED)
        _not_past(from_day, context, "from_day")
        kept = tuple(dict.fromkeys(successors))
        for matter in kept:
            following = self._catalogue.shelf.holding(matter, from_day)
            if matter == edition.matter or following is None:
                raise Invalid("edition.successor", field="successors", value=matter)
        until = _before(edition, from_day)
        return _replace(edition, state=EditionState.CANCELLED, valid_until=until, suspended_from=None, successors=kept)

    def _newest(self, command: m.EditionCommand, *states: EditionState) -> Edition:
        """The edition that is being written."""
        self._seen(command.matter, command.seen)
        edition = self._catalogue.newest(command.matter)
        if edition is None:
            raise NotFound("edition.unknown", edition=command.matter)
        if edition.state not in states:
            raise Refused("edition.not_now", edition=edition.key, state=edition.state)
        return edition

    def _held(self, command: m.EditionCommand, *states: EditionState) -> Edition:
        """The published edition, whatever is being written beside it."""
        self._seen(command.matter, command.seen)
        edition = self._catalogue.shelf.newest(command.matter)
        if edition is None:
            raise NotFound("edition.unknown", edition=command.matter)
        if edition.state not in states:
            raise Refused("edition.not_now", edition=edition.key, state=edition.state)
        return edition

    def _seen(self, matter: str, seen: int) -> None:
        if seen != (now := self._catalogue.revision(matter)):
            raise Refused("edition.changed", matter=matter, revision=now)

    def _another(self, matter: str, actor: Actor) -> None:
        _only(actor, Role.EDITOR, Role.ADMIN)
        if str(actor) in self._catalogue.writers(matter):
            raise Forbidden("edition.own_review", matter=matter)


def server_only(actor: Actor) -> None:
    """Refuse people.

    Raises:
        Forbidden: ``edition.server_only``.
    """
    if not actor.may(Role.SYSTEM):
        raise Forbidden("edition.server_only")


def _only(actor: Actor, *roles: Role) -> None:
    if not actor.may(*roles):
        raise Forbidden("edition.editors_only", roles=", ".join(roles))


def content_of(edition: Edition) -> Edition:
    """What an editor writes, without where the edition stands."""
    return _replace(
        edition,
        number=1,
        state=EditionState.DRAFT,
        valid_from=None,
        valid_until=None,
        suspended_from=None,
        pauses=(),
        successors=(),
    )


def _before(edition: Edition, day: date) -> date:
    """The last day of an edition that ends before ``day``; what was suspended does not come back for it."""
    ends = [day - _DAY, _until(edition)]
    if edition.suspended_from is not None:
        ends.append(edition.suspended_from - _DAY)
    return min(ends)


def _until(edition: Edition) -> date:
    return edition.valid_until if edition.valid_until is not None else date.max


def _not_past(day: date, context: Context, field: str) -> None:
    if day < context.business_day:
        raise Invalid("edition.day_past", field=field, day=day.isoformat())


def _text(text: str) -> str:
    kept = text.strip()
    if not kept or len(kept) > TEXT_MOST:
        raise Invalid("edition.reason", field="reason", most=TEXT_MOST)
    return kept
