"""A State Grid card whose write is cut off, everywhere it can be: judged by the bench's meter.

No process and no wire here: thousands of writes, each cut off somewhere else.
"""

import pytest

from bench.card_memory import TornByte
from bench.issue_card import CardIssue
from kiosk.meter_card.port import CardError, CardGone, WriteOrder
from tests.meter_card.stand import (
    AMOUNT,
    ENERGY,
    OPENING,
    WRITTEN_BYTES,
    Bench,
    converse,
    head_office,
    issued,
    meter_of,
    order_for,
)
from vending.card import Verdict

KINDS = [("purchase", ENERGY), ("opening", OPENING)]


def attempt(bench: Bench, order: WriteOrder) -> None:
    """Write; whatever happens proves nothing."""
    try:
        bench.write(order)
    except CardError:
        bench.put_back()


def deliver(bench: Bench, order: WriteOrder, tries: int = 3) -> list[Verdict]:
    """What the kiosk does with the card held: read it back, and write again what is not there."""
    verdicts = [bench.verdict(order)]
    while verdicts[-1] in (Verdict.NOT_WRITTEN, Verdict.TORN) and len(verdicts) <= tries:
        attempt(bench, order)
        verdicts.append(bench.verdict(order))
    return verdicts


def commands_of_a_write(wanted: CardIssue) -> int:
    bench = Bench(issued(wanted))
    order = order_for(bench.snapshot())
    read = len(bench.slot.apdus)
    bench.write(order)
    return len(bench.slot.apdus) - read


@pytest.mark.parametrize(("name", "wanted"), KINDS)
def test_pulled_at_every_command_of_a_write(name: str, wanted: CardIssue) -> None:
    commands = commands_of_a_write(wanted)
    assert commands == {"purchase": 13, "opening": 14}[name]
    for at in range(1, commands + 1):
        card, meter = issued(wanted), meter_of(wanted)
        bench = Bench(card)
        order = order_for(bench.snapshot())
        bench.slot.pull_at_apdu(at)
        with pytest.raises(CardGone):
            bench.write(order)
        bench.put_back()
        assert deliver(bench, order)[-1] is Verdict.WRITTEN
        bench.slot.pull()
        meter.plug(card)
        meter.plug(card)
        assert [credit.amount for credit in meter.state.credits] == [AMOUNT]


@pytest.mark.parametrize("torn", list(TornByte))
@pytest.mark.parametrize(("name", "wanted"), KINDS)
def test_power_lost_at_every_byte_of_a_write(name: str, wanted: CardIssue, torn: TornByte) -> None:
    """WRITTEN is said exactly when the meter would credit; writing again gets there."""
    whole = WRITTEN_BYTES[name]
    cuts = whole + 1 if torn is TornByte.OLD else whole  # after the last byte, or inside it
    for after in range(cuts):
        card, meter = issued(wanted), meter_of(wanted)
        bench = Bench(card)
        order = order_for(bench.snapshot())
        bench.slot.tear_after_bytes(after, torn=torn)
        with pytest.raises(CardGone):
            bench.write(order)
        bench.put_back()
        first = bench.verdict(order)
        assert (first is Verdict.WRITTEN) == (after == whole)
        assert deliver(bench, order)[-1] is Verdict.WRITTEN
        bench.slot.pull()
        meter.plug(card)
        meter.plug(card)
        assert [credit.amount for credit in meter.state.credits] == [AMOUNT]


@pytest.mark.parametrize("after", range(WRITTEN_BYTES["purchase"] + 1))
def test_the_meter_sees_a_torn_card_first(after: int) -> None:
    """The customer goes home with a card that was cut off, and comes back: credited once."""
    card, meter = issued(ENERGY), meter_of(ENERGY)
    bench = Bench(card)
    order = order_for(bench.snapshot())
    bench.slot.tear_after_bytes(after)
    with pytest.raises(CardGone):
        bench.write(order)
    credited = meter.plug(card).credited is not None
    assert credited == (after == WRITTEN_BYTES["purchase"])  # only where just the answer was lost
    bench.put_back()
    last = deliver(bench, order)[-1]
    assert last in (Verdict.WRITTEN, Verdict.LOADED)
    bench.slot.pull()
    meter.plug(card)
    assert [credit.amount for credit in meter.state.credits] == [AMOUNT]


@pytest.mark.parametrize("count", [0, 3, 255, 65_535, 16_777_215])
def test_carries_in_the_count_are_torn_and_mended(count: int) -> None:
    for after in range(WRITTEN_BYTES["purchase"]):
        bench = Bench(issued(CardIssue(**{**ENERGY.__dict__, "purchase_count": count})))
        order = order_for(bench.snapshot())
        bench.slot.tear_after_bytes(after)
        attempt(bench, order)
        verdicts = deliver(bench, order)
        assert verdicts[0] in (Verdict.NOT_WRITTEN, Verdict.TORN)
        assert verdicts[-1] is Verdict.WRITTEN


def test_giving_up_between_the_seals_leaves_the_card_as_it_was() -> None:
    card = issued(ENERGY)
    bench = Bench(card)
    order = order_for(bench.snapshot())
    files = card.image
    talk = bench.adapter.write(bench.channel, bench.channel.power_on(), order)
    talk.send(head_office(next(talk), order))
    talk.close()
    assert card.image == files
    assert converse(
        bench.adapter.write(bench.channel, bench.channel.power_on(), order), order
    ).startswith("written")
