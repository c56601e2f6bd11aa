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


def test_the_http_document_is_valid_openapi(documents: ModuleType, checkout: Path) -> None:
    import json

    validate(json.loads((checkout / "docs" / "openapi.json").read_text(encoding="utf-8")))


def test_every_setting_has_a_help_text(documents: ModuleType) -> None:
    assert [name for name, *_, help_ in documents.settings.table() if not help_] == []
