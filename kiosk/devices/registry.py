"""Which driver speaks to which model: the configuration names a model, this is the one list.

Each entry imports its driver when it is asked for, so that a kiosk loads only what it has.
"""

from collections.abc import Callable, Mapping
from typing import Any

DriverFactory = Callable[..., Any]
"""Makes a driver that implements a port of `kiosk.devices.port`; first argument: the line's URL."""


class UnknownModel(ValueError):
    """The configuration names a model that has no driver."""


def _ccnet() -> DriverFactory:
    from kiosk.devices.acceptor.ccnet.driver import CcnetAcceptor

    return CcnetAcceptor


def _escpos() -> DriverFactory:
    from kiosk.devices.printer.escpos import EscposPrinter

    return EscposPrinter


def _lines() -> DriverFactory:
    from kiosk.devices.scanner.driver import LineScanner

    return LineScanner


DRIVERS: Mapping[str, Callable[[], DriverFactory]] = {
    "ccnet": _ccnet,
    "escpos": _escpos,
    "lines": _lines,
}


def driver(model: str) -> DriverFactory:
    """Return the factory for ``model``. Raises `UnknownModel` with the names there are."""
    if model not in DRIVERS:
        raise UnknownModel(f"no driver for {model!r}; there are: {', '.join(sorted(DRIVERS))}")
    return DRIVERS[model]()
