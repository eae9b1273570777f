"""One run's whole world: kiosks, head office, people; first with faults, then without."""

from collections.abc import Callable
from pathlib import Path

from bench.explore.coverage import Coverage
from bench.explore.faults import Faults
from bench.explore.fuse import PowerCut
from bench.explore.kiosk import SimKiosk
from bench.explore.office import Center
from bench.explore.operator import Operator
from bench.explore.payer import Payer
from bench.explore.people import WAY_HOME_MS, Visitor
from bench.explore.plan import Manner, Payment, Plan, Round, Style, Visit
from bench.explore.queue import Queue
from bench.explore.residents import count_of, make_residents
from bench.explore.staff import Staff
from bench.explore.technician import Technician
from bench.explore.world import US_PER_S, Life, World
from center.orders.policy import Policy, Resell
from kiosk.flow import machine
from vending.staff import Action

LONGEST_S = 6 * 3_600
"""No day with faults is longer."""
SETTLE_S = 1_500
"""Within so long after the faults everything must have come to rest: longer than any back-off,
pause or time-out of the product.
"""
REST_S = 12
"""What has rested for so long stays at rest: longer than anything that polls takes to notice."""
COLLECTOR_PACE_MS = 400
ROUNDS = 4
"""So often everybody comes back with the card, at most, to get what was paid for."""
LAST_RESORT = 2
"""In this round staff refund what could not be delivered."""
MOST_STEPS = 300_000


class Restless(Exception):
    """The simulation does not come to rest: something turns for ever."""


class Hall:
    """Kiosks in a hall, their people and their head office."""

    def __init__(self, plan: Plan, folder: Path, seen: Coverage) -> None:
        self.plan = plan
        self.seen = seen
        self.world = World()
        resell = Resell.STAFF if plan.site.staff_only else Resell.MACHINE
        self.center = Center(self.world, plan.stream("keys"), Policy(resell=resell))
        self.people = make_residents(plan)
        self.staff = Staff(self.center, self.people, plan.stream("staff"))
        self.kiosks = [
            SimKiosk(self.world, plan, number, folder, self.center, seen)
            for number in range(plan.kiosks)
        ]
        self.queues = [Queue() for _ in self.kiosks]
        self.technicians: list[Technician] = []
        self._present: list[Visitor | Operator | Technician | Payer] = []
        """Who has not gone yet, or has been the last not to have."""
        self.faults = Faults(self.world, plan, self.kiosks, self.center, self.staff, seen)
        self.life = Life()
        self.effects_by_day = 0
        self.resorts = 0
        """Orders that were refunded because no machine could deliver them."""

    def run(self) -> None:
        """Live through the day with its faults, then mend everything and let everybody collect."""
        for kiosk in self.kiosks:
            kiosk.power_on()
        self.faults.arrange()
        for visit in self.plan.visits:
            self._expect(visit)
        for payment in self.plan.payments:
            self._expect_payer(payment)
        for round_ in self.plan.rounds:
            self._expect_operator(round_)
        self._pass(LONGEST_S, lambda: self._all_gone and self.faults.all_begun)
        self._mend()
        self._go_home()
        self._clear("disturbed", lambda kiosk: not _is_open(kiosk))
        for number in range(ROUNDS):
            if number and self._collected:
                break
            self._help(number)
            self._collect(number)
        self.staff.pay_out()
        self._clear("last", lambda kiosk: True)
        self._next_morning()

    # -- people ----------------------------------------------------------------------------------

    def _expect(self, visit: Visit) -> None:
        if visit.kiosk >= len(self.kiosks):
            return
        visitor = Visitor(
            self.world,
            visit,
            self.people,
            self.kiosks[visit.kiosk],
            self.queues[visit.kiosk],
            self.plan.stream("visit", visit.name),
        )
        self._present.append(visitor)
        self.world.at(visit.at_s * US_PER_S, self.life, visitor.arrive)

    def _expect_payer(self, payment: Payment) -> None:
        if payment.kiosk >= len(self.kiosks):
            return
        kiosk, queue = self.kiosks[payment.kiosk], self.queues[payment.kiosk]
        card = None if payment.card is None else self.people[payment.card]
        payer = Payer(self.world, payment, kiosk, queue, card)
        self._present.append(payer)
        self.world.at(payment.at_s * US_PER_S, self.life, payer.arrive)

    def _expect_operator(self, round_: Round) -> None:
        if round_.kiosk >= len(self.kiosks):
            return
        kiosk, queue = self.kiosks[round_.kiosk], self.queues[round_.kiosk]
        chance = self.plan.stream("round", round_.name)
        somebody: Operator | Technician
        if round_.manner is Manner.TESTS:
            somebody = Technician(self.world, round_, kiosk, queue, self.people, chance)
            self.technicians.append(somebody)
        else:
            somebody = Operator(self.world, round_, kiosk, queue, chance)
        self._present.append(somebody)
        self.world.at(round_.at_s * US_PER_S, self.life, somebody.arrive)

    def _clear(self, name: str, wants: Callable[[SimKiosk], bool]) -> None:
        """Operators come to the kiosks that want it, and close their periods."""
        now_s = self.world.now_us // US_PER_S + 1
        for kiosk in filter(wants, self.kiosks):
            self._expect_operator(
                Round(
                    name=f"{name} {kiosk.number}",
                    kiosk=kiosk.number,
                    at_s=now_s,
                    manner=Manner.THOROUGH,
                )
            )
        self._pass(LONGEST_S, lambda: self._all_gone)
        self._go_home()

    @property
    def _all_gone(self) -> bool:
        while self._present and self._present[-1].gone:
            self._present.pop()
        return not self._present

    def _next_morning(self) -> None:
        """Programs end and start again: what waits for a word of the head office gets it then."""
        for kiosk in self.kiosks:
            kiosk.mains = False
            kiosk.power_off("restart")
        self._go_home()

    def _help(self, number: int) -> None:
        """Staff permit what the site leaves to them, and end what no machine can."""
        for kiosk in self.kiosks:
            if self.plan.site.staff_only or number > 0:
                self.staff.try_all(kiosk.terminal_no, Action.REWRITE, Action.RESELL)
            if number == LAST_RESORT:
                self.staff.try_all(kiosk.terminal_no, Action.MARK_LOADED)
                self.resorts += self.staff.try_all(kiosk.terminal_no, Action.REFUND)

    def _collect(self, number: int) -> None:
        """Everybody puts the card into every kiosk, and then into the meter."""
        now_s = self.world.now_us // US_PER_S + 1
        for kiosk in range(len(self.kiosks)):
            for resident in sorted({visit.resident for visit in self.plan.visits}):
                self._expect(
                    Visit(
                        name=f"collects {number} {kiosk} {resident}",
                        resident=resident,
                        kiosk=kiosk,
                        at_s=now_s,
                        style=Style.COLLECTOR,
                        pace_ms=COLLECTOR_PACE_MS,
                    )
                )
            self._pass(LONGEST_S, lambda: self._all_gone)
            self._go_home()

    @property
    def _collected(self) -> bool:
        """Nothing waits anywhere, and every card is what its meter has taken."""
        if any(count_of(person) != person.meter.state.purchase_count for person in self.people):
            return False
        for kiosk in self.kiosks:
            session = kiosk.session
            if session is None or not machine.is_resting(session):
                return False
            if session.parked or session.parked_bills:
                return False
        return True

    # -- time ------------------------------------------------------------------------------------

    def _go_home(self) -> None:
        """Let everybody go home and everything come to rest, as long as that takes."""
        self._pass(WAY_HOME_MS // 1_000 + 1)
        until_us = self.world.now_us + SETTLE_S * US_PER_S
        while self.world.now_us < until_us:
            self._pass(REST_S)
            if not self.center.late and all(kiosk.at_rest for kiosk in self.kiosks):
                break

    def _mend(self) -> None:
        """Faults end; everybody goes home, with the card."""
        self.effects_by_day = sum(kiosk.hardware.fuse.burnt for kiosk in self.kiosks)
        self.faults.end()
        for visitor in self._present:
            visitor.leave()
        for kiosk in self.kiosks:
            kiosk.pull()

    def _pass(self, seconds: int, enough: Callable[[], bool] = lambda: False) -> None:
        """Let time pass until it is enough."""
        until_us = self.world.now_us + seconds * US_PER_S
        while not enough() and self._step(until_us):
            if self.world.steps > MOST_STEPS:
                raise Restless(f"{MOST_STEPS} steps, now at {self.world.now_s:.0f} s")

    def _step(self, until_us: int) -> bool:
        try:
            return self.world.step(until_us)
        except PowerCut:
            for kiosk in self.kiosks:
                kiosk.fall()
            return True


def _is_open(kiosk: SimKiosk) -> bool:
    """Customers are served, as far as the cash box goes."""
    return kiosk.session is not None and kiosk.session.cash.is_open
