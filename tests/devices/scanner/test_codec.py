"""Codes out of bytes: by example, and against anything that may come down a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.scanner.codec import (
    CODE_LIMIT_BYTES,
    NUMBER_DIGITS,
    PAUSE_S,
    SAME_S,
    SOONEST_S,
    Decoder,
    number_in,
    text_of,
)

BILL = "330100200077;2026-11;9038"


class Line:
    """A decoder and a clock that jumps; every wait goes through the decoder's own steps."""

    def __init__(self) -> None:
        self.decoder = Decoder()
        self.now_s = 100.0
        self.codes: list[str] = []

    def say(self, data: bytes) -> "Line":
        self.codes += self.decoder.receive(data, self.now_s)
        return self

    def wait(self, seconds: float) -> "Line":
        end_s = self.now_s + seconds
        wake_at_s = self.decoder.wake_at_s
        while wake_at_s is not None and wake_at_s <= end_s:
            self.now_s = wake_at_s
            self.codes += self.decoder.tick(self.now_s)
            assert self.decoder.wake_at_s != wake_at_s, "it would spin"
            wake_at_s = self.decoder.wake_at_s
        self.now_s = end_s
        return self


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\n\r", b"\r\r\n"])
def test_a_line_is_a_code_at_once(end: bytes) -> None:
    assert Line().say(BILL.encode() + end).codes == [BILL]


def test_without_an_end_a_pause_ends_the_code() -> None:
    line = Line().say(BILL.encode())
    assert line.wait(PAUSE_S / 2).codes == []
    assert line.wait(PAUSE_S).codes == [BILL]


def test_an_end_that_comes_after_the_pause_is_no_second_code() -> None:
    assert Line().say(BILL.encode()).wait(1).say(b"\r\n").codes == [BILL]


def test_a_thread_that_slept_through_the_pause_does_not_join_two_codes() -> None:
    line = Line().say(b"first")
    line.now_s += 5
    assert line.say(b"second\r").codes == ["first", "second"]


def test_a_code_in_pieces_is_one() -> None:
    line = Line()
    for byte in BILL.encode():
        line.say(bytes((byte,))).wait(PAUSE_S * 0.9)
    assert line.say(b"\r").codes == [BILL]


def test_a_code_that_is_held_before_the_scanner_is_one_scan() -> None:
    line = Line()
    for _ in range(20):
        line.say(BILL.encode() + b"\r\n").wait(SAME_S * 0.9)
    assert line.codes == [BILL]
    assert line.wait(SAME_S).say(BILL.encode() + b"\r\n").codes == [BILL, BILL]
    assert line.decoder.garbage == 0


def test_two_bills_one_after_the_other_are_two_scans() -> None:
    line = Line().say(b"1111111\r").wait(SOONEST_S).say(b"2222222\r").wait(SOONEST_S)
    assert line.say(b"1111111\r").codes == ["1111111", "2222222", "1111111"]


def test_a_scanner_out_of_its_mind_is_held_back() -> None:
    line = Line()
    for number in range(1_000):
        line.say(f"{number}\r".encode()).wait(0.001)
    assert len(line.codes) <= 1.0 / SOONEST_S + 1
    assert line.decoder.garbage == 1_000 - len(line.codes)


@pytest.mark.parametrize("length", [CODE_LIMIT_BYTES - 1, CODE_LIMIT_BYTES])
def test_as_long_as_allowed(length: int) -> None:
    assert Line().say(b"7" * length + b"\r").codes == ["7" * length]


@pytest.mark.parametrize("garbage", [b"\x00", b"\x1b[A", b"\xff\xfe", "é".encode()[:1], b"  "])
def test_what_is_no_text_is_dropped_and_counted(garbage: bytes) -> None:
    line = Line().say(garbage + b"\r")
    assert line.codes == []
    assert line.decoder.garbage == 1
    assert line.say(BILL.encode() + b"\r").codes == [BILL]


def test_a_code_that_is_too_long_is_dropped_whole_and_the_next_is_heard() -> None:
    line = Line().say(b"7" * (CODE_LIMIT_BYTES + 1)).say(b"89\r")
    assert line.codes == []
    assert line.decoder.garbage == 1
    assert line.say(BILL.encode() + b"\r").codes == [BILL]


def test_half_a_code_on_a_broken_line_is_forgotten() -> None:
    line = Line().say(b"3301")
    line.decoder.forget()
    assert line.wait(1).say(BILL.encode() + b"\r").codes == [BILL]


def test_chinese_is_text() -> None:
    assert Line().say("户号:330100200077\r".encode()).codes == ["户号:330100200077"]


@given(
    st.lists(
        st.tuples(st.binary(max_size=700), st.sampled_from([0.0, 0.01, 0.15, 0.5, 3.0])),
        max_size=20,
    )
)
def test_anything_may_come(story: list[tuple[bytes, float]]) -> None:
    line = Line()
    for data, seconds in story:
        line.say(data).wait(seconds)
    line.wait(1)
    assert line.decoder.wake_at_s is None
    for code in line.codes:
        assert text_of(code.encode()) == code
        assert len(code.encode()) <= CODE_LIMIT_BYTES


codes = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=60)


@given(st.lists(codes, max_size=10), st.sampled_from([b"", b"\r", b"\n", b"\r\n"]), st.data())
def test_every_code_comes_once_however_it_is_cut(
    shown: list[str], end: bytes, data: st.DataObject
) -> None:
    line = Line()
    for code in shown:
        sent = code.encode() + end
        cut = data.draw(st.integers(0, len(sent)))
        line.say(sent[:cut]).wait(PAUSE_S / 2).say(sent[cut:]).wait(SAME_S + 1)
    assert line.codes == shown
    assert line.decoder.garbage == 0


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("330100200077;2026-11", "330100200077"),
        ("3100022511280000014", "3100022511280000014"),
        ("https://example.org/330100200077", ""),
        ("Zhang San", ""),
        ("\u0663\u0664", ""),
        ("9" * 500, "9" * NUMBER_DIGITS),
    ],
)
def test_of_a_code_only_the_number_that_it_begins_with_is_kept(code: str, kept: str) -> None:
    assert number_in(code) == kept
