"""What can go wrong, one class per thing a caller may do differently; the wording belongs to the edge."""

from __future__ import annotations


class DomainError(Exception):
    """A refusal with a stable code and data; nothing has changed.

    Attributes:
        code: stable, dotted, such as ``ticket.duplicate``.
        fields: what it is about; a key names the field of the request where there is one.
    """

    status = 500

    def __init__(self, code: str, /, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields

    def __str__(self) -> str:
        return f"{self.code} {sorted(self.fields)}" if self.fields else self.code


class Invalid(DomainError):
    """The request itself is wrong; ask again with the named field mended."""

    status = 400


class Unauthenticated(DomainError):
    """Nobody is signed in; sign in first."""

    status = 401


class Forbidden(DomainError):
    """The one who asks may not do this."""

    status = 403


class NotFound(DomainError):
    """There is no such thing."""

    status = 404


class Refused(DomainError):
    """A rule of the hall says no at this moment."""

    status = 409


class TooLarge(DomainError):
    """More than the route takes."""

    status = 413


class TooMany(DomainError):
    """Too often; wait."""

    status = 429


class Unavailable(DomainError):
    """The server cannot do it now; the same request may work later."""

    status = 503


class JournalFailed(Unavailable):
    """The journal could not be written: nothing is acknowledged any more and the server stops."""


class UnknownEvent(DomainError):
    """A journal row that this program cannot read (a newer version wrote it)."""
