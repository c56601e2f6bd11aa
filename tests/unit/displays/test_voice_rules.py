"""The rules of the voice: set by a manager with a reason, refused at the field, kept over a restart."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from displays.speech.book import VoiceBook
from displays.speech.rule_events import SaveVoiceRules
from displays.speech.rules import NAMES, VoiceRules, about, names_of, read
from hall_server.errors import DomainError, Forbidden, Invalid, NotFound
from hall_server.identity import Actor
from hall_server.server import Server
from hall_server.web.locales import Locales
from tests.fakes.hall import ROOT, manager, opened, staff

ROOMS = ("hall_queue", "devices", "displays")


@asynccontextmanager
async def hall(data: Path) -> AsyncIterator[tuple[Server, VoiceBook]]:
    async with opened(data, rooms=ROOMS) as server:
        yield server, server.rooms["displays"].voice.speech.book


async def save(server: Server, place: str = "hall", actor: Actor | None = None, **values: object) -> None:
    await server.execute(SaveVoiceRules(changes={place: values}, reason="试一试"), actor=actor or manager())


@pytest.mark.gen_test
async def test_what_a_manager_sets_holds_at_once_and_after_a_restart(tmp_path: Path) -> None:
    async with hall(tmp_path) as (server, book):
        await save(server, repeat=2, quiet_hours=[{"begin": "12:00", "end": "13:30"}])
        await save(server, "zone:z1", volume=60)
        await save(server, "line:tax", templates={"zh": "请 {number} 号到 {window} 号窗口办税"})
        assert (book.hall.repeat, book.of_zone("z1").volume, book.of_zone("z2").volume) == (2, 60, 100)
        assert book.of_zone("z1").repeat == 2
    async with hall(tmp_path) as (_, book):
        assert book.template("tax", "zh") == "请 {number} 号到 {window} 号窗口办税"
        assert book.template("business", "zh") is None
        assert (book.hall.repeat, book.of_zone("z1").volume) == (2, 60)
        assert book.hall.quiet_hours[0].begin == "12:00"
        assert book.last is not None
        assert book.last.actor == "staff:m01"


@pytest.mark.gen_test
async def test_a_rule_given_back_follows_the_hall_and_the_halls_file_again(tmp_path: Path) -> None:
    async with hall(tmp_path) as (server, book):
        await save(server, chime=False, volume=40)
        await save(server, "zone:z1", volume=80)
        await save(server, "zone:z1", volume=None)
        await save(server, chime=None)
        assert book.of_zone("z1").volume == 40
        assert book.hall.chime is True
        assert book.changed == {"hall": {"volume": 40}, "zone:z1": {}}


BAD: list[tuple[str, dict[str, Any], str, dict[str, object]]] = [
    (
        "hall",
        {"templates": {"zh": "请 {nubmer} 号"}},
        "voice.template_place",
        {"placeholder": "{nubmer}", "language": "zh"},
    ),
    ("hall", {"templates": {"zh": "请 {number 号"}}, "voice.template_braces", {"language": "zh"}),
    ("hall", {"templates": {"zh": "请到 {window} 号窗口"}}, "voice.template_number", {}),
    ("hall", {"templates": {"en": "请 {number}"}}, "voice.template_hanzi", {"language": "en"}),
    ("line:tax", {"templates": {"zh": "{name} {number}"}}, "voice.template_place", {"placeholder": "{name}"}),
    ("hall", {"templates": {"zh": ""}}, "voice.template_unfit", {}),
    ("hall", {"templates": {"fr": "{number}"}}, "voice.rule_invalid", {"field": "templates"}),
    ("hall", {"repeat": 9}, "voice.out_of_range", {"field": "repeat", "least": 1, "most": 3}),
    ("hall", {"late_s": 31}, "voice.out_of_range", {"field": "late_s"}),
    ("hall", {"volume": True}, "voice.out_of_range", {"field": "volume"}),
    ("hall", {"languages": []}, "voice.no_language", {"field": "languages"}),
    ("hall", {"languages": ["zh", "zh"]}, "voice.twice", {"field": "languages"}),
    ("hall", {"languages": ["tlh"]}, "voice.row_invalid", {"field": "languages", "row": 0}),
    ("hall", {"quiet_hours": [{"begin": "9:00", "end": "10:00"}]}, "voice.row_invalid", {"row": 0, "part": "begin"}),
    ("hall", {"quiet_hours": [{"begin": "09:00", "end": "09:00"}]}, "voice.hours_empty", {"row": 0}),
    (
        "hall",
        {
            "volume_hours": [
                {"begin": "09:00", "end": "12:00", "volume": 50},
                {"begin": "11:00", "end": "13:00", "volume": 50},
            ]
        },
        "voice.hours_overlap",
        {"row": 1},
    ),
    ("hall", {"fixes": [{"language": "zh", "word": "重[庆", "say": "虫庆"}]}, "voice.fix_unfit", {"row": 0}),
    (
        "hall",
        {"fixes": [{"language": "zh", "word": "行", "say": "hang2"}, {"language": "zh", "word": "行", "say": "杭"}]},
        "voice.fix_twice",
        {"row": 1, "word": "行"},
    ),
    ("hall", {"engines": {"zh": []}}, "voice.no_engine", {"language": "zh"}),
    ("hall", {"engines": {"zh": ["gramophone"]}}, "voice.rule_invalid", {"field": "engines"}),
    ("hall", {"sound_card": "z99"}, "voice.zone_unknown", {"field": "sound_card", "zone": "z99"}),
    ("hall", {"loud": 1}, "voice.rule_unknown", {"field": "loud"}),
    ("zone:z1", {"templates": {}}, "voice.rule_elsewhere", {"field": "templates", "place": "zone:z1"}),
    ("line:tax", {"volume": 50}, "voice.rule_elsewhere", {"field": "volume"}),
]


@pytest.mark.parametrize(("place", "values", "code", "fields"), BAD)
@pytest.mark.gen_test
async def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_set(
    tmp_path: Path, place: str, values: dict[str, Any], code: str, fields: dict[str, object]
) -> None:
    async with hall(tmp_path) as (server, book):
        with pytest.raises(Invalid) as caught:
            await server.execute(
                SaveVoiceRules(changes={place: values, "zone:z2": {"volume": 30}}, reason="试一试"), actor=manager()
            )
        assert caught.value.code == code
        assert caught.value.fields.items() >= fields.items()
        assert book.changed == {}


@pytest.mark.gen_test
async def test_only_managers_with_a_reason_and_only_places_that_exist(tmp_path: Path) -> None:
    async with hall(tmp_path) as (server, book):
        with pytest.raises(Forbidden, match="managers_only"):
            await save(server, actor=staff("s01", "w01"), repeat=2)
        with pytest.raises(DomainError, match="needs_reason"):
            await server.execute(SaveVoiceRules(changes={"hall": {"repeat": 2}}, reason=" "), actor=manager())
        for place in ("zone:z99", "line:none", "window:w01", "zone"):
            with pytest.raises(NotFound, match="place_unknown"):
                await save(server, place, volume=50)
        assert book.changed == {}


@pytest.mark.gen_test
async def test_the_same_values_again_are_no_change(tmp_path: Path) -> None:
    async with hall(tmp_path) as (server, book):
        await save(server, volume=50)
        last = book.last
        await save(server, volume=50)
        assert book.last is last


def test_quiet_hours_may_go_past_midnight() -> None:
    rules = read({"quiet_hours": [{"begin": "22:00", "end": "07:00"}, {"begin": "12:00", "end": "13:00"}]})
    quiet = [hour for hour in range(24) if rules.is_quiet(dt.time(hour))]
    assert quiet == [*range(7), 12, 22, 23]


def test_the_volume_follows_the_hour() -> None:
    rules = read({"volume": 80, "volume_hours": [{"begin": "18:00", "end": "24:00", "volume": 30}]})
    assert [rules.volume_at(dt.time(17, 59)), rules.volume_at(dt.time(18)), rules.volume_at(dt.time(23, 59))] == [
        *(80, 30, 30)
    ]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_rule_is_explained_in_a_sentence(language: str) -> None:
    locales = Locales()
    locales.add(ROOT / "displays" / "locales")
    groups = {entry["group"] for entry in about().values()}
    keys = [*(f"voice.rule.{name}" for name in NAMES), *(f"voice.rule.{name}_hint" for name in NAMES)]
    keys += [f"voice.group.{group}" for group in groups]
    assert [key for key in keys if locales.text(key, language) == key] == []


def test_places_differ_only_in_what_their_kind_may() -> None:
    assert names_of("line") == {"templates"}
    assert "volume" in names_of("zone")
    assert names_of("hall") == set(VoiceRules.__struct_fields__)
