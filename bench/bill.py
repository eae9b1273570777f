"""The paper bills on the bench's table: what customers who pay afterwards have got by post."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from bench.issue_card import PEOPLE


@dataclass(frozen=True, slots=True)
class DemoBill:
    """One bill."""

    customer_no: str
    name: str
    month: str
    """The newest month on it, ``yyyy-mm``; empty: nothing is owed."""

    @property
    def code(self) -> str:
        """What its QR code says: the customer's number first (`vending.bill.customer_no_in`)."""
        return f"{self.customer_no};{self.month}" if self.month else self.customer_no


def demo_bills(people: Path = PEOPLE) -> tuple[DemoBill, ...]:
    """Return a bill for each ``[[post_paid]]`` table of a file of people, in its order."""
    tables = tomllib.loads(people.read_text("utf-8"))
    return tuple(
        DemoBill(
            customer_no=table["customer_no"],
            name=table["name"],
            month=max((month["month"] for month in table.get("bills", ())), default=""),
        )
        for table in tables.get("post_paid", ())
    )
