"""The rules of the voice as settings: what each is, its bounds, and which may differ by zone or by line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from displays.speech.wording import check_template
from displays.voice import EngineName
from hall_server.errors import Invalid
from hall_server.settings import Settings

_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
_END = r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$"


class Language(StrEnum):
    """What may be spoken."""

    MANDARIN = "zh"  # 普通话
    ENGLISH = "en"
    CANTONESE = "yue"  # 粤语


class QuietHours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From one time of the day to another, hall time, calls are shown and not spoken; past midnight too."""

    begin: Annotated[str, Meta(pattern=_CLOCK)]
    end: Annotated[str, Meta(pattern=_END)]

    def holds(self, at: time) -> bool:
        """Whether it is quiet at this time of the day."""
        now = f"{at:%H:%M}"
        if self.begin < self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end


class VolumeHours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From one time of the day to another, hall time, the voice has this volume, in percent."""

    begin: Annotated[str, Meta(pattern=_CLOCK)]
    end: Annotated[str, Meta(pattern=_END)]
    volume: Annotated[int, Meta(ge=5, le=100)]


class Fix(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a word is said.

    Attributes:
        word: as it is written.
        say: in Chinese pinyin with tone numbers (``chong2 qing4``) or other hanzi that sound so (``虫庆``); in English
            another spelling.
    """

    language: Language
    word: Annotated[str, Meta(min_length=1, max_length=40)]
    say: Annotated[str, Meta(min_length=1, max_length=80)]


Template = Annotated[str, Meta(max_length=200)]
VoiceName = Annotated[str, Meta(max_length=60, pattern=r"^[\w .,()/+-]*$")]


def _rule(group: str, *places: str, unit: str = "", **bounds: Any) -> Meta:  # msgspec.Meta takes them
    """A rule's group on the page, the places besides the hall that may differ in it, and its unit."""
    return Meta(extra_json_schema={"group": group, "places": list(places), "unit": unit}, **bounds)


class VoiceRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every rule with its default; the page's texts ``voice.rule.{name}`` and ``voice.rule.{name}_hint`` explain it.

    Attributes:
        templates: language → sentence of a call, with the places of ``displays.voice.PLACES``.
        languages: spoken one after another.
        repeat: how often the whole is said; one announcement all the same.
        volume: in percent, where ``volume_hours`` says nothing else.
        late_s: a call older than this is not begun.
        zones_apart: whether zones may speak at the same time; else the whole hall is one room.
        engines: language → who may speak it, best first.
        voices: language → name of espeak's or Windows' voice, where not the usual one.
        speed: words a minute.
        sound_card: the zone whose calls the server's own sound card speaks; None: none.
    """

    templates: Annotated[dict[Language, Template], _rule("said", "line")] = {}
    languages: Annotated[tuple[Language, ...], _rule("said", "zone")] = (Language.MANDARIN, Language.ENGLISH)
    repeat: Annotated[int, _rule("said", "zone", unit="times", ge=1, le=3)] = 1
    yao: Annotated[bool, _rule("said")] = False
    fixes: Annotated[tuple[Fix, ...], _rule("said")] = ()
    chime: Annotated[bool, _rule("heard", "zone")] = True
    volume: Annotated[int, _rule("heard", "zone", unit="percent", ge=5, le=100)] = 100
    volume_hours: Annotated[tuple[VolumeHours, ...], _rule("heard", "zone")] = ()
    quiet_hours: Annotated[tuple[QuietHours, ...], _rule("heard", "zone")] = ()
    late_s: Annotated[float, _rule("heard", unit="s", ge=5, le=30)] = 30
    zones_apart: Annotated[bool, _rule("heard")] = True
    engines: Annotated[dict[Language, tuple[EngineName, ...]], _rule("engines")] = {}
    voices: Annotated[dict[Language, VoiceName], _rule("engines")] = {}
    speed: Annotated[int, _rule("engines", unit="words", ge=80, le=300)] = 150
    sound_card: Annotated[str | None, _rule("engines")] = None

    def is_quiet(self, at: time) -> bool:
        """Whether calls are shown only, at this time of the day."""
        return any(hours.holds(at) for hours in self.quiet_hours)

    def volume_at(self, at: time) -> int:
        """The volume at this time of the day, in percent."""
        now = f"{at:%H:%M}"
        return next((one.volume for one in self.volume_hours if one.begin <= now < one.end), self.volume)

    def says(self, language: str) -> dict[str, str]:
        """Word → how it is said, in this language."""
        return {fix.word: fix.say for fix in self.fixes if fix.language == language}


NAMES = tuple(VoiceRules.__struct_fields__)


@cache
def about() -> dict[str, dict[str, Any]]:
    """Of every rule: its group, unit, the places that may differ, its JSON schema and its default."""
    schema = msgspec.json.schema(VoiceRules)
    return dict(schema["$defs"]["VoiceRules"]["properties"])


def names_of(kind: str) -> frozenset[str]:
    """The rules that a ``zone`` or a ``line`` may have of its own; of the ``hall`` all."""
    return frozenset(name for name, entry in about().items() if kind == "hall" or kind in entry["places"])


def first_rules(settings: Settings) -> dict[str, Any]:
    """What the hall's file says; it holds until a manager says something else."""
    known = tuple(one for one in settings.voice_languages if one in set(Language))
    late_s = min(30.0, max(5.0, settings.voice_until_s))
    return {
        "languages": known or (Language.MANDARIN,),
        "yao": settings.voice_yao,
        "chime": settings.voice_chime,
        "late_s": late_s,
    }


def read(values: Mapping[str, Any]) -> VoiceRules:
    """Rules from values by name; what is not given has the program's default.

    Raises:
        Invalid: ``voice.rule_invalid``, ``voice.out_of_range`` or a code that says what contradicts what;
            ``fields["field"]`` names the rule.
    """
    try:
        rules = msgspec.convert(dict(values), VoiceRules)
    except msgspec.ValidationError as exc:
        raise _refusal(str(exc)) from exc
    for language, template in rules.templates.items():
        check_template(template, language)
    for check in (_check_languages, _check_hours, _check_fixes, _check_engines):
        check(rules)
    return rules


def bounds_of(name: str) -> tuple[float, float] | None:
    """Least and most of a number; None for what is no number."""
    entry = about().get(name, {})
    return (entry["minimum"], entry["maximum"]) if "minimum" in entry else None


def _refusal(text: str) -> Invalid:
    """What a message of msgspec's says, in our words: it ends with the path of the value."""
    path = text.rpartition("`$.")[2].rstrip("`")
    field = path.partition("[")[0].partition(".")[0]
    row = path.partition("[")[2].partition("]")[0]
    if row.isdigit():
        return Invalid("voice.row_invalid", field=field, row=int(row), part=path.rpartition(".")[2])
    bounds = bounds_of(field)
    if bounds is None:
        return Invalid("voice.rule_invalid", field=field)
    return Invalid("voice.out_of_range", field=field, least=bounds[0], most=bounds[1])


def _check_languages(rules: VoiceRules) -> None:
    if not rules.languages:
        raise Invalid("voice.no_language", field="languages")
    if len(set(rules.languages)) < len(rules.languages):
        raise Invalid("voice.twice", field="languages")


def _check_hours(rules: VoiceRules) -> None:
    for row, hours in enumerate(rules.quiet_hours):
        if hours.begin == hours.end:
            raise Invalid("voice.hours_empty", field="quiet_hours", row=row, part="end")
    last = ""
    for row, band in sorted(enumerate(rules.volume_hours), key=lambda one: one[1].begin):
        if band.end <= band.begin:
            raise Invalid("voice.hours_end_first", field="volume_hours", row=row, part="end", begin=band.begin)
        if band.begin < last:
            raise Invalid("voice.hours_overlap", field="volume_hours", row=row, part="begin", begin=band.begin)
        last = band.end


def _check_fixes(rules: VoiceRules) -> None:
    seen: set[tuple[str, str]] = set()
    for row, fix in enumerate(rules.fixes):
        if any(mark in fix.word + fix.say for mark in "[]|{}<>") or not fix.word.strip() or not fix.say.strip():
            raise Invalid("voice.fix_unfit", field="fixes", row=row, part="say", word=fix.word)
        if (fix.language, fix.word.casefold()) in seen:
            raise Invalid("voice.fix_twice", field="fixes", row=row, part="word", word=fix.word)
        seen.add((fix.language, fix.word.casefold()))


def _check_engines(rules: VoiceRules) -> None:
    for language, order in rules.engines.items():
        if not order:
            raise Invalid("voice.no_engine", field="engines", language=language)
        if len(set(order)) < len(order):
            raise Invalid("voice.twice", field="engines", language=language)
