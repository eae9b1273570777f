"""Who the people are: an account, a card, a meter at home."""

from dataclasses import dataclass
from random import Random
from typing import Protocol

from bench.card import Card
from bench.card_files import parse_wallet
from bench.explore.office import ACCOUNTS
from bench.explore.plan import Plan
from bench.issue_card import TEST_KEYS, CardIssue, issue
from bench.meter import Meter, MeterState
from center.utility.seed import RESIDENTIAL, SeedAccount
from vending.card import CardKind

_START_REMAINING = 1_234


class Slot(Protocol):
    """Wherever a card can be put in."""

    def pull(self) -> None:
        """Pull it out again."""


@dataclass
class Resident:
    """Somebody with an account, a card and a meter at home."""

    account: SeedAccount
    card: Card
    meter: Meter
    kiosk: Slot | None = None
    """Whose slot the card is in; None: it is in the pocket."""
    cards: int = 0
    """New ones so far."""

    def lose_card(self, chance: Random) -> str:
        """Lose the card; return the serial of the new one, which the meter knows by now.

        The utility writes on a new card what the meter shows.
        """
        if self.kiosk:
            self.kiosk.pull()
        self.cards += 1
        serial = bytes.fromhex(f"B{self.cards:05d}{self.account.card_serial[6:]}")
        state = self.meter.state
        wanted = CardIssue(
            serial=serial,
            meter_no=self.account.meter_no,
            customer_no=self.account.customer_no,
            wallet_unit=self.account.wallet_unit,
            purchase_count=state.purchase_count,
            wallet_amount=0,
            kind=CardKind.REPLACEMENT,
            meter_remaining=max(0, state.remaining),
        )
        self.card = issue(wanted, random_bytes=chance.randbytes)
        self.plug()
        return serial.hex().upper()

    def plug(self) -> None:
        """Put the card into the meter, if it is in the pocket."""
        if self.kiosk is None:
            self.meter.plug(self.card)


def count_of(resident: Resident) -> int:
    """Return the purchase count on the card."""
    return parse_wallet(resident.card.image.wallet)[1]


def make_residents(plan: Plan) -> list[Resident]:
    """Return everybody, each with a loaded card."""
    return [_resident(account, plan.stream("card", account.customer_no)) for account in ACCOUNTS]


def _resident(account: SeedAccount, chance: Random) -> Resident:
    serial = bytes.fromhex(account.card_serial)
    wanted = CardIssue(
        serial=serial,
        meter_no=account.meter_no,
        customer_no=account.customer_no,
        wallet_unit=account.wallet_unit,
        purchase_count=account.purchase_count,
        wallet_amount=0,
        meter_remaining=_START_REMAINING,
        kind=CardKind.OPENING if account.purchase_count == 1 else CardKind.PURCHASE,
    )
    state = MeterState(
        meter_no=account.meter_no,
        wallet_unit=account.wallet_unit,
        customer_no=account.customer_no,
        card_serial=serial,
        opened=True,
        purchase_count=account.purchase_count,
        remaining=_START_REMAINING,
        tariff=RESIDENTIAL,
        used_this_year_wh=account.used_this_year_wh,
    )
    return Resident(account, issue(wanted, random_bytes=chance.randbytes), Meter(state, TEST_KEYS))
