"""What cannot be kept of a count is said in words; what waits for one stays in sight."""

from typing import Any

import pytest
from msgspec.structs import replace

from center.cash.counting import Found
from center.cash.periods import CashError
from center.cash.vault import Vault
from tests.center.cash.people import BOSS, CLERK
from tests.center.cash.test_counting import cleared, close, count, deposit
from tests.center.cash.till import Till
from tests.center.orders.office import TERMINAL, Office


def test_what_waits_is_listed_however_old_it_is(
    office: Office, till: Till, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forgotten money must not scroll out of sight behind what was dealt with since."""
    monkeypatch.setattr("center.cash.vault.MOST_PERIODS", 2)
    for number in range(1, 5):
        cleared(office, till, 10_000)
        office.now_ms += 1
        if number > 1:
            vault.count(CLERK, count(number, ((10_000, 1),)))
        if number > 2:
            vault.deposit(CLERK, deposit(f"B-{number}", 10_000, number))

    def listed(**waiting: bool) -> list[int]:
        return [story.period.period_no for story in vault.periods(TERMINAL, **waiting)]

    assert listed() == [4, 3]
    assert listed(uncounted=True) == [1]
    assert listed(not_deposited=True) == [2, 1]
    assert listed(uncounted=True, not_deposited=True) == [1]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"bag_no": "b" * 61}, "the number of a bag has at most 60 characters"),
        ({"comment": "c" * 513}, "a comment has at most 512 characters"),
        ({"counted": ((10_000, 10**30),)}, "no bag holds more than"),
        ({"period_no": 10**30}, "was not reported"),
        ({"found": (Found(note_id="n", value_fen=-1_000),)}, "is worth something"),
    ],
)
def test_what_no_column_holds_is_said_before_the_database_refuses(
    office: Office, till: Till, vault: Vault, change: dict[str, Any], why: str
) -> None:
    cleared(office, till, 10_000)
    with pytest.raises(CashError, match=why):
        vault.count(CLERK, replace(count(1, ((10_000, 1),)), **change))
    vault.count(CLERK, count(1, ((10_000, 1),)))
    with pytest.raises(CashError, match="a reason has at most"):
        vault.count(BOSS, count(1, (), corrects=1, reason="r" * 513))
    with pytest.raises(CashError, match="a comment has at most"):
        vault.deposit(CLERK, replace(deposit("B-1", 10_000, 1), comment="c" * 513))
    with pytest.raises(CashError, match="may still be running"):
        vault.close(BOSS, TERMINAL, 10**30, "x")


def test_a_note_of_unknown_value_is_not_worth_less_than_nothing(
    office: Office, till: Till, vault: Vault
) -> None:
    doubted = till.lose(0, certain=False)
    till.tell(doubted)
    close(till)
    found = (Found(note_id=doubted.note.note_id, value_fen=-1_000),)
    with pytest.raises(CashError, match="is worth something"):
        vault.count(CLERK, replace(count(1, ()), found=found))
