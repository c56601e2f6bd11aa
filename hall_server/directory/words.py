"""The everyday words of the search (config/words.toml): what people say, and what the catalogue calls it."""

from pathlib import Path

import msgspec

WORDS_FILE = Path(__file__).resolve().parents[2] / "config" / "words.toml"


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people say (``say``) and how the catalogue names it (``means``), what is usually meant first.

    Attributes:
        means: parts of names; of several parts divided by spaces a name must hold every one.
        faint: says little about which matter is meant (孩子, 公司); counts less.
    """

    say: tuple[str, ...]
    means: tuple[str, ...]
    faint: bool = False


class Deed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shall be done to a paper or a business: made new, replaced, renewed, changed, ended, looked up."""

    name: str
    say: tuple[str, ...]
    means: tuple[str, ...]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file; ``ignored`` says nothing about the matter (我想, 怎么办, 哪里)."""

    ignored: tuple[str, ...] = ()
    word: tuple[Word, ...] = ()
    deed: tuple[Deed, ...] = ()


def read_words(path: Path = WORDS_FILE) -> Words:
    """Read the everyday words.

    Raises:
        OSError: the file cannot be read.
        msgspec.ValidationError: it is not such a file.
    """
    return msgspec.toml.decode(path.read_bytes(), type=Words)
