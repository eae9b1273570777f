"""What the staff's page says about orders, ways out and the facts of a story."""

from collections.abc import Callable

from kiosk.engine.staff import StoryLine
from kiosk.flow.view import StaffView
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.staff.state import State, Trouble, View
from vending.order_no import terminal_of
from vending.staff import Action, Evidence, Forbidden, StuckOrder

Pair = tuple[str, str]
DOT = " · "


# -- the page --------------------------------------------------------------------------------------


def trouble(state: State, words: Words) -> str:
    """Return why it did not go on; empty when it did, or when the view itself tells."""
    if state.trouble is None or state.view is View.RESULT:
        return ""
    if state.trouble is Trouble.LOCKED and state.locked_until_ms is not None:
        return words.text("staff.until", moment=words.moment(state.locked_until_ms))
    return words.text(f"staff.trouble.{state.trouble.value}")


def who(name: str, staff: StaffView | None, words: Words) -> str:
    """Return who is signed in, as what, beside whom, and whether the head office knows of it."""
    if not name or staff is None:
        return name
    role = words.text(f"staff.role.{staff.role.value}")
    both = "staff.who-both" if staff.witness else "staff.who"
    told = words.text(both, name=name, role=role, witness=staff.witness)
    return DOT.join((told, words.text("staff.offline"))) if staff.offline else told


def last_visit(staff: StaffView, words: Words) -> str:
    """Return when somebody of this name was here last: was it really this person?"""
    if staff.last_ms is None:
        return words.text("staff.last-never", name=staff.name)
    return words.text("staff.last", name=staff.name, moment=words.moment(staff.last_ms))


def service(staff: StaffView, words: Words) -> str:
    """Return what customers would meet if staff left now, after whether the line is down."""
    code = staff.out_of_service
    told = f"cause.{code}.title"
    why = words.text(told) if told in words else code
    served = words.text("staff.not-served", why=why) if code else words.text("staff.served")
    if not staff.offline:
        return served
    between = "" if words.language == "zh" else " "
    return between.join((words.text("staff.signed-in-offline"), served))


# -- orders ----------------------------------------------------------------------------------------


def summary(order: StuckOrder, words: Words) -> str:
    """Return an order in a line: sale and card."""
    return DOT.join((sale(order, words), card(order, words)))


def more(order: StuckOrder, words: Words) -> str:
    """Return since when and why it is stuck, and whether the money goes back."""
    parts = (opened(order, words), why(order, words), refund(order, words))
    return DOT.join(part for part in parts if part)


def facts(order: StuckOrder, words: Words) -> list[Pair]:
    """Return everything about an order but its number, in the order of reading."""
    terminal, nothing = terminal_of(order.order_no), words.text("staff.none")
    return [
        (words.text("staff.paid-on"), opened(order, words) or nothing),
        (words.text("owed.where"), words.text("owed.elsewhere", terminal=terminal)),
        (words.text("staff.paid"), words.money(order.paid_fen)),
        (words.text("staff.sale"), sale(order, words)),
        (words.text("staff.card"), card(order, words)),
        (words.text("staff.why"), why(order, words) or nothing),
        (words.text("staff.refund"), refund(order, words) or nothing),
        (words.text("staff.name"), order.name_masked or nothing),
        (words.text("staff.customer"), grouped(order.customer_no) or nothing),
        (words.text("staff.meter"), grouped(order.meter_no) or nothing),
    ]


def opened(order: StuckOrder, words: Words) -> str:
    """Return when it was opened; empty when the head office has only heard of its notes."""
    return words.moment(order.opened_at_ms) if order.opened_at_ms else ""


def sale(order: StuckOrder, words: Words) -> str:
    """Return whether it was sold, and what."""
    if not order.sold:
        return words.text("staff.not-sold")
    if order.wallet_money_fen is not None:
        return words.text("staff.sold", amount=words.money(order.wallet_money_fen))
    return words.text("staff.sold", amount=words.energy(order.energy_wh or 0))


def card(order: StuckOrder, words: Words) -> str:
    """Return what was last read from the card, and whether that still holds."""
    if order.verdict is None:
        return words.text("staff.never-read")
    said = words.text(f"staff.verdict.{order.verdict.value}")
    return said if order.is_verdict_good else words.text("staff.stale", verdict=said)


def why(order: StuckOrder, words: Words) -> str:
    """Return why it was not delivered; a code of another version stays a code."""
    if order.why is None:
        return ""
    told = f"cause.{order.why}.title"
    return words.text(told) if told in words else order.why


def refund(order: StuckOrder, words: Words) -> str:
    """Return how far a refund is; empty without one."""
    if order.refund is None:
        return ""
    told = f"staff.refunded.{order.refund}"
    return words.text(told) if told in words else order.refund


# -- the ways out ----------------------------------------------------------------------------------


def action(action: Action, words: Words) -> str:
    """Return the name of a way out."""
    return words.text(f"staff.action.{action.value}")


def effect(action: Action, words: Words) -> str:
    """Return what will happen."""
    return words.text(f"staff.effect.{action.value}")


def evidence(evidence: Evidence, words: Words) -> str:
    """Return what somebody has seen."""
    return words.text(f"staff.evidence.{evidence.value}")


def forbidden(reason: Forbidden, words: Words) -> str:
    """Return why an action is not permitted, and what would help."""
    return words.text(f"staff.forbidden.{reason.value}")


def result(state: State, words: Words) -> Pair:
    """Return how an action ended, and what to do now."""
    if state.done and state.action:
        return words.text("staff.done"), words.text(f"staff.after.{state.action.value}")
    if state.forbidden:
        return words.text("staff.not-permitted"), forbidden(state.forbidden, words)
    if state.refused:
        sentence = words.cause(state.refused, paid=True)
        return words.text("staff.not-permitted"), sentence.text
    return words.text("staff.unknown"), words.text("staff.look-again")


# -- the story -------------------------------------------------------------------------------------


def story_text(line: StoryLine, words: Words) -> str:
    """Return a fact in words, with its amounts; a fact of another version by its name."""
    told = f"staff.fact.{line.kind}"
    parts = [words.text(told) if told in words else line.kind]
    seen: set[str] = set()
    for path, value in line.said.items():
        name = path.rpartition(".")[2]
        if name in _DETAILS and name not in seen:
            seen.add(name)
            parts.append(_DETAILS[name](value, words))
    return DOT.join(part for part in parts if part)


def _coded(*families: str) -> Callable[[object, Words], str]:
    """Return how to say a code: by the first family that knows it, else as it is."""

    def say(value: object, words: Words) -> str:
        keys = (family.format(value) for family in families)
        told = next((key for key in keys if key in words), None)
        return words.text(told) if told else str(value)

    return say


def _counted(key: str) -> Callable[[object, Words], str]:
    return lambda value, words: words.text(key, count=value)


def _money(value: object, words: Words) -> str:
    return words.money(value) if isinstance(value, int) else str(value)


def _energy(value: object, words: Words) -> str:
    return words.energy(value) if isinstance(value, int) else str(value)


_REASON = _coded("cause.{}.title", "staff.forbidden.{}", "staff.trouble.{}", "fault.{}")
_FAULT = _coded("fault.{}", "cause.{}.title")
_DETAILS: dict[str, Callable[[object, Words], str]] = {
    "value_fen": _money,
    "paid_fen": _money,
    "energy_wh": _energy,
    "purchase_count": _counted("staff.count"),
    "verdict": _coded("staff.verdict.{}"),
    "device": _coded("staff.device.{}"),
    "state": _coded("staff.device-state.{}"),
    "fault": lambda value, words: "" if value == "none" else _FAULT(value, words),
    "reason": _REASON,
    "cause": _coded("staff.reject.{}", "cause.{}.title"),
    "how": _coded("staff.ending.{}"),
    "action": _coded("staff.action.{}"),
    "refused": lambda value, words: _REASON(value, words) if value else "",
    "staff": lambda value, words: str(value),
    "witness": lambda value, words: str(value),
    "role": _coded("staff.role.{}"),
}
"""What of a fact is worth a reader's time, by the last part of its name."""
