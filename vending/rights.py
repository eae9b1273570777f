"""Who may do what at a terminal. Terminal and head office judge by the same table."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is."""

    OPERATOR = "operator"
    MAINTENANCE = "maintenance"
    SUPERVISOR = "supervisor"


class Right(StrEnum):
    """What somebody may do at the machine."""

    SEE_CASH = "see-cash"
    """Read figures, print them, print the last periods again."""
    CLEAR_CASH = "clear-cash"
    """Start, cancel and end a clearing."""
    SEE_DEVICES = "see-devices"
    TEST_DEVICES = "test-devices"
    """Self-tests and resets."""
    SEE_PARAMETERS = "see-parameters"
    EXPORT = "export"
    """Log and journal to a USB stick, masked and signed."""
    RESTART = "restart"
    RESOLVE_ORDERS = "resolve-orders"
    """See stuck orders; what may be done about each is the head office's word."""


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OPERATOR: frozenset(
        {Right.SEE_CASH, Right.CLEAR_CASH, Right.SEE_DEVICES, Right.RESOLVE_ORDERS}
    ),
    Role.MAINTENANCE: frozenset(
        {
            Right.SEE_DEVICES,
            Right.TEST_DEVICES,
            Right.SEE_PARAMETERS,
            Right.EXPORT,
            Right.RESTART,
            Right.RESOLVE_ORDERS,
        }
    ),
    Role.SUPERVISOR: frozenset(Right),
}


def may(role: Role, right: Right) -> bool:
    """Tell whether somebody of ``role`` has ``right``."""
    return right in RIGHTS[role]
