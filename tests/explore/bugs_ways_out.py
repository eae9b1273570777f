"""Bugs of the ways out: re-sell and refund, which must never both happen."""

from center.orders import selling
from center.orders.state import EXITS, OrderState
from center.orders.work import Work
from tests.explore.bugs import bug
from tests.explore.swap import Swaps
from vending.messages import Refused, Vend


@bug("A refund leaves the sale open: the customer gets the money, and the energy as well.")
def refund_keeps_sale(swaps: Swaps) -> None:
    def void(work: Work, order_no: str) -> Vend | Refused:
        answer = work.utility.inquire(work.connection, order_no)
        assert isinstance(answer, Vend)
        return answer

    swaps.item(EXITS, OrderState.SOLD, EXITS[OrderState.SOLD] | {OrderState.REFUNDED})
    swaps.function(selling.void, void)
