"""A list and a form with or without sample values, on A4."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import segno
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from cases.catalogue.model import Edition
from cases.guidance import words
from cases.guidance.lists import ListShown
from cases.guidance.picture import Standing
from cases.guidance.tokens import Language
from cases.guidance.words import Say
from hall_server.fonts import main_font, marked

MARGIN, FOOT = 20 * mm, 18 * mm
WIDE = A4[0] - 2 * MARGIN
INK, GREY, ACCENT = colors.HexColor("#111111"), colors.HexColor("#4a4a4a"), colors.HexColor("#0b4a8f")
LINE, TINT, PEN = colors.HexColor("#9a9a9a"), colors.HexColor("#eef3f9"), colors.HexColor("#1536a8")
CODE_SIDE = 30 * mm
BOX, TICKED = "□", "■"


def list_pdf(shown: ListShown, *, hall: str, address: str, printed: str, say: Say) -> bytes:
    """A list to take along.

    Args:
        shown: the list. hall: the hall's name. address: what the QR code leads to. printed: when, in words.
        say: the fixed words, in the list's language.

    Raises:
        Unavailable: ``paper.no_font``.
    """
    return _built(list(_list(shown, address, say)), shown.title, hall, say("paper.foot", time=printed), shown.language)


def form_pdf(edition: Edition, values: dict[str, Any] | None, *, hall: str, say: Say, language: Language) -> bytes:
    """The form of a matter: filled in as a sample, or empty (``values`` None).

    Raises:
        Unavailable: ``paper.no_font``.
    """
    title = words.named(language, edition.name, edition.name_en)
    story = list(_form(edition, values, title, say, language))
    mark = say("paper.sample_mark") if values is not None else ""
    return _built(story, title, hall, say("paper.form_foot"), language, mark=mark)


# -- the list


def _list(shown: ListShown, address: str, say: Say) -> Iterator[Flowable]:
    yield _titled(shown, address, say)
    if shown.standing in (Standing.SUSPENDED, Standing.CANCELLED):
        yield _note(say(f"standing.{shown.standing}"))
    elif not shown.is_current:
        yield _note(say("list.changed"))
    if shown.stop:
        yield _note(shown.stop)
    if not shown.is_whole:
        yield _note(say("list.not_whole"))
    if shown.answers:
        yield from _section(say("situation"), (f"{one.question} {one.answer}" for one in shown.answers))
    if shown.parts:
        yield from _section(say("parts"), shown.parts)
    yield _head(say("bring"))
    yield from _materials(shown, say)
    if shown.conditions:
        yield from _section(say("conditions"), shown.conditions)
    yield _head(say("facts"))
    yield _facts(shown, say)
    if shown.guidance is not None and shown.guidance.note:
        yield from _section(say("hall_note"), (shown.guidance.note,))


def _titled(shown: ListShown, address: str, say: Say) -> Flowable:
    left = [
        _text(say("paper.title"), 10.5, color=ACCENT),
        _text(shown.title, 19, leading=25, is_bold=True, after=2 * mm),
        _text(shown.department, 11.5, color=GREY) if shown.department else Spacer(1, 1),
    ]
    right = [_Code(address), _text(say("paper.scan"), 8, leading=10, color=GREY, align=1)]
    table = Table([[left, right]], colWidths=[WIDE - CODE_SIDE - 6 * mm, CODE_SIDE + 6 * mm])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return KeepTogether([table, HRFlowable(width="100%", color=ACCENT, thickness=1.2, spaceAfter=3 * mm)])


def _materials(shown: ListShown, say: Say) -> Iterator[Flowable]:
    if not shown.materials:
        hall = shown.guidance.materials if shown.guidance else ()
        if hall:
            yield from _lines(f"{BOX} {one}" for one in hall)
            yield _text(say("bring_hall"), 9.5, color=GREY)
        else:
            yield _note(say("bring_nothing") if shown.is_written else say("bring_unknown"))
        return
    rows: list[list[Any]] = []
    for one in shown.materials:
        named = words.named(shown.language, one.name, one.name_en)
        details = [words.sheets(one, say), *([say("from", issuer=one.issuer)] if one.issuer else [])]
        more = [say("later")] if one.later else []
        more += [say("has_licence")] if {"licence", "shared"} & set(one.supplies) else []
        more += [one.note] if one.note else []
        more += [say("law", law=words.law_text(one.law))] if one.law else []
        cell = [_text(named, 12, leading=17, is_bold=True), _text(" · ".join(filter(None, details)), 10, color=GREY)]
        rows.append([_text(BOX, 15), [*cell, *(_text(text, 9.5, color=GREY) for text in more)]])
    yield _table(rows, (9 * mm, WIDE - 9 * mm))


def _facts(shown: ListShown, say: Say) -> Flowable:
    windows = say("listing").join(say("window_n", n=one.number) for one in shown.place.windows[:8])
    zone = shown.place.zone
    where = [words.named(shown.language, zone.name, zone.name_en)] if zone else []
    rows = [
        (say("where"), say("colon").join(filter(None, [*where, windows])) or say("ask_desk")),
        (say("by"), words.elsewhere(shown.ways, say) if shown.is_written else ""),
        (say("promise"), words.days(shown.promise_workdays, say)),
        (say("statute"), words.days(shown.statute_workdays, say) if shown.is_written else ""),
        (say("fee"), _fees(shown, say)),
        (say("result"), say("listing").join(shown.results)),
        (say("laws"), "\n".join(words.law_text(one) for one in shown.laws)),
        (say("phones"), say("listing").join(shown.phones) or ("" if shown.package else say("unknown"))),
    ]
    return _table([[_text(k, 10.5, color=GREY), _text(v, 11)] for k, v in rows if v], (32 * mm, WIDE - 32 * mm))


def _fees(shown: ListShown, say: Say) -> str:
    if shown.fees:
        basis = (f"（{words.law_text(one.basis)}）" if one.basis else "" for one in shown.fees)
        return "\n".join(words.money(fee, say) + rest for fee, rest in zip(shown.fees, basis, strict=True))
    if shown.guidance is not None and shown.guidance.fee:
        return shown.guidance.fee
    return say("no_fee") if shown.is_written else say("unknown")


# -- the form


def _form(
    edition: Edition, values: dict[str, Any] | None, title: str, say: Say, language: Language
) -> Iterator[Flowable]:
    yield _text(say("paper.sample" if values is not None else "paper.form"), 10.5, color=ACCENT)
    yield _text(title, 18, leading=24, is_bold=True, after=2 * mm)
    yield _text(say("paper.sample_hint" if values is not None else "paper.form_hint"), 10, color=GREY, after=3 * mm)
    required = frozenset(edition.form.get("required", ()))
    rows = list(_fields(edition.form, values, required, say, language))
    yield _table(rows, (58 * mm, WIDE - 58 * mm), has_grid=True)
    yield Spacer(1, 8 * mm)
    signed = [[_text(say("paper.sign"), 11), _text(say("paper.date"), 11)]]
    yield KeepTogether([_table(signed, (WIDE / 2, WIDE / 2), is_plain=True)])


def _fields(
    schema: dict[str, Any], values: dict[str, Any] | None, required: frozenset[str], say: Say, language: Language
) -> Iterator[list[Any]]:
    for name, field in schema.get("properties", {}).items():
        label = words.named(language, str(field.get("title", name)), str(field.get("x-title-en", "")))
        star = " *" if name in required else ""
        yield [_text(label + star, 11), _filled(field, None if values is None else values.get(name), say)]


def _filled(field: dict[str, Any], value: Any, say: Say) -> Flowable:
    if choices := field.get("enum"):
        marks = (f"{TICKED if one == value else BOX} {one}" for one in choices)
        return _text("　".join(marks), 11, color=PEN if value is not None else INK)
    if field.get("type") == "boolean":
        marks = (f"{TICKED if value is one else BOX} {say('yes' if one else 'no')}" for one in (True, False))
        return _text("　".join(marks), 11, color=PEN if value is not None else INK)
    if isinstance(value, dict):
        titles = field.get("properties", {})
        return _text("\n".join(f"{titles[k].get('title', k)}：{v}" for k, v in value.items()), 11, color=PEN)
    if isinstance(value, list):
        return _text("\n".join(f"{n}. {_flat(one)}" for n, one in enumerate(value, 1)), 11, color=PEN)
    return _text("" if value is None else str(value), 12, color=PEN)


def _flat(value: Any) -> str:
    return "，".join(map(str, value.values())) if isinstance(value, dict) else str(value)


# -- pieces


def _section(title: str, lines: Iterable[str]) -> Iterator[Flowable]:
    yield _head(title)
    yield from _lines(lines)


def _lines(lines: Iterable[str]) -> Iterator[Flowable]:
    yield from (_text(one, 11, leading=17, after=1 * mm) for one in lines)


def _head(text: str) -> Flowable:
    found = _text(text, 12.5, color=ACCENT, is_bold=True, before=4 * mm, after=1.5 * mm)
    found.keepWithNext = 1
    return found


def _note(text: str) -> Flowable:
    table = Table([[_text(text, 11)]], colWidths=[WIDE])
    table.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, -1), TINT), ("BOX", (0, 0), (-1, -1), 0.6, ACCENT)]))
    return KeepTogether([table, Spacer(1, 2 * mm)])


def _table(
    rows: list[list[Any]], widths: tuple[float, ...], *, has_grid: bool = False, is_plain: bool = False
) -> Flowable:
    table = Table(rows, colWidths=list(widths))
    style: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 2)]
    if has_grid:
        style += [("GRID", (0, 0), (-1, -1), 0.6, LINE), ("BACKGROUND", (0, 0), (0, -1), TINT)]
        style += [("TOPPADDING", (0, 0), (-1, -1), 6), ("BOTTOMPADDING", (0, 0), (-1, -1), 8)]
        style += [("LEFTPADDING", (0, 0), (-1, -1), 6)]
    elif not is_plain:
        style.append(("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE))
    table.setStyle(TableStyle(style))
    return table


def _text(
    text: str,
    size: float,
    *,
    leading: float = 0,
    color: colors.Color = INK,
    align: int = 0,
    is_bold: bool = False,
    before: float = 0,
    after: float = 0,
) -> Flowable:
    style = ParagraphStyle(
        "text",
        fontName=main_font(),
        fontSize=size,
        leading=leading or size * 1.4,
        textColor=color,
        alignment=align,
        wordWrap="CJK",
        spaceBefore=before,
        spaceAfter=after,
    )
    return Paragraph(f"<b>{marked(text)}</b>" if is_bold and text.isascii() else marked(text), style)


class _Code(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A QR code."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._rows = [list(row) for row in segno.make_qr(address, error="m").matrix]
        self.width, self.height = CODE_SIDE + 6 * mm, CODE_SIDE

    def draw(self) -> None:
        """Draw its dark modules."""
        side = CODE_SIDE / len(self._rows)
        self.canv.setFillColor(INK)
        for y, row in enumerate(self._rows):
            for x, dark in enumerate(row):
                if dark:
                    self.canv.rect(3 * mm + x * side, CODE_SIDE - (y + 1) * side, side, side, stroke=0, fill=1)


def _built(story: list[Flowable], title: str, hall: str, foot: str, language: Language, *, mark: str = "") -> bytes:
    out = io.BytesIO()
    template = BaseDocTemplate(
        out, pagesize=A4, title=title, author=hall, creator="OneDoor", lang=language.value, invariant=1
    )
    template.initialFontName = main_font()
    frame = Frame(MARGIN, FOOT, WIDE, A4[1] - FOOT - 26 * mm, leftPadding=0, rightPadding=0)

    def page(canvas: Canvas, document: BaseDocTemplate) -> None:
        if mark:
            _stamp(canvas, mark)
        canvas.setFont(main_font(), 10)
        canvas.setFillColor(GREY)
        canvas.drawString(MARGIN, A4[1] - 16 * mm, hall)
        canvas.setFont(main_font(), 8.5)
        canvas.drawString(MARGIN, 10 * mm, foot)
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(document.page))

    template.addPageTemplates([PageTemplate(id="page", frames=[frame], onPage=page)])
    template.build(story)
    return out.getvalue()


def _stamp(canvas: Canvas, mark: str) -> None:
    """Large, light letters across the sheet: nobody hands a sample in by mistake."""
    canvas.saveState()
    canvas.setFont(main_font(), 110)
    canvas.setFillColor(colors.HexColor("#e9edf4"))
    canvas.translate(A4[0] / 2, A4[1] / 2)
    canvas.rotate(38)
    canvas.drawCentredString(0, -40, mark)
    canvas.restoreState()
