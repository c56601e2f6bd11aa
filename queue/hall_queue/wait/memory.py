"""What was learnt about waits as plain JSON, so that a hall that is off at night does not begin anew each morning.

The learnt objects are walked by their slots: numbers, lists, deques, tuples and dicts of objects of their own kind.
"""

from __future__ import annotations

from collections import deque
from copy import deepcopy
from typing import Any

from hall_queue.wait.learnt import Waits
from hall_queue.wait.line import LineWaits

DIGITS = 6  # significant ones; the estimate is told in whole seconds
MADE_AGAIN = frozenset({"lessons", "known_factor"})  # follows from the rest
_NUMBERS = (bool, int, float, type(None))


class Forgotten(Exception):
    """The memory was made by a program that learnt in another way."""


def remembered(waits: Waits) -> dict[str, Any]:
    """What a new day would begin with; nothing of the people who wait or are served now."""
    kept = deepcopy(waits)
    kept.day_opened()
    lines = {id_: _plain(line) for id_, line in kept._lines.items()}
    return {"hall": _plain(_without_lines(kept)), "lines": lines}


def recall(into: Waits, memory: dict[str, Any]) -> None:
    """Begin a day with what was learnt.

    Args:
        into: forgets what it knew; left as it was where the memory does not fit.
        memory: as :func:`remembered` gave it.

    Raises:
        Forgotten: it does not fit.
    """
    waits = Waits()
    try:
        _fill(waits, {**memory["hall"], "_lines": {}})
        for id_, kept in memory["lines"].items():
            waits._lines[id_] = LineWaits()
            _fill(waits._lines[id_], kept)
    except (KeyError, TypeError, IndexError, AttributeError) as exc:
        raise Forgotten(str(exc)) from exc
    vars(into).update(vars(waits))


def _without_lines(waits: Waits) -> Waits:
    waits._lines = {}
    return waits


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, (*_NUMBERS, str)):
        return value
    if isinstance(value, (list, tuple, deque)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return {name: _plain(getattr(value, name)) for name in _names(value)}


def _fill(target: Any, kept: dict[str, Any]) -> None:
    names = _names(target)
    if set(names) != set(kept):
        raise KeyError(", ".join(sorted(set(names) ^ set(kept))))
    for name in names:
        setattr(target, name, _like(getattr(target, name), kept[name]))


def _like(model: Any, kept: Any) -> Any:
    """A value of the shape that a fresh object has in this place."""
    if isinstance(model, (*_NUMBERS, str)):
        if not isinstance(kept, (*_NUMBERS, str)):
            raise TypeError("a number was expected")
        return kept
    if isinstance(model, deque):
        return deque(map(_flat, kept), maxlen=model.maxlen)
    if isinstance(model, list):
        return [_flat(one) for one in kept]
    if isinstance(model, tuple):
        return tuple(_like(one, kept[n]) for n, one in enumerate(model))
    if isinstance(model, dict):
        return dict(kept)
    _fill(model, kept)
    return model


def _flat(kept: Any) -> Any:
    return tuple(kept) if isinstance(kept, list) else kept


def _names(value: Any) -> list[str]:
    found = getattr(type(value), "__slots__", None)
    return [name for name in (found if found is not None else vars(value)) if name not in MADE_AGAIN]
