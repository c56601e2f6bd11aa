"""Checks what was filled in: the form by the JSON Schema of its edition, the parties by the rules of their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as NumberError

from cases.catalogue.model import Edition
from cases.forms import Party, PartyKind
from hall_queue.id_numbers import validated
from hall_server.errors import Invalid

if TYPE_CHECKING:
    from jsonschema import ValidationError

IDENTITY_CARD, CREDIT_CODE = "111", "001"
"""Code set of GB/T 39046-2020: 居民身份证, 统一社会信用代码."""
NAME_MOST, NUMBER_MOST, ADDRESS_MOST = 80, 40, 200
FAULTS_MOST = 50

_WORDS = {
    **dict.fromkeys(("type", "anyOf", "oneOf"), "type"),
    **dict.fromkeys(("enum", "const"), "choice"),
    **dict.fromkeys(("pattern", "format"), "format"),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), "length"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "range"),
    **dict.fromkeys(("additionalProperties", "unevaluatedProperties"), "unknown"),
}
"""Keyword of the schema → word of what is wrong (``error.field.WORD``); the value itself is repeated nowhere."""


def check_form(edition: Edition, fields: dict[str, Any]) -> None:
    """Refuse a form that its edition's schema does not allow.

    Raises:
        Invalid: ``case_desk.form`` with ``{"fields.shop.name": "missing", …}``.
    """
    faults = dict(_faults(edition.form, fields)) if edition.form else {}
    if faults:
        raise Invalid("case_desk.form", **faults)


def checked_party(party: Party, field: str) -> Party:
    """A party with its numbers in their own form.

    Raises:
        Invalid: ``case_desk.party`` with ``{"applicant.id_number": "check", …}``.
    """
    faults: dict[str, object] = {}
    number, phone = party.id_number.strip().upper(), party.phone.replace(" ", "").replace("-", "")
    if not party.name.strip():
        faults[f"{field}.name"] = "missing"
    for name, most in (("name", NAME_MOST), ("address", ADDRESS_MOST), ("represented_by", NAME_MOST)):
        if len(getattr(party, name)) > most:
            faults[f"{field}.{name}"] = "length"
    if not number:
        faults[f"{field}.id_number"] = "missing"
    elif not _is_number(party.id_kind, number):
        faults[f"{field}.id_number"] = "check"
    if phone and not (phone.isascii() and phone.isdigit() and 7 <= len(phone) <= 12):
        faults[f"{field}.phone"] = "format"
    if party.kind is PartyKind.ORGANISATION and not party.represented_by.strip():
        faults[f"{field}.represented_by"] = "missing"
    if faults:
        raise Invalid("case_desk.party", **faults)
    return msgspec.structs.replace(party, name=party.name.strip(), id_number=number, phone=phone)


def _is_number(kind: str, number: str) -> bool:
    try:
        if kind == IDENTITY_CARD:
            return validated(number) == number
        if kind == CREDIT_CODE:
            return bool(uscc.validate(number))
    except NumberError:
        return False
    return len(number) <= NUMBER_MOST


def _faults(schema: dict[str, Any], fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    from jsonschema import Draft202012Validator, FormatChecker  # here: 100 ms that the start need not take

    validator = Draft202012Validator(schema, format_checker=FormatChecker(["date", "email"]))
    for number, error in enumerate(validator.iter_errors(fields)):
        if number == FAULTS_MOST:
            return
        yield from _named(error)


def _named(error: ValidationError) -> Iterator[tuple[str, str]]:
    path = [str(one) for one in error.absolute_path]
    if error.validator in {"required", "dependentRequired"}:
        wanted = error.validator_value if isinstance(error.validator_value, list) else []
        for name in wanted:
            if name not in (error.instance or {}):
                yield ".".join(("fields", *path, name)), "missing"
        return
    yield ".".join(("fields", *path)), _WORDS.get(str(error.validator), "wrong")
