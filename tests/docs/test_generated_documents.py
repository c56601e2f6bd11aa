"""Documents made from the program say what the program does."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from openapi_spec_validator import validate


@pytest.fixture(scope="module")
def documents(checkout: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", checkout / "scripts" / "generate_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_generated_document_is_stale(documents: ModuleType) -> None:
    assert documents.stale() == [], "run `make docs`"


@pytest.mark.parametrize("name", ["openapi.json", "openapi-city.json"])
def test_the_http_document_is_valid_openapi(checkout: Path, name: str) -> None:
    import json

    validate(json.loads((checkout / "docs" / name).read_text(encoding="utf-8")))


def test_the_city_and_a_hall_describe_what_only_they_have(checkout: Path) -> None:
    import json

    hall, city = (
        set(json.loads((checkout / "docs" / name).read_text(encoding="utf-8"))["paths"])
        for name in ("openapi.json", "openapi-city.json")
    )
    assert {"/api/v1/tickets", "/api/v1/packages"} <= hall - city
    assert {"/api/v1/city/halls", "/api/v1/desk", "/api/v1/calendar-years"} <= city - hall
    assert "/api/v1/session" in hall & city


def test_every_setting_has_a_help_text(documents: ModuleType) -> None:
    assert [name for name, *_, help_ in documents.settings.table() if not help_] == []
