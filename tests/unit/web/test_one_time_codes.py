"""One-time codes by the book, and what a password must be."""

import base64

import pytest

from hall_server.errors import Invalid
from hall_server.web import passwords

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at_s", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(at_s, code):
    assert passwords.one_time_code(SECRET, at_s // 30) == code


def test_a_code_is_good_one_step_early_and_late_and_once():
    code = passwords.one_time_code(SECRET, 100)
    assert passwords.code_step(SECRET, code, 101 * 30, after=0) == 100
    assert passwords.code_step(SECRET, code, 99 * 30, after=0) == 100
    assert passwords.code_step(SECRET, code, 102 * 30, after=0) is None
    assert passwords.code_step(SECRET, code, 100 * 30, after=100) is None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("eleven char", "password.short"),
        ("x" * 129, "password.long"),
        ("i am LiHua 2026", "password.has_name"),
        ("ababababababab", "password.monotone"),
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password, code):
    with pytest.raises(Invalid) as refused:
        passwords.check_rules(password, "lihua")
    assert refused.value.code == code
    assert refused.value.fields["field"] == "password"


def test_generated_passwords_follow_the_rules_and_differ():
    made = {passwords.generated() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.check_rules(password, "lihua")
