"""Puts a bench card into a virtual PC/SC reader (vpcd of the vsmartcard project).

The reader listens, the card connects: connected means inserted, hung up means pulled. Its controls
are the card slot's first four, so the slot answers here too. The reader listens on every address of
its machine: use it in a network namespace of its own.
"""

import socket
import threading
from typing import Self

from bench.card import Chip
from bench.card_line import LineClosed, hang_up, receive_frame, send_frame
from bench.card_slot import GET_ATR, CardSlot, Reply

DEFAULT_PORT = 35963
"""Of vpcd's first slot; the second listens on the next port."""
CONNECT_TIMEOUT_S = 5.0
JOIN_TIMEOUT_S = 5.0


class VpcdSlot:
    """One slot of the virtual reader. Faults are its `slot`'s; pulled there, the card hangs up."""

    def __init__(self, host: str = "127.0.0.1", port: int = DEFAULT_PORT) -> None:
        self.slot = CardSlot()
        self._address = (host, port)
        self._removed = threading.Event()
        self._line: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def insert(self, chip: Chip) -> None:
        """Put a card in. Raises OSError (no reader) and ValueError (there is a card already)."""
        self.slot.insert(chip)
        try:
            line = socket.create_connection(self._address, CONNECT_TIMEOUT_S)
        except OSError:
            self.slot.pull()
            raise
        line.settimeout(None)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._removed.clear()
        self._line = line
        self._thread = threading.Thread(
            target=self._converse, args=(line,), name="vpcd-card", daemon=True
        )
        self._thread.start()

    def pull(self) -> Chip | None:
        """Pull the card out; None: there was none."""
        chip = self.slot.pull()
        self._removed.set()
        if self._line is not None:
            hang_up(self._line)
        if self._thread is not None:
            self._thread.join(JOIN_TIMEOUT_S)
        self._line = self._thread = None
        return chip

    def close(self) -> None:
        """Pull the card."""
        self.pull()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _converse(self, line: socket.socket) -> None:
        try:
            while self.slot.present:
                self._answer(line, self._exchange(receive_frame(line)))
        except (LineClosed, OSError):
            pass  # the reader is gone
        finally:
            hang_up(line)

    def _exchange(self, payload: bytes) -> Reply | None:
        """The virtual reader asks for the ATR to learn whether a card is there: one that is in the
        wrong way round is no card to it.
        """
        reply = self.slot.receive(payload)
        return Reply(b"") if reply is None and payload == GET_ATR else reply

    def _answer(self, line: socket.socket, reply: Reply | None) -> None:
        if reply is None or not self.slot.present:
            return  # a card pulled in the middle of a command answers with silence
        if reply.delay_s > 0:
            self._removed.wait(reply.delay_s)
        send_frame(line, reply.payload)
