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
WORDS: Final = (
    "北京 上海 天津 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 "
    "四川 贵州 云南 陕西 甘肃 青海 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 台湾 石家庄 太原 沈阳 长春 哈尔滨 "
    "南京 杭州 合肥 福州 南昌 济南 郑州 武汉 长沙 广州 深圳 南宁 海口 成都 贵阳 昆明 拉萨 西安 兰州 西宁 "
    "银川 乌鲁木齐 呼和浩特 苏州 青岛 大连 宁波 厦门 父亲 母亲 爸爸 妈妈 爷爷 奶奶 外公 外婆 儿子 女儿 孩子 "
    "丈夫 妻子 老公 老婆 哥哥 姐姐 弟弟 妹妹 孙子 孙女 家人 亲属 配偶 姓名 性别 地址 住址 电话 手机 日期 "
    "出生 单位 公司 学校 医院 小区 街道 社区 村委会 居委会 派出所 法人 代表 经办人 联系人 我们 他们 你们 "
    "大家 自己 什么 怎么 怎样 哪里 这里 那里 今天 明天 昨天 上午 下午 现在 时间 时候 以后 以前 已经 没有 "
    "可以 需要 不能 不会 不要 因为 所以 如果 但是 而且 还是 或者 谢谢 您好 请问 帮忙 问题 情况 原因 意见 "
    "建议 投诉 表扬 态度 服务 窗口 排队 等待 材料 证明 复印件 原件 照片 签字 盖章 申请 审批 登记 变更 注销 "
    "补办 换证 领取 缴费 退费 发票 合同 协议 委托 代办 预约 取号 身份证 户口本 结婚证 离婚证 出生证 居住证 "
    "驾驶证 行驶证 护照 社保卡 医保卡 银行卡 营业执照 房产证 不动产权证 准生证 残疾证 公积金 养老金 养老保险 "
    "医疗保险 失业保险 工伤保险 生育保险 社保 医保 低保 补贴 贷款 房屋 租房 买房 卖房 过户 继承 赠与 装修 "
    "结婚 离婚 怀孕 生育 上学 入学 转学 毕业 就业 失业 退休 去世 丧葬 看病 报销 开店 餐饮 食品 卫生 消防 "
    "税务 纳税 个体户 企业"
)
"""Words of everyday speech and of forms that pypinyin's table has not, because nobody doubts how they are read."""
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
