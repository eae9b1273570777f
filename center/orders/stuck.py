"""Orders that are stuck, as staff see them, and the ways out that staff can take."""

from collections.abc import Callable

from center.orders import bills, grant, permission, refund, selling
from center.orders import order as orders
from center.orders.order import Order
from center.orders.permission import Case
from center.orders.port import Decision
from center.orders.resell import is_card_replaced
from center.orders.state import OrderState
from center.orders.work import Work
from center.staff import trail
from vending.bill import BillStatement
from vending.card import Verdict, WalletUnit
from vending.cash import Business
from vending.messages import Refused, Vend
from vending.staff import (
    Action,
    ActionDone,
    ActionForbidden,
    Forbidden,
    Permission,
    Role,
    StuckOrder,
)

MOST = 50
_ON_CARD = {Verdict.WRITTEN, Verdict.LOADED}
_DECIDED = {Forbidden.REFUND_DECIDED, Forbidden.ORDER_OVER}


def show(work: Work, role: Role, order_no: str = "") -> tuple[StuckOrder, ...]:
    """Return one order, or those whose money the terminal has taken and still holds or owes."""
    if order_no:
        found = orders.find(work.connection, order_no, lock=False)
        return () if found is None else (_view(work, found, role),)
    open_ones = orders.of_terminal(work.connection, work.terminal_no, MOST)
    owing = refund.waiting(work.connection, work.terminal_no)[: MOST - len(open_ones)]
    refunded = [orders.find(work.connection, each.order_no, lock=False) for each in owing]
    listed = [*open_ones, *(order for order in refunded if order is not None)]
    return tuple(_view(work, order, role) for order in sorted(listed, key=_age))


def act(work: Work, decision: Decision) -> ActionDone | ActionForbidden:
    """Take one of the ways out, if that is permitted now. A repeat changes nothing."""
    order = orders.find(work.connection, decision.order_no)
    if order is None:
        return ActionForbidden(why=Forbidden.ORDER_UNKNOWN)
    why = _forbidden(work, order, decision)
    if why in _DECIDED and _was_done(work, decision):
        return ActionDone(order=_view(work, order, decision.by.role))
    _keep(work, decision, why)
    if why is not None:
        return ActionForbidden(why=why)
    after = _ACTS[decision.action](work, order, decision)
    return ActionDone(order=_view(work, after, decision.by.role))


def _forbidden(work: Work, order: Order, decision: Decision) -> Forbidden | None:
    case = _case(work, order)
    if why := permission.forbids(decision.action, case, decision.by.role):
        return why
    if _needs_second(work, decision.action):
        witness = decision.witness
        if witness is None or witness.name == decision.by.name:
            return Forbidden.SECOND_PERSON
    return permission.lacks(decision.action, case, decision.evidence)


def _resell(work: Work, order: Order, decision: Decision) -> Order:
    """Let this terminal sell; a bill needs nobody to come back for it."""
    if order.business is Business.BILL:
        return bills.post(work, order, decision.by.name)
    return _allow(work, order, decision)


def _allow(work: Work, order: Order, _decision: Decision) -> Order:
    grant.give(work.connection, work.terminal_no, order.order_no, work.now_ms)
    return order


def _mark_loaded(work: Work, order: Order, _decision: Decision) -> Order:
    """Somebody's word stands for the card's proof; the trail says whose."""
    vend = work.utility.inquire(work.connection, order.order_no)
    assert isinstance(vend, Vend)
    closed = selling.confirm(work, order, vend.purchase_count)
    assert not isinstance(closed, Refused), closed.reason
    orders.save(work.connection, order, closed, work.now_ms)
    return closed


_ACTS: dict[Action, Callable[[Work, Order, Decision], Order]] = {
    Action.REWRITE: _allow,
    Action.RESELL: _resell,
    Action.MARK_LOADED: _mark_loaded,
    Action.REFUND: refund.decide,
}


def _case(work: Work, order: Order) -> Case:
    if order.business is Business.BILL:
        return Case(
            state=order.state,
            is_busy=order.is_busy(work.now_ms),
            is_bill=True,
            is_customer_unknown=_bill_of(work, order) is None,
        )
    vend = work.utility.inquire(work.connection, order.order_no)
    is_sold = order.state is OrderState.SOLD
    is_unwritten = is_sold and order.is_card_unwritten and not order.is_other_card_doubtful
    return Case(
        state=order.state,
        is_sold_after_all=order.state is OrderState.PAID and isinstance(vend, Vend),
        is_busy=order.is_busy(work.now_ms),
        is_being_resold=order.is_being_resold(work.now_ms),
        is_card_written=order.verdict in _ON_CARD,
        is_unwritten=is_unwritten,
        is_unreachable=is_sold and (order.is_card_unwritten or is_card_replaced(work, order)),
    )


def _view(work: Work, order: Order, role: Role) -> StuckOrder:
    found = work.utility.inquire(work.connection, order.order_no)
    vend = found if isinstance(found, Vend) else None
    refunded = refund.find(work.connection, order.order_no)
    known = order.identity
    case = _case(work, order)
    return StuckOrder(
        order_no=order.order_no,
        opened_at_ms=known.opened_at_ms if known else 0,
        customer_no=known.customer_no if known else "",
        meter_no=known.meter_no if known else "",
        name_masked=_name(work, order),
        paid_fen=order.paid_fen,
        sold=vend is not None,
        energy_wh=vend.quote.energy_wh if vend and _is(vend, WalletUnit.ENERGY) else None,
        wallet_money_fen=vend.wallet_amount if vend and _is(vend, WalletUnit.MONEY) else None,
        verdict=order.verdict,
        is_verdict_good=order.is_verdict_good,
        why=order.parked_why,
        refund=None if refunded is None else refunded.state.value,
        permissions=tuple(
            Permission(
                action=action,
                forbidden=permission.forbids(action, case, role),
                needs_second=_needs_second(work, action),
            )
            for action in Action
        ),
        business=order.business,
    )


def _is(vend: Vend, unit: WalletUnit) -> bool:
    return vend.wallet_unit is unit


def _name(work: Work, order: Order) -> str:
    if order.identity is None:
        return ""
    if order.business is Business.BILL:
        statement = _bill_of(work, order)
        return statement.name_masked if statement else ""
    account = work.utility.find_account(
        work.connection, order.identity.customer_no, order.identity.meter_no, work.now_ms
    )
    return account.name_masked if account else ""


def _bill_of(work: Work, order: Order) -> BillStatement | None:
    assert order.identity is not None
    answer = work.utility.query_bill(work.connection, order.identity.customer_no)
    return answer if isinstance(answer, BillStatement) else None


def _needs_second(work: Work, action: Action) -> bool:
    return action in work.policy.second_person


def _age(order: Order) -> tuple[int, str]:
    return (order.identity.opened_at_ms if order.identity else 0, order.order_no)


def _was_done(work: Work, decision: Decision) -> bool:
    """Tell whether this person has taken this way out already: the answer got lost."""
    return any(
        (step.what, step.staff) == (decision.action.value, decision.by.name)
        for step in trail.read(work.connection, decision.order_no)
    )


def _keep(work: Work, decision: Decision, why: Forbidden | None) -> None:
    what = decision.action.value
    step = trail.Step(
        what=what if why is None else f"{what}-refused",
        terminal_no=work.terminal_no or None,
        staff=decision.by.name,
        witness=decision.witness.name if decision.witness else None,
        order_no=decision.order_no,
        detail=decision.evidence.value if why is None else why.value,
    )
    trail.add(work.connection, step, work.now_ms)
