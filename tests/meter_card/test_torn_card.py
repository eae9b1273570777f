"""A card that our own write has torn is known by its chip, though its files make no sense."""

from dataclasses import replace

from bench.card_slot import CardSlot
from kiosk.flow import event as ev
from kiosk.meter_card.supervisor import Limits
from tests.meter_card.stand import ENERGY, desk_at, issued


def test_a_damaged_card_still_tells_its_chip() -> None:
    card = issued(replace(ENERGY, damaged=True))
    with CardSlot() as slot, desk_at(slot.serve(), Limits()) as stand:
        slot.insert(card)
        stand.facts.next(ev.CardInserted)
        stand.desk.read()
        unreadable = stand.facts.next(ev.CardUnreadable)
    assert unreadable.fault is ev.CardFault.DAMAGED
    assert unreadable.serial == card.image.serial.hex().upper()
