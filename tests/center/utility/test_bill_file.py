"""Bills from a CSV file: what is wrong is told by line, and then nothing is taken over."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from center.store.store import Store
from center.utility import bill_file, bills
from center.utility.bill_file import MOST_FAULTS, BillFileError, Imported
from center.utility.seed import plant
from tests.center.orders.billing import LIN, SHEN, ZHOU, post_paid
from vending.bill import MonthBill

HEADER = "customer_no,month,energy_wh,amount_fen,late_fee_fen\n"
NOW_MS = 1_763_944_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'center.db'}")
    opened.write(lambda connection: plant(connection, post_paid(), NOW_MS))
    yield opened
    opened.close()


def take(store: Store, text: str) -> Imported:
    billed = bill_file.parse(text)

    def unit(connection: Connection) -> Imported:
        return bill_file.take(connection, billed, NOW_MS)

    return store.write(unit)


def test_a_file_is_taken_over_once(store: Store) -> None:
    text = (
        f"\ufeff{HEADER}{SHEN},2025-11,90000,5000,0\r\n\r\n"
        f'"{ZHOU}", 2025-11 ,120000,6500,65\n{LIN},2025-10,90000,5000,0\n'
    )
    assert take(store, text) == Imported(added=2, known=1)
    assert take(store, text) == Imported(added=0, known=3)
    (new,) = store.read(lambda connection: bills.unpaid(connection, SHEN))
    assert new == MonthBill(month="2025-11", energy_wh=90_000, amount_fen=5_000)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"{ZHOU},2025-13,1,2,3", "month must be written 2026-03"),
        (f"{ZHOU},2025-11,1,2", "4 values instead of 5"),
        (f"{ZHOU},2025-11,1.5,2,3", "energy_wh must be a whole number"),
        (f"{ZHOU},2025-11,1,-2,3", "amount_fen must be a whole number"),
        (f"{ZHOU},2025-11,1,{'9' * 5000},3", "amount_fen must be a whole number"),
        (f"{ZHOU},2025-11,1,2,３", "late_fee_fen must be a whole number"),
        (f"{ZHOU},2025-11,1,0,0", "nothing is due: leave the month out"),
        ("x y,2025-11,1,2,3", "customer_no must be"),
        (f"{ZHOU},2025-12,1,2,3", f"2025-12 of customer {ZHOU} stands in line 2 already"),
        ("999999,2025-11,1,2,3", "customer 999999 is not known"),
        (f"{ZHOU},2025-10,70000,4001,0", "2025-10 of customer 300000000001 was billed otherwise"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_nothing_is_taken_over(
    store: Store, line: str, told: str
) -> None:
    before = store.read(lambda connection: bills.unpaid(connection, ZHOU))
    with pytest.raises(BillFileError) as error:
        take(store, f"{HEADER}{ZHOU},2025-12,1,2,3\n{line}\n")
    assert str(error.value).startswith("line 3: ")
    assert told in str(error.value)
    assert store.read(lambda connection: bills.unpaid(connection, ZHOU)) == before


@pytest.mark.parametrize("text", ["", "customer,month\n", "\n", f"{ZHOU},2025-12,1,2,3\n"])
def test_a_file_without_the_header_is_refused(text: str) -> None:
    with pytest.raises(BillFileError, match="line 1: write customer_no,month"):
        bill_file.parse(text)


def test_a_file_full_of_faults_tells_the_first_ones() -> None:
    with pytest.raises(BillFileError) as error:
        bill_file.parse(HEADER + "x\n" * (MOST_FAULTS + 5))
    *told, last = str(error.value).splitlines()
    assert len(told) == MOST_FAULTS
    assert last == "... and 5 more"


def test_a_large_file_asks_the_database_by_the_thousand(store: Store) -> None:
    """A question for each bill kept the writer, and every kiosk, waiting for half a minute."""
    lines = (f"{ZHOU},{year}-{month:02d},1,2,3" for year in range(2100, 2200) for month in (1, 2))
    billed = bill_file.parse(HEADER + "\n".join(lines) + "\n")
    asked: list[str] = []

    def unit(connection: Connection) -> Imported:
        @event.listens_for(connection, "before_cursor_execute")
        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        return bill_file.take(connection, billed, NOW_MS)

    assert store.write(unit) == Imported(added=200, known=0)
    assert len(asked) < 10
