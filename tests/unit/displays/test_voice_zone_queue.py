"""The order of announcements in each zone."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from displays.voice.announcement import LONGEST_QUEUE, LONGEST_SPEECH, SPOKEN_WITHIN, Announcement, ZoneQueue

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def announcement(name: str, *, zone: str = "hall", made: datetime = NINE) -> Announcement:
    return Announcement(id=name, zone=zone, texts={"zh": "请"}, until=made + SPOKEN_WITHIN)


def offered(*names: str, zone: str = "hall") -> ZoneQueue:
    queue = ZoneQueue()
    for name in names:
        assert queue.offer(announcement(name, zone=zone), NINE)
    return queue


def taken(queue: ZoneQueue, now: datetime, zone: str = "hall", **how: timedelta) -> str | None:
    found = queue.take(zone, now, **how)
    return found.id if found else None


def test_announcements_are_spoken_in_the_order_they_came() -> None:
    queue = offered("a", "b", "c")
    order = [taken(queue, NINE + n * SECOND, length=SECOND) for n in range(4)]
    assert order == ["a", "b", "c", None]


def test_the_next_waits_until_the_one_before_has_finished() -> None:
    queue = offered("a", "b")
    assert taken(queue, NINE, length=5 * SECOND) == "a"
    assert taken(queue, NINE + 4 * SECOND) is None
    assert queue.silent_at("hall") == NINE + 5 * SECOND
    assert taken(queue, NINE + 5 * SECOND) == "b"


def test_a_speaker_that_has_finished_frees_its_zone_at_once() -> None:
    queue = offered("a", "b")
    taken(queue, NINE)
    queue.finished("hall", "another")
    assert taken(queue, NINE + SECOND) is None
    queue.finished("hall", "a")
    assert taken(queue, NINE + SECOND) == "b"


def test_the_length_may_be_told_after_rendering() -> None:
    queue = offered("a", "b")
    taken(queue, NINE)
    queue.lasts("hall", "a", length=4 * SECOND, now=NINE + SECOND)
    assert taken(queue, NINE + 4 * SECOND) is None
    assert taken(queue, NINE + 5 * SECOND) == "b"


def test_a_speaker_that_never_answers_does_not_silence_its_zone() -> None:
    queue = offered("a")
    taken(queue, NINE)
    later = NINE + LONGEST_SPEECH
    assert queue.offer(announcement("b", made=later), later)
    assert taken(queue, later) == "b"


def test_zones_speak_at_the_same_time() -> None:
    queue = offered("a", "b")
    queue.offer(announcement("c", zone="upstairs"), NINE)
    assert taken(queue, NINE) == "a"
    assert taken(queue, NINE, "upstairs") == "c"
    assert taken(queue, NINE, "cellar") is None


def test_what_is_too_late_is_dropped_when_offered_and_while_waiting() -> None:
    queue = offered("a", "b")
    taken(queue, NINE, length=SPOKEN_WITHIN)
    assert taken(queue, NINE + SPOKEN_WITHIN) is None
    assert not queue.offer(announcement("late"), NINE + SPOKEN_WITHIN)
    assert queue.waiting("hall") == ()


def test_the_same_announcement_is_spoken_once() -> None:
    queue = offered("a")
    assert not queue.offer(announcement("a"), NINE)
    taken(queue, NINE)
    assert not queue.offer(announcement("a"), NINE)


def test_a_flood_keeps_the_newest() -> None:
    names = [f"n{n}" for n in range(LONGEST_QUEUE + 5)]
    queue = offered(*names)
    assert [waiting.id for waiting in queue.waiting("hall")] == names[5:]


class Speaking(RuleBasedStateMachine):
    """Whatever comes: nothing overlaps, nothing is late, nothing is said twice, order is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = ZoneQueue()
        self.now = NINE
        self.made = 0
        self.said: list[tuple[str, int, datetime, datetime]] = []
        self.until: dict[int, datetime] = {}

    @rule(zone=st.sampled_from("ab"), age_s=st.integers(0, 40))
    def offer(self, zone: str, age_s: int) -> None:
        self.made += 1
        new = announcement(str(self.made), zone=zone, made=self.now - age_s * SECOND)
        self.until[self.made] = new.until
        assert self.queue.offer(new, self.now) == (age_s < 30)

    @rule(zone=st.sampled_from("ab"), length_s=st.integers(1, 12))
    def take(self, zone: str, length_s: int) -> None:
        found = self.queue.take(zone, self.now, length=length_s * SECOND)
        if found is not None:
            assert self.now < self.until[int(found.id)]
            self.said.append((zone, int(found.id), self.now, self.now + length_s * SECOND))

    @rule(seconds=st.integers(1, 20))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @invariant()
    def in_order_and_apart(self) -> None:
        for zone in "ab":
            said = [entry for entry in self.said if entry[0] == zone]
            for before, after in itertools.pairwise(said):
                assert before[1] < after[1]
                assert before[3] <= after[2]


TestSpeaking = Speaking.TestCase
