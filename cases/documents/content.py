"""What stands on a document: made of the case as it stood after its event, of the edition and the form; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cases import messages as m
from cases.catalogue.model import Edition
from cases.clocks.model import ClockKind, ClockNow
from cases.clocks.of_case import clocks_now
from cases.clocks.terms import Terms
from cases.documents.model import Block, DocumentContent, Institution, Query, Seal, Word
from cases.flow import PaperKind
from cases.folding import paper_of
from cases.forms import Form
from cases.model import Case
from hall_server.directory.model import TaskType
from hall_server.errors import Invalid

CHINESE, ENGLISH = "zh-CN", "en"
_PLACES_OWN = frozenset({PaperKind.RECEIPT, PaperKind.TRANSFER, PaperKind.DELIVERY})
"""Documents in the name of the hall or the city; the others are the department's, by its own seal.

Source: 行政许可法 32 (加盖本行政机关专用印章和注明日期的书面凭证).
"""
_COPIES = {
    PaperKind.RECEIPT: ("copy.applicant", "copy.file"),
    PaperKind.TRANSFER: ("copy.giver", "copy.taker"),
    PaperKind.DELIVERY: ("copy.applicant", "copy.file"),
}
"""What is signed by hand is made in two: one for each side (一式两份)."""
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Everything a document is made of.

    Attributes:
        case: as it stood right after the event. at: when the event happened.
        form: None: the case has none.
        place: the hall or the city. department: whose case it is. goes_to: with a hand-over, to whom.
        window: number of the window that took the case in; empty: none did.
        language: ``zh-CN`` is the document, ``en`` a courtesy sheet. is_test: signed with a test certificate.
        text: a text of the locales by its key.
    """

    case: Case
    edition: Edition
    event: m.Documented
    at: datetime
    form: Form | None
    terms: Terms
    place: Institution
    department: Institution
    goes_to: Institution | None = None
    window: str = ""
    query: Query
    language: str = CHINESE
    is_test: bool = True
    text: Word

    def word(self, key: str, /, **parameters: object) -> str:
        """A text of documents."""
        return self.text(f"case_document.{key}", **parameters)

    @property
    def is_licence(self) -> bool:
        """Whether the matter is an administrative licence, for which its law is cited."""
        return self.edition.task_type == TaskType.LICENCE

    @property
    def sort(self) -> str:
        """What the matter is, in titles."""
        return self.word("sort.licence" if self.is_licence else "sort.other")

    @property
    def matter(self) -> str:
        """The matter's name."""
        return (self.edition.name_en if self.language == ENGLISH else "") or self.edition.name

    def law(self, article: str) -> str:
        """What a document rests on: the licensing law for licences, else the matter's own first law."""
        if self.is_licence:
            return self.word("law.licence", article=self.word(f"article.{article}"))
        for law in self.edition.laws[:1]:
            return self.word("law.named", name=law.name, article=law.article).strip()
        return self.word("law.other")

    def day(self, day: date | datetime) -> str:
        """A date in words; a moment's is that of the place's calendar."""
        on = self.terms.day(day) if isinstance(day, datetime) else day
        return self.word("date", **_parts(on))

    def time(self, at: datetime) -> str:
        """A moment in words."""
        local = at.astimezone(self.terms.zone)
        return self.word("time", **_parts(local.date()), clock=f"{local:%H:%M}")

    def due(self, day: date) -> str:
        """A due day, with a word where a year it runs through is not announced."""
        is_provisional = self.terms.calendar.is_provisional(self.terms.day(self.at), day)
        return self.word("provisional", date=self.day(day)) if is_provisional else self.day(day)

    def clock(self, kind: ClockKind) -> ClockNow | None:
        """A clock of the case as it stood when the document was made."""
        found = [one for one in clocks_now(self.case, terms=self.terms, now=self.at) if one.kind is kind]
        return found[-1] if found else None


def content(told: Told) -> DocumentContent:
    """What stands on the document of an event.

    Raises:
        Invalid: ``case_document.reason_missing``, ``case_document.remedies_missing``, ``case_document.gaps_missing``:
            what the law wants on it is not there, so it is not made.
    """
    from cases.documents.bodies import BODIES  # the bodies are made of what stands here

    kind = paper_of(told.event)
    return framed(told, kind, told.event.document_number, BODIES[kind](told))


def framed(told: Told, kind: PaperKind, number: str, blocks: tuple[Block, ...]) -> DocumentContent:
    """A document around its body."""
    is_chinese = told.language == CHINESE
    issuer = told.place if kind in _PLACES_OWN else told.department
    title = told.word(f"title.{kind.value}", sort=told.sort)
    banner = "banner.courtesy" if not is_chinese else "banner.test" if told.is_test else ""
    return DocumentContent(
        kind=kind,
        language=told.language,
        title=title,
        number=number,
        number_label=told.word("number"),
        place=told.place.named(told.language),
        issuer=issuer.named(told.language),
        date=told.day(told.at),
        addressee="" if kind in (PaperKind.TRANSFER, PaperKind.DELIVERY) else _addressee(told),
        blocks=blocks,
        ending=told.word("ending") if is_chinese and kind not in _PLACES_OWN else "",
        contact=tuple(told.word("phone.supervision", phone=one) for one in told.edition.phones[:1]),
        copies=tuple(told.word(one) for one in _COPIES.get(kind, ())) if is_chinese else (),
        seal=_seal(told, kind, issuer) if is_chinese else None,
        query=told.query,
        query_words=_query_words(told),
        banner=told.word(banner) if banner else "",
        foot=told.word("foot", number=number, case=told.case.number) + _verify_words(told),
        page=told.word("page"),
        subject=told.word("subject", title=title, number=number),
    )


def needed_words(text: str, code: str) -> str:
    """Words that the law wants.

    Raises:
        Invalid: there are none.
    """
    if not text.strip():
        raise Invalid(code)
    return text.strip()


def _addressee(told: Told) -> str:
    if told.form is None:
        return told.word("addressee_unknown")
    return told.word("addressee", name=told.form.applicant.name)


def _seal(told: Told, kind: PaperKind, issuer: Institution) -> Seal:
    below = "seal.hall" if kind in _PLACES_OWN else "seal.licence" if told.is_licence else "seal.other"
    return Seal(around=issuer.name, below=told.word(below), mark=told.word("seal.test") if told.is_test else "")


def _query_words(told: Told) -> tuple[str, ...]:
    code = told.query.code
    return (
        *((told.word("query.scan"),) if told.query.url else ()),
        told.word("query.number", number=told.query.number),
        told.word("query.code", code=code) if code else told.word("query.no_code"),
    )


def _verify_words(told: Told) -> str:
    query = told.query
    scan = told.word("foot.scan") if query.verify_url else ""
    return told.word("foot.verify", code=query.verify_code) + scan if query.verify_code else ""


def _parts(day: date) -> dict[str, object]:
    return {"year": day.year, "month": day.month, "day": day.day, "month_name": _MONTHS[day.month - 1]}
