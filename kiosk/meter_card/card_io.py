"""Opens the slot that a URL names.

=====================  ===================================================================
``tcp://host:port``    a card line over TCP: the virtual bench, or a remote reader
``pcsc:``              the first PC/SC reader
``pcsc:<name>``        the PC/SC reader of that name
=====================  ===================================================================
"""

from urllib.parse import urlsplit

from kiosk.meter_card.port import AdapterMisused, CardIo

APDU_TIMEOUT_S = 3.0
"""Longest silence of a card inside one command. T=0 allows about a second between two bytes, and no
command of a purchase writes for longer than 0.2 s: verify on hardware."""


def open_card_io(url: str, apdu_timeout_s: float = APDU_TIMEOUT_S) -> CardIo:
    """Return the slot; nothing is connected yet. Raises AdapterMisused for a URL of no known form.

    What a kind of slot needs is imported only when it is opened: the worker has to start quickly.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "tcp":
        from kiosk.meter_card.io_tcp import TcpCardIo

        host, port = _address(url)
        return TcpCardIo(host, port, apdu_timeout_s)
    if scheme == "pcsc":
        from kiosk.meter_card.io_pcsc import PcscCardIo

        return PcscCardIo(rest, apdu_timeout_s)
    raise AdapterMisused(f"no card reader at {url!r}: the URL starts with tcp:// or pcsc:")


def _address(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AdapterMisused(f"{url!r}: {error}") from error
    if not host or not port:
        raise AdapterMisused(f"{url!r}: host and port are needed")
    return host, port
