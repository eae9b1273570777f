"""Slips of bills, figures of the cash box and the test slip: nothing that counts is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.devices.printer.cells import cells
from kiosk.devices.printer.layout import COLUMNS, Cut, Qr, TextLine
from kiosk.devices.printer.rows import MOST_ROWS
from kiosk.flow.paper import CashPaper, Paper, SelfTestPaper, Slip, SlipMonth
from kiosk.flow.phase import Why
from tests.devices.printer.stand import BILL, BILL_DOUBTFUL, CLEARING, PHONE, X_REPORT
from tests.devices.printer.test_layout import BY_COLUMNS, FEN, NOTES, WH, texts
from vending.cash import Business, BusinessSum, Figures, LooseNote, NoteCount, Opening, OpenItem
from vending.energy import format_kwh
from vending.money import format_yuan
from vending.order_no import grouped

AT_MS = st.integers(0, 4_000_000_000_000)
COUNT = st.integers(0, 9_999)
ORDER_NO = st.from_regex(r"[0-9]{19}", fullmatch=True)
STAFF_NO = st.from_regex(r"[0-9]{0,8}", fullmatch=True)
TYPED = st.text(max_size=24)
BILLS = st.builds(
    Slip,
    layout=st.sampled_from(["bill", "bill-doubtful"]),
    language=st.sampled_from(["zh", "en"]),
    order_no=ORDER_NO,
    terminal_no=st.from_regex(r"[0-9]{6}", fullmatch=True),
    at_ms=AT_MS,
    customer_no=st.from_regex(r"[0-9]{6,16}", fullmatch=True),
    meter_no=st.just(""),
    name_masked=st.text(max_size=40),
    paid_fen=FEN,
    notes_fen=NOTES.map(tuple),
    balance_before_fen=FEN,
    balance_after_fen=FEN,
    months=st.lists(st.builds(SlipMonth, st.just("2026-11"), WH, FEN), max_size=24).map(tuple),
    receipt_no=st.from_regex(r"[A-Z0-9]{0,24}", fullmatch=True),
    reason=st.none() | st.sampled_from([*Why]).map(str),
)
FIGURES = st.builds(
    Figures,
    counts=st.lists(
        st.builds(
            NoteCount,
            cassette=st.sampled_from("12"),
            value_fen=st.sampled_from([100, 500, 1_000, 2_000, 5_000, 10_000]),
            notes=COUNT,
        ),
        max_size=8,
    ).map(tuple),
    sums=st.lists(
        st.builds(
            BusinessSum,
            business=st.sampled_from(Business),
            orders=COUNT,
            notes=COUNT,
            paid_fen=FEN,
            completed_orders=COUNT,
            completed_fen=FEN,
            slips=COUNT,
            slips_fen=FEN,
        ),
        max_size=2,
    ).map(tuple),
    incomplete=st.lists(
        st.builds(OpenItem, order_no=ORDER_NO, business=st.sampled_from(Business), paid_fen=FEN),
        max_size=5,
    ).map(tuple),
    loose=st.lists(
        st.builds(
            LooseNote,
            note_id=st.from_regex(r"[0-9a-f]{1,12}-[0-9]{1,4}", fullmatch=True),
            value_fen=FEN,
            near_order_no=st.none() | ORDER_NO,
            certain=st.booleans(),
        ),
        max_size=5,
    ).map(tuple),
)
CASH = st.builds(
    CashPaper,
    layout=st.sampled_from(["clearing", "x-report"]),
    language=st.sampled_from(["zh", "en"]),
    terminal_no=st.from_regex(r"[0-9]{6}", fullmatch=True),
    at_ms=AT_MS,
    period_no=st.integers(1, 99_999),
    opened_at_ms=AT_MS,
    closed_at_ms=st.none() | AT_MS,
    operator=STAFF_NO,
    witness=STAFF_NO,
    box_id=TYPED,
    bag_no=TYPED,
    openings=st.lists(
        st.builds(
            Opening,
            removed_at_ms=AT_MS,
            returned_at_ms=st.none() | AT_MS,
            staff=STAFF_NO,
            announced=st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    figures=FIGURES,
    agrees=st.none() | st.booleans(),
    copy=st.booleans(),
)
TESTS = st.builds(
    SelfTestPaper,
    layout=st.just("test"),
    language=st.sampled_from(["zh", "en"]),
    terminal_no=st.from_regex(r"[0-9]{6}", fullmatch=True),
    at_ms=AT_MS,
    software_version=TYPED,
)


def words_of(paper: Paper, columns: int) -> str:
    return " ".join(texts(BY_COLUMNS[columns].render(paper)))


@given(BILLS | CASH | TESTS, st.sampled_from(COLUMNS))
def test_every_paper_keeps_to_its_width_and_is_cut_once(paper: Paper, columns: int) -> None:
    items = BY_COLUMNS[columns].render(paper)
    for item in items:
        if isinstance(item, TextLine):
            assert cells(item.text) * item.size.across <= columns
    assert items[-1] == Cut()
    assert items.count(Cut()) == 1


@given(BILLS, st.sampled_from(COLUMNS))
def test_every_amount_of_a_bill_appears(slip: Slip, columns: int) -> None:
    words = words_of(slip, columns)
    expected = [format_yuan(slip.paid_fen)]
    if slip.layout == "bill":
        expected += [format_yuan(slip.balance_after_fen), slip.receipt_no]
        for month in slip.months:
            expected += [month.month, format_kwh(month.energy_wh), format_yuan(month.due_fen)]
        if total_fen := sum(month.due_fen for month in slip.months):
            expected.append(format_yuan(total_fen))
    assert [amount for amount in expected if amount not in words] == []


@given(BILLS, st.sampled_from(COLUMNS))
def test_a_bills_order_can_be_found_again(slip: Slip, columns: int) -> None:
    items = BY_COLUMNS[columns].render(slip)
    assert [item.data for item in items if isinstance(item, Qr)] == [slip.order_no]
    assert slip.order_no in "".join(texts(items)).replace(" ", "")
    assert PHONE in "".join(texts(items))


def test_money_that_settles_no_month_is_said_to_be_on_the_account() -> None:
    assert "没有结清整月" in words_of(replace(BILL, months=()), 32)
    assert "没有结清整月" not in words_of(BILL, 32)


@pytest.mark.parametrize("why", ["posting-unknown", "not-posted", "no-such-reason"])
def test_a_bill_in_doubt_says_that_nothing_is_to_be_paid_again(why: str) -> None:
    words = words_of(replace(BILL_DOUBTFUL, reason=why), 48).replace(" ", "")
    assert "您的钱是安全的" in words
    assert "不用再付钱" in words


@given(CASH, st.sampled_from(COLUMNS))
def test_every_figure_of_a_period_appears(paper: CashPaper, columns: int) -> None:
    words, figures = words_of(paper, columns), paper.figures
    expected = [str(paper.period_no), format_yuan(figures.expected_fen), str(figures.notes)]
    for count in figures.counts:
        expected += [str(count.notes), format_yuan(count.amount_fen)]
    for total in figures.sums:
        expected += [str(total.orders), format_yuan(total.paid_fen), str(total.slips)]
        expected += [str(total.completed_orders), format_yuan(total.completed_fen)]
        if open_orders := total.orders - total.completed_orders:
            expected += [str(open_orders), format_yuan(total.paid_fen - total.completed_fen)]
    expected += [format_yuan(item.paid_fen) for item in figures.incomplete]
    assert [figure for figure in expected if figure not in words] == []
    numbers = [item.order_no for item in figures.incomplete]
    numbers += [note.near_order_no for note in figures.loose if note.near_order_no]
    together = words.replace(" ", "")
    assert [number for number in numbers if number not in together] == []
    assert [note.note_id for note in figures.loose if note.note_id not in together] == []


def test_who_cleared_what_stands_on_the_slip() -> None:
    words = words_of(CLEARING, 48)
    for said in ("310107", "310112", "B-0042", "F8812044", "操作员签字", "第二人签字"):
        assert said in words
    assert "重印" not in words
    assert "重印" in words_of(replace(CLEARING, copy=True), 48)
    assert "COPY" in words_of(replace(CLEARING, copy=True, language="en"), 48)


@pytest.mark.parametrize(
    ("agrees", "said"), [(True, "：相符"), (False, "：不符"), (None, "尚未答复")]
)
def test_the_head_offices_word_stands_on_the_slip(agrees: bool | None, said: str) -> None:
    told = [word for word in ("：相符", "：不符", "尚未答复") if word in _clearing(agrees)]
    assert told == [said]


def _clearing(agrees: bool | None) -> str:
    return words_of(replace(CLEARING, agrees=agrees), 48)


def test_an_x_report_says_that_it_closes_nothing() -> None:
    words = words_of(X_REPORT, 48)
    assert "没有清机" in words
    assert "签字" not in words
    assert "总部" not in words


@pytest.mark.parametrize("columns", COLUMNS)
def test_long_lists_end_with_how_much_more_there_is(columns: int) -> None:
    """All of it would be metres of paper, and a job has a deadline."""
    note = LooseNote(note_id="n", value_fen=10_000, near_order_no=None, certain=False)
    item = OpenItem(order_no="3" * 19, business=Business.BILL, paid_fen=500)
    figures = replace(
        CLEARING.figures,
        incomplete=(item,) * (MOST_ROWS + 7),
        loose=(note,) * (MOST_ROWS + 9) + (replace(note, certain=True),) * MOST_ROWS,
    )
    said = words_of(replace(CLEARING, figures=figures), columns)
    assert "+7" in said
    assert format_yuan(7 * 500) in said
    assert "+9" in said
    assert "900" in said
    assert said.count(grouped(item.order_no)) == MOST_ROWS
