"""The same code on PostgreSQL: two processes' worth of stores on one database.

Needs psycopg and an empty database: VENDING_TEST_DSN=postgresql+psycopg://user@host/empty_database
"""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, delete, select, text, update

from center.keys.soft import TEST_KEYS, SoftKeyService
from center.orders import audit
from center.orders.desk import Desk
from center.orders.port import Decision
from center.staff.people import Person
from center.store.committer import Unit
from center.store.errors import StoreFailed
from center.store.store import Store
from center.store.tables import customers, ledger_transactions, metadata, meters
from center.utility.embedded import EmbeddedUtility
from center.utility.seed import plant
from tests.center.orders.billing import DUES_FEN, MONTHS, ZHOU, pay_request, post_paid
from tests.center.orders.office import (
    NOW_MS,
    OTHER_TERMINAL,
    TERMINAL,
    confirmed,
    notes,
    parked,
    person,
    request,
    resell,
    seed,
)
from vending.bill import BillPaid, BillQuery, BillStatement
from vending.messages import ReportEnvelope, Vend
from vending.order_no import make_order_no
from vending.staff import Action, ActionDone, Evidence, Role

DSN = os.environ.get("VENDING_TEST_DSN", "")
WAIT_S = 30.0

pytestmark = pytest.mark.skipif(not DSN, reason="VENDING_TEST_DSN names no PostgreSQL database")


@pytest.fixture(scope="module")
def stores() -> Iterator[list[Store]]:
    """Opened at the same moment: both want to migrate."""
    with ThreadPoolExecutor(2) as pool:
        opened = list(pool.map(Store, [DSN, DSN]))
    assert [store.write(lambda c: plant(c, seed(), NOW_MS)) for store in opened] == [5, 0]
    yield opened
    for store in opened:
        store.close()


def test_migrating_makes_exactly_the_tables_of_the_program(stores: list[Store]) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    assert stores[0].read(differences) == []


def test_two_processes_sell_n_plus_one_once(stores: list[Store]) -> None:
    keys = SoftKeyService(TEST_KEYS, allow_test_keys=True)
    desks = [Desk(store, EmbeddedUtility(), keys, lambda: NOW_MS) for store in stores]
    who, sequence = person(1), 0
    for count in range(who.purchase_count, who.purchase_count + 5):
        numbers = [make_order_no(TERMINAL, NOW_MS, sequence + place) for place in range(1, 5)]
        sequence += len(numbers)
        bodies = [request(no, who, notes(no, 10_000), count=count) for no in numbers]
        with ThreadPoolExecutor(16) as pool:
            asked = [
                pool.submit(desk.vend, TERMINAL, body) for body in bodies for desk in desks * 2
            ]
            answers = {future.result(WAIT_S) for future in asked}
        (sold,) = [answer for answer in answers if isinstance(answer, Vend)]
        envelope = ReportEnvelope(
            report_no=count, journal_id="j", report=confirmed(sold.order_no, count + 1)
        )
        with ThreadPoolExecutor(4) as pool:
            reported = [pool.submit(desk.report, TERMINAL, envelope) for desk in desks * 2]
            assert len({future.result(WAIT_S) for future in reported}) == 1
    assert stores[0].read(audit.check) == []
    assert desks[1].last_order_sequence(TERMINAL) == sequence
    query = select(meters.c.purchase_count).where(meters.c.meter_no == who.meter_no)
    assert stores[1].read(lambda c: c.scalar(query)) == who.purchase_count + 5


def test_two_processes_deliver_or_pay_back_and_never_both(stores: list[Store]) -> None:
    keys = SoftKeyService(TEST_KEYS, allow_test_keys=True)
    kiosk, clerk = (Desk(store, EmbeddedUtility(), keys, lambda: NOW_MS) for store in stores)
    who = person(3)
    count = who.purchase_count
    for number in range(1, 21):
        order_no = make_order_no(OTHER_TERMINAL, NOW_MS, number)
        kiosk.vend(OTHER_TERMINAL, request(order_no, who, notes(order_no, 10_000), count=count))
        envelope = ReportEnvelope(
            report_no=number, journal_id="p", report=parked(order_no, verdict=None)
        )
        kiosk.report(OTHER_TERMINAL, envelope)
        decision = Decision(
            order_no=order_no,
            action=Action.REFUND,
            by=Person(name="clerk", role=Role.SUPERVISOR),
            evidence=Evidence.CUSTOMER_ASKS,
        )
        with ThreadPoolExecutor(2) as pool:
            delivered = pool.submit(kiosk.resell, OTHER_TERMINAL, resell(order_no, who, count))
            decided = pool.submit(clerk.act, "", decision)
            vend, answer = delivered.result(WAIT_S), decided.result(WAIT_S)
        assert isinstance(vend, Vend) is not isinstance(answer, ActionDone)
        if isinstance(vend, Vend):
            count += 1
            envelope = ReportEnvelope(
                report_no=number, journal_id="c", report=confirmed(order_no, count)
            )
            kiosk.report(OTHER_TERMINAL, envelope)
    assert stores[0].read(audit.check) == []


def test_two_processes_settle_each_month_once(stores: list[Store]) -> None:
    keys = SoftKeyService(TEST_KEYS, allow_test_keys=True)
    desks = [Desk(store, EmbeddedUtility(), keys, lambda: NOW_MS) for store in stores]
    stores[0].write(lambda connection: plant(connection, post_paid(), NOW_MS))
    numbers = [make_order_no(TERMINAL, NOW_MS, sequence) for sequence in range(501, 509)]
    bodies = [pay_request(no, notes(no, 5_000)) for no in numbers]
    with ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(desk.pay_bill, TERMINAL, body) for body in bodies for desk in desks]
        answers = {future.result(WAIT_S) for future in asked}
    assert len(answers) == len(numbers)
    settled = [
        month for paid in answers if isinstance(paid, BillPaid) for month in paid.settlement.months
    ]
    assert sorted(settled) == list(MONTHS)
    told = desks[0].query_bill(TERMINAL, BillQuery(customer_no=ZHOU))
    assert isinstance(told, BillStatement)
    assert (told.months, told.balance_fen) == ((), 40_000 - sum(DUES_FEN))
    assert stores[0].read(audit.check) == []


def test_a_deadlock_between_processes_is_taken_apart(stores: list[Store]) -> None:
    both_hold_one = threading.Barrier(2, timeout=WAIT_S)

    def touching(first: str, second: str) -> Unit[str]:
        attempts = iter([both_hold_one.wait])

        def unit(connection: Connection) -> str:
            for number in (first, second):
                touched = update(customers).where(customers.c.customer_no == number)
                connection.execute(touched.values(blocked=customers.c.blocked))
                if number == first:
                    next(attempts, int)()
            return first

        return unit

    one, other = person(1).customer_no, person(2).customer_no
    units = [touching(one, other), touching(other, one)]
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(store.write, unit) for store, unit in zip(stores, units, strict=True)]
        assert [job.result(WAIT_S) for job in jobs] == [one, other]


def test_the_ledger_is_append_only(stores: list[Store]) -> None:
    for statement in (delete(ledger_transactions), text("UPDATE ledger_lines SET debit_fen = 1")):
        with pytest.raises(StoreFailed) as failed:
            stores[0].write(partial(Connection.execute, statement=statement))
        assert "append-only" in str(failed.value.__cause__)
