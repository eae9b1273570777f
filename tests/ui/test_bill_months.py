"""Paying a bill: what the months say before money moves, and how many are chosen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.flow.event import (
    MonthsChosen,
)
from kiosk.flow.screen import Screen
from kiosk.ui.i18n import Words
from kiosk.ui.pages.bill import ALL_BUTTON, SOME_BUTTON, statement_rows, table_rows
from kiosk.ui.samples import CONFIG
from kiosk.ui.samples_bill import (
    THREE,
    WITH_BALANCE,
)
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.choice_grid import LATER_BUTTON, choice_name
from kiosk.ui.widgets.table import Table
from tests.ui.bills import button, seen, tap
from tests.ui.conftest import Stage
from tests.ui.test_pages import said
from vending.bill import MonthBill
from vending.money import format_yuan

Screens = dict[str, Screen]
WORDS = Words("zh", CONFIG)


# -- the months -----------------------------------------------------------------------------------


def test_the_bill_tells_whose_it_is_and_every_month(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill"])
    text = said(stage)
    assert "王*玥" in text
    assert "3300 4512 76" in text
    for month in THREE.months:
        assert f"{month.month}\n" in text
        assert format_yuan(month.due_fen) in text


def test_the_terms_are_told_before_anything_is_paid(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill"])
    for term in ("不找零", "留在您的账户", "5、10、20、50、100 元"):
        assert term in said(stage)
    stage.show(screens["bill-balance"])
    for term in ("不找零", "账户余额先付", "-20.37", "不能打印凭条"):
        assert term in said(stage)


def test_all_months_are_one_press_away(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill"])
    total = sum(month.due_fen for month in THREE.months)
    assert button(stage, ALL_BUTTON).text().replace("\u00a0", " ") == "缴清 3 个月"
    assert button(stage, ALL_BUTTON).note == f"¥{format_yuan(total)}"
    tap(stage, ALL_BUTTON)
    assert stage.posted == [MonthsChosen(months=3)]


def test_the_balance_is_taken_off_what_is_due(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-balance"])
    total = sum(month.due_fen for month in WITH_BALANCE.months)
    due = format_yuan(total - WITH_BALANCE.balance_fen)
    assert button(stage, ALL_BUTTON).note == f"¥{due}"


def test_the_only_other_choice_is_one_press_away_too(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-balance"])
    assert button(stage, SOME_BUTTON).text() == "最早 1 个月"
    tap(stage, SOME_BUTTON)
    assert stage.posted == [MonthsChosen(months=1)]
    stage.show(screens["bill-one-month"])
    assert not seen(stage, SOME_BUTTON)


def test_fewer_months_are_chosen_from_large_buttons_with_amounts(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["bill"])
    tap(stage, SOME_BUTTON)
    assert "要缴几个月" in said(stage)
    two = sum(month.due_fen for month in THREE.months[:2])
    assert button(stage, choice_name(2)).note == f"¥{format_yuan(two)}"
    tap(stage, choice_name(2))
    assert stage.posted == [MonthsChosen(months=2)]


def test_whoever_thinks_again_sees_the_bill_again(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill"])
    tap(stage, SOME_BUTTON)
    assert "2025-08\n" not in said(stage)
    tap(stage, SOME_BUTTON)
    assert "2025-08\n" in said(stage)
    assert stage.posted == []


def test_a_double_press_does_not_turn_the_choices_away_again(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["bill"])
    tap(stage, SOME_BUTTON)
    button(stage, SOME_BUTTON).click()
    assert seen(stage, choice_name(1))


def test_every_number_of_months_can_be_reached(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-year"])
    tap(stage, SOME_BUTTON)
    reached = set[int]()
    while True:
        reached |= {n for n in range(1, 25) if seen(stage, choice_name(n))}
        if not button(stage, LATER_BUTTON).isEnabled():
            break
        button(stage, LATER_BUTTON).click()
    assert reached == set(range(1, 12))
    tap(stage, choice_name(11))
    assert stage.posted == [MonthsChosen(months=11)]


def test_the_next_customer_begins_at_the_bill(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill"])
    tap(stage, SOME_BUTTON)
    stage.show(screens["bill-idle"])
    stage.show(screens["bill"])
    assert not seen(stage, choice_name(1))


bills = st.lists(
    st.builds(
        MonthBill,
        month=st.dates().map(lambda day: day.strftime("%Y-%m")),
        energy_wh=st.integers(0, 10**9).map(lambda n: n * 10),
        amount_fen=st.integers(0, 10**8),
        late_fee_fen=st.integers(0, 10**6),
    ),
    min_size=1,
    max_size=24,
).map(tuple)


@given(bills, st.integers(1, 12))
def test_the_table_never_overflows_and_loses_no_fen(owed: tuple[MonthBill, ...], most: int) -> None:
    rows = table_rows(owed, most, WORDS)
    assert len(rows) <= most
    for place, what in ((2, "amount_fen"), (3, "late_fee_fen"), (4, "due_fen")):
        shown_fen = sum(int(row[place].replace(",", "").replace(".", "")) for row in rows)
        assert shown_fen == sum(getattr(month, what) for month in owed)


@given(bills, st.integers(2, 12), st.integers(1, 10**7))
def test_the_balance_has_its_own_row(
    owed: tuple[MonthBill, ...], most: int, balance_fen: int
) -> None:
    statement = replace(THREE, months=owed, balance_fen=balance_fen)
    rows = statement_rows(statement, most, WORDS)
    assert len(rows) <= most
    assert rows[-1][-1] == f"-{format_yuan(balance_fen)}"


def test_a_table_refuses_more_rows_than_it_has(stage: Stage) -> None:
    table = Table(Theme(1280, 1024), 2, 1)
    with pytest.raises(ValueError, match="2 rows in a table of 1"):
        table.say(("a", "b"), [("1", "2"), ("3", "4")])
