"""A hall in which everybody presses keys at random: many different events in a short time, the same for one seed."""

from __future__ import annotations

import random
from collections.abc import Callable

from hall_queue import messages as m
from hall_queue.model import PauseReason, RequeueMode
from hall_server.errors import DomainError
from hall_server.messages import Command
from tests.fakes.queue_hall import QueueHall

WINDOWS = ("w01", "w02", "w03", "w04", "w10")
LINES = ("business", "transport", "tax")


async def bustle(hall: QueueHall, *, seed: int, steps: int) -> int:
    """Press so many keys; gives how many had an effect. Refusals are part of a day."""
    dice, done = random.Random(seed), 0
    for window in WINDOWS:
        await hall.do(m.OpenWindow(window=window, staff=f"s{window[1:]}"))
    for _ in range(steps):
        hall.clock.forward(seconds=dice.choice((1, 5, 12, 40)))
        try:
            await hall.do(_key(hall, dice))
        except DomainError:
            continue
        done += 1
    return done


def _key(hall: QueueHall, dice: random.Random) -> Command:
    window = dice.choice(WINDOWS)
    ids = [*hall.queue.tickets] or ["none"]
    business, tax = hall.matters("business")[:4], hall.matters("tax")[:4]
    keys: list[tuple[int, Callable[[], Command]]] = [
        (6, lambda: m.IssueTicket(line=dice.choice(LINES), priority=dice.choice((None, None, "elderly")))),
        (3, lambda: m.IssueTicket(matter=dice.choice(business + tax), person=f"p{dice.randrange(20)}")),
        (8, lambda: m.CallNext(window=window, finish=dice.random() < 0.3)),
        (3, lambda: m.RecallTicket(window=window)),
        (6, lambda: m.StartService(window=window)),
        (2, lambda: m.PassTicket(window=window)),
        (2, lambda: m.HoldTicket(window=window)),
        (2, lambda: m.ReleaseTicket(ticket=dice.choice(ids))),
        (2, lambda: m.RequeueTicket(window=window, mode=dice.choice(list(RequeueMode)))),
        (2, lambda: m.TransferTicket(window=window, matter=dice.choice(business + tax))),
        (1, lambda: m.TransferTicket(window=window, to_window=dice.choice(WINDOWS))),
        (1, lambda: m.TransferTicket(window=window, staff=f"s{dice.choice(WINDOWS)[1:]}")),
        (1, lambda: m.AddMatter(window=window, matter=dice.choice(business))),
        (5, lambda: m.FinishService(window=window)),
        (1, lambda: m.CancelTicket(ticket=dice.choice(ids))),
        (1, lambda: m.PinTicket(ticket=dice.choice(ids), pinned=dice.random() < 0.7, reason="dice")),
        (1, lambda: m.CallTicket(window=window, ticket=dice.choice(ids), reason="dice")),
        (1, lambda: m.PauseWindow(window=window, reason=dice.choice(list(PauseReason)))),
        (1, lambda: m.ResumeWindow(window=window)),
        (1, lambda: m.OpenWindow(window=window, staff=f"s{window[1:]}")),
    ]
    return dice.choices([make for _, make in keys], [weight for weight, _ in keys])[0]()
