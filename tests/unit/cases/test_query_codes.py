"""The code a visitor asks with: a case's own, or the one that all cases of a package share."""

from __future__ import annotations

from cases.desk.codes import query_code
from cases.state import code_goes_by, is_code, query_digest, shared_digest

KEY = b"k" * 32
CASE, PART, PACKAGE = "DEMO-20261122-0001A", "CITY-20261122-0001U", "DEMO-P-20261122-0001A"


def test_a_code_opens_its_own_case_and_no_other() -> None:
    code = query_code(KEY, CASE)
    kept = query_digest(CASE, code)
    assert code_goes_by(kept, CASE) == CASE
    assert is_code(kept, CASE, code)
    assert is_code(kept, CASE, f" {code.lower()} ")
    assert not is_code(kept, CASE, query_code(KEY, PART))
    assert not is_code(kept, PART, code)


def test_the_code_of_a_package_opens_each_of_its_cases_whatever_their_numbers() -> None:
    code = query_code(KEY, PACKAGE)
    kept = shared_digest(PACKAGE, code)
    assert code not in kept
    assert {code_goes_by(kept, one) for one in (CASE, PART)} == {PACKAGE}
    assert all(is_code(kept, one, code) for one in (CASE, PART))
    assert not is_code(kept, CASE, query_code(KEY, CASE))
    assert not is_code("", CASE, "")
