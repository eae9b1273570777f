"""State Grid user card, without I/O: what files say, and the new files of an order."""

import hashlib
from collections.abc import Mapping, Sequence

from kiosk.meter_card import apdu
from kiosk.meter_card.layouts.codec import (
    FieldError,
    Layout,
    digits,
    framed,
    is_sound,
    number,
    put,
)
from kiosk.meter_card.port import (
    AdapterMisused,
    CardDamaged,
    CardImage,
    WriteOrder,
    WritePlan,
    WriteStep,
)
from vending.card import CardKind, CardSnapshot, MeterReturn

PARAMETERS = "parameters"
WALLET = "wallet"
RETURNED = "returned"
FILES = (PARAMETERS, WALLET, RETURNED)

MAC_BYTES = 4
MAX_USER_TYPE = 4
"""01 single rate, 02 time of use, 03 step, 04 both; 00 where the byte is reserved."""

Files = Mapping[str, bytes]


def variant_of(layouts: Sequence[Layout], parameters: bytes) -> Layout | None:
    """Return the layout whose mark stands in a parameter file; None: none, or a broken file."""
    for layout in layouts:
        file = layout.files[PARAMETERS]
        if not is_sound(file, parameters):
            continue
        if number(file, layout.variant.field, parameters) == layout.variant.value:
            return layout
    return None


def damage_of(layout: Layout, files: Files) -> str:
    """Return what does not make sense in a card's files, or nothing.

    The return file is not judged: putting the card into the meter again repairs it.
    """
    if not is_sound(layout.files[PARAMETERS], files[PARAMETERS]):
        return "parameter file: frame"
    if files[WALLET] == b"\xff" * len(files[WALLET]):
        return "wallet file: erased"
    try:
        snapshot_of(layout, "", files)
    except FieldError as error:
        return f"parameter file: {error}"
    return ""


def snapshot_of(layout: Layout, serial: str, files: Files) -> CardSnapshot:
    """Return what sound files say. Raises FieldError."""
    parameters, wallet = layout.files[PARAMETERS], layout.files[WALLET]
    return CardSnapshot(
        layout=layout.id,
        serial=serial,
        meter_no=digits(parameters, "meter_no", files[PARAMETERS]),
        customer_no=digits(parameters, "customer_no", files[PARAMETERS]),
        kind=_kind_of(layout, number(parameters, "kind", files[PARAMETERS])),
        wallet_unit=layout.variant.wallet_unit,
        wallet_amount=number(wallet, "amount", files[WALLET]),
        purchase_count=number(wallet, "purchase_count", files[WALLET]),
        returned=returned_of(layout, files),
        digest=digest_of(files),
    )


def returned_of(layout: Layout, files: Files) -> MeterReturn | None:
    """Return what the meter wrote back; None: nothing, or nothing whole."""
    file, data = layout.files[RETURNED], files[RETURNED]
    if not is_sound(file, data):
        return None
    try:
        return MeterReturn(
            purchase_count=number(file, "purchase_count", data),
            remaining=number(file, "remaining", data),
            overdraft=number(file, "overdraft", data),
            written_at=digits(file, "written_at", data),
        )
    except FieldError:
        return None


def is_cleared(files: Files) -> bool:
    """Tell whether the return file is clear, as a purchase leaves it and a meter wants it."""
    return not any(files[RETURNED])


def digest_of(files: Files) -> str:
    """Return the SHA-256 over all files in a fixed order, hexadecimal."""
    return hashlib.sha256(b"".join(files[name] for name in FILES)).hexdigest()


def next_count(layout: Layout, count: int) -> int:
    """Return the count that follows ``count``."""
    return (count + 1) % layout.counts


def check_order(layout: Layout, order: WriteOrder) -> None:
    """Raise AdapterMisused when vend, card and layout contradict each other."""
    vend, before = order.vend, order.before
    if vend.order_no != order.order_no:
        raise AdapterMisused("the vend belongs to another order")
    if {vend.wallet_unit, before.wallet_unit} != {layout.variant.wallet_unit}:
        raise AdapterMisused(f"the vend counts {vend.wallet_unit}, the card does not")
    if vend.purchase_count != next_count(layout, before.purchase_count):
        raise AdapterMisused(
            f"purchase count {vend.purchase_count} does not follow {before.purchase_count}"
        )


def plan_of(layout: Layout, image: CardImage, order: WriteOrder) -> WritePlan:
    """Return the steps from an image to the order. Files that are right already are left alone."""
    check_order(layout, order)
    after = {
        PARAMETERS: _new_parameters(layout, image.files[PARAMETERS], order.before),
        RETURNED: bytes(layout.files[RETURNED].length),
        WALLET: _new_wallet(layout, order),
    }
    wanted = [name for name in layout.write.order if after[name] != image.files[name]]
    return WritePlan(steps=tuple(_step(layout, name, after[name]) for name in wanted), after=after)


def _step(layout: Layout, name: str, data: bytes) -> WriteStep:
    header = apdu.sealed_update_header(layout.files[name].sfi, len(data), MAC_BYTES)
    return WriteStep(file=name, header=header, data=data)


def _new_wallet(layout: Layout, order: WriteOrder) -> bytes:
    file = layout.files[WALLET]
    try:
        amount = put(file, "amount", bytes(file.length), order.vend.wallet_amount)
        return put(file, "purchase_count", amount, order.vend.purchase_count)
    except FieldError as error:
        raise AdapterMisused(f"wallet file: {error}") from error


def _new_parameters(layout: Layout, present: bytes, before: CardSnapshot) -> bytes:
    """What a purchase must say, laid over what the card says.

    Mends a file that a torn write left: every byte of it is as it was or as we wanted it.
    """
    file = layout.files[PARAMETERS]
    _check_mendable(layout, present)
    data = put(file, "update_flags", present, 0)
    data = put(file, layout.variant.field, data, layout.variant.value)
    data = put(file, "meter_no", data, before.meter_no)
    data = put(file, "customer_no", data, before.customer_no)
    data = put(file, "kind", data, layout.kinds[new_kind(before)])
    return framed(file, data)


def new_kind(before: CardSnapshot) -> CardKind:
    """Return the role of the card after a purchase.

    A card that its meter has accepted becomes a purchase card. One that no meter has seen stays
    what it is, or the meter would not take it (firmware refuses a purchase card with a serial
    number that it has not adopted).
    """
    return before.kind if before.returned is None else CardKind.PURCHASE


def _check_mendable(layout: Layout, present: bytes) -> None:
    """Raise CardDamaged where mending would put a checksum over rubbish."""
    file = layout.files[PARAMETERS]
    try:
        for name in ("alarm_1", "alarm_2", "ct_ratio", "pt_ratio"):
            number(file, name, present)
    except FieldError as error:
        raise CardDamaged(f"parameter file: {error}") from error
    if number(file, "user_type", present) > MAX_USER_TYPE:
        raise CardDamaged("parameter file: user type")


def _kind_of(layout: Layout, code: int) -> CardKind:
    for kind, value in layout.kinds.items():
        if value == code:
            return kind
    raise FieldError("kind: unknown")
