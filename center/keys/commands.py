"""What may be sealed: exactly the writes that put one vend on one card, and nothing else.

A command is a header of five bytes (CLA INS P1 P2 Lc, where Lc counts the 4 bytes of the MAC to
come) and its plain data. Layout of the State Grid user card, Q/GDW 365-2009; the bytes of the
parameter file that are not checked order no change, because a meter takes nothing but its spare
tariff set from a purchase card and no tariff file is ever sealed here.
"""

from collections.abc import Callable, Iterable

from center.keys.port import CardIdentity, KeysRefused, Refusal
from vending.card import CardKind
from vending.messages import Vend

MAC_BYTES = 4
HEADER_BYTES = 5
PARAMETER_WRITE = bytes.fromhex("04D68100")
WALLET_WRITE = bytes.fromhex("04D68200")
RETURN_CLEAR = bytes.fromhex("04D68500")

_FRAME_START = bytes.fromhex("68010027")
_FRAME_END = 0x16
_METER_NO = slice(30, 36)
_CUSTOMER_NO = slice(36, 42)
_KIND = 42
_CHECKSUM = 43
_KIND_BYTES = {CardKind.OPENING: 1, CardKind.PURCHASE: 2, CardKind.REPLACEMENT: 3}
_COUNTER_BYTES = 4

Check = Callable[[bytes, Vend, CardIdentity], None]


def checked(commands: Iterable[str], vend: Vend, card: CardIdentity) -> tuple[bytes, ...]:
    """Return the commands as bytes, ready for their MACs. Raises KeysRefused at the first doubt."""
    messages = tuple(_decode(command) for command in commands)
    if not messages:
        raise KeysRefused(Refusal.NO_COMMAND)
    for message in messages:
        _check(message, vend, card)
    if len({message[:HEADER_BYTES] for message in messages}) != len(messages):
        raise KeysRefused(Refusal.REPEATED_COMMAND)
    return messages


def _decode(command: str) -> bytes:
    try:
        return bytes.fromhex(command)
    except ValueError:
        raise KeysRefused(Refusal.UNKNOWN_COMMAND) from None


def _check(message: bytes, vend: Vend, card: CardIdentity) -> None:
    header, data = message[:HEADER_BYTES], message[HEADER_BYTES:]
    known = _KNOWN.get(header[:4])
    if known is None:
        raise KeysRefused(Refusal.UNKNOWN_COMMAND)
    data_bytes, check = known
    if header[4:] != bytes([data_bytes + MAC_BYTES]) or len(data) != data_bytes:
        raise KeysRefused(Refusal.WRONG_LENGTH)
    check(data, vend, card)


def _check_parameter(data: bytes, _vend: Vend, card: CardIdentity) -> None:
    framed = data[:4] == _FRAME_START and data[-1] == _FRAME_END
    if not framed or sum(data[1:_CHECKSUM]) % 256 != data[_CHECKSUM]:
        raise KeysRefused(Refusal.BAD_FRAME)
    said = (data[_METER_NO].hex(), data[_CUSTOMER_NO].hex(), data[_KIND])
    if said != (card.meter_no, card.customer_no, _KIND_BYTES[card.kind]):
        raise KeysRefused(Refusal.WRONG_PARAMETER)


def _check_wallet(data: bytes, vend: Vend, _card: CardIdentity) -> None:
    amount, count = data[:_COUNTER_BYTES], data[_COUNTER_BYTES:]
    said = (int.from_bytes(amount, "big"), int.from_bytes(count, "big"))
    if said != (vend.wallet_amount, vend.purchase_count):
        raise KeysRefused(Refusal.WRONG_WALLET)


def _check_return_clear(data: bytes, _vend: Vend, _card: CardIdentity) -> None:
    if any(data):
        raise KeysRefused(Refusal.WRONG_RETURN)


_KNOWN: dict[bytes, tuple[int, Check]] = {
    PARAMETER_WRITE: (45, _check_parameter),
    WALLET_WRITE: (8, _check_wallet),
    RETURN_CLEAR: (49, _check_return_clear),
}
"""First four bytes of a sealable command -> length of its data, and what the data must be."""
