"""A simulated visitor's stay: takes a number, waits, comes when called or does not, gives up, comes back, rates."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from devices.simulated.arrivals import Arrival
from devices.simulated.client import HallClient, Refusal
from devices.simulated.floor import Floor
from devices.simulated.habits import Habits
from devices.simulated.ledger import Entry, Ledger
from devices.simulated.pace import Pace
from devices.simulated.phone import watch_page
from devices.simulated.things import LEVELS, Kiosk
from hall_server.mqtt.simulated import RequestRefused

MOST_WATCHED = 100
"""Phone pages that are open at the same time."""
SOON_S = 360.0
"""A slot that begins later than this, in real seconds, is no use to somebody who stands in the hall."""
HAND_IN_S = 600.0


@dataclass(kw_only=True)
class World:
    """What all visitors share.

    Attributes:
        hall: the answer of ``GET /api/v1/hall``. matters: of each line, of which visitors choose.
        client: makes somebody's own connection. base: the hall's address.
        offline: who holds a number that its kiosk has not handed in, by number. given_up: what is under way.
    """

    hall: dict[str, Any]
    matters: dict[str, Sequence[dict[str, Any]]]
    kiosks: Sequence[Kiosk]
    client: Callable[[], HallClient]
    base: str
    floor: Floor
    ledger: Ledger
    pace: Pace
    habits: Habits
    offline: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    watched: int = 0
    given_up: set[asyncio.Task[None]] = field(default_factory=set)

    def unseen(self, ticket: dict[str, Any]) -> None:
        """The hall gave a number whose answer was lost: it is given up, so that nobody is called for nothing."""

        async def give_up() -> None:
            with contextlib.suppress(Refusal):
                await self.client().delete(f"tickets/{ticket['token']}")
                self.ledger.counts["unseen"] += 1

        task = asyncio.create_task(give_up(), name="an unseen number")
        self.given_up.add(task)
        task.add_done_callback(self.given_up.discard)

    def handed_in(self, answer: dict[str, Any]) -> None:
        """A kiosk has brought a number that it gave without the server."""
        holder = self.offline.pop(answer["number"], None)
        if holder is not None and not holder.done():
            holder.set_result(answer)


class Visitor:
    """One person (the OnFloor port)."""

    def __init__(self, arrival: Arrival, world: World) -> None:
        """``arrival.line`` is a line of this hall."""
        self.ticket = ""
        self.service_s = arrival.service_s
        self.true_matter: str | None = None
        self.needs_form = world.pace.chance(world.habits.holds)
        self._arrival = arrival
        self._world = world
        self._hall = world.client()
        self._entry: Entry | None = None
        self._calls: asyncio.Queue[str] = asyncio.Queue()
        self._sent: asyncio.Queue[str] = asyncio.Queue()
        self._comes = arrival.comes and not (arrival.patience_s is None and world.pace.chance(world.habits.absent))
        self._new_numbers = 1
        self._since: float | None = None

    # -- what others do to them

    def hear(self, window: str) -> None:
        """Be called."""
        self._calls.put_nowait(window)

    def sent_away(self, why: str) -> None:
        """Be told what is next: ``done``, ``on``, ``form``, ``back``, ``passed`` or ``gone``."""
        while not self._calls.empty():
            self._calls.get_nowait()
        if why == "on":
            self.true_matter = None
        self._sent.put_nowait(why)

    # -- the stay

    async def stay(self) -> None:
        """From the door to the door."""
        while await self._take():
            watching = self._watching()
            try:
                again = await self._wait_and_go()
            finally:
                self._world.floor.visitors.pop(self.ticket, None)
                if watching is not None:
                    watching.cancel()
                    await asyncio.gather(watching, return_exceptions=True)
                    self._world.watched -= 1
            if not again or self._new_numbers <= 0:
                return
            self._new_numbers -= 1
            self._comes = True

    async def _wait_and_go(self) -> bool:
        """Until it is over; True where they want a new number."""
        pace, habits = self._world.pace, self._world.habits
        until = pace.later(self._arrival.patience_s or pace.about(habits.patience_s))
        while True:
            window = await self._called(until)
            if window is None:
                if await self._give_up():
                    return False
                until = pace.later(habits.patience_s)
                continue
            until = pace.later(habits.patience_s)  # whoever was there once stays
            self._note_wait()
            why = await self._go(window)
            if why == "form":
                self.needs_form = False
                await self._fill_form(window)
            elif why == "passed":
                self._world.floor.ask_at(window, self.ticket)
            elif why not in {"on", "back"}:
                if why == "done":
                    await self._rate()
                return why == "gone"

    def _note_wait(self) -> None:
        """How long it took until the first call."""
        if self._since is not None:
            self._world.ledger.waits.append(asyncio.get_running_loop().time() - self._since)
            self._since = None

    async def _called(self, until: float) -> str | None:
        """The window they are called to; None when their patience is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                while True:
                    got = asyncio.ensure_future(self._calls.get())
                    sent = asyncio.ensure_future(self._sent.get())
                    try:
                        await asyncio.wait({got, sent}, return_when=asyncio.FIRST_COMPLETED)
                        if got.done():
                            return got.result()
                    finally:
                        for task in (got, sent):
                            task.cancel()
        return None

    async def _go(self, window: str) -> str:
        """To the window, and what came of it."""
        world = self._world
        if not self._comes:
            return await self._stay_away()
        why = await self._sent_within(world.pace.about(world.habits.notices_s) + world.pace.about(world.habits.walk_s))
        if why is not None:
            return why
        world.floor.come_to(window, self.ticket)
        return await self._sent.get()

    async def _stay_away(self) -> str:
        """Not be there; some come later and find that they were passed."""
        world = self._world
        self._comes = world.pace.chance(world.habits.comes_back)
        why = await self._sent.get()
        if not self._comes:
            world.ledger.counts["no_show"] += 1
            return "left"
        world.ledger.counts["came_late"] += 1
        await world.pace.span(world.habits.away_s)
        return why

    async def _fill_form(self, window: str) -> None:
        """Write it; who is called meanwhile goes at once."""
        world = self._world
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(world.pace.about(world.habits.form_s) / world.pace.speed):
                self._calls.put_nowait(await self._calls.get())  # called: off they go
                return
        world.floor.ask_at(window, self.ticket)

    async def _sent_within(self, seconds: float) -> str | None:
        """What the window says within so many of the simulation's seconds."""
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(self._sent.get(), seconds / self._world.pace.speed)
        return None

    async def _give_up(self) -> bool:
        """Give the number up; False where the call was quicker."""
        token = self._entry.token if self._entry else None
        if token is None:
            return True
        try:
            await self._hall.delete(f"tickets/{token}")
        except Refusal as exc:
            if exc.status != 409:
                self._world.ledger.failed(exc.code)
            return exc.status != 409
        self._world.ledger.left(self.ticket, "cancelled")
        self._world.ledger.counts["gave_up"] += 1
        return True

    async def _rate(self) -> None:
        """On the phone, where they like to."""
        pace, token = self._world.pace, self._entry.token if self._entry else None
        if token is None or not pace.chance(self._world.habits.rates_on_phone):
            return
        await pace.span(60.0)
        level = pace.dice.choices(range(1, 6), LEVELS)[0]
        body = {"ticket": token, "level": level, "channel": "phone"}
        with contextlib.suppress(Refusal):  # rated at the pad before, or all phones behind one address at once
            await self._hall.post("ratings", body, tries=2)
            self._world.ledger.counts["rated_phone"] += 1

    # -- the number

    async def _take(self) -> bool:
        """Get a number; False where they leave without one."""
        world = self._world
        try:
            ticket = await self._number()
        except (Refusal, RequestRefused) as exc:
            world.ledger.counts["turned_away"] += 1
            world.ledger.counts[f"refused {exc.code}"] += 1
            return False
        except TimeoutError:
            world.ledger.counts["no_answer"] += 1
            return False
        if ticket is None:
            world.ledger.counts["no_answer"] += 1
            return False
        self._entry = world.ledger.issued(ticket)
        self.ticket = self._entry.id
        world.floor.visitors[self.ticket] = self
        self._since = asyncio.get_running_loop().time()
        return True

    async def _number(self) -> dict[str, Any] | None:
        world = self._world
        wanted, zone = self._wish()
        if world.pace.chance(world.habits.booked):
            booked = await self._booked(wanted)
            if booked is not None:
                return booked
        kiosks = [one for one in world.kiosks if one.thing.zone == zone and one.has_paper] or [
            one for one in world.kiosks if one.has_paper
        ]
        if not kiosks or world.pace.chance(world.habits.on_phone):
            return await self._on_phone(wanted)
        kiosk = world.pace.dice.choice(kiosks)
        try:
            ticket = await kiosk.issue(wanted)
        except RequestRefused as exc:
            if exc.code != "kiosk.no_paper":
                raise
            return await self._on_phone(wanted)
        if ticket is not None and ticket.get("offline"):
            return await self._handed_in(ticket)
        return ticket

    async def _on_phone(self, wanted: dict[str, Any]) -> dict[str, Any]:
        self._world.ledger.counts["by_phone"] += 1
        ticket: dict[str, Any] = await self._hall.post("tickets", {**wanted, "channel": "phone"})
        return ticket

    async def _handed_in(self, ticket: dict[str, Any]) -> dict[str, Any] | None:
        """Hold a number that the hall does not know yet."""
        self._world.ledger.counts["offline"] += 1
        waits = self._world.offline[ticket["number"]] = asyncio.get_running_loop().create_future()
        answer = await asyncio.wait_for(waits, HAND_IN_S)
        if not answer["ok"]:
            raise RequestRefused(answer.get("code") or "offline.refused", "", {})
        return {"id": answer["id"], "number": answer["number"], "token": answer.get("token")}

    async def _booked(self, wanted: dict[str, Any]) -> dict[str, Any] | None:
        """Book the next slot and check in at once; None where no slot is near."""
        line = wanted["line"]
        with contextlib.suppress(Refusal, RequestRefused):
            places = await self._hall.get(f"appointments/slots?line={line}")
            slot = self._near(places)
            if slot is None:
                return None
            person = {"phone": self._phone()}
            asked = {"line": line, "day": places["today"], "begin": slot["begin"], "person": person}
            made = await self._hall.post("appointments", asked)
            kiosk = self._world.pace.dice.choice(list(self._world.kiosks))
            checked = await kiosk.device.request(
                "appointment.check_in", {"phone": person["phone"], "code": made["code"]}, timeout_s=10
            )
            self._world.ledger.counts["appointments"] += 1
            ticket: dict[str, Any] = checked["ticket"]
            return ticket
        return None

    def _near(self, places: dict[str, Any]) -> dict[str, Any] | None:
        now = self._world.kiosks[0].clock.now() if self._world.kiosks else None
        for day in places["days"] if places["offered"] and now else ():
            for slot in day["slots"] if day["day"] == places["today"] else ():
                ahead_s = (datetime.fromisoformat(slot["due"]) - now).total_seconds() if now else SOON_S
                if slot["free"] > 0 and ahead_s < SOON_S:
                    found: dict[str, Any] = slot
                    return found
        return None

    def _wish(self) -> tuple[dict[str, Any], str | None]:
        """What they ask for, and in which zone its line waits."""
        world, pace, line = self._world, self._world.pace, self._arrival.line
        wanted: dict[str, Any] = {"line": line}
        matters = world.matters.get(line, ())
        if matters and (pace.chance(world.habits.knows_matter) or self._arrival.matters > 1):
            wanted["matter"] = pace.dice.choice(matters)["id"]
            wanted |= self._more(wanted["matter"])
        if pace.chance(world.habits.wrong_line):
            wanted = self._mistaken(wanted)
        if priority := self._priority():
            wanted["priority"] = priority
        if pace.chance(world.habits.identified):
            wanted["person"] = {"phone": self._phone()}
        zones = {one["id"]: one["zone"] for one in world.hall["lines"]}
        return wanted, zones.get(wanted["line"])

    def _more(self, first: str) -> dict[str, Any]:
        """Further matters of the visit, of any line."""
        world, count = self._world, self._arrival.matters
        if count == 1 and self._arrival.service_s is None and world.pace.chance(world.habits.several):
            count = 2
        most = min(count, int(world.hall["several_matters"])) - 1
        others = [one["id"] for own in world.matters.values() for one in own if one["id"] != first]
        return {"more": world.pace.dice.sample(others, min(most, len(others)))} if most > 0 and others else {}

    def _mistaken(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Wait at another line; the window there finds out."""
        world = self._world
        matter = wanted.get("matter") or next((one["id"] for one in world.matters.get(wanted["line"], ())), None)
        others = [one["id"] for one in world.hall["lines"] if one["id"] != wanted["line"]]
        if matter is None or not others:
            return wanted
        self.true_matter = matter
        return {"line": world.pace.dice.choice(others)}

    def _priority(self) -> str | None:
        world, said = self._world, self._arrival.priority
        known = [one["id"] for one in world.hall["priorities"]]
        if said is not None:
            return said if said in known else (known[0] if known else None)
        unsaid = self._arrival.patience_s is None and self._arrival.service_s is None
        return world.pace.dice.choice(known) if unsaid and known and world.pace.chance(world.habits.priority) else None

    def _phone(self) -> str:
        return f"139{self._world.pace.dice.randrange(10**8):08d}"

    def _watching(self) -> asyncio.Task[None] | None:
        """Look at the phone page, which tells of the call too."""
        world, token = self._world, self._entry.token if self._entry else None
        if token is None or world.watched >= MOST_WATCHED or not world.pace.chance(world.habits.watches):
            return None
        world.watched += 1
        world.ledger.counts["watched"] += 1

        def see(page: dict[str, Any]) -> None:
            if page.get("state") == "called" and page.get("window"):
                world.floor.see_call(self.ticket, page["window"]["id"], str(page.get("called_at", page["calls"])))

        return asyncio.create_task(watch_page(world.base, token, see), name=f"phone page of {self.ticket}")
