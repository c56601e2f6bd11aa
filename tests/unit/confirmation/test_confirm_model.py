"""What a sheet may say, when a signature is one, and that the same content always has the same bytes."""

import pytest

from evaluation.confirmation.ink import png
from evaluation.confirmation.model import (
    Content,
    DocumentMark,
    Field,
    Ink,
    PageMark,
    canonical,
    check_ink,
    clean,
    digest,
)
from hall_server.errors import Invalid
from tests.fakes.confirming import signature


def ink(*strokes: tuple[tuple[float, float, int, float], ...], aspect: float = 2.4) -> Ink:
    return Ink(aspect=aspect, strokes=strokes)


def content(**more: object) -> Content:
    given = {
        "confirmation": "c1",
        "hall_name": "大厅",
        "window_number": 1,
        "window_name": "一窗",
        "staff": "1001",
        "number": "A001",
    }
    return Content(**{**given, **more})  # type: ignore[arg-type]  # a test's own


@pytest.mark.parametrize(
    ("strokes", "code"),
    [
        ((), "confirmation.ink_empty"),
        (((),), "confirmation.ink_empty"),
        ((((0.5, 0.5, 0, 1.0),),), "confirmation.ink_dot"),
        ((((0.5, 0.5, 0, 1.0), (0.52, 0.5, 5, 1.0)),), "confirmation.ink_dot"),
        (
            tuple(((0.5 + x / 1000, 0.5, x, 1.0), (0.501 + x / 1000, 0.5, x, 1.0)) for x in range(9)),
            "confirmation.ink_dot",
        ),
        ((((0.1, 0.1, 9, 1.0), (0.9, 0.9, 3, 1.0)),), "confirmation.ink_times"),
        ((tuple((0.5, 0.5, at, 0.5) for at in range(20_001)),), "confirmation.ink_too_much"),
    ],
)
def test_no_signature(strokes: tuple[tuple[tuple[float, float, int, float], ...], ...], code: str) -> None:
    with pytest.raises(Invalid, check=lambda exc: exc.code == code):
        check_ink(ink(*strokes))


def test_one_stroke_is_a_name() -> None:
    check_ink(ink(((0.3, 0.5, 0, 0.5), (0.5, 0.5, 90, 0.5))))  # 一


def test_the_picture_is_made_of_the_strokes_alone() -> None:
    one = Ink(**signature())
    assert png(one) == png(one)
    assert png(one) != png(Ink(**signature(2)))
    assert 1_000 < len(png(one)) < 60_000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("  ", "confirmation.text_empty"),
        ("x" * 41, "confirmation.text_too_long"),
        ("张\u202e三", "confirmation.text_control"),
        ("张\u200b三", "confirmation.text_control"),
        ("张\x00三", "confirmation.text_control"),
        ("张\n三", "confirmation.text_control"),
        ("\ue000", "confirmation.text_control"),
    ],
)
def test_what_cannot_be_seen_is_not_shown(text: str, code: str) -> None:
    with pytest.raises(Invalid, check=lambda exc: exc.code == code and exc.fields["field"] == "label"):
        clean(text, field="label", most=40)


def test_a_text_is_kept_as_it_will_be_shown() -> None:
    assert clean(" e\u0301 ", field="f", most=9) == "é"
    assert clean("a\r\nb", field="f", most=9, lines=True) == "a\nb"
    assert clean("<b>&", field="f", most=9) == "<b>&"


def test_the_same_content_has_the_same_bytes_and_any_other_has_others() -> None:
    page = PageMark(sha256="0" * 64, width=1, height=1)
    document = DocumentMark(id="d", name="n", sha256="1" * 64, pages=(page, page))
    one = content(fields=(Field(label="姓名", value="张三"),), materials=("身份证",), document=document)
    assert canonical(one) == canonical(
        content(materials=("身份证",), fields=(Field(label="姓名", value="张三"),), document=document)
    )
    others = (
        content(fields=(Field(label="姓名", value="张 三"),), materials=("身份证",), document=document),
        content(fields=(Field(label="姓名", value="张三"),), materials=("户口簿",), document=document),
        content(fields=(Field(label="姓名", value="张三"),), materials=("身份证",)),
        content(
            fields=(Field(label="姓名", value="张三"),), materials=("身份证",), document=document, confirmation="c2"
        ),
    )
    assert digest(canonical(one)) not in {digest(canonical(other)) for other in others}
    assert one.parts == ("f0", "m0", "d")
    assert one.to_see == 3
