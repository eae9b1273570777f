"""A whole site on this machine, everything but the kiosk simulated, and an independent judge."""

from bench.stand.control import Control, KioskError, NotInTime, Refused
from bench.stand.kiosk import Kiosk
from bench.stand.stand import CardBusy, NoSuchCard, Site, Stand

__all__ = [
    "CardBusy",
    "Control",
    "Kiosk",
    "KioskError",
    "NoSuchCard",
    "NotInTime",
    "Refused",
    "Site",
    "Stand",
]
