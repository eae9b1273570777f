"""The parts of a terminal, how they are, and what can be wrong with each."""

from enum import StrEnum


class Device(StrEnum):
    """The parts whose state decides what a customer can do."""

    CARD_READER = "card-reader"
    ACCEPTOR = "acceptor"
    PRINTER = "printer"
    HEAD_OFFICE = "head-office"
    SCANNER = "scanner"
    """Not every machine has one: a part that never reported is left out."""


class DeviceState(StrEnum):
    """A part's state in one word."""

    STARTING = "starting"
    OK = "ok"
    LOW = "low"
    """Works, but wants attention soon (paper near end, box near full)."""
    FAULT = "fault"
    OFFLINE = "offline"
    """Does not answer."""


class Fault(StrEnum):
    """What is wrong with a part. The maintenance page and the customer's screen have words for
    each.
    """

    NONE = "none"
    NO_ANSWER = "no-answer"
    PROTOCOL = "protocol"
    HARDWARE = "hardware"
    # acceptor
    JAM_IN_ACCEPTOR = "jam-in-acceptor"
    JAM_IN_STACKER = "jam-in-stacker"
    BOX_REMOVED = "box-removed"
    BOX_FULL = "box-full"
    CHEATED = "cheated"
    PAUSED = "paused"
    # printer
    PAPER_LOW = "paper-low"
    PAPER_OUT = "paper-out"
    COVER_OPEN = "cover-open"
    CUTTER = "cutter"
    PRINTER_UNKNOWN = "printer-unknown"
    # card reader
    READER_GONE = "reader-gone"
    WORKER_DIED = "worker-died"


class SelfTest(StrEnum):
    """What a device can do to show that it works. None touches money or a customer's card data."""

    NOTE = "note"
    """The acceptor takes a note into escrow and gives it back."""
    SLIP = "slip"
    """The printer prints a test slip."""
    CARD = "card"
    """The reader reads a card; nothing is written."""
    OFFICE = "office"
    """The line: one sign-in at the head office, timed."""
    SCAN = "scan"
    """The scanner reads a code."""


SELF_TESTS: dict[SelfTest, Device] = {
    SelfTest.NOTE: Device.ACCEPTOR,
    SelfTest.SLIP: Device.PRINTER,
    SelfTest.CARD: Device.CARD_READER,
    SelfTest.OFFICE: Device.HEAD_OFFICE,
    SelfTest.SCAN: Device.SCANNER,
}
"""Which device a test is of."""


class RejectCause(StrEnum):
    """Why the acceptor itself gave a note back (nobody asked it to)."""

    INSERTION = "insertion"
    UNRECOGNISED = "unrecognised"
    DOUBLE = "double"
    INHIBITED = "inhibited"
    LENGTH = "length"
    TRANSPORT = "transport"
    OTHER = "other"


class CardFault(StrEnum):
    """Why a card cannot be used, told by reading it."""

    MUTE = "mute"
    """No answer to reset: wrong way round, dirty contacts, or not a chip card."""
    FOREIGN = "foreign"
    """Some other chip card."""
    NOT_ISSUED = "not-issued"
    DAMAGED = "damaged"
    """A meter card whose files do not make sense."""
    PULLED = "pulled"
    READER = "reader"
    """Not the card's fault: the reader or its worker failed."""
