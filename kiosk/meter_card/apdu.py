"""The few commands (ISO 7816-4, T=0) that meter cards understand."""

from kiosk.meter_card.port import CardChannel, CardRefused

OK = 0x9000
NOT_ISSUED = 0x6B00
"""What a card without a file system answers to its first read (card readers' experience)."""

MORE_DATA = 0x61
WRONG_LENGTH = 0x6C
MAX_CHUNKS = 8
"""No answer we ask for is longer than one GET RESPONSE; a card that goes on for ever is stopped."""

Answer = tuple[bytes, int]


def exchange(card: CardChannel, apdu: bytes) -> Answer:
    """Transmit and, as T=0 asks of the host, fetch waiting data and correct a wrong length."""
    data, status = card.transmit(apdu)
    if status >> 8 == WRONG_LENGTH:
        data, status = card.transmit(apdu[:4] + bytes([status & 0xFF]))
    for _ in range(MAX_CHUNKS):
        if status >> 8 != MORE_DATA:
            break
        more, status = card.transmit(bytes([0x00, 0xC0, 0x00, 0x00, status & 0xFF]))
        data += more
    return data, status


def require(card: CardChannel, apdu: bytes, step: str, length: int | None = None) -> bytes:
    """Exchange and insist on success, and on ``length`` bytes. Raises CardRefused."""
    data, status = exchange(card, apdu)
    if status != OK or (length is not None and len(data) != length):
        raise CardRefused(step, status)
    return data


def select(card: CardChannel, file_id: bytes) -> int:
    """SELECT by file identifier; return the status word. File information is left unread."""
    _, status = card.transmit(bytes([0x00, 0xA4, 0x00, 0x00, len(file_id)]) + file_id)
    return OK if status >> 8 == MORE_DATA else status


def read_binary(sfi: int, length: int) -> bytes:
    """READ BINARY from the start of a file, by its short identifier (P1, bit 8 set)."""
    return bytes([0x00, 0xB0, sfi, 0x00, length])


def get_challenge(length: int) -> bytes:
    """GET CHALLENGE: the card's random number."""
    return bytes([0x00, 0x84, 0x00, 0x00, length])


def internal_authenticate(key_no: int, challenge: bytes) -> bytes:
    """INTERNAL AUTHENTICATE: let the card prove that it knows the key."""
    return bytes([0x00, 0x88, 0x00, key_no, len(challenge)]) + challenge


def external_authenticate(key_no: int, cryptogram: bytes) -> bytes:
    """EXTERNAL AUTHENTICATE: prove to the card that the host knows the key."""
    return bytes([0x00, 0x82, 0x00, key_no, len(cryptogram)]) + cryptogram


def sealed_update_header(sfi: int, length: int, mac_length: int) -> bytes:
    """Header of an UPDATE BINARY with MAC (CLA 04); Lc counts data and MAC."""
    return bytes([0x04, 0xD6, sfi, 0x00, length + mac_length])
