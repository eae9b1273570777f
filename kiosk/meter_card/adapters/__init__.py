"""Adapters for meter cards: which there are, and which one a card belongs to."""

from collections.abc import Callable, Sequence

from kiosk.meter_card.adapters.sg_user.adapter import SgUserAdapter
from kiosk.meter_card.layouts import load_layouts
from kiosk.meter_card.layouts.codec import matches_atr
from kiosk.meter_card.port import CardChannel, CardForeign, MeterCardAdapter

FACTORIES: dict[str, Callable[[], MeterCardAdapter]] = {
    "sg-user": lambda: SgUserAdapter(load_layouts("sg-user")),
}


def make_adapters() -> tuple[MeterCardAdapter, ...]:
    """Return one of each adapter. Raises LayoutError."""
    return tuple(make() for make in FACTORIES.values())


def choose(adapters: Sequence[MeterCardAdapter], card: CardChannel, atr: bytes) -> MeterCardAdapter:
    """Return the adapter of a card, by its answer to reset and, if several claim it, by probing.

    Raises CardForeign when none is left, or several are, and what probing raises.
    """
    claiming = [adapter for adapter in adapters if _claims(adapter, atr)]
    if len(claiming) > 1:
        claiming = _best(claiming, card, atr)
    if len(claiming) != 1:
        raise CardForeign("no adapter for this answer to reset")
    return claiming[0]


def _claims(adapter: MeterCardAdapter, atr: bytes) -> bool:
    return any(matches_atr(pattern, atr) for pattern in adapter.info.atr_patterns)


def _best(
    adapters: Sequence[MeterCardAdapter], card: CardChannel, atr: bytes
) -> list[MeterCardAdapter]:
    scores = [adapter.probe(card, atr).score for adapter in adapters]
    best = max(scores)
    return [a for a, score in zip(adapters, scores, strict=True) if score == best and best > 0]
