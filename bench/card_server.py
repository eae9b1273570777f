"""Puts a card slot on a TCP port. Every client has a thread; a killed one leaves nothing behind."""

import socket
import threading
from collections.abc import Callable
from typing import Protocol

from bench.card_line import LineClosed, hang_up, receive_frame, send_frame

MAX_CLIENTS = 8
JOIN_TIMEOUT_S = 5.0


class Reply(Protocol):
    """What a slot answers, and after how long."""

    @property
    def payload(self) -> bytes:
        """The answer's frame, without its length."""

    @property
    def delay_s(self) -> float:
        """How long the slot takes for it."""


class CardServer:
    """Listens from the moment it is made until `close`."""

    def __init__(
        self,
        receive: Callable[[bytes], Reply | None],
        host: str,
        port: int,
        wait: Callable[[float], object] | None,
    ) -> None:
        """Raises OSError when the port is taken. ``wait`` passes the time; None: real time."""
        self._receive = receive
        self._closing = threading.Event()
        self._wait = wait or self._closing.wait
        self._lock = threading.Lock()
        self._clients: dict[socket.socket, threading.Thread] = {}
        self._listener = socket.create_server((host, port))
        self.url = f"tcp://{host}:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._listen, name="card-slot", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening, hang up on every client and wait for the threads."""
        self._closing.set()
        hang_up(self._listener)
        self._thread.join(JOIN_TIMEOUT_S)
        with self._lock:
            clients = dict(self._clients)
        for line, thread in clients.items():
            hang_up(line)
            thread.join(JOIN_TIMEOUT_S)

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return  # closed
            self._welcome(line)

    def _welcome(self, line: socket.socket) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(
            target=self._converse, args=(line,), name="card-slot-client", daemon=True
        )
        with self._lock:
            welcome = len(self._clients) < MAX_CLIENTS and not self._closing.is_set()
            if welcome:
                self._clients[line] = thread
                thread.start()
        if not welcome:
            hang_up(line)

    def _converse(self, line: socket.socket) -> None:
        try:
            while True:
                self._answer(line, self._receive(receive_frame(line)))
        except (LineClosed, OSError):
            pass  # the client is gone; the slot and its card stay as they are
        finally:
            with self._lock:
                self._clients.pop(line, None)
            line.close()

    def _answer(self, line: socket.socket, reply: Reply | None) -> None:
        if reply is None:
            return
        if reply.delay_s > 0:
            self._wait(reply.delay_s)
        send_frame(line, reply.payload)
