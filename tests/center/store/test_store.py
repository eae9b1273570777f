"""The database as a whole: opened, migrated, durable by its settings, closed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import IntegrityError

from center.store.engine import insert_absent, insert_if_absent
from center.store.errors import StoreClosed, StoreFailed
from center.store.store import Store
from center.store.tables import metadata, tariffs

ROW = {"name": "a", "steps": "[]"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'center.db'}")
    yield opened
    opened.close()


def test_migrating_makes_exactly_the_tables_of_the_program(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    assert store.read(differences) == []


def test_migrating_makes_every_check_and_partial_index(store: Store) -> None:
    def made(connection: Connection) -> set[str]:
        checks = {
            str(check["name"])
            for table in metadata.tables
            for check in inspect(connection).get_check_constraints(table)
        }
        indexes = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
        )
        return checks | {name for name, sql in indexes if " WHERE " in (sql or "")}

    assert store.read(made) == {
        "ck_customers_balance",
        "ck_customers_arrears",
        "ck_meters_used",
        "ck_ledger_lines_one_side",
        "ck_refunds_amount",
        "ck_cash_deposits_amount",
        "ck_cash_counts_total",
        "ck_bills_amounts",
        "ck_bills_due",
        "uq_vends_meter_no_purchase_count",
        "ix_orders_meter_no_open",
        "ix_orders_customer_no_bill_waiting",
    }


def test_opening_again_keeps_what_was_written(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'center.db'}"
    for expected in (True, False):
        store = Store(dsn)
        assert store.write(lambda c: insert_if_absent(c, tariffs, ROW)) is expected
        store.close()


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'center.db'}"
    store = Store(dsn)
    store.write(
        lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")).close()
    )
    store.close()
    with pytest.raises(StoreFailed, match="does not fit this program"):
        Store(dsn)


@pytest.mark.parametrize("dsn", ["sqlite://", "sqlite:///:memory:"])
def test_money_is_not_kept_in_memory(dsn: str) -> None:
    with pytest.raises(StoreFailed, match="memory"):
        Store(dsn)


def test_what_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="unable to open"):
        Store(f"sqlite:///{tmp_path / 'nowhere' / 'center.db'}")


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "center.db"
    path.write_bytes(b"this is no database " * 100)
    with pytest.raises(StoreFailed, match="not a database"):
        Store(f"sqlite:///{path}")


def test_commits_are_durable_and_references_are_checked(store: Store) -> None:
    def settings(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.scalar(text(f"PRAGMA {name}")) for name in names]

    full = 2
    assert store.write(settings) == ["wal", full, 1]
    assert store.read(settings) == ["wal", full, 1]


def test_insert_if_absent_counts_what_it_inserted(store: Store) -> None:
    rows = [{"name": name, "steps": "[]"} for name in ("a", "b")]
    assert store.write(lambda c: insert_absent(c, tariffs, rows[:1])) == 1
    assert store.write(lambda c: insert_absent(c, tariffs, rows)) == 1
    assert store.write(lambda c: insert_absent(c, tariffs, rows)) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_transactions SET at_ms = 0",
        "DELETE FROM ledger_transactions",
    ],
)
def test_the_ledger_is_append_only(store: Store, statement: str) -> None:
    store.write(
        lambda c: c.execute(
            text(
                "INSERT INTO ledger_transactions (posting_key, phase, business_date, at_ms)"
                " VALUES ('k', 'posted', '2025-01-01', 1)"
            )
        ).close()
    )
    with pytest.raises(StoreFailed) as failed:
        store.write(lambda c: c.execute(text(statement)).close())
    assert isinstance(failed.value.__cause__, IntegrityError)
    assert "append-only" in str(failed.value.__cause__)


def test_a_reader_sees_one_moment(store: Store) -> None:
    def twice(connection: Connection) -> tuple[int, int]:
        first = len(connection.execute(select(tariffs)).all())
        store.write(lambda c: insert_if_absent(c, tariffs, ROW))
        return first, len(connection.execute(select(tariffs)).all())

    assert store.read(twice) == (0, 0)
    assert store.read(twice) == (1, 1)


def test_a_question_that_the_database_refuses_is_a_store_error(store: Store) -> None:
    with pytest.raises(StoreFailed):
        store.read(lambda c: c.execute(text("SELECT * FROM nowhere")).close())


def test_after_closing_nothing_is_taken(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'center.db'}")
    store.close()
    with pytest.raises(StoreClosed):
        store.write(lambda c: insert_if_absent(c, tariffs, ROW))
