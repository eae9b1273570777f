"""Frames of the card line: a two-byte big-endian length, then the payload; both ways the same.

The virtual PC/SC reader of the vsmartcard project uses them, and so does the bench's card slot.
"""

import contextlib
import socket

_LENGTH_BYTES = 2
LONGEST_PAYLOAD = 0xFFFF


class LineClosed(Exception):
    """The other side is gone."""


def send_frame(line: socket.socket, payload: bytes) -> None:
    """Send one frame in one piece. Raises OSError."""
    line.sendall(len(payload).to_bytes(_LENGTH_BYTES, "big") + payload)


def receive_frame(line: socket.socket) -> bytes:
    """Wait for one frame and return its payload. Raises LineClosed and OSError."""
    return _exactly(line, int.from_bytes(_exactly(line, _LENGTH_BYTES), "big"))


def _exactly(line: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        _acknowledge_at_once(line)
        piece = line.recv(length - len(data))
        if not piece:
            raise LineClosed
        data += piece
    return data


def _acknowledge_at_once(line: socket.socket) -> None:
    """A peer that sends length and payload apart otherwise waits 40 ms for our delayed
    acknowledgement, each time. Linux forgets the option, so it is set before every receive.
    """
    option = getattr(socket, "TCP_QUICKACK", None)
    if option is not None:
        line.setsockopt(socket.IPPROTO_TCP, option, 1)


def hang_up(line: socket.socket) -> None:
    """Close a line that another thread may be waiting on, so that it wakes."""
    with contextlib.suppress(OSError):  # the other side may have been first
        line.shutdown(socket.SHUT_RDWR)
    line.close()
