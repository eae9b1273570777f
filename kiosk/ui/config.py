"""What the screens need to know about their site."""

from msgspec import Struct


class UiConfig(Struct, frozen=True, kw_only=True):
    """Values from the kiosk's configuration file; immutable while the program runs."""

    terminal_no: str
    service_phone: str
    operator_name: str
    note_values_fen: tuple[int, ...] = (500, 1000, 2000, 5000, 10000)
    """Shown on the attract screen; the pages of a purchase show what the account allows."""
    width: int = 1280
    """Pixels; not used in full screen, which takes the screen's own size."""
    height: int = 1024
    fullscreen: bool = False
    motion: bool = True
    """False: the pictures rest in their most telling pose."""
    debounce_ms: int = 400
    """A second press sooner than this after one that counted is the same finger."""
