"""What is filled in before anybody types: values of the applicant, the card, an earlier case, a licence (`x-from`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from cases.catalogue.forms import sources
from cases.catalogue.model import Edition
from cases.forms import Form, Party

Values = Mapping[str, Any]
"""Source, such as ``applicant.phone`` → value."""


def prefilled(edition: Edition, held: Mapping[str, Any], values: Values) -> dict[str, Any]:
    """The form with what was empty filled in, from the best source that has something that fits."""
    filled = dict(held)
    for name, field in edition.form.get("properties", {}).items():
        if filled.get(name) not in (None, ""):
            continue
        found = next((values[one] for one in sources(field) if _fits(field, values.get(one))), None)
        if found is not None:
            filled[name] = found
    return filled


def of_party(who: str, party: Party) -> dict[str, Any]:
    """What a party says, as ``who`` (applicant, agent)."""
    names = ("name", "id_kind", "id_number", "phone", "address", "represented_by")
    return {f"{who}.{name}": getattr(party, name) for name in names if getattr(party, name)}


def of_case(form: Form) -> dict[str, Any]:
    """What an earlier form of the same person says: its fields, and its applicant under the usual names."""
    party = {name.partition(".")[2]: value for name, value in of_party("case", form.applicant).items()}
    return {f"case.{name}": value for name, value in {**party, **form.fields}.items()}


def of_licence(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a licence says."""
    return {f"licence.{kind}.{name}": value for name, value in fields.items()}


def of_day(day: date) -> dict[str, Any]:
    """The day itself."""
    return {"today": day.isoformat()}


def _fits(field: Mapping[str, Any], value: object) -> bool:
    """Whether a value may stand there; what plainly does not fit is not put in, the check says the rest."""
    if value in (None, "") or ("enum" in field and value not in field["enum"]):
        return False
    if not isinstance(value, str):
        return field.get("type") != "string"
    if field.get("type", "string") != "string" or not _is_long_enough(field, value):
        return False
    pattern = field.get("pattern")
    return not pattern or re.search(str(pattern), value) is not None


def _is_long_enough(field: Mapping[str, Any], value: str) -> bool:
    return int(field.get("minLength", 0)) <= len(value) <= int(field.get("maxLength", len(value)))
