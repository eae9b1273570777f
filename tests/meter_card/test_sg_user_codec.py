"""State Grid user card without a card: files, new files for an order, the decision table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bench import card_files
from kiosk.meter_card.adapters.sg_user import codec
from kiosk.meter_card.adapters.sg_user.verdict import classify
from kiosk.meter_card.layouts import load_layout
from kiosk.meter_card.layouts.codec import FileLayout, framed, put
from kiosk.meter_card.port import AdapterMisused, CardDamaged, CardImage, WriteOrder
from tests.meter_card.stand import AMOUNT, ORDER_NO, order_for
from vending.card import CardKind, CardSnapshot, MeterReturn, Verdict, WalletUnit

LAYOUT = load_layout("sg-user-energy")
MONEY = load_layout("sg-user-money")
SERIAL = "1A00C40099000909"
METER_NO = "001900450099"
CUSTOMER_NO = "330100200099"
N = 7
COUNTS = 1 << 32

# Files are made by the bench's own code: written apart from the layouts, so that mistakes show.


def parameters(
    kind: CardKind = CardKind.PURCHASE,
    meter_no: str = METER_NO,
    unit: WalletUnit = WalletUnit.ENERGY,
) -> bytes:
    return card_files.parameter_file(
        card_files.Parameters(
            meter_no=meter_no, customer_no=CUSTOMER_NO, kind=kind, wallet_unit=unit
        )
    )


def returned(count: int) -> bytes:
    return card_files.return_file(
        card_files.Returned(
            meter_no=METER_NO, customer_no=CUSTOMER_NO, purchase_count=count, remaining=2_365
        )
    )


CLEAR = bytes(49)
BROKEN_RETURN = returned(N)[:-2] + b"\x00\x16"


def image(
    count: int,
    amount: int = AMOUNT,
    back: bytes = CLEAR,
    params: bytes | None = None,
    serial: str = SERIAL,
) -> CardImage:
    files = {
        "parameters": parameters() if params is None else params,
        "wallet": card_files.wallet_file(amount, count),
        "returned": back,
    }
    damage = codec.damage_of(LAYOUT, files)
    snapshot = None if damage else codec.snapshot_of(LAYOUT, serial, files)
    return CardImage(serial=serial, files=files, snapshot=snapshot, damage=damage)


def before(count: int = N) -> CardSnapshot:
    snapshot = image(count, 18_410, returned(count)).snapshot
    assert snapshot is not None
    return snapshot


ORDER = order_for(before())
BROKEN = parameters()[:-2] + b"\x00\x16"


# -- what files say --------------------------------------------------------------------------------


def test_a_card_says_what_the_bench_wrote_on_it() -> None:
    snapshot = before()
    assert snapshot == CardSnapshot(
        layout="sg-user-energy",
        serial=SERIAL,
        meter_no=METER_NO,
        customer_no=CUSTOMER_NO,
        kind=CardKind.PURCHASE,
        wallet_unit=WalletUnit.ENERGY,
        wallet_amount=18_410,
        purchase_count=N,
        returned=MeterReturn(
            purchase_count=N, remaining=2_365, overdraft=0, written_at="2601010000"
        ),
        digest=snapshot.digest,
    )


def test_the_digest_is_over_every_byte_of_every_file() -> None:
    digests = {before().digest}
    files = dict(image(N, 18_410, returned(N)).files)
    for name, data in files.items():
        for at in range(len(data)):
            changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            digests.add(codec.digest_of({**files, name: changed}))
    assert len(digests) == 1 + 45 + 8 + 49


@pytest.mark.parametrize("back", [CLEAR, b"\xff" * 49, BROKEN_RETURN])
def test_without_a_whole_return_file_the_meter_has_said_nothing(back: bytes) -> None:
    snapshot = image(N, back=back).snapshot
    assert snapshot is not None
    assert snapshot.returned is None


def test_a_return_file_with_letters_in_its_digits_says_nothing() -> None:
    file = LAYOUT.files["returned"]
    back = bytearray(returned(N))
    back[42] = 0xAB
    snapshot = image(N, back=framed(file, bytes(back))).snapshot
    assert snapshot is not None
    assert snapshot.returned is None


@pytest.mark.parametrize(
    ("files", "damage"),
    [
        ({"parameters": BROKEN}, "parameter file: frame"),
        ({"wallet": b"\xff" * 8}, "wallet file: erased"),
    ],
)
def test_damage_is_named(files: dict[str, bytes], damage: str) -> None:
    assert codec.damage_of(LAYOUT, {**image(N).files, **files}) == damage


def test_a_sound_frame_around_nonsense_is_damage() -> None:
    file = LAYOUT.files["parameters"]
    letters = bytearray(parameters())
    letters[30] = 0xAB
    assert "meter_no" in codec.damage_of(
        LAYOUT, {**image(N).files, "parameters": framed(file, bytes(letters))}
    )
    unknown_kind = put(file, "kind", parameters(), 9)
    assert "kind" in codec.damage_of(
        LAYOUT, {**image(N).files, "parameters": framed(file, unknown_kind)}
    )


def test_layouts_are_told_apart_by_their_mark() -> None:
    layouts = (LAYOUT, MONEY)
    assert codec.variant_of(layouts, parameters()) is LAYOUT
    assert codec.variant_of(layouts, parameters(unit=WalletUnit.MONEY)) is MONEY
    marked = put(LAYOUT.files["parameters"], "wallet_variant", parameters(), 9)
    assert codec.variant_of(layouts, framed(LAYOUT.files["parameters"], marked)) is None
    assert codec.variant_of(layouts, BROKEN) is None


# -- new files for an order ------------------------------------------------------------------------


def steps(of: CardImage, order: WriteOrder = ORDER) -> list[str]:
    return [step.file for step in codec.plan_of(LAYOUT, of, order).steps]


def test_a_usual_purchase_clears_the_return_file_and_then_writes_the_wallet() -> None:
    plan = codec.plan_of(LAYOUT, image(N, 18_410, returned(N)), ORDER)
    assert [step.sealed_text for step in plan.steps] == [
        "04D6850035" + "00" * 49,
        "04D682000C" + f"{AMOUNT:08X}" + "00000008",
    ]


def test_the_first_purchase_makes_an_opening_card_a_purchase_card() -> None:
    opening = image(1, 100, returned(1), parameters(CardKind.OPENING))
    assert opening.snapshot is not None
    order = order_for(opening.snapshot)
    plan = codec.plan_of(LAYOUT, opening, order)
    assert [step.file for step in plan.steps] == ["parameters", "returned", "wallet"]
    assert plan.steps[0].header == bytes.fromhex("04D6810031")
    assert card_files.parse_parameters(plan.after["parameters"]).kind is CardKind.PURCHASE


def test_a_card_that_no_meter_has_seen_keeps_its_kind() -> None:
    replacement = image(N, 0, CLEAR, parameters(CardKind.REPLACEMENT))
    assert replacement.snapshot is not None
    plan = codec.plan_of(LAYOUT, replacement, order_for(replacement.snapshot))
    assert [step.file for step in plan.steps] == ["wallet"]


def test_a_purchase_orders_no_change_of_the_meters_settings() -> None:
    file = LAYOUT.files["parameters"]
    ordering = framed(file, put(file, "update_flags", parameters(), 0x8F))
    plan = codec.plan_of(LAYOUT, image(N, 0, returned(N), ordering), ORDER)
    assert plan.after["parameters"] == parameters()


@given(cut=st.integers(0, 44), byte=st.integers(0, 255), flags=st.sampled_from([0, 0x0A]))
def test_a_parameter_file_torn_anywhere_is_restored(cut: int, byte: int, flags: int) -> None:
    file = LAYOUT.files["parameters"]
    old = framed(file, put(file, "update_flags", parameters(CardKind.OPENING), flags))
    new = parameters()
    opening = image(1, 0, returned(1), old).snapshot
    assert opening is not None
    order = order_for(opening)
    clean = image(1, 0, returned(1), new[:cut] + old[cut:])
    assert codec.plan_of(LAYOUT, clean, order).after["parameters"] == new
    torn = image(1, 0, returned(1), new[:cut] + bytes([byte]) + old[cut + 1 :])
    if flags == 0 or cut <= 5:  # both lost at once: a person must look
        assert codec.plan_of(LAYOUT, torn, order).after["parameters"] == new


def test_no_checksum_is_put_over_rubbish() -> None:
    rubbish = parameters()[:10] + b"\xff\xff" + parameters()[12:]
    with pytest.raises(CardDamaged):
        codec.plan_of(LAYOUT, image(N, 18_410, returned(N), rubbish), ORDER)


@given(count=st.integers(0, COUNTS - 1), amount=st.integers(0, COUNTS - 1))
def test_a_written_plan_needs_no_more_steps_and_reads_as_ordered(count: int, amount: int) -> None:
    order = order_for(before(count), amount)
    order = replace(order, vend=replace(order.vend, purchase_count=(count + 1) % COUNTS))
    present = image(count, 5, returned(count))
    plan = codec.plan_of(LAYOUT, present, order)
    done = replace(present, files=plan.after)
    assert codec.plan_of(LAYOUT, done, order).steps == ()
    snapshot = codec.snapshot_of(LAYOUT, SERIAL, plan.after)
    assert (snapshot.wallet_amount, snapshot.purchase_count) == (amount, (count + 1) % COUNTS)
    assert classify(LAYOUT, done, order) is Verdict.WRITTEN


def test_images_and_plans_do_not_show_whose_card_it_is() -> None:
    present = image(1, 0, returned(1), parameters(CardKind.OPENING))
    opening = present.snapshot
    assert opening is not None
    plan = codec.plan_of(LAYOUT, present, order_for(opening))
    assert len(plan.steps) == 3
    shown = repr(replace(present, snapshot=None)) + repr(present) + repr(plan) + repr(plan.steps)
    for data in (*present.files.values(), *plan.after.values(), bytes.fromhex(CUSTOMER_NO)):
        assert repr(data)[2:-1] not in shown
    assert CUSTOMER_NO not in shown
    assert METER_NO not in shown


@pytest.mark.parametrize(
    ("vend_changes", "before_changes"),
    [
        ({"purchase_count": N}, {}),
        ({"purchase_count": N + 2}, {}),
        ({"wallet_unit": WalletUnit.MONEY}, {}),
        ({"order_no": "another"}, {}),
        ({}, {"wallet_unit": WalletUnit.MONEY}),
    ],
)
def test_a_vend_that_contradicts_the_card_is_our_own_fault(
    vend_changes: dict[str, object], before_changes: dict[str, object]
) -> None:
    order = WriteOrder(
        order_no=ORDER_NO,
        vend=replace(ORDER.vend, **vend_changes),
        before=replace(ORDER.before, **before_changes),
    )
    with pytest.raises(AdapterMisused):
        codec.plan_of(LAYOUT, image(N), order)
    with pytest.raises(AdapterMisused):
        classify(LAYOUT, image(N), order)


def test_an_amount_that_no_wallet_holds_is_our_own_fault() -> None:
    with pytest.raises(AdapterMisused, match="amount"):
        codec.plan_of(LAYOUT, image(N), order_for(before(), 1 << 32))


# -- the decision table ----------------------------------------------------------------------------

OTHER = AMOUNT + 1
TABLE = [
    # count, amount, return file, verdict
    (N, 18_410, returned(N), Verdict.NOT_WRITTEN),
    (N, AMOUNT, returned(N), Verdict.NOT_WRITTEN),
    (N, AMOUNT, CLEAR, Verdict.NOT_WRITTEN),
    (N, 18_410, CLEAR, Verdict.NOT_WRITTEN),
    (N, 18_410, BROKEN_RETURN, Verdict.NOT_WRITTEN),
    (N + 1, AMOUNT, CLEAR, Verdict.WRITTEN),
    (N + 1, AMOUNT, returned(N + 1), Verdict.LOADED),
    (N + 1, AMOUNT, returned(N), Verdict.TORN),
    (N + 1, AMOUNT, returned(0), Verdict.TORN),
    (N + 1, AMOUNT, BROKEN_RETURN, Verdict.TORN),
    (N + 1, AMOUNT, b"\xff" * 49, Verdict.TORN),
    (N + 1, AMOUNT, returned(N + 2), Verdict.FOREIGN),
    (N + 1, OTHER, CLEAR, Verdict.TORN),
    (N + 1, OTHER, returned(N), Verdict.TORN),
    (N + 1, OTHER, returned(N + 1), Verdict.FOREIGN),
    (N + 1, OTHER, returned(N + 2), Verdict.FOREIGN),
    (N - 1, AMOUNT, CLEAR, Verdict.FOREIGN),
    (N + 2, AMOUNT, CLEAR, Verdict.FOREIGN),
    (N + 300, 18_410, returned(N + 300), Verdict.FOREIGN),
]


@pytest.mark.parametrize(("count", "amount", "back", "verdict"), TABLE)
def test_every_row(count: int, amount: int, back: bytes, verdict: Verdict) -> None:
    assert classify(LAYOUT, image(count, amount, back), ORDER) is verdict


@pytest.mark.parametrize(("count", "amount", "back", "verdict"), TABLE)
def test_another_card_is_foreign_whatever_it_says(
    count: int, amount: int, back: bytes, verdict: Verdict
) -> None:
    other = image(count, amount, back, serial="1A00C40099000908")
    assert classify(LAYOUT, other, ORDER) is Verdict.FOREIGN


@pytest.mark.parametrize(("count", "amount", "back", "verdict"), TABLE)
def test_the_same_chip_issued_to_another_meter_is_foreign(
    count: int, amount: int, back: bytes, verdict: Verdict
) -> None:
    other = image(count, amount, back, parameters(meter_no="001900450098"))
    assert classify(LAYOUT, other, ORDER) is Verdict.FOREIGN


@pytest.mark.parametrize(("count", "amount", "back", "verdict"), TABLE)
def test_a_broken_parameter_file_is_torn_where_only_our_write_can_have_broken_it(
    count: int, amount: int, back: bytes, verdict: Verdict
) -> None:
    found = classify(LAYOUT, image(count, amount, back, BROKEN), ORDER)
    assert found is (Verdict.FOREIGN if verdict is Verdict.FOREIGN else Verdict.TORN)


def test_a_card_that_is_still_an_opening_card_is_not_written_yet() -> None:
    still = image(N + 1, params=parameters(CardKind.OPENING))
    assert classify(LAYOUT, still, ORDER) is Verdict.TORN


def wallet_images(old: bytes, new: bytes, file: FileLayout) -> list[bytes]:
    """Every wallet a write can leave: cut between two bytes, or in the middle of one."""
    cuts = [new[:at] + old[at:] for at in range(file.length + 1)]
    inside = [
        new[:at] + bytes([byte]) + old[at + 1 :]
        for at in range(file.length)
        for byte in (0xFF, old[at] & new[at])
    ]
    return cuts + inside


@given(
    count=st.one_of(st.integers(0, 70_000), st.integers(COUNTS - 300, COUNTS - 1)),
    old_amount=st.integers(0, COUNTS - 1),
    amount=st.integers(0, COUNTS - 1),
)
def test_a_wallet_torn_anywhere_is_written_only_when_it_is_whole(
    count: int, old_amount: int, amount: int
) -> None:
    order = order_for(before(count), amount)
    order = replace(order, vend=replace(order.vend, purchase_count=(count + 1) % COUNTS))
    old = card_files.wallet_file(old_amount, count)
    new = card_files.wallet_file(amount, (count + 1) % COUNTS)
    for torn in wallet_images(old, new, LAYOUT.files["wallet"]):
        present = replace(image(count), files={**image(count).files, "wallet": torn})
        verdict = classify(LAYOUT, present, order)
        assert (verdict is Verdict.WRITTEN) == (torn == new)
        assert verdict in (Verdict.WRITTEN, Verdict.NOT_WRITTEN, Verdict.TORN)


@given(count=st.integers(0, COUNTS - 1), found=st.integers(0, COUNTS - 1))
def test_only_counts_that_a_torn_write_explains_are_ours(count: int, found: int) -> None:
    order = order_for(before(count))
    order = replace(order, vend=replace(order.vend, purchase_count=(count + 1) % COUNTS))
    old, new = count.to_bytes(4), ((count + 1) % COUNTS).to_bytes(4)
    explained = all(
        byte in (a, b, a & b, 0xFF) for byte, a, b in zip(found.to_bytes(4), old, new, strict=True)
    )
    verdict = classify(LAYOUT, image(found), order)
    assert (verdict is Verdict.FOREIGN) is not explained


def test_after_the_highest_count_comes_zero() -> None:
    order = order_for(before(COUNTS - 1))
    order = replace(order, vend=replace(order.vend, purchase_count=0))
    assert classify(LAYOUT, image(COUNTS - 1), order) is Verdict.NOT_WRITTEN
    assert classify(LAYOUT, image(0), order) is Verdict.WRITTEN
    assert classify(LAYOUT, image(0, back=returned(0)), order) is Verdict.LOADED
    assert classify(LAYOUT, image(0, back=returned(COUNTS - 1)), order) is Verdict.TORN
    assert classify(LAYOUT, image(0, back=returned(1)), order) is Verdict.FOREIGN
    assert classify(LAYOUT, image(1), order) is Verdict.FOREIGN
