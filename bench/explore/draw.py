"""Draws a plan from a seed."""

from collections.abc import Callable
from random import Random

from bench.acceptor.mechanism import CutPoint
from bench.card_memory import TornByte
from bench.explore.disk import Tear
from bench.explore.effects import EFFECTS
from bench.explore.line import Mishap
from bench.explore.plan import (
    POST_PAID,
    RESIDENTS,
    VALUES_FEN,
    Fault,
    Manner,
    Moment,
    Payment,
    Plan,
    Round,
    Site,
    Style,
    Visit,
)
from bench.explore.themes import BUSY, OF_THEME, SORE, THEMES, is_of
from kiosk.flow.phase import Phase
from vending.staff import Action

MOST_VISITS = 9
MOST_FAULTS = 12
_MANNERS = {
    Manner.THOROUGH: 5,
    Manner.CANCELS: 1,
    Manner.WANDERS: 2,
    Manner.PEEKS: 1,
    Manner.TESTS: 3,
    Manner.THIEF: 1,
}
_ROUNDS = (0, 0, 1, 1, 2)
_PAYMENTS = (0, 0, 1, 2, 3)
_BUSY_ROUNDS = (2, 3, 4)
_MANY_PAYMENTS = (3, 4, 6)
"""On a day of the vault, or of bills."""
_LEAVING = (
    "",
    "",
    "",
    *(
        phase.value
        for phase in (Phase.BILL_ASK, Phase.BILL, Phase.TENDERING, Phase.CLOSING, Phase.POSTING)
    ),
)
_STYLES = {
    Style.NORMAL: 8,
    Style.HESITANT: 1,
    Style.CANCELLER: 2,
    Style.PULLER: 4,
    Style.WALKER: 4,
    Style.PRESSER: 2,
    Style.SWAPPER: 1,
    Style.COLLECTOR: 1,
    Style.RESELLER: 2,
}
_OPERATIONS = (
    "",
    "vend",
    "vend",
    "inquire",
    "pay-bill",
    "inquire-bill",
    "query-bill",
    "seal",
    "report",
    "report",
    "query-account",
    "sign-in",
)
_BILL_OPERATIONS = ("pay-bill", "pay-bill", "inquire-bill", "query-bill", "report")
_PHASES = [phase.value for phase in Phase] + ["off"]
_SERVING = (
    Phase.READING,
    Phase.LOOKING_UP,
    Phase.ACCOUNT,
    Phase.CHOOSING,
    *(BUSY * 2),
    Phase.CARD_BACK,
    Phase.DONE,
    Phase.DOUBTFUL,
)


Details = dict[str, int | str]
Draw = Callable[[Random], Details]


def draw(seed: int, kiosks: int = 1, theme: str | None = None) -> Plan:
    """Return the plan of a seed; ``theme``: not the one that is drawn."""
    bare = Plan(seed=seed)
    counts = bare.stream("counts")
    visits = range(counts.randint(2, MOST_VISITS) * kiosks)
    drawn = counts.choice(THEMES)
    theme = drawn if theme is None else theme
    faults = range(counts.randint(0, MOST_FAULTS))
    of_bills = _MANY_PAYMENTS if theme == "bills" else _PAYMENTS
    payments = range(bare.stream("count bills").choice(of_bills) * kiosks)
    of_rounds = _BUSY_ROUNDS if theme == "vault" else _ROUNDS
    rounds = range(bare.stream("count rounds").choice(of_rounds) * kiosks)
    return Plan(
        seed=seed,
        kiosks=kiosks,
        site=_site(bare.stream("site")),
        visits=tuple(_visit(bare.stream("draw visit", n), n, kiosks) for n in visits),
        payments=tuple(_payment(bare.stream("draw bill", n), n, kiosks) for n in payments),
        rounds=tuple(_round(bare.stream("draw round", n), n, kiosks) for n in rounds),
        faults=tuple(_fault(bare.stream("draw fault", n), n, kiosks, theme) for n in faults),
    )


def _site(chance: Random) -> Site:
    return Site(
        motor=chance.random() < 0.5,
        staff_only=chance.random() < 0.15,
        credit_recovery=chance.random() < 0.7,
        checkpoint_pages=chance.choice((4, 20, 1_000)),
        checkpoint_entries=chance.choice((10, 1_000)),
        clearing_by_two=chance.random() < 0.3,
    )


def _visit(chance: Random, number: int, kiosks: int) -> Visit:
    style = chance.choices(list(_STYLES), list(_STYLES.values()))[0]
    return Visit(
        name=f"visit {number}",
        resident=chance.randrange(RESIDENTS),
        kiosk=chance.randrange(kiosks),
        at_s=60 + chance.randrange(200) + number * 100 // kiosks,
        style=style,
        notes_fen=tuple(chance.choices(VALUES_FEN, (1, 2, 2, 3, 3), k=chance.randint(0, 4))),
        pace_ms=chance.choice((300, 1_500, 4_000)),
        phase=chance.choice(_SERVING).value,
        plugs=chance.random() < 0.8,
    )


def _payment(chance: Random, number: int, kiosks: int) -> Payment:
    return Payment(
        name=f"bill {number}",
        customer=chance.randrange(POST_PAID),
        kiosk=chance.randrange(kiosks),
        at_s=60 + chance.randrange(900),
        months=chance.choice((0, 0, 1, 2)),
        notes_fen=tuple(chance.choices(VALUES_FEN, (1, 2, 2, 3, 3), k=chance.randint(0, 5))),
        scans=chance.random() < 0.5,
        card=chance.choice((None, None, None, chance.randrange(RESIDENTS))),
        pace_ms=chance.choice((300, 1_500, 4_000)),
        leaves_at=chance.choice(_LEAVING),
    )


def _round(chance: Random, number: int, kiosks: int) -> Round:
    return Round(
        name=f"round {number}",
        kiosk=chance.randrange(kiosks),
        at_s=80 + chance.randrange(900),
        manner=chance.choices(list(_MANNERS), list(_MANNERS.values()))[0],
        pace_ms=chance.choice((500, 2_000, 15_000)),
    )


def _fault(chance: Random, number: int, kiosks: int, theme: str) -> Fault:
    """Most faults belong to the theme: it takes several of a kind to get anything down. Power cuts
    stay among themselves: only then must the acceptor's memory be as good as its word.
    """
    on_theme = theme == "power" or chance.random() < 0.8
    kinds = [kind for kind in DRAWS if not on_theme or is_of(kind, theme)]
    kind = chance.choices(kinds, [DRAWS[kind][0] for kind in kinds])[0]
    details = DRAWS[kind][1](chance)
    if "how" in details and kind.startswith("message") and theme == "bills":
        details["how"] = chance.choice(_BILL_OPERATIONS)
    return Fault(
        name=f"fault {number}",
        kind=kind,
        moment=_moment(chance, kiosks, str(details.get("at") or kind), theme),
        number=int(details.get("number", 0)),
        length_ms=int(details.get("length_ms", 0)),
        how=str(details.get("how", "")),
        at=str(details.get("at", "")),
    )


def _moment(chance: Random, kiosks: int, kind: str, theme: str) -> Moment:
    """By the clock, at any phase, or where this kind of fault hurts."""
    kiosk = chance.randrange(kiosks)
    where = chance.random()
    if where < 0.1:
        return Moment(kiosk=kiosk, delay_ms=chance.randrange(900_000))
    sore = next((phases for word, phases in SORE.items() if word in kind), BUSY)
    sore = OF_THEME.get(theme, sore)
    phase = chance.choice(sore).value if where < 0.7 else chance.choice(_PHASES)
    delay_ms = chance.choice((0, chance.randrange(300), chance.randrange(3_000)))
    nth = chance.choice((0, 0, 1, 1, 2, 3, 5))
    return Moment(kiosk=kiosk, phase=phase, nth=nth, delay_ms=delay_ms)


# -- details -------------------------------------------------------------------------------------


def _power(chance: Random) -> Details:
    """By number, or at an effect of a name: rare ones are met as often as common ones then."""
    off_ms = chance.choice((0, 5_000, 60_000))
    details: Details = {"length_ms": off_ms, "how": chance.choice(list(Tear)).value}
    if chance.random() < 0.5:
        kind = chance.choice(
            ("acceptor", "acceptor", "card", "journal", "office", "printer", "wish")
        )
        details["at"] = chance.choice([each for each in EFFECTS if each.startswith(kind)])
        return {**details, "number": chance.choice((1, 1, 1, 2, 4))}
    most = chance.choice((12, 80, 400))
    return {**details, "number": chance.randint(1, most)}


def _while(*lengths_ms: int) -> Draw:
    return lambda chance: {"length_ms": chance.choice(lengths_ms)}


def _some(*numbers: int) -> Draw:
    return lambda chance: {"number": chance.choice(numbers)}


def _nothing(_: Random) -> Details:
    return {}


def _jam(chance: Random) -> Details:
    return {
        "length_ms": chance.choice((2_000, 20_000, 120_000)),
        "how": chance.choice(("validator", "stacker")),
    }


def _torn(chance: Random) -> Details:
    """Anywhere, or in the wallet of a card whose parameter file stays or changes."""
    at = chance.choice((chance.randrange(105), chance.randrange(50, 58), chance.randrange(95, 103)))
    return {"number": at, "how": chance.choice(list(TornByte)).value}


def _cut_point(chance: Random) -> Details:
    return {"how": chance.choice(list(CutPoint)).value}


def _message(chance: Random) -> Details:
    return {
        "number": chance.choice((1, 1, 2, 8)),
        "length_ms": chance.choice((500, 5_000, 60_000)),
        "how": chance.choice(_OPERATIONS),
    }


def _late(chance: Random) -> Details:
    return {"number": chance.choice((100, 400, 900)), "length_ms": chance.choice((3_000, 30_000))}


def _clock(chance: Random) -> Details:
    seconds = chance.choice((-86_400, -3_600, -700, -300, -3, 3, 300, 500, 7_200))
    return {"number": seconds, "length_ms": chance.choice((30_000, 300_000))}


def _clerk(chance: Random) -> Details:
    action = chance.choice(("", *(action.value for action in Action), Action.REFUND.value))
    pause_ms = chance.choice((500, 20_000, 90_000))
    return {"number": chance.choice((1, 10, 30)), "length_ms": pause_ms, "how": action}


def _staff(chance: Random) -> Details:
    return {"length_ms": chance.choice((5_000, 60_000)), "how": chance.choice(("", "forgets"))}


DRAWS: dict[str, tuple[int, Draw]] = {
    "cut": (5, _power),
    "kill": (4, _power),
    "jam": (2, _jam),
    "acceptor-failure": (1, _while(2_000, 20_000, 120_000)),
    "box-out": (2, _while(5_000, 60_000)),
    "cheat": (2, _nothing),
    "second-note": (1, _nothing),
    "worn-note": (1, _some(*range(12))),
    "acceptor-mute": (2, _while(1_000, 8_000, 45_000, 90_000)),
    "acceptor-late": (1, _late),
    "replies-dropped": (2, _some(1, 2, 5)),
    "replies-corrupt": (2, _some(1, 2, 5)),
    "commands-refused": (2, _some(1, 3)),
    "acks-missed": (2, _some(1, 3)),
    "acceptor-cut": (4, _cut_point),
    "acceptor-power": (3, _while(500, 10_000, 60_000, 100_000)),
    "card-pulled-at-command": (3, _some(*range(1, 30))),
    "card-torn-and-pulled": (5, _torn),
    "card-torn": (4, _torn),
    "card-mute": (1, _while(2_000, 30_000)),
    "reader-hangs": (1, _while(2_000, 30_000)),
    "worker-dies": (2, _nothing),
    "worker-dies-at-command": (2, _some(*range(1, 30))),
    "worker-hangs": (2, _nothing),
    "paper-out": (1, _while(60_000, 600_000)),
    "printer-dead": (1, _while(60_000, 600_000)),
    "printer-slow": (1, _while(60_000, 600_000)),
    "line-down": (5, _while(2_000, 30_000, 150_000, 300_000)),
    "office-restarts": (3, _while(1_000, 20_000, 150_000)),
    "clerk": (3, _clerk),
    "lost-a-card": (2, _some(*range(RESIDENTS))),
    "staff-called": (1, _staff),
    "disk-full": (2, _while(5_000, 150_000)),
    "disk-errors": (2, _some(1, 2)),
    "clock-jumps": (2, _clock),
    **{f"message-{mishap}": (2, _message) for mishap in Mishap},
}
