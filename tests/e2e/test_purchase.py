"""A whole purchase: real kiosk process, real head office process, real bytes on every wire."""

import pytest

from bench.stand import Stand
from tests.e2e.resident import begin, choose_cash, finish, put_in


@pytest.mark.parametrize("card", ["energy", "money"])
def test_resident_gets_what_was_paid_for_once(stand: Stand, card: str) -> None:
    kiosk = stand.kiosk if stand.kiosk and stand.kiosk.alive else stand.start_kiosk()
    slips = len(stand.slips)
    begin(stand, kiosk, card)
    choose_cash(stand, kiosk)
    put_in(stand, kiosk, 10_000, 10_000)
    put_in(stand, kiosk, 5_000, 15_000)
    finish(kiosk)
    order_no = kiosk.state()["order_no"]
    stand.pull_card()
    kiosk.wait("idle", timeout_s=20)
    result = stand.plug_into_meter(card)
    assert result.credited is not None
    assert result.error is None
    assert stand.plug_into_meter(card).credited is None
    assert stand.audit() == []
    assert len(stand.slips) == slips + 1
    assert order_no.replace(" ", "") in stand.slips[-1].text.replace(" ", "")
    assert stand.ledger(order_no)
