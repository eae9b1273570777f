"""People who pay a bill: without a card, by number or code, some of them walking away."""

from collections import deque
from collections.abc import Callable

from bench.explore.kiosk import SimKiosk
from bench.explore.office import POST_PAID
from bench.explore.person import Person
from bench.explore.plan import Payment
from bench.explore.queue import Queue
from bench.explore.residents import Resident
from bench.explore.world import World
from kiosk.flow import event as ev
from kiosk.flow.phase import Phase
from kiosk.flow.session import Session

OFFERS = 8
"""So often a note is held against the mouth before somebody gives up."""
_AT_THE_DOOR = {Phase.IDLE, Phase.OUT_OF_SERVICE}
_LAST_WORDS = {Phase.DONE, Phase.DOUBTFUL, Phase.REFUSED}


class Payer(Person):
    """One visit of somebody with a bill."""

    def __init__(
        self,
        world: World,
        payment: Payment,
        kiosk: SimKiosk,
        queue: Queue,
        card: Resident | None = None,
    ) -> None:
        super().__init__(world, kiosk, queue, payment.pace_ms)
        self._payment = payment
        self._customer_no = POST_PAID[payment.customer].customer_no
        self._card = card
        self._notes = deque(payment.notes_fen)
        self._offers = 0
        self._had_turn = False

    def _take_along(self) -> None:
        if self._card and self._kiosk.in_slot is self._card:
            self._kiosk.pull()

    def _shown(self, session: Session) -> None:
        self._had_turn |= session.billing and session.phase not in _AT_THE_DOOR
        super()._shown(session)

    # -- at the machine --------------------------------------------------------------------------

    def _act(self, session: Session) -> None:
        if session.billing and session.phase.value == self._payment.leaves_at:
            self.leave()
        elif session.phase in _AT_THE_DOOR:
            self._begin(session)
        elif session.phase in _LAST_WORDS and (self._had_turn or not self._kiosk.in_slot):
            self.leave()
        elif session.phase in _LAST_WORDS:
            self._kiosk.pull()  # somebody forgot the card
        elif session.billing and session.phase in _DEEDS:
            _DEEDS[session.phase](self, session)

    def _begin(self, session: Session) -> None:
        if self._had_turn:
            self.leave()
        elif self._kiosk.in_slot:
            self._kiosk.pull()
        elif self._payment.scans:
            self._kiosk.press(ev.CodeScanned(text=f"{self._customer_no};2025-10"))
        else:
            self._kiosk.press(ev.BillPressed())

    def _type(self, session: Session) -> None:
        if self._card and self._card.kiosk is None and self._kiosk.in_slot is None:
            self._kiosk.insert(self._card)
            return
        self._kiosk.press(ev.CustomerNoEntered(customer_no=self._customer_no))

    def _choose(self, session: Session) -> None:
        owed = len(session.statement.months) if session.statement else 0
        self._kiosk.press(ev.MonthsChosen(months=min(self._payment.months, owed) or owed))

    def _pay(self, session: Session) -> None:
        if self._notes and self._offers < OFFERS:
            self._offers += 1
            if self._kiosk.offer(self._notes[0]):
                self._notes.popleft()
                self._offers = 0
            self._timer.wake(self._pace_ms)
        elif session.paid_fen:
            self._kiosk.press(ev.FinishPressed())
        else:
            self._kiosk.press(ev.CancelPressed())


_DEEDS: dict[Phase, Callable[[Payer, Session], None]] = {
    Phase.BILL_ASK: Payer._type,
    Phase.BILL: Payer._choose,
    Phase.TENDERING: Payer._pay,
}
