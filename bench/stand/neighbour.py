"""Another terminal of the same head office, as far as the head office can tell: it has no machine.

It takes money for a card and gives up at the step that is wanted, so that the kiosk of the stand
can deliver what was paid elsewhere. Its notes lie in no box of the stand.
"""

import itertools
import secrets
from pathlib import Path
from typing import Self

from bench.card_files import parse_wallet
from bench.issue_card import DemoCard
from kiosk.backend.client import Client, register
from kiosk.backend.identity import load
from vending.messages import (
    Note,
    NoteTaken,
    OrderOpened,
    OrderParked,
    Report,
    ReportEnvelope,
    Vend,
    VendRequest,
)
from vending.order_no import make_order_no

GIVEN_UP = "sale-unknown"
"""Why, as the terminal would say it."""


class Neighbour:
    """One terminal. Close it."""

    def __init__(self, office_url: str, terminal_no: str, one_time_code: str, folder: Path) -> None:
        """Register with the head office and sign in."""
        key_file = folder / f"{terminal_no}.key"
        register(office_url, terminal_no, one_time_code, key_file=key_file)
        self.terminal_no = terminal_no
        self._client = Client(office_url, load(key_file))
        self._client.sign_in("neighbour")
        self._journal_id = secrets.token_hex(8)
        self._reports = itertools.count(1)
        self._sequence = itertools.count(1)

    def pay(self, card: DemoCard, at_ms: int, *values_fen: int) -> VendRequest:
        """Take notes for the card's account; return the request that would sell for them."""
        person = card.person
        assert person
        assert card.card
        number = make_order_no(self.terminal_no, at_ms, next(self._sequence))
        notes = tuple(
            Note(note_id=f"{number}-{place}", value_fen=value_fen)
            for place, value_fen in enumerate(values_fen)
        )
        opened = OrderOpened(
            order_no=number,
            opened_at_ms=at_ms,
            customer_no=person.customer_no,
            meter_no=person.meter_no,
            card_serial=card.card.image.serial.hex().upper(),
        )
        self._tell(opened)
        for note in notes:
            self._tell(NoteTaken(order_no=number, note=note, at_ms=at_ms))
        return VendRequest(
            order_no=number,
            opened_at_ms=at_ms,
            customer_no=person.customer_no,
            meter_no=person.meter_no,
            card_serial=opened.card_serial,
            purchase_count=parse_wallet(card.card.image.wallet)[1],
            notes=notes,
        )

    def sell(self, request: VendRequest) -> Vend:
        """Have it sold, and not written."""
        sold = self._client.vend(request)
        assert isinstance(sold, Vend), sold
        return sold

    def give_up(self, request: VendRequest, at_ms: int, *, sold: bool) -> None:
        """Say that the order waits for its card."""
        parked = OrderParked(
            order_no=request.order_no,
            paid_fen=sum(note.value_fen for note in request.notes),
            sold=sold,
            verdict=None,
            why=GIVEN_UP,
            at_ms=at_ms,
        )
        self._tell(parked)

    def _tell(self, report: Report) -> None:
        envelope = ReportEnvelope(
            report_no=next(self._reports), journal_id=self._journal_id, report=report
        )
        self._client.report(envelope)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
