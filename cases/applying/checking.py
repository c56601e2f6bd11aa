"""The check before sending: everything that is missing or wrong at once, each part with words in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import msgspec

from cases.applying.carrying import names_of
from cases.applying.model import Application, Lack
from cases.catalogue.model import Channel, Edition, Material, Supply
from cases.catalogue.situations import asked, needs
from cases.desk.filling import check_form, checked_party
from cases.forms import Party
from cases.model import Given
from hall_server.errors import Invalid

Say = Callable[[str, str], str]
"""Key, language → text."""
BY_ONESELF = frozenset({Supply.SCAN, Supply.LICENCE, Supply.SHARED, Supply.FORM})


class Checker:
    """Looks at one application; pure."""

    def __init__(self, application: Application, edition: Edition, today: date, say: Say) -> None:
        self._application = application
        self._edition = edition
        self._today = today
        self._say = say
        self._names = names_of(edition)

    def everything(self) -> list[Lack]:
        """All that is missing or wrong, in the order of the pages."""
        return [*self.matter(), *self.situation(), *self.parties(), *self.form(), *self.materials()]

    def matter(self) -> Iterator[Lack]:
        """Whether it can be applied for here today."""
        if not self._edition.accepts_on(self._today):
            yield self._lack("matter", "matter_closed")
        elif self._application.channel not in set(self._edition.channels) - {Channel.WINDOW}:
            yield self._lack("matter", "matter_window")

    def situation(self) -> Iterator[Lack]:
        """Every question answered, and a situation in which it can be accepted."""
        for question in asked(self._edition, self._application.answers):
            chosen = self._application.answers.get(question.id, ())
            if not chosen:
                yield self._lack(f"answers.{question.id}", "unanswered")
            elif not set(chosen) <= {one.id for one in question.options}:
                yield self._lack(f"answers.{question.id}", "choice")
        found = needs(self._edition, self._application.answers)
        if found.stop:
            yield Lack(part="answers", code="outside", text=found.stop, text_en=found.stop_en or found.stop)

    def parties(self) -> Iterator[Lack]:
        """Whoever applies, and who applies for them."""
        yield from self._party(self._application.applicant, "applicant")
        if self._application.agent is not None:
            yield from self._party(self._application.agent, "agent")

    def form(self) -> Iterator[Lack]:
        """What was filled in, by the edition's JSON Schema."""
        try:
            check_form(self._edition, self._application.form)
        except Invalid as exc:
            for path, word in exc.fields.items():
                yield self._lack(path.replace("fields", "form", 1), str(word))

    def materials(self) -> Iterator[Lack]:
        """Every material that must be there now has a page, a licence that is good, or is made of the form."""
        found = needs(self._edition, self._application.answers)
        for one in found.materials:
            code = self._lacking(one)
            if code == "material_missing" and one.id in found.later:
                continue  # 容缺后补: the clerk says until when
            if code:
                yield self._lack(f"materials.{one.id}", code)

    def given(self) -> tuple[Given, ...]:
        """What is handed in, as the case takes it."""
        wanted = needs(self._edition, self._application.answers).materials
        return tuple(given for one in wanted if (given := given_of(self._application, one)) is not None)

    def _lacking(self, material: Material) -> str:
        licence = self._application.licences.get(material.id)
        if licence is not None and licence.valid_until is not None and licence.valid_until < self._today:
            return "licence_expired"
        if not BY_ONESELF & set(material.supplies):
            return "material_paper"
        return "" if given_of(self._application, material) is not None else "material_missing"

    def _party(self, party: Party, who: str) -> Iterator[Lack]:
        if not party.phone.strip():
            yield self._lack(f"{who}.phone", "missing")
        try:
            checked_party(party, who)
        except Invalid as exc:
            for path, word in exc.fields.items():
                yield self._lack(path, str(word))

    def _lack(self, part: str, code: str) -> Lack:
        return lack(part, code, self._names, self._say)


def given_of(application: Application, material: Material) -> Given | None:
    """How a material is handed in; None: it is not."""
    supplies = set(material.supplies)
    licence = application.licences.get(material.id)
    if licence is not None and Supply.LICENCE in supplies:
        return Given(material=material.id, supply=Supply.LICENCE.value, reused=licence.id)
    if application.pages.get(material.id) and Supply.SCAN in supplies:
        return Given(material=material.id, supply=Supply.SCAN.value)  # the copies are put in by whoever knows them
    if Supply.FORM in supplies:
        return Given(material=material.id, supply=Supply.FORM.value)
    if material.id in application.shared and Supply.SHARED in supplies:
        return Given(material=material.id, supply=Supply.SHARED.value)
    return None


def lack(part: str, code: str, names: dict[str, tuple[str, str]], say: Say) -> Lack:
    """Something that is missing or wrong, in words; parts within a field of the form go by the field's name."""
    head = ".".join(part.split(".")[:2])
    name = names.get(head) or (say(f"applying.part.{part}", "zh-CN"), say(f"applying.part.{part}", "en"))
    text, text_en = (say(f"applying.lack.{code}", language) for language in ("zh-CN", "en"))
    said = text_en.replace("{name}", name[1])
    return Lack(part=part, code=code, text=text.replace("{name}", name[0]), text_en=said[:1].upper() + said[1:])


def without(lacks: Iterable[Lack], *parts: str) -> list[Lack]:
    """Those that are not about some parts."""
    return [one for one in lacks if one.part.partition(".")[0] not in parts]


def as_fields(lacks: Iterable[Lack]) -> dict[str, object]:
    """As an error's fields: part → code."""
    return {one.part: one.code for one in lacks}


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """`GET …/check`: everything at once; ``left_out``: what did not fit the matter's new edition."""

    missing: list[Lack]
    left_out: list[Lack]
