"""What the head office needs of whatever holds the card keys. A hardware module implements it too.

Selling and sealing are two calls: a vend is made once, its seals as often as a card asks, because a
seal is bound to the challenge of the card's present power session. Keys never leave the service and
it seals nothing but what one vend explains: see `center.keys.commands`.
"""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from vending.card import CardKind, SealAnswer, SealRequest
from vending.messages import Vend


class Refusal(StrEnum):
    """Why nothing was sealed. For the log and the alarm; a terminal is told only that it was."""

    WRONG_STAGE = "wrong-stage"
    BAD_SERIAL = "bad-serial"
    BAD_CHALLENGE = "bad-challenge"
    WRONG_ORDER = "wrong-order"
    WRONG_CARD = "wrong-card"
    NO_COMMAND = "no-command"
    UNKNOWN_COMMAND = "unknown-command"
    REPEATED_COMMAND = "repeated-command"
    WRONG_LENGTH = "wrong-length"
    BAD_FRAME = "bad-frame"
    WRONG_PARAMETER = "wrong-parameter"
    WRONG_WALLET = "wrong-wallet"
    WRONG_RETURN = "wrong-return"


class KeysError(Exception):
    """Base of what a key service can answer instead of seals."""


class KeysRefused(KeysError):
    """The request is not what the vend explains: a fault or an attack at the terminal, not here."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class KeysUnavailable(KeysError):
    """The service cannot answer now (a hardware module that is gone); asking again is harmless."""


class CardIdentity(Struct, frozen=True, kw_only=True):
    """Which card a vend was sold to, as the head office knows it."""

    serial: str
    """16 hexadecimal digits."""
    meter_no: str
    customer_no: str
    kind: CardKind = CardKind.PURCHASE
    """The kind that the parameter file must say after the write."""


class KeyService(Protocol):
    """Card authentication data and MACs. Calls may block (a module on the network): keep them off
    an event loop.
    """

    def authenticate(self, request: SealRequest) -> SealAnswer:
        """Return what proves the card to us and us to the card.

        The caller has made sure that an order is open for this very card.
        Raises KeysRefused or KeysUnavailable.
        """

    def seal(self, request: SealRequest, vend: Vend, card: CardIdentity) -> SealAnswer:
        """Return one MAC for each command of the request, in its order.

        Every command is checked against the vend and the card first, and either all are sealed or
        none. Raises KeysRefused or KeysUnavailable.
        """
