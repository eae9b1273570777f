"""What a caller is told when a request was not carried out, and what to do next."""

from typing import NamedTuple

from vending.wire import Problem, ProblemCode

RETRY_AFTER_S = 1
"""The pause asked of a caller when there is too much to do."""


class _Kind(NamedTuple):
    status: int
    title: str
    next: str


_SEAL = "Seal the request as vending/seal.py describes; the terminal's registered key signs it."
_KINDS: dict[ProblemCode, _Kind] = {
    ProblemCode.MALFORMED: _Kind(
        400,
        "The request is malformed",
        "Correct it by /openapi.json; repeating it changes nothing.",
    ),
    ProblemCode.NOT_FOUND: _Kind(
        404, "There is nothing here", "Look for the path in /openapi.json."
    ),
    ProblemCode.METHOD_UNKNOWN: _Kind(
        405, "This path has no such method", "Look for the method in /openapi.json."
    ),
    ProblemCode.NOT_JSON: _Kind(
        415, "The body is not JSON", "Send the body with Content-Type: application/json."
    ),
    ProblemCode.TOO_LARGE: _Kind(413, "The request is too large", "Send less in one request."),
    ProblemCode.TOO_SLOW: _Kind(
        408, "The request did not arrive in time", "Send it again; nothing was done."
    ),
    ProblemCode.BAD_SIGNATURE: _Kind(401, "The seal does not fit the request", _SEAL),
    ProblemCode.SIGN_IN_AGAIN: _Kind(
        401, "This session is not open", "Ask for a challenge, sign in, then repeat the request."
    ),
    ProblemCode.NUMBER_USED: _Kind(
        401, "This request number was used", "Repeat the request under a new, higher number."
    ),
    ProblemCode.CODE_REFUSED: _Kind(
        403,
        "The one-time code is not accepted",
        "Have the head office issue a new one: python -m center terminal add NUMBER.",
    ),
    ProblemCode.ORDER_OF_ANOTHER: _Kind(
        403,
        "This order is not this terminal's",
        "Ask about orders that this terminal made or was told of.",
    ),
    ProblemCode.REPORT_CONFLICT: _Kind(
        409,
        "This report number was taken with another body",
        "Stop: two journals share one identity. Have the terminal looked at.",
    ),
    ProblemCode.TERMINAL_UNKNOWN: _Kind(
        403, "This terminal is not registered", "Register it with a one-time code."
    ),
    ProblemCode.TERMINAL_BLOCKED: _Kind(
        403, "This terminal is blocked", "Ask the head office why."
    ),
    ProblemCode.OVERLOADED: _Kind(
        503,
        "Too much to do",
        "Repeat the request after the pause in Retry-After; nothing was done.",
    ),
    ProblemCode.UNAVAILABLE: _Kind(
        503, "The head office cannot work", "Repeat the request later; nothing was done."
    ),
    ProblemCode.OUTCOME_UNKNOWN: _Kind(
        504,
        "It may have been done or not",
        "Repeat the same request: under the same number nothing is done twice.",
    ),
    ProblemCode.INTERNAL: _Kind(
        500,
        "The head office failed",
        "Repeat the same request later: under the same number nothing is done twice.",
    ),
}


class Rejection(Exception):
    """A request that is not carried out."""

    def __init__(self, code: ProblemCode, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def problem(code: ProblemCode, detail: str = "") -> Problem:
    """Return what to tell the caller. ``detail`` holds no personal data: it may be logged."""
    kind = _KINDS[code]
    return Problem(
        code=code, title=kind.title, status=kind.status, detail=detail or kind.title, next=kind.next
    )


def status_of(code: ProblemCode) -> int:
    """Return the HTTP status that goes with ``code``."""
    return _KINDS[code].status
