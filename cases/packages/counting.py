"""A place that gives several numbers within one decision, before any of them is in the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from cases.catalogue.model import Edition
from cases.flow import PaperKind
from cases.model import Post
from cases.service import Place
from hall_server.identity import Actor

Numbers = Callable[[str, datetime, int], str]
"""Kind (``case`` or a `PaperKind`), now, how many were given before in this decision → the number."""
Posts = Callable[[Actor, str], frozenset[Post]]


class OneDecision:
    """A place for one decision about many cases (the Place port of `cases.service`)."""

    def __init__(self, place: Place, numbers: Numbers, posts: Posts | None = None) -> None:
        """``posts``: as what somebody acts here; None: as at the place."""
        self.writer = place.writer
        self.calendar = place.calendar
        self.zone = place.zone
        self.closes = place.closes
        self._place = place
        self._numbers = numbers
        self._posts = posts or place.posts
        self._given: Counter[str] = Counter()

    def edition(self, key: str) -> Edition | None:
        """As the place has it."""
        return self._place.edition(key)

    def posts(self, actor: Actor, department: str) -> frozenset[Post]:
        """As what somebody acts in this decision."""
        return self._posts(actor, department)

    def case_number(self, now: datetime) -> str:
        """The next one, behind those given in this decision."""
        return self._next("case", now)

    def document_number(self, kind: PaperKind, now: datetime) -> str:
        """As above."""
        return self._next(kind, now)

    def _next(self, kind: str, now: datetime) -> str:
        before = self._given[kind]
        self._given[kind] += 1
        return self._numbers(kind, now, before)
