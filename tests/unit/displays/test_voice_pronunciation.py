"""How a text is spelt for espeak."""

import pytest

from displays.voice.pronunciation import for_espeak, named_letters, numbered_pinyin


@pytest.mark.parametrize(
    ("text", "pinyin"),
    [
        ("请 A 零零一 号到 三号窗口", "qing3 ei1 ling2 ling2 yi1 hao4 dao4 san1 hao4 chuang1 kou3"),
        ("幺零幺", "yao1 ling2 yao1"),
        ("重庆银行", "chong2 qing4 yin2 hang2"),
        ("女士，绿色通道。", "nv3 shi4, lv4 se4 tong1 dao4"),
        ("不动产", "bu2 dong4 chan3"),
        ("雄 琼 炯", "xong2 qong2 jong3"),
        ("Ａ１２", "ei1 yi1 er4"),
        ("好的", "hao3 de5"),
        ("WX", "da2 bu5 liu5 ai4 ke5 si5"),
        ("<b>☎</b>", "bi4 bi4"),
        ("☎ !", ""),
    ],
)
def test_chinese_becomes_numbered_pinyin(text: str, pinyin: str) -> None:
    assert numbered_pinyin(text) == pinyin
    assert for_espeak(text, "zh") == pinyin


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("Ticket A zero zero one", "Ticket eigh zero zero one"),
        ("Ticket A B seven, please", "Ticket eigh B seven, please"),
        ("go to window A", "go to window eigh"),
        ("A window has opened", "A window has opened"),
    ],
)
def test_the_letter_a_is_not_taken_for_the_article(text: str, spelt: str) -> None:
    assert named_letters(text) == spelt
    assert for_espeak(text, "en") == spelt
