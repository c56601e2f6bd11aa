"""The interface's description, made from the same routes and structs that serve it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import msgspec

from hall_server.errors import (
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from hall_server.identity import Role
from hall_server.web.routes import WRITING, Kind, Route, Verb

_REFS = "#/components/schemas/{name}"
_ERRORS: dict[int, type[DomainError]] = {
    error.status: error
    for error in (Invalid, Unauthenticated, Forbidden, NotFound, Refused, TooLarge, TooMany, Unavailable)
}


class ErrorBody(msgspec.Struct, frozen=True):
    """What went wrong: a stable code, a message in the caller's language, and what it is about."""

    code: str
    message: str
    fields: dict[str, Any]


class ErrorAnswer(msgspec.Struct, frozen=True):
    """The one shape of errors."""

    error: ErrorBody


def document(routes: Iterable[Route], *, title: str, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of all API routes.

    Args:
        routes: pages and files among them are left out.
        title: of the document. version: of the program.
    """
    documented = sorted((one for one in routes if one.kind in (Kind.API, Kind.LIVE)), key=lambda one: one.template)
    types = [found for route in documented for verb in route.verbs.values() for found in _types(verb)]
    schemas, components = msgspec.json.schema_components([*types, ErrorAnswer], ref_template=_REFS)
    named = iter(schemas)
    paths: dict[str, dict[str, Any]] = {}
    for route in documented:
        path = paths.setdefault(route.template, {})
        for method, verb in route.verbs.items():
            path[method.lower()] = _operation(route, method, verb, {kind: next(named) for kind in _roles(verb)})
    made = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "onedoor_session"},
                "device": {"type": "http", "scheme": "basic"},
            },
        },
    }
    return cast("dict[str, Any]", msgspec.json.decode(msgspec.json.encode(made)))


def _roles(verb: Verb) -> list[str]:
    return [name for name in ("request", "reply") if getattr(verb, name) is not None]


def _types(verb: Verb) -> list[Any]:
    return [getattr(verb, name) for name in _roles(verb)]


def _operation(route: Route, method: str, verb: Verb, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(route, method),
        "summary": verb.summary,
        "parameters": _parameters(route, method, verb),
        "responses": _responses(route, verb, schemas.get("reply")),
        "security": _security(verb),
    }
    if "request" in schemas:
        operation["requestBody"] = {"content": {"application/json": {"schema": schemas["request"]}}}
    return operation


def _operation_id(route: Route, method: str) -> str:
    words = route.template.removeprefix("/api/v1").replace("{", "by_").replace("}", "")
    return "_".join([method.lower(), *(part for part in words.replace(".", "_").split("/") if part)])


def _parameters(route: Route, method: str, verb: Verb) -> list[dict[str, Any]]:
    text = {"type": "string"}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": text} for name in route.parameters
    ]
    found += [
        {"name": name, "in": "query", "required": False, "description": meaning, "schema": text}
        for name, meaning in verb.query.items()
    ]
    if method in WRITING:
        key = {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,80}$"}
        about = "The same key again gets the first answer"
        found.append(
            {"name": "Idempotency-Key", "in": "header", "required": False, "description": about, "schema": key}
        )
    return found


def _responses(route: Route, verb: Verb, reply: dict[str, Any] | None) -> dict[str, Any]:
    if route.kind is Kind.LIVE:
        return {"101": {"description": "The connection becomes a WebSocket"}, **_errors(verb)}
    good: dict[str, Any] = {"description": "Done"}
    if reply is not None:
        good["content"] = {verb.media: {"schema": reply}}
    elif verb.status != 204:
        good["content"] = {verb.media: {}}
    return {str(verb.status): good, **_errors(verb)}


def _errors(verb: Verb) -> dict[str, Any]:
    statuses = (
        {400, 404, 409, 503} | (set() if verb.access.is_public else {401, 403}) | ({429} if verb.limit else set())
    )
    statuses |= {413} if verb.request is not None else set()
    content = {"application/json": {"schema": {"$ref": _REFS.format(name="ErrorAnswer")}}}
    return {
        str(status): {"description": (_ERRORS[status].__doc__ or "").split("\n")[0], "content": content}
        for status in sorted(statuses)
    }


def _security(verb: Verb) -> list[dict[str, list[str]]]:
    if verb.access.is_public:
        return []
    roles = sorted(str(role) for role in verb.access.roles or ())
    people = [role for role in roles if role != Role.DEVICE]
    ways: list[dict[str, list[str]]] = [{"session": people}] if people else []
    return ways + ([{"device": []}] if Role.DEVICE in roles else [])
