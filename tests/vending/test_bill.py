"""Bills: what a payment settles, what is due, whose number a code holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vending.bill import CUSTOMER_NO_DIGITS, MonthBill, customer_no_in, due_fen, settle

MONTHS = st.lists(
    st.builds(
        MonthBill,
        month=st.integers(1, 12).map(lambda month: f"2025-{month:02d}"),
        energy_wh=st.integers(0, 10**7),
        amount_fen=st.integers(0, 10**6),
        late_fee_fen=st.integers(0, 10**5),
    ),
    max_size=24,
).map(tuple)
SUMS_FEN = st.integers(0, 10**7)
DIGITS = st.text("0123456789", min_size=CUSTOMER_NO_DIGITS[0], max_size=CUSTOMER_NO_DIGITS[1])


def month(due: int, name: str = "2025-11") -> MonthBill:
    return MonthBill(month=name, energy_wh=1_000, amount_fen=due)


@given(MONTHS, SUMS_FEN, SUMS_FEN)
def test_every_fen_settles_a_month_or_stays_on_the_account(
    months: tuple[MonthBill, ...], balance_fen: int, paid_fen: int
) -> None:
    done = settle(months, balance_fen, paid_fen)
    assert done.balance_before_fen == balance_fen
    assert done.settled_fen + done.balance_after_fen == balance_fen + paid_fen
    assert done.balance_after_fen >= 0


@given(MONTHS, SUMS_FEN, SUMS_FEN)
def test_whole_months_are_settled_the_oldest_first_as_far_as_the_money_goes(
    months: tuple[MonthBill, ...], balance_fen: int, paid_fen: int
) -> None:
    done = settle(months, balance_fen, paid_fen)
    count = len(done.months)
    assert done.months == tuple(each.month for each in months[:count])
    assert done.settled_fen == sum(each.due_fen for each in months[:count])
    assert count == len(months) or done.balance_after_fen < months[count].due_fen


@given(MONTHS, SUMS_FEN)
def test_what_is_due_is_the_least_that_settles_all(
    months: tuple[MonthBill, ...], balance_fen: int
) -> None:
    due = due_fen(months, balance_fen)
    assert len(settle(months, balance_fen, due).months) == len(months)
    if due:
        assert len(settle(months, balance_fen, due - 1).months) < len(months)


def test_a_late_fee_belongs_to_its_month() -> None:
    late = MonthBill(month="2025-09", energy_wh=1, amount_fen=6_456, late_fee_fen=44)
    assert late.due_fen == 6_500
    assert settle((late,), 0, 6_499).months == ()
    assert settle((late,), 0, 6_500).balance_after_fen == 0


def test_the_balance_is_used_before_new_money() -> None:
    assert due_fen((month(5_000), month(3_000)), 2_000) == 6_000
    assert due_fen((month(5_000),), 9_000) == 0


def test_a_month_that_cannot_be_settled_ends_it_though_a_later_one_could() -> None:
    done = settle((month(5_000, "2025-09"), month(100, "2025-10")), 0, 4_999)
    assert (done.months, done.balance_after_fen) == ((), 4_999)


@given(DIGITS, st.sampled_from(["", "|", ",2025-11", " 12", "-", "度"]))
def test_a_code_begins_with_the_number(digits: str, rest: str) -> None:
    assert customer_no_in(f" {digits}{rest}\n") == digits


@pytest.mark.parametrize(
    "code", ["", "12345", "1" * 17, "A123456", "https://x/123456", "１２３４５６７", "-123456"]
)
def test_what_begins_otherwise_holds_no_number(code: str) -> None:
    assert customer_no_in(code) is None


@given(st.text(max_size=40))
def test_whatever_is_found_is_a_number_of_the_right_length(code: str) -> None:
    found = customer_no_in(code)
    fewest, most = CUSTOMER_NO_DIGITS
    assert found is None or (found.isascii() and found.isdigit() and fewest <= len(found) <= most)
