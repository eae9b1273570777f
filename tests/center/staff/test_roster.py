"""The roster: who is in it, when it changes, and that its hashes are of no use elsewhere."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from center.staff.people import People
from center.staff.pins import Pins
from center.staff.room import StaffRoom
from center.staff.roster import Rosters
from center.store.store import Store
from center.store.tables import staff
from vending.rights import Role
from vending.roster import RosterPerson
from vending.staff import StaffSignedIn, StaffSignIn

NAME, PIN, OTHER_PIN = "li.fu", "420917", "271828"
NOW_MS = 1_763_944_000_000
CHEAP_KIB = 32


class Staffed:
    def __init__(self, folder: Path) -> None:
        self.store = Store(f"sqlite:///{folder / 'center.db'}")
        self.pins = Pins(CHEAP_KIB)
        self.people = People(self.store, lambda: NOW_MS, self.pins)
        self.room = StaffRoom(self.store, lambda: NOW_MS, self.pins)
        self.rosters = Rosters(self.store, lambda: NOW_MS, 7)

    def listed(self) -> dict[str, RosterPerson]:
        return {person.name: person for person in self.rosters.issue().people}

    def forget_roster_pins(self) -> None:
        """As the database of an older program is taken over."""
        forgotten = update(staff).values(roster_pin_hash=None)
        self.store.write(lambda connection: connection.execute(forgotten).rowcount)


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    made = Staffed(tmp_path)
    yield made
    made.store.close()


def test_everybody_who_may_sign_in_is_in_it(staffed: Staffed) -> None:
    empty = staffed.rosters.issue()
    assert (empty.people, empty.issued_at_ms, empty.good_for_days) == ((), NOW_MS, 7)
    staffed.people.add(NAME, Role.MAINTENANCE, PIN, "root")
    staffed.people.add("boss", Role.SUPERVISOR, OTHER_PIN, "root")
    assert [(each.name, each.role) for each in staffed.rosters.issue().people] == [
        ("boss", Role.SUPERVISOR),
        (NAME, Role.MAINTENANCE),
    ]
    assert staffed.pins.fits(staffed.listed()[NAME].pin_hash, PIN)
    staffed.people.block("boss", True, "root")
    assert set(staffed.listed()) == {NAME}
    staffed.people.block("boss", False, "root")
    assert set(staffed.listed()) == {NAME, "boss"}


def test_every_change_of_the_staff_raises_the_version(staffed: Staffed) -> None:
    versions = [staffed.rosters.version()]
    changes: list[Callable[[], None]] = [
        lambda: staffed.people.add(NAME, Role.OPERATOR, PIN, "root"),
        lambda: staffed.people.set_pin(NAME, OTHER_PIN, "root"),
        lambda: staffed.people.block(NAME, True, "root"),
        lambda: staffed.people.block(NAME, False, "root"),
    ]
    for change in changes:
        change()
        versions.append(staffed.rosters.version())
    assert versions == list(range(versions[0], versions[0] + 5))
    assert staffed.rosters.issue().version == versions[-1]
    staffed.room.sign_in("310001", StaffSignIn(name=NAME, pin=OTHER_PIN))
    assert staffed.rosters.version() == versions[-1]


def test_its_hash_is_not_the_one_of_the_sign_in(staffed: Staffed) -> None:
    staffed.people.add(NAME, Role.OPERATOR, PIN, "root")
    kept = staffed.store.read(lambda connection: connection.scalar(select(staff.c.pin_hash)))
    (person,) = staffed.rosters.issue().people
    assert person.pin_hash != kept
    salts = {text.split("$")[4] for text in (person.pin_hash, str(kept))}
    assert len(salts) == 2


def test_who_was_known_before_rosters_joins_by_signing_in(staffed: Staffed) -> None:
    staffed.people.add(NAME, Role.OPERATOR, PIN, "root")
    staffed.forget_roster_pins()
    before = staffed.rosters.issue()
    assert before.people == ()
    staffed.room.sign_in("310001", StaffSignIn(name=NAME, pin=OTHER_PIN))
    assert staffed.rosters.issue() == before
    answer = staffed.room.sign_in("310001", StaffSignIn(name=NAME, pin=PIN))
    assert isinstance(answer, StaffSignedIn)
    after = staffed.rosters.issue()
    assert after.version == before.version + 1
    assert staffed.pins.fits(after.people[0].pin_hash, PIN)
