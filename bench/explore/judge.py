"""The judge: compares what is physically true with what the books say, to the fen.

It believes no program. What lies in the boxes, what meters have credited and what stands on the
cards comes from the bench; prices are worked out here once more, from the published tariff alone.
"""

from collections import Counter
from collections.abc import Iterator

import msgspec

from bench.acceptor.mechanism import Place
from bench.card_files import parse_wallet
from bench.explore.acceptor_faults import BLURS_NOTES
from bench.explore.books import BookedVend, Books, Journalled
from bench.explore.hall import Hall
from bench.explore.judge_bills import judge_bills
from bench.explore.judge_cash import judge_boxes, judge_cash
from bench.explore.kiosk import SimKiosk
from bench.explore.plan import Manner
from bench.explore.residents import Resident
from kiosk.flow import machine
from kiosk.flow.phase import Phase
from vending.card import WalletUnit

STEPS = ((2_760_000, 5_380), (4_800_000, 5_880), (None, 8_380))
"""Residents' prices in Zhejiang: until so many Wh in a year, so many hao per kWh."""
WH_PER_UNIT = 10
_HAO_WH_PER_FEN = 100_000

FINAL = {"confirmed", "abandoned", "refunded"}
NEVER = {
    "note-conflict",
    "order-conflict",
    "order-of-another",
    "abandoned-with-money",
    "confirmed-after-refund",
    "note-after-clearing",
    "period-differs",
    "period-gap",
    "period-conflict",
    "period-invalid",
}
"""Alarms of the head office that nothing which can happen here calls for: two parts of the product
contradict each other.
"""


def judge(hall: Hall, books: Books, journals: list[Journalled | None]) -> list[str]:
    """Return every violation in words; none is what everybody hopes for."""
    kiosks, people = hall.kiosks, hall.people
    return [
        *(f"the head office's own audit: {found}" for found in books.own_audit),
        *(f"posting {key} is lopsided" for key in books.lopsided),
        *_ledger(books),
        *_boxes(kiosks, books, journals),
        *_uncertain(hall, books),
        *_ghosts(kiosks, books),
        *_orders(books),
        *_tests(hall),
        *_changes(hall),
        *_refunds(hall.staff.handed_out, books),
        *(found for resident in people for found in _resident(resident, books)),
        *_total(kiosks, books),
        *judge_bills(books),
        *(found for kiosk in kiosks for found in _rest(kiosk)),
        *(
            found
            for kiosk, journal in zip(kiosks, journals, strict=True)
            for found in judge_cash(kiosk, journal, books)
        ),
        *(f"the head office alarms: {code}" for code in sorted(NEVER & books.alarms.keys())),
    ]


# -- money ---------------------------------------------------------------------------------------


def _ledger(books: Books) -> Iterator[str]:
    """All postings together come to nothing; suspense is exactly the open orders."""
    total_fen = sum(books.balances.values())
    if total_fen:
        yield f"the ledger is {total_fen} fen out of balance"
    for order in books.orders:
        held_fen = books.balances.get(("suspense", order.order_no), 0)
        wanted_fen = 0 if order.state in FINAL else order.paid_fen
        if held_fen != wanted_fen:
            yield f"order {order.order_no} ({order.state}): {held_fen} fen in suspense"


def _boxes(
    kiosks: list[SimKiosk], books: Books, journals: list[Journalled | None]
) -> Iterator[str]:
    for kiosk, journal in zip(kiosks, journals, strict=True):
        box = Counter(value or 0 for value in notes_in_boxes(kiosk))
        booked = [note for note in books.notes if note.terminal_no == kiosk.terminal_no]
        certain = Counter(n.value_fen for n in booked if n.place in {"order", "unassigned"})
        uncertain = Counter(n.value_fen for n in booked if n.place == "uncertain")
        yield from _compare(f"box of {kiosk.terminal_no} and books", box, certain, uncertain)
        if journal:
            lost = Counter(v for k, v in journal.unknown.items() if k not in journal.stacked)
            counted = Counter(journal.stacked.values())
            yield from _compare(f"box of {kiosk.terminal_no} and journal", box, counted, lost)


def _uncertain(hall: Hall, books: Books) -> Iterator[str]:
    """An acceptor that remembers, and that nobody has touched, leaves no note in the box in doubt.

    A note that it gave back may be in doubt: staff look for it and find that it is not there.
    """
    for kiosk in hall.kiosks:
        blurred = {kind for number, kind in hall.faults.begun if number == kiosk.number}
        if not hall.plan.site.credit_recovery or blurred & BLURS_NOTES:
            continue
        box = Counter(value or 0 for value in notes_in_boxes(kiosk))
        booked = (note for note in books.notes if note.terminal_no == kiosk.terminal_no)
        certain = Counter(n.value_fen for n in booked if n.place in {"order", "unassigned"})
        if box - certain:
            yield f"uncertain in the books, in the box all the same: {dict(box - certain)}"


def _tests(hall: Hall) -> Iterator[str]:
    """A note of a test comes back, unless the acceptor or its wires were out of order that day."""
    for technician in hall.technicians:
        blurred = {kind for _, kind in hall.faults.begun}
        if technician.swallowed and not blurred & BLURS_NOTES:
            yield f"{technician.swallowed} notes of a test were swallowed"


def _changes(hall: Hall) -> Iterator[str]:
    """On a day on which the sensor works and somebody listens, no box is changed unnoticed."""
    for kiosk in hall.kiosks:
        deaf = BLURS_NOTES | {"cut", "kill", "clock-jumps"}
        begun = {kind for number, kind in hall.faults.begun if number == kiosk.number}
        restarted = any(round_.manner is Manner.TESTS for round_ in hall.plan.rounds)
        if not begun & deaf and not restarted:
            yield from judge_boxes(kiosk)


def _ghosts(kiosks: list[SimKiosk], books: Books) -> Iterator[str]:
    """Every note in the books, uncertain ones too, is one that somebody put in."""
    for kiosk in kiosks:
        put_in = Counter(note.value_fen or 0 for note in kiosk.hardware.acceptor.mechanism.notes)
        told = Counter(n.value_fen for n in books.notes if n.terminal_no == kiosk.terminal_no)
        told.pop(0, None)  # an uncertain note of unknown value
        if more := told - put_in:
            yield f"books of {kiosk.terminal_no}: notes that nobody put in {dict(more)}"


def _compare(
    what: str, box: Counter[int], certain: Counter[int], uncertain: Counter[int]
) -> Iterator[str]:
    """What is certain lies there; what else lies there is uncertain in the books."""
    missing, more = certain - box, box - certain
    unexplained = more - uncertain
    wild = uncertain[0]
    if missing or sum(unexplained.values()) > wild:
        yield f"{what}: not there {dict(missing)}, not booked {dict(unexplained)}"


def notes_in_boxes(kiosk: SimKiosk) -> list[int | None]:
    """Return the value of every note that this kiosk has swallowed for good."""
    metal = kiosk.hardware.acceptor.mechanism
    return [*metal.values_at(Place.BOX), *metal.values_at(Place.REMOVED_BOX)]


def _total(kiosks: list[SimKiosk], books: Books) -> Iterator[str]:
    """Money in the boxes = what orders were paid with + what belongs to no order."""
    box_fen = sum(value or 0 for kiosk in kiosks for value in notes_in_boxes(kiosk))
    paid_fen = sum(order.paid_fen for order in books.orders)
    aside_fen = sum(note.value_fen for note in books.notes if note.place == "unassigned")
    doubt_fen = sum(note.value_fen for note in books.notes if note.place == "uncertain")
    wild = any(note.place == "uncertain" and not note.value_fen for note in books.notes)
    over_fen = box_fen - paid_fen - aside_fen
    if over_fen < 0 or (over_fen > doubt_fen and not wild):
        yield f"{box_fen} fen in boxes, {paid_fen} fen in orders, {aside_fen} fen in suspense"


# -- orders --------------------------------------------------------------------------------------


def _orders(books: Books) -> Iterator[str]:
    """Every order is final, and was paid with its own notes."""
    paid = Counter[str]()
    for note in books.notes:
        if note.place == "order" and note.order_no:
            paid[note.order_no] += note.value_fen
    for order in books.orders:
        if order.state not in FINAL:
            yield f"order {order.order_no} is {order.state} with {order.paid_fen} fen at the end"
        if paid[order.order_no] != order.paid_fen:
            yield f"order {order.order_no}: notes of {paid[order.order_no]} fen"


def _refunds(handed_out: dict[str, int], books: Books) -> Iterator[str]:
    """What was handed out is what was paid for orders that are refunded, once; nothing else."""
    refunded = {o.order_no: o.paid_fen for o in books.orders if o.state == "refunded"}
    if handed_out != refunded:
        yield f"handed out {handed_out}, refunded in the books {refunded}"
    booked = {order_no: fen for order_no, (fen, _) in books.refunds.items()}
    if booked != refunded:
        yield f"refunds in the books {booked}, orders say {refunded}"
    vended = {v.order_no for v in books.vends if v.state in {"open", "confirmed"}}
    yield from (f"order {no} is refunded and sold" for no in sorted(refunded.keys() & vended))


# -- energy --------------------------------------------------------------------------------------


class _Sold(msgspec.Struct):
    """The part of a vend that reaches the card."""

    purchase_count: int
    wallet_amount: int


def _resident(resident: Resident, books: Books) -> Iterator[str]:
    account, state = resident.account, resident.meter.state
    vends = [vend for vend in books.vends if vend.meter_no == account.meter_no]
    yield from _credits(resident, vends)
    for vend in vends:
        if vend.state == "confirmed" and not _delivered(resident, vend):
            yield f"order {vend.order_no} is confirmed and reached neither card nor meter"
    counts = [credit.purchase_count for credit in state.credits]
    wanted = list(range(account.purchase_count + 1, account.purchase_count + 1 + len(counts)))
    if counts != wanted:
        yield f"meter {account.meter_no} credited {counts} after {account.purchase_count}"
    yield from _worth(resident, books)


def _credits(resident: Resident, vends: list[BookedVend]) -> Iterator[str]:
    """Each credit is one sale's, with a paid order behind it."""
    meter_no = resident.account.meter_no
    sold = {v.purchase_count: v for v in vends if v.state in {"open", "confirmed"}}
    for credit in resident.meter.state.credits:
        vend = sold.get(credit.purchase_count)
        amount = msgspec.json.decode(vend.body, type=_Sold).wallet_amount if vend else None
        if amount != credit.amount:
            yield f"meter {meter_no} credited {credit.amount}, sold was {amount}"


def _delivered(resident: Resident, vend: BookedVend) -> bool:
    sold = msgspec.json.decode(vend.body, type=_Sold)
    wanted = (sold.purchase_count, sold.wallet_amount)
    taken = {(c.purchase_count, c.amount) for c in resident.meter.state.credits}
    amount, count = parse_wallet(resident.card.image.wallet)
    return wanted in taken or wanted == (count, amount)


def _worth(resident: Resident, books: Books) -> Iterator[str]:
    """What a customer paid = what the meter got at the tariff's price + what is on the account."""
    account = resident.account
    own = {v.order_no for v in books.vends if v.customer_no == account.customer_no}
    finished = {order.order_no for order in books.orders if order.state == "confirmed"}
    paid_fen = sum(o.paid_fen for o in books.orders if o.order_no in own & finished)
    open_sale = any(v.order_no in own - finished and v.state == "open" for v in books.vends)
    if open_sale:
        return  # said already: its order is not final
    balance_fen, arrears_fen = books.customers[account.customer_no]
    amounts = [credit.amount for credit in resident.meter.state.credits]
    amount, count = parse_wallet(resident.card.image.wallet)
    if count > resident.meter.state.purchase_count:
        amounts.append(amount)  # on the card, on its way to the meter
    worth_fen = _value_fen(account.wallet_unit, account.used_this_year_wh, amounts)
    before_fen = account.balance_fen - account.arrears_fen
    left_fen = before_fen + paid_fen - worth_fen
    if left_fen != balance_fen - arrears_fen:
        yield (
            f"customer {account.customer_no}: {before_fen} fen before, {paid_fen} fen paid, "
            f"{worth_fen} fen delivered, {balance_fen - arrears_fen} fen on the account"
        )


def _value_fen(unit: WalletUnit, used_wh: int, amounts: list[int]) -> int:
    """Return what these purchases cost: each step's part is rounded up to a whole fen."""
    if unit is WalletUnit.MONEY:
        return sum(amounts)
    total_fen = 0
    for amount in amounts:
        energy_wh = amount * WH_PER_UNIT
        total_fen += _cost_fen(used_wh, energy_wh)
        used_wh += energy_wh
    return total_fen


def _cost_fen(used_wh: int, energy_wh: int) -> int:
    total_fen, from_wh, until_wh = 0, used_wh, used_wh + energy_wh
    for end_wh, price_hao in STEPS:
        part_wh = (until_wh if end_wh is None else min(until_wh, end_wh)) - from_wh
        if part_wh > 0:
            total_fen += (part_wh * price_hao + _HAO_WH_PER_FEN - 1) // _HAO_WH_PER_FEN
            from_wh += part_wh
    return total_fen


# -- rest ----------------------------------------------------------------------------------------


def _rest(kiosk: SimKiosk) -> Iterator[str]:
    """The machine is ready for the next customer, and nothing waits in it."""
    name = f"kiosk {kiosk.terminal_no}"
    if kiosk.boot is None:
        yield f"{name} does not run"
        return
    if kiosk.boot.engine.halt:
        yield f"{name} has halted: {kiosk.boot.engine.halt}"
        return
    session = kiosk.boot.engine.session
    if session.phase is not Phase.IDLE or not machine.is_resting(session):
        yield f"{name} is {session.phase} ({session.cause}), pending {len(session.pending)}"
    if parked := (*session.parked, *session.parked_bills):
        yield f"{name} holds {len(parked)} parked orders"
    yield from (f"{name}: {n} wait in {queue}" for queue, n in kiosk.boot.waiting.items() if n)
