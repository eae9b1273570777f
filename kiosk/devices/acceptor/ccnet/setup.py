"""What is asked of an acceptor between its reset and its first note: who it is, what it knows."""

from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.acceptor.ccnet.message import (
    BillTable,
    Code,
    Command,
    Identity,
    plain,
    security,
)


class Setup:
    """IDENT, GET BILL TABLE, SET SECURITY, in this order, in the disabled state only."""

    def __init__(self, limits: Limits, high_security_fen: tuple[int, ...]) -> None:
        """Begin with everything still to ask."""
        self.identity: Identity | None = None
        self.table = BillTable()
        self.failed = False
        """The acceptor does not tell its bill table: nothing can be done with it."""
        self._limits = limits
        self._high_security_fen = high_security_fen
        self._steps: list[Command] = []
        self._tries = 0
        self._try_at_s = 0.0
        self.restart()

    @property
    def ready(self) -> bool:
        """Everything has been asked."""
        return not self._steps

    def restart(self) -> None:
        """The acceptor began anew, and may be another one."""
        self._steps = [Command.IDENT, Command.TABLE, Command.SECURITY]
        self._tries = 0
        self.identity, self.table = None, BillTable()

    def next_command(self, code: int, now_s: float) -> bytes | None:
        """Return what to ask now."""
        if self.ready or code != Code.DISABLED or now_s < self._try_at_s:
            return None
        if self._steps[0] is Command.SECURITY:
            return security(self.table.bits(self._high_security_fen))
        return plain(self._steps[0])

    def done(self, command: int, data: bytes = b"") -> None:
        """Take an answer."""
        if self.ready or command != self._steps[0]:
            return
        if command == Command.IDENT:
            self.identity = Identity.decode(data)
        elif command == Command.TABLE:
            self.table = BillTable.decode(data)
        self._next_step()

    def refused(self, command: int, now_s: float) -> None:
        """Take a refusal or silence: ask again, then do without, except for the bill table."""
        if self.ready or command != self._steps[0]:
            return
        self._tries += 1
        self._try_at_s = now_s + self._limits.repeat_s
        if self._tries < self._limits.setup_tries:
            return
        if command == Command.TABLE:
            self.failed = True
        else:
            self._next_step()

    def _next_step(self) -> None:
        del self._steps[0]
        self._tries = 0
        self.failed = False
