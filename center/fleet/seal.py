"""A terminal's seal on a request, as it arrived, and why a request can be turned away for it."""

from msgspec import Struct

from vending import seal
from vending.wire import ProblemCode


class Seal(Struct, frozen=True, kw_only=True):
    """What the headers say. Nothing of it is believed before the signature fits."""

    terminal_no: str
    session_id: str
    number: int
    signature: str


class SealedRequest(Struct, frozen=True, kw_only=True):
    """The parts of a request that its seal covers."""

    method: str
    path: str
    body: bytes
    seal: Seal

    def is_signed_by(self, public_key: str) -> bool:
        """Tell whether the owner of ``public_key`` (hexadecimal) sealed exactly this request."""
        mark = self.seal
        text = seal.canonical(
            self.method, self.path, mark.terminal_no, mark.session_id, mark.number, self.body
        )
        return seal.is_signed(bytes.fromhex(public_key), text, mark.signature)


class TurnedAway(Exception):
    """The terminal, its session or its seal is not accepted; nothing was done."""

    def __init__(self, code: ProblemCode) -> None:
        super().__init__(code)
        self.code = code
