import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.fleet.challenge import LIFETIME_NS, Challenges


class Ticks:
    def __init__(self) -> None:
        self.now_ns = 1_000

    def __call__(self) -> int:
        return self.now_ns


def test_a_challenge_is_recognised_until_its_time_is_over() -> None:
    ticks = Ticks()
    challenges = Challenges(ticks)
    challenge = challenges.make("310001")
    ticks.now_ns += LIFETIME_NS
    issued = challenges.recognise("310001", challenge)
    assert issued is not None
    assert issued.at_ns == 1_000
    ticks.now_ns += 1
    assert challenges.recognise("310001", challenge) is None


def test_a_challenge_is_for_its_terminal_and_its_process_only() -> None:
    challenges = Challenges(Ticks())
    challenge = challenges.make("310001")
    assert challenges.recognise("310002", challenge) is None
    assert Challenges(Ticks()).recognise("310001", challenge) is None


def test_no_two_challenges_are_the_same() -> None:
    challenges = Challenges(Ticks())
    assert len({challenges.make("310001") for _ in range(100)}) == 100


@given(st.integers(0, 79), st.integers(1, 15))
def test_a_changed_challenge_is_not_recognised(place: int, shift: int) -> None:
    challenges = Challenges(Ticks())
    challenge = challenges.make("310001")
    digit = format((int(challenge[place], 16) + shift) % 16, "x")
    changed = challenge[:place] + digit + challenge[place + 1 :]
    assert challenges.recognise("310001", changed) is None


@pytest.mark.parametrize("text", ["", "00", "no hexadecimal", "00" * 40, "00" * 10_000])
def test_what_was_never_a_challenge_is_not_recognised(text: str) -> None:
    assert Challenges(Ticks()).recognise("310001", text) is None
