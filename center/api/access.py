"""The access log: a line of JSON for each request, without anything about the person at the kiosk.

It names the operation instead of the path (a path may hold an order number) and no address, header
or body. The terminal is named as the request claims it, if the claim looks like a number.
"""

import logging
import time

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vending.order_no import TERMINAL_NO_DIGITS
from vending.seal import TERMINAL_HEADER

_log = logging.getLogger("center.access")
_TERMINAL = TERMINAL_HEADER.lower().encode()


class AccessLog:
    """An ASGI application that logs what the application inside answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and log its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun_ns = time.monotonic_ns()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        state = scope.setdefault("state", {})
        try:
            await self._app(scope, receive, watched)
        finally:
            _write(scope, state, status, time.monotonic_ns() - begun_ns)


def _write(scope: Scope, state: dict[str, object], status: int, taken_ns: int) -> None:
    line = {
        "operation": state.get("route", "none"),
        "method": scope["method"],
        "terminal": _claimed(scope["headers"]),
        "status": status,
        "code": state.get("code"),
        "taken_ms": taken_ns // 1_000_000,
    }
    _log.info("%s", msgspec.json.encode(line).decode())


def _claimed(headers: list[tuple[bytes, bytes]]) -> str | None:
    value = next((value for name, value in headers if name == _TERMINAL), b"")
    return value.decode() if value.isdigit() and len(value) == TERMINAL_NO_DIGITS else None
