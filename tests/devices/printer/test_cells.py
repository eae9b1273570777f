import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.printer.cells import (
    CLOSERS,
    cells,
    clean,
    flush_right,
    spread,
    wrap,
    wrap_evenly,
)

TEXT = st.text(max_size=80).map(clean)
COLUMNS = st.sampled_from([8, 16, 21, 24, 32, 42, 48])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("kWh", 3), ("度", 2), ("￥1,234.50", 10), ("×", 2), ("é", 2), ("“王*”", 7)],
)
def test_a_character_beyond_ascii_takes_two_cells(text: str, expected: int) -> None:
    assert cells(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\tb\nc", "a b c"),
        ("e\u0301", "é"),
        ("x\u200b\u0007y", "xy"),
        ("¥1", "￥1"),
        ("\x1b@", "@"),
    ],
)
def test_text_is_cleaned_to_printable_characters(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text())
def test_no_control_character_ever_reaches_the_printer(text: str) -> None:
    assert not {char for char in clean(text) if char < " " or char == "\x7f"}


@given(TEXT, COLUMNS)
def test_no_line_is_wider_than_the_paper(text: str, columns: int) -> None:
    for wrapped in (wrap, wrap_evenly):
        assert all(cells(line) <= columns for line in wrapped(text, columns))


@given(TEXT, COLUMNS)
def test_wrapping_loses_nothing_but_spaces(text: str, columns: int) -> None:
    for wrapped in (wrap, wrap_evenly):
        assert "".join(wrapped(text, columns)).replace(" ", "") == text.replace(" ", "")


@given(TEXT, COLUMNS)
def test_even_lines_are_not_more_lines(text: str, columns: int) -> None:
    even, greedy = wrap_evenly(text, columns), wrap(text, columns)
    assert len(even) == len(greedy)
    assert max(map(cells, even)) <= max(map(cells, greedy))


def test_a_line_breaks_at_words_and_not_before_punctuation() -> None:
    assert wrap("Put the card in", 8) == ["Put the", "card in"]
    assert wrap("请拨打电话，报订单号。", 10) == ["请拨打电", "话，报订单", "号。"]
    assert not any(line[0] in CLOSERS for line in wrap("一二三四，五六七八。" * 4, 8))


def test_even_lines_share_the_text() -> None:
    assert wrap_evenly("3100 0126 1124 0001 234", 21) == ["3100 0126", "1124 0001 234"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert wrap("abcdefghij", 4) == ["abcd", "efgh", "ij"]


def test_a_pair_stands_at_both_edges_or_on_two_lines() -> None:
    assert spread("付款", "1.00元", 12) == ["付款  1.00元"]
    assert spread("付款付款", "123.00元", 12) == ["付款付款", "    123.00元"]


@given(TEXT, TEXT, COLUMNS)
def test_a_pair_keeps_both_sides(left: str, right: str, columns: int) -> None:
    lines = spread(left, right, columns)
    assert all(cells(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == (left + right).replace(" ", "")


def test_flush_right_ends_at_the_edge() -> None:
    assert flush_right("度", 5) == "   度"
