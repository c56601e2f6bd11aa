"""Keyed texts are HMAC-SHA256 as everybody computes it, for keys of any length."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

import pytest

from hall_server.identity import keyed_text


@pytest.mark.parametrize("length", [1, 32, 63, 64, 65, 200])
@pytest.mark.parametrize("text", ["", "01jd0000000000000000000000", "一门" * 60])
def test_a_keyed_text_is_the_hmac_of_its_text(length: int, text: str) -> None:
    key = bytes(range(length))
    expected = urlsafe_b64encode(hmac.digest(key, text.encode(), "sha256"))[:22].decode()
    assert keyed_text(key, text) == keyed_text(key, text) == expected
