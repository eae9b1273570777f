"""The bench's printer by itself: it is the judge of what the driver sends."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.printer import FAST, BenchPrinter, PrintedSlip, PrinterDevice, Speed
from bench.printer.commands import REAL_TIME_CLEAR
from bench.printer.paper import INK, MARGIN_DOTS, PAPER, PrintedPicture, PrintedText

JOB = (
    b"\x1b@\x1c&\x1ba\x01\x1bE\x01\x1d!\x11"
    + "购电".encode("gb18030")
    + b"\n\x1ba\x00\x1bE\x00\x1d!\x00Paid 1.00\n"
    + b"\x1dv0\x00\x02\x00\x03\x00\xff\x00\x00\xff\x10\x18"
    + b"\x1dv0\x03\x01\x00\x02\x00\x0f\xf0\x1dv0\x03\x01\x00\x01\x00\xaa"
    + b"\x1bd\x06\x1dV\x00\x1d(H\x06\x0000AAAB"
)
PRINTED = (
    PrintedText("购电", align=1, bold=True, across=2, down=2),
    PrintedText("Paid 1.00"),
    PrintedPicture(2, b"\xff\x00\x00\xff\x10\x18"),
    PrintedPicture(1, b"\x0f\xf0\xaa", across=2, down=2),
)
WAIT_S = 10.0
CELL_DOTS = 12


def device(**switches: bool | int) -> PrinterDevice:
    made = PrinterDevice(32, FAST)
    for name, value in switches.items():
        setattr(made, name, value)
    return made


def ask(made: PrinterDevice) -> bytes:
    made.outgoing = b""
    for number in (1, 2, 3, 4):
        made.receive(bytes((0x10, 4, number)), 0.0)
    return made.outgoing


@given(st.lists(st.integers(0, len(JOB)), max_size=20).map(sorted))
def test_a_job_means_the_same_however_it_is_cut(cuts: list[int]) -> None:
    made = device()
    for start, end in pairwise([0, *cuts, len(JOB)]):
        made.receive(JOB[start:end], 0.0)
    assert made.slips == [PrintedSlip(32, PRINTED)]
    assert made.unknown == []
    assert made.outgoing == b"\x37\x22AAAB\x00"


@pytest.mark.parametrize(
    ("switches", "answers"),
    [
        ({}, "12121212"),
        ({"paper_low": True}, "1212121e"),
        ({"paper_out": True}, "1a32127e"),
        ({"cover_open": True}, "1a161212"),
        ({"cutter_fault": True}, "1a521a12"),
    ],
)
def test_status_is_that_of_real_printers(switches: dict[str, bool], answers: str) -> None:
    assert ask(device(**switches)).hex() == answers


def test_a_question_is_answered_while_the_job_waits() -> None:
    made = device(paper_out=True)
    made.receive(JOB + b"\x10\x04\x01", 0.0)
    assert (made.slips, made.outgoing) == ([], b"\x1a")
    made.load_paper()
    made.advance(0.0)
    assert made.slips == [PrintedSlip(32, PRINTED)]


def test_cleared_buffers_print_nothing() -> None:
    made = device(paper_out=True)
    made.receive(JOB + REAL_TIME_CLEAR, 0.0)
    made.load_paper()
    made.advance(0.0)
    assert (made.slips, made.waiting) == ([], 0)


def test_a_real_time_command_is_obeyed_even_inside_a_picture() -> None:
    made = device()
    made.receive(b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x01", 0.0)
    assert made.outgoing == b"\x12"


def test_paper_that_ends_leaves_a_piece() -> None:
    made = device(lines_left=1)
    made.receive(JOB, 0.0)
    assert made.strip == PrintedSlip(32, PRINTED[:1], whole=False)
    made.load_paper()
    made.advance(0.0)
    assert [slip.whole for slip in made.slips] == [False, True]


def test_a_dead_printer_hears_and_says_nothing() -> None:
    made = device(dead=True)
    made.receive(JOB + b"\x10\x04\x01", 0.0)
    made.dead = False
    made.advance(0.0)
    assert (made.slips, made.outgoing) == ([], b"")


def test_printing_takes_its_time() -> None:
    made = PrinterDevice(32, Speed(line_s=1.0, cut_s=1.0))
    made.receive(b"a\nb\n\x1dV\x00", 100.0)
    assert [len(made.strip.printed), len(made.slips)] == [1, 0]
    made.advance(101.0)
    assert [len(made.strip.printed), len(made.slips)] == [2, 0]
    made.advance(102.0)
    assert [len(made.strip.printed), len(made.slips)] == [0, 1]


def test_a_picture_takes_the_time_of_its_height() -> None:
    made = PrinterDevice(32, Speed(line_s=1.0, cut_s=1.0))
    rows = 45
    made.receive(b"\x1dv0\x02\x01\x00" + bytes((rows, 0, *[0xFF] * rows)) + b"a\n", 100.0)
    made.advance(102.9)
    assert len(made.strip.printed) == 1
    made.advance(103.0)
    assert made.strip.text == "[picture 8 x 90]\na\n"


def test_a_picture_that_is_sent_in_bands_is_one() -> None:
    made = device()
    made.receive(b"\x1dv0\x00\x01\x00\x01\x00\x0f" * 3 + b"a\n", 0.0)
    made.receive(b"\x1dv0\x00\x01\x00\x01\x00\x0f\x1dv0\x03\x01\x00\x01\x00\x0f", 0.0)
    assert made.strip.printed == (
        PrintedPicture(1, b"\x0f\x0f\x0f"),
        PrintedText("a"),
        PrintedPicture(1, b"\x0f"),
        PrintedPicture(1, b"\x0f", across=2, down=2),
    )


def test_a_dot_of_a_coarse_picture_covers_four() -> None:
    dots = PrintedPicture(1, b"\x80\x01", across=2, down=2).dots
    assert dots.size == (16, 4)
    assert dots.getbbox() == (0, 0, 16, 4)
    assert dots.histogram()[255] == 8


def test_this_printer_draws_no_qr_codes_by_itself() -> None:
    made = device()
    made.receive(b"\x1d(k\x03\x001Q0", 0.0)
    assert made.unknown == [b"\x1d(k\x03\x001Q0"]


def test_bytes_that_are_no_command_are_held_against_the_driver() -> None:
    made = device()
    made.receive(b"\x1bZ\x07ok\n", 0.0)
    assert made.unknown == [b"\x1bZ", b"\x07"]


def test_text_without_kanji_mode_is_not_chinese() -> None:
    made = device()
    made.receive("电".encode("gb18030") + b"\n", 0.0)
    assert "电" not in made.strip.text


def test_a_slip_is_text_and_picture() -> None:
    slip = PrintedSlip(32, PRINTED)
    assert slip.text.splitlines() == [
        " " * 12 + "购电",
        "Paid 1.00",
        "[picture 16 x 3]",
        "[picture 16 x 6]",
    ]
    picture = slip.image
    assert picture.width == 32 * CELL_DOTS + 2 * MARGIN_DOTS
    assert picture.getextrema() == (INK, PAPER)
    margin = picture.crop((0, 0, MARGIN_DOTS, picture.height))
    assert margin.getextrema() == (PAPER, PAPER)


def test_waiting_has_a_deadline() -> None:
    with BenchPrinter(32, speed=FAST) as bench:
        assert not bench.wait_for_slips(1, 0.01)
        bench.change(lambda made: made.receive(JOB, 0.0))
        assert bench.wait_for_slips(1, WAIT_S)
        assert bench.slips[0].printed == PRINTED
