"""The contract as an OpenAPI 3.1 document, made from the routes and the messages themselves."""

from collections.abc import Iterator
from typing import Any

import msgspec

from center.api import check
from center.api.problem import problem, status_of
from center.api.routes import ROUTES, Access, Route
from center.fleet.window import WINDOW_SIZE
from vending import seal
from vending.wire import JSON_TYPE, LARGEST_BODY, MOST_ITEMS, PROBLEM_TYPE, Problem, ProblemCode

Json = dict[str, Any]

CONTRACT_VERSION = "2.1.0"
"""Of the contract, not of the program: the first figure rises when an old terminal breaks."""

_EVERYWHERE = (
    ProblemCode.TOO_SLOW,
    ProblemCode.OVERLOADED,
    ProblemCode.UNAVAILABLE,
    ProblemCode.INTERNAL,
)
_WITH_BODY = (ProblemCode.MALFORMED, ProblemCode.TOO_LARGE, ProblemCode.NOT_JSON)
_IN_SESSION = (
    ProblemCode.BAD_SIGNATURE,
    ProblemCode.SIGN_IN_AGAIN,
    ProblemCode.NUMBER_USED,
    ProblemCode.TERMINAL_UNKNOWN,
    ProblemCode.TERMINAL_BLOCKED,
)

_DESCRIPTION = f"""What self-service terminals and their head office say to each other.

Money is a whole number of fen, energy a whole number of watt-hours, moments are UTC milliseconds
since 1970. Every operation may be repeated: under the same order or report number nothing is done
twice, and another body under a number that was used is refused. A business refusal is an answer
(200, `refused`); anything else that is not carried out is a problem ({PROBLEM_TYPE}) with
a `code` to decide by. A body has at most {LARGEST_BODY} bytes, a list at most {MOST_ITEMS} items.
"""

_SEALED = f"""Ed25519 (RFC 8032), hexadecimal, over these lines joined by line feeds: `vending-1`,
the method in capitals, the path without host and query, `{seal.TERMINAL_HEADER}`,
`{seal.SESSION_HEADER}`, `{seal.NUMBER_HEADER}`, the SHA-256 of the body in hexadecimal.
Registration and sign-in have an empty session and the number 0. Inside a session every request has
a number of its own, rising from 1; it may arrive late by fewer than {WINDOW_SIZE}."""


def document() -> Json:
    """Return the OpenAPI document for the routes; it can be encoded as JSON."""
    schemas = _Schemas()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Electricity vending: head office",
            "version": CONTRACT_VERSION,
            "description": _DESCRIPTION,
        },
        "paths": {
            route.path: {route.method.lower(): _operation(route, schemas)} for route in ROUTES
        },
        "components": {"schemas": schemas.components, "securitySchemes": _security_schemes()},
    }


class _Schemas:
    """The schemas of all messages, each once, with the limits that the door checks."""

    def __init__(self) -> None:
        types = [
            kind for route in ROUTES for kind in (route.takes, route.gives) if kind is not None
        ]
        types.append(Problem)
        found, components = msgspec.json.schema_components(
            types, ref_template="#/components/schemas/{name}"
        )
        self._by_type = list(zip(types, found, strict=True))
        self.components = dict(sorted(components.items()))
        for name in _reached(self.components, [route.takes for route in ROUTES if route.takes]):
            _limit(name, self.components[name])

    def of(self, kind: Any) -> Json:
        """Return the schema of a message type."""
        return next(schema for known, schema in self._by_type if known is kind or known == kind)


def _operation(route: Route, schemas: _Schemas) -> Json:
    operation: Json = {
        "operationId": route.name,
        "summary": route.summary,
        "responses": _responses(route, schemas),
    }
    if route.takes is not None:
        content = {JSON_TYPE: {"schema": schemas.of(route.takes)}}
        operation["requestBody"] = {"required": True, "content": content}
    if "{order_no}" in route.path:
        schema = {"type": "string", "pattern": check.PATTERNS["order_no"]}
        operation["parameters"] = [
            {"name": "order_no", "in": "path", "required": True, "schema": schema}
        ]
    if route.access is not Access.ANYBODY:
        parts = ("terminal", "session", "number", "signature")
        wanted = parts if route.access is Access.SESSION else ("terminal", "signature")
        operation["security"] = [{part: [] for part in wanted}]
    return operation


def _responses(route: Route, schemas: _Schemas) -> Json:
    codes: dict[int, list[ProblemCode]] = {}
    for code in _problems(route):
        codes.setdefault(status_of(code), []).append(code)
    responses: Json = {
        "200": {
            "description": "The answer",
            "content": {JSON_TYPE: {"schema": schemas.of(route.gives)}},
        }
    }
    for status in sorted(codes):
        words = (f"`{code}`: {problem(code).title}. {problem(code).next}" for code in codes[status])
        responses[str(status)] = {
            "description": "\n\n".join(words),
            "content": {PROBLEM_TYPE: {"schema": schemas.of(Problem)}},
        }
    return responses


def _problems(route: Route) -> Iterator[ProblemCode]:
    known = [*route.problems, *_EVERYWHERE]
    if route.takes is not None:
        known += _WITH_BODY
    elif "{" in route.path:
        known.append(ProblemCode.MALFORMED)
    if route.access is Access.SESSION:
        known += _IN_SESSION
    yield from dict.fromkeys(known)


def _security_schemes() -> Json:
    headers = {
        "terminal": (seal.TERMINAL_HEADER, "The terminal's number, six digits."),
        "session": (seal.SESSION_HEADER, "The session's id, from the sign-in."),
        "number": (seal.NUMBER_HEADER, "The request's number in its session."),
        "signature": (seal.SIGNATURE_HEADER, _SEALED),
    }
    return {
        part: {"type": "apiKey", "in": "header", "name": header, "description": words}
        for part, (header, words) in headers.items()
    }


def _reached(components: Json, roots: list[Any]) -> set[str]:
    """Return the names of all schemas that requests are made of."""
    found: set[str] = set()
    waiting = [root.__name__ for root in roots]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [ref.rpartition("/")[2] for ref in _references(components[name])]
    return found


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for item in schema:
            yield from _references(item)
    elif isinstance(schema, dict):
        if isinstance(reference := schema.get("$ref"), str):
            yield reference
        for value in schema.values():
            yield from _references(value)


def _limit(message: str, schema: Json) -> None:
    """Write into a message's schema what the door checks by the names of its fields."""
    for name, field in schema.get("properties", {}).items():
        for part in (field, *field.get("anyOf", ()), field.get("items", {})):
            _limit_value(message, name, part)


def _limit_value(message: str, name: str, part: Json) -> None:
    kind = part.get("type")
    if kind == "integer":
        part["minimum"], part["maximum"] = check.range_of(name)
    elif kind == "string":
        part["pattern"] = check.pattern_of(name, message)
    elif kind == "array":
        part["maxItems"] = check.most_items(name)
