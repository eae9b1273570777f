"""Comparing tells exactly what was changed, and nothing when nothing was."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from center.cash.compare import by_value, differences
from vending.cash import Business, BusinessSum, Figures, LooseNote, NoteCount

VALUES = (10_000, 5_000, 2_000, 1_000, 500, 100)
numbers = st.integers(0, 300)
sides = ("1", "2")


@st.composite
def any_figures(draw: st.DrawFn) -> Figures:
    counts = tuple(
        NoteCount(cassette=cassette, value_fen=value, notes=draw(numbers))
        for cassette in sides
        for value in VALUES
    )
    sums = tuple(
        BusinessSum(
            business=business,
            orders=draw(numbers),
            notes=draw(numbers),
            paid_fen=draw(numbers) * 100,
            completed_orders=draw(numbers),
            completed_fen=draw(numbers),
            slips=draw(numbers),
            slips_fen=draw(numbers),
        )
        for business in Business
    )
    loose = tuple(
        LooseNote(note_id=f"n{place}", value_fen=value, near_order_no=None, certain=certain)
        for place, (value, certain) in enumerate(
            draw(st.lists(st.tuples(st.sampled_from(VALUES), st.booleans()), max_size=4))
        )
    )
    return Figures(counts=counts, sums=sums, loose=loose)


def told(terminal: Figures, center: Figures) -> list[str]:
    return [line.what for line in differences(terminal, center)]


@given(any_figures())
def test_the_same_figures_agree(figures: Figures) -> None:
    assert differences(figures, figures) == ()


@given(any_figures(), st.sampled_from(VALUES), st.sampled_from(sides), st.integers(1, 5))
def test_notes_more_or_less_are_told_by_denomination_and_in_total(
    figures: Figures, value: int, side: str, more: int
) -> None:
    counts = tuple(
        replace(each, notes=each.notes + more)
        if (each.cassette, each.value_fen) == (side, value)
        else each
        for each in figures.counts
    )
    changed = replace(figures, counts=counts)
    assert told(changed, figures) == told(figures, changed) == ["total", f"note:{value}"]
    line = differences(changed, figures)[1]
    assert line.terminal_notes - line.center_notes == more
    assert line.terminal_fen - line.center_fen == more * value


@given(any_figures(), st.sampled_from(Business), st.integers(1, 9))
def test_money_of_another_business_is_told(figures: Figures, business: Business, more: int) -> None:
    sums = tuple(
        replace(each, paid_fen=each.paid_fen + more) if each.business is business else each
        for each in figures.sums
    )
    assert told(replace(figures, sums=sums), figures) == [f"business:{business}"]


@given(any_figures(), st.sampled_from(VALUES), st.booleans())
def test_what_belongs_to_no_order_is_told_when_it_is_certain(
    figures: Figures, value: int, certain: bool
) -> None:
    more = LooseNote(note_id="x", value_fen=value, near_order_no=None, certain=certain)
    changed = replace(figures, loose=(*figures.loose, more))
    assert told(changed, figures) == (["loose"] if certain else [])


@given(any_figures())
def test_cassettes_order_and_what_was_completed_are_no_money(figures: Figures) -> None:
    one_cassette = tuple(
        NoteCount(cassette="1", value_fen=value, notes=notes)
        for value, (notes, _) in reversed(by_value(figures).items())
    )
    sums = tuple(replace(each, completed_fen=0, slips=0, orders=0) for each in figures.sums)
    changed = Figures(counts=one_cassette, sums=sums[::-1], loose=figures.loose[::-1])
    assert differences(changed, figures) == ()


def test_nothing_at_all_agrees_with_nothing_worth_mentioning() -> None:
    empty = NoteCount(cassette="1", value_fen=100, notes=0)
    assert differences(Figures(), Figures(counts=(empty,))) == ()
