"""The technicians: they let devices test themselves, start them anew, and the program as well."""

from collections.abc import Callable
from random import Random

from bench.acceptor.mechanism import BenchNote, Place
from bench.explore.kiosk import SimKiosk
from bench.explore.person import Person
from bench.explore.plan import VALUES_FEN, Round
from bench.explore.queue import Queue
from bench.explore.residents import Resident
from bench.explore.world import Life, World
from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.device import SelfTest
from kiosk.flow.phase import Phase
from kiosk.flow.session import Session
from kiosk.flow.workshop import RESETTABLE
from vending.rights import Role

NAME = "li.wei"
MOST_DEEDS = 6
MOST_GLANCES = 4
"""So often a technician looks at a test that does not end before stopping it."""
_AT_THE_DOOR = {Phase.IDLE, Phase.OUT_OF_SERVICE}
_WALK_AWAY = 0.2
_DEEDS: dict[type[ev.Event], int] = {
    staff_event.SelfTestStarted: 12,
    staff_event.ResetWanted: 3,
    staff_event.RestartWanted: 2,
    staff_event.Exported: 2,
    staff_event.CashReportWanted: 1,
}
_EXPORTS_MS = (1_000, 60_000, 150_000, 300_000)
"""How long it takes to write to a stick."""


class Technician(Person):
    """One round of a technician to one kiosk."""

    patience_ms = 15 * 60_000

    def __init__(
        self,
        world: World,
        round_: Round,
        kiosk: SimKiosk,
        queue: Queue,
        people: list[Resident],
        chance: Random,
    ) -> None:
        super().__init__(world, kiosk, queue, round_.pace_ms)
        self.notes: list[BenchNote] = []
        """Own notes that the acceptor drew in for a test: physical truth."""
        self._people = people
        self._chance = chance
        self._deeds = chance.randint(1, MOST_DEEDS)
        self._glances = 0
        self._was_there = False

    def _take_along(self) -> None:
        self._kiosk.pull()

    @property
    def swallowed(self) -> int:
        """How many of our own notes have ended in a box."""
        return sum(note.place in {Place.BOX, Place.REMOVED_BOX} for note in self.notes)

    # -- at the machine --------------------------------------------------------------------------

    def _act(self, session: Session) -> None:
        if session.phase in _AT_THE_DOOR:
            self._at_the_door()
        elif session.phase is Phase.STAFF and session.staff is None:
            self._kiosk.press(staff_event.StaffSignedIn(staff=NAME, role=Role.SUPERVISOR))
        elif session.phase is Phase.STAFF:
            self._work(session)
        elif session.phase is Phase.TESTING:
            self._test(session)

    def _at_the_door(self) -> None:
        if self._was_there and not self._deeds:
            self.leave()
        else:
            self._kiosk.press(staff_event.StaffCalled())

    def _work(self, session: Session) -> None:
        """One thing after the other, then out; the card of a test goes back into the pocket."""
        self._was_there = True
        self._glances = 0
        if self._kiosk.in_slot:
            self._kiosk.pull()
        elif self._deeds:
            self._deeds -= 1
            self._do_one(session)
        else:
            self._kiosk.press(staff_event.StaffLeft())

    def _do_one(self, session: Session) -> None:
        deed = self._chance.choices(list(_DEEDS), list(_DEEDS.values()))[0]
        match deed:
            case staff_event.SelfTestStarted:
                self._kiosk.press(deed(test=self._chance.choice(list(SelfTest))))
            case staff_event.ResetWanted:
                self._kiosk.press(deed(device=self._chance.choice(RESETTABLE)))
            case staff_event.CashReportWanted:
                self._kiosk.press(deed(period_no=session.cash.period.period_no))
            case staff_event.Exported:
                self._export()
            case _:
                self._kiosk.press(deed())

    def _export(self) -> None:
        """It may take longer than the visit."""
        pause_ms = self._chance.choice(_EXPORTS_MS)
        self._world.after(
            pause_ms, Life(), lambda: self._kiosk.press(staff_event.Exported(file="kiosk.tar"))
        )

    # -- while a device tests itself -------------------------------------------------------------

    def _test(self, session: Session) -> None:
        self._glances += 1
        run = session.care.test
        if self._glances > MOST_GLANCES:
            self._stop()
        elif run and run.passed is None and run.test in _HELP:
            _HELP[run.test](self)

    def _stop(self) -> None:
        """Lose patience: stop it, leave the page, wait for the time-out, or ask for more time."""
        self._glances = 0
        ways = (staff_event.SelfTestStopped(), staff_event.StaffLeft(), staff_event.StaffStirred())
        if self._chance.random() > _WALK_AWAY:
            self._kiosk.press(self._chance.choice(ways))

    def _offer(self) -> None:
        value_fen = self._chance.choice((*VALUES_FEN, None))
        if self._kiosk.offer(value_fen):
            self.notes.append(self._kiosk.hardware.acceptor.mechanism.notes[-1])

    def _show_card(self) -> None:
        """Somebody's card that is in nobody's slot."""
        if self._kiosk.in_slot is None:
            free = [person for person in self._people if person.kiosk is None]
            self._kiosk.insert(self._chance.choice(free))

    def _show_code(self) -> None:
        self._kiosk.press(ev.CodeScanned(text="300000000001;2025-10"))


_HELP: dict[SelfTest, Callable[[Technician], None]] = {
    SelfTest.NOTE: Technician._offer,
    SelfTest.CARD: Technician._show_card,
    SelfTest.SCAN: Technician._show_code,
}
"""What somebody must do so that a device can show that it works."""
