"""The sheets: every word is there, fonts are embedded, the code can be read, pages are counted, nothing falls off."""

from __future__ import annotations

import io

import msgspec
import pypdfium2
import pytest
import zxingcpp
from pyhanko.pdf_utils.reader import PdfFileReader

from cases.documents.content import content
from cases.documents.model import DocumentContent, Facts, Grid, Said
from cases.documents.pdf import pdf
from tests.fakes import document_cases as d
from tests.fakes.document_words import page_words, words

A4 = (595.3, 841.9)


def _said(document: DocumentContent) -> list[str]:
    found = [document.title, document.number, document.issuer, document.date, document.place]
    for block in document.blocks:
        match block:
            case Said():
                found.append(block.text)
            case Facts():
                found += [text for row in block.rows for text in row]
            case Grid():
                found += [*block.heads, *(text for row in block.rows for text in row)]
    return found


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_word_of_every_kind_stands_on_the_sheet(language: str) -> None:
    for document in d.every(language):
        # the letters of the seal lie over the date, and a reader of the sheet's words mixes them
        drawn = words(pdf(msgspec.structs.replace(document, seal=None))).replace(" ", "")
        for text in _said(document):
            assert text.replace(" ", "").replace("\n", "") in drawn, (document.kind, text)


def test_the_seal_is_drawn_letter_by_letter_over_the_date() -> None:
    document = content(d.told(d.accepted()))
    assert document.seal is not None
    more = len(words(pdf(document))) - len(words(pdf(msgspec.structs.replace(document, seal=None))))
    letters = document.seal.around + document.seal.below + document.seal.mark
    assert more >= len(letters.replace(" ", ""))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_code_leads_to_the_query(language: str) -> None:
    for document in d.every(language):
        page = list(pypdfium2.PdfDocument(io.BytesIO(pdf(document))))[-1]
        read = zxingcpp.read_barcodes(page.render(scale=2.5).to_pil())
        assert document.query is not None
        assert [one.text for one in read] == [document.query.url]


def test_a_document_without_an_address_carries_the_case_number_as_code() -> None:
    document = content(d.told(d.accepted()))
    assert document.query is not None
    bare = msgspec.structs.replace(document, query=msgspec.structs.replace(document.query, url=""))
    page = list(pypdfium2.PdfDocument(io.BytesIO(pdf(bare))))[-1]
    assert [one.text for one in zxingcpp.read_barcodes(page.render(scale=2.5).to_pil())] == [document.query.number]


def test_every_font_is_embedded_and_the_file_says_its_title_and_language() -> None:
    for document in d.every("zh-CN"):
        reader = PdfFileReader(io.BytesIO(pdf(document)))
        fonts = [
            font.get_object()
            for page in range(reader.root["/Pages"]["/Count"])
            for font in reader.find_page_for_modification(page)[0].get_object()["/Resources"]["/Font"].values()
        ]
        assert fonts
        assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)
        assert str(reader.root["/Lang"]) == "zh-CN"
        assert document.number in str(reader.trailer["/Info"]["/Title"])
        assert d.FORM.applicant.name not in str(reader.trailer["/Info"])


def test_pages_are_a4_and_counted_where_a_copy_has_more_than_one() -> None:
    one = pypdfium2.PdfDocument(io.BytesIO(pdf(content(d.told(d.accepted())))))
    assert [page.get_size() for page in one] == [pytest.approx(A4, abs=0.5)]
    stage = d.corrected(*(d.Gap(part=f"part{at}", what=f"第{at}项不符合要求") for at in range(60)))
    pages = page_words(pdf(content(d.told(stage))))
    assert len(pages) > 1
    assert all(f"第 {at} 页 共 {len(pages)} 页" in page for at, page in enumerate(pages, 1))
    assert all(f"第{at}项不符合要求" in "".join(pages) for at in range(60))


def test_both_copies_are_marked_and_counted_by_themselves() -> None:
    pages = page_words(pdf(content(d.told(d.received()))))
    half = len(pages) // 2
    assert all("第一份：申请人" in page for page in pages[:half])
    assert all("第二份：存档" in page for page in pages[half:])


def test_a_seal_never_stands_on_a_page_without_words() -> None:
    for rows in range(12, 30):
        stage = d.corrected(*(d.Gap(part=f"part{at}", what="不符合要求") for at in range(rows)))
        last = page_words(pdf(content(d.told(stage))))[-1]
        assert "补正材料齐全" in last


def test_names_of_any_length_and_rare_characters_are_drawn() -> None:
    document = content(d.told(d.accepted()))
    long = "某某省某某市某某自治州某某县行政审批服务管理局某某分局"
    seal = msgspec.structs.replace(document.seal, around=long) if document.seal else None
    shown = msgspec.structs.replace(document, place=long * 2, issuer=long, seal=seal, addressee="𠮷𡈽<b>&：")
    text = words(pdf(shown))
    assert long in text
    assert "<b>&" in text
