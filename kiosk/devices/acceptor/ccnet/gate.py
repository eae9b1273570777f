"""Which notes the acceptor takes: what the host wants, what the device was told, and closing."""

from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.acceptor.ccnet.message import FAULTS, PATH_EMPTY, BillTable, Code, enable


class Gate:
    """Deferred disable: the device is told when its path is empty, and again until it obeys."""

    def __init__(self, limits: Limits) -> None:
        """Begin closed."""
        self.wanted_fen: tuple[int, ...] = ()
        self.closing = False
        """Asked to close, and not reported closed yet."""
        self.refusals = 0
        """How often in a row the device did not take the command."""
        self._limits = limits
        self._close_by_s = 0.0
        self._told: int | None = None
        self._telling = 0
        self._tell_at_s = 0.0

    def open(self, values_fen: tuple[int, ...], now_s: float) -> None:
        """Want notes of these values."""
        self.wanted_fen = values_fen
        self.closing = False
        self._tell_at_s = now_s

    def close(self, now_s: float) -> None:
        """Want no notes, and a report when the path is empty."""
        self.wanted_fen = ()
        self.closing = True
        self._close_by_s = now_s + self._limits.close_s
        self._tell_at_s = now_s

    def device_forgot(self) -> None:
        """The device was reset: it must be told again."""
        self._told = None

    def usable(self, table: BillTable) -> bool:
        """The device knows at least one of the notes wanted."""
        return not self.wanted_fen or bool(table.bits(self.wanted_fen))

    def settled(self, code: int | None, table: BillTable) -> bool:
        """The device has been told what the host wants, and shows it."""
        shown = Code.IDLING if table.bits(self.wanted_fen) else Code.DISABLED
        return self._told == table.bits(self.wanted_fen) and (code == shown or not _at_rest(code))

    def next_command(self, code: int, table: BillTable, now_s: float) -> bytes | None:
        """Return the command that makes the device obey; ``code`` is the status just heard."""
        if not _at_rest(code) or self.settled(code, table) or now_s < self._tell_at_s:
            return None
        self._tell_at_s = now_s + self._limits.repeat_s
        self._telling = table.bits(self.wanted_fen)
        return enable(self._telling)

    def done(self) -> None:
        """The device took the command."""
        self._told = self._telling
        self.refusals = 0

    def refused(self) -> None:
        """It did not."""
        self._told = None
        self.refusals += 1

    def closed(self, code: int | None, *, offline: bool, now_s: float) -> bool:
        """Tell, once, that the acceptor takes no more notes. The caller knows that no note is open.

        A jammed or silent acceptor takes no notes either, and is disabled before it works again.
        """
        if not self.closing:
            return False
        obeyed = code == Code.DISABLED and self._told == 0
        given_up = offline or code in FAULTS or now_s >= self._close_by_s
        self.closing = not (obeyed or given_up)
        return not self.closing


def _at_rest(code: int | None) -> bool:
    return code in PATH_EMPTY
