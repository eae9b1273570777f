"""Counting by example and under any order of facts."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kiosk.cashbox import count
from kiosk.cashbox.box import Period
from vending.cash import Business, BusinessSum, LooseNote, NoteCount, OpenItem
from vending.messages import Note
from vending.wire import MOST_ITEMS

ENERGY, BILL = Business.ENERGY, Business.BILL


def note(number: int, value_fen: int, cassette: str = "1") -> Note:
    return Note(note_id=f"n{number}", value_fen=value_fen, period_no=1, cassette=cassette)


def paid(period: Period, order_no: str, *notes: Note, business: Business = ENERGY) -> Period:
    for each in notes:
        period = count.paid(period, order_no, business, each)
    return period


def test_notes_are_sorted_by_cassette_and_the_highest_first() -> None:
    period = paid(Period(), "a", note(1, 500), note(2, 10_000, "2"), note(3, 10_000), note(4, 500))
    assert count.figures(period).counts == (
        NoteCount(cassette="1", value_fen=10_000, notes=1),
        NoteCount(cassette="1", value_fen=500, notes=2),
        NoteCount(cassette="2", value_fen=10_000, notes=1),
    )


def test_every_business_with_money_has_its_own_sum() -> None:
    period = paid(Period(), "b", note(1, 2_000), business=BILL)
    assert [total.business for total in count.figures(period).sums] == [BILL]
    period = paid(period, "a", note(2, 5_000), note(3, 500))
    figures = count.figures(period)
    assert [(total.business, total.paid_fen) for total in figures.sums] == [
        (ENERGY, 5_500),
        (BILL, 2_000),
    ]
    assert (figures.expected_fen, figures.notes) == (7_500, 3)


def test_an_order_is_listed_until_it_is_completed() -> None:
    period = paid(Period(), "a", note(1, 2_000))
    item = OpenItem(order_no="a", business=ENERGY, paid_fen=2_000)
    assert count.figures(period).incomplete == (item,)
    period = count.slip_out(period, "a")
    assert count.figures(period).incomplete == (item,)
    period = count.completed(period, "a")
    assert count.figures(period).incomplete == ()


def test_completed_orders_with_their_slip_out_leave_only_sums() -> None:
    period = paid(Period(), "a", note(1, 2_000), note(2, 500))
    for _ in range(2):
        period = count.slip_out(count.completed(period, "a"), "a")
    assert period.orders == ()
    assert count.figures(period).sums == (
        BusinessSum(
            business=ENERGY,
            orders=1,
            notes=2,
            paid_fen=2_500,
            completed_orders=1,
            completed_fen=2_500,
            slips=1,
            slips_fen=2_500,
        ),
    )


def test_what_was_paid_in_another_period_is_no_business_of_this_one() -> None:
    period = paid(Period(), "a", note(1, 2_000))
    assert count.completed(period, "other") is period
    assert count.slip_out(period, "other") is period


def test_a_certain_loose_note_is_counted_and_of_no_business() -> None:
    figures = count.figures(count.loose(Period(), note(1, 2_000), "a", certain=True))
    assert (figures.expected_fen, figures.loose_fen, figures.uncertain_fen) == (2_000, 2_000, 0)
    assert not figures.sums
    assert not figures.incomplete


def test_an_uncertain_note_is_listed_and_not_counted() -> None:
    figures = count.figures(count.loose(Period(), note(1, 2_000), None, certain=False))
    assert (figures.expected_fen, figures.loose_fen, figures.uncertain_fen) == (0, 0, 2_000)


def test_an_uncertain_note_that_turns_out_stacked_is_counted_once() -> None:
    period = count.loose(Period(), note(1, 0), "a", certain=False)
    period = count.loose(period, note(1, 5_000), "a", certain=True)
    figures = count.figures(period)
    listed = LooseNote(note_id="n1", value_fen=5_000, near_order_no="a", certain=True)
    assert figures.loose == (listed,)
    assert (figures.expected_fen, figures.uncertain_fen) == (5_000, 0)


def test_lists_are_no_longer_than_a_report_may_be_and_certain_notes_go_before_lost_ones() -> None:
    """A report that the head office can never take would hold up all later ones."""
    period = Period()
    for number in range(MOST_ITEMS + 1):
        period = count.loose(period, note(number, 500), None, certain=False)
        period = paid(period, f"{number}", note(10_000 + number, 1_000))
    period = count.loose(period, note(5_000, 2_000), None, certain=True)
    figures = count.figures(period)
    assert (len(figures.loose), len(figures.incomplete)) == (MOST_ITEMS, MOST_ITEMS)
    assert figures.loose_fen == 2_000
    assert figures.expected_fen == 1_000 * (MOST_ITEMS + 1) + 2_000
    assert figures.sums[0].orders == MOST_ITEMS + 1


def test_a_period_holds_money_once_a_note_was_told() -> None:
    assert not count.holds_money(Period(period_no=7, opened_at_ms=5, box_id="B1"))
    assert count.holds_money(count.loose(Period(), note(1, 0), None, certain=False))
    assert count.holds_money(paid(Period(), "a", note(1, 500)))


NUMBERS = ("a", "b", "c", "d")
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["paid", "paid", "loose", "lost", "completed", "slip"]),
        st.integers(0, 3),
        st.sampled_from([500, 1_000, 10_000]),
        st.sampled_from(["1", "2"]),
    ),
    max_size=60,
)


@given(ACTS)
def test_the_figures_add_up_whatever_happens(acts: list[tuple[str, int, int, str]]) -> None:
    """Against books that keep every note and every order for ever."""
    period, orders = Period(), {number: list[int]() for number in NUMBERS}
    counts, loose, lost = Counter[tuple[str, int]](), 0, 0
    ended, slips = set[str](), set[str]()
    for number, (act, which, value_fen, cassette) in enumerate(acts):
        order_no, business = NUMBERS[which], ENERGY if which < 2 else BILL
        each = note(number, value_fen, cassette)
        match act:
            case "paid" if order_no in ended & slips:
                continue  # nothing is taken for an order that has come to its end
            case "paid":
                period = count.paid(period, order_no, business, each)
                orders[order_no].append(value_fen)
                counts[cassette, value_fen] += 1
            case "loose":
                period = count.loose(period, each, order_no, certain=True)
                loose += value_fen
                counts[cassette, value_fen] += 1
            case "lost":
                period = count.loose(period, each, order_no, certain=False)
                lost += value_fen
            case "completed":
                period = count.completed(period, order_no)
                ended |= {order_no} if orders[order_no] else set()
            case "slip":
                period = count.slip_out(period, order_no)
                slips |= {order_no} if orders[order_no] else set()
    figures = count.figures(period)
    assert {(c.cassette, c.value_fen): c.notes for c in figures.counts} == counts
    assert (figures.loose_fen, figures.uncertain_fen) == (loose, lost)
    assert figures.expected_fen == sum(t.paid_fen for t in figures.sums) + figures.loose_fen
    assert figures.notes == sum(t.notes for t in figures.sums) + sum(
        n.certain for n in figures.loose
    )
    for total in figures.sums:
        own = NUMBERS[:2] if total.business is ENERGY else NUMBERS[2:]
        used = [number for number in own if orders[number]]
        assert total.orders == len(used)
        assert total.paid_fen == sum(sum(orders[number]) for number in used)
        assert total.completed_orders == len(ended & set(used))
        assert total.completed_fen == sum(sum(orders[number]) for number in ended & set(used))
        assert total.slips == len(slips & set(used))
        assert total.slips_fen == sum(sum(orders[number]) for number in slips & set(used))
    listed = {item.order_no for item in figures.incomplete}
    assert listed == {number for number in NUMBERS if orders[number]} - ended
    assert {order.order_no for order in period.orders}.isdisjoint(ended & slips)
