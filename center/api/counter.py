"""From one request's bytes to its answer's, on a worker thread. Knows no HTTP server."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from center.api.check import fault
from center.api.problem import Rejection
from center.api.routes import Access, Call, Office, Route
from center.fleet.seal import Seal, SealedRequest, TurnedAway
from center.keys.port import KeysUnavailable
from center.orders.port import OrderOfAnother, ReportConflict
from center.store.errors import OutcomeUnknown, StoreBusy, StoreError
from vending import seal
from vending.order_no import is_order_no
from vending.wire import JSON_TYPE, NO_NUMBER, NO_SESSION, ProblemCode

_UNSEALED = Seal(terminal_no="", session_id=NO_SESSION, number=NO_NUMBER, signature="")
_DIGITS_OF_A_NUMBER = 16


class Arrived(Struct, frozen=True, kw_only=True):
    """One request as it came from the wire."""

    method: str
    path: str
    """Without host and query, as it was sent."""
    headers: Mapping[str, str]
    """Names in any case."""
    body: bytes
    order_no: str = ""


def answer(office: Office, route: Route, arrived: Arrived) -> bytes:
    """Do what is asked and return the answer as JSON. Raises Rejection."""
    try:
        call = _call(office, route, arrived)
        return msgspec.json.encode(route.act(office, call))
    except TurnedAway as error:
        raise Rejection(error.code) from None
    except OrderOfAnother:
        raise Rejection(ProblemCode.ORDER_OF_ANOTHER) from None
    except ReportConflict:
        raise Rejection(ProblemCode.REPORT_CONFLICT) from None
    except KeysUnavailable:
        raise Rejection(ProblemCode.UNAVAILABLE) from None
    except StoreError as error:
        raise Rejection(_store_problem(error)) from None


def _call(office: Office, route: Route, arrived: Arrived) -> Call:
    """Check who asks, then what is asked."""
    request = _sealed(route, arrived)
    terminal_no = request.seal.terminal_no
    if route.access is Access.SESSION:
        terminal_no = office.sessions.admit(request)
        office.registry.note_contact(terminal_no)
    if arrived.order_no and not is_order_no(arrived.order_no):
        raise Rejection(ProblemCode.MALFORMED, "the path holds no order number")
    return Call(
        message=_message(route, arrived),
        request=request,
        terminal_no=terminal_no,
        order_no=arrived.order_no,
    )


def _sealed(route: Route, arrived: Arrived) -> SealedRequest:
    mark = _UNSEALED if route.access is Access.ANYBODY else _seal(route, arrived.headers)
    return SealedRequest(method=arrived.method, path=arrived.path, body=arrived.body, seal=mark)


def _seal(route: Route, headers: Mapping[str, str]) -> Seal:
    terminal_no = headers.get(seal.TERMINAL_HEADER, "")
    number = headers.get(seal.NUMBER_HEADER, str(NO_NUMBER))
    if not (terminal_no and number.isascii() and number.isdigit()):
        raise Rejection(
            ProblemCode.BAD_SIGNATURE, "the headers of the seal are missing or malformed"
        )
    if len(number) > _DIGITS_OF_A_NUMBER:
        raise Rejection(ProblemCode.NUMBER_USED, "the request number is too large")
    in_session = route.access is Access.SESSION
    return Seal(
        terminal_no=terminal_no,
        session_id=headers.get(seal.SESSION_HEADER, "") if in_session else NO_SESSION,
        number=int(number) if in_session else NO_NUMBER,
        signature=headers.get(seal.SIGNATURE_HEADER, ""),
    )


def _message(route: Route, arrived: Arrived) -> Any:
    if route.takes is None:
        return None
    if arrived.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON_TYPE:
        raise Rejection(ProblemCode.NOT_JSON)
    try:
        message = msgspec.json.decode(arrived.body, type=route.takes)
    except msgspec.ValidationError as error:
        raise Rejection(ProblemCode.MALFORMED, str(error)) from None
    except (msgspec.DecodeError, RecursionError):
        raise Rejection(
            ProblemCode.MALFORMED, "the body is not JSON, or nested too deeply"
        ) from None
    if found := fault(message):
        raise Rejection(ProblemCode.MALFORMED, found)
    return message


def _store_problem(error: StoreError) -> ProblemCode:
    if isinstance(error, OutcomeUnknown):
        return ProblemCode.OUTCOME_UNKNOWN
    return ProblemCode.OVERLOADED if isinstance(error, StoreBusy) else ProblemCode.UNAVAILABLE
