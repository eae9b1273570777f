"""The names of all effects that a kiosk has on the world: each is a moment for a power cut."""

from kiosk.engine.executor import HANDLERS
from kiosk.engine.office import QUESTIONS

_MONEY_MOVES = ("last acknowledgement", "last acknowledgement", "last acknowledgement", "stack")
"""What the acceptor is told when a note becomes money: named often, to be met often."""
EFFECTS = (
    *(f"journal: {when}" for when in ("before the commit", "in the commit", "after the commit")),
    *(
        f"acceptor: {command} {how}"
        for command in (
            *_MONEY_MOVES,
            "acknowledgement",
            "return",
            "reset",
            "enable",
            "hold",
            "set-up",
        )
        for how in ("not sent", "sent")
    ),
    *(
        f"office: {operation} {how}"
        for operation in (
            "sign-in",
            "query-account",
            "trial-vend",
            "vend",
            "inquire",
            "query-bill",
            "pay-bill",
            "inquire-bill",
            "seal",
            "report",
        )
        for how in ("not sent", "carried out")
    ),
    *(
        f"wish: {wish.__name__} {how}"
        for wish in (*HANDLERS, *QUESTIONS)
        for how in ("not asked", "asked")
    ),
    "card: command not sent",
    "card: command answered",
    "card: not released",
    "card: released",
    "printer: not printed",
    "printer: printed",
)
"""Names of all effects; see `Fuse.burn`."""
