"""The resident: buys electricity, and does what the screen says when the machine comes back."""

import time
from collections.abc import Callable
from enum import StrEnum

from bench.acceptor.device import AcceptorDevice
from bench.acceptor.mechanism import State
from bench.proxy import Line
from bench.stand import Kiosk, KioskError, NotInTime, Stand
from bench.stand.control import State as Shown
from kiosk.flow.phase import Phase

CARD = "energy"
NOTES_FEN = (2_000, 1_000)
PATIENCE_S = 60
LONG_PATIENCE_S = 150
"""A sale that nobody answers for is given up after two minutes."""
DEVICE_PATIENCE_S = 15.0
SHORT_PATIENCE_S = 8
"""After so long before "insert the card again" with the card in the slot, one inserts it again;
after so long before a machine that is out of service, its line is repaired.
"""
NOTICED_S = 3
MOST_VISITS = 3
_LOOK_S = 0.02

COMPLETING = (Phase.CLOSING, Phase.VENDING, Phase.WRITING, Phase.PROVING, Phase.CARD_BACK)
"""What these show is "your purchase is being completed"."""
_NOTHING_TO_DO = {Phase.OUT_OF_SERVICE, Phase.READING, Phase.LOOKING_UP}


class Way(StrEnum):
    """What happens while the machine is dark."""

    STAYS = "stays"
    """The card stays in the slot."""
    TAKEN = "taken"
    """One takes one's card, and inserts it again when the screen asks for it."""
    NO_LINE = "no-line"
    """The card stays, and the line to the head office is dead until the screen has said so."""
    CLEARS = "clears"
    """No purchase but a clearing of the cash; the operator goes on where the machine is."""


WAYS = {
    Way.STAYS: "card stays",
    Way.TAKEN: "card taken",
    Way.NO_LINE: "no line",
    Way.CLEARS: "clearing",
}


class Buyer:
    """One purchase with two notes. Everything raises KioskError when the kiosk dies."""

    def __init__(self, stand: Stand, kiosk: Kiosk) -> None:
        self._stand, self._kiosk = stand, kiosk

    def buy(self) -> None:
        """From the idle screen to the idle screen, the report of the sale delivered."""
        self._kiosk.wait("idle", timeout_s=PATIENCE_S)
        slips = len(self._stand.slips)
        self._stand.insert_card(CARD)
        self._kiosk.wait("account")
        for button, phase in (("continue", "choosing"), ("cash", "tendering")):
            self._kiosk.press(button)
            self._kiosk.wait(phase)
        for number, value_fen in enumerate(NOTES_FEN, 1):
            self._put_in(value_fen, sum(NOTES_FEN[:number]))
        self._kiosk.press("finish")
        done = self._kiosk.wait("done", timeout_s=PATIENCE_S)
        self._until(lambda: len(self._stand.slips) > slips, "a slip")
        self._until(lambda: self._stand.is_posted(str(done["order_no"])), "the sale being posted")
        self._stand.pull_card()
        self._kiosk.wait("idle", timeout_s=PATIENCE_S)

    def _put_in(self, value_fen: int, paid_fen: int) -> None:
        self._until(lambda: self._stand.acceptor.wait_for(_open, _LOOK_S), "an open note slot")
        if not self._stand.insert_note(value_fen):
            raise KioskError("the note is not drawn in")
        self._until(lambda: self._counts(paid_fen), f"{paid_fen} fen on the screen")

    def _counts(self, paid_fen: int) -> bool:
        shown = self._kiosk.state()
        return bool(shown["paid_fen"] == paid_fen and shown["phase"] == Phase.TENDERING)

    def _until(self, holds: Callable[[], bool], what: str) -> None:
        until_s = time.monotonic() + DEVICE_PATIENCE_S
        while not holds():
            if not self._kiosk.alive:
                raise KioskError("the kiosk is dead")
            if time.monotonic() > until_s:
                raise NotInTime(f"waited {DEVICE_PATIENCE_S:.0f} s for {what}")
            time.sleep(_LOOK_S)


def _open(device: AcceptorDevice) -> bool:
    return device.mechanism.state is State.READY and bool(device.mechanism.enabled_bits)


class Returner:
    """The same resident before the machine that starts again."""

    def __init__(
        self, stand: Stand, kiosk: Kiosk, begun_s: float, is_paid: Callable[[], bool]
    ) -> None:
        """``begun_s``: when the process was started. ``is_paid``: a note of ours is in the box."""
        self._stand, self._kiosk = stand, kiosk
        self._begun_s = begun_s
        self._is_paid = is_paid
        self.completing_s: float | None = None
        """From the start to the first screen that says that the purchase is being completed."""
        self.end_s = 0.0
        """From the start to the screen at which one goes home."""
        self.visits = 0
        """How often the card was inserted again."""
        self.doubted = False
        """The machine said that it cannot tell, and that the card must come again."""
        self._line_is_dead = self._stand.proxy is not None and self._stand.proxy.line is Line.CUT

    def go_on(self) -> Phase:
        """Do what the screen says until it says the end; return that. Raises KioskError."""
        phase = self._next(Phase.OUT_OF_SERVICE)
        while not self._is_end(phase):
            phase = self._next(phase)
        self.end_s = time.monotonic() - self._begun_s
        return phase

    def _next(self, before: Phase) -> Phase:
        """Wait until the screen is another one than ``before``."""
        stuck = before is Phase.CARD_BACK and self._stand.slot.present
        closed = before is Phase.OUT_OF_SERVICE and self._line_is_dead
        patience_s = LONG_PATIENCE_S if self._line_is_dead else PATIENCE_S
        if stuck or closed:
            patience_s = SHORT_PATIENCE_S
        try:
            shown = self._wait_for_other(before, patience_s)
        except NotInTime:
            if not stuck and not closed:
                raise
            self._repair_line() if closed else self._come_again()
            shown = self._wait_for_other(before, PATIENCE_S)
        return Phase(shown["phase"])

    def _repair_line(self) -> None:
        if self._line_is_dead:
            self._line_is_dead = False
            self._stand.office_back()

    def _wait_for_other(self, before: Phase, timeout_s: int) -> Shown:
        shown = self._kiosk.wait(*(p for p in Phase if p is not before), timeout_s=timeout_s)
        if self.completing_s is None and shown["phase"] in COMPLETING:
            self.completing_s = time.monotonic() - self._begun_s
        return shown

    def _is_end(self, phase: Phase) -> bool:
        """Do what one does before this screen; tell whether that is going home."""
        if phase in _NOTHING_TO_DO:
            return False
        match phase:
            case Phase.CARD_BACK:
                if not self._stand.slot.present:
                    self._insert()
                return False
            case Phase.DOUBTFUL:
                self.doubted = True
                self._repair_line()
                self._come_again()
                return False
            case Phase.IDLE:
                return self._is_home()
            case Phase.REFUSED:
                return not self._tries_again()
        return phase not in COMPLETING

    def _is_home(self) -> bool:
        """An idle machine with a card in it has not seen it yet; who has paid wants the energy."""
        return not self._stand.slot.present and not self._tries_again()

    def _tries_again(self) -> bool:
        if self.visits or not self._is_paid():
            return False
        self._come_again()
        return True

    def _come_again(self) -> None:
        """Take the card out, put it in again; once more if the reader had not looked meanwhile."""
        if self.visits >= MOST_VISITS:
            raise KioskError(f"came {self.visits} times, and still {self._kiosk.state()}")
        before = self._kiosk.state()["phase"]
        self._stand.pull_card()
        self._insert()
        try:
            self._wait_for_other(Phase(before), NOTICED_S)
        except NotInTime:
            self._stand.pull_card()
            time.sleep(NOTICED_S / 3)
            self._insert()

    def _insert(self) -> None:
        self._stand.insert_card(CARD)
        self.visits += 1
