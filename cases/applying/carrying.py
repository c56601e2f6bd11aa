"""A matter changed while somebody filled it in: what still fits goes over to the new edition, the rest is named."""

from __future__ import annotations

import msgspec

from cases.applying.model import Application, Lack
from cases.catalogue.model import Edition
from cases.catalogue.situations import Answers, asked


def carried(application: Application, edition: Edition, text: Text) -> Application:
    """The application under another edition; what no longer fits is taken out and stands in ``left_out``."""
    answers = _answers(application.answers, edition)
    fields = edition.form.get("properties", {})
    materials = {one.id for one in edition.materials}
    gone = [
        *(f"answers.{one}" for one in application.answers if one not in answers),
        *(f"form.{one}" for one in application.form if one not in fields),
        *(f"materials.{one}" for one in {**application.pages, **application.licences} if one not in materials),
    ]
    lacks = [
        Lack(part=part, code="left_out", text=text(part, "zh-CN"), text_en=text(part, "en"))
        for part in gone
        if part not in {one.part for one in application.left_out}
    ]
    return msgspec.structs.replace(
        application,
        edition=edition.key,
        answers=answers,
        form={name: value for name, value in application.form.items() if name in fields},
        pages={one: pages for one, pages in application.pages.items() if one in materials},
        licences={one: licence for one, licence in application.licences.items() if one in materials},
        shared=tuple(one for one in application.shared if one in materials),
        left_out=(*application.left_out, *lacks),
    )


class Text(msgspec.Struct, frozen=True):
    """Words for what was left out: what it was called under the edition before."""

    names: dict[str, tuple[str, str]]
    words: tuple[str, str]

    def __call__(self, part: str, language: str) -> str:
        """The sentence."""
        at = 1 if language == "en" else 0
        return self.words[at].format(name=self.names.get(part, (part, part))[at])


def names_of(edition: Edition | None) -> dict[str, tuple[str, str]]:
    """Part → its name in Chinese and English."""
    if edition is None:
        return {}
    found = {f"answers.{one.id}": (one.text, one.text_en or one.text) for one in edition.questions}
    found |= {f"materials.{one.id}": (one.name, one.name_en or one.name) for one in edition.materials}
    for name, field in edition.form.get("properties", {}).items():
        title = str(field.get("title", name))
        found[f"form.{name}"] = (title, str(field.get("x-title-en", title)))
    return found


def _answers(answers: Answers, edition: Edition) -> dict[str, tuple[str, ...]]:
    """Those that are still asked for, and still an option; again until nothing falls away."""
    kept = dict(answers)
    while True:
        options = {one.id: {option.id for option in one.options} for one in asked(edition, kept)}
        fit = {one: chosen for one, chosen in kept.items() if one in options and set(chosen) <= options[one]}
        if fit == kept:
            return fit
        kept = fit
