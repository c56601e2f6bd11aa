"""Decides what is published, for managers, and keeps it."""

from __future__ import annotations

from dashboards.efficiency import messages as m
from dashboards.efficiency.model import CHOICES, FIGURES_MOST, OF_HONOURED, HonoursOf, Publication
from hall_server.directory.wording import text_fault
from hall_server.errors import Forbidden, Invalid
from hall_server.identity import Role
from hall_server.messages import Recorded
from hall_server.outcome import Context, Outcome

REASON_MOST = 200
RANGES = {
    "places": (1, 5),
    "served_least": (1, 10_000),
    "good_least_percent": (0, 100),
    "on_time_least_percent": (0, 100),
}


class PublicationRule:
    """What is published now (the Fold port of the server), and the handler that changes it."""

    def __init__(self) -> None:
        self.types = frozenset(event.type for event in m.EVENTS)
        self.now = Publication()

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        if isinstance(recorded.event, m.PublicationSet):
            self.now = recorded.event.publication

    def set(self, command: m.SetPublication, context: Context) -> Outcome:
        """Publish something else; the same again changes nothing. Replies with what is published.

        Raises:
            Forbidden: ``efficiency.managers_only``.
            Invalid: ``efficiency.…`` with the ``field``.
        """
        if not context.actor.may(Role.MANAGER, Role.ADMIN):
            raise Forbidden("efficiency.managers_only")
        check(command.publication)
        reason = command.reason.strip()
        if text_fault(reason, limit=REASON_MOST):
            raise Invalid("efficiency.reason_unfit", field="reason", most=REASON_MOST)
        is_new = command.publication != self.now
        events = (m.PublicationSet(publication=command.publication, reason=reason),) if is_new else ()
        return Outcome(events=events, reply=lambda: self.now)


def check(wanted: Publication) -> None:
    """Refuse what cannot be published.

    Raises:
        Invalid: with the ``field``.
    """
    for id_ in wanted.figures:
        if id_ not in CHOICES:
            raise Invalid("efficiency.figure_unknown", field="publication.figures", figure=id_[:60])
    if len(set(wanted.figures)) != len(wanted.figures) or len(wanted.figures) > FIGURES_MOST:
        raise Invalid("efficiency.figures_many", field="publication.figures", most=FIGURES_MOST)
    for name, (least, most) in RANGES.items():
        if not least <= getattr(wanted, name) <= most:
            raise Invalid("efficiency.out_of_range", field=f"publication.{name}", least=least, most=most)
    if wanted.honours is not HonoursOf.NONE and not set(OF_HONOURED) <= set(wanted.figures):
        raise Invalid("efficiency.honours_need", field="publication.honours", needed=", ".join(OF_HONOURED))
