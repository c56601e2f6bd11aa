"""Electronic licences a person may agree to reuse (智能填报): the port, and what stands for the register for now."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, Protocol

import msgspec
from stdnum.cn import uscc

from hall_server.database.vault import Person, masked


class Licence(msgspec.Struct, frozen=True, kw_only=True):
    """A licence of the register.

    Attributes:
        id: opaque, the register's own; kind: its type, as `cases.catalogue.model.Material.licence` names it.
        fields: what it says, for ``x-from: licence.KIND.FIELD``.
    """

    id: str
    kind: str
    name: str
    number: str
    holder: str = ""
    valid_until: date | None = None
    fields: dict[str, Any] = {}


class LicenceOffered(msgspec.Struct, frozen=True, kw_only=True):
    """A licence that could be used, as it may be shown before the person has agreed."""

    id: str
    kind: str
    name: str
    number_masked: str
    valid_until: date | None


class Licences(Protocol):
    """The register of electronic licences, as the desk sees it."""

    async def of(self, person: Person) -> tuple[Licence, ...]:
        """The licences of a person; none where the register does not answer in time."""
        ...


class NoLicences:
    """A hall without a register."""

    async def of(self, person: Person) -> tuple[Licence, ...]:
        """None."""
        return ()


class DemoLicences:
    """A register of a demonstration: whoever asks has an identity card and a business licence, made of the number."""

    async def of(self, person: Person) -> tuple[Licence, ...]:
        """Two licences, always the same for the same person."""
        if not person.id_number:
            return ()
        begun = f"91511603MA{int(person.id_number[6:14]) % 10**7:07d}"
        code = begun + uscc.calc_check_digit(begun)
        mark = hashlib.sha256(f"demo licence:{person.id_number}".encode()).hexdigest()
        return (
            Licence(
                id=f"idc-{mark[:16]}",
                kind="identity-card",
                name="居民身份证",
                number=person.id_number,
                valid_until=date(2036, 1, 1),
                fields={"id_number": person.id_number, "address": f"前丰区演示路{int(mark[:2], 16)}号"},
            ),
            Licence(
                id=f"biz-{mark[16:32]}",
                kind="business-licence",
                name="营业执照",
                number=code,
                fields={
                    "name": f"前丰区演示{int(mark[2:4], 16)}号餐饮店",
                    "uscc": code,
                    "address": f"前丰区演示路{int(mark[:2], 16)}号",
                },
            ),
        )


def offered(licence: Licence) -> LicenceOffered:
    """What may be shown of it before the person has agreed."""
    return LicenceOffered(
        id=licence.id,
        kind=licence.kind,
        name=licence.name,
        number_masked=masked(licence.number),
        valid_until=licence.valid_until,
    )
