"""Fonts that paper is printed with."""

from hall_server.fonts import font_of, marked


def test_a_character_without_a_font_is_named_and_never_a_box() -> None:
    assert font_of("张") != ""
    assert font_of("\U0010fffd") == ""
    assert "[U+10FFFD]" in marked("张\U0010fffd")
    assert "&lt;b&gt;" in marked("<b>")
