"""The roster: fetched, confirmed, kept whole or not trusted; PINs judged by the office's hashes."""

import json
import logging
import stat
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.backend.identity import Identity
from kiosk.backend.port import NoAnswer
from kiosk.engine.clock import ManualClock
from kiosk.engine.pins import Pins
from kiosk.engine.roster import CLOCK_SLACK_MS, ROSTER_FILE, RosterKeeper
from vending.messages import SignedIn
from vending.rights import Role
from vending.roster import Roster, RosterPerson

IDENTITY = Identity(terminal_no="310001", private_key="11" * 32)
DAY_S = 24 * 3600
LITTLE_KIB = 64
"""Tests of the rules need no real cost."""
PIN = "246810"


def hash_of(pin: str, memory_kib: int = LITTLE_KIB, lanes: int = 1) -> str:
    """As the head office makes it."""
    kdf = Argon2id(
        salt=b"0123456789abcdef", length=32, iterations=1, lanes=lanes, memory_cost=memory_kib
    )
    return str(kdf.derive_phc_encoded(pin.encode()))


WANG = RosterPerson(name="wang", role=Role.OPERATOR, pin_hash=hash_of(PIN))
LI = RosterPerson(name="li", role=Role.SUPERVISOR, pin_hash=hash_of("135791"))


class Office:
    """Has a roster, and tells its version at every sign-in."""

    def __init__(self, version: int = 3) -> None:
        self.version = version
        self.people: tuple[RosterPerson, ...] = (WANG, LI)
        self.fetched = 0
        self.silent = False

    def roster(self) -> Roster:
        self.fetched += 1
        if self.silent:
            raise NoAnswer("silence")
        return Roster(version=self.version, issued_at_ms=0, good_for_days=7, people=self.people)

    def signed_in(self) -> SignedIn:
        return SignedIn(
            session_id="s", server_time_ms=0, last_order_sequence=0, roster_version=self.version
        )


class Stand:
    def __init__(self, directory: Path) -> None:
        self.directory, self.office, self.clock = directory, Office(), ManualClock()
        self.keeper = self.reread()

    def reread(self, identity: Identity = IDENTITY) -> RosterKeeper:
        """The keeper after a restart of the program."""
        return RosterKeeper(self.directory, identity, self.clock.wall_ms, Pins(LITTLE_KIB))

    def sign_in(self) -> None:
        self.keeper.follow(self.office.signed_in(), self.office)

    @property
    def file(self) -> Path:
        return self.directory / ROSTER_FILE


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    stand = Stand(tmp_path / "var")
    stand.sign_in()
    return stand


def test_nothing_is_kept_at_first(tmp_path: Path) -> None:
    keeper = Stand(tmp_path).keeper
    assert (keeper.version, keeper.confirmed_ms, keeper.is_good()) == (0, None, False)
    assert keeper.check("wang", PIN) is None


def test_it_is_fetched_and_lets_the_right_people_in(stand: Stand) -> None:
    assert (stand.keeper.version, stand.keeper.is_good()) == (3, True)
    assert stand.keeper.check("wang", PIN) == WANG
    assert stand.keeper.check("li", "135791") == LI
    assert stand.keeper.check("wang", "135791") is None
    assert stand.keeper.check("nobody", PIN) is None
    assert stand.keeper.check("", "") is None


def test_the_same_version_confirms_and_fetches_nothing(stand: Stand) -> None:
    stand.clock.advance(6 * DAY_S)
    stand.sign_in()
    stand.clock.advance(6 * DAY_S)
    assert stand.office.fetched == 1
    assert stand.keeper.is_good()
    assert stand.reread().is_good()


def test_another_version_is_fetched_and_whoever_was_blocked_is_out(stand: Stand) -> None:
    stand.office.version, stand.office.people = 4, (LI,)
    stand.sign_in()
    assert stand.keeper.version == 4
    assert stand.keeper.check("wang", PIN) is None
    assert stand.reread().check("wang", PIN) is None


def test_an_office_that_names_no_version_is_asked_for_nothing(tmp_path: Path) -> None:
    stand = Stand(tmp_path)
    stand.office.version = 0
    stand.sign_in()
    assert (stand.office.fetched, stand.keeper.version) == (0, 0)


def test_what_cannot_be_fetched_leaves_what_is_kept_and_confirms_nothing(stand: Stand) -> None:
    confirmed_ms = stand.keeper.confirmed_ms
    stand.clock.advance(DAY_S)
    stand.office.version, stand.office.silent = 4, True
    stand.sign_in()
    assert (stand.keeper.version, stand.keeper.confirmed_ms) == (3, confirmed_ms)
    stand.office.silent = False
    stand.sign_in()
    assert stand.keeper.version == 4


def test_it_is_good_for_so_many_days_and_not_a_moment_longer(stand: Stand) -> None:
    stand.clock.advance(7 * DAY_S)
    assert stand.keeper.is_good()
    stand.clock.advance(1)
    assert not stand.keeper.is_good()
    assert not stand.reread().is_good()


def test_a_clock_that_is_set_back_makes_nothing_good(stand: Stand) -> None:
    confirmed_ms = stand.clock.wall_ms()
    stand.clock.set_wall_ms(confirmed_ms - CLOCK_SLACK_MS)
    assert stand.keeper.is_good()
    stand.clock.set_wall_ms(confirmed_ms - CLOCK_SLACK_MS - 1)
    assert not stand.keeper.is_good()


def test_it_is_kept_over_a_restart_and_closed_to_others(stand: Stand) -> None:
    assert stand.reread().check("wang", PIN) == WANG
    assert stat.S_IMODE(stand.file.stat().st_mode) == 0o600
    assert [file.name for file in stand.directory.iterdir()] == [ROSTER_FILE]


def test_one_that_others_may_read_is_not_used(stand: Stand) -> None:
    stand.file.chmod(0o640)
    assert not stand.reread().is_good()


def test_one_of_another_terminal_is_not_used(stand: Stand) -> None:
    other = Identity(terminal_no="310002", private_key="22" * 32)
    assert stand.reread(other).version == 0


@pytest.mark.parametrize(
    ("said", "instead"),
    [("wang", "wong"), ('\\"operator\\"', '\\"supervisor\\"'), (":7,", ":9999,")],
)
def test_one_that_was_changed_is_not_used(stand: Stand, said: str, instead: str) -> None:
    text = stand.file.read_text()
    changed = text.replace(said, instead, 1)
    assert changed != text
    stand.file.write_text(changed)
    assert stand.reread().version == 0
    stand.keeper = stand.reread()
    stand.sign_in()
    assert stand.reread().version == 3, "fetched again, it is whole again"


@settings(max_examples=60)
@given(st.data())
def test_no_changed_byte_lets_anybody_in(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    stand = Stand(tmp_path_factory.mktemp("roster"))
    stand.sign_in()
    whole = stand.file.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    stand.file.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
    kept = stand.reread()
    if kept.version:  # only what the signature does not cover may differ
        sealed = json.loads(stand.file.read_bytes())
        assert sealed["kept"] == json.loads(whole)["kept"]


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b"\xff\xfe", b"{" * 9_999])
def test_rubbish_is_not_used(stand: Stand, content: bytes) -> None:
    stand.file.write_bytes(content)
    assert stand.reread().version == 0


def test_a_disk_that_fails_keeps_it_in_memory(stand: Stand) -> None:
    stand.file.unlink()
    stand.directory.rmdir()
    stand.directory.write_text("not a directory")
    stand.office.version = 4
    stand.sign_in()
    assert (stand.keeper.version, stand.keeper.is_good()) == (4, True)


def test_it_is_not_written_at_every_sign_in(stand: Stand) -> None:
    written = stand.file.stat().st_mtime_ns, stand.file.read_bytes()
    for _ in range(50):
        stand.clock.advance(60)
        stand.sign_in()
    assert (stand.file.stat().st_mtime_ns, stand.file.read_bytes()) == written
    stand.clock.advance(3600)
    stand.sign_in()
    assert stand.reread().confirmed_ms == stand.clock.wall_ms()


def test_no_pin_is_logged(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stand.keeper.check("wang", PIN)
    stand.keeper.check("wang", "999999")
    stand.file.write_bytes(b"{}")
    stand.reread()
    assert PIN not in caplog.text
    assert "999999" not in caplog.text
    assert "argon2id" not in caplog.text


# -- PINs ----------------------------------------------------------------------------------------


def test_a_hash_of_the_head_offices_own_cost_is_understood() -> None:
    kept = hash_of(PIN, memory_kib=64 * 1024, lanes=4)
    assert Pins(LITTLE_KIB).fits(kept, PIN)
    assert not Pins(LITTLE_KIB).fits(kept, PIN + "0")


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "plain",
        "$argon2id$v=19$m=9999999,t=3,p=4$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=65536,t=999,p=4$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAA",
        "$argon2i$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAA",
        hash_of(PIN)[:-3],
    ],
)
def test_a_hash_that_makes_no_sense_fits_nothing_and_stops_nothing(kept: str) -> None:
    assert not Pins(LITTLE_KIB).fits(kept, PIN)


def test_a_name_that_nobody_has_is_checked_like_any_other(stand: Stand) -> None:
    class Counting(Pins):
        def __init__(self) -> None:
            super().__init__(LITTLE_KIB)
            self.asked: list[str | None] = []

        def fits(self, kept: str | None, pin: str) -> bool:
            self.asked.append(kept)
            return super().fits(kept, pin)

    pins = Counting()
    keeper = RosterKeeper(stand.directory, IDENTITY, stand.clock.wall_ms, pins)
    keeper.check("nobody", PIN)
    keeper.check("wang", "999999")
    assert pins.asked == [None, WANG.pin_hash]


def test_a_roster_is_what_the_wire_says() -> None:
    roster = Office().roster()
    assert msgspec.json.decode(msgspec.json.encode(roster), type=Roster) == roster
