"""The door: HTTP in, HTTP out, with every limit that holds before anybody is known.

Reading a request is the event loop's business; carrying it out is a worker thread's, because the
desk blocks until what it did is durable. Both are bounded; whoever comes when all places are taken
is told to come back.
"""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from center.api.access import AccessLog
from center.api.counter import Arrived, answer
from center.api.openapi import document
from center.api.problem import RETRY_AFTER_S, Rejection, problem
from center.api.routes import ROUTES, Office, Route
from vending.wire import JSON_TYPE, LARGEST_BODY, OPENAPI_PATH, PROBLEM_TYPE, ProblemCode

_log = logging.getLogger(__name__)

_OF_STARLETTE = {404: ProblemCode.NOT_FOUND, 405: ProblemCode.METHOD_UNKNOWN}
_PAUSE = {ProblemCode.OVERLOADED, ProblemCode.UNAVAILABLE}
_HANG_UP = {ProblemCode.TOO_LARGE, ProblemCode.TOO_SLOW}
"""After these the rest of the body may still be on its way: the connection is of no use."""


class Limits(Struct, frozen=True, kw_only=True):
    """What the door lets in."""

    body_bytes: int = LARGEST_BODY
    body_timeout_s: float = 10.0
    """How long a body may take to arrive."""
    answer_timeout_s: float = 20.0
    """How long carrying it out may take before the caller is told that nobody knows."""
    workers: int = 32
    """Requests being carried out at once."""
    places: int = 256
    """Requests being carried out or waiting for a worker."""
    connections: int = 4_096
    """Open connections; one more is dropped at once."""
    head_bytes: int = 16 * 1024
    """Request line and headers of one request."""
    head_timeout_s: float = 10.0
    """How long they may take to arrive, from the connection or from their first byte."""


class Door:
    """Lets requests in, hands them to the workers and turns what comes of it into HTTP."""

    def __init__(self, office: Office, limits: Limits) -> None:
        self._office = office
        self._limits = limits
        self._workers = ThreadPoolExecutor(limits.workers, thread_name_prefix="counter")
        self._taken = 0  # places; changed on the event loop only

    async def serve(self, route: Route, request: Request) -> Response:
        """Answer one request, whatever happens."""
        request.state.route = route.name
        try:
            body = await self._read(request)
            return Response(await self._carry_out(route, request, body), media_type=JSON_TYPE)
        except Rejection as error:
            return refusal(request, error.code, error.detail)
        except ClientDisconnect:
            return refusal(request, ProblemCode.TOO_SLOW)  # nobody reads it; the access log does
        except SQLAlchemyError as error:
            _log.error("the database failed: %s", type(error).__name__)
            return refusal(request, ProblemCode.UNAVAILABLE)
        except Exception as error:  # noqa: BLE001  (a mistake of ours must not end the server)
            _log.error("a request failed: %s", where(error))
            return refusal(request, ProblemCode.INTERNAL)

    def close(self) -> None:
        """Wait for what is being carried out; take nothing new."""
        self._workers.shutdown(cancel_futures=True)

    async def _read(self, request: Request) -> bytes:
        """Return the body. Raises Rejection when the request is too large or too slow."""
        if (
            sum(len(name) + len(value) for name, value in request.headers.raw)
            > self._limits.head_bytes
        ):
            raise Rejection(ProblemCode.TOO_LARGE, "there are too many headers")
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.body_timeout_s):
                async for piece in request.stream():
                    body += piece
                    if len(body) > self._limits.body_bytes:
                        most = self._limits.body_bytes
                        raise Rejection(ProblemCode.TOO_LARGE, f"a body may have {most} bytes")
        except TimeoutError:
            raise Rejection(ProblemCode.TOO_SLOW) from None
        return bytes(body)

    async def _carry_out(self, route: Route, request: Request, body: bytes) -> bytes:
        if self._taken >= self._limits.places:
            raise Rejection(ProblemCode.OVERLOADED)
        arrived = Arrived(
            method=request.method,
            path=request.scope["raw_path"].decode("latin-1"),
            headers=request.headers,
            body=body,
            order_no=request.path_params.get("order_no", ""),
        )
        work = self._workers.submit(answer, self._office, route, arrived)
        self._taken += 1
        job = asyncio.wrap_future(work)
        job.add_done_callback(self._leave)
        try:
            return await asyncio.wait_for(asyncio.shield(job), self._limits.answer_timeout_s)
        except TimeoutError:
            raise Rejection(ProblemCode.OUTCOME_UNKNOWN) from None

    def _leave(self, job: "asyncio.Future[bytes]") -> None:
        self._taken -= 1
        if not job.cancelled():
            job.exception()  # seen, also when its caller has stopped waiting


def refusal(request: Request, code: ProblemCode, detail: str = "") -> Response:
    """Return the answer that says why not, and what to do."""
    request.state.code = code
    headers = {"Retry-After": str(RETRY_AFTER_S)} if code in _PAUSE else {}
    if code in _HANG_UP:
        headers["Connection"] = "close"
    body = problem(code, detail)
    return Response(
        msgspec.json.encode(body), status_code=body.status, headers=headers, media_type=PROBLEM_TYPE
    )


def where(error: BaseException) -> str:
    """Return the kind of an error and where it was raised, without its text: that may hold data."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.name}:{frame.lineno}" for frame in frames[-4:]]
    return f"{type(error).__name__} in {' > '.join(places)}"


async def _refuse_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return refusal(request, _OF_STARLETTE.get(status, ProblemCode.MALFORMED))


def build(office: Office, limits: Limits) -> tuple[AccessLog, Door]:
    """Return the ASGI application, and the door to close when the server has stopped."""
    door = Door(office, limits)
    published = msgspec.json.encode(document())

    async def contract(request: Request) -> Response:
        request.state.route = "openapi"
        return Response(published, media_type=JSON_TYPE)

    def endpoint(route: Route) -> Callable[[Request], Awaitable[Response]]:
        return partial(door.serve, route)

    web_routes = [WebRoute(r.path, endpoint(r), methods=[r.method]) for r in ROUTES]
    web_routes.append(WebRoute(OPENAPI_PATH, contract, methods=["GET"]))
    app = Starlette(routes=web_routes, exception_handlers={HTTPException: _refuse_http})
    app.router.redirect_slashes = False
    return AccessLog(app), door
