"""What a simulated platform does wrong, and what it finds wrong with a record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

NEEDED = ("key", "uniqueId", "proDepart", "projectNo", "taskCode", "winNo", "pf", "satisfaction", "assessNumber")
"""Fields that may not be empty; the same that published interfaces of provinces ask for."""
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_DIGIT = re.compile(r"[1-9]\d*")


class Trouble(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes wrong from now on.

    Attributes:
        fail: answer so many batches (-1: all) with ``status``, without storing anything.
        after_s: asked for in Retry-After of these.
        lose: store so many batches and cut the connection instead of answering.
        slow_s: wait so long before a batch is looked at.
        late_s: wait so long after it was stored before it is answered.
        most: refuse batches with more records (413).
        refuse: field → message: every record is refused with it.
        omit: leave every so many-th record out of the answer; 0: none.
        quote: refuse every record that has a text, and quote the text in the message.
        garbage: answer with something that is no JSON.
        ignore_keys: store a record again although its key is known. A negative control: a real platform must not.
        forget: drop what is stored of a day, such as 2026-11-23, once.
    """

    fail: int = 0
    status: Annotated[int, Meta(ge=400, le=599)] = 500
    after_s: int | None = None
    lose: int = 0
    slow_s: Annotated[float, Meta(ge=0, le=600)] = 0.0
    late_s: Annotated[float, Meta(ge=0, le=600)] = 0.0
    most: int | None = None
    refuse: dict[str, str] = {}
    omit: Annotated[int, Meta(ge=0)] = 0
    quote: bool = False
    garbage: bool = False
    ignore_keys: bool = False
    forget: str | None = None


def faults(record: Mapping[str, str], trouble: Trouble) -> list[dict[str, str]]:
    """Field and message of everything that is wrong with a record."""
    found = [{"field": name, "message": "不能为空"} for name in NEEDED if not record.get(name)]
    if record.get("satisfaction") and record["satisfaction"] not in {"1", "2", "3", "4", "5"}:
        found.append({"field": "satisfaction", "message": "应为 1 至 5"})
    if not _TIME.fullmatch(record.get("assessTime", "")):
        found.append({"field": "assessTime", "message": "格式应为 yyyy-MM-dd HH:mm:ss"})
    if record.get("assessNumber") and not _DIGIT.fullmatch(record["assessNumber"]):
        found.append({"field": "assessNumber", "message": "应为正整数"})
    found += [{"field": field, "message": message} for field, message in trouble.refuse.items()]
    if trouble.quote and record.get("writingEvaluation"):
        found.append({"field": "projectNo", "message": f"内容不合规：{record['writingEvaluation']}"})
    return found
