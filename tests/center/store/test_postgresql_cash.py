"""Cash clearing on PostgreSQL: two processes' worth of stores at one terminal's money.

Needs psycopg and an empty database, see test_postgresql.py.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from center.cash.banking import Deposit
from center.cash.counting import Count
from center.cash.periods import CashError
from center.cash.vault import Vault
from center.keys.soft import TEST_KEYS, SoftKeyService
from center.ledger import audit as ledger
from center.ledger.chart import Kind
from center.orders import audit
from center.orders.desk import Desk
from center.store.store import Store
from center.utility.embedded import EmbeddedUtility
from tests.center.cash.people import BOSS, CLERK
from tests.center.cash.till import Till
from tests.center.orders.office import NOW_MS
from vending.order_no import make_order_no

DSN = os.environ.get("VENDING_TEST_DSN", "")
WAIT_S = 30.0
TERMINAL = "000077"

pytestmark = pytest.mark.skipif(not DSN, reason="VENDING_TEST_DSN names no PostgreSQL database")


@pytest.fixture(scope="module")
def stores() -> Iterator[list[Store]]:
    opened = [Store(DSN), Store(DSN)]
    yield opened
    for store in opened:
        store.close()


@pytest.fixture
def tills(stores: list[Store]) -> list[Till]:
    """The same terminal with two journals, its messages taken by two processes."""
    keys = SoftKeyService(TEST_KEYS, allow_test_keys=True)
    desks = [Desk(store, EmbeddedUtility(), keys, lambda: NOW_MS) for store in stores]
    return [Till(desk, TERMINAL, journal=f"j{place}") for place, desk in enumerate(desks)]


def test_a_note_and_the_end_of_its_period_at_the_same_moment(
    stores: list[Store], tills: list[Till]
) -> None:
    """Whichever process is first: the note's money is where its period's money is."""
    one, other = tills
    for number in range(1, 31):
        order_no = make_order_no(TERMINAL, NOW_MS, number)
        note, report = one.pay(order_no, 10_000), one.clear()
        with ThreadPoolExecutor(2) as pool:
            for job in [pool.submit(one.tell, note), pool.submit(other.tell, report)]:
                job.result(WAIT_S)
    assert stores[0].read(audit.check) == []
    cash, transit = (
        stores[1].read(partial(ledger.balances, kind=kind)) for kind in (Kind.CASH, Kind.TRANSIT)
    )
    assert (cash[TERMINAL], sum(transit.values())) == (0, 300_000)


def test_two_processes_count_and_deposit_once(stores: list[Store], tills: list[Till]) -> None:
    vaults = [Vault(store, lambda: NOW_MS) for store in stores]
    for number in range(1, 11):
        count = Count(terminal_no=TERMINAL, period_no=number, counted=((10_000, 1),))
        other = Count(terminal_no=TERMINAL, period_no=number, counted=((5_000, 1),))
        with ThreadPoolExecutor(4) as pool:
            asked = [
                pool.submit(vault.count, CLERK, each) for vault in vaults for each in (count, other)
            ]
            failures = [job.exception(WAIT_S) for job in asked]
        assert sum(isinstance(each, CashError) for each in failures) == 2
        assert failures.count(None) == 2
        right = Count(
            terminal_no=TERMINAL,
            period_no=number,
            counted=((10_000, 1),),
            corrects=1,
            reason="once more",
        )
        vaults[0].count(BOSS, right)
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(
                vault.deposit,
                CLERK,
                Deposit(
                    reference=f"B-{place}",
                    amount_fen=100_000,
                    periods=tuple((TERMINAL, number) for number in range(1, 11)),
                ),
            )
            for place, vault in enumerate(vaults)
        ]
        assert sum(job.exception(WAIT_S) is None for job in jobs) == 1
    assert stores[0].read(audit.check) == []
