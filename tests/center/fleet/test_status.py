"""How the fleet is: what terminals say of themselves, and who says nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from center.fleet import status
from center.fleet.registry import CONTACT_MS, Registry
from center.fleet.status import State, Status
from center.orders.health import MOST_BEFORE
from center.staff import trail
from center.store.store import Store
from center.store.tables_health import health_log
from kiosk.backend.identity import Identity
from tests.center.fleet.test_fleet import sealed
from tests.center.orders.office import NOW_MS, OTHER_TERMINAL, TERMINAL, Office, notes, taken
from vending.cash import StaffDeed
from vending.health import Ailment, Health, Offer
from vending.messages import Registration, ReportEnvelope

SILENT_MS = 15 * 60_000
KEY = Identity(terminal_no=TERMINAL, private_key="11" * 32)


class Fleet(Office):
    """The office, and one terminal that is registered."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.registry = Registry(self.store, lambda: self.now_ms)
        message = Registration(
            terminal_no=TERMINAL,
            one_time_code=self.registry.add(TERMINAL, "hall 1"),
            public_key=KEY.public_key(),
        )
        self.registry.register(sealed(KEY), message)

    def look(self) -> Status:
        (found,) = self.store.read(
            lambda connection: status.of_fleet(connection, self.now_ms, SILENT_MS)
        )
        return found


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(tmp_path)
    yield made
    made.close()


def health(why: str = "", at_ms: int = NOW_MS) -> Health:
    return Health(
        at_ms=at_ms,
        offers=(Offer.DELIVERY,) if why else tuple(Offer),
        ailments=(Ailment(device="acceptor", state="fault", fault="box-full", since_ms=NOW_MS),),
        why=why,
        period_no=3,
        box_notes=12,
        software_version="0.1.0",
    )


def test_from_the_code_to_service_and_out_of_it(fleet: Fleet) -> None:
    assert fleet.look().state is State.SILENT
    fleet.registry.note_contact(TERMINAL)
    assert fleet.look().state is State.UNTOLD
    fleet.report(health())
    told = fleet.look()
    assert (told.state, told.health, told.name) == (State.SERVES, health(), "hall 1")
    assert told.heard_at_ms == NOW_MS
    fleet.report(health("clearing"))
    assert fleet.look().state is State.OUT_OF_SERVICE
    fleet.registry.block(TERMINAL, True)
    assert fleet.look().state is State.BLOCKED


def test_who_says_nothing_for_too_long_is_silent(fleet: Fleet) -> None:
    fleet.report(health())
    fleet.registry.note_contact(TERMINAL)
    fleet.now_ms += SILENT_MS - 1
    assert fleet.look().state is State.SERVES
    fleet.now_ms += 1
    assert fleet.look().state is State.SILENT
    fleet.registry.note_sign_in(TERMINAL, "0.1.1")
    assert fleet.look().state is State.SERVES


def test_contact_is_kept_once_a_minute(fleet: Fleet) -> None:
    for later_ms, kept_ms in ((0, 0), (CONTACT_MS - 1, 0), (CONTACT_MS, CONTACT_MS)):
        fleet.now_ms = NOW_MS + later_ms
        fleet.registry.note_contact(TERMINAL)
        assert fleet.look().heard_at_ms == NOW_MS + kept_ms
    fleet.now_ms = NOW_MS - 1  # the clock was set back
    fleet.registry.note_contact(TERMINAL)
    assert fleet.look().heard_at_ms == NOW_MS - 1


def test_nobody_is_turned_away_because_contact_cannot_be_kept(fleet: Fleet) -> None:
    store = Store(f"sqlite:///{fleet.path}")
    registry = Registry(store, lambda: fleet.now_ms)
    store.close()
    registry.note_contact(TERMINAL)


def test_a_terminal_that_never_came_is_expected(fleet: Fleet) -> None:
    fleet.registry.add(OTHER_TERMINAL)
    found = fleet.store.read(lambda connection: status.of_fleet(connection, NOW_MS, SILENT_MS))
    assert [each.state for each in found] == [State.SILENT, State.EXPECTED]


def test_the_cash_is_what_the_books_say(fleet: Fleet) -> None:
    order_no = fleet.order_no()
    fleet.report(taken(order_no, notes(order_no, 10_000)[0]))
    assert fleet.look().cash_fen == 10_000


def test_what_was_said_before_is_kept_a_bounded_number_of_times(fleet: Fleet) -> None:
    for number in range(MOST_BEFORE + 5):
        fleet.report(health(at_ms=NOW_MS + number))
    logged = select(func.count()).select_from(health_log)
    assert fleet.store.read(lambda connection: connection.scalar(logged)) == MOST_BEFORE
    found = fleet.look().health
    assert found is not None
    assert found.at_ms == NOW_MS + MOST_BEFORE + 4


def test_a_repeated_report_changes_nothing(fleet: Fleet) -> None:
    first = ReportEnvelope(report_no=1, journal_id="x", report=health("clearing"))
    fleet.desk.report(TERMINAL, first)
    fleet.registry.note_contact(TERMINAL)
    fleet.report(health())
    fleet.desk.report(TERMINAL, first)
    assert fleet.look().state is State.SERVES


def test_what_staff_did_there_is_in_the_trail(fleet: Fleet) -> None:
    deed = StaffDeed(
        at_ms=NOW_MS - 5,
        staff="li.fu",
        what="clearing-started",
        detail="period 3",
        witness="w" * 100,
    )
    fleet.report(deed)
    fleet.report(StaffDeed(at_ms=NOW_MS, staff="", what="x" * 100))
    first, second = fleet.store.read(trail.read)
    assert (first.at_ms, first.terminal_no, first.staff) == (NOW_MS - 5, TERMINAL, "li.fu")
    assert (first.what, first.detail) == ("clearing-started", "period 3")
    assert first.witness == "w" * 60
    assert (second.staff, second.witness, second.what) == (None, None, "x" * 40)
