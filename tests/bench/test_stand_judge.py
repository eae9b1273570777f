"""The judge finds what is wrong: each test spoils one thing that was right."""

import pytest
from msgspec.structs import asdict

from bench.card_files import wallet_file
from bench.card_memory import CardImage
from bench.issue_card import DemoCard, demo_cards
from bench.meter import Credit
from bench.stand.judge import Books, Sale, judge

AMOUNT = 27_947


@pytest.fixture
def card() -> DemoCard:
    return next(card for card in demo_cards() if card.name == "energy")


def sale(card: DemoCard, state: str = "confirmed", *, count: int = 8) -> Sale:
    assert card.person
    return Sale(card.person.meter_no, "3301062611240000016", state, count, AMOUNT)


def books(*sales: Sale, cash_fen: int = 15_000, **more: int) -> Books:
    return Books(
        faults=(),
        cash_fen=cash_fen,
        uncertain_fen=more.get("uncertain_fen", 0),
        uncertain_unknown=more.get("uncertain_unknown", 0),
        sales=sales,
    )


def credit(card: DemoCard, *, count: int = 8, amount: int = AMOUNT) -> None:
    assert card.meter
    card.meter.state.credits.append(Credit(count, amount, b"12345678"))


def test_all_is_right(card: DemoCard) -> None:
    credit(card)
    assert judge(books(sale(card)), [10_000, 5_000], [card]) == []


def test_the_books_own_faults_are_told() -> None:
    faulty = Books(
        faults=("suspense of order",), cash_fen=0, uncertain_fen=0, uncertain_unknown=0, sales=()
    )
    assert judge(faulty, [], []) == ["suspense of order"]


@pytest.mark.parametrize("box_fen", [[10_000], [10_000, 5_000, 5_000], []])
def test_the_box_holds_what_is_booked(box_fen: list[int | None]) -> None:
    (fault,) = judge(books(), box_fen, [])
    assert "booked as cash" in fault


@pytest.mark.parametrize(
    ("box_fen", "uncertain", "faults"),
    [
        ([10_000, 5_000], {"uncertain_fen": 5_000}, 0),
        ([10_000, 5_000, 5_000], {"uncertain_fen": 5_000}, 0),
        ([10_000, 5_000, 5_000, 5_000], {"uncertain_fen": 5_000}, 1),
        ([10_000, 5_000, 5_000], {"uncertain_unknown": 1}, 0),
        ([10_000], {"uncertain_unknown": 1}, 1),
    ],
)
def test_a_note_of_unknown_fate_may_lie_in_the_box_or_not(
    box_fen: list[int | None], uncertain: dict[str, int], faults: int
) -> None:
    assert len(judge(books(**uncertain), box_fen, [])) == faults


def test_a_purchase_credited_twice(card: DemoCard) -> None:
    credit(card)
    credit(card)
    assert any("2 times" in fault for fault in judge(books(sale(card), cash_fen=0), [], [card]))


@pytest.mark.parametrize("state", ["cancelled", None])
def test_a_credit_that_nobody_sold(card: DemoCard, state: str | None) -> None:
    credit(card)
    sold = [sale(card, state)] if state else []
    (fault,) = judge(books(*sold, cash_fen=0), [], [card])
    assert "which nobody sold" in fault


def test_a_credit_of_another_amount(card: DemoCard) -> None:
    credit(card, amount=AMOUNT + 1)
    faults = judge(books(sale(card, "open"), cash_fen=0), [], [card])
    assert faults == [f"meter 001900450011 credited {AMOUNT + 1} as purchase 8; sold was {AMOUNT}"]


def test_what_was_bought_before_the_bench_began_is_not_judged(card: DemoCard) -> None:
    credit(card, count=7, amount=1)
    assert judge(books(cash_fen=0), [], [card]) == []


def test_a_confirmed_sale_is_on_the_card_or_in_the_meter(card: DemoCard) -> None:
    (fault,) = judge(books(sale(card), cash_fen=0), [], [card])
    assert "neither on the card nor in the meter" in fault
    assert judge(books(sale(card, "open"), cash_fen=0), [], [card]) == []


def test_a_written_card_counts_as_delivered(card: DemoCard) -> None:
    chip = card.card
    assert chip
    written = {**asdict(chip.image), "wallet": wallet_file(AMOUNT, 8)}
    chip._memory._files["wallet"][:] = CardImage(**written).wallet
    assert judge(books(sale(card), cash_fen=0), [], [card]) == []
