"""The simulated card's own cryptography: its chip shares no code with the head office.

Triple DES is put together from single DES here, and the message code block by block, so that a
mistake in `center.keys` cannot hide by being made on both sides.
"""

from dataclasses import dataclass, field

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

_BLOCK = 8
_HALF = 8
_MAC_BYTES = 4


@dataclass(frozen=True)
class IssuerKeys:
    """The utility's three 16-byte master keys, known to its head office and to its meters."""

    internal: bytes = field(repr=False)
    external: bytes = field(repr=False)
    mac: bytes = field(repr=False)

    def for_card(self, serial: bytes) -> "CardKeys":
        """Return the keys of the card with this 8-byte serial."""
        return CardKeys(
            internal=diversified(self.internal, serial),
            external=diversified(self.external, serial),
            mac=diversified(self.mac, serial),
        )


@dataclass(frozen=True)
class CardKeys:
    """One card's own 16-byte keys."""

    internal: bytes = field(repr=False)
    external: bytes = field(repr=False)
    mac: bytes = field(repr=False)


def diversified(master: bytes, serial: bytes) -> bytes:
    """Return a card key: the serial and its complement, each enciphered under the master key."""
    return encipher(master, serial) + encipher(master, bytes(0xFF - byte for byte in serial))


def encipher(key: bytes, block: bytes) -> bytes:
    """Return two-key triple DES (encipher, decipher, encipher) of one 8-byte block."""
    left, right = key[:_HALF], key[_HALF:]
    return _des(left, _undes(right, _des(left, block)))


def message_code(key: bytes, start: bytes, message: bytes) -> bytes:
    """Return the 4-byte PBOC 3DES MAC of ``message``; ``start`` is the 8-byte initial value."""
    left, right = key[:_HALF], key[_HALF:]
    state = start
    padded = message + b"\x80" + bytes((-len(message) - 1) % _BLOCK)
    for at in range(0, len(padded), _BLOCK):
        block = padded[at : at + _BLOCK]
        state = _des(left, bytes(a ^ b for a, b in zip(state, block, strict=True)))
    return _des(left, _undes(right, state))[:_MAC_BYTES]


def _des(half: bytes, block: bytes) -> bytes:
    encryptor = Cipher(TripleDES(half * 3), modes.ECB()).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def _undes(half: bytes, block: bytes) -> bytes:
    decryptor = Cipher(TripleDES(half * 3), modes.ECB()).decryptor()
    return decryptor.update(block) + decryptor.finalize()
