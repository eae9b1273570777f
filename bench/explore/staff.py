"""The staff: what they permit, mark and refund, at any moment, and the money that they hand out."""

from random import Random

from sqlalchemy import text

from bench.explore.office import Center
from bench.explore.residents import Resident, count_of
from center.orders.port import Decision, RefundState
from center.orders.refund import Payout
from center.staff.people import Person
from vending.staff import Action, ActionDone, Evidence, Role, StuckOrder

SUPERVISOR = Person(name="anna", role=Role.SUPERVISOR)
_EVIDENCE = {
    Action.MARK_LOADED: Evidence.METER_SHOWS_IT,
    Action.REFUND: Evidence.CUSTOMER_ASKS,
}


class Staff:
    """Whoever is signed in, at a terminal or at the head office. Tells no lies."""

    def __init__(self, center: Center, people: list[Resident], chance: Random) -> None:
        self.handed_out: dict[str, int] = {}
        """Order -> money that left the office's drawer, in fen: physical truth."""
        self._center = center
        self._people = people
        self._chance = chance

    def try_all(self, terminal_no: str, *wanted: Action) -> int:
        """Try actions on every order that is stuck at a terminal; return how many were done."""
        if not self._center.up:
            return 0
        stuck = self._center.desk.stuck_orders(terminal_no, SUPERVISOR, "")
        return sum(
            self._try(terminal_no, order, action) for order in stuck.orders for action in wanted
        )

    def replace_card(self, number: int) -> None:
        """Somebody has lost the card, and comes to the utility's counter for a new one.

        Not a card that carries energy to the meter: that would be lost with it, whoever sold it.
        """
        resident = self._people[number % len(self._people)]
        if count_of(resident) != resident.meter.state.purchase_count:
            return
        serial = resident.lose_card(self._chance)
        self._center.replace_card(resident.account.meter_no, serial)

    def pay_out(self) -> None:
        """Hand out what was decided; the entry is made twice now and then, the money never."""
        if not self._center.up:
            return
        rows = self._center.store.read(
            lambda connection: connection.execute(text("SELECT order_no FROM refunds")).all()
        )
        for (order_no,) in rows:
            payout = Payout(order_no=order_no, by=SUPERVISOR.name, evidence="receipt")
            for _ in range(self._chance.choice((1, 2))):
                refund = self._center.desk.pay_out(payout)
                assert refund.state is RefundState.PAID_OUT
            self.handed_out[order_no] = refund.amount_fen

    def _try(self, terminal_no: str, order: StuckOrder, action: Action) -> bool:
        if action is Action.MARK_LOADED and not self._is_loaded(order):
            return False
        decision = Decision(
            order_no=order.order_no,
            action=action,
            by=SUPERVISOR,
            witness=None,
            evidence=_EVIDENCE.get(action, Evidence.NONE),
        )
        return isinstance(self._center.desk.act(terminal_no, decision), ActionDone)

    def _is_loaded(self, order: StuckOrder) -> bool:
        """Look at the meter."""
        count = self._center.store.read(
            lambda connection: connection.scalar(
                text("SELECT purchase_count FROM vends WHERE order_no = :no AND state = 'open'"),
                {"no": order.order_no},
            )
        )
        meters = {resident.account.meter_no: resident.meter for resident in self._people}
        meter = meters.get(order.meter_no)
        taken = {credit.purchase_count for credit in meter.state.credits} if meter else set()
        return count in taken
