"""A list on the slip printer beside a kiosk: as much as fits, and the code to the rest."""

from __future__ import annotations

from collections.abc import Iterator

from cases.guidance import words
from cases.guidance.lists import ListShown
from cases.guidance.tokens import Language as ListLanguage
from cases.guidance.words import Say
from devices.gateway.printing.slip import Language, Listing, Row

LONG, SHORT = 300, 80
MOST = 120
"""Lines: half a metre of paper."""


def slip_of(shown: ListShown, *, hall: str, address: str | None, printed: str, say: Say) -> Listing:
    """The list as a slip.

    Args:
        shown: the list. hall: the hall's name. printed: when, in words. say: the fixed words.
        address: of the list's page, for its QR code.
    """
    lines = tuple(_lines(shown, say))
    return Listing(
        language=Language.ENGLISH if shown.language is ListLanguage.ENGLISH else Language.CHINESE,
        hall=hall[:SHORT],
        title=shown.title[:SHORT],
        lines=lines[:MOST],
        printed_at=printed,
        address=address,
    )


def _lines(shown: ListShown, say: Say) -> Iterator[str | Row]:
    for one in shown.answers:
        yield _cut(f"{one.question} {one.answer}")
    if shown.stop:
        yield _cut(shown.stop)
    yield _cut(f"【{say('bring')}】")
    yield from _materials(shown, say)
    yield _cut(f"【{say('facts')}】")
    zone = shown.place.zone
    if zone is not None:
        yield _row(say("where"), words.named(shown.language, zone.name, zone.name_en))
    if shown.place.windows:
        numbers = say("listing").join(str(one.number) for one in shown.place.windows[:8])
        yield _row(say("windows"), numbers)
    yield _row(say("promise"), words.days(shown.promise_workdays, say))
    for fee in shown.fees:
        yield _cut(words.money(fee, say))
    if shown.phones:
        yield _row(say("phones"), say("listing").join(shown.phones))
    yield _cut(say("paper.scan"))


def _materials(shown: ListShown, say: Say) -> Iterator[str]:
    if shown.materials:
        for number, one in enumerate(shown.materials, 1):
            later = f"（{say('later')}）" if one.later else ""
            name = words.named(shown.language, one.name, one.name_en)
            yield _cut(f"{number}. {name} {words.sheets(one, say)}{later}")
        return
    hall = shown.guidance.materials if shown.guidance else ()
    for number, text in enumerate(hall, 1):
        yield _cut(f"{number}. {text}")
    if not hall:
        yield _cut(say("bring_nothing") if shown.is_written else say("bring_unknown"))


def _cut(text: str) -> str:
    return text[:LONG]


def _row(label: str, value: str) -> Row:
    return Row(label=label[:SHORT], value=value[:LONG])
