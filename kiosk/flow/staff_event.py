"""Facts about staff at the machine: who they are, and what they did there.

Part of the journal's vocabulary like those in `kiosk.flow.event`, and under the same rules.
"""

from kiosk.flow.device import Device, SelfTest
from kiosk.flow.event import Event
from vending.rights import Role
from vending.staff import Action


class StaffCalled(Event, frozen=True, kw_only=True):
    """Somebody opened the staff's page. Who it is, is not known yet."""


class StaffSignedIn(Event, frozen=True, kw_only=True):
    """Name and PIN were right."""

    staff: str
    """Name under which they are known."""
    role: Role
    second: bool = False
    """As the second person beside somebody who is signed in."""
    offline: bool = False
    """By the roster that the terminal keeps: the head office did not answer."""
    last_ms: int | None = None
    """When they signed in the last time before; None: never, or not known."""


class StaffTurnedAway(Event, frozen=True, kw_only=True):
    """Name and PIN were not accepted. The name is not kept: it may be a PIN typed too early."""

    reason: str
    offline: bool = False


class StaffActed(Event, frozen=True, kw_only=True):
    """Somebody took one of the ways out, or was refused it."""

    staff: str
    order_no: str
    action: Action
    refused: str = ""
    """Why the head office did not permit it; empty: it was done."""
    witness: str = ""


class StaffStirred(Event, frozen=True, kw_only=True):
    """Somebody is still busy on the staff's page."""


class StaffLeft(Event, frozen=True, kw_only=True):
    """Whoever was signed in is so no more."""


# -- cash clearing (清机) --------------------------------------------------------------------------


class ClearingStarted(Event, frozen=True, kw_only=True):
    """Whoever is signed in wants to clear the cash, or takes up a box that was out unannounced."""


class ClearingCancelled(Event, frozen=True, kw_only=True):
    """Not now after all: the period goes on. Only while the box was not taken out."""


class ClearingEnded(Event, frozen=True, kw_only=True):
    """The box was changed: the period closes. What was typed beside it may be empty."""

    box_id: str = ""
    """Written on the box that was taken out."""
    new_box_id: str = ""
    """Written on the box that was put in."""
    bag_no: str = ""


class CashReportWanted(Event, frozen=True, kw_only=True):
    """Print the figures: of the open period (X report), or of a closed one again."""

    period_no: int


# -- maintenance -----------------------------------------------------------------------------------


class SelfTestStarted(Event, frozen=True, kw_only=True):
    """Somebody wants a device to test itself."""

    test: SelfTest


class SelfTestStopped(Event, frozen=True, kw_only=True):
    """Somebody does not want to wait for the test's end."""


class OfficeTried(Event, frozen=True, kw_only=True):
    """The line was tried on purpose."""

    answered: bool
    took_ms: int
    detail: str = ""


class ResetWanted(Event, frozen=True, kw_only=True):
    """Somebody wants a device to start anew."""

    device: Device


class RestartWanted(Event, frozen=True, kw_only=True):
    """Somebody wants the program to start anew."""


class Exported(Event, frozen=True, kw_only=True):
    """Log and journal were written to a stick, masked and signed; or could not be."""

    file: str
    trouble: str = ""
    staff: str = ""
    """Who wanted it; empty, in older journals: whoever is signed in at its end."""
