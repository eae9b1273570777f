"""Triple DES as bank and meter cards use it: key diversification and the PBOC message code.

Pure functions over bytes. Keys are two-key triple DES (16 bytes, left and right half); nothing here
keeps one. Sources: ISO/IEC 9797-1 (MAC algorithm 3 with padding method 2, which is the PBOC 3DES
MAC) and, for the diversification, the rule of the PBOC electronic purse.
"""

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

BLOCK_BYTES = 8
KEY_BYTES = 16
MAC_BYTES = 4
_PADDING_MARK = b"\x80"


def encrypt(key: bytes, blocks: bytes) -> bytes:
    """Return 3DES-ECB of ``blocks`` (a multiple of 8 bytes) under a 16-byte key.

    Raises ValueError for a key or data of another length.
    """
    return _run(_triple(key), modes.ECB(), blocks)


def diversify(master: bytes, serial: bytes) -> bytes:
    """Return a card's own 16-byte key: the master key over its 8-byte serial and the complement.

    Raises ValueError for a key or serial of another length.
    """
    if len(serial) != BLOCK_BYTES:
        raise ValueError(f"a card serial is {BLOCK_BYTES} bytes, not {len(serial)}")
    complement = bytes(byte ^ 0xFF for byte in serial)
    return encrypt(master, serial + complement)


def mac(key: bytes, start: bytes, message: bytes) -> bytes:
    """Return the 4-byte PBOC 3DES MAC of ``message`` with the 8-byte initial value ``start``.

    Single DES in CBC with the left half of the key, the last block with the whole key; padded with
    80 00 ... always. Raises ValueError for a key or initial value of another length.
    """
    blocks = pad(message)
    last = len(blocks) - BLOCK_BYTES
    chained = (start + _run(_single(key), modes.CBC(start), blocks[:last]))[-BLOCK_BYTES:]
    return _run(_triple(key), modes.CBC(chained), blocks[last:])[:MAC_BYTES]


def pad(message: bytes) -> bytes:
    """Return ``message`` with 80 and zeros up to whole blocks; at least one byte is added."""
    marked = message + _PADDING_MARK
    return marked + bytes(-len(marked) % BLOCK_BYTES)


def _triple(key: bytes) -> TripleDES:
    _check_key(key)
    return TripleDES(key + key[:BLOCK_BYTES])


def _single(key: bytes) -> TripleDES:
    """Three equal keys: single DES, which the library has under no other name."""
    _check_key(key)
    return TripleDES(key[:BLOCK_BYTES] * 3)


def _check_key(key: bytes) -> None:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a two-key triple DES key is {KEY_BYTES} bytes, not {len(key)}")


def _run(algorithm: TripleDES, mode: modes.ECB | modes.CBC, blocks: bytes) -> bytes:
    encryptor = Cipher(algorithm, mode).encryptor()
    return encryptor.update(blocks) + encryptor.finalize()
