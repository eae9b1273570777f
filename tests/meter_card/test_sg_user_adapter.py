"""The State Grid adapter and the bench's cards: reading, choosing, writing."""

import pytest
from msgspec.structs import replace

from bench.card_other import ForeignCard, ReversedCard
from bench.issue_card import CardIssue, blank_card
from kiosk.meter_card.adapters import choose, make_adapters
from kiosk.meter_card.adapters.sg_user.adapter import SgUserAdapter
from kiosk.meter_card.layouts import load_layouts
from kiosk.meter_card.port import (
    AdapterMisused,
    CardChannel,
    CardForeign,
    CardGone,
    CardMute,
    CardNotIssued,
    CardRefused,
    Probe,
)
from tests.meter_card.stand import (
    AMOUNT,
    ENERGY,
    MONEY,
    OPENING,
    Bench,
    head_office,
    issued,
    meter_of,
    order_for,
)
from vending.card import CardKind, SealAnswer, SealStage, Verdict, WalletUnit

# -- reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [ENERGY, MONEY, OPENING])
def test_a_card_is_read_as_it_was_issued(wanted: CardIssue) -> None:
    snapshot = Bench(issued(wanted)).snapshot()
    assert snapshot.serial == wanted.serial.hex().upper()
    assert snapshot.meter_no == wanted.meter_no
    assert snapshot.customer_no == wanted.customer_no
    assert snapshot.kind is wanted.kind
    assert snapshot.wallet_unit is wanted.wallet_unit
    assert snapshot.wallet_amount == wanted.wallet_amount
    assert snapshot.purchase_count == wanted.purchase_count
    assert snapshot.returned is not None
    assert snapshot.returned.purchase_count == wanted.purchase_count
    assert snapshot.returned.remaining == wanted.meter_remaining


def test_the_two_wallets_have_layouts_of_their_own() -> None:
    assert Bench(issued(ENERGY)).snapshot().layout == "sg-user-energy"
    assert Bench(issued(MONEY)).snapshot().layout == "sg-user-money"


def test_reading_takes_six_commands_and_changes_nothing() -> None:
    card = issued(ENERGY)
    before = card.image
    bench = Bench(card)
    bench.snapshot()
    assert [command.hex().upper() for command in bench.slot.apdus] == [
        "00A40000023F00",
        "00B0990108",
        "00A4000002DF01",
        "00B081002D",
        "00B0820008",
        "00B0850031",
    ]
    assert card.image == before


def test_probing_changes_nothing_and_is_certain() -> None:
    card = issued(ENERGY)
    before = card.image
    bench = Bench(card)
    probe = bench.adapter.probe(bench.channel, bench.channel.power_on())
    assert (probe.adapter, probe.score) == ("sg-user", 100)
    assert card.image == before


def test_a_damaged_card_gives_an_image_without_a_snapshot() -> None:
    bench = Bench(issued(CardIssue(**{**ENERGY.__dict__, "damaged": True})))
    image = bench.adapter.read(bench.channel, bench.channel.power_on())
    assert image.snapshot is None
    assert image.damage == "parameter file: frame"


def test_a_card_that_was_never_issued_is_told_from_a_foreign_one() -> None:
    blank = Bench(blank_card())
    with pytest.raises(CardNotIssued):
        blank.snapshot()
    foreign = Bench(ForeignCard(bytes.fromhex("3B6D0000571A00C4009900090990000000")))
    with pytest.raises(CardForeign):
        foreign.snapshot()
    assert foreign.adapter.probe(foreign.channel, foreign.channel.power_on()).score == 0


def test_a_card_with_two_serial_numbers_is_foreign() -> None:
    bench = Bench(issued(ENERGY))
    atr = bench.channel.power_on()
    with pytest.raises(CardForeign, match="serial"):
        bench.adapter.read(bench.channel, atr[:5] + bytes(8) + atr[13:])


def test_a_silent_card_is_mute_and_an_absent_one_gone() -> None:
    reversed_card = Bench(ReversedCard(issued(ENERGY)))
    with pytest.raises(CardMute):
        reversed_card.snapshot()
    bench = Bench(issued(ENERGY))
    bench.slot.mute()
    with pytest.raises(CardMute):
        bench.snapshot()
    bench.slot.pull()
    with pytest.raises(CardGone):
        bench.snapshot()


@pytest.mark.parametrize("apdu", range(1, 7))
def test_pulled_at_any_command_of_reading(apdu: int) -> None:
    bench = Bench(issued(ENERGY))
    bench.slot.pull_at_apdu(apdu)
    with pytest.raises(CardGone):
        bench.snapshot()
    bench.put_back()
    assert bench.snapshot().purchase_count == ENERGY.purchase_count


# -- which adapter ---------------------------------------------------------------------------------


class Neighbour:
    """Another adapter for cards with the same answer to reset; counts how often it is asked."""

    def __init__(self, score: int) -> None:
        self._own = make_adapters()[0]
        self.info = replace(self._own.info, id="neighbour")
        self._score = score
        self.probes = 0
        self.read = self._own.read
        self.plan = self._own.plan
        self.write = self._own.write
        self.classify = self._own.classify

    def probe(self, card: CardChannel, atr: bytes) -> Probe:
        self.probes += 1
        return Probe(adapter="neighbour", score=self._score)


def test_one_claim_is_enough_and_nobody_probes() -> None:
    bench = Bench(issued(ENERGY))
    atr = bench.channel.power_on()
    assert choose([bench.adapter], bench.channel, atr) is bench.adapter
    assert bench.slot.apdus == ()


def test_the_surest_of_several_gets_the_card_and_a_tie_gets_nothing() -> None:
    bench = Bench(issued(ENERGY))
    atr = bench.channel.power_on()
    unsure, rival = Neighbour(40), Neighbour(100)
    assert choose([unsure, bench.adapter], bench.channel, atr) is bench.adapter
    assert unsure.probes == 1
    with pytest.raises(CardForeign):
        choose([rival, bench.adapter], bench.channel, atr)


def test_an_unknown_answer_to_reset_is_foreign_before_any_command() -> None:
    bench = Bench(ForeignCard())
    with pytest.raises(CardForeign):
        choose([bench.adapter], bench.channel, bench.channel.power_on())
    assert bench.slot.apdus == ()


def test_layouts_with_different_files_are_no_family() -> None:
    energy, money = load_layouts("sg-user")
    odd = replace(money, files={**money.files, "wallet": replace(money.files["wallet"], sfi=0x83)})
    with pytest.raises(AdapterMisused):
        SgUserAdapter([energy, odd])
    with pytest.raises(AdapterMisused):
        SgUserAdapter([])


# -- writing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [ENERGY, MONEY, OPENING])
def test_what_was_written_is_proved_and_the_meter_credits_it_once(wanted: CardIssue) -> None:
    card, meter = issued(wanted), meter_of(wanted)
    bench = Bench(card)
    order = order_for(bench.snapshot())
    assert bench.write(order).startswith("written")
    assert bench.verdict(order) is Verdict.WRITTEN
    bench.slot.pull()
    credited = meter.plug(card).credited
    assert credited is not None
    assert (credited.amount, credited.purchase_count) == (AMOUNT, wanted.purchase_count + 1)
    bench.put_back()
    assert bench.verdict(order) is Verdict.LOADED
    assert bench.snapshot().kind is CardKind.PURCHASE
    assert meter.plug(card).credited is None


def test_the_parameter_file_is_written_first_and_the_wallet_last() -> None:
    bench = Bench(issued(OPENING))
    assert bench.write(order_for(bench.snapshot())) == "written: parameters, returned, wallet"
    updates = [apdu[2] for apdu in bench.slot.apdus if apdu[:2] == b"\x04\xd6"]
    assert updates == [0x81, 0x85, 0x82]


def test_an_order_that_is_on_the_card_is_not_written_again() -> None:
    card = issued(ENERGY)
    bench = Bench(card)
    order = order_for(bench.snapshot())
    bench.write(order)
    written = card.bytes_written
    assert bench.write(order) == "nothing written: the card is written"
    bench.slot.pull()
    meter_of(ENERGY).plug(card)
    bench.put_back()
    by_meter = card.bytes_written
    assert bench.write(order) == "nothing written: the card is loaded"
    assert card.bytes_written == by_meter > written


def test_another_card_is_not_written() -> None:
    order = order_for(Bench(issued(ENERGY)).snapshot())
    other = issued(CardIssue(**{**ENERGY.__dict__, "serial": bytes(7) + b"\x01"}))
    bench = Bench(other)
    assert bench.write(order) == "nothing written: the card is foreign"
    assert bench.verdict(order) is Verdict.FOREIGN
    assert other.bytes_written == 0


def test_a_card_that_cannot_prove_itself_is_not_written() -> None:
    card = issued(ENERGY)
    bench = Bench(card)
    order = order_for(bench.snapshot())
    talk = bench.adapter.write(bench.channel, bench.channel.power_on(), order)
    answer = head_office(next(talk), order)
    with pytest.raises(CardForeign, match="does not know the key"):
        talk.send(replace(answer, expected_response="00" * 8))
    assert card.bytes_written == 0
    assert bench.verdict(order) is Verdict.NOT_WRITTEN


def test_a_card_that_does_not_believe_us_is_not_written() -> None:
    card = issued(ENERGY)
    bench = Bench(card)
    order = order_for(bench.snapshot())
    talk = bench.adapter.write(bench.channel, bench.channel.power_on(), order)
    answer = head_office(next(talk), order)
    with pytest.raises(CardRefused, match="external authentication"):
        talk.send(replace(answer, host_cryptogram="00" * 8))
    assert card.bytes_written == 0


@pytest.mark.parametrize("bad", [0, 1])
def test_a_wrong_mac_stops_the_write_at_that_command(bad: int) -> None:
    bench = Bench(issued(ENERGY))
    order = order_for(bench.snapshot())
    talk = bench.adapter.write(bench.channel, bench.channel.power_on(), order)
    request = talk.send(head_office(next(talk), order))
    answer = head_office(request, order)
    macs = list(answer.macs)
    macs[bad] = "00000000"
    with pytest.raises(CardRefused) as refusal:
        talk.send(replace(answer, macs=tuple(macs)))
    assert refusal.value.status == 0x6988
    assert bench.verdict(order) is Verdict.NOT_WRITTEN


def test_seals_of_another_stage_or_number_are_our_own_fault() -> None:
    bench = Bench(issued(ENERGY))
    order = order_for(bench.snapshot())
    talk = bench.adapter.write(bench.channel, bench.channel.power_on(), order)
    answer = head_office(next(talk), order)
    with pytest.raises(AdapterMisused, match="seal"):
        talk.send(SealAnswer(stage=SealStage.SEAL))
    talk = bench.adapter.write(bench.channel, bench.channel.power_on(), order)
    answer = head_office(next(talk), order)
    talk.send(answer)
    with pytest.raises(AdapterMisused, match="1 seals for 2"):
        talk.send(SealAnswer(stage=SealStage.SEAL, macs=("00000000",)))


def test_a_vend_in_another_unit_never_reaches_the_card() -> None:
    bench = Bench(issued(ENERGY))
    order = order_for(bench.snapshot())
    wrong = replace(order, vend=replace(order.vend, wallet_unit=WalletUnit.MONEY))
    with pytest.raises(AdapterMisused):
        bench.write(wrong)


def test_a_layout_nobody_knows_is_our_own_fault() -> None:
    bench = Bench(issued(ENERGY))
    order = order_for(replace(bench.snapshot(), layout="martian"))
    with pytest.raises(AdapterMisused, match="martian"):
        bench.verdict(order)
