"""People who pay a bill: without a card, by number or code, some of them walking away."""

from collections import deque
from collections.abc import Callable

from bench.explore.kiosk import SimKiosk
from bench.explore.office import POST_PAID
from bench.explore.plan import Payment
from bench.explore.queue import Queue
from bench.explore.residents import Resident
from bench.explore.world import Life, Timer, World
from kiosk.flow import event as ev
from kiosk.flow.phase import Phase
from kiosk.flow.session import Session

PATIENCE_MS = 12 * 60_000
GLANCE_MS = 10_000
OFFERS = 8
"""So often a note is held against the mouth before somebody gives up."""
_AT_THE_DOOR = {Phase.IDLE, Phase.OUT_OF_SERVICE}
_LAST_WORDS = {Phase.DONE, Phase.DOUBTFUL, Phase.REFUSED}


class Payer:
    """One visit of somebody with a bill."""

    def __init__(
        self,
        world: World,
        payment: Payment,
        kiosk: SimKiosk,
        queue: Queue,
        card: Resident | None = None,
    ) -> None:
        self.life = Life()
        self.gone = False
        self.stands_there = False
        self._world = world
        self._payment = payment
        self._customer_no = POST_PAID[payment.customer].customer_no
        self._card = card
        self._kiosk = kiosk
        self._queue = queue
        self._timer = Timer(world, self.life, self._look)
        self._notes = deque(payment.notes_fen)
        self._offers = 0
        self._until_ms = 0
        self._had_turn = False

    # -- coming and going ------------------------------------------------------------------------

    def arrive(self) -> None:
        """Come to the kiosk."""
        self._queue.join(self)

    def step_up(self) -> None:
        """It is my turn."""
        self.stands_there = True
        self._until_ms = self._world.now_ms + PATIENCE_MS
        self._kiosk.on_shown.append(self._shown)
        self._timer.wake(self._payment.pace_ms)

    def leave(self) -> None:
        """Go home."""
        if self.gone:
            return
        self.gone = True
        self.life.alive = False
        if self._shown in self._kiosk.on_shown:
            self._kiosk.on_shown.remove(self._shown)
        if self._card and self._kiosk.in_slot is self._card:
            self._kiosk.pull()
        self._queue.leave(self)

    def _shown(self, session: Session) -> None:
        self._had_turn |= session.billing and session.phase not in _AT_THE_DOOR
        self._timer.wake(self._payment.pace_ms)

    # -- at the machine --------------------------------------------------------------------------

    def _look(self) -> None:
        session = self._kiosk.session
        self._timer.wake(GLANCE_MS)
        if self._world.now_ms >= self._until_ms or self._walks_away(session):
            self.leave()
        elif session:
            self._act(session)

    def _walks_away(self, session: Session | None) -> bool:
        here = session is not None and session.billing
        return here and session is not None and session.phase.value == self._payment.leaves_at

    def _act(self, session: Session) -> None:
        if session.phase in _AT_THE_DOOR:
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
            self._timer.wake(self._payment.pace_ms)
        elif session.paid_fen:
            self._kiosk.press(ev.FinishPressed())
        else:
            self._kiosk.press(ev.CancelPressed())


_DEEDS: dict[Phase, Callable[[Payer, Session], None]] = {
    Phase.BILL_ASK: Payer._type,
    Phase.BILL: Payer._choose,
    Phase.TENDERING: Payer._pay,
}
