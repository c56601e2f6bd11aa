"""The one shape of errors, in the caller's language."""

from __future__ import annotations

import secrets

from tornado.web import HTTPError

from hall_server.errors import DomainError, Forbidden, Invalid, NotFound
from hall_server.web.complaints import in_words
from hall_server.web.locales import Locales


class Unanswered(DomainError):
    """The address exists but not with this method."""

    status = 405


class Fault(DomainError):
    """The program is at fault; the caller learns an id to look for in the log and nothing else."""

    status = 500


def as_domain_error(error: BaseException | None, status: int) -> DomainError:
    """What the caller is told about anything that went wrong."""
    if isinstance(error, DomainError) and error.status < 600:
        return error
    if isinstance(error, HTTPError) or error is None:
        return _of_status(error.status_code if isinstance(error, HTTPError) else status)
    return Fault("server.fault", id=secrets.token_hex(4))


def _of_status(status: int) -> DomainError:
    match status:
        case 404:
            return NotFound("route.unknown")
        case 405:
            return Unanswered("route.method")
        case 403:
            return Forbidden("request.forbidden")
        case _ if status < 500:
            return Invalid("request.bad")
        case _:
            return Fault("server.fault", id=secrets.token_hex(4))


def body(error: DomainError, locales: Locales, language: str) -> dict[str, object]:
    """``{"error": {code, message, fields}}``; a field that an error is about has its text under its own name."""
    message = wording(error, locales, language)
    fields = dict(error.fields)
    if error.code == "body.invalid":
        fields = {path: in_words(str(reason), locales, language) for path, reason in fields.items()}
    elif isinstance(name := fields.get("field"), str):
        fields[name] = message
    return {"error": {"code": error.code, "message": message, "fields": fields}}


def wording(error: DomainError, locales: Locales, language: str) -> str:
    """What an error says to a person."""
    return locales.text(f"error.{error.code}", language, **_plain(error.fields))


def _plain(fields: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if isinstance(value, str | int | float)}
