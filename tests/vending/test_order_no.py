"""Order numbers: their shape, their date, their check digit."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vending.order_no import (
    LAST_SEQUENCE,
    ORDER_NO_DIGITS,
    china_date,
    grouped,
    is_order_no,
    luhn_digit,
    make_order_no,
    sequence_of,
    terminal_of,
)

CHINA = timezone(timedelta(hours=8))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS_MS = st.integers(-62_000_000_000_000, 250_000_000_000_000)
"""From the first years of the calendar into the ninetieth century."""
TERMINALS = st.integers(0, 999_999).map(lambda number: f"{number:06d}")
ORDER_NOS = st.builds(make_order_no, TERMINALS, MOMENTS_MS, st.integers(1, LAST_SEQUENCE))


@given(MOMENTS_MS)
def test_the_date_is_the_calendars(at_ms: int) -> None:
    day = (EPOCH + timedelta(milliseconds=at_ms)).astimezone(CHINA)
    assert china_date(at_ms) == (day.year, day.month, day.day)


@pytest.mark.parametrize(
    ("moment", "date"),
    [
        (datetime(2024, 2, 28, 16, tzinfo=UTC), (2024, 2, 29)),
        (datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC), (2025, 12, 31)),
        (datetime(2025, 12, 31, 16, tzinfo=UTC), (2026, 1, 1)),
        (datetime(2100, 2, 28, 16, tzinfo=UTC), (2100, 3, 1)),
    ],
)
def test_the_day_begins_at_midnight_in_china(moment: datetime, date: tuple[int, int, int]) -> None:
    assert china_date((moment - EPOCH) // timedelta(milliseconds=1)) == date


def test_a_number_by_hand() -> None:
    at_ms = (datetime(2026, 1, 2, 3, tzinfo=CHINA) - EPOCH) // timedelta(milliseconds=1)
    assert make_order_no("310042", at_ms, 17) == "3100422601020000170"


@pytest.mark.parametrize(
    ("digits", "check"), [("7992739871", "3"), ("1789372997", "4"), ("401288888888188", "1")]
)
def test_the_check_digit_of_published_examples(digits: str, check: str) -> None:
    assert luhn_digit(digits) == check


@given(TERMINALS, MOMENTS_MS, st.integers(1, LAST_SEQUENCE))
def test_a_number_tells_who_made_it_and_which_it_is(
    terminal_no: str, at_ms: int, sequence: int
) -> None:
    number = make_order_no(terminal_no, at_ms, sequence)
    assert len(number) == ORDER_NO_DIGITS
    assert is_order_no(number)
    assert (terminal_of(number), sequence_of(number)) == (terminal_no, sequence)


@given(ORDER_NOS, st.integers(0, ORDER_NO_DIGITS - 1), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: str, place: int, more: int) -> None:
    wrong = str((int(number[place]) + more) % 10)
    assert not is_order_no(number[:place] + wrong + number[place + 1 :])


@given(TERMINALS, MOMENTS_MS, MOMENTS_MS, st.integers(1, LAST_SEQUENCE), st.integers(1, 50))
def test_a_clock_set_back_makes_no_number_twice(
    terminal_no: str, one_ms: int, other_ms: int, sequence: int, later: int
) -> None:
    first = make_order_no(terminal_no, one_ms, sequence)
    assert first != make_order_no(terminal_no, other_ms, sequence + later)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("", ""),
        ("3100", "3100"),
        ("31004", "3100 4"),
        ("3100422601010000012", "3100 4226 0101 0000 012"),
    ],
)
def test_a_number_is_read_in_groups_of_four(number: str, shown: str) -> None:
    assert grouped(number) == shown


@given(ORDER_NOS)
def test_grouping_loses_no_digit(number: str) -> None:
    groups = grouped(number).split(" ")
    assert "".join(groups) == number
    assert [len(group) for group in groups] == [4, 4, 4, 4, 3]


@pytest.mark.parametrize("terminal_no", ["", "12345", "1234567", "12345x", "１２３４５６"])
def test_a_terminal_number_is_six_digits(terminal_no: str) -> None:
    with pytest.raises(ValueError, match="six digits"):
        make_order_no(terminal_no, 0, 1)


@pytest.mark.parametrize("text", ["", "3100422601020000173", "310042260102000017x", "３" * 19])
def test_other_texts_are_no_order_numbers(text: str) -> None:
    assert not is_order_no(text)
