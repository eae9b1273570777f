"""How a terminal seals its requests: Ed25519 (RFC 8032) over one canonical text.

The session id comes from the head office at sign-in and the request number rises by one each
time, so a copied request is refused for its number and a request from before the last sign-in
for its session. No clock is involved: a terminal whose clock is wrong still trades.
"""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

TERMINAL_HEADER = "X-Vending-Terminal"
SESSION_HEADER = "X-Vending-Session"
NUMBER_HEADER = "X-Vending-Number"
SIGNATURE_HEADER = "X-Vending-Signature"


def canonical(
    method: str, path: str, terminal_no: str, session_id: str, number: int, body: bytes
) -> bytes:
    """Return the bytes that are signed; ``path`` is without host and query."""
    digest = hashlib.sha256(body).hexdigest()
    fields = ("vending-1", method.upper(), path, terminal_no, session_id, str(number), digest)
    return "\n".join(fields).encode()


def sign(private_key: bytes, text: bytes) -> str:
    """Return the signature of ``text`` in hexadecimal. ``private_key`` is the 32-byte seed."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(text).hex()


def is_signed(public_key: bytes, text: bytes, signature: str) -> bool:
    """Tell whether ``signature`` (hexadecimal) over ``text`` is by the key's private half."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True
