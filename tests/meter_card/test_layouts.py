"""Layout files, and the codec that reads and builds card files by them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.meter_card.layouts import DIRECTORY, load_layout, load_layouts
from kiosk.meter_card.layouts.codec import (
    FieldError,
    FieldType,
    FileLayout,
    Layout,
    LayoutError,
    digits,
    frame_command,
    framed,
    is_blank,
    is_sound,
    matches_atr,
    number,
    put,
)
from vending.card import CardKind, WalletUnit

ENERGY = load_layout("sg-user-energy")
MONEY = load_layout("sg-user-money")
PARAMETERS = ENERGY.files["parameters"]
WALLET = ENERGY.files["wallet"]
RETURNED = ENERGY.files["returned"]

GOLDEN_PARAMETERS = bytes.fromhex(
    "68010027"  # frame, command 01, 39 bytes
    "0300"  # step tariff, nothing to update
    "01000000"  # wallet counts energy, reserved
    "0000000000"  # no switch time
    "01"  # one rate
    "00001000 00000500"  # alarms 10.00 and 5.00
    "000001 000001"  # transformer ratios
    "001900450099"  # meter
    "330100200099"  # customer
    "02"  # purchase card
    "2A16"
)
GOLDEN_RETURN = bytes.fromhex(
    "6811002B"
    "03"
    "000001 000001"
    "001900450099"
    "330100200099"
    "0000093D"  # 23.65 left
    "00000007"  # seventh purchase
    "00000120"  # overdraft 1.20
    "000000"
    "00000002"
    "2601010830"  # 2026-01-01 08:30
    "F516"
)


def test_golden_parameter_file_says_what_the_bytes_say() -> None:
    assert len(GOLDEN_PARAMETERS) == 45
    assert is_sound(PARAMETERS, GOLDEN_PARAMETERS)
    assert number(PARAMETERS, "user_type", GOLDEN_PARAMETERS) == 3
    assert number(PARAMETERS, "wallet_variant", GOLDEN_PARAMETERS) == 1
    assert number(PARAMETERS, "alarm_1", GOLDEN_PARAMETERS) == 1000
    assert digits(PARAMETERS, "meter_no", GOLDEN_PARAMETERS) == "001900450099"
    assert digits(PARAMETERS, "customer_no", GOLDEN_PARAMETERS) == "330100200099"
    assert number(PARAMETERS, "kind", GOLDEN_PARAMETERS) == ENERGY.kinds[CardKind.PURCHASE]


def test_golden_return_file_says_what_the_bytes_say() -> None:
    assert len(GOLDEN_RETURN) == 49
    assert is_sound(RETURNED, GOLDEN_RETURN)
    assert digits(RETURNED, "meter_no", GOLDEN_RETURN) == "001900450099"
    assert number(RETURNED, "remaining", GOLDEN_RETURN) == 2365
    assert number(RETURNED, "purchase_count", GOLDEN_RETURN) == 7
    assert number(RETURNED, "overdraft", GOLDEN_RETURN) == 120
    assert digits(RETURNED, "written_at", GOLDEN_RETURN) == "2601010830"


def test_golden_wallet_is_built_byte_by_byte() -> None:
    amount = put(WALLET, "amount", bytes(8), 0x00012345)
    assert put(WALLET, "purchase_count", amount, 258) == bytes.fromhex("0001234500000102")


def test_both_layouts_are_there_and_differ_in_their_wallet_only() -> None:
    assert [layout.id for layout in load_layouts("sg-user")] == ["sg-user-energy", "sg-user-money"]
    assert ENERGY.files == MONEY.files
    assert ENERGY.atr == MONEY.atr
    assert (ENERGY.variant.wallet_unit, MONEY.variant.wallet_unit) == (
        WalletUnit.ENERGY,
        WalletUnit.MONEY,
    )
    assert ENERGY.variant.value != MONEY.variant.value


def test_the_wallet_is_written_last() -> None:
    assert ENERGY.write.order == MONEY.write.order == ("parameters", "returned", "wallet")


FIELDS = [
    (name, field_name) for name, file in ENERGY.files.items() for field_name in sorted(file.fields)
]


@given(st.sampled_from(FIELDS), st.data(), st.binary(min_size=49, max_size=49))
def test_what_is_put_into_a_field_is_read_from_it_and_nothing_else_changes(
    place: tuple[str, str], data: st.DataObject, noise: bytes
) -> None:
    file = ENERGY.files[place[0]]
    field = file.fields[place[1]]
    before = noise[: file.length]
    if field.type is FieldType.DIGITS:
        text = data.draw(
            st.text("0123456789", min_size=2 * field.length, max_size=2 * field.length)
        )
        after = put(file, place[1], before, text)
        assert digits(file, place[1], after) == text
    else:
        base = 256 if field.type is FieldType.UINT else 100
        value = data.draw(st.integers(0, base**field.length - 1))
        after = put(file, place[1], before, value)
        assert number(file, place[1], after) == value
    assert len(after) == len(before)
    assert after[: field.at] == before[: field.at]
    assert after[field.at + field.length :] == before[field.at + field.length :]


@given(st.binary(min_size=45, max_size=45))
def test_framing_makes_any_body_sound_and_changes_no_byte_of_it(noise: bytes) -> None:
    built = framed(PARAMETERS, noise)
    assert is_sound(PARAMETERS, built)
    assert built[4:-2] == noise[4:-2]
    assert frame_command(built) == 0x01


@given(st.integers(0, 44), st.integers(1, 255))
def test_one_changed_byte_breaks_a_frame(at: int, change: int) -> None:
    broken = bytearray(GOLDEN_PARAMETERS)
    broken[at] ^= change
    assert not is_sound(PARAMETERS, bytes(broken))


def test_a_file_without_a_frame_is_only_measured() -> None:
    assert is_sound(WALLET, bytes(8))
    assert not is_sound(WALLET, bytes(7))
    assert framed(WALLET, b"12345678") == b"12345678"


@pytest.mark.parametrize("data", [b"", b"\x68", bytes.fromhex("6801000016")])
def test_what_is_too_short_for_a_frame_is_none(data: bytes) -> None:
    assert frame_command(data) is None


@pytest.mark.parametrize("value", [-1, 1 << 32, "12 34", "١٢", "1234567890123"])
def test_a_value_that_does_not_fit_is_refused(value: int | str) -> None:
    name, file = ("amount", WALLET) if isinstance(value, int) else ("meter_no", PARAMETERS)
    with pytest.raises(FieldError):
        put(file, name, bytes(file.length), value)


def test_bytes_that_are_no_decimal_digits_are_refused() -> None:
    with pytest.raises(FieldError, match="meter_no"):
        digits(PARAMETERS, "meter_no", b"\xfa" * 45)
    with pytest.raises(FieldError, match="ct_ratio"):
        number(PARAMETERS, "ct_ratio", b"\xfa" * 45)


def test_refusals_do_not_quote_what_stands_on_the_card() -> None:
    with pytest.raises(FieldError) as refusal:
        digits(PARAMETERS, "customer_no", GOLDEN_PARAMETERS[:41] + b"\xaa" * 4)
    assert "3301" not in str(refusal.value)


@pytest.mark.parametrize(
    ("data", "blank"), [(bytes(4), True), (b"\xff" * 4, True), (b"\xff\x00", False)]
)
def test_blank_is_all_zero_or_all_erased(data: bytes, blank: bool) -> None:
    assert is_blank(data) is blank


def test_atr_pattern() -> None:
    atr = bytes.fromhex("3B6D0000571A00C4009900090990000000")
    (pattern,) = ENERGY.atr.patterns
    assert matches_atr(pattern, atr)
    assert not matches_atr(pattern, atr[:-1])
    assert not matches_atr(pattern, atr[:-1] + b"\x01")
    assert not matches_atr(pattern, b"")


def changed_layouts(tmp_path: Path, old: str, new: str) -> Path:
    """The product's layout files in a directory of their own, one of them changed."""
    for path in DIRECTORY.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        if path.stem == "sg-user-energy":
            assert old in text
            text = text.replace(old, new)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "sg-user-energy"', 'id = "another"'),
        ('wallet_unit = "energy"', 'wallet_unit = "joule"'),
        ("value = 0x01", "value = "),
        ('base = "sg-user"', 'base = "no-such-base"'),
        ('base = "sg-user"', 'base = "sg-user"\nsurprise = 1'),
    ],
)
def test_a_layout_file_that_makes_no_sense_is_named(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(LayoutError, match=r"\.toml"):
        load_layout("sg-user-energy", changed_layouts(tmp_path, old, new))


def test_a_layout_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"nothing\.toml"):
        load_layout("nothing", tmp_path)


def test_a_field_outside_its_file_is_refused() -> None:
    with pytest.raises(LayoutError, match="amount"):
        FileLayout(sfi=1, length=3, fields=WALLET.fields)


def test_a_writing_order_with_unknown_files_is_refused() -> None:
    with pytest.raises(LayoutError, match="wallet"):
        Layout(
            id="x",
            base="x",
            adapter="x",
            atr=ENERGY.atr,
            wallet=ENERGY.wallet,
            write=ENERGY.write,
            kinds=ENERGY.kinds,
            files={"parameters": PARAMETERS, "returned": RETURNED},
            variant=ENERGY.variant,
        )
