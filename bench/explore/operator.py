"""The operators: they clear the cash, some of them badly, and some take the box without a word."""

from collections.abc import Callable
from random import Random

from bench.explore.kiosk import SimKiosk
from bench.explore.person import Person
from bench.explore.plan import Manner, Round
from bench.explore.queue import Queue
from bench.explore.world import Life, World
from kiosk.cashbox.box import Stage
from kiosk.flow import staff_event
from kiosk.flow.phase import Phase
from kiosk.flow.session import Session
from vending.rights import Role

NAME, SECOND = "chen.yu", "zhou.min"
AWAY_MS = 400_000
"""Longer than the staff's page stays open."""
MOST_LOOKS = 6
"""So often an operator looks at a stage that does not change before doing the same thing again."""
_AT_THE_DOOR = {Phase.IDLE, Phase.OUT_OF_SERVICE}


class Operator(Person):
    """One round of an operator to one kiosk, until its period is closed or patience ends."""

    patience_ms = 20 * 60_000
    """Then an operator tries again another day."""

    def __init__(
        self, world: World, round_: Round, kiosk: SimKiosk, queue: Queue, chance: Random
    ) -> None:
        super().__init__(world, kiosk, queue, round_.pace_ms)
        self._chance = chance
        self._manner = round_.manner
        self._looks = 0
        self._stage: Stage | None = None
        self._wanders_at = chance.choice([stage for stage in Stage if stage is not Stage.OPEN])
        self._period_no = 0
        """The period that is to be closed; 0: not looked yet."""
        self._left = False

    # -- coming and going ------------------------------------------------------------------------

    def arrive(self) -> None:
        """Come to the kiosk."""
        if self._manner is Manner.THIEF:
            self._steal()
        else:
            super().arrive()

    def leave(self) -> None:
        """Go away for good; no box is left out."""
        if not self.gone:
            super().leave()
            self._kiosk.put_box()

    def _come_again(self) -> None:
        """Leave for longer than anybody waits, and then do it as it should be done."""
        self._manner = Manner.THOROUGH
        self.stands_there = False
        self._stop_looking()
        self._queue.leave(self)
        self._world.after(AWAY_MS, self.life, self.arrive)

    def _steal(self) -> None:
        """Take the box as it stands, put an empty one in; somebody honest comes later."""
        self._kiosk.take_box()
        self._world.after(self._pace_ms * 4, Life(), self._kiosk.put_box)
        self._come_again()

    # -- at the machine --------------------------------------------------------------------------

    def _act(self, session: Session) -> None:
        self._period_no = self._period_no or session.cash.period.period_no
        if session.phase in _AT_THE_DOOR:
            self._at_the_door(session)
        elif session.phase is Phase.STAFF and session.staff is None:
            self._kiosk.press(staff_event.StaffSignedIn(staff=NAME, role=Role.OPERATOR))
        elif session.phase is Phase.STAFF:
            self._clear(session)

    def _at_the_door(self, session: Session) -> None:
        if self._is_done(session) and (self._left or self._manner is not Manner.CANCELS):
            self.leave()
        else:
            self._kiosk.press(staff_event.StaffCalled())

    def _is_done(self, session: Session) -> bool:
        return self._left or session.cash.period.period_no > self._period_no

    def _clear(self, session: Session) -> None:
        stage = session.cash.stage
        self._looks = self._looks + 1 if stage is self._stage else 0
        self._stage = stage
        if self._is_done(session):
            self._sign_out()
        elif self._manner is Manner.WANDERS and stage is self._wanders_at:
            self._come_again()
        elif session.policy.clearing_by_two and session.staff and not session.staff.witness:
            second = staff_event.StaffSignedIn(staff=SECOND, role=Role.OPERATOR, second=True)
            self._kiosk.press(second)
        else:
            _STEPS[stage](self, session)

    def _sign_out(self) -> None:
        self._left = True
        self._kiosk.press(staff_event.StaffLeft())

    # -- what the screen asks for ----------------------------------------------------------------

    def _begin(self, session: Session) -> None:
        number = session.cash.period.period_no
        if self._manner is Manner.PEEKS:
            self._kiosk.press(staff_event.CashReportWanted(period_no=number))
            self._sign_out()
        else:
            self._kiosk.press(staff_event.ClearingStarted())

    def _take_out(self, session: Session) -> None:
        if self._manner is Manner.CANCELS:
            self._kiosk.press(staff_event.ClearingCancelled())
            self._sign_out()
        elif self._kiosk.box_is_in:
            self._kiosk.take_box()
        elif self._looks > MOST_LOOKS:
            self._end_blindly()

    def _put_in(self, session: Session) -> None:
        if not session.cash.operator:
            self._kiosk.press(staff_event.ClearingStarted())
        elif not self._kiosk.box_is_in:
            self._kiosk.put_box()
        elif self._looks > MOST_LOOKS:
            self._end_blindly()

    def _end_blindly(self) -> None:
        """The sensor tells nothing: a box in, and close the period if that is allowed."""
        self._looks = 0
        self._kiosk.put_box()
        self._kiosk.press(staff_event.ClearingEnded(bag_no="blind"))

    def _end(self, session: Session) -> None:
        if not session.cash.operator:
            self._kiosk.press(staff_event.ClearingStarted())
        else:
            bag_no = f"{self._chance.randrange(1_000_000):06d}"
            self._kiosk.press(staff_event.ClearingEnded(bag_no=bag_no))


_STEPS: dict[Stage, Callable[[Operator, Session], None]] = {
    Stage.OPEN: Operator._begin,
    Stage.CLEARING: Operator._take_out,
    Stage.TAKEN: Operator._put_in,
    Stage.REPLACED: Operator._end,
}
