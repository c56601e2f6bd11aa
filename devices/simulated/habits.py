"""What simulated people do how often; parts of one, spans in the simulation's seconds. Made up, and meant to be set."""

from __future__ import annotations

import msgspec


class Habits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of visitors and staff.

    Attributes:
        on_phone: take the number with their phone. identified: say their phone number.
        booked: come with an appointment, where the hall has a place soon.
        knows_matter: choose a matter, the others a line. several: come for a second matter, where no file says it.
        priority: belong to a class that goes first, where no file says it.
        wrong_line: wait at the wrong line and are sent on.
        watches: have their phone page open.
        absent: do not come when called, where no file says it. comes_back: of those, come later and ask to be called.
        patience_s: after so long they give up, on the average, where no file says it.
        rates_on_phone: of those who did not rate at the pad.
        notices_s: until somebody notices the call on a screen. walk_s: to the window. away_s: until who was away comes.
        reaction_s: of staff between two visitors. service_s: where no file says it. clerk_spread: between people.
        pauses: after a visitor. holds: visits with a form to fill in, which takes form_s. mistakes: wrong keys, taken
            back. requeues: called by mistake. recall_after_s: staff wait so much longer than the walk takes, call
            again, and pass the number pass_after_s later.
        begins_late_s: staff come one after the other. lunch_s: of each.
    """

    on_phone: float = 0.12
    identified: float = 0.25
    booked: float = 0.05
    knows_matter: float = 0.6
    several: float = 0.08
    priority: float = 0.08
    wrong_line: float = 0.03
    watches: float = 0.15
    absent: float = 0.04
    comes_back: float = 0.4
    patience_s: float = 3300.0
    rates_on_phone: float = 0.1
    notices_s: float = 4.0
    walk_s: float = 12.0
    away_s: float = 300.0

    reaction_s: float = 5.0
    service_s: float = 110.0
    clerk_spread: float = 0.2
    pauses: float = 0.01
    pause_s: float = 300.0
    holds: float = 0.03
    form_s: float = 240.0
    mistakes: float = 0.01
    requeues: float = 0.004
    recall_after_s: float = 12.0
    pass_after_s: float = 30.0
    begins_late_s: float = 180.0
    lunch_s: float = 2700.0
