"""A body that nests deeper than can be read is refused like any other that is broken, and is no fault of the hall."""

import pytest

from cases.applying.requests import ApplicationSaved
from hall_server.errors import Invalid
from hall_server.web.bodies import parse


@pytest.mark.parametrize("depth", [5_000, 100_000])
def test_thousands_of_brackets_are_a_broken_body(depth: int) -> None:
    raw = b'{"seen": 0, "form": {"a": ' + b"[" * depth + b"]" * depth + b"}}"
    with pytest.raises(Invalid) as refused:
        parse(raw, ApplicationSaved)
    assert refused.value.code == "body.broken"
