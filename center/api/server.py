"""The HTTP server around the door: uvicorn, with limits on what has no request yet."""

import asyncio
import signal
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import uvicorn
from msgspec import Struct
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from center.api.problem import problem
from center.api.routes import Office
from center.api.web import Limits, build
from vending.wire import PROBLEM_TYPE, ProblemCode

KEEP_ALIVE_S = 75
"""An idle connection stays open longer than terminals pause between reports."""
STOP_TIMEOUT_S = 10
BACKLOG = 1_024


class Listening(Struct, frozen=True, kw_only=True):
    """Where the server listens, and with what certificate. Without one it speaks plain HTTP."""

    address: str
    port: int
    """0: any that is free."""
    certificate_file: Path | None = None
    key_file: Path | None = None

    @property
    def scheme(self) -> str:
        """``https`` or ``http``."""
        return "http" if self.certificate_file is None else "https"


class GuardedHttp(HttpToolsProtocol):
    """uvicorn's HTTP, without patience for heads that never end and callers that never speak."""

    limits = Limits()
    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection if there is room, and expect it to speak."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            transport.abort()
        else:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._head_arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; a head that is not complete yet must not grow for ever."""
        super().data_received(data)
        if self._head_timer is None or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > self.limits.head_bytes:
            self.send_400_response(f"a head may have {self.limits.head_bytes} bytes")

    def on_message_begin(self) -> None:
        """Expect the head to be complete soon."""
        super().on_message_begin()
        self._expect_head()

    def on_headers_complete(self) -> None:
        """The head is there: from here on the door watches."""
        self._head_arrived()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Tell why, in the same shape as everything else, and hang up."""
        self._head_arrived()
        body = msgspec.json.encode(problem(ProblemCode.MALFORMED, msg))
        head = (
            f"HTTP/1.1 400 Bad Request\r\ncontent-type: {PROBLEM_TYPE}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()

    def _expect_head(self) -> None:
        self._head_arrived()
        self._head_timer = self.loop.call_later(self.limits.head_timeout_s, self.transport.abort)

    def _head_arrived(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
        self._head_timer = None
        self._head_bytes = 0


class Server(uvicorn.Server):
    """Serves one office until `stop`, SIGTERM or SIGINT; what is under way is finished."""

    def __init__(
        self,
        office: Office,
        listening: Listening,
        limits: Limits,
        on_listening: Callable[[str], None] = lambda url: None,
    ) -> None:
        app, self._door = build(office, limits)
        self._listening = listening
        self._on_listening = on_listening
        super().__init__(_uvicorn_config(app, listening, limits))

    def serve_until_stopped(self) -> None:
        """Listen and serve. Raises OSError: the address is taken, or the certificate is no use."""
        with _bound(self._listening) as listener:
            if self._listening.certificate_file is not None:
                _tls_context(self._listening)  # before anybody is told that it listens
            self.run(sockets=[listener])
        self._door.close()

    def stop(self) -> None:
        """Finish what is under way and return from `serve_until_stopped`. From any thread."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then say where."""
        await super().startup(sockets)
        if sockets and self.started:
            host, port = sockets[0].getsockname()[:2]
            host = f"[{host}]" if ":" in host else host
            self._on_listening(f"{self._listening.scheme}://{host}:{port}")


def exit_quietly_on_signals() -> None:
    """Let a signal that has stopped the server not end the process a second time.

    uvicorn raises the signals that it caught again when it has finished; here that means: done.
    """

    def done(number: int, frame: FrameType | None) -> None:
        """The server has stopped already."""

    signal.signal(signal.SIGTERM, done)
    signal.signal(signal.SIGINT, done)


def _uvicorn_config(app: Any, listening: Listening, limits: Limits) -> uvicorn.Config:
    secure = listening.certificate_file is not None
    guarded = type("GuardedHttp", (GuardedHttp,), {"limits": limits})
    return uvicorn.Config(
        app,
        http=guarded,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
        ssl_certfile=listening.certificate_file,
        ssl_keyfile=listening.key_file,
        ssl_context_factory=(lambda *_: _tls_context(listening)) if secure else None,
    )


def _tls_context(listening: Listening) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    assert listening.certificate_file is not None
    context.load_cert_chain(listening.certificate_file, listening.key_file)
    return context


def _bound(listening: Listening) -> socket.socket:
    family = socket.AF_INET6 if ":" in listening.address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((listening.address, listening.port))
    except OSError:
        listener.close()
        raise
    return listener
