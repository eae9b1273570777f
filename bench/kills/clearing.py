"""A clearing on a site where kiosks are killed: the operator, and what is judged afterwards."""

import time
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from bench.stand import Kiosk, KioskError, NotInTime, Stand
from bench.stand.control import Refused
from bench.stand.kiosk_config import TERMINAL_NO
from center.store.tables_cash import cash_periods
from kiosk.cashbox.box import Stage
from kiosk.flow.phase import Phase
from vending.cash import CashReport
from vending.rights import Role

NAME, PIN = "chen.yu", "314159"
PATIENCE_S = 30.0
SHORT_PATIENCE_S = 6.0
"""After so long without being let in, an operator types name and PIN again."""
MOST_SIGN_INS = 4
AGREES = "agrees"
_LOOK_S = 0.02
_AT_THE_DOOR = (Phase.IDLE, Phase.OUT_OF_SERVICE)


class TakenPeriod(Struct, frozen=True, kw_only=True):
    """A closed period as the head office holds it."""

    period_no: int
    agrees: bool
    notes: dict[int, int]
    """By the terminal's report: value -> how many."""


def periods(connection: Connection) -> list[TakenPeriod]:
    """Return the terminal's closed periods, the oldest first."""
    columns = cash_periods.c
    query = (
        select(columns.period_no, columns.agrees, columns.report)
        .where(columns.terminal_no == TERMINAL_NO)
        .order_by(columns.period_no)
    )
    return [_period(*row) for row in connection.execute(query)]


class Operator:
    """One clearing: from the door to the door. Everything raises KioskError when the kiosk dies.

    What hands have done at the box stays done when the kiosk dies; the same operator goes on.
    """

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._number = len(stand.removed_boxes)
        self._kiosk: Kiosk | None = None

    @property
    def has_taken(self) -> bool:
        """The box was taken out."""
        return len(self._stand.removed_boxes) > self._number

    def clear(self, kiosk: Kiosk) -> None:
        """Sign in, change the box, close the period, wait for the answer and the slip, leave."""
        self._kiosk = kiosk
        slips = len(self._stand.slips)
        self._sign_in()
        if self._shown("stage") == Stage.OPEN:
            self._press("tile-clearing")
            self._press("start-clearing")
            self._wait_for(Stage.CLEARING)
        self._change_the_box()
        self._press("end-clearing")
        self._wait_for(Stage.OPEN)
        self._until(lambda: self._shown("answer") == AGREES, "the head office agreeing")
        self._until(lambda: len(self._stand.slips) > slips, "the slip of the clearing")
        self._leave()

    def look(self, kiosk: Kiosk) -> None:
        """Sign in and find that the period is closed and answered."""
        self._kiosk = kiosk
        self._sign_in()
        self._until(lambda: self._shown("answer") == AGREES, "the head office agreeing")
        self._leave()

    def _change_the_box(self) -> None:
        if not self.has_taken:
            self._stand.box_out()
        if not self._stand.acceptor.box_present:
            self._wait_for(Stage.TAKEN)
            self._stand.box_in()
        self._wait_for(Stage.REPLACED)

    # -- at the screen ---------------------------------------------------------------------------

    def _sign_in(self) -> None:
        """As often as it takes: a machine that has just started may not reach the head office."""
        self._until(self._is_ready, "a machine that has started")
        for _ in range(MOST_SIGN_INS):
            self._machine.hold()
            self._machine.wait(Phase.STAFF)
            self._machine.type(NAME)
            self._press("next")
            self._machine.type(PIN)
            self._press("sign-in")
            if self._comes(lambda: self._shown("staff") == NAME, SHORT_PATIENCE_S):
                return
            self._leave()
        raise NotInTime(f"{NAME} was not let in {MOST_SIGN_INS} times")

    def _is_ready(self) -> bool:
        return self._shown("phase") in _AT_THE_DOOR and self._shown("cause") != "starting"

    def _leave(self) -> None:
        self._press("leave")
        self._machine.wait(*_AT_THE_DOOR)

    def _press(self, name: str) -> None:
        """Press a button as soon as it is there and lit."""
        self._until(lambda: self._pressed(name), f"the button {name}")

    def _pressed(self, name: str) -> bool:
        try:
            self._machine.press(f"staff-{name}")
        except Refused:
            return False
        return True

    def _wait_for(self, stage: Stage) -> None:
        self._until(lambda: self._shown("stage") == stage, f"the clearing being {stage}")

    def _shown(self, what: str) -> object:
        return self._machine.state().get(what)

    @property
    def _machine(self) -> Kiosk:
        assert self._kiosk
        return self._kiosk

    def _until(self, holds: Callable[[], bool], what: str) -> None:
        if not self._comes(holds, PATIENCE_S):
            raise NotInTime(f"waited {PATIENCE_S:.0f} s for {what}: {self._machine.state()}")

    def _comes(self, holds: Callable[[], bool], patience_s: float) -> bool:
        until_s = time.monotonic() + patience_s
        while not holds():
            if not self._machine.alive:
                raise KioskError("the kiosk is dead")
            if time.monotonic() > until_s:
                return False
            time.sleep(_LOOK_S)
        return True


def employ(stand: Stand) -> None:
    """Let the head office know who clears."""
    stand.office.employ(NAME, Role.OPERATOR, PIN)


def judge(
    found: Sequence[TakenPeriod], before: int, boxes: Sequence[Mapping[int, int]]
) -> list[str]:
    """Return what is wrong after one clearing: ``before`` periods were closed before it, and
    ``boxes`` taken out for it (each: value -> how many notes lay in it).
    """
    wrong = []
    numbers = [each.period_no for each in found]
    if numbers != list(range(1, before + 2)):
        wrong.append(f"{before} periods before, after the clearing there are {numbers}")
    if len(boxes) != 1:
        wrong.append(f"{len(boxes)} boxes were taken out for one clearing")
    if found and boxes and found[-1].notes != boxes[0]:
        wrong.append(f"{boxes[0]} in the box, {found[-1].notes} in its period")
    wrong += [f"period {each.period_no} does not agree" for each in found if not each.agrees]
    return wrong


def _period(period_no: int, agrees: bool, report: str) -> TakenPeriod:
    counts = msgspec.json.decode(report, type=CashReport).figures.counts
    notes = {count.value_fen: count.notes for count in counts}
    return TakenPeriod(period_no=period_no, agrees=agrees, notes=notes)
