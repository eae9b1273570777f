"""What a unit of work about an order is done with."""

from msgspec import Struct
from sqlalchemy import Connection

from center.orders import alarm
from center.orders.alarm import Code
from center.orders.policy import Policy
from center.utility.port import Utility


class Work(Struct, frozen=True, kw_only=True):
    """One unit of work, for one terminal, at one moment."""

    connection: Connection
    utility: Utility
    policy: Policy
    terminal_no: str
    now_ms: int

    def alarm(self, order_no: str | None, code: Code, detail: str) -> None:
        """Tell a person."""
        alarm.sound(self.connection, self.terminal_no, order_no, code, detail, self.now_ms)
