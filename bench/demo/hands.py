"""What everybody does at the machine: press, read, put notes in, take the slip."""

import time
from dataclasses import dataclass
from typing import Any

from bench.acceptor import State
from bench.demo.album import Album
from bench.demo.teller import Teller
from bench.stand import Kiosk, KioskError, Refused, Stand
from vending.money import format_yuan

PAUSE_S = 0.9
"""A person reads before pressing; a second press within 0.4 s would be the same finger."""
ACCEPTOR_TIMEOUT_S = 15.0
NOTE_TIMEOUT_S = 15.0
PHASE_TIMEOUT_S = 60
BAD_ENDS = ("refused", "doubtful", "card-back", "out-of-service")
BUTTON_TIMEOUT_S = 20.0
SLIP_TIMEOUT_S = 15.0
LOOK_S = 0.05
_LANGUAGES = {"zh": "Chinese", "en": "English"}


@dataclass(frozen=True)
class Visit:
    """What came of a visit."""

    chapter: str
    """What pictures and papers are called."""
    order_no: str
    """Empty: nobody paid anything."""
    slip_number: int


class Hands:
    """At one kiosk. All raise KioskError when it does not play along."""

    def __init__(self, stand: Stand, kiosk: Kiosk, album: Album, teller: Teller) -> None:
        self._stand, self._kiosk, self._album = stand, kiosk, album
        self._teller = teller

    # -- pressing and looking --------------------------------------------------------------------

    def _press(self, button: str, phase: str, said: str) -> None:
        self._kiosk.press(button)
        self._teller.tell(f"Presses {said}.")
        self._reach(phase)
        pause()

    def _press_when_lit(self, button: str) -> None:
        """Press a button as soon as it is there: answers take their time."""
        until_s = time.monotonic() + BUTTON_TIMEOUT_S
        while True:
            try:
                self._kiosk.press(button)
            except Refused:
                if time.monotonic() > until_s:
                    raise
            else:
                return

    def _reach(self, phase: str) -> dict[str, Any]:
        """Wait for ``phase``. Raises KioskError as soon as the kiosk goes another way."""
        state = self._kiosk.wait(phase, *BAD_ENDS, timeout_s=PHASE_TIMEOUT_S)
        if state["phase"] != phase:
            raise KioskError(f"wanted {phase}; the screen says {state['phase']}: {state['cause']}")
        return state

    def _until(self, timeout_s: float = PHASE_TIMEOUT_S, **wanted: Any) -> dict[str, Any]:
        """Look until the screen shows all that is ``wanted``."""
        until_s = time.monotonic() + timeout_s
        while True:
            state = self._kiosk.state()
            if wanted.items() <= state.items():
                return state
            if time.monotonic() > until_s:
                raise KioskError(f"wanted {wanted}, the screen says {state}")
            time.sleep(LOOK_S)

    def _switch_language(self) -> None:
        language = self._kiosk.switch_language()["language"]
        now = "en" if language == "zh" else "zh"
        self._until(NOTE_TIMEOUT_S, language=now)
        self._teller.tell(f"Presses the language button: everything is in {_LANGUAGES[now]} now.")
        pause()

    # -- money and paper -------------------------------------------------------------------------

    def _pay(self, value_fen: int, expected_fen: int) -> None:
        note = f"{format_yuan(value_fen).removesuffix('.00')} yuan"
        self._wait_for_mouth()
        pause()
        if not self._stand.insert_note(value_fen):
            raise KioskError(f"the acceptor does not draw in {note}")
        self._wait_until_paid(expected_fen)
        self._teller.tell(
            f"A note of {note} goes in and into the box; "
            f"the screen counts {format_yuan(expected_fen)} yuan."
        )

    def _wait_for_mouth(self) -> None:
        self._stand.acceptor.wait_for(
            lambda device: (
                device.mechanism.state is State.READY and device.mechanism.enabled_bits != 0
            ),
            ACCEPTOR_TIMEOUT_S,
        )

    def _wait_until_paid(self, expected_fen: int) -> None:
        until_s = time.monotonic() + NOTE_TIMEOUT_S
        while True:
            state = self._kiosk.state()
            if state["paid_fen"] == expected_fen and state["phase"] != "stacking":
                return
            if time.monotonic() > until_s:
                raise KioskError(f"paid are {expected_fen} fen, the screen says {state}")
            time.sleep(LOOK_S)

    def _take_slip(self, slips_before: int) -> None:
        came = self._stand.printer.wait_for_slips(slips_before + 1, SLIP_TIMEOUT_S)
        self._teller.check(came, "a slip came out")

    # -- afterwards ------------------------------------------------------------------------------

    def _check_box(self, cash_before_fen: int, paid_fen: int) -> None:
        in_box = self._stand.cash_fen - cash_before_fen == paid_fen
        self._teller.check(in_box, f"{format_yuan(paid_fen)} yuan more lie in the cash box")

    def _check_audit(self) -> None:
        self._teller.check(not self._told_faults(), "box, cards, meters and books agree")

    def _told_faults(self) -> list[str]:
        faults = self._stand.audit()
        for fault in faults:
            self._teller.tell(fault)
        return faults


def pause() -> None:
    """Read before pressing."""
    time.sleep(PAUSE_S)
