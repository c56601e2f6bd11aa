"""A platform whose certificate nobody trusts gets nothing, one that the hall's own authority signed gets everything."""

from __future__ import annotations

import ssl
from datetime import date
from pathlib import Path

import pytest

from evaluation.simulated.platform import Books, SimulatedPlatform
from evaluation.upward.client import HttpPlatform, PlatformFault
from tests.fakes.authority import Authority

DAY = date(2026, 11, 23)


@pytest.mark.gen_test
@pytest.mark.parametrize(("whose", "reason"), [("own", None), ("another", "tls"), ("none", "tls"), ("expired", "tls")])
async def test_the_certificate_is_checked(tmp_path: Path, whose: str, reason: str | None) -> None:
    authority, another = Authority(tmp_path / "a"), Authority(tmp_path / "b", name="another")
    made = authority.certify("platform", days=(-9, -1) if whose == "expired" else (-1, 30))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.certificate, made.key)
    platform = SimulatedPlatform(await Books.open(tmp_path / "platform.db"))
    port = platform.listen(tls=context)
    trusted = {"own": str(authority.file), "expired": str(authority.file), "another": str(another.file), "none": None}
    client = HttpPlatform(f"https://127.0.0.1:{port}", token=None, authority=trusted[whose])
    try:
        if reason is None:
            assert await client.counts(DAY, DAY) == {}
        else:
            with pytest.raises(PlatformFault) as fault:
                await client.counts(DAY, DAY)
            assert fault.value.reason == reason
    finally:
        client.close()
        await platform.stop()
