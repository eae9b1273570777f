"""What the cash pages say."""

from enum import StrEnum

from kiosk.cashbox.box import ClosedPeriod
from kiosk.flow.view import CashView
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.staff.cash_state import CashPage, CashState, Label, Walk, WalkStep
from kiosk.ui.staff.sheets import ItemKind, ItemRow, NoteRow
from kiosk.ui.staff.words import DOT, Pair
from vending.cash import Business, BusinessSum, Difference, Figures, Opening
from vending.money import FEN_PER_YUAN

Sum = tuple[str, str, str]
"""What it is, how many, how much."""


def title(view: StrEnum, state: CashState, cash: CashView | None, words: Words) -> str:
    """Return what a view is about."""
    number = state.period_no or (cash.cash.period.period_no if cash else 0)
    report = "cash.title.z-report" if state.period_no else "cash.title.x-report"
    key = report if view is CashPage.FIGURES else f"cash.title.{view.value}"
    return words.text(key, number=number, label=label(state.label, words))


# -- a clearing ------------------------------------------------------------------------------------


def under_way(walk: Walk, words: Words) -> str:
    """Return what a clearing waits for, in a line."""
    return words.text("cash.under-way", step=step(walk.now, walk, words))


def step(step: WalkStep, walk: Walk, words: Words) -> str:
    """Return a step's name."""
    return words.text(f"cash.step.{_code(step, walk)}.name")


def now(walk: Walk, words: Words) -> str:
    """Return what to do now."""
    return words.text(f"cash.step.{_code(walk.now, walk)}.head")


def how(walk: Walk, cash: CashView, words: Words) -> str:
    """Return how it is done, and what it means."""
    blind = walk.now in {WalkStep.TAKE_OUT, WalkStep.PUT_IN} and cash.may_end
    return words.text("cash.blind" if blind else f"cash.step.{_code(walk.now, walk)}.text")


def _code(step: WalkStep, walk: Walk) -> str:
    return "take-up" if step is WalkStep.START and walk.disturbed else step.value


def warning(walk: Walk, cash: CashView, words: Words) -> str:
    """Return that the box was out without a clearing, and when; empty: it was not."""
    openings = [each for each in cash.cash.period.openings if not each.announced]
    if not walk.disturbed or not openings:
        return words.text("cash.disturbed") if walk.disturbed else ""
    return words.text("cash.disturbed-at", moment=words.moment(openings[-1].removed_at_ms))


def walk_facts(walk: Walk, cash: CashView, labels: dict[Label, str], words: Words) -> list[Pair]:
    """Return what somebody must know for the present step."""
    if walk.now is WalkStep.END:
        known = {Label.BOX: cash.cash.period.box_id} | {k: v for k, v in labels.items() if v}
        none = words.text("staff.none")
        return [(label(each, words), known.get(each) or none) for each in Label]
    facts = [expected(cash.figures, words)]
    box = cash.cash
    if box.operator:
        facts.append((words.text("cash.operator"), people(box.operator, box.witness, words)))
    if walk.now is WalkStep.PUT_IN and box.period.openings:
        facts.append(opening(box.period.openings[-1], words))
    return facts


def label(label: Label, words: Words) -> str:
    """Return what a label is on."""
    return words.text(f"cash.label.{label.value}")


def people(operator: str, witness: str, words: Words) -> str:
    """Return who did it."""
    both = [name for name in (operator, witness) if name]
    return words.text("format.and").join(both) if both else words.text("staff.none")


def opening(opening: Opening, words: Words) -> Pair:
    """Return when the box was out."""
    if opening.returned_at_ms is None:
        return words.text("cash.out-since"), words.moment(opening.removed_at_ms)
    removed, returned = words.moment(opening.removed_at_ms), words.moment(opening.returned_at_ms)
    # The day is the same nearly always: once is enough.
    returned = returned[11:] if returned[:10] == removed[:10] else returned
    return words.text("cash.out"), words.text("cash.from-to", start=removed, end=returned)


# -- figures ---------------------------------------------------------------------------------------


def expected(figures: Figures, words: Words) -> Pair:
    """Return what must be found in the box."""
    counted = notes(figures.notes, words)
    return words.text("cash.expected"), DOT.join((words.money(figures.expected_fen), counted))


def notes(count: int, words: Words) -> str:
    """Return how many notes."""
    return words.text("cash.note-one") if count == 1 else words.text("cash.notes", count=count)


def orders(count: int, words: Words) -> str:
    """Return how many orders."""
    return words.text("cash.order-one") if count == 1 else words.text("cash.orders", count=count)


def purchases(figures: Figures) -> int:
    """Return how many orders were paid for."""
    return sum(each.orders for each in figures.sums)


def value(value_fen: int, words: Words) -> str:
    """Return a denomination as it stands on a note."""
    whole = value_fen % FEN_PER_YUAN == 0
    return (
        words.text("cash.value", value=value_fen // FEN_PER_YUAN)
        if whole
        else words.money(value_fen)
    )


def business(business: Business, words: Words) -> str:
    """Return the name of a business type."""
    return words.text(f"cash.business.{business.value}.name")


def note_row(row: NoteRow, words: Words) -> str:
    """Return a denomination, with its cassette where that matters."""
    told = value(row.value_fen, words)
    if not row.cassette:
        return told
    return DOT.join((words.text("cash.cassette", name=row.cassette), told))


def of_business(total: BusinessSum, words: Words) -> list[Sum]:
    """Return a business type's figures: what was paid must be completed or incomplete."""
    family = f"cash.business.{total.business.value}"
    open_orders = total.orders - total.completed_orders
    open_fen = total.paid_fen - total.completed_fen
    lines = (
        ("cash.paid", total.orders, total.paid_fen),
        (f"{family}.completed", total.completed_orders, total.completed_fen),
        (f"{family}.incomplete", open_orders, open_fen),
        ("cash.slips", total.slips, total.slips_fen),
    )
    return [(words.text(key), str(orders), words.money(fen)) for key, orders, fen in lines]


def of_loose(figures: Figures, words: Words) -> list[Sum]:
    """Return the sums of what belongs to no order."""
    certain = sum(note.certain for note in figures.loose)
    lines = (
        ("cash.loose", certain, figures.loose_fen),
        ("cash.uncertain", len(figures.loose) - certain, figures.uncertain_fen),
    )
    return [(words.text(key), str(notes), words.money(fen)) for key, notes, fen in lines]


def item(row: ItemRow, words: Words) -> Pair:
    """Return an item that is listed apart: its order number, and why it is here."""
    near = row.kind is not ItemKind.INCOMPLETE
    number = grouped(row.order_no) if row.order_no else words.text("cash.no-order")
    kind = words.text(f"cash.item.{row.kind.value}")
    if near and row.order_no:
        kind = DOT.join((kind, words.text("cash.near")))
    return number, DOT.join((business(row.business, words), kind)) if row.business else kind


def amount(row: ItemRow, words: Words) -> str:
    """Return how much it is about."""
    return words.money(row.amount_fen) if row.amount_fen else words.text("cash.value-unknown")


# -- closed periods --------------------------------------------------------------------------------


def word(period: ClosedPeriod, words: Words) -> str:
    """Return what the head office says, in one word."""
    if period.answer is None:
        return words.text("cash.word.waiting.head")
    return words.text("cash.word.agrees.head" if period.answer.agrees else "cash.word.differs.head")


def means(period: ClosedPeriod, words: Words) -> str:
    """Return what the word means."""
    if period.answer is None:
        return words.text("cash.word.waiting.text")
    return words.text("cash.word.agrees.text" if period.answer.agrees else "cash.word.differs.text")


def row(period: ClosedPeriod, words: Words) -> tuple[str, str, str]:
    """Return a period in a list: its number, its money, and a line about it."""
    number = words.text("cash.period", number=period.period_no)
    parts = (words.moment(period.closed_at_ms), period.operator, slip(period, words))
    return number, words.money(period.figures.expected_fen), DOT.join(parts)


def slip(period: ClosedPeriod, words: Words) -> str:
    """Return whether the slip came out."""
    return words.text("cash.slip-printed" if period.printed else "cash.slip-missing")


def period_facts(period: ClosedPeriod, words: Words) -> list[Pair]:
    """Return everything about a closed period but its figures."""
    none, opened = words.text("staff.none"), period.opened_at_ms
    start, end = words.moment(opened) if opened else none, words.moment(period.closed_at_ms)
    facts = [
        expected(period.figures, words),
        (words.text("cash.lasted"), words.text("cash.from-to", start=start, end=end)),
        (words.text("cash.operator"), people(period.operator, period.witness, words)),
        (words.text("cash.box-and-bag"), DOT.join((period.box_id or none, period.bag_no or none))),
    ]
    if period.openings:
        # The last one that nobody had announced is what is asked about later.
        unannounced = [each for each in period.openings if not each.announced]
        told = (unannounced or period.openings)[-1]
        name, when = opening(told, words)
        note = "" if told.announced else DOT + words.text("cash.unannounced")
        facts.append((name, when + note))
    return [*facts, (words.text("cash.slip"), slip(period, words))]


def difference(line: Difference, words: Words) -> tuple[str, str, str]:
    """Return a line of the table: what it is about, what the terminal says, what the head office
    says.
    """

    def said(count: int, amount_fen: int) -> str:
        return DOT.join((words.money(amount_fen), notes(count, words)))

    return (
        what(line.what, words),
        said(line.terminal_notes, line.terminal_fen),
        said(line.center_notes, line.center_fen),
    )


def what(code: str, words: Words) -> str:
    """Return what a difference is about; a code of another version stays a code."""
    family, _, name = code.partition(":")
    if family == "note" and name.isdecimal():
        return value(int(name), words)
    key = f"cash.business.{name}.name" if family == "business" else f"cash.what.{family}"
    return words.text(key) if key in words else code


def printing(cash: CashView, period: ClosedPeriod | None, words: Words) -> tuple[str, bool]:
    """Return what the printer is about, and whether that is bad news; empty: nothing."""
    if cash.printing:
        return words.text("cash.printing"), False
    if cash.print_failed:
        return words.text("cash.print-failed" if period else "cash.x-failed"), True
    return "", False
