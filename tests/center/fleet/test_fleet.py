"""Registry and sessions over a real database; the clock stands still until a test moves it."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from center.fleet.code import HOUR_MS, LIFETIME_HOURS
from center.fleet.registry import Registry, TerminalUnknown
from center.fleet.seal import Seal, SealedRequest, TurnedAway
from center.fleet.sessions import RECHECK_S, Session, Sessions
from center.store.store import Store
from center.store.tables import terminals
from kiosk.backend.identity import Identity
from vending import seal
from vending.messages import Registration, SignIn
from vending.wire import ProblemCode

NO = "310001"
KEY = Identity(terminal_no=NO, private_key="11" * 32)
NEW_KEY = Identity(terminal_no=NO, private_key="22" * 32)
PATH = "/v1/x"


class World:
    """A registry and sessions, and a clock to move."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now_ms = 1_795_478_400_000
        self.registry = Registry(store, lambda: self.now_ms)
        self.sessions = Sessions(self.registry, lambda: self.now_ms * 1_000_000)

    def register(self, code: str, key: Identity = KEY) -> None:
        message = Registration(terminal_no=NO, one_time_code=code, public_key=key.public_key())
        self.registry.register(sealed(key, msgspec.json.encode(message)), message)

    def sign_in(self, key: Identity = KEY, challenge: str = "") -> Session:
        self.now_ms += 1
        challenge = challenge or self.sessions.challenge(NO)
        message = SignIn(terminal_no=NO, challenge=challenge, software_version="1")
        return self.sessions.sign_in(sealed(key, msgspec.json.encode(message)), message)


def sealed(
    key: Identity, body: bytes = b"", session_id: str = "", number: int = 0
) -> SealedRequest:
    text = seal.canonical("POST", PATH, key.terminal_no, session_id, number, body)
    mark = Seal(
        terminal_no=key.terminal_no,
        session_id=session_id,
        number=number,
        signature=key.sign(text),
    )
    return SealedRequest(method="POST", path=PATH, body=body, seal=mark)


def refusal(error: pytest.ExceptionInfo[TurnedAway]) -> ProblemCode:
    return error.value.code


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    store = Store(f"sqlite:///{tmp_path / 'center.db'}")
    yield World(store)
    store.close()


@pytest.fixture
def registered(world: World) -> World:
    world.register(world.registry.add(NO, "hall"))
    return world


def test_a_code_is_kept_as_a_digest_only(world: World) -> None:
    code = world.registry.add(NO)
    with world.store.reader.begin() as connection:
        row = connection.execute(select(terminals)).one()
    assert code not in str(row)
    assert code.replace("-", "") not in str(row)


def test_a_code_registers_once(registered: World) -> None:
    terminal = registered.registry.get(NO)
    assert terminal is not None
    assert terminal.public_key == KEY.public_key()
    assert not terminal.code_is_out
    code = registered.registry.add("310002")
    with pytest.raises(TurnedAway) as error:
        registered.register(code, NEW_KEY)
    assert refusal(error) is ProblemCode.CODE_REFUSED


def test_a_used_code_registers_no_other_key(world: World) -> None:
    code = world.registry.add(NO)
    world.register(code)
    with pytest.raises(TurnedAway):
        world.register(code, NEW_KEY)


def test_registering_again_with_the_same_key_is_harmless(registered: World) -> None:
    registered.register("whatever")
    terminal = registered.registry.get(NO)
    assert terminal is not None
    assert terminal.public_key == KEY.public_key()
    assert registered.sign_in().terminal_no == NO


def test_an_expired_code_is_refused(world: World) -> None:
    code = world.registry.add(NO)
    world.now_ms += (LIFETIME_HOURS + 1) * HOUR_MS
    with pytest.raises(TurnedAway) as error:
        world.register(code)
    assert refusal(error) is ProblemCode.CODE_REFUSED


def test_a_code_cannot_be_made_to_last(world: World) -> None:
    code = world.registry.add(NO)
    world.now_ms += (LIFETIME_HOURS + 1) * HOUR_MS
    with pytest.raises(TurnedAway):
        world.register("ZZZZ" + code[4:])


def test_a_second_code_replaces_the_key(registered: World) -> None:
    registered.sign_in()
    registered.register(registered.registry.add(NO), NEW_KEY)
    with pytest.raises(TurnedAway) as error:
        registered.sign_in(KEY)
    assert refusal(error) is ProblemCode.BAD_SIGNATURE
    registered.sign_in(NEW_KEY)


def test_a_blocked_terminal_cannot_register(world: World) -> None:
    code = world.registry.add(NO)
    world.registry.block(NO, True)
    with pytest.raises(TurnedAway):
        world.register(code)


def test_blocking_an_unknown_terminal_is_said(world: World) -> None:
    with pytest.raises(TerminalUnknown):
        world.registry.block(NO, True)


def test_all_terminals_are_listed_by_number(world: World) -> None:
    world.registry.add("310002", "second")
    world.registry.add("310001", "first")
    assert [terminal.name for terminal in world.registry.all()] == ["first", "second"]


def test_a_signed_in_terminal_is_admitted_once_for_each_number(registered: World) -> None:
    session = registered.sign_in()
    request = sealed(KEY, b"x", session.session_id, 1)
    assert registered.sessions.admit(request) == NO
    with pytest.raises(TurnedAway) as error:
        registered.sessions.admit(request)
    assert refusal(error) is ProblemCode.NUMBER_USED


@pytest.mark.parametrize("number", [0, 2**53])
def test_numbers_outside_the_range_are_refused(registered: World, number: int) -> None:
    session = registered.sign_in()
    with pytest.raises(TurnedAway) as error:
        registered.sessions.admit(sealed(KEY, b"", session.session_id, number))
    assert refusal(error) is ProblemCode.NUMBER_USED


def test_a_new_challenge_voids_those_before_it(registered: World) -> None:
    early = registered.sessions.challenge(NO)
    registered.sign_in()
    with pytest.raises(TurnedAway) as error:
        registered.sign_in(challenge=early)
    assert refusal(error) is ProblemCode.SIGN_IN_AGAIN


def test_a_refused_sign_in_leaves_the_session_open(registered: World) -> None:
    session = registered.sign_in()
    with pytest.raises(TurnedAway):
        registered.sign_in(NEW_KEY)
    with pytest.raises(TurnedAway):
        registered.sign_in(challenge="00" * 40)
    assert registered.sessions.admit(sealed(KEY, b"", session.session_id, 1)) == NO


def test_a_blocked_terminal_is_turned_away_within_seconds(registered: World) -> None:
    session = registered.sign_in()
    registered.registry.block(NO, True)
    registered.now_ms += round(RECHECK_S * 1000) + 1
    with pytest.raises(TurnedAway) as error:
        registered.sessions.admit(sealed(KEY, b"", session.session_id, 1))
    assert refusal(error) is ProblemCode.TERMINAL_BLOCKED
    registered.registry.block(NO, False)
    with pytest.raises(TurnedAway) as error:
        registered.sessions.admit(sealed(KEY, b"", session.session_id, 2))
    assert refusal(error) is ProblemCode.SIGN_IN_AGAIN


def test_a_replaced_key_ends_its_session_within_seconds(registered: World) -> None:
    session = registered.sign_in()
    registered.register(registered.registry.add(NO), NEW_KEY)
    registered.now_ms += round(RECHECK_S * 1000) + 1
    with pytest.raises(TurnedAway) as error:
        registered.sessions.admit(sealed(KEY, b"", session.session_id, 1))
    assert refusal(error) is ProblemCode.SIGN_IN_AGAIN


def test_a_restart_forgets_sessions_and_nothing_else(registered: World) -> None:
    session = registered.sign_in()
    registered.sessions = Sessions(registered.registry)
    with pytest.raises(TurnedAway) as error:
        registered.sessions.admit(sealed(KEY, b"", session.session_id, 1))
    assert refusal(error) is ProblemCode.SIGN_IN_AGAIN
    registered.sign_in()
