"""State Grid user card, without I/O: what files say, and the new files of an order."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from kiosk.meter_card import apdu
from kiosk.meter_card.layouts.codec import (
    FRAME_HEAD_BYTES,
    FRAME_TAIL_BYTES,
    FieldError,
    FileLayout,
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
        PARAMETERS: _new_parameters(layout, image, order.before),
        RETURNED: bytes(layout.files[RETURNED].length),
        WALLET: _wallet(layout, order.vend.wallet_amount, order.vend.purchase_count),
    }
    wanted = [name for name in layout.write.order if after[name] != image.files[name]]
    return WritePlan(steps=tuple(_step(layout, name, after[name]) for name in wanted), after=after)


def _step(layout: Layout, name: str, data: bytes) -> WriteStep:
    header = apdu.sealed_update_header(layout.files[name].sfi, len(data), MAC_BYTES)
    return WriteStep(file=name, header=header, data=data)


def _wallet(layout: Layout, amount: int, count: int) -> bytes:
    file = layout.files[WALLET]
    try:
        data = put(file, "amount", bytes(file.length), amount)
        return put(file, "purchase_count", data, count)
    except FieldError as error:
        raise AdapterMisused(f"wallet file: {error}") from error


def _new_parameters(layout: Layout, image: CardImage, before: CardSnapshot) -> bytes:
    """What a purchase must say, laid over what the card said before it."""
    file = layout.files[PARAMETERS]
    data = put(file, "update_flags", _sound_parameters(layout, image, before), 0)
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


def _sound_parameters(layout: Layout, image: CardImage, before: CardSnapshot) -> bytes:
    """Return the parameter file, or what it was before our own write tore it.

    It is written first, so whenever it is torn the other files are as they were, and the digest
    taken before the write tells which restoration is the right one: no checksum is ever put over
    rubbish. Raises CardDamaged.
    """
    file, present = layout.files[PARAMETERS], image.files[PARAMETERS]
    if is_sound(file, present):
        return present
    wallet = _wallet(layout, before.wallet_amount, before.purchase_count)
    torn = put(file, "kind", present, layout.kinds[before.kind])
    for candidate in _restorations(file, torn):
        files = {**image.files, PARAMETERS: candidate, WALLET: wallet}
        if digest_of(files) == before.digest:
            return candidate
    raise CardDamaged("parameter file: beyond repair")


def _restorations(file: FileLayout, torn: bytes) -> Iterator[bytes]:
    """Sound files that differ from a torn one in no byte of the body, or in one."""
    yield framed(file, torn)
    for at in range(FRAME_HEAD_BYTES, file.length - FRAME_TAIL_BYTES):
        for byte in range(256):
            yield framed(file, torn[:at] + bytes([byte]) + torn[at + 1 :])


def _kind_of(layout: Layout, code: int) -> CardKind:
    for kind, value in layout.kinds.items():
        if value == code:
            return kind
    raise FieldError("kind: unknown")
