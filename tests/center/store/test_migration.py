"""A database of the first version, with orders in it, is taken over without losing a word."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from center.orders import order as orders
from center.orders.order import Order
from center.staff.people import People
from center.staff.pins import Pins
from center.staff.roster import Rosters
from center.store.engine import open_writer
from center.store.store import Store
from vending.cash import Business

ORDERS = {
    "0000012511240000010": ("sold", 1),
    "0000012511240000028": ("paid", 0),
    "0000012511240000036": ("confirmed", 1),
}


def migrate_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "center.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def make_first_version(dsn: str) -> None:
    engine = open_writer(dsn)
    with engine.begin() as connection:
        migrate_to(connection, "0001")
        for order_no, (state, parked) in ORDERS.items():
            connection.execute(
                text(
                    "INSERT INTO orders (order_no, terminal_no, business_date, opened_at_ms,"
                    " customer_no, meter_no, card_serial, state, paid_fen, parked, verdict,"
                    " changed_at_ms) VALUES (:no, '000001', '2025-11-24', 1, '1', '2', 'A', :state,"
                    " 10000, :parked, 'not-written', 5)"
                ),
                {"no": order_no, "state": state, "parked": parked},
            )
    engine.dispose()


def found(store: Store, order_no: str) -> Order:
    def question(connection: Connection) -> Order | None:
        return orders.find(connection, order_no, lock=False)

    order = store.read(question)
    assert order is not None
    return order


def test_orders_of_the_first_version_are_taken_over(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'center.db'}"
    make_first_version(dsn)
    store = Store(dsn)
    for order_no, (state, parked) in ORDERS.items():
        order = found(store, order_no)
        assert (order.state, order.paid_fen, order.parked) == (state, 10_000, bool(parked))
        assert (order.resolution, order.bound_serial) == (None, None)
        assert not order.is_other_card_doubtful
    store.close()


def test_a_sale_from_before_the_count_of_seals_may_be_on_its_card(tmp_path: Path) -> None:
    """Nobody had counted: "no seals" would be a proof that there is none of."""
    dsn = f"sqlite:///{tmp_path / 'center.db'}"
    make_first_version(dsn)
    store = Store(dsn)
    sold, paid, _ = (found(store, order_no) for order_no in ORDERS)
    assert (sold.seals, sold.is_verdict_good, sold.is_card_unwritten) == (1, False, False)
    assert paid.is_card_unwritten
    store.close()


def test_orders_and_staff_from_before_bills_and_rosters_are_taken_over(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'center.db'}"
    make_first_version(dsn)
    engine = open_writer(dsn)
    with engine.begin() as connection:
        migrate_to(connection, "0002")
        connection.execute(
            text(
                "INSERT INTO staff (name, role, pin_hash, blocked, failures, changed_at_ms,"
                " changed_by) VALUES ('li.fu', 'operator', 'x', 0, 0, 1, 'root')"
            )
        )
    engine.dispose()
    store = Store(dsn)
    for order_no in ORDERS:
        order = found(store, order_no)
        assert order.business is Business.ENERGY
        assert order.identity is not None
        assert order.identity.months == ()
    rosters = Rosters(store, lambda: 1, 7)
    first = rosters.issue()
    assert first.people == ()
    People(store, lambda: 1, Pins(32)).set_pin("li.fu", "420917", "root")
    assert [person.name for person in rosters.issue().people] == ["li.fu"]
    assert rosters.version() == first.version + 1
    store.close()


def test_notes_of_the_first_version_are_in_no_period(tmp_path: Path) -> None:
    """The next period that is closed takes them: they lie in that box."""
    dsn = f"sqlite:///{tmp_path / 'center.db'}"
    make_first_version(dsn)
    engine = open_writer(dsn)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO notes VALUES ('000001', 'n', NULL, 5000, 'unassigned',"
                " '2025-11-24', 1)"
            )
        )
    engine.dispose()
    store = Store(dsn)
    query = text("SELECT period_no, cassette FROM notes")
    assert store.read(lambda connection: connection.execute(query).all()) == [(0, "1")]
    business = text("SELECT DISTINCT business FROM orders")
    assert store.read(lambda connection: connection.scalar(business)) == "energy"
    store.close()
