"""What is counted: long, short, uncertain notes, corrections by counter-entry, and the bank."""

import pytest
from msgspec.structs import replace

from center.cash.banking import Deposit
from center.cash.counting import Count, Found
from center.cash.counts import Counted
from center.cash.periods import CashError
from center.cash.vault import MAY, Deed, Vault
from center.staff import trail
from center.staff.people import Person
from tests.center.cash.people import BOSS, CLERK
from tests.center.cash.till import Till
from tests.center.orders.office import TERMINAL, Office
from vending.messages import Note, NoteTaken
from vending.rights import Role


def cleared(office: Office, till: Till, *values_fen: int) -> int:
    """A period with these notes, closed and reported."""
    order_no = office.order_no(till.terminal_no)
    for value_fen in values_fen:
        till.tell(till.pay(order_no, value_fen))
    return close(till)


def close(till: Till) -> int:
    report = till.clear()
    till.tell(report)
    return report.period_no


def count(
    period_no: int, counted: Counted, *found: str, corrects: int = 0, reason: str | None = None
) -> Count:
    return Count(
        terminal_no=TERMINAL,
        period_no=period_no,
        counted=counted,
        found=tuple(Found(note_id=each) for each in found),
        bag_no="bag",
        corrects=corrects,
        reason=reason,
    )


def standing(office: Office) -> tuple[int, int, int, int]:
    """Box, on its way (period 1), long, short: in fen."""
    return (
        -office.balance("cash", TERMINAL),
        -office.balance("transit", f"{TERMINAL}/1"),
        office.balance("long", TERMINAL),
        -office.balance("short", TERMINAL),
    )


def steps(office: Office) -> list[tuple[str, str | None]]:
    return [(step.what, step.staff) for step in office.store.read(trail.read)]


def test_a_count_that_agrees_books_nothing(office: Office, till: Till, vault: Vault) -> None:
    cleared(office, till, 10_000, 5_000)
    entry = vault.count(CLERK, count(1, ((5_000, 1), (10_000, 1), (100, 0))))
    assert (entry.entry_no, entry.counted) == (1, ((10_000, 1), (5_000, 1)))
    assert standing(office) == (0, 15_000, 0, 0)
    assert steps(office) == [("cash-counted", "clerk")]


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        (((10_000, 2),), (0, 20_000, 10_000, 0)),
        (((5_000, 1),), (0, 5_000, 0, 5_000)),
        ((), (0, 0, 0, 10_000)),
    ],
)
def test_what_differs_is_long_or_short(
    office: Office, till: Till, vault: Vault, counted: Counted, expected: tuple[int, ...]
) -> None:
    cleared(office, till, 10_000)
    for _ in range(2):
        vault.count(CLERK, count(1, counted))
    assert standing(office) == expected
    assert len(steps(office)) == 1


def test_another_count_of_the_same_period_is_refused(
    office: Office, till: Till, vault: Vault
) -> None:
    cleared(office, till, 10_000)
    vault.count(CLERK, count(1, ((10_000, 1),)))
    for other in (
        count(1, ((5_000, 2),)),
        replace(count(1, ((10_000, 1),)), comment="x"),
    ):
        with pytest.raises(CashError, match=r"has entry 1 already, by clerk over 100.00 yuan"):
            vault.count(CLERK, other)
    with pytest.raises(CashError, match="has entry 1 already"):
        vault.count(BOSS, count(1, ((10_000, 1),)))
    assert standing(office) == (0, 10_000, 0, 0)


def test_a_correction_reverses_the_entry_before_it(
    office: Office, till: Till, vault: Vault
) -> None:
    cleared(office, till, 10_000)
    vault.count(CLERK, count(1, ((10_000, 2),)))
    right = count(1, ((5_000, 1),), corrects=1, reason="a note of another bag")
    for _ in range(2):
        assert vault.count(BOSS, right).entry_no == 2
    assert standing(office) == (0, 5_000, 0, 5_000)
    vault.count(BOSS, count(1, ((10_000, 1),), corrects=2, reason="found under the table"))
    assert standing(office) == (0, 10_000, 0, 0)
    story = vault.story(TERMINAL, 1)
    assert [entry.total_fen for entry in story.entries] == [20_000, 5_000, 10_000]
    assert story.over_fen == 0
    assert [what for what, _ in steps(office)] == ["cash-counted"] + ["cash-corrected"] * 2


def test_nobody_corrects_what_they_have_not_seen(office: Office, till: Till, vault: Vault) -> None:
    cleared(office, till, 10_000)
    with pytest.raises(CashError, match="there is no entry 1"):
        vault.count(BOSS, count(1, ((10_000, 2),), corrects=1, reason="x"))
    vault.count(CLERK, count(1, ((10_000, 2),)))
    with pytest.raises(CashError, match="needs a reason"):
        vault.count(BOSS, count(1, ((10_000, 1),), corrects=1, reason=" "))
    vault.count(BOSS, count(1, ((10_000, 1),), corrects=1, reason="one too many"))
    with pytest.raises(CashError, match="has entry 2 already"):
        vault.count(BOSS, count(1, ((5_000, 1),), corrects=1, reason="no, two"))


@pytest.mark.parametrize(
    ("counted", "found", "why"),
    [
        (((-100, 1),), (), "more than nothing"),
        (((100, -1),), (), "not less"),
        (((100, 1), (100, 2)), (), "twice"),
        (((100, 1),), ("a", "a"), "twice"),
        (((100, 1),), ("a",), "not an uncertain note of this period: a"),
    ],
)
def test_what_is_no_count_is_refused(
    office: Office,
    till: Till,
    vault: Vault,
    counted: Counted,
    found: tuple[str, ...],
    why: str,
) -> None:
    cleared(office, till, 10_000)
    with pytest.raises(CashError, match=why):
        vault.count(CLERK, count(1, counted, *found))
    assert vault.story(TERMINAL, 1).entries == ()


def test_only_a_period_that_was_taken_is_counted(vault: Vault) -> None:
    with pytest.raises(CashError, match="was not reported"):
        vault.count(CLERK, count(1, ()))


# -- uncertain notes


def test_a_count_decides_about_uncertain_notes(office: Office, till: Till, vault: Vault) -> None:
    there, gone = till.lose(5_000, certain=False), till.lose(2_000, certain=False)
    till.tell(there)
    till.tell(gone)
    cleared(office, till, 10_000)
    assert {note.note_id for note in vault.story(TERMINAL, 1).uncertain} == {
        there.note.note_id,
        gone.note.note_id,
    }
    asked = count(1, ((10_000, 1), (5_000, 1)), there.note.note_id)
    for _ in range(2):
        vault.count(CLERK, asked)
    assert standing(office) == (0, 15_000, 0, 0)
    assert office.balance("unassigned", TERMINAL) == 5_000
    assert vault.story(TERMINAL, 1).uncertain == ()


def test_a_correction_may_think_otherwise_about_uncertain_notes(
    office: Office, till: Till, vault: Vault
) -> None:
    one, other = till.lose(5_000, certain=False), till.lose(2_000, certain=False)
    till.tell(one)
    till.tell(other)
    close(till)
    vault.count(CLERK, count(1, ((5_000, 1),), one.note.note_id))
    swapped = count(1, ((2_000, 1),), other.note.note_id, corrects=1, reason="the other one")
    for _ in range(2):
        vault.count(BOSS, swapped)
    assert standing(office) == (0, 2_000, 0, 0)
    assert office.balance("unassigned", TERMINAL) == 2_000
    vault.count(BOSS, count(1, (), corrects=2, reason="of another bag"))
    assert standing(office) == (0, 0, 0, 0)


def test_a_note_of_unknown_value_is_found_with_its_value(
    office: Office, till: Till, vault: Vault
) -> None:
    unknown = till.lose(0, certain=False)
    till.tell(unknown)
    close(till)
    note_id = unknown.note.note_id
    with pytest.raises(CashError, match="nobody knows the value"):
        vault.count(CLERK, count(1, ((2_000, 1),), note_id))
    valued = Found(note_id=note_id, value_fen=2_000)
    entry = vault.count(CLERK, replace(count(1, ((2_000, 1),)), found=(valued,)))
    assert entry.found == (note_id,)
    assert standing(office) == (0, 2_000, 0, 0)
    wrong = Found(note_id=note_id, value_fen=5_000)
    correction = count(1, ((5_000, 1),), corrects=1, reason="x")
    with pytest.raises(CashError, match=r"is one of 20.00 yuan"):
        vault.count(BOSS, replace(correction, found=(wrong,)))


def test_a_note_that_a_count_has_not_found_turns_up(
    office: Office, till: Till, vault: Vault
) -> None:
    doubted = till.lose(5_000, certain=False)
    till.tell(doubted)
    cleared(office, till, 10_000)
    vault.count(CLERK, count(1, ((10_000, 1),)))
    till.tell(doubted)
    till.tell(till.find(doubted.note))
    assert standing(office) == (5_000, 10_000, 0, 0)
    assert office.alarms()[-2:] == ["note-turned-up", "note-in-suspense"]
    answer = till.tell(till.clear()).answer
    assert answer is not None
    assert answer.agrees


def test_a_note_that_was_not_found_pays_for_nothing(
    office: Office, till: Till, vault: Vault
) -> None:
    order_no = office.order_no()
    doubted = till.lose(5_000, certain=False, near=order_no)
    till.tell(doubted)
    close(till)
    for place in range(2):
        till.tell(NoteTaken(order_no=order_no, note=doubted.note, at_ms=office.now_ms))
        assert office.alarms().count("note-conflict") == place + 1
        if not place:
            vault.count(CLERK, count(1, ()))
    assert standing(office) == (0, 0, 0, 0)


def test_it_turns_up_again_after_it_was_said_to_be_found_and_not_to_be(
    office: Office, till: Till, vault: Vault
) -> None:
    doubted = till.lose(5_000, certain=False)
    till.tell(doubted)
    close(till)
    vault.count(CLERK, count(1, ((5_000, 1),), doubted.note.note_id))
    vault.count(BOSS, count(1, (), corrects=1, reason="a forged one"))
    old = Note(note_id=doubted.note.note_id, value_fen=5_000, period_no=1)
    till.tell(replace(doubted, note=old, certain=True))
    assert standing(office) == (0, 0, 0, 5_000)
    vault.count(BOSS, count(1, ((5_000, 1),), corrects=2, reason="not forged"))
    assert standing(office) == (0, 5_000, 0, 0)


def test_a_late_note_was_among_what_was_counted(office: Office, till: Till, vault: Vault) -> None:
    late = till.pay(office.order_no(), 10_000)
    cleared(office, till, 5_000)
    vault.count(CLERK, count(1, ((10_000, 1), (5_000, 1))))
    assert standing(office) == (0, 15_000, 10_000, 0)
    till.tell(late)
    assert standing(office) == (0, 15_000, 0, 0)
    later = till.lose(2_000, certain=True)
    till.tell(replace(later, note=replace(later.note, period_no=1)))
    assert standing(office) == (0, 15_000, 0, 2_000)


# -- the bank


def deposit(reference: str, amount_fen: int, *periods: int) -> Deposit:
    return Deposit(
        reference=reference,
        amount_fen=amount_fen,
        periods=tuple((TERMINAL, period_no) for period_no in periods),
    )


def test_counted_money_goes_to_the_bank(office: Office, till: Till, vault: Vault) -> None:
    for values in ((10_000,), (5_000, 2_000), ()):
        period_no = cleared(office, till, *values)
        vault.count(CLERK, count(period_no, tuple((value, 1) for value in values)))
    for _ in range(2):
        made = vault.deposit(CLERK, deposit("B-1", 17_000, 1, 2, 3))
    assert [fen for _, _, fen in made.parts] == [10_000, 7_000, 0]
    assert -office.balance("bank", "") == 17_000
    assert standing(office) == (0, 0, 0, 0)
    assert vault.story(TERMINAL, 2).period.deposit == "B-1"
    assert steps(office)[-1] == ("cash-deposited", "clerk")


def test_the_bank_gets_what_was_counted_and_each_fen_once(
    office: Office, till: Till, vault: Vault
) -> None:
    cleared(office, till, 10_000)
    cleared(office, till, 5_000)
    with pytest.raises(CashError, match="000001/1 was not counted yet"):
        vault.deposit(CLERK, deposit("B-1", 10_000, 1))
    vault.count(CLERK, count(1, ((10_000, 1),)))
    vault.count(CLERK, count(2, ((5_000, 1),)))
    with pytest.raises(CashError, match=r"100.00 yuan were counted in these periods, not 99.00"):
        vault.deposit(CLERK, deposit("B-1", 9_900, 1))
    with pytest.raises(CashError, match="not"):
        vault.deposit(CLERK, deposit("B-0", 0))
    vault.deposit(CLERK, deposit("B-1", 10_000, 1, 1))
    with pytest.raises(CashError, match="at the bank: B-1"):
        vault.deposit(CLERK, deposit("B-2", 15_000, 1, 2))
    with pytest.raises(CashError, match=r"stands for another deposit over 100.00 yuan, by clerk"):
        vault.deposit(CLERK, deposit("B-1", 5_000, 2))
    with pytest.raises(CashError, match="is at the bank: B-1"):
        vault.count(BOSS, count(1, ((5_000, 2),), corrects=1, reason="x"))
    assert -office.balance("bank", "") == 10_000


def test_a_note_that_comes_after_the_deposit_changes_what_was_long(
    office: Office, till: Till, vault: Vault
) -> None:
    late = till.pay(office.order_no(), 10_000)
    close(till)
    vault.count(CLERK, count(1, ((10_000, 1),)))
    vault.deposit(CLERK, deposit("B-1", 10_000, 1))
    assert standing(office) == (0, 0, 10_000, 0)
    till.tell(late)
    assert standing(office) == (0, 0, 0, 0)


# -- who may


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("deed", Deed)
def test_every_role_against_every_deed(
    office: Office, till: Till, vault: Vault, role: Role, deed: Deed
) -> None:
    """Whoever may not is refused before anything is done."""
    somebody = Person(name="somebody", role=role)
    cleared(office, till, 10_000)
    till.clear()
    cleared(office, till)
    if deed is not Deed.COUNT:
        vault.count(CLERK, count(1, ((10_000, 1),)))
    before = len(steps(office))

    def attempt() -> object:
        if deed is Deed.COUNT:
            return vault.count(somebody, count(1, ((10_000, 1),)))
        if deed is Deed.CORRECT:
            return vault.count(somebody, count(1, ((5_000, 2),), corrects=1, reason="x"))
        if deed is Deed.CLOSE:
            return vault.close(somebody, TERMINAL, 2, "x")
        return vault.deposit(somebody, deposit("B-1", 10_000, 1))

    if role in MAY[deed]:
        attempt()
        assert steps(office)[-1][1] == "somebody"
    else:
        with pytest.raises(CashError, match=f"somebody is {role}; this is for: "):
            attempt()
        assert len(steps(office)) == before


def test_who_may_is_as_written() -> None:
    """Maintenance staff touch no money, and operators do not correct."""
    assert {deed: set(roles) for deed, roles in MAY.items()} == {
        Deed.COUNT: {Role.OPERATOR, Role.SUPERVISOR},
        Deed.CORRECT: {Role.SUPERVISOR},
        Deed.CLOSE: {Role.SUPERVISOR},
        Deed.DEPOSIT: {Role.OPERATOR, Role.SUPERVISOR},
    }
