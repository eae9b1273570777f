"""The people: who they are, what they do at the machine, and the way home to the meter."""

from collections import deque
from collections.abc import Callable
from random import Random

from bench.explore.kiosk import SimKiosk
from bench.explore.person import Person
from bench.explore.plan import Style, Visit
from bench.explore.presser import anything
from bench.explore.queue import Queue
from bench.explore.residents import Resident
from bench.explore.world import Life, World
from kiosk.flow import event as ev
from kiosk.flow.phase import Phase
from kiosk.flow.session import Session

WAY_HOME_MS = 90_000
MOST_LOOKS = 8
"""So often somebody looks at a screen that does not change before trying something else."""
OFFERS = 8
"""So often a note is held against the mouth before somebody gives up."""
_LAST_WORDS = {Phase.DONE, Phase.DOUBTFUL, Phase.REFUSED}
_AT_THE_DOOR = {Phase.IDLE, Phase.OUT_OF_SERVICE, Phase.RESELL, Phase.STAFF}
_PLACES_TO_INSERT = {
    Phase.IDLE,
    Phase.OUT_OF_SERVICE,
    Phase.CARD_BACK,
    Phase.RESELL,
    Phase.STAFF,
    *_LAST_WORDS,
}
_THINKING = {Phase.ACCOUNT, Phase.CHOOSING, Phase.TENDERING}


class Visitor(Person):
    """One visit of one person, from the queue to the meter at home."""

    def __init__(
        self,
        world: World,
        visit: Visit,
        people: list[Resident],
        kiosk: SimKiosk,
        queue: Queue,
        chance: Random,
    ) -> None:
        super().__init__(world, kiosk, queue, visit.pace_ms)
        self.paid_fen = 0
        self._visit = visit
        self._people = people
        self._self = people[visit.resident]
        self._chance = chance
        self._notes = deque(visit.notes_fen)
        self._offers = 0
        self._had_turn = False
        """The machine has worked with our card."""
        self._did_it = False
        self._thought: set[Phase] = set()
        self._in_vain = 0
        self._forgets_card = False

    # -- coming and going ------------------------------------------------------------------------

    def leave(self, *, with_card: bool = True) -> None:
        """Go home, and put the card into the meter there."""
        if self.gone:
            return
        self._forgets_card = not with_card
        super().leave()
        if self._visit.plugs:
            self._world.after(WAY_HOME_MS, Life(), self._self.plug)

    def _take_along(self) -> None:
        if self._self.kiosk and not self._forgets_card:
            self._self.kiosk.pull()

    def _shown(self, session: Session) -> None:
        in_use = session.phase not in {*_AT_THE_DOOR, *_LAST_WORDS}
        self._had_turn |= in_use and self._inserted
        super()._shown(session)

    # -- at the machine --------------------------------------------------------------------------

    def _act(self, session: Session) -> None:
        if self._misbehaves(session):
            return
        if not self._inserted:
            self._without_card(session)
        elif session.phase in _LAST_WORDS:
            self._take_card()
        elif session.phase in _DEEDS:
            _DEEDS[session.phase](self, session)

    @property
    def _inserted(self) -> bool:
        return self._kiosk.in_slot is self._self

    def _without_card(self, session: Session) -> None:
        """The card is in the hand: it goes in, or we go."""
        resting = session.phase in {*_AT_THE_DOOR, *_LAST_WORDS}
        if resting and self._had_turn:
            self.leave()
        elif session.phase in _PLACES_TO_INSERT:
            self._insert(self._self)

    def _take_card(self) -> None:
        """The last words are said, to us or to somebody before us."""
        self._in_vain += 1
        if self._had_turn or self._in_vain > MOST_LOOKS:
            self._in_vain = 0
            self._kiosk.pull()
        self._timer.wake(self._pace_ms)

    def _insert(self, owner: Resident) -> None:
        """Put a card in; one that somebody forgot is taken out first, ours is fetched."""
        if self._kiosk.in_slot:
            self._kiosk.pull()
            self._timer.wake(self._pace_ms)
            return
        if owner.kiosk:
            owner.kiosk.pull()
        self._kiosk.insert(owner)

    def _press(self, event: ev.Event) -> None:
        self._kiosk.press(event)

    def _agree(self, session: Session) -> None:
        collects = self._visit.style is Style.COLLECTOR
        self._press(ev.CancelPressed() if collects else ev.ContinuePressed())

    def _deliver(self, session: Session) -> None:
        self._press(ev.DeliverPressed())

    def _type_code(self, session: Session) -> None:
        """Type the number on the latest slip, once; without one, leave."""
        own = [slip.order_no for slip in self._kiosk.slips if self._is_ours(slip.customer_no)]
        if own and not self._did_it:
            self._did_it = True
            self._press(ev.CodeEntered(order_no=own[-1]))
        else:
            self._press(ev.CancelPressed())

    def _is_ours(self, customer_no: str) -> bool:
        return customer_no == self._self.account.customer_no

    def _choose(self, session: Session) -> None:
        self._press(ev.CashChosen())

    def _pay(self, session: Session) -> None:
        if self._notes and self._offers < OFFERS:
            self._offers += 1
            if self._kiosk.offer(self._notes[0]):
                self._notes.popleft()
                self._offers = 0
            self._timer.wake(self._pace_ms)
        elif session.paid_fen:
            self._press(ev.FinishPressed())
        else:
            self._press(ev.CancelPressed())

    def _try_again(self, session: Session) -> None:
        """The machine wants a card that is in its slot: out with it, and in again."""
        self._in_vain += 1
        if self._in_vain > 2:
            self._in_vain = 0
            self._kiosk.pull()
        self._timer.wake(self._pace_ms)

    # -- misbehaving -----------------------------------------------------------------------------

    def _misbehaves(self, session: Session) -> bool:
        """Do what this kind of person does; True: that was all for now."""
        deed = _STYLES.get(self._visit.style)
        return deed(self, session) if deed else False

    def _is_the_phase(self, session: Session) -> bool:
        """Once, at the phase of the plan."""
        if self._did_it or session.phase.value != self._visit.phase:
            return False
        self._did_it = True
        return True

    def _hesitate(self, session: Session) -> bool:
        if session.phase not in _THINKING or session.phase in self._thought:
            return False
        if session.asked_more_time:
            self._thought.add(session.phase)
            self._press(ev.MoreTimePressed())
        return True

    def _cancel(self, session: Session) -> bool:
        if self._is_the_phase(session):
            self._press(ev.CancelPressed())
            return True
        return False

    def _pull(self, session: Session) -> bool:
        if self._inserted and self._is_the_phase(session):
            self._kiosk.pull()
            return True
        return False

    def _walk(self, session: Session) -> bool:
        if self._is_the_phase(session):
            self.leave(with_card=self._chance.random() < 0.5)
            return True
        return False

    def _press_everything(self, session: Session) -> bool:
        for _ in range(self._chance.randrange(4)):
            codes = [slip.order_no for slip in self._kiosk.slips]
            self._press(anything(self._chance, codes))
        self._timer.wake(self._pace_ms)
        return self._chance.random() < 0.3

    def _ask_menu(self, session: Session) -> bool:
        """By the menu: press first, then the card."""
        at_the_door = session.phase in {Phase.IDLE, Phase.OUT_OF_SERVICE}
        if at_the_door and not self._inserted and not self._had_turn:
            self._press(ev.ResellPressed())
            self._timer.wake(self._pace_ms)
            return True
        if session.phase is Phase.ACCOUNT:
            self._press(ev.CancelPressed())
            return True
        return False

    def _swap(self, session: Session) -> bool:
        """Try a neighbour's card once, where the machine wants ours back."""
        neighbour = self._people[(self._visit.resident + 1) % len(self._people)]
        if self._kiosk.in_slot is neighbour:
            self._kiosk.pull()
            self._timer.wake(self._pace_ms)
            return True
        if session.phase is Phase.TENDERING and session.paid_fen and self._inserted:
            self._kiosk.pull()
            return True
        wanted = session.phase is Phase.CARD_BACK and not self._kiosk.in_slot
        if wanted and neighbour.kiosk is None and not self._did_it:
            self._did_it = True
            self._kiosk.insert(neighbour)
            return True
        return False


_DEEDS: dict[Phase, Callable[[Visitor, Session], None]] = {
    Phase.ACCOUNT: Visitor._agree,
    Phase.CHOOSING: Visitor._choose,
    Phase.TENDERING: Visitor._pay,
    Phase.CARD_BACK: Visitor._try_again,
    Phase.OWED: Visitor._deliver,
    Phase.CODE: Visitor._type_code,
}
_STYLES: dict[Style, Callable[[Visitor, Session], bool]] = {
    Style.HESITANT: Visitor._hesitate,
    Style.CANCELLER: Visitor._cancel,
    Style.PULLER: Visitor._pull,
    Style.WALKER: Visitor._walk,
    Style.PRESSER: Visitor._press_everything,
    Style.SWAPPER: Visitor._swap,
    Style.RESELLER: Visitor._ask_menu,
}
