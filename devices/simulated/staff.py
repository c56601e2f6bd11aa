"""Simulated staff: each at a window, with a speed of their own; call, serve, send on, rest, and err now and then."""

from __future__ import annotations

import contextlib
import logging
from typing import Any

from devices.simulated.accounts import Person
from devices.simulated.client import HallClient, Refusal
from devices.simulated.floor import Floor
from devices.simulated.habits import Habits
from devices.simulated.ledger import Ledger
from devices.simulated.pace import DayClock, Pace

log = logging.getLogger(__name__)

LUNCH_FROM_S = 11.5 * 3600
TURNS = 3
"""Lunch is taken in so many turns, one after the other."""
OVERTIME_S = 1800.0
"""So long after closing staff still serve those who wait."""

RULE_S = 0.5
LOOK_S = 5.0
"""The least real seconds between two tries of what a rule has put off, and the most between two looks at the line."""
SHOWN_WITHIN_S = 10.0
LEAST_WAIT_S = 0.4
"""A call is on a screen within the first, or nobody can have seen it; then people have at least the second (real s)."""
PATIENCE = 40
"""Tries to pass a number before it is served after all."""

OUTCOMES = ("accepted", "consulted", "collected", "materials_missing")
OUTCOME_PARTS = (0.72, 0.12, 0.1, 0.06)


class Clerk:
    """One member of staff at a window."""

    def __init__(
        self,
        person: Person,
        hall: HallClient,
        pace: Pace,
        *,
        floor: Floor,
        day: DayClock,
        habits: Habits,
        turn: int = 0,
    ) -> None:
        """``turn``: with which of the lunch turns they eat."""
        self.window = person.window or ""
        self.served = 0
        self.is_home = False
        self._person = person
        self._hall = hall
        self._pace = pace
        self._floor = floor
        self._day = day
        self._habits = habits
        self._slowness = max(0.5, pace.dice.gauss(1.0, habits.clerk_spread))
        self._lunch_s = LUNCH_FROM_S + (turn % TURNS) * habits.lunch_s
        self._ate = False

    @property
    def _ledger(self) -> Ledger:
        return self._floor.ledger

    async def work(self) -> None:
        """Serve until the hall has closed; whatever it refuses, the clerk looks at the desk again."""
        await self._pace.exactly(self._pace.dice.random() * self._habits.begins_late_s / self._pace.speed)
        while not self.is_home:
            try:
                await self._hall.sign_in(self._person.name, self._person.password)
                await self._punch()
                desk = await self._press("open")
                while not self.is_home:
                    desk = await self._step(desk)
            except Refusal as exc:
                log.info("%s: %s", self.window, exc, extra={"action": "simulate.refused"})
                self._ledger.failed(exc.code)
                await self._pace.exactly(RULE_S)

    async def _step(self, desk: dict[str, Any]) -> dict[str, Any]:
        """One thing, as the desk asks for it; gives the desk after it."""
        ticket, state = desk["ticket"], desk["window"]["state"]
        if state == "closed":
            return await self._press("open")
        if state == "paused":
            return await self._press("resume")
        if ticket is None:
            return await self._next(desk)
        if ticket["state"] == "called":
            return await self._meet(desk)
        return await self._serve(desk)

    # -- between two visitors

    async def _next(self, desk: dict[str, Any]) -> dict[str, Any]:
        if self._day.is_over and await self._goes_home(desk):
            return desk
        if self._is_lunch():
            self._ate = True
            return await self._rest(self._habits.lunch_s)
        if self.served and self._pace.chance(self._habits.pauses):
            return await self._rest(self._pace.about(self._habits.pause_s))
        await self._pace.span(self._habits.reaction_s)
        if ticket := self._floor.asked(self.window):
            return await self._call_again(ticket)
        return await self._call_next()

    def _is_lunch(self) -> bool:
        now = self._day.now_s()
        if now < LUNCH_FROM_S:
            self._ate = False  # of the next day
        return not self._ate and self._lunch_s <= now < self._lunch_s + self._habits.lunch_s

    async def _rest(self, span_s: float) -> dict[str, Any]:
        await self._press("pause", {"reason": "break", "anyway": True})
        await self._pace.exactly(span_s / self._pace.speed)
        return await self._press("resume")

    async def _goes_home(self, desk: dict[str, Any]) -> bool:
        closes = self._day.closes_s or 0.0
        if (desk["waiting"] or desk["held"]) and self._day.now_s() < closes + OVERTIME_S:
            return False
        await self._press("close", {"alone": "leave"})
        self.is_home = True
        return True

    async def _call_next(self) -> dict[str, Any]:
        self._floor.press_call(self.window)
        try:
            desk = await self._press("call")
        except Refusal as exc:
            if exc.code not in {"queue.empty", "call.stopped", "emergency.calling"}:
                raise
            await self._floor.somebody(self.window, min(LOOK_S, max(RULE_S, 60.0 / self._pace.speed)))
            await self._pace.exactly(min(0.2, 4.0 / self._pace.speed))
            return await self._look()
        return await self._called(desk)

    async def _call_again(self, ticket: str) -> dict[str, Any]:
        """Call somebody who asks: after a form, or who came late."""
        self._floor.press_call(self.window)
        try:
            desk = await self._press("call", {"ticket": ticket, "reason": "asked"})
        except Refusal as exc:
            if exc.status not in {403, 404, 409}:
                raise
            self._floor.end(self.window, ticket, "gone")
            return await self._look()
        self._ledger.counts["called_again"] += 1
        return await self._called(desk)

    async def _called(self, desk: dict[str, Any]) -> dict[str, Any]:
        ticket = desk["ticket"]
        if ticket is None:
            return desk
        self._ledger.called(ticket["id"], ticket["number"], self.window)
        if self._pace.chance(self._habits.requeues):
            return await self._put_back(ticket["id"])
        if self._pace.chance(self._habits.mistakes):
            return await self._err("requeue", ticket["id"])
        return desk

    # -- with a visitor

    async def _meet(self, desk: dict[str, Any]) -> dict[str, Any]:
        """Wait for whoever was called; call again, and pass when nobody comes."""
        id_ = desk["ticket"]["id"]
        if not await self._comes(id_):
            return await self._pass(id_)
        return await self._press("start")

    async def _comes(self, id_: str) -> bool:
        if id_ in self._floor.visitors or id_ in self._ledger.entries:
            await self._floor.shown(self.window, SHOWN_WITHIN_S)
            wait_s = self._habits.notices_s + self._habits.walk_s + self._habits.recall_after_s
            return await self._floor.stands(self.window, id_, max(LEAST_WAIT_S, wait_s / self._pace.speed))
        await self._pace.span(self._habits.walk_s)  # somebody who is not of the simulation: no one sees them
        return not self._pace.chance(self._habits.absent)

    async def _pass(self, id_: str) -> dict[str, Any]:
        """Call again and then pass, as soon as the hall's rules let it; who comes meanwhile is served."""
        for _ in range(PATIENCE):
            if await self._tried("recall", id_) is not None:
                self._ledger.counts["recalls"] += 1
            if await self._floor.stands(self.window, id_, max(RULE_S, self._habits.pass_after_s / self._pace.speed)):
                break
            if (desk := await self._tried("pass", id_)) is not None:
                self._ledger.counts["passed"] += 1
                self._floor.end(self.window, id_, "passed")
                return desk
        return await self._press("start")

    async def _tried(self, key: str, id_: str) -> dict[str, Any] | None:
        """Press a key that the hall's rules may put off; None where they do."""
        try:
            return await (self._release(key, id_) if key == "pass" else self._press(key))
        except Refusal as exc:
            if exc.status not in {403, 409}:
                raise
        return None

    async def _serve(self, desk: dict[str, Any]) -> dict[str, Any]:
        ticket = desk["ticket"]
        id_ = ticket["id"]
        if entry := self._ledger.entries.get(id_):
            entry.window = self.window
        visitor = self._floor.visitors.get(id_)
        if visitor is not None and visitor.true_matter:
            return await self._send_on(id_, visitor.true_matter)
        if visitor is not None and visitor.needs_form:
            await self._pace.span(20.0)
            desk = await self._release("hold", id_)
            self._ledger.counts["held"] += 1
            self._floor.end(self.window, id_, "form")
            return desk
        known_s = visitor.service_s if visitor is not None else None
        span_s = known_s if known_s else self._pace.about(self._habits.service_s)
        await self._pace.exactly(span_s * self._slowness / self._pace.speed)
        return await self._finish(desk)

    async def _send_on(self, id_: str, matter: str) -> dict[str, Any]:
        """To the line where the visitor should have been."""
        await self._pace.span(20.0)
        try:
            desk = await self._release("transfer", id_, {"matter": matter, "reason": "wrong line"})
        except Refusal as exc:
            if exc.status not in {403, 409}:
                raise
            if visitor := self._floor.visitors.get(id_):
                visitor.true_matter = None  # nobody serves it now: it is done here as well as it can be
            return await self._look()
        self._ledger.counts["sent_on"] += 1
        self._floor.end(self.window, id_, "on")
        return desk

    async def _finish(self, desk: dict[str, Any]) -> dict[str, Any]:
        ticket = desk["ticket"]
        id_, goes_on = ticket["id"], ticket["onward"] is not None
        if not goes_on and self._pace.chance(self._habits.mistakes):
            desk = await self._err(self._pace.dice.choice(("finish", "hold")), id_)
            if desk["ticket"] is None or desk["ticket"]["id"] != id_:
                return desk
        outcome = self._pace.dice.choices(OUTCOMES, OUTCOME_PARTS)[0]
        desk = await self._release("finish", id_, {"outcome": outcome})
        self.served += 1
        self._ledger.counts["served_at_window"] += 1
        if not goes_on:
            self._ledger.counts["served"] += 1
            self._ledger.left(id_, "done")
        self._floor.end(self.window, id_, "on" if goes_on else "done")
        return desk

    async def _put_back(self, id_: str) -> dict[str, Any]:
        """Somebody was called by mistake."""
        desk = await self._release("requeue", id_, {"mode": self._pace.dice.choice(("keep", "keep_less", "skip"))})
        self._ledger.counts["requeued"] += 1
        self._floor.end(self.window, id_, "back")
        return desk

    async def _err(self, key: str, id_: str) -> dict[str, Any]:
        """Press a wrong key and take it back; where that comes too late, it stands."""
        self._ledger.counts["mistakes"] += 1
        await self._release(key, id_)
        await self._pace.exactly(min(2.0, 4.0 / self._pace.speed))
        try:
            desk = await self._press("undo")
        except Refusal as exc:
            if exc.status not in {403, 409}:
                raise
            return await self._stands_wrong(key, id_)
        self._ledger.counts["undone"] += 1
        if entry := self._ledger.entries.get(id_):
            entry.window = self.window
        return desk

    async def _stands_wrong(self, key: str, id_: str) -> dict[str, Any]:
        ends = {"finish": "done", "hold": "form", "requeue": "back"}
        if key == "finish":
            self._ledger.counts["served"] += 1
            self._ledger.left(id_, "done")
        self._floor.end(self.window, id_, ends[key])
        return await self._look()

    # -- keys

    async def _release(self, key: str, id_: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Press a key after which another window may have the ticket; it counts as given up before, not after."""
        entry = self._ledger.entries.get(id_)
        if entry is not None:
            entry.window = None
        try:
            return await self._press(key, body)
        except Refusal:
            if entry is not None:
                entry.window = self.window
            raise

    async def _punch(self) -> None:
        """Punch at the console, where a second of the simulation is a second of the hall."""
        if self._pace.speed == 1:
            with contextlib.suppress(Refusal):  # a hall without attendance, or whose clerk is on no list
                await self._hall.post("attendance/sign-in")

    async def _press(self, key: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        self._ledger.counts["keys"] += 1
        desk: dict[str, Any] = await self._hall.post(f"windows/{self.window}/{key}", body)
        return desk

    async def _look(self) -> dict[str, Any]:
        desk: dict[str, Any] = await self._hall.get(f"windows/{self.window}/desk")
        return desk
