"""Signing in: who is known, what locks, what the trail tells, and what stays secret."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from center.staff import trail
from center.staff.lock import FIRST_LOCK_MS, LONGEST_LOCK_MS, MOST_STRANGERS, Strangers
from center.staff.lock import locked_until_ms as locked
from center.staff.people import People, Person, StaffError
from center.staff.pins import Pins
from center.staff.room import TOKEN_MS, StaffRoom
from center.store.store import Store
from vending.staff import NotSignedIn, Role, StaffAnswer, StaffRefused, StaffSignedIn, StaffSignIn

NAME, PIN, WRONG = "li.fu", "420917", "420918"
TERMINAL, OTHER_TERMINAL = "310001", "310002"
NOW_MS = 1_763_944_000_000
CHEAP_KIB = 32
"""The least that four lanes need: as many rounds as the real thing, on little memory."""


class Staffed:
    """Staff on a real file; the clocks are the test's."""

    def __init__(self, folder: Path) -> None:
        self.now_ms = NOW_MS
        self.now_ns = 0
        self.store = Store(f"sqlite:///{folder / 'center.db'}")
        pins = Pins(CHEAP_KIB)
        self.people = People(self.store, lambda: self.now_ms, pins)
        self.room = StaffRoom(self.store, lambda: self.now_ms, pins, lambda: self.now_ns)

    def sign_in(self, pin: str = PIN, name: str = NAME) -> StaffAnswer:
        return self.room.sign_in(TERMINAL, StaffSignIn(name=name, pin=pin))

    def token(self) -> str:
        answer = self.sign_in()
        assert isinstance(answer, StaffSignedIn)
        return answer.token

    def steps(self) -> list[tuple[str, str | None]]:
        return [(step.what, step.staff) for step in self.store.read(trail.read)]


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    made = Staffed(tmp_path)
    made.people.add(NAME, Role.MAINTENANCE, PIN, "root")
    yield made
    made.store.close()


def locked_answer(until_ms: int) -> StaffRefused:
    return StaffRefused(reason=NotSignedIn.LOCKED, locked_until_ms=until_ms)


WRONG_ANSWER = StaffRefused(reason=NotSignedIn.WRONG)


def test_the_right_pin_lets_in(staffed: Staffed) -> None:
    first = staffed.sign_in()
    assert isinstance(first, StaffSignedIn)
    assert (first.name, first.role, first.last_sign_in_ms) == (NAME, Role.MAINTENANCE, None)
    assert first.until_ms == NOW_MS + TOKEN_MS
    second = staffed.sign_in()
    assert isinstance(second, StaffSignedIn)
    assert second.last_sign_in_ms == NOW_MS
    assert second.token != first.token
    assert staffed.steps() == [("staff-added", NAME), ("signed-in", NAME), ("signed-in", NAME)]


@pytest.mark.parametrize("name", [NAME, "somebody else"])
def test_failures_lock_names_that_are_known_and_names_that_are_not(
    staffed: Staffed, name: str
) -> None:
    for _ in range(4):
        assert staffed.sign_in(WRONG, name) == WRONG_ANSWER
    until_ms = NOW_MS + FIRST_LOCK_MS
    assert staffed.sign_in(WRONG, name) == locked_answer(until_ms)
    assert staffed.sign_in(PIN, name) == locked_answer(until_ms)
    staffed.now_ms = until_ms
    assert staffed.sign_in(WRONG, name) == locked_answer(until_ms + 2 * FIRST_LOCK_MS)
    known = NAME if name == NAME else None
    assert staffed.steps()[1:] == [
        *[("sign-in-failed", known)] * 5,
        ("sign-in-locked", known),
        ("sign-in-failed", known),
    ]


def test_success_forgets_failures(staffed: Staffed) -> None:
    for _ in range(3):
        for _ in range(4):
            assert staffed.sign_in(WRONG) == WRONG_ANSWER
        assert isinstance(staffed.sign_in(), StaffSignedIn)


def test_many_guesses_at_once_are_as_many_failures(staffed: Staffed) -> None:
    guesses = [f"31415{digit}" for digit in range(8)] * 2
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(staffed.sign_in, guesses))
    assert answers.count(WRONG_ANSWER) == 4
    tried = [what for what, _ in staffed.steps()]
    assert tried.count("sign-in-failed") == 5
    assert tried.count("sign-in-locked") == 11


def test_a_lock_doubles_up_to_a_day() -> None:
    minutes = [(locked(failures, 0) or 0) // 60_000 for failures in range(4, 14)]
    assert minutes == [0, 15, 30, 60, 120, 240, 480, 960, 1440, 1440]
    assert locked(10**6, 0) == LONGEST_LOCK_MS


def test_strangers_fill_no_memory() -> None:
    strangers = Strangers()
    for number in range(MOST_STRANGERS + 1):
        for _ in range(5):
            strangers.fail(str(number), 0)
    assert strangers.locked_until_ms("0", 0) is None
    assert strangers.locked_until_ms("1", 0) == FIRST_LOCK_MS


def test_a_token_speaks_at_its_terminal_for_a_while(staffed: Staffed) -> None:
    token = staffed.token()
    person = Person(name=NAME, role=Role.MAINTENANCE)
    assert staffed.room.whois(TERMINAL, token) == person
    assert staffed.room.whois(OTHER_TERMINAL, token) is None
    assert staffed.room.whois(TERMINAL, "") is None
    staffed.now_ns = TOKEN_MS * 1_000_000 - 1
    assert staffed.room.whois(TERMINAL, token) == person
    staffed.now_ns += 1
    assert staffed.room.whois(TERMINAL, token) is None


def test_who_is_blocked_is_out_at_once(staffed: Staffed) -> None:
    token = staffed.token()
    staffed.people.block(NAME, True, "root")
    assert staffed.room.whois(TERMINAL, token) is None
    assert staffed.sign_in() == WRONG_ANSWER
    staffed.people.block(NAME, False, "root")
    assert isinstance(staffed.sign_in(), StaffSignedIn)


def test_a_new_pin_or_unblocking_ends_a_lock(staffed: Staffed) -> None:
    for _ in range(5):
        staffed.sign_in(WRONG)
    staffed.people.set_pin(NAME, "271828", "root")
    assert isinstance(staffed.sign_in("271828"), StaffSignedIn)
    assert staffed.sign_in() == WRONG_ANSWER
    for _ in range(4):
        staffed.sign_in(WRONG)
    staffed.people.block(NAME, False, "root")
    assert isinstance(staffed.sign_in("271828"), StaffSignedIn)


def test_a_restart_ends_tokens_and_no_locks(staffed: Staffed) -> None:
    token = staffed.token()
    for _ in range(5):
        staffed.sign_in(WRONG)
    room = StaffRoom(staffed.store, lambda: NOW_MS, Pins(CHEAP_KIB))
    assert room.whois(TERMINAL, token) is None
    answer = room.sign_in(TERMINAL, StaffSignIn(name=NAME, pin=PIN))
    assert answer == locked_answer(NOW_MS + FIRST_LOCK_MS)


def test_a_pin_is_kept_as_a_hash_with_a_salt_of_its_own(staffed: Staffed) -> None:
    staffed.people.add("wang.min", Role.SUPERVISOR, PIN, "root")
    hashes = [entry.pin_hash for entry in staffed.people.all()]
    assert len(set(hashes)) == 2
    assert all(each.startswith("$argon2id$v=19$m=32,t=3,p=4$") for each in hashes)
    assert not any(PIN in each for each in hashes)


def test_the_real_parameters_are_those_of_the_standard() -> None:
    pins = Pins()
    kept = pins.hash(PIN)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert pins.fits(kept, PIN)
    assert not pins.fits(kept, WRONG)


@pytest.mark.parametrize("pin", ["12345", "1" * 6, "123456", "987654", "4209170000000", "42O917"])
def test_a_pin_that_is_guessed_first_is_refused(staffed: Staffed, pin: str) -> None:
    with pytest.raises(StaffError, match="PIN"):
        staffed.people.add("new", Role.OPERATOR, pin, "root")
    with pytest.raises(StaffError, match="PIN"):
        staffed.people.set_pin(NAME, pin, "root")
    assert [entry.person.name for entry in staffed.people.all()] == [NAME]


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb", "王主管", "Boss"])
def test_a_name_that_is_none_is_refused(staffed: Staffed, name: str) -> None:
    with pytest.raises(StaffError, match="name"):
        staffed.people.add(name, Role.OPERATOR, PIN, "root")


def test_nobody_is_added_twice_or_changed_unknown(staffed: Staffed) -> None:
    with pytest.raises(StaffError, match="known already"):
        staffed.people.add(NAME, Role.SUPERVISOR, PIN, "root")
    with pytest.raises(StaffError, match="nobody is called"):
        staffed.people.block("nobody", True, "root")
