"""What a day is like, and in which phases each kind of fault hurts most."""

from kiosk.flow.phase import Phase

BUSY = (
    Phase.TENDERING,
    Phase.STACKING,
    Phase.CLOSING,
    Phase.VENDING,
    Phase.POSTING,
    Phase.WRITING,
    Phase.PROVING,
    Phase.STAFF,
)

_CASH = (Phase.TENDERING, Phase.STACKING, Phase.STACKING, Phase.CLOSING, Phase.STAFF)
_CARD = (Phase.READING, Phase.WRITING, Phase.WRITING, Phase.PROVING, Phase.CARD_BACK)
_TALK = (
    Phase.LOOKING_UP,
    Phase.CLOSING,
    Phase.VENDING,
    Phase.POSTING,
    Phase.WRITING,
    Phase.DOUBTFUL,
)
SORE = {
    "acceptor:": (Phase.TENDERING, Phase.STACKING, Phase.STACKING, Phase.STAFF),
    "wish:": BUSY,
    "office:": (*_TALK, Phase.DONE),
    "printer:": (Phase.PROVING, Phase.DONE),
    "card:": (Phase.READING, Phase.WRITING, Phase.WRITING, Phase.PROVING),
    "acceptor": _CASH,
    "jam": _CASH,
    "box": _CASH,
    "cheat": _CASH,
    "note": _CASH,
    "replies": _CASH,
    "commands": _CASH,
    "acks": _CASH,
    "card": _CARD,
    "reader": _CARD,
    "worker": _CARD,
    "message": _TALK,
    "line": _TALK,
    "office": _TALK,
    "lost": (Phase.DOUBTFUL, Phase.CARD_BACK, Phase.DONE, Phase.IDLE, Phase.WRITING),
    "clerk": (Phase.VENDING, Phase.WRITING, Phase.DOUBTFUL, Phase.CARD_BACK, Phase.LOOKING_UP),
    "staff": (Phase.IDLE, Phase.OUT_OF_SERVICE, Phase.DOUBTFUL, Phase.REFUSED),
    "paper": (Phase.PROVING, Phase.DONE, Phase.DOUBTFUL),
    "printer": (Phase.PROVING, Phase.DONE, Phase.DOUBTFUL),
}
"""Where the kinds, or cuts at effects, whose names hold a word hurt most."""

_VAULT = (Phase.STAFF, Phase.STAFF, Phase.TESTING, Phase.OUT_OF_SERVICE, Phase.STACKING)
_BILLS = (
    Phase.BILL_ASK,
    Phase.BILL_CARD,
    Phase.BILL_LOOKUP,
    Phase.BILL,
    Phase.TENDERING,
    Phase.STACKING,
    Phase.CLOSING,
    *((Phase.POSTING,) * 3),
    Phase.DOUBTFUL,
)
OF_THEME = {"vault": _VAULT, "bills": _BILLS}
"""Where everything happens on such a day."""

THEMES = (
    "",
    "",
    "cash",
    "cash",
    "card",
    "card",
    "talk",
    "talk",
    "power",
    "power",
    "house",
    "vault",
    "bills",
)
"""What a day is like; empty: a bit of everything."""
_THEMES = {
    "cash": {word for word, phases in SORE.items() if phases is _CASH} | {"cut", "kill"},
    "card": {"card", "reader", "worker", "lost", "cut", "kill"},
    "talk": {"message", "line", "office", "kill", "clerk"},
    "power": {"cut", "kill"},
    "vault": {"cut", "kill", "message", "line", "box", "acceptor", "printer", "paper", "office"},
    "bills": {"message", "line", "office", "cut", "kill", "clerk", "jam", "staff"},
    "house": {"clerk", "staff", "lost", "line", "disk", "clock", "printer", "paper"},
}


def is_of(kind: str, theme: str) -> bool:
    """Tell whether a kind of fault belongs to days of a theme."""
    return not theme or any(word in kind for word in _THEMES[theme])
