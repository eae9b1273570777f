"""What reading a State Grid user card back proves about an order. Pure: the decision table as code.

N is the purchase count before the order, N+1 the order's own.

=============  ========  ==========================  =========================================
card's count   amount    return file                 verdict
=============  ========  ==========================  =========================================
N              any       any                         NOT_WRITTEN
N+1            order's   clear                       WRITTEN; TORN while the parameter file is
                                                     not as planned
N+1            order's   says N+1                    LOADED
N+1            order's   says N or less, or broken   TORN: the clearing is missing
N+1            other     clear, N or less, broken    TORN
N+1            other     says N+1                    FOREIGN: a meter took another purchase
N+1            any       says more than N+1          FOREIGN
torn N to N+1  any       any                         TORN
anything else  any       any                         FOREIGN
=============  ========  ==========================  =========================================

Before all that: another serial number, meter or customer is FOREIGN. A broken parameter file makes
NOT_WRITTEN and WRITTEN into TORN: our own write broke it, and only that write mends it.
"""

from enum import Enum

from kiosk.meter_card.adapters.sg_user.codec import (
    PARAMETERS,
    WALLET,
    check_order,
    is_cleared,
    plan_of,
    returned_of,
)
from kiosk.meter_card.layouts.codec import (
    Layout,
    digits,
    is_sound,
    number,
    put,
)
from kiosk.meter_card.port import CardDamaged, CardImage, WriteOrder
from vending.card import Verdict

ERASED = 0xFF
"""What an EEPROM byte may show when power fails between erasing and writing it. In the middle of
writing it may show the bits that old and new value share. Both: verify on hardware."""


class Return(Enum):
    """The return file, seen from the order."""

    CLEAR = "clear"
    LOADED = "says N+1"
    OLD = "says N or less, or broken"
    AHEAD = "says more than N+1"


def classify(layout: Layout, image: CardImage, order: WriteOrder) -> Verdict:
    """Judge ``image`` against ``order``. Raises AdapterMisused."""
    check_order(layout, order)
    if not _is_the_card(layout, image, order):
        return Verdict.FOREIGN
    file = layout.files[WALLET]
    count = number(file, "purchase_count", image.files[WALLET])
    if count == order.before.purchase_count:
        return _if_sound(layout, image, Verdict.NOT_WRITTEN)
    if count != order.vend.purchase_count:
        return Verdict.TORN if _is_torn_count(layout, image, order) else Verdict.FOREIGN
    if number(file, "amount", image.files[WALLET]) != order.vend.wallet_amount:
        return _other_amount(layout, image, order)
    return _own_amount(layout, image, order)


def _own_amount(layout: Layout, image: CardImage, order: WriteOrder) -> Verdict:
    match _return_of(layout, image, order):
        case Return.CLEAR:
            return Verdict.WRITTEN if _is_complete(layout, image, order) else Verdict.TORN
        case Return.LOADED:
            return _if_sound(layout, image, Verdict.LOADED)
        case Return.OLD:
            return Verdict.TORN
        case Return.AHEAD:
            return Verdict.FOREIGN


def _other_amount(layout: Layout, image: CardImage, order: WriteOrder) -> Verdict:
    seen = _return_of(layout, image, order)
    return Verdict.TORN if seen in (Return.CLEAR, Return.OLD) else Verdict.FOREIGN


def _is_the_card(layout: Layout, image: CardImage, order: WriteOrder) -> bool:
    """Same chip and, as far as its parameter file can be read, same meter and customer."""
    before, file, data = order.before, layout.files[PARAMETERS], image.files[PARAMETERS]
    if image.serial != before.serial:
        return False
    if image.snapshot is None or not is_sound(file, data):
        return True
    owner = (digits(file, "meter_no", data), digits(file, "customer_no", data))
    return owner == (before.meter_no, before.customer_no)


def _if_sound(layout: Layout, image: CardImage, verdict: Verdict) -> Verdict:
    sound = is_sound(layout.files[PARAMETERS], image.files[PARAMETERS])
    return verdict if sound else Verdict.TORN


def _is_complete(layout: Layout, image: CardImage, order: WriteOrder) -> bool:
    try:
        return not plan_of(layout, image, order).steps
    except CardDamaged:
        return False


def _is_torn_count(layout: Layout, image: CardImage, order: WriteOrder) -> bool:
    """Tell whether writing N+1 over N, cut off somewhere, can have left this count."""
    file, wallet = layout.files[WALLET], image.files[WALLET]
    field = file.fields["purchase_count"]
    old = field.cut(put(file, "purchase_count", wallet, order.before.purchase_count))
    new = field.cut(put(file, "purchase_count", wallet, order.vend.purchase_count))
    return all(
        byte in (was, wanted, was & wanted, ERASED)
        for byte, was, wanted in zip(field.cut(wallet), old, new, strict=True)
    )


def _return_of(layout: Layout, image: CardImage, order: WriteOrder) -> Return:
    if is_cleared(image.files):
        return Return.CLEAR
    returned = returned_of(layout, image.files)
    if returned is None:
        return Return.OLD
    ahead = (returned.purchase_count - order.vend.purchase_count) % layout.counts
    if ahead == 0:
        return Return.LOADED
    return Return.AHEAD if ahead < layout.counts // 2 else Return.OLD
