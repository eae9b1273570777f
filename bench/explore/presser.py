"""Everything that can be pressed, scanned or typed at a machine, by somebody with no plan."""

from collections.abc import Callable
from random import Random

from bench.explore.office import POST_PAID
from kiosk.engine.inbox import PRESSES
from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.device import Device, SelfTest

Make = Callable[[Random, list[str]], ev.Event]


def anything(chance: Random, codes: list[str]) -> ev.Event:
    """Return some press; ``codes`` are the numbers on slips that lie about."""
    kind = chance.choice(PRESSES)
    make = _MAKES.get(kind)
    return make(chance, codes) if make else kind()


def _number(chance: Random) -> str:
    return chance.choice(POST_PAID).customer_no


_MAKES: dict[type[ev.Event], Make] = {
    ev.LanguageChosen: lambda chance, _: ev.LanguageChosen(language=chance.choice(("zh", "en"))),
    ev.CodeEntered: lambda chance, codes: ev.CodeEntered(order_no=chance.choice(codes or [""])),
    ev.CustomerNoEntered: lambda chance, _: ev.CustomerNoEntered(customer_no=_number(chance)),
    ev.CodeScanned: lambda chance, codes: ev.CodeScanned(
        text=chance.choice([*codes, _number(chance), "https://x.example/1"])
    ),
    ev.MonthsChosen: lambda chance, _: ev.MonthsChosen(months=chance.randrange(12)),
    staff_event.CashReportWanted: lambda chance, _: staff_event.CashReportWanted(
        period_no=chance.randrange(4)
    ),
    staff_event.SelfTestStarted: lambda chance, _: staff_event.SelfTestStarted(
        test=chance.choice(list(SelfTest))
    ),
    staff_event.ResetWanted: lambda chance, _: staff_event.ResetWanted(
        device=chance.choice(list(Device))
    ),
}
"""Presses that say something."""
