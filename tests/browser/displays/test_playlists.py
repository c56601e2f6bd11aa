"""Between calls: pictures, films and words in their order; a call interrupts at once and the list goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.displays.posters import film, poster

pytestmark = pytest.mark.browser

CHOICES = (Path(__file__).parent / "choices.js").read_text("utf-8").partition("*/")[2]


def test_the_choices_of_the_pages(look: Callable[..., Page]) -> None:
    found = look("/board/z2").evaluate(CHOICES)
    assert found["moment"] == {"weekday": 7, "time": "23:59"}
    assert found["due"] == [True, False, True, False, True]
    assert found["next"] == [2, 0, -1, -1, 0]
    assert found["calls"] == ["t1 2"]
    assert found["around"] == [False, False]  # the way goes around other windows, beside and below
    way, straight, level = found["route"]
    assert [(round(one["x"], 3), round(one["y"], 3)) for one in way] == [(0.2, 0.8), (0.65, 0.8), (0.65, 0.2)]
    assert (straight, level) == (2, 2)
    assert found["columns"] == [8, 1]
    assert found["dark"] == [True, True, False, False]


def test_a_list_runs_in_its_order_and_a_call_interrupts_at_once(hung: Any, look: Callable[..., Page]) -> None:
    pictures = [hung.upload(poster(colour), colour) for colour in ("#113355", "#553311")]
    words = {"kind": "text", "zh": "放假通知", "en": "Closing", "seconds": 3}
    items = [words, *({"kind": "picture", "media": one["id"], "seconds": 3} for one in pictures)]
    id_ = hung.hang(name="宣传屏", content="playlist", arrangement="full", playlist=items, call_s=5)
    hung.queue_up(2)
    page = look(f"/screen/{id_}")
    expect(page.locator(".page-text h2").first).to_have_text("放假通知")
    for media in pictures:
        expect(page.locator(f".media[data-item='{media['id']}']")).to_be_visible()
    number = hung.call("w05")
    playlist = page.locator("#playlist.playlist--away")
    expect(playlist).to_be_attached()
    expect(page.locator(f".call--hero[data-number={number}]")).to_be_visible()
    expect(playlist).to_have_count(0)  # it goes on by itself
    expect(page.locator(".media").first).to_be_visible()


def test_a_film_plays_without_sound_and_shows_on_without_the_server(hung: Any, look: Callable[..., Page]) -> None:
    page = look("/board/z2")
    media = hung.upload(film(page), "片.webm")
    assert (media["kind"], media["media_type"]) == ("video", "video/webm")
    id_ = hung.hang(
        name="片",
        content="playlist",
        zone=None,
        arrangement="full",
        playlist=[{"kind": "video", "media": media["id"], "seconds": 30}],
    )
    screen = look(f"/screen/{id_}")
    video = screen.locator("video")
    expect(video).to_be_visible()
    playing = "() => { const one = document.querySelector('video'); return !one.paused && one.currentTime > 0.1; }"
    screen.wait_for_function(playing)
    assert video.evaluate("(one) => [one.muted, one.src.startsWith('blob:')]") == [True, True]


def test_a_list_with_nothing_for_now_leaves_the_board(hung: Any, look: Callable[..., Page]) -> None:
    never = {"kind": "text", "zh": "夜里", "begin": "00:00", "end": "00:01"}
    id_ = hung.hang(name="空", arrangement="full", playlist=[never])
    page = look(f"/screen/{id_}")
    expect(page.locator("#playlist.playlist--empty")).to_be_attached()
    expect(page.locator(".board__main")).to_be_visible()
