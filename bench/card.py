"""A State Grid user card (CPU card, T=0) byte for byte, and what else can be put into the slot.

Sans-I/O: `reset` gives the answer to reset, `transmit` takes a command APDU and gives data and
status word. Commands and status words: as published reader programs send and expect them (two
independent sources); what no source tells is marked "verify on hardware".
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bench.card_crypto import CardKeys, encipher, message_code
from bench.card_memory import CardImage, CardMemory, PowerLost, TornByte

SERIAL_BYTES = 8
EXTERNAL_TRIES = 15  # verify on hardware
_MAC_BYTES = 4
_CHALLENGE_LENGTHS = (4, 8)
_MASTER = bytes.fromhex("3F00")
_APPLICATION = bytes.fromhex("DF01")
_ATR_HEAD = bytes.fromhex("3B6D000057")
_ATR_TAIL = bytes.fromhex("90000000")

_FILES: dict[tuple[bytes, int], str] = {
    (_MASTER, 0x01): "public_info",
    (_MASTER, 0x19): "serial",
    (_APPLICATION, 0x01): "parameters",
    (_APPLICATION, 0x02): "wallet",
    (_APPLICATION, 0x03): "tariff",
    (_APPLICATION, 0x04): "spare_tariff",
    (_APPLICATION, 0x05): "returned",
}
"""Directory and short file identifier -> file."""

OK = b"\x90\x00"
WRONG_LENGTH = b"\x67\x00"
NOT_AUTHENTICATED = b"\x69\x82"
AUTHENTICATION_BLOCKED = b"\x69\x83"
NO_CHALLENGE = b"\x69\x84"
NO_CURRENT_FILE = b"\x69\x86"
MAC_MISSING = b"\x69\x87"  # verify on hardware
MAC_WRONG = b"\x69\x88"
WRONG_P1P2 = b"\x6a\x86"
FILE_NOT_FOUND = b"\x6a\x82"
OUT_OF_RANGE = b"\x6b\x00"
"""Also every read of a card that was never issued."""
UNKNOWN_INSTRUCTION = b"\x6d\x00"
UNKNOWN_CLASS = b"\x6e\x00"
NOTHING_TO_GET = b"\x6f\x00"  # verify on hardware


class Chip(Protocol):
    """Anything with contacts."""

    def reset(self) -> bytes:
        """Power up or reset: forget everything volatile, return the ATR; empty: no answer."""

    def power_off(self) -> None:
        """Cut the power."""

    def transmit(self, apdu: bytes) -> bytes:
        """Return data and status word. Raises PowerLost when there is no power (any more)."""


class _Refusal(Exception):
    def __init__(self, status: bytes) -> None:
        super().__init__(status.hex())
        self.status = status


@dataclass
class _Session:
    """What a card forgets when it loses power."""

    directory: bytes = _MASTER
    file: str | None = None
    challenge: bytes = b""
    authenticated: bool = False
    response: bytes = b""


@dataclass(frozen=True)
class _Command:
    """A command APDU of T=0: four header bytes, then a length that counts data or expects it."""

    cla: int
    ins: int
    p1: int
    p2: int
    p3: int
    header: bytes
    data: bytes

    def body(self) -> bytes:
        """Return the data. Raises _Refusal when P3 does not count it."""
        if len(self.data) != self.p3:
            raise _Refusal(WRONG_LENGTH)
        return self.data

    def expected(self) -> int:
        """Return how much the host wants. Raises _Refusal when the command carries data."""
        if self.data:
            raise _Refusal(WRONG_LENGTH)
        return self.p3 or 256


def _parsed(apdu: bytes) -> _Command:
    if len(apdu) < 4:
        raise _Refusal(WRONG_LENGTH)
    cla, ins, p1, p2, p3 = apdu[:5].ljust(5, b"\0")
    return _Command(cla, ins, p1, p2, p3, apdu[:5].ljust(5, b"\0"), apdu[5:])


class Card:
    """A user card. ``random_bytes`` makes its challenges; a simulation passes a seeded one."""

    def __init__(
        self,
        image: CardImage,
        keys: CardKeys,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._memory = CardMemory(image)
        self._keys = keys
        self._random_bytes = random_bytes
        self._issued = image.issued
        self._session: _Session | None = None
        self._handlers: dict[tuple[int, int], Callable[[_Session, _Command], bytes]] = {
            (0x00, 0xA4): self._select,
            (0x00, 0xB0): self._read_binary,
            (0x00, 0x84): self._get_challenge,
            (0x00, 0x88): self._internal_authenticate,
            (0x00, 0x82): self._external_authenticate,
            (0x00, 0xC0): self._get_response,
            (0x00, 0xD6): self._update_binary_plain,
            (0x04, 0xD6): self._update_binary,
        }

    @property
    def image(self) -> CardImage:
        """What the card keeps: look, and nothing changes."""
        return self._memory.image

    @property
    def bytes_written(self) -> int:
        """Bytes written to its files since it was put on the bench."""
        return self._memory.bytes_written

    def tear_after(self, bytes_left: int, torn: TornByte = TornByte.OLD) -> None:
        """Lose power once ``bytes_left`` more bytes are written; see `CardMemory.tear_after`."""
        self._memory.tear_after(bytes_left, torn)

    def forget_tear(self) -> None:
        """Do not lose power after all."""
        self._memory.forget_tear()

    def reset(self) -> bytes:
        """See `Chip.reset`."""
        self._session = _Session()
        return _ATR_HEAD + self._memory.read("serial") + _ATR_TAIL

    def power_off(self) -> None:
        """See `Chip.power_off`."""
        self._session = None

    def transmit(self, apdu: bytes) -> bytes:
        """See `Chip.transmit`."""
        session = self._session
        if session is None:
            raise PowerLost("the card is not powered")
        try:
            command = _parsed(apdu)
            if command.ins != 0xC0:
                session.response = b""
            return self._handler(command)(session, command)
        except _Refusal as refusal:
            return refusal.status
        except PowerLost:
            self._session = None
            raise

    def _handler(self, command: _Command) -> Callable[[_Session, _Command], bytes]:
        handler = self._handlers.get((command.cla, command.ins))
        if handler is not None:
            return handler
        known = {instruction for _, instruction in self._handlers}
        raise _Refusal(UNKNOWN_CLASS if command.ins in known else UNKNOWN_INSTRUCTION)

    def _select(self, session: _Session, command: _Command) -> bytes:
        """A directory by its identifier. What authentication was worth elsewhere is lost."""
        if command.p1 or command.p2:
            raise _Refusal(WRONG_P1P2)
        directory = command.body()
        known = (_MASTER, _APPLICATION) if self._issued else (_MASTER,)
        if directory not in known:
            raise _Refusal(FILE_NOT_FOUND)
        session.directory = directory
        session.file = None
        session.authenticated = False
        return OK

    def _read_binary(self, session: _Session, command: _Command) -> bytes:
        if not self._issued:
            raise _Refusal(OUT_OF_RANGE)
        name, offset = self._locate(session, command)
        session.file = name
        data = self._content(name)
        if offset >= len(data):
            raise _Refusal(OUT_OF_RANGE)
        wanted, available = command.expected(), len(data) - offset
        if wanted > available:
            return bytes([0x6C, available])
        return data[offset : offset + wanted] + OK

    def _content(self, name: str) -> bytes:
        """The serial number stands behind a length byte in its file: it is read from offset 1."""
        data = self._memory.read(name)
        return bytes([len(data)]) + data if name == "serial" else data

    def _locate(self, session: _Session, command: _Command) -> tuple[str, int]:
        """P1 with its top bit: short file identifier, offset in P2. Without: offset in both."""
        if command.p1 & 0x80:
            name = _FILES.get((session.directory, command.p1 & 0x1F))
            if name is None:
                raise _Refusal(FILE_NOT_FOUND)
            return name, command.p2
        if session.file is None:
            raise _Refusal(NO_CURRENT_FILE)
        return session.file, command.p1 << 8 | command.p2

    def _get_challenge(self, session: _Session, command: _Command) -> bytes:
        """There is one challenge at a time: a new one takes the place of the last."""
        wanted = command.expected()
        if wanted not in _CHALLENGE_LENGTHS:
            raise _Refusal(WRONG_LENGTH)
        session.challenge = self._random_bytes(wanted)
        return session.challenge + OK

    def _internal_authenticate(self, session: _Session, command: _Command) -> bytes:
        challenge = command.body()
        self._check_key(session, command, 0x01, challenge)
        session.response = encipher(self._keys.internal, challenge)
        return bytes([0x61, len(session.response)])

    def _external_authenticate(self, session: _Session, command: _Command) -> bytes:
        cryptogram = command.body()
        self._check_key(session, command, 0x02, cryptogram)
        if self._memory.tries_left == 0:
            raise _Refusal(AUTHENTICATION_BLOCKED)
        challenge, session.challenge = session.challenge, b""
        if len(challenge) != SERIAL_BYTES:
            raise _Refusal(NO_CHALLENGE)
        session.authenticated = cryptogram == encipher(self._keys.external, challenge)
        self._memory.tries_left = (
            EXTERNAL_TRIES if session.authenticated else self._memory.tries_left - 1
        )
        return OK if session.authenticated else bytes([0x63, 0xC0 | self._memory.tries_left])

    def _check_key(self, session: _Session, command: _Command, key: int, data: bytes) -> None:
        """The keys stand in the application: elsewhere there is nothing to authenticate with."""
        if (command.p1, command.p2) != (0x00, key):
            raise _Refusal(WRONG_P1P2)
        if len(data) != SERIAL_BYTES:
            raise _Refusal(WRONG_LENGTH)
        if session.directory != _APPLICATION:
            raise _Refusal(FILE_NOT_FOUND)

    def _get_response(self, session: _Session, command: _Command) -> bytes:
        response, session.response = session.response, b""
        if not response:
            raise _Refusal(NOTHING_TO_GET)
        if command.expected() != len(response):
            session.response = response
            return bytes([0x6C, len(response)])
        return response + OK

    def _update_binary_plain(self, session: _Session, command: _Command) -> bytes:
        """No file of an issued card takes data without a MAC."""
        self._locate(session, command)
        raise _Refusal(MAC_MISSING if session.authenticated else NOT_AUTHENTICATED)

    def _update_binary(self, session: _Session, command: _Command) -> bytes:
        body = command.body()
        name, offset = self._locate(session, command)
        if not session.authenticated:
            raise _Refusal(NOT_AUTHENTICATED)
        data, code = body[:-_MAC_BYTES], body[-_MAC_BYTES:]
        self._check_mac(session, command.header + data, code)
        if not data or offset + len(data) > len(self._memory.read(name)):
            raise _Refusal(WRONG_LENGTH)
        session.file = name
        self._memory.write(name, offset, data)
        return OK

    def _check_mac(self, session: _Session, message: bytes, code: bytes) -> None:
        if len(session.challenge) != _MAC_BYTES:
            raise _Refusal(NO_CHALLENGE)
        start = session.challenge + bytes(4)
        if message_code(self._keys.mac, start, message) != code:
            raise _Refusal(MAC_WRONG)
