"""Words. One TOML file per language, keyed by the codes of the flow; numbers are formatted here.

TOML and not Qt's .ts and .qm: the codes are the keys, so a test can prove that every code has a
sentence in every language, and a translator needs an editor and nothing else.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any, NamedTuple

from kiosk.flow.event import CardFault, Fault
from kiosk.flow.phase import Cause, Notice, Why
from kiosk.flow.screen import Button, Step, Wait
from kiosk.ui.config import UiConfig
from kiosk.ui.resources import ASSETS
from vending import order_no
from vending.energy import WH_PER_WALLET_UNIT, format_kwh
from vending.messages import Reason
from vending.money import FEN_PER_YUAN, format_yuan

LANGUAGES = ("zh", "en")
CAUSES: tuple[type[Why] | type[Reason] | type[CardFault], ...] = (Why, Reason, CardFault)
NO_BREAK = "\u00a0"
_NAMED_MONTHS = 2
CHINA = timezone(timedelta(hours=8))


class Sentence(NamedTuple):
    """What a customer is told when something does not go on."""

    title: str
    text: str
    """What happened."""
    todo: str
    """What to do now."""


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the texts of ``language`` under dotted keys, loaded once.

    Raises FileNotFoundError for a language without a file and tomllib.TOMLDecodeError for a broken
    file.
    """
    with (ASSETS / "i18n" / f"{language}.toml").open("rb") as file:
        return dict(_flat(tomllib.load(file)))


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        found += (
            _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, value)]
        )
    return found


def next_language(language: str) -> str:
    """Return the language that the header's button switches to."""
    place = LANGUAGES.index(language) if language in LANGUAGES else -1
    return LANGUAGES[(place + 1) % len(LANGUAGES)]


class Words:
    """Everything the pages say, in one language, for one site."""

    def __init__(self, language: str, config: UiConfig) -> None:
        self.language = language
        self._texts = catalogue(language if language in LANGUAGES else LANGUAGES[0])
        self._site = {"phone": unbroken(config.service_phone), "terminal": config.terminal_no}

    def text(self, key: str, **values: object) -> str:
        """Return the text under ``key``, its placeholders filled. Raises KeyError without one."""
        return self._texts[key].format_map({**self._site, **values})

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    # -- codes --

    def step(self, step: Step, *, bill: bool = False) -> str:
        """Return a step's name, of paying a ``bill`` or of buying."""
        return self.text(f"bill-step.{step.value}" if bill else f"step.{step.value}")

    def button(self, button: Button) -> str:
        """Return what stands on a button unless its page knows better."""
        return self.text(f"button.{button.value}")

    def wait(self, wait: Wait) -> str:
        """Return what the machine is busy with."""
        return self.text(f"wait.{wait.value}.text")

    def notice(self, notice: Notice) -> str:
        """Return the sentence for a notice."""
        return self.text(f"notice.{notice.value}")

    def fault(self, fault: Fault) -> str:
        """Return what is wrong with a part of the machine."""
        return self.text(f"fault.{fault.value}")

    def cause(self, cause: Cause, *, paid: bool = False, bill: bool = False) -> Sentence:
        """Return what happened and what to do; ``paid``: the customer's money is in the machine;
        ``bill``: it was about a bill, not about energy.
        """
        key = f"cause.{cause.value}"
        todo = f"{key}.paid" if paid and f"{key}.paid" in self else f"{key}.todo"
        if not bill:
            return Sentence(self.text(f"{key}.title"), self.text(f"{key}.text"), self.text(todo))
        return Sentence(*(self._of_a_bill(key, part) for part in Sentence._fields))

    def _of_a_bill(self, key: str, part: str) -> str:
        own = f"{key}.bill-{part}"
        return self.text(own if own in self else f"{key}.{part}")

    # -- numbers --

    def money(self, amount_fen: int) -> str:
        """Return an amount of yuan with its sign of currency."""
        sign = "-" if amount_fen < 0 else ""
        return sign + self.text("format.money", amount=format_yuan(abs(amount_fen)))

    def round_money(self, amount_fen: int) -> str:
        """Return an amount without its decimals when they are zero, as on a banknote."""
        return self.money(amount_fen).removesuffix(".00")

    def energy(self, energy_wh: int) -> str:
        """Return energy with its unit, not to be broken between lines."""
        return unbroken(self.text("format.energy", amount=format_kwh(energy_wh)))

    def wallet_energy(self, hundredths_kwh: int) -> str:
        """Return a card's or a meter's count of hundredths of a kilowatt-hour as energy."""
        return self.energy(hundredths_kwh * WH_PER_WALLET_UNIT)

    def moment(self, at_ms: int) -> str:
        """Return a time in China to the minute, not to be broken between lines."""
        at = datetime.fromtimestamp(at_ms / 1000, CHINA)
        return at.strftime(f"%Y-%m-%d{NO_BREAK}%H:%M")

    def instant(self, at_ms: int) -> str:
        """Return a time in China to the second, not to be broken between lines."""
        at = datetime.fromtimestamp(at_ms / 1000, CHINA)
        return at.strftime(f"%Y-%m-%d{NO_BREAK}%H:%M:%S")

    def months(self, count: int) -> str:
        """Return a number of months, not to be broken between lines."""
        key = "format.months-one" if count == 1 else "format.months-many"
        return unbroken(self.text(key, count=count))

    def span(self, months: tuple[str, ...]) -> str:
        """Return ``yyyy-mm`` months, the oldest first: each, or how many and up to which."""
        if len(months) <= _NAMED_MONTHS:
            return self.text("format.and").join(map(str, months))
        return self.text("format.months-span", count=self.months(len(months)), last=months[-1])

    def notes(self, values_fen: tuple[int, ...]) -> str:
        """Return denominations as a list of whole yuan: ``5, 10, 20``."""
        return self.text("format.and").join(str(value // FEN_PER_YUAN) for value in values_fen)


def unbroken(text: str) -> str:
    """Return ``text`` with spaces that no line may be broken at."""
    return text.replace(" ", NO_BREAK)


def grouped(number: str) -> str:
    """Return a long number in groups that an eye can hold, not to be broken between lines."""
    return unbroken(order_no.grouped(number))
