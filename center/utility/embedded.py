"""The embedded utility: sells energy from the head office's own tables."""

from sqlalchemy import Connection

from center.utility import account as accounts
from center.utility import bills, checks, pricing, sales
from center.utility.account import MeterAccount
from center.utility.masking import mask_address, mask_name
from center.utility.port import Holder, Payment, Sale
from center.utility.sales import Sold, VendState
from vending.bill import BillPaid, BillStatement
from vending.card import CardSnapshot, WalletUnit
from vending.messages import (
    Account,
    NotSold,
    Reason,
    Refused,
    TrialAnswer,
    TrialRequest,
    TrialResult,
    Vend,
)
from vending.order_no import china_date
from vending.tariff import Quote

_NO_CARD = ""


class EmbeddedUtility:
    """Implements `center.utility.port.Utility`. Has no state of its own."""

    def query_bill(self, connection: Connection, customer_no: str) -> BillStatement | Refused:
        """What does this customer owe?"""
        return bills.statement(connection, customer_no)

    def pay_bill(self, connection: Connection, payment: Payment, now_ms: int) -> BillPaid | Refused:
        """Settle what a payment can; the rest goes to the customer's account."""
        return bills.pay(connection, payment, now_ms)

    def inquire_bill(self, connection: Connection, order_no: str) -> BillPaid | NotSold:
        """Tell what was posted under ``order_no``."""
        return bills.inquire(connection, order_no)

    def query_account(
        self, connection: Connection, card: CardSnapshot, now_ms: int
    ) -> Account | Refused:
        """Who is this card, and may it buy?"""
        found = accounts.load(connection, card.meter_no, card.serial, _tariff_year(now_ms))
        if found is None or found.customer_no != card.customer_no:
            return _unknown(connection, card.customer_no)
        reason = checks.refuse_card(found) or checks.refuse_snapshot(found, card)
        if reason is not None:
            return Refused(reason)
        remaining = card.returned.remaining if card.returned else 0
        if (found.seen_count, found.seen_remaining) != (card.purchase_count, remaining):
            sales.remember(connection, card, remaining)
        return _public(found, remaining)

    def recognise(self, connection: Connection, holder: Holder, now_ms: int) -> Account | Refused:
        """Return the account that a card was issued for; whether it may buy is not judged."""
        year = _tariff_year(now_ms)
        found = accounts.load(connection, holder.meter_no, holder.card_serial, year)
        if found is None or found.customer_no != holder.customer_no:
            return _unknown(connection, holder.customer_no)
        if reason := checks.refuse_card(found):
            return Refused(reason)
        return _public(found, found.remaining)

    def find_account(
        self, connection: Connection, customer_no: str, meter_no: str, now_ms: int
    ) -> Account | None:
        """Return a customer's account of a meter; None: there is none."""
        found = accounts.load(connection, meter_no, _NO_CARD, _tariff_year(now_ms))
        if found is None or found.customer_no != customer_no:
            return None
        return _public(found, found.remaining)

    def trial_vend(self, connection: Connection, request: TrialRequest, now_ms: int) -> TrialAnswer:
        """Answer as `vend` would, and sell nothing. The card is not known here and not judged."""
        found = accounts.load(connection, request.meter_no, _NO_CARD, _tariff_year(now_ms))
        if found is None or found.customer_no != request.customer_no:
            return _unknown(connection, request.customer_no)
        if reason := checks.refuse_account(found):
            return Refused(reason)
        priced = _price(found, request.paid_fen)
        return priced if isinstance(priced, Refused) else TrialResult(priced)

    def vend(self, connection: Connection, sale: Sale, now_ms: int) -> Vend | Refused:
        """Sell purchase N+1, which is then open until it is confirmed or cancelled."""
        sold = sales.find(connection, sale.order_no)
        if sold is not None:
            return _again(sold, sale)
        year = _tariff_year(now_ms)
        found = accounts.load(connection, sale.meter_no, sale.card_serial, year, lock=True)
        if found is None or found.customer_no != sale.customer_no:
            return _unknown(connection, sale.customer_no)
        if reason := _refuse_sale(found, sale):
            return Refused(reason)
        priced = _price(found, sale.paid_fen)
        if isinstance(priced, Refused):
            return priced
        vend = _vend(found, sale.order_no, priced, now_ms)
        sales.book(connection, found, sale.card_serial, vend)
        return vend

    def inquire(self, connection: Connection, order_no: str) -> Vend | NotSold:
        """Tell what was sold under ``order_no`` and not cancelled."""
        sold = sales.find(connection, order_no)
        if sold is None or sold.state is VendState.CANCELLED:
            return NotSold(order_no)
        return sold.vend

    def rebind(self, connection: Connection, order_no: str, card_serial: str) -> None:
        """Let another card of the same meter bring an open purchase."""
        sales.rebind(connection, order_no, card_serial)

    def confirm(self, connection: Connection, order_no: str, purchase_count: int) -> Vend | Refused:
        """Close purchase N+1: the card holds it."""
        sold = sales.find(connection, order_no)
        if sold is None:
            return Refused(Reason.ORDER_UNKNOWN)
        if sold.state is VendState.CANCELLED:
            return Refused(Reason.ORDER_CANCELLED)
        if sold.vend.purchase_count != purchase_count:
            return Refused(Reason.COUNT_MISMATCH)
        if sold.state is VendState.OPEN:
            sales.confirm(connection, sold)
        return sold.vend

    def cancel(self, connection: Connection, order_no: str) -> Vend | Refused:
        """Void an open purchase and return it: N+1 is free again, the account as it was before."""
        sold = sales.find(connection, order_no)
        if sold is None:
            return Refused(Reason.ORDER_UNKNOWN)
        if sold.state is VendState.CONFIRMED:
            return Refused(Reason.ORDER_FINISHED)
        if sold.state is VendState.OPEN:
            sales.void(connection, sold)
        return sold.vend


def _tariff_year(now_ms: int) -> int:
    """Return the calendar year in China: what steps are counted over."""
    return china_date(now_ms)[0]


def _unknown(connection: Connection, customer_no: str) -> Refused:
    """Refuse a meter that is not this customer's."""
    known = accounts.knows_customer(connection, customer_no)
    return Refused(Reason.WRONG_METER if known else Reason.ACCOUNT_UNKNOWN)


def _refuse_sale(found: MeterAccount, sale: Sale) -> Reason | None:
    return (
        checks.refuse_card(found)
        or checks.refuse_account(found)
        or checks.refuse_count(found, sale.purchase_count)
    )


def _again(sold: Sold, sale: Sale) -> Vend | Refused:
    """Answer for a number that was sold under before."""
    if not sold.is_for(sale):
        return Refused(Reason.ORDER_CONFLICT)
    return Refused(Reason.ORDER_CANCELLED) if sold.state is VendState.CANCELLED else sold.vend


def _price(found: MeterAccount, paid_fen: int) -> Quote | Refused:
    within = pricing.limits(found, found.remaining)
    if reason := pricing.refuse_sum(within, paid_fen):
        return Refused(reason)
    priced = pricing.price(found, paid_fen)
    if reason := pricing.refuse_amount(within, pricing.wallet_amount(found, priced)):
        return Refused(reason)
    return priced


def _vend(found: MeterAccount, order_no: str, priced: Quote, now_ms: int) -> Vend:
    return Vend(
        order_no=order_no,
        purchase_count=found.purchase_count + 1,
        wallet_unit=found.wallet_unit,
        wallet_amount=pricing.wallet_amount(found, priced),
        quote=priced,
        sold_at_ms=now_ms,
    )


def _public(found: MeterAccount, remaining: int) -> Account:
    """Return the account as a terminal may see it."""
    return Account(
        customer_no=found.customer_no,
        meter_no=found.meter_no,
        name_masked=mask_name(found.name),
        address_masked=mask_address(found.address),
        wallet_unit=found.wallet_unit,
        purchase_count=found.purchase_count,
        tariff=found.tariff if found.wallet_unit is WalletUnit.ENERGY else None,
        used_this_year_wh=found.used_this_year_wh,
        balance_fen=found.balance_fen,
        arrears_fen=found.arrears_fen,
        limits=pricing.limits(found, remaining),
    )
