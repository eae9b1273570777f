"""A card's EEPROM: the files of a card, which survive, and a power supply that may not.

Bytes are written one after the other; power can be told to fail after any number of them.
"""

from enum import StrEnum

from msgspec import Struct


class PowerLost(Exception):
    """The card has no power (any more): whatever it was doing, nobody hears about it."""


class TornByte(StrEnum):
    """What the byte holds whose writing was interrupted."""

    OLD = "old"
    """Its write had not begun."""
    ERASED = "erased"
    """FF: it was erased and not written."""
    MIXED = "mixed"
    """Bits of the old and the new value, ANDed."""


class CardImage(Struct, frozen=True, kw_only=True):
    """All that a card keeps without power: the physical truth as a value."""

    serial: bytes
    """8 bytes."""
    issued: bool
    public_info: bytes
    parameters: bytes
    wallet: bytes
    tariff: bytes
    spare_tariff: bytes
    returned: bytes
    external_tries_left: int
    """Wrong external authentications that the card still forgives."""


class CardMemory:
    """The files of one card by the names of `CardImage`."""

    def __init__(self, image: CardImage) -> None:
        self._image = image
        self._files = {
            name: bytearray(value)
            for name in image.__struct_fields__
            if isinstance(value := getattr(image, name), bytes)
        }
        self._tries_left = image.external_tries_left
        self._bytes_left: int | None = None
        self._torn = TornByte.OLD
        self.bytes_written = 0
        """Bytes written to the card's files since it was put on the bench."""

    @property
    def image(self) -> CardImage:
        """The present content."""
        files = {name: bytes(data) for name, data in self._files.items()}
        return CardImage(issued=self._image.issued, external_tries_left=self._tries_left, **files)

    def read(self, name: str) -> bytes:
        """Return a file."""
        return bytes(self._files[name])

    def write(self, name: str, offset: int, data: bytes) -> None:
        """Write byte by byte. Raises PowerLost when the power was told to fail on the way."""
        file = self._files[name]
        for at, new in enumerate(data, start=offset):
            if self._bytes_left == 0:
                file[at] = self._torn_value(file[at], new)
                self._fail()
            file[at] = new
            self.bytes_written += 1
            if self._bytes_left is not None:
                self._bytes_left -= 1
        if self._bytes_left == 0 and self._torn is TornByte.OLD:
            self._fail()

    def tear_after(self, bytes_left: int, torn: TornByte = TornByte.OLD) -> None:
        """Let the power fail after ``bytes_left`` more written bytes; 0: as the next write begins.

        With `TornByte.OLD` that is between two bytes: a write whose last byte is just that one is
        complete, and its answer is lost. Otherwise it is in the middle of the byte that follows.
        """
        self._bytes_left = bytes_left
        self._torn = torn

    def forget_tear(self) -> None:
        """Let the power hold."""
        self._bytes_left = None

    @property
    def tries_left(self) -> int:
        """Wrong external authentications that the card still forgives."""
        return self._tries_left

    @tries_left.setter
    def tries_left(self, tries: int) -> None:
        self._tries_left = tries

    def _torn_value(self, old: int, new: int) -> int:
        return {TornByte.OLD: old, TornByte.ERASED: 0xFF, TornByte.MIXED: old & new}[self._torn]

    def _fail(self) -> None:
        self._bytes_left = None
        raise PowerLost("power failed while the card was writing")
