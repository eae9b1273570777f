from hypothesis import given
from hypothesis import strategies as st

from center.fleet.window import WINDOW_SIZE, NumberWindow


def test_numbers_are_taken_once_in_any_order() -> None:
    window = NumberWindow()
    assert [window.take(number) for number in (1, 3, 2, 2, 3, 1)] == [True] * 3 + [False] * 3


def test_a_number_that_fell_behind_the_window_is_refused() -> None:
    window = NumberWindow()
    assert window.take(WINDOW_SIZE + 1)
    assert window.take(2)
    assert not window.take(1)


def test_zero_and_less_are_refused() -> None:
    assert not NumberWindow().take(0)
    window = NumberWindow()
    window.take(5)
    assert not window.take(0)
    assert not window.take(-1)


@given(st.lists(st.integers(1, 200) | st.integers(1, 2**53)))
def test_a_number_is_taken_exactly_if_it_is_new_and_not_too_old(numbers: list[int]) -> None:
    window, seen, highest = NumberWindow(), set[int](), 0
    for number in numbers:
        fits = number not in seen and number > highest - WINDOW_SIZE
        assert window.take(number) is fits
        seen.add(number)
        highest = max(highest, number)
