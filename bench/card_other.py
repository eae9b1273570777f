"""Chips that are no meter card of ours, and ours put in the wrong way round."""

from bench.card import FILE_NOT_FOUND, OK, UNKNOWN_INSTRUCTION, WRONG_LENGTH, Chip
from bench.card_memory import PowerLost

FOREIGN_ATR = bytes.fromhex("3B6800000073C84000009000")
_SELECT = 0xA4
_READ_BINARY = 0xB0
_MASTER = bytes.fromhex("3F00")


class ForeignCard:
    """Some other CPU card: it has a root directory and nothing in it that we know."""

    def __init__(self, atr: bytes = FOREIGN_ATR) -> None:
        self._atr = atr
        self._powered = False

    def reset(self) -> bytes:
        """See `Chip.reset`."""
        self._powered = True
        return self._atr

    def power_off(self) -> None:
        """See `Chip.power_off`."""
        self._powered = False

    def transmit(self, apdu: bytes) -> bytes:
        """See `Chip.transmit`."""
        if not self._powered:
            raise PowerLost("the card is not powered")
        if len(apdu) < 4:
            return WRONG_LENGTH
        if apdu[1] == _SELECT:
            return OK if apdu[5:] == _MASTER else FILE_NOT_FOUND
        return FILE_NOT_FOUND if apdu[1] == _READ_BINARY else UNKNOWN_INSTRUCTION


class ReversedCard:
    """A card whose contacts face the other way: it gets no power and gives no answer."""

    def __init__(self, card: Chip) -> None:
        self.card = card

    def reset(self) -> bytes:
        """See `Chip.reset`."""
        return b""

    def power_off(self) -> None:
        """See `Chip.power_off`."""

    def transmit(self, apdu: bytes) -> bytes:
        """See `Chip.transmit`."""
        raise PowerLost(f"no contact for {len(apdu)} bytes")
