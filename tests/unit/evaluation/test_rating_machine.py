"""Whatever visitors, pads and windows do: a matter that was served has at most one rating, and the counts agree."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from evaluation.messages import AddRatingDetail, ChangeRating, GiveRating
from evaluation.model import CHANGE_WITHIN, Level, RatingChannel, Reason
from evaluation.rules import RatingRules
from evaluation.service import RatingService, Surroundings
from evaluation.state import Ratings
from evaluation.visits import LiveVisits
from hall_queue import messages as m
from hall_queue.model import Channel, MatterOutcome, TicketState
from hall_queue.rulebook import Rulebook
from hall_queue.served import ServedMatters
from hall_queue.state import HallQueue
from hall_server.days import DayOpened
from hall_server.directory.directory import Directory
from hall_server.errors import DomainError
from hall_server.identity import Actor, visitor
from hall_server.messages import Event, Recorded
from hall_server.outcome import Context, Outcome
from hall_server.settings import load
from tests.fakes.hall import MORNING, CountedIds
from tests.fakes.visits import pad

THE_DAY = date(2026, 11, 23)
Key = tuple[str, str | None]
matters = st.sampled_from([(), ("m1",), ("m1", "m2", "m3")])
windows = st.sampled_from(["w01", "w02"])
levels = st.sampled_from(list(Level))
reasons = st.lists(st.sampled_from(list(Reason)), max_size=2).map(tuple)


class RatingMachine(RuleBasedStateMachine):
    tickets = Bundle("tickets")
    waiting = Bundle("waiting")
    ratings = Bundle("ratings")

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = MORNING
        self.ids = CountedIds()
        self.queue = HallQueue(lambda id_: f"token-{id_}", Rulebook(load(None)))
        self.served = ServedMatters(self.queue, Directory())
        self.state = Ratings(self.served)
        around = Surroundings(kind_of=lambda device: "pad")
        live = LiveVisits(self.queue, self.served)
        self.service = RatingService(live.of, self.served, self.state, RatingRules(), around=around)
        self.known: dict[Key, tuple[Level, datetime]] = {}
        self.serial = self.seq = 0
        self.happen(DayOpened(day=THE_DAY))

    def happen(self, *events: Event, actor: str = "system") -> None:
        for event in events:
            self.seq += 1
            recorded = Recorded(seq=self.seq, at=self.now, business_day=THE_DAY, event=event, actor=actor)
            for fold in (self.queue, self.served, self.state):
                if event.type in fold.types:
                    fold.apply(recorded)

    def asked(self, decide: object, command: object, actor: Actor) -> object | None:
        """The reply of a command, None where it was refused; a refusal changes nothing."""
        before = (list(self.state.counts), self.rated_now())
        context = Context(now=self.now, business_day=THE_DAY, actor=actor, ids=self.ids)
        try:
            outcome: Outcome = decide(command, context)  # type: ignore[operator]  # a handler of the service
        except DomainError:
            assert before == (self.state.counts, self.rated_now())
            return None
        self.happen(*outcome.events, actor=str(actor))
        return outcome.reply()

    def rated_now(self) -> dict[Key, int]:
        tickets = self.queue.tickets
        return {(id_, matter): one[0] for id_ in tickets for matter, one in self.served.levels(id_).items()}

    @rule(target=waiting, wanted=matters)
    def issue(self, wanted: tuple[str, ...]) -> str:
        self.serial += 1
        id_ = f"t{self.serial}"
        self.happen(
            m.TicketIssued(
                ticket=id_,
                number=f"A{self.serial:03d}",
                serial=self.serial,
                line="a",
                matter=wanted[0] if wanted else None,
                matters=wanted,
                channel=Channel.KIOSK,
                person=None,
                priority=None,
            )
        )
        return id_

    @rule(target=tickets, ticket=consumes(waiting), window=windows, is_served=st.booleans())
    def end(self, ticket: str, window: str, is_served: bool) -> str:
        self.happen(m.TicketCalled(ticket=ticket, window=window, staff="s01"))
        if not is_served:
            self.happen(m.TicketPassed(ticket=ticket, window=window, reason="absent"))
            return ticket
        done = m.TicketFinished(ticket=ticket, window=window, staff="s01", outcome=MatterOutcome.ACCEPTED, outcomes={})
        self.happen(m.TicketStarted(ticket=ticket, window=window), done)
        return ticket

    @rule(seconds=st.integers(0, 400))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(target=ratings, ticket=st.one_of(tickets, waiting), level=levels, why=reasons, place=st.integers(-1, 2))
    def rate(self, ticket: str, level: Level, why: tuple[Reason, ...], place: int) -> Key:
        wanted = [one.matter for one in self.queue.tickets[ticket].matters]
        matter = wanted[place] if 0 <= place < len(wanted) else None
        command = GiveRating(ticket=ticket, matter=matter, level=level, reasons=why, channel=RatingChannel.PHONE)
        key = (ticket, matter if matter or not wanted else self.next_of(ticket))
        is_first = key not in self.known and self.queue.tickets[ticket].state is TicketState.DONE
        made = self.asked(self.service.give, command, visitor("v"))
        if is_first:
            assert made is not None
            self.known[key] = (level, self.now)
        return key

    def next_of(self, ticket: str) -> str:
        """The matter that is meant where none is named."""
        wanted = [one.matter for one in self.queue.tickets[ticket].matters]
        return next((one for one in wanted if (ticket, one) not in self.known), wanted[-1])

    @rule(window=windows, level=levels)
    def press(self, window: str, level: Level) -> None:
        last = self.queue.desk(window).last_finished
        command = GiveRating(window=window, level=level, channel=RatingChannel.PAD)
        key = (last, self.next_of(last) if self.queue.tickets[last].matters else None) if last else None
        if self.asked(self.service.give, command, pad(window)) is not None:
            assert key is not None
            assert key not in self.known
            self.known[key] = (level, self.now)

    @rule(key=ratings, level=levels, holder=tickets)
    def change(self, key: Key, level: Level, holder: str) -> None:
        rating = self.state.by_ticket.get(key[0], {}).get(key[1], "none")
        changed = self.asked(self.service.change, ChangeRating(rating=rating, ticket=holder, level=level), visitor("v"))
        may = key in self.known and holder == key[0] and self.now <= self.known[key][1] + CHANGE_WITHIN
        assert (changed is not None) == may
        if may:
            self.known[key] = (level, self.known[key][1])

    @rule(key=ratings, why=reasons)
    def explain(self, key: Key, why: tuple[Reason, ...]) -> None:
        ticket, rating = key[0], self.state.of(*key)
        was_detailed = rating is not None and rating.is_detailed
        command = AddRatingDetail(rating=rating.id if rating else "none", ticket=ticket, reasons=why)
        added = self.asked(self.service.detail, command, visitor("v"))
        assert added is None or (why and not was_detailed)

    @invariant()
    def every_rating_is_of_a_served_visit_and_stands_as_it_was_given(self) -> None:
        assert {key: level for key, (level, _) in self.known.items()} == self.rated_now()
        assert all(self.queue.tickets[ticket].state is TicketState.DONE for ticket, _ in self.known)

    @invariant()
    def the_counts_agree(self) -> None:
        counted = Counter(level for level, _ in self.known.values())
        assert self.state.counts == [counted[level] for level in Level]
        valid = Counter(one.level for one in self.state.by_id.values() if not one.marks)
        assert self.state.valid_counts == [valid[level] for level in Level]
        by_window = zip(*self.state.window_counts.values(), strict=True) if self.state.window_counts else ()
        assert self.state.counts == ([sum(one) for one in by_window] or [0] * 5)


TestRatings = RatingMachine.TestCase
TestRatings.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
