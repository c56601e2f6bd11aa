"""What people come for, in their own words: themes of ``config/themes.toml`` lead to matters and packages; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from cases.catalogue.model import Part, Question
from hall_server.directory.model import Matter
from hall_server.errors import Invalid

When = dict[str, tuple[str, ...]]


class ThemeMatter(Part, frozen=True, kw_only=True):
    """A matter that a theme leads to.

    Attributes:
        names: what it may be called, the first one that the catalogue knows counts: id, code or its beginning, name.
        plain, plain_en: what people say for it; empty: its name.
        when: question → answers of which one was given; empty: always.
    """

    names: tuple[str, ...]
    plain: str = ""
    plain_en: str = ""
    when: When = msgspec.field(default_factory=dict)


class ThemePackage(Part, frozen=True, kw_only=True):
    """A package (一件事) that a theme leads to."""

    id: str
    when: When = msgspec.field(default_factory=dict)


class Theme(Part, frozen=True, kw_only=True):
    """Something in life that brings people here; ``words``: everyday words that lead to it too."""

    id: str
    name: str
    name_en: str = ""
    icon: str = ""
    hint: str = ""
    hint_en: str = ""
    words: tuple[str, ...] = ()
    asks: tuple[Question, ...] = ()
    packages: tuple[ThemePackage, ...] = ()
    matters: tuple[ThemeMatter, ...] = ()


class _File(Part, frozen=True, kw_only=True):
    themes: tuple[Theme, ...] = ()


class MatterLed(msgspec.Struct, frozen=True, kw_only=True):
    """A matter of a theme as this hall has it."""

    id: str
    name: str
    name_en: str
    plain: str
    plain_en: str
    when: When


class PackageNamed(msgspec.Struct, frozen=True, kw_only=True):
    """What a package is called; ``words``: everyday words that lead to it."""

    name: str
    name_en: str
    words: tuple[str, ...] = ()


class PackageLed(PackageNamed, frozen=True, kw_only=True):
    """A package of a theme."""

    id: str
    when: When


class ThemeShown(msgspec.Struct, frozen=True, kw_only=True):
    """A theme with what this hall has of it; ``package``: the first of its packages, where it has any."""

    id: str
    name: str
    name_en: str
    icon: str
    hint: str
    hint_en: str
    words: tuple[str, ...]
    asks: tuple[Question, ...]
    matters: tuple[MatterLed, ...]
    packages: tuple[PackageLed, ...]
    package: str | None


def read(path: Path) -> tuple[Theme, ...]:
    """The themes of a file; none where there is no file.

    Raises:
        Invalid: ``guidance.themes``: the file is not one of themes, or asks for what it does not have.
    """
    if not path.exists():
        return ()
    try:
        themes = msgspec.toml.decode(path.read_bytes(), type=_File).themes
    except msgspec.MsgspecError as exc:
        raise Invalid("guidance.themes", file=path.name, reason=str(exc)) from exc
    for theme in themes:
        _check(theme)
    return themes


def shown(
    themes: Iterable[Theme], matters: Iterable[Matter], packages: Mapping[str, PackageNamed]
) -> tuple[ThemeShown, ...]:
    """The themes with the matters that a hall has; one without any is left out.

    Args:
        themes: of the file. matters: of the directory; inactive ones may be among them.
        packages: id → what it is called.
    """
    index = _Index(matters)
    found = (_shown(theme, index, packages) for theme in themes)
    return tuple(one for one in found if one.matters or one.packages)


class _Index:
    """Finds matters by id, name, code or the beginning of their code."""

    def __init__(self, matters: Iterable[Matter]) -> None:
        self._by_name: dict[str, Matter] = {}
        for one in matters:
            if one.active:
                for key in (one.id, one.name, one.code, one.code.partition("-")[0]):
                    self._by_name.setdefault(key, one)

    def find(self, names: tuple[str, ...]) -> Matter | None:
        """The matter of the first name that is known."""
        return next((self._by_name[name] for name in names if name in self._by_name), None)


def _shown(theme: Theme, index: _Index, packages: Mapping[str, PackageNamed]) -> ThemeShown:
    led = [(one, index.find(one.names)) for one in theme.matters]
    kinds = tuple(
        PackageLed(id=one.id, when=one.when, **msgspec.structs.asdict(packages[one.id]))
        for one in theme.packages
        if one.id in packages
    )
    return ThemeShown(
        id=theme.id,
        name=theme.name,
        name_en=theme.name_en or theme.name,
        icon=theme.icon,
        hint=theme.hint,
        hint_en=theme.hint_en,
        words=theme.words,
        asks=theme.asks,
        matters=tuple(_led(one, matter) for one, matter in led if matter is not None),
        packages=kinds,
        package=kinds[0].id if kinds else None,
    )


def _led(one: ThemeMatter, matter: Matter) -> MatterLed:
    return MatterLed(
        id=matter.id,
        name=matter.name,
        name_en=matter.name_en,
        plain=one.plain or matter.name,
        plain_en=one.plain_en or matter.name_en,
        when=one.when,
    )


def _check(theme: Theme) -> None:
    asks = {one.id: {option.id for option in one.options} for one in theme.asks}
    whens = [*(one.when for one in theme.matters), *(one.when for one in theme.packages)]
    for when in (*whens, *(one.asked_if for one in theme.asks)):
        for question, options in when.items():
            if not set(options) <= asks.get(question, set()):
                raise Invalid(
                    "guidance.themes", file=theme.id, reason=f"{question} = {list(options)} is never answered"
                )
