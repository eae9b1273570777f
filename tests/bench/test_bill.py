"""The paper bills on the bench."""

from pathlib import Path

from bench.bill import demo_bills
from vending.bill import customer_no_in

PEOPLE = """
[[account]]
customer_no = "330100200011"

[[post_paid]]
customer_no = "330100300017"
name = "周建国"
bills = [{month = "2026-10", amount_fen = 1}, {month = "2026-09", amount_fen = 1}]

[[post_paid]]
customer_no = "330100300041"
name = "沈佳"
"""


def test_a_bill_for_each_customer_who_pays_afterwards(tmp_path: Path) -> None:
    people = tmp_path / "people.toml"
    people.write_text(PEOPLE, "utf-8")
    bills = demo_bills(people)
    assert [bill.code for bill in bills] == ["330100300017;2026-10", "330100300041"]
    assert [customer_no_in(bill.code) for bill in bills] == ["330100300017", "330100300041"]
    assert bills[0].name == "周建国"
