"""The posting rules: pure, balanced, and every fen where it belongs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.ledger import chart, rules
from center.ledger.posting import Line, Phase, Posting, Unbalanced, credit, debit
from vending.bill import BillPaid, MonthBill, settle
from vending.card import WalletUnit
from vending.messages import Note, Vend
from vending.tariff import Quote

ORDER = "0000012511240000010"
NOTE = Note(note_id="n-1", value_fen=5_000)
AMOUNTS = st.integers(0, 10**9)


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    """Any quote whose equation holds and that somebody paid for."""
    arrears, energy, after = draw(AMOUNTS), draw(AMOUNTS), draw(AMOUNTS)
    total = arrears + energy + after + draw(st.integers(1, 10))
    energy += total - arrears - energy - after
    before = draw(st.integers(0, total - 1))
    return Quote(
        paid_fen=total - before,
        balance_before_fen=before,
        arrears_fen=arrears,
        energy_fen=energy,
        energy_wh=0,
        balance_after_fen=after,
        lines=(),
    )


def vend(quote: Quote) -> Vend:
    return Vend(
        order_no=ORDER,
        purchase_count=1,
        wallet_unit=WalletUnit.MONEY,
        wallet_amount=quote.energy_fen,
        quote=quote,
        sold_at_ms=0,
    )


def moved(posting: Posting, account: chart.Account) -> int:
    """What the posting adds to the account's balance."""
    own = [line for line in posting.lines if line.account == account]
    return account.balance_fen(sum(e.debit_fen for e in own), sum(e.credit_fen for e in own))


@given(quotes())
def test_a_sale_moves_each_part_of_the_quote_to_its_account(quote: Quote) -> None:
    posting = rules.vend(vend(quote), "c")
    assert posting.phase is Phase.PENDING
    assert moved(posting, chart.suspense(ORDER)) == -quote.paid_fen
    assert moved(posting, chart.arrears("c")) == -quote.arrears_fen
    assert moved(posting, chart.SALES) == quote.energy_fen
    kept = quote.balance_after_fen - quote.balance_before_fen
    assert moved(posting, chart.customer("c")) == kept


@given(AMOUNTS, AMOUNTS)
def test_opening_balances_are_taken_over(balance: int, arrears: int) -> None:
    posting = rules.opening("c", balance, arrears)
    if posting is None:
        assert balance == arrears == 0
    else:
        assert moved(posting, chart.customer("c")) == balance
        assert moved(posting, chart.arrears("c")) == arrears


def test_a_note_has_one_key_whatever_becomes_of_it() -> None:
    uncertain = rules.note_uncertain("000001", None, NOTE)
    assert uncertain is not None
    paid = rules.note_for_order("000001", ORDER, NOTE)
    found = rules.note_unassigned("000001", ORDER, NOTE)
    assert {paid.key, found.key, uncertain.key} == {"note:000001:n-1"}
    assert moved(paid, chart.cash("000001")) == moved(found, chart.cash("000001")) == 5_000


def test_an_uncertain_note_of_unknown_value_moves_nothing() -> None:
    assert rules.note_uncertain("000001", None, Note(note_id="n", value_fen=0)) is None


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (debit(chart.SALES, 1),),
        (debit(chart.SALES, 1), credit(chart.OPENING, 2)),
        (debit(chart.SALES, 0), credit(chart.OPENING, 0)),
        (debit(chart.SALES, -1), credit(chart.OPENING, -1)),
        (Line(chart.SALES, 1, 1), Line(chart.OPENING, 1, 1)),
    ],
)
def test_what_does_not_balance_is_no_posting(lines: tuple[Line, ...]) -> None:
    with pytest.raises(Unbalanced):
        Posting(key="k", lines=lines)


def test_accounts_read_as_people_write_them() -> None:
    assert str(chart.suspense(ORDER)) == f"suspense:{ORDER}"
    assert (str(chart.SALES), chart.cash("000001").title) == ("sales", "cash in terminal 000001")


def bill_paid(paid_fen: int, before_fen: int, dues_fen: list[int]) -> BillPaid:
    months = tuple(
        MonthBill(month=f"2025-{number:02d}", energy_wh=0, amount_fen=due)
        for number, due in enumerate(dues_fen, start=1)
    )
    return BillPaid(
        order_no=ORDER,
        customer_no="c",
        receipt_no="r",
        paid_fen=paid_fen,
        settlement=settle(months, before_fen, paid_fen),
        paid_at_ms=0,
    )


DUES = st.lists(st.integers(1, 10**9), max_size=6)


@given(st.integers(1, 10**9), AMOUNTS, DUES)
def test_a_payment_of_bills_is_posted_at_once_and_to_the_fen(
    paid_fen: int, before_fen: int, dues_fen: list[int]
) -> None:
    paid = bill_paid(paid_fen, before_fen, dues_fen)
    posting = rules.bill(paid)
    assert posting.phase is Phase.POSTED
    assert moved(posting, chart.suspense(ORDER)) == -paid_fen
    assert moved(posting, chart.BILLS) == paid.settlement.settled_fen
    kept_fen = paid.settlement.balance_after_fen - before_fen
    assert moved(posting, chart.customer("c")) == kept_fen


@given(st.integers(1, 10**9), st.integers(1, 10**9), AMOUNTS, DUES)
def test_money_that_came_later_is_posted_on_top(
    first_fen: int, more_fen: int, before_fen: int, dues_fen: list[int]
) -> None:
    first = bill_paid(first_fen, before_fen, dues_fen)
    whole = bill_paid(first_fen + more_fen, before_fen, dues_fen)
    postings = (rules.bill(first), rules.bill(whole, first))
    assert postings[0].key != postings[1].key
    assert sum(moved(each, chart.suspense(ORDER)) for each in postings) == -whole.paid_fen
    assert sum(moved(each, chart.BILLS) for each in postings) == whole.settlement.settled_fen
