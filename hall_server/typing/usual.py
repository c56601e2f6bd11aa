"""How usual characters are by themselves: everyday Chinese, the standard's first level, names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

EVERYDAY: Final = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种"
    "事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第"
    "公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合"
    "回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总"
    "何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听"
    "白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带"
    "导争运您办证照户婚房医退休补领缴税险病学校孩父母亲丈夫妻离残老幼店铺车牌驾驶护签居民身份"
)
"""The usual ones first; those of everyday speech, then those of a service hall.
Source: Jun Da, Modern Chinese Character Frequency List (2004), its first five hundred."""
NAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪"
    "田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文伟芳娜敏静丽强磊军洋勇艳杰娟"
    "涛明超霞平刚桂英华玉兰红建国秀梅志鹏飞宇浩然欣怡子轩梓涵"
)
"""Surnames and letters of names, the usual ones first: people type who they are. Source: the yearly reports of names
of the Ministry of Public Security (全国姓名报告)."""
LEVEL_ONE: Final = (0xB0, 0xD7)
"""First bytes of the 3,755 characters of everyday use. Source: GB/T 2312-1980."""
LEVEL_ONE_WEIGHT: Final = 20.0
EVERYDAY_WEIGHT: Final = 400.0
NAME_WEIGHT: Final = 60.0


def weigh(alone: dict[str, float], seen: Mapping[str, int]) -> None:
    """Add to the weight of each character what is known of it.

    Args:
        alone: character → weight so far; changed in place.
        seen: how often the hall's own texts have a character.
    """
    for letter in alone:
        alone[letter] += 4.0 * math.sqrt(seen.get(letter, 0)) + (LEVEL_ONE_WEIGHT if _is_level_one(letter) else 0.0)
    for letters, most in ((EVERYDAY, EVERYDAY_WEIGHT), (NAMES, NAME_WEIGHT)):
        for place, letter in enumerate(letters):
            alone[letter] = alone.get(letter, 0.0) + most / (1 + place / 40)


def everyday_characters() -> str:
    """Both levels of GB/T 2312: 6,763 characters, and with them every one in use."""
    codes = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    return b"".join(codes).decode("gb2312", "ignore")


def _is_level_one(letter: str) -> bool:
    try:
        return LEVEL_ONE[0] <= letter.encode("gb2312")[0] <= LEVEL_ONE[1]
    except UnicodeEncodeError:
        return False
