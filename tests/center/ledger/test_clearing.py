"""The posting rules of cash clearing: pure, balanced, and reversed to nothing."""

from hypothesis import given
from hypothesis import strategies as st

from center.ledger import chart, clearing
from center.ledger.chart import Account
from center.ledger.posting import Posting

NO, PERIOD = "000001", 3
TRANSIT, LONG, SHORT = chart.transit(NO, PERIOD), chart.long(NO), chart.short(NO)
overs = st.integers(-(10**9), 10**9)


def moved(posting: Posting | None, account: Account) -> int:
    """What the posting adds to the account's balance."""
    lines = [line for line in posting.lines if line.account == account] if posting else []
    debits = sum(line.debit_fen for line in lines)
    return account.balance_fen(debits, sum(line.credit_fen for line in lines))


@given(overs)
def test_what_is_beyond_the_books_is_long_and_what_is_missing_short(over: int) -> None:
    posting = clearing.difference("k", NO, PERIOD, 0, over)
    assert (posting is None) is (over == 0)
    assert moved(posting, TRANSIT) == over
    assert moved(posting, LONG) == max(0, over)
    assert moved(posting, SHORT) == max(0, -over)


@given(overs, overs)
def test_changing_and_changing_back_is_nothing(before: int, after: int) -> None:
    there = clearing.difference("k", NO, PERIOD, before, after)
    back = clearing.difference("l", NO, PERIOD, after, before)
    for account in (TRANSIT, LONG, SHORT):
        assert moved(there, account) + moved(back, account) == 0
    at_once = clearing.difference("m", NO, PERIOD, 0, after)
    first = clearing.difference("n", NO, PERIOD, 0, before)
    for account in (TRANSIT, LONG, SHORT):
        assert moved(first, account) + moved(there, account) == moved(at_once, account)


@given(st.integers(0, 10**9))
def test_a_period_leaves_the_box_and_goes_to_the_bank(amount: int) -> None:
    taken = clearing.taken(NO, PERIOD, amount)
    assert (moved(taken, TRANSIT), moved(taken, chart.cash(NO))) == (amount, -amount)
    made = clearing.deposited("B", [(TRANSIT, amount), (chart.transit(NO, 4), 0)])
    assert (moved(made, chart.BANK), moved(made, TRANSIT)) == (amount, -amount)


def test_owners_fit_their_column_and_keys_theirs() -> None:
    largest = clearing.LARGEST_PERIOD_NO
    assert len(chart.transit(NO, largest).owner) == 20
    note_id = "n" * 512
    for posting in (
        clearing.recounted_note(NO, largest, 10**9, note_id, 1),
        clearing.followed(NO, 1, note_id, 1),
        clearing.followed(NO, 1, note_id, 1, counted=True),
        clearing.turned_up(NO, note_id, 1),
        clearing.difference(clearing.shifted_key(NO, note_id), NO, 1, 0, 1),
    ):
        assert posting is not None
        assert len(posting.key) <= 600
    assert len({clearing.followed(NO, 1, "n", 1, counted=each) for each in (False, True)}) == 2
