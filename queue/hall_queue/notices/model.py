"""Notices and emergencies as the hall knows them now, and the words an emergency has where nobody writes others."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec


class NoticeKind(StrEnum):
    """How urgent a notice is."""

    INFO = "info"  # 通知
    WARNING = "warning"  # 提醒


class EmergencyKind(StrEnum):
    """What has happened."""

    FIRE = "fire"  # 火情
    EVACUATION = "evacuation"  # 疏散
    POWER = "power"  # 停电
    NETWORK = "network"  # 网络故障
    POLICE = "police"  # 治安事件
    OTHER = "other"  # 其他


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something the hall has to say for a while.

    Attributes:
        zones: where it is shown; empty: in the whole hall.
        until: no longer shown from then on.
    """

    id: str
    zh: str
    en: str
    kind: NoticeKind
    zones: tuple[str, ...]
    until: datetime
    since: datetime
    by: str
    reason: str

    def is_for(self, zone: str) -> bool:
        """Whether a zone shows it."""
        return not self.zones or zone in self.zones


class Emergency(msgspec.Struct, frozen=True, kw_only=True):
    """The hall's state of emergency, until it is lifted.

    Attributes:
        zh, en: what has happened; do_zh, do_en: what everybody shall do now.
        stops_issuing: no numbers are given meanwhile. stops_calling: nobody is called meanwhile.
    """

    id: str
    kind: EmergencyKind
    zh: str
    en: str
    do_zh: str
    do_en: str
    stops_issuing: bool
    stops_calling: bool
    since: datetime
    by: str
    reason: str


class Wording(NamedTuple):
    """What is said of one kind of emergency, and what it stops where the manager says nothing else."""

    zh: str
    en: str
    do_zh: str
    do_en: str
    stops_calling: bool


DEFAULTS: dict[EmergencyKind, Wording] = {
    EmergencyKind.FIRE: Wording(
        "大厅发生火情",
        "Fire in the hall",
        "请立即从最近的安全出口离开，不要乘坐电梯，不要返回取物，听从工作人员指挥。",
        "Leave by the nearest exit now. Do not use the lifts. Do not go back for belongings. Follow the staff.",
        True,
    ),
    EmergencyKind.EVACUATION: Wording(
        "大厅紧急疏散",
        "The hall is being evacuated",
        "请立即从最近的安全出口有序离开，不要拥挤，听从工作人员指挥。",
        "Leave by the nearest exit now, calmly and without pushing. Follow the staff.",
        True,
    ),
    EmergencyKind.POWER: Wording(
        "大厅停电，业务暂停",
        "Power failure, service is interrupted",
        "请留在原位，注意脚下。您的号码保留，恢复后继续叫号。",
        "Please stay where you are and mind your step. Your number is kept; calling goes on afterwards.",
        True,
    ),
    EmergencyKind.NETWORK: Wording(
        "网络故障，业务暂停",
        "Network failure, service is interrupted",
        "请稍候。您的号码保留，恢复后继续叫号。",
        "Please wait. Your number is kept; calling goes on afterwards.",
        True,
    ),
    EmergencyKind.POLICE: Wording(
        "大厅发生紧急情况",
        "Emergency in the hall",
        "请保持冷静，远离事发区域，听从工作人员和公安人员指挥。",
        "Please stay calm, keep away from the incident, and follow the staff and the police.",
        True,
    ),
    EmergencyKind.OTHER: Wording(
        "大厅业务临时暂停",
        "Service is interrupted",
        "请听从工作人员安排。您的号码保留。",
        "Please follow the staff. Your number is kept.",
        True,
    ),
}
"""All of them stop the issuing of numbers too."""
