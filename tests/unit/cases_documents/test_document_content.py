"""What each document says, against the rules that it rests on. Source: 行政许可法 32, 38, 42, 44, 45, 82."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from cases import messages as m
from cases.catalogue.model import Fee
from cases.documents.bodies import payment
from cases.documents.content import content
from cases.documents.model import Grid
from cases.flow import PaperKind
from cases.model import Gap, Outcome
from hall_server.errors import Invalid, Refused
from tests.fakes import document_cases as d
from tests.fakes.case_place import IMMEDIATE


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_kind_has_its_document_with_number_date_place_and_query(language: str) -> None:
    found = list(d.every(language))
    assert {one.kind for one in found} == set(PaperKind)
    for one in found:
        assert one.number
        assert "2026" in one.date
        assert one.place == d.HALL.named(language)
        assert one.query is not None
        assert one.query.number in one.query.url
        assert any(d.CODE in line for line in one.query_words)
        assert any(d.PHONE in line for line in one.contact)
        assert "case_document." not in str(one)  # every text is there


def test_only_the_chinese_document_is_sealed_and_the_seal_says_whose_it_is_and_that_it_is_a_test() -> None:
    for one in d.every("zh-CN"):
        assert one.seal is not None
        assert one.seal.around == one.issuer
        assert "TEST" in one.seal.mark
    assert all(one.seal is None and one.banner for one in d.every("en"))
    bought = content(d.told(d.accepted(), is_test=False))
    assert bought.seal is not None
    assert not bought.seal.mark
    assert not bought.banner


def test_the_department_answers_the_application_and_the_hall_confirms_what_goes_from_hand_to_hand() -> None:
    places = {PaperKind.RECEIPT, PaperKind.TRANSFER, PaperKind.DELIVERY}
    for one in d.every("zh-CN"):
        assert one.issuer == (d.HALL.name if one.kind in places else d.DEPARTMENT.name)
        assert len(one.copies) == (2 if one.kind in places else 0)


def test_the_receipt_lists_originals_copies_and_pages_and_says_by_when_one_hears() -> None:
    found = content(d.told(d.received()))
    [grid] = [one for one in found.blocks if isinstance(one, Grid)]
    assert [row[1:6] for row in grid.rows] == [
        ("食品经营许可申请书", "纸质", "1", "0", "1"),
        ("营业执照", "扫描件", "—", "—", "3"),
        ("设备布局图", "纸质", "0", "1", "—"),
    ]
    assert "3 号窗口" in d.texts(found)
    assert "2026年11月30日前" in d.texts(found)  # five working days after Monday the 23rd
    assert "自收到申请材料之日起即为受理" in d.texts(found)


def test_the_receipt_of_what_is_done_on_the_spot_promises_no_five_days() -> None:
    assert "五个工作日" not in d.texts(content(d.told(d.received(d.food(**IMMEDIATE)))))


def test_the_notice_names_every_gap_exactly_once_with_what_to_bring_and_until_when() -> None:
    stage = d.corrected(Gap(part="address", what="与营业执照不一致"), Gap(part="area", what="未填写"))
    event = stage.place.log[-1][0]
    assert isinstance(event, m.CorrectionAsked)
    doubled = msgspec.structs.replace(event, gaps=(*event.gaps, event.gaps[0], Gap(part="plan", what="未盖章")))
    found = content(replace(d.told(stage), event=doubled))
    [grid] = [one for one in found.blocks if isinstance(one, Grid)]
    parts = [row[1] for row in grid.rows]
    assert len(parts) == len(set(parts)) == 3
    for gap in doubled.gaps:
        assert sum(row[2].count(gap.what) for row in grid.rows) == 1
    assert grid.rows[0][2:] == ("布局图未标注各功能区面积；未盖章", "复印件 1 份\n加盖公章")
    assert "请于2027年1月4日" in d.texts(found)  # thirty working days on; 2027 is not announced
    assert "可能调整" in d.texts(found)
    assert "第三十二条第一款第（四）项" in d.texts(found)


def test_a_notice_that_names_nothing_is_not_made() -> None:
    stage = d.corrected()
    event = stage.place.log[-1][0]
    empty = msgspec.structs.replace(event, gaps=())
    with pytest.raises(Invalid, match=r"case_document\.gaps_missing"):
        content(replace(d.told(stage), event=empty))


def test_the_acceptance_shows_both_limits_and_both_due_days() -> None:
    text = d.texts(content(d.told(d.accepted())))
    for said in ("20 个工作日", "2026年12月21日", "9 个工作日", "2026年12月4日", "正常受理", "证照工本费 10.50 元"):
        assert said in text
    assert "不计算在上述期限内" in text  # 行政许可法 45


def test_a_late_notice_counts_from_the_day_of_receipt_and_says_so() -> None:
    """行政许可法 32: 逾期不告知的，自收到申请材料之日起即为受理."""
    text = d.texts(content(d.told(d.accepted(day="2026-12-02"))))
    assert "自收到申请材料之日（2026年11月23日）起即为受理" in text
    assert "2026年12月21日" in text  # twenty working days after the receipt, not after the acceptance


def test_an_acceptance_on_a_promise_lists_what_is_owed_and_until_when() -> None:
    found = content(d.told(d.gap_accepted()))
    assert "请在 2026年12月10日 前补交" in d.texts(found)
    [grid] = [one for one in found.blocks if isinstance(one, Grid)]
    assert [row[1] for row in grid.rows] == ["设备布局图"]


@pytest.mark.parametrize("stage", [d.not_accepted, lambda: d.decided(Outcome.DENIED)], ids=["window", "decision"])
def test_a_refusal_gives_reasons_and_remedies_with_the_times_of_the_law(stage: object) -> None:
    assert callable(stage)
    text = d.texts(content(d.told(stage())))
    for said in (d.REASON, d.REMEDIES, "六十日", "行政复议", "六个月", "行政诉讼"):
        assert said in text


@pytest.mark.parametrize(
    ("missing", "code"), [("reason", "reason_missing"), ("remedies", "remedies_missing")], ids=["reason", "remedies"]
)
def test_a_refusal_without_reasons_or_remedies_is_not_made(missing: str, code: str) -> None:
    stage = d.not_accepted()
    bare = msgspec.structs.replace(stage.place.log[-1][0], **{missing: "  "})
    with pytest.raises(Invalid, match=f"case_document.{code}"):
        content(replace(d.told(stage), event=bare))
    stage = d.decided(Outcome.DENIED)
    bare = msgspec.structs.replace(stage.place.log[-1][0], **{missing.replace("reason", "reasons"): ""})
    with pytest.raises(Invalid, match=f"case_document.{code}"):
        content(replace(d.told(stage), event=bare))


def test_who_is_not_competent_says_who_is() -> None:
    text = d.texts(content(d.told(d.not_accepted("邻区市场监督管理局"))))
    assert "请向邻区市场监督管理局申请" in text
    assert "第三十二条第一款第（二）项" in text


def test_the_time_of_a_special_procedure_is_told_and_the_due_days_after_it() -> None:
    """行政许可法 45; eight working days from the 25th: begun 25 November, over on 7 December."""
    text = d.texts(content(d.told(d.begun())))
    for said in ("专家评审", "8 个工作日", "2026年12月7日", "不计算在办理期限内"):
        assert said in text
    assert "法定办结日期为 2026年12月31日" in text  # 21 December and eight working days
    assert "承诺办结日期为 2026年12月16日" in text


def test_a_procedure_inside_the_limit_moves_no_due_day() -> None:
    experts = msgspec.structs.replace(d.food().procedures[0], in_limit=True)
    text = d.texts(content(d.told(d.begun(procedures=(experts,)))))
    assert "计算在办理期限内，办结日期不变" in text
    assert "期限继续计算" not in text


def test_an_extension_names_who_approved_it_why_and_the_new_due_day() -> None:
    text = d.texts(content(d.told(d.extended())))
    for said in ("本行政机关负责人", "需要会商。", "10 个工作日", "2026年12月21日", "第四十二条"):
        assert said in text
    after = date(2027, 1, 5)  # 21 December and ten working days; New Year's Day is taken off provisionally
    assert f"{after.year}年" in text
    assert "可能调整" in text


def test_an_extension_without_a_reason_is_not_made() -> None:
    stage = d.extended()
    bare = msgspec.structs.replace(stage.place.log[-1][0], reason="")
    with pytest.raises(Invalid, match=r"case_document\.reason_missing"):
        content(replace(d.told(stage), event=bare))


def test_a_grant_says_what_is_issued_and_by_when() -> None:
    """行政许可法 44: ten working days."""
    text = d.texts(content(d.told(d.decided(Outcome.GRANTED))))
    assert "食品经营许可证" in text
    assert "2026年12月9日" in text
    assert "第四十四条" in text


def test_a_matter_that_is_no_licence_is_not_answered_with_the_licensing_law() -> None:
    stage = d.accepted(d.food(task_type=20))
    found = content(d.told(stage))
    assert "行政许可法" not in str(found)
    assert "行政许可" not in found.title
    assert "《中华人民共和国食品安全法》第三十五条" in d.texts(found)


def test_numbers_of_people_are_not_written_out_and_phones_not_at_all() -> None:
    for one in d.every("zh-CN"):
        assert d.FORM.applicant.id_number not in str(one)
        assert d.FORM.agent is not None
        assert d.FORM.agent.id_number not in str(one)


def test_a_fee_without_a_basis_is_not_asked_for() -> None:
    told = d.told(d.accepted())
    free = replace(told, edition=d.food(fees=()))
    with pytest.raises(Refused, match=r"case_document\.no_fees"):
        payment(free, "1")
    bare = replace(told, edition=d.food(fees=(Fee(id="f", name="费", amount_fen=1),)))
    with pytest.raises(Invalid, match=r"case_document\.fee_basis"):
        payment(bare, "1")
    [grid] = [one for one in payment(told, "1").blocks if isinstance(one, Grid)]
    assert grid.rows[-1][1:3] == ("合计", "10.50")


def test_without_a_form_or_a_code_the_document_still_stands() -> None:
    told = d.told(d.received())
    bare = replace(told, form=None, query=msgspec.structs.replace(told.query, code="", url=""))
    found = content(bare)
    assert found.addressee == "申请人："
    assert "查询码见接收回执" in found.query_words
