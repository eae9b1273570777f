"""A card slot at the other end of a TCP line, as vpcd speaks it and with two messages more.

Every message in either direction is a length (2 bytes, most significant first) and that many bytes.
To the slot, one byte is a control, anything longer an APDU, answered by data and status word or,
when the card is gone, by an empty message. A mute card is silence.

====  ==========  ===============================================
00    power off   no answer
01    power on    no answer
02    reset       no answer
04    get ATR     the answer to reset; empty: no card
10    status      one byte: 00 empty, 01 card in the slot
11    eject       one byte: 00
====  ==========  ===============================================
"""

import contextlib
import socket

from kiosk.meter_card.port import CardGone, CardMute, ReaderFailed

POWER_OFF = b"\x00"
POWER_ON = b"\x01"
GET_ATR = b"\x04"
STATUS = b"\x10"
EJECT = b"\x11"

CONNECT_TIMEOUT_S = 1.0
CONTROL_TIMEOUT_S = 1.0
ATR_TIMEOUT_S = 2.0
"""ISO 7816-3: at most 40,000 clocks before the first byte, 9600 bit times between two."""

LENGTH_BYTES = 2
STATUS_WORD_BYTES = 2
QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)
"""Linux only. Without it a peer that sends length and body apart costs 40 ms per message."""


class TcpCardIo:
    """Connects when it is first used, and again after a failure."""

    def __init__(self, host: str, port: int, apdu_timeout_s: float) -> None:
        """``apdu_timeout_s``: the longest silence inside one command."""
        self._address = (host, port)
        self._apdu_timeout_s = apdu_timeout_s
        self._line: socket.socket | None = None

    @property
    def name(self) -> str:
        """Where the line leads."""
        host, port = self._address
        return f"tcp://{host}:{port}"

    @property
    def is_stuck(self) -> bool:
        """Never: every wait on a socket ends by itself."""
        return False

    def is_present(self) -> bool:
        """Ask the slot."""
        return self._control(STATUS) == b"\x01"

    def power_on(self) -> bytes:
        """Power off, power on, ask for the answer to reset."""
        self._send(POWER_OFF)
        self._send(POWER_ON)
        self._send(GET_ATR)
        atr = self._receive(ATR_TIMEOUT_S)
        if atr is None:
            raise CardMute("no answer to reset")
        if not atr:
            raise CardGone("no card in the slot")
        return atr

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """Exchange one APDU."""
        self._send(apdu)
        answer = self._receive(self._apdu_timeout_s)
        if answer is None:
            raise CardMute(f"no answer to command {apdu[1]:02X}")
        if len(answer) < STATUS_WORD_BYTES:
            raise CardGone(f"card gone in command {apdu[1]:02X}")
        data, status = answer[:-STATUS_WORD_BYTES], answer[-STATUS_WORD_BYTES:]
        return data, int.from_bytes(status)

    def power_off(self) -> None:
        """Take the power away, if there is a line to do it."""
        if self._line is not None:
            with contextlib.suppress(ReaderFailed):
                self._send(POWER_OFF)

    def eject(self) -> None:
        """Ask the slot to push the card out."""
        self._control(EJECT)

    def close(self) -> None:
        """Power off and hang up."""
        self.power_off()
        self._hang_up()

    def _control(self, message: bytes) -> bytes:
        self._send(message)
        answer = self._receive(CONTROL_TIMEOUT_S)
        if answer is None:
            raise ReaderFailed("the slot does not answer")
        return answer

    def _connected(self) -> socket.socket:
        if self._line is None:
            try:
                self._line = socket.create_connection(self._address, CONNECT_TIMEOUT_S)
                self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                raise ReaderFailed(f"no line to the slot: {error}") from error
        return self._line

    def _send(self, payload: bytes) -> None:
        line = self._connected()
        try:
            line.settimeout(CONTROL_TIMEOUT_S)
            line.sendall(len(payload).to_bytes(LENGTH_BYTES) + payload)
        except OSError as error:
            self._hang_up()
            raise ReaderFailed(f"the line to the slot broke: {error}") from error

    def _receive(self, timeout_s: float) -> bytes | None:
        """Return one message; None: silence, and hung up, so that no late answer confuses."""
        line = self._connected()
        try:
            line.settimeout(timeout_s)
            return self._exactly(line, int.from_bytes(self._exactly(line, LENGTH_BYTES)))
        except TimeoutError:
            self._hang_up()
            return None
        except OSError as error:
            self._hang_up()
            raise ReaderFailed(f"the line to the slot broke: {error}") from error

    def _exactly(self, line: socket.socket, length: int) -> bytes:
        data = b""
        while len(data) < length:
            if QUICK_ACK is not None:
                line.setsockopt(socket.IPPROTO_TCP, QUICK_ACK, 1)
            chunk = line.recv(length - len(data))
            if not chunk:
                raise ConnectionError("hung up")
            data += chunk
        return data

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
