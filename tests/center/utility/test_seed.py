"""Taking accounts over from a file: tolerant of what is missing, exact about what is wrong."""

from pathlib import Path

import pytest

from center.orders import audit
from center.store.store import Store
from center.utility import bills
from center.utility.seed import RESIDENTIAL, Seed, SeedError, parse_seed, plant, read_seed
from vending.tariff import Tariff, TariffStep

ROOT = Path(__file__).resolve().parents[3]
NOW_MS = 1_763_944_000_000
ACCOUNT = """
[[account]]
customer_no = "1"
meter_no = "11"
card_serial = "A000000000000001"
name = "王小明"
address = "春江花园"
wallet_unit = "energy"
"""


POST_PAID = """
[[post_paid]]
customer_no = "2"
name = "周建国"
address = "河坊街"
balance_fen = 70
bills = [{month = "2025-10", energy_wh = 1, amount_fen = 5_000, late_fee_fen = 50}]
"""


def grow(store: Store, seed: Seed) -> int:
    return store.write(lambda connection: plant(connection, seed, NOW_MS))


def test_the_demos_people_are_read() -> None:
    seed = read_seed(ROOT / "bench" / "people.toml")
    assert len(seed.accounts) == len({account.customer_no for account in seed.accounts}) > 0
    assert {account.wallet_unit.value for account in seed.accounts} == {"energy", "money"}


def test_the_demos_post_paid_customers_differ() -> None:
    seed = read_seed(ROOT / "bench" / "people.toml")
    months = [len(customer.bills) for customer in seed.post_paid]
    assert min(months) == 0
    assert max(months) > 2
    assert any(bill.late_fee_fen for customer in seed.post_paid for bill in customer.bills)


def test_post_paid_customers_are_taken_over_once_with_their_bills(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'center.db'}")
    seed = parse_seed(ACCOUNT + POST_PAID)
    assert grow(store, seed) == 2
    assert grow(store, seed) == 0
    (month,) = store.read(lambda connection: bills.unpaid(connection, "2"))
    assert (month.month, month.due_fen) == ("2025-10", 5_050)
    assert store.read(audit.check) == []
    store.close()


def test_what_is_missing_has_a_plain_default() -> None:
    (account,) = parse_seed(ACCOUNT).accounts
    assert (account.purchase_count, account.balance_fen, account.blocked) == (0, 0, False)
    assert account.tariff == RESIDENTIAL.name


def test_a_file_may_bring_its_own_tariffs() -> None:
    text = ACCOUNT + (
        'tariff = "night"\n[[tariff]]\nname = "night"\n'
        "steps = [{until_wh = 1000, price_hao_per_kwh = 2}, {price_hao_per_kwh = 3}]\n"
    )
    seed = parse_seed(text)
    assert seed.tariffs == (
        Tariff("night", (TariffStep(1_000, 2), TariffStep(None, 3))),
        RESIDENTIAL,
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[account", "array declaration"),
        (POST_PAID + ACCOUNT.replace('"1"', '"2"'), "post_paid 2: the customer stands twice"),
        (POST_PAID + POST_PAID, "post_paid 2: the customer stands twice"),
        (POST_PAID.replace("2025-10", "2025-13"), r"post_paid 1 \(2\): .*month"),
        (
            POST_PAID.replace("50}", '50}, {month = "2025-10", energy_wh = 1, amount_fen = 1}'),
            "post_paid 2: a month stands twice",
        ),
        ("[account]\nname = 'x'", r"write \[\[account\]\]"),
        (ACCOUNT.replace('meter_no = "11"', ""), r"account 1 \(1\): .*meter_no"),
        (ACCOUNT.replace('"A000000000000001"', '"A0"'), r"account 1 \(1\): .*card_serial"),
        (ACCOUNT.replace('"energy"', '"water"'), r"account 1 \(1\): .*wallet_unit"),
        (ACCOUNT + "arrears_fen = -1", r"account 1 \(1\): .*arrears_fen"),
        (ACCOUNT + "balance_fen = 0.5", r"account 1 \(1\): .*balance_fen"),
        (ACCOUNT + 'tariff = "none"', "account 1: there is no tariff 'none'"),
        (ACCOUNT + ACCOUNT, "account 1: customer_no 1 stands twice"),
        (
            ACCOUNT + ACCOUNT.replace('"1"', '"2"').replace('"11"', '"22"').replace("A0", "a0"),
            "account 2: card_serial .* stands twice",
        ),
        ('[[tariff]]\nname = "t"\nsteps = []', "tariff t: the last step"),
        ('[[tariff]]\nname = "t"\nsteps = [{}]', r"tariff 1 \(t\): .*price_hao_per_kwh"),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str) -> None:
    with pytest.raises(SeedError, match=message):
        parse_seed(text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"people\.toml: No such file"):
        read_seed(tmp_path / "people.toml")


def test_planting_again_leaves_the_books_alone(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'center.db'}")
    rich = ACCOUNT + "balance_fen = 500\narrears_fen = 300\n"
    assert grow(store, parse_seed(rich)) == 1
    assert grow(store, parse_seed(rich.replace("500", "900"))) == 0
    assert store.read(audit.check) == []
    store.close()


@pytest.mark.parametrize(
    ("change", "message"),
    [(("A0", "A1"), "the meter belongs to another"), (('"11"', '"22"'), "card .* is another")],
)
def test_meters_and_cards_have_one_owner(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    store = Store(f"sqlite:///{tmp_path / 'center.db'}")
    grow(store, parse_seed(ACCOUNT))
    other = ACCOUNT.replace('"1"', '"2"').replace(*change)
    with pytest.raises(SeedError, match=message):
        grow(store, parse_seed(other))
    assert (
        grow(
            store,
            parse_seed(ACCOUNT.replace('"1"', '"3"').replace('"11"', '"33"').replace("A0", "A3")),
        )
        == 1
    )
    store.close()
