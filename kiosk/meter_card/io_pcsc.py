"""A card slot behind PC/SC (pcsc-lite on Linux, winscard on Windows), by the library's plain calls.

Seen with pcsc-lite 1.9.9 and pyscard 2.3.1:

- pyscard's own card monitor ends for good when the service goes away; asking SCardGetStatusChange
  without waiting, over and over, survives a service that restarts.
- SCardTransmit takes no time-out and blocks as long as the card does: here calls have deadlines.
- A card pulled in the middle of a command may be reported as success without an answer.
"""

import contextlib
import time
from collections.abc import Callable
from typing import Any

from smartcard import scard

from kiosk.meter_card.bounded import BoundedCalls
from kiosk.meter_card.port import CardError, CardForeign, CardGone, CardMute, ReaderFailed

CONTROL_TIMEOUT_S = 3.0
POWER_TIMEOUT_S = 5.0
"""The service tries several voltages and protocols before it calls a card unresponsive."""

SHARING_TRIES = 20
SHARING_PAUSE_S = 0.05
"""The service needs a moment to notice that the worker before this one is dead."""

STATUS_WORD_BYTES = 2

GONE = (scard.SCARD_W_REMOVED_CARD, scard.SCARD_E_NO_SMARTCARD)
MUTE = (
    scard.SCARD_W_UNRESPONSIVE_CARD,
    scard.SCARD_W_UNPOWERED_CARD,
    scard.SCARD_W_UNSUPPORTED_CARD,
    scard.SCARD_E_NOT_TRANSACTED,
)
NO_READER = scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE


class PcscCardIo:
    """Uses the named reader, or the first one; connects exclusively and for T=0 only."""

    def __init__(self, reader: str, apdu_timeout_s: float) -> None:
        """``reader`` as the service calls it; empty: the first one."""
        self._wanted = reader
        self._apdu_timeout_s = apdu_timeout_s
        self._calls = BoundedCalls("pcsc")
        self._context: Any = None
        self._reader = ""
        self._card: Any = None

    @property
    def name(self) -> str:
        """What the service calls it."""
        return self._reader

    @property
    def is_stuck(self) -> bool:
        """True once a call into the service has not come back."""
        return self._calls.is_stuck

    def is_present(self) -> bool:
        """Ask the service, without waiting for a change."""
        context, reader = self._found_reader()
        asked = [(reader, scard.SCARD_STATE_UNAWARE)]
        states = self._ask(lambda: scard.SCardGetStatusChange(context, 0, asked))
        _, flags, _ = states[0]
        if flags & NO_READER:
            self._forget()
            raise ReaderFailed("the reader is gone")
        return bool(flags & scard.SCARD_STATE_PRESENT)

    def power_on(self) -> bytes:
        """Connect, which powers the card up: `power_off` left it without power."""
        self.power_off()
        self._connect()
        try:
            _, _, _, atr = self._ask(lambda: scard.SCardStatus(self._card))
        except ReaderFailed as failure:
            raise CardGone(str(failure)) from failure
        return bytes(atr)

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """Exchange one APDU."""
        card, command = self._card, list(apdu)
        if card is None:
            raise CardGone("the card is not powered")
        try:
            result, answer = self._calls.run(
                lambda: scard.SCardTransmit(card, scard.SCARD_PCI_T0, command),
                self._apdu_timeout_s,
            )
        except TimeoutError as error:
            raise CardMute(f"no answer to command {apdu[1]:02X}") from error
        except SystemError as error:  # what pyscard makes of a handle that the service forgot
            raise ReaderFailed(f"command {apdu[1]:02X}: {error}") from error
        if result != scard.SCARD_S_SUCCESS:
            raise self._error(result, f"command {apdu[1]:02X}")
        if len(answer) < STATUS_WORD_BYTES:
            raise CardGone(f"card gone in command {apdu[1]:02X}")
        raw = bytes(byte & 0xFF for byte in answer)
        return raw[:-STATUS_WORD_BYTES], int.from_bytes(raw[-STATUS_WORD_BYTES:])

    def power_off(self) -> None:
        """Disconnect and take the power away."""
        self._disconnect(scard.SCARD_UNPOWER_CARD)

    def eject(self) -> None:
        """Disconnect with the wish to eject; what a motor reader does: verify on hardware."""
        try:
            if self._card is None:
                self._connect()
        except (CardGone, CardMute, CardForeign):
            return
        self._disconnect(scard.SCARD_EJECT_CARD)

    def close(self) -> None:
        """Power off and leave the service."""
        self.power_off()
        self._forget()

    def _connect(self) -> None:
        context, reader = self._found_reader()
        for _ in range(SHARING_TRIES):
            result, card = self._try_connect(context, reader)
            if result != scard.SCARD_E_SHARING_VIOLATION:
                break
            time.sleep(SHARING_PAUSE_S)
        if result == scard.SCARD_E_PROTO_MISMATCH:
            raise CardForeign("the card does not speak T=0")
        if result != scard.SCARD_S_SUCCESS:
            raise self._error(result, "connect")
        self._card = card

    def _try_connect(self, context: Any, reader: str) -> tuple[int, Any]:
        exclusive, protocol = scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T0
        try:
            result, card, _ = self._calls.run(
                lambda: scard.SCardConnect(context, reader, exclusive, protocol), POWER_TIMEOUT_S
            )
        except TimeoutError as error:
            raise CardMute("no answer to power-up") from error
        return result, card

    def _disconnect(self, disposition: int) -> None:
        card, self._card = self._card, None
        if card is not None:
            self._part(lambda: scard.SCardDisconnect(card, disposition))

    def _found_reader(self) -> tuple[Any, str]:
        """Return context and reader, looked up anew after every failure. Raises ReaderFailed."""
        if self._context is None:
            self._context = self._ask(lambda: scard.SCardEstablishContext(scard.SCARD_SCOPE_USER))
        if not self._reader:
            readers = self._ask(lambda: scard.SCardListReaders(self._context, []))
            self._reader = self._choose(readers)
        return self._context, self._reader

    def _choose(self, readers: list[str]) -> str:
        if self._wanted in readers:
            return self._wanted
        if self._wanted or not readers:
            raise ReaderFailed(f"no reader {self._wanted!r}" if self._wanted else "no reader")
        return readers[0]

    def _ask(self, call: Callable[[], Any]) -> Any:
        """Return what a call answers besides its result code. Raises ReaderFailed."""
        try:
            result, *answer = self._calls.run(call, CONTROL_TIMEOUT_S)
        except TimeoutError as error:
            raise ReaderFailed("the PC/SC service does not answer") from error
        if result != scard.SCARD_S_SUCCESS:
            self._forget()
            raise ReaderFailed(_text(result))
        return answer[0] if len(answer) == 1 else answer

    def _error(self, result: int, step: str) -> CardError:
        """Return the error for a result code; whatever is not the card's doing starts anew."""
        text = f"{step}: {_text(result)}"
        if result in GONE:
            return CardGone(text)
        if result in MUTE:
            return CardMute(text)
        self._forget()
        return ReaderFailed(text)

    def _forget(self) -> None:
        """Drop the context: the service may have restarted, and the reader may be another one."""
        context, self._context, self._reader, self._card = self._context, None, "", None
        if context is not None:
            self._part(lambda: scard.SCardReleaseContext(context))

    def _part(self, call: Callable[[], Any]) -> None:
        """Make a call whose failure changes nothing: stuck, this process is replaced soon."""
        with contextlib.suppress(TimeoutError):
            self._calls.run(call, CONTROL_TIMEOUT_S)


def _text(result: int) -> str:
    return f"{scard.SCardGetErrorMessage(result)} ({result & 0xFFFFFFFF:08X})"
